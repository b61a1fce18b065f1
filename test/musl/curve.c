#include "test/musl/curve.h"

#include <string.h>

/* --- numbers modulo p = 2^255 - 19: 16 limbs of 16 bits, lowest first, below 2^256 --------------
 */

static const number P = {{0xffed, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff,
                          0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0x7fff}};

const number NUMBER_0 = {{0}};
const number NUMBER_1 = {{1}};
const number NUMBER_D = {{0x78a3, 0x1359, 0x4dca, 0x75eb, 0xd8ab, 0x4141, 0x0a4d, 0x0070, 0xe898,
                          0x7779, 0x4079, 0x8cc7, 0xfe73, 0x2b6f, 0x6cee, 0x5203}};
const number NUMBER_SQRT_M1 = {{0xa0b0, 0x4a0e, 0x1b27, 0xc4ee, 0xe478, 0xad2f, 0x1806, 0x2f43,
                                0xd7a7, 0x3dfb, 0x0099, 0x2b4d, 0xdf0b, 0x4fc1, 0x2480, 0x2b83}};

/* Limbs may come with up to 60 bits; 2^256 is 38 modulo p. */
static number carried(number a) {
    for (int round = 0; round < 3; round++) {
        uint64_t carry = 0;
        for (int i = 0; i < 16; i++) {
            carry += a.limb[i];
            a.limb[i] = carry & 0xffff;
            carry >>= 16;
        }
        a.limb[0] += 38 * carry;
    }
    return a;
}

number number_sum(number a, number b) {
    for (int i = 0; i < 16; i++) {
        a.limb[i] += b.limb[i];
    }
    return carried(a);
}

/* a + 4p - b, so that no limb goes below 0: 4p with limbs that are larger than any of b. */
number number_difference(number a, number b) {
    for (int i = 0; i < 16; i++) {
        a.limb[i] += 4 * P.limb[i] - b.limb[i];
    }
    return carried(a);
}

number number_product(number a, number b) {
    uint64_t t[31] = {0};
    number r;
    for (int i = 0; i < 16; i++) {
        for (int j = 0; j < 16; j++) {
            t[i + j] += a.limb[i] * b.limb[j];
        }
    }
    for (int i = 0; i < 16; i++) {
        r.limb[i] = t[i] + (i < 15 ? 38 * t[i + 16] : 0);
    }
    return carried(r);
}

/* a^(p - 2) */
number number_inverse(number a) {
    number r = a;
    for (int bit = 253; bit >= 0; bit--) {
        r = number_product(r, r);
        if (bit != 2 && bit != 4) {
            r = number_product(r, a);
        }
    }
    return r;
}

/* The one below p. */
number number_reduced(number a) {
    for (int round = 0; round < 2; round++) {
        number less;
        uint64_t borrow = 0;
        for (int i = 0; i < 16; i++) {
            uint64_t d = a.limb[i] - P.limb[i] - borrow;
            less.limb[i] = d & 0xffff;
            borrow = d >> 63;
        }
        if (borrow == 0) {
            a = less;
        }
    }
    return a;
}

number number_read(const uint8_t in[32]) {
    number r = {{0}};
    for (int i = 0; i < 32; i++) {
        r.limb[i / 2] |= (uint64_t)in[i] << 8 * (i % 2);
    }
    r.limb[15] &= 0x7fff;
    return r;
}

void number_write(uint8_t out[32], number a) {
    a = number_reduced(a);
    for (int i = 0; i < 32; i++) {
        out[i] = (uint8_t)(a.limb[i / 2] >> (8 * (i % 2)));
    }
}

int number_is_equal(number a, number b) {
    a = number_reduced(a);
    b = number_reduced(b);
    return memcmp(&a, &b, sizeof a) == 0;
}

int number_is_odd(number a) {
    return (int)(number_reduced(a).limb[0] & 1);
}

number number_negative(number a) {
    return number_difference(NUMBER_0, a);
}

/* a^((p - 5) / 8) = a^(2^252 - 3) */
static number root_power(number a) {
    number r = a;
    for (int bit = 250; bit >= 0; bit--) {
        r = number_product(r, r);
        if (bit != 1) {
            r = number_product(r, a);
        }
    }
    return r;
}

/* RFC 9496 4.2: SQRT_RATIO_M1. */
int number_root_of_ratio(number *root, number u, number v) {
    number v3 = number_product(number_product(v, v), v);
    number v7 = number_product(number_product(v3, v3), v);
    number r = number_product(number_product(u, v3), root_power(number_product(u, v7)));
    number check = number_product(v, number_product(r, r)), minus = number_negative(u);
    int is = number_is_equal(check, u), flipped = number_is_equal(check, minus);
    int flipped_i = number_is_equal(check, number_product(minus, NUMBER_SQRT_M1));
    if (flipped || flipped_i) {
        r = number_product(r, NUMBER_SQRT_M1);
    }
    *root = number_is_odd(r) ? number_negative(r) : r;
    return is || flipped;
}

/* --- points (RFC 8032 5.1.4) --------------------------------------------------------------------
 */

static const number TWO_D = {{0xf159, 0x26b2, 0x9b94, 0xebd6, 0xb156, 0x8283, 0x149a, 0x00e0,
                              0xd130, 0xeef3, 0x80f2, 0x198e, 0xfce7, 0x56df, 0xd9dc, 0x2406}};
const point POINT_BASE = {
    {{0xd51a, 0x8f25, 0x2d60, 0xc956, 0xa7b2, 0x9525, 0xc760, 0x692c, 0xdc5c, 0xfdd6, 0xe231,
      0xc0a4, 0x53fe, 0xcd6e, 0x36d3, 0x2169}},
    {{0x6658, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666,
      0x6666, 0x6666, 0x6666, 0x6666, 0x6666}},
    {{1}},
    {{0xdda3, 0xa5b7, 0x8ab3, 0x6dde, 0x52f5, 0x7751, 0x9f80, 0x20f0, 0xe37d, 0x64ab, 0x4e8e,
      0x66ea, 0x7665, 0xd78b, 0x5f0f, 0x6787}},
};

point point_sum(const point *p, const point *q) {
    number a = number_product(number_difference(p->y, p->x), number_difference(q->y, q->x));
    number b = number_product(number_sum(p->y, p->x), number_sum(q->y, q->x));
    number c = number_product(number_product(p->t, TWO_D), q->t);
    number zz = number_product(p->z, q->z), d = number_sum(zz, zz);
    number e = number_difference(b, a), f = number_difference(d, c), g = number_sum(d, c),
           h = number_sum(b, a);
    return (point){number_product(e, f), number_product(g, h), number_product(f, g),
                   number_product(e, h)};
}

point point_times(const uint8_t scalar[32], const point *p) {
    point r = {NUMBER_0, NUMBER_1, NUMBER_1, NUMBER_0};
    for (int bit = 255; bit >= 0; bit--) {
        r = point_sum(&r, &r);
        if ((scalar[bit / 8] >> (bit % 8) & 1) != 0) {
            r = point_sum(&r, p);
        }
    }
    return r;
}
