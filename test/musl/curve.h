/* The curve of Ed25519 and ristretto255, and the numbers that it is made of, for the crypto table
 * of test/musl: slow and plain. Times depend on the numbers: for tests only. */
#ifndef TEST_MUSL_CURVE_H
#define TEST_MUSL_CURVE_H

#include <stdint.h>

/* A number modulo p = 2^255 - 19, in 16 limbs of 16 bits, lowest first, below 2^256. */
typedef struct number {
    uint64_t limb[16];
} number;

typedef struct point { /* RFC 8032 5.1.4 */
    number x, y, z, t;
} point;

extern const number NUMBER_0, NUMBER_1, NUMBER_D, NUMBER_SQRT_M1;
extern const point POINT_BASE;

number number_sum(number a, number b);
number number_difference(number a, number b);
number number_product(number a, number b);
number number_negative(number a);
number number_inverse(number a);
number number_reduced(number a); /* the one below p */
int number_is_equal(number a, number b);
int number_is_odd(number a);
/* 1 when u / v is a square: then its even root; else 0 and the even root of sqrt(-1) u / v. */
int number_root_of_ratio(number *root, number u, number v);
/* 32 bytes, lowest first; the topmost bit is ignored. */
number number_read(const uint8_t in[32]);
void number_write(uint8_t out[32], number a);

point point_sum(const point *p, const point *q);
point point_times(const uint8_t scalar[32], const point *p);

#endif
