#include "test/musl/scalar.h"

#include <string.h>

typedef struct scalar {
    uint64_t word[4];
} scalar;

/* 2^252 + 27742317777372353535851937790883648493 */
static const scalar ORDER = {
    {0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0x0000000000000000, 0x1000000000000000}};

static scalar read_scalar(const uint8_t in[32]) {
    scalar s = {{0}};
    for (unsigned i = 0; i < 32; i++) {
        s.word[i / 8] |= (uint64_t)in[i] << 8 * (i % 8);
    }
    return s;
}

static void write_scalar(uint8_t out[32], scalar s) {
    for (unsigned i = 0; i < 32; i++) {
        out[i] = (uint8_t)(s.word[i / 8] >> 8 * (i % 8));
    }
}

/* a - ORDER where that is not below 0; *below says which it is. */
static scalar less_order(scalar a, int *below) {
    scalar r;
    uint64_t borrow = 0;
    for (unsigned i = 0; i < 4; i++) {
        uint64_t d = a.word[i] - ORDER.word[i], e = d - borrow;
        borrow = a.word[i] < ORDER.word[i] || d < borrow;
        r.word[i] = e;
    }
    *below = borrow != 0;
    return *below ? a : r;
}

/* Both below the order, so the sum is below 2^254. */
static scalar sum(scalar a, scalar b) {
    uint64_t carry = 0;
    int below;
    for (unsigned i = 0; i < 4; i++) {
        uint64_t s = a.word[i] + carry;
        carry = s < carry;
        s += b.word[i];
        carry += s < b.word[i];
        a.word[i] = s;
    }
    return less_order(a, &below);
}

void scalar_reduced(uint8_t out[32], const uint8_t in[64]) {
    static const scalar one = {{1}};
    scalar r = {{0}};
    for (int bit = 511; bit >= 0; bit--) {
        r = sum(r, r);
        if ((in[bit / 8] >> (bit % 8) & 1) != 0) {
            r = sum(r, one);
        }
    }
    write_scalar(out, r);
}

void scalar_product_sum(uint8_t out[32], const uint8_t a[32], const uint8_t b[32],
                        const uint8_t c[32]) {
    uint8_t wide[64] = {0}, reduced[32];
    memcpy(wide, b, 32);
    scalar_reduced(reduced, wide);
    scalar factor = read_scalar(reduced), r = {{0}};
    for (int bit = 255; bit >= 0; bit--) {
        r = sum(r, r);
        if ((a[bit / 8] >> (bit % 8) & 1) != 0) {
            r = sum(r, factor);
        }
    }
    write_scalar(out, sum(r, read_scalar(c)));
}

int scalar_is_below_order(const uint8_t in[32]) {
    int below;
    (void)less_order(read_scalar(in), &below);
    return below;
}
