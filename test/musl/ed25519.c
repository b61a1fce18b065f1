#include "test/musl/ed25519.h"
#include "test/musl/curve.h"
#include "test/musl/scalar.h"
#include "test/musl/sha512.h"

#include <string.h>

static void encode(uint8_t out[32], const point *p) {
    number z = number_inverse(p->z), x = number_product(p->x, z);
    number_write(out, number_product(p->y, z));
    out[31] = (uint8_t)(out[31] | number_is_odd(x) << 7);
}

/* RFC 8032 5.1.3; -1 when the bytes are no point, or are not its shortest form. */
static int decode(point *p, const uint8_t in[32]) {
    uint8_t again[32];
    number y = number_read(in), y2 = number_product(y, y), x;
    number_write(again, y);
    if (memcmp(again, in, 31) != 0 || again[31] != (in[31] & 0x7f)) {
        return -1;
    }
    if (!number_root_of_ratio(&x, number_difference(y2, NUMBER_1),
                              number_sum(number_product(NUMBER_D, y2), NUMBER_1))) {
        return -1;
    }
    if (number_is_equal(x, NUMBER_0) && in[31] >> 7 != 0) {
        return -1;
    }
    x = number_is_odd(x) != in[31] >> 7 ? number_negative(x) : x;
    *p = (point){x, y, NUMBER_1, number_product(x, y)};
    return 0;
}

static int is_of_small_order(const point *p) {
    point r = *p;
    for (int i = 0; i < 3; i++) {
        r = point_sum(&r, &r);
    }
    return number_is_equal(r.x, NUMBER_0);
}

static void secrets(uint8_t h[64], const uint8_t seed[32]) {
    sha512_state s;
    sha512_begin(&s);
    sha512_add(&s, seed, 32);
    sha512_end(&s, h);
    h[0] &= 0xf8;
    h[31] = (uint8_t)((h[31] & 0x7f) | 0x40);
}

static void challenge(uint8_t out[32], const uint8_t r[32], const uint8_t public_key[32],
                      const uint8_t *in, uint32_t len) {
    uint8_t wide[64];
    sha512_state s;
    sha512_begin(&s);
    sha512_add(&s, r, 32);
    sha512_add(&s, public_key, 32);
    sha512_add(&s, in, len);
    sha512_end(&s, wide);
    scalar_reduced(out, wide);
}

void ed25519_public_key(uint8_t public_key[32], const uint8_t seed[32]) {
    uint8_t h[64];
    secrets(h, seed);
    point p = point_times(h, &POINT_BASE);
    encode(public_key, &p);
}

void ed25519_sign(uint8_t signature[64], const uint8_t *in, uint32_t len, const uint8_t seed[32],
                  const uint8_t public_key[32]) {
    uint8_t h[64], wide[64], r[32], k[32];
    sha512_state s;
    secrets(h, seed);
    sha512_begin(&s);
    sha512_add(&s, h + 32, 32);
    sha512_add(&s, in, len);
    sha512_end(&s, wide);
    scalar_reduced(r, wide);
    point p = point_times(r, &POINT_BASE);
    encode(signature, &p);
    challenge(k, signature, public_key, in, len);
    scalar_product_sum(signature + 32, k, h, r);
}

int ed25519_verify(const uint8_t signature[64], const uint8_t *in, uint32_t len,
                   const uint8_t public_key[32]) {
    uint8_t k[32], made[32];
    point a, r;
    if (!scalar_is_below_order(signature + 32) || decode(&a, public_key) != 0 ||
        decode(&r, signature) != 0 || is_of_small_order(&a) || is_of_small_order(&r)) {
        return -1;
    }
    challenge(k, signature, public_key, in, len);
    a.x = number_negative(a.x);
    a.t = number_negative(a.t);
    point left = point_times(signature + 32, &POINT_BASE), right = point_times(k, &a);
    point sum = point_sum(&left, &right);
    encode(made, &sum);
    return memcmp(made, signature, 32) == 0 ? 0 : -1;
}
