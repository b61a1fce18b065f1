#include "test/musl/ristretto.h"
#include "test/musl/curve.h"

#include <string.h>

/* RFC 9496 4.1 */
static const number SQRT_AD_MINUS_ONE = {{0x2e1b, 0x497b, 0xf6a0, 0x7e97, 0x54bd, 0x1b78, 0x8e0c,
                                          0xaf9d, 0xd1fd, 0x31f5, 0xfcc9, 0x0f3c, 0x48ac, 0x2b83,
                                          0x31bf, 0x3769}};
static const number INVSQRT_A_MINUS_D = {{0x40ea, 0x805d, 0xfdaa, 0x99c8, 0x72be, 0x5a41, 0x1617,
                                          0x9d2f, 0xd840, 0xfe01, 0x7b91, 0x16c2, 0xfca2, 0xcfaf,
                                          0x8905, 0x786c}};
static const number ONE_MINUS_D_SQ = {{0xc176, 0x945f, 0x09c1, 0xe27c, 0x350f, 0xcd5e, 0xa138,
                                       0x2c81, 0xdfe4, 0xbe70, 0xabdd, 0x9994, 0xe0d7, 0xb2b3,
                                       0x72a8, 0x0290}};
static const number D_MINUS_ONE_SQ = {{0x4d20, 0x44ed, 0x5aaa, 0x31ad, 0x1999, 0xb01e, 0x4a2c,
                                       0xd29e, 0x4eeb, 0x529b, 0xd32f, 0x4cdc, 0x2241, 0xf66c,
                                       0xb37a, 0x5968}};

static number product(number a, number b) {
    return number_product(a, b);
}

static number absolute(number a) {
    return number_is_odd(a) ? number_negative(a) : a;
}

/* RFC 9496 4.3.1 */
static int decode(point *p, const uint8_t in[32]) {
    uint8_t again[32];
    number s = number_read(in), root;
    number_write(again, s);
    if (memcmp(again, in, 32) != 0 || number_is_odd(s)) {
        return -1;
    }
    number ss = product(s, s), u1 = number_difference(NUMBER_1, ss), u2 = number_sum(NUMBER_1, ss);
    number u2_2 = product(u2, u2);
    number v = number_difference(number_negative(product(NUMBER_D, product(u1, u1))), u2_2);
    int square = number_root_of_ratio(&root, NUMBER_1, product(v, u2_2));
    number den_x = product(root, u2), den_y = product(product(root, den_x), v);
    number x = absolute(product(number_sum(s, s), den_x)), y = product(u1, den_y);
    number t = product(x, y);
    if (!square || number_is_odd(t) || number_is_equal(y, NUMBER_0)) {
        return -1;
    }
    *p = (point){x, y, NUMBER_1, t};
    return 0;
}

/* RFC 9496 4.3.2 */
static void encode(uint8_t out[32], const point *p) {
    number root, x = p->x, y = p->y;
    number u1 = product(number_sum(p->z, y), number_difference(p->z, y)), u2 = product(x, y);
    (void)number_root_of_ratio(&root, NUMBER_1, product(u1, product(u2, u2)));
    number den1 = product(root, u1), den2 = product(root, u2);
    number z_inverse = product(product(den1, den2), p->t), den = den2;
    if (number_is_odd(product(p->t, z_inverse))) {
        number turned = product(x, NUMBER_SQRT_M1);
        x = product(y, NUMBER_SQRT_M1);
        y = turned;
        den = product(den1, INVSQRT_A_MINUS_D);
    }
    if (number_is_odd(product(x, z_inverse))) {
        y = number_negative(y);
    }
    number_write(out, absolute(product(den, number_difference(p->z, y))));
}

/* RFC 9496 4.3.4: MAP */
static point map(const uint8_t in[32]) {
    number t = number_read(in), s;
    number r = product(NUMBER_SQRT_M1, product(t, t));
    number u = product(number_sum(r, NUMBER_1), ONE_MINUS_D_SQ),
           minus_1 = number_negative(NUMBER_1);
    number v = product(number_difference(minus_1, product(r, NUMBER_D)), number_sum(r, NUMBER_D));
    int square = number_root_of_ratio(&s, u, v);
    number c = square ? minus_1 : r;
    s = square ? s : number_negative(absolute(product(s, t)));
    number n =
        number_difference(product(c, product(number_difference(r, NUMBER_1), D_MINUS_ONE_SQ)), v);
    number ss = product(s, s), w0 = product(number_sum(s, s), v),
           w1 = product(n, SQRT_AD_MINUS_ONE);
    number w2 = number_difference(NUMBER_1, ss), w3 = number_sum(NUMBER_1, ss);
    return (point){product(w0, w3), product(w2, w1), product(w1, w3), product(w0, w2)};
}

void ristretto_of_hash(uint8_t element[32], const uint8_t in[64]) {
    point a = map(in), b = map(in + 32), sum = point_sum(&a, &b);
    encode(element, &sum);
}

int ristretto_times(uint8_t out[32], const uint8_t scalar[32], const uint8_t element[32]) {
    static const uint8_t identity[32] = {0};
    point p;
    if (decode(&p, element) != 0) {
        return -1;
    }
    p = point_times(scalar, &p);
    encode(out, &p);
    return memcmp(out, identity, sizeof identity) != 0 ? 0 : -1;
}
