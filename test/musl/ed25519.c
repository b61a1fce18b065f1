#include "test/musl/ed25519.h"

#include <string.h>

/* --- SHA-512 of 32 bytes (FIPS 180-4 6.4), which is one block -----------------------------------
 */

/* FIPS 180-4 4.2.3: of the cube roots of 80 primes. */
static const uint64_t K[80] = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
    0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
    0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
    0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
    0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
    0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
    0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
    0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
    0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
    0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
    0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
    0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
    0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
    0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
    0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
    0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
    0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
};

/* FIPS 180-4 5.3.5: of the square roots of 8 primes. */
static const uint64_t IV[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

static uint64_t rotated(uint64_t x, unsigned right) {
    return x >> right | x << (64 - right);
}

static void fill_schedule(uint64_t w[80], const uint8_t in[32]) {
    memset(w, 0, 80 * sizeof w[0]);
    for (unsigned i = 0; i < 32; i++) {
        w[i / 8] |= (uint64_t)in[i] << (56 - 8 * (i % 8));
    }
    w[4] = 1ULL << 63; /* the padding */
    w[15] = 32 * 8;
    for (unsigned i = 16; i < 80; i++) {
        uint64_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + w[i - 7] + (rotated(a, 1) ^ rotated(a, 8) ^ a >> 7) +
               (rotated(b, 19) ^ rotated(b, 61) ^ b >> 6);
    }
}

static void sha512(uint8_t out[64], const uint8_t in[32]) {
    uint64_t w[80], v[8];
    fill_schedule(w, in);
    memcpy(v, IV, sizeof v);
    for (unsigned i = 0; i < 80; i++) {
        uint64_t e = v[4], a = v[0];
        uint64_t t1 = v[7] + (rotated(e, 14) ^ rotated(e, 18) ^ rotated(e, 41)) +
                      ((e & v[5]) ^ (~e & v[6])) + K[i] + w[i];
        uint64_t t2 = (rotated(a, 28) ^ rotated(a, 34) ^ rotated(a, 39)) +
                      ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof v[0]);
        v[4] += t1;
        v[0] = t1 + t2;
    }
    for (unsigned i = 0; i < 64; i++) {
        out[i] = (uint8_t)((IV[i / 8] + v[i / 8]) >> (56 - 8 * (i % 8)));
    }
}

/* --- numbers modulo p = 2^255 - 19: 16 limbs of 16 bits, lowest first, below 2^256 --------------
 */

typedef struct number {
    uint64_t limb[16];
} number;

static const number P = {{0xffed, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff,
                          0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0x7fff}};

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

static number sum(number a, number b) {
    for (int i = 0; i < 16; i++) {
        a.limb[i] += b.limb[i];
    }
    return carried(a);
}

/* a + 4p - b, so that no limb goes below 0: 4p with limbs that are larger than any of b. */
static number difference(number a, number b) {
    for (int i = 0; i < 16; i++) {
        a.limb[i] += 4 * P.limb[i] - b.limb[i];
    }
    return carried(a);
}

static number product(number a, number b) {
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
static number inverse(number a) {
    number r = a;
    for (int bit = 253; bit >= 0; bit--) {
        r = product(r, r);
        if (bit != 2 && bit != 4) {
            r = product(r, a);
        }
    }
    return r;
}

/* The one below p. */
static number reduced(number a) {
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

/* --- points (RFC 8032 5.1.4) --------------------------------------------------------------------
 */

typedef struct point {
    number x, y, z, t;
} point;

static const number TWO_D = {{0xf159, 0x26b2, 0x9b94, 0xebd6, 0xb156, 0x8283, 0x149a, 0x00e0,
                              0xd130, 0xeef3, 0x80f2, 0x198e, 0xfce7, 0x56df, 0xd9dc, 0x2406}};
static const point BASE = {
    {{0xd51a, 0x8f25, 0x2d60, 0xc956, 0xa7b2, 0x9525, 0xc760, 0x692c, 0xdc5c, 0xfdd6, 0xe231,
      0xc0a4, 0x53fe, 0xcd6e, 0x36d3, 0x2169}},
    {{0x6658, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666, 0x6666,
      0x6666, 0x6666, 0x6666, 0x6666, 0x6666}},
    {{1}},
    {{0xdda3, 0xa5b7, 0x8ab3, 0x6dde, 0x52f5, 0x7751, 0x9f80, 0x20f0, 0xe37d, 0x64ab, 0x4e8e,
      0x66ea, 0x7665, 0xd78b, 0x5f0f, 0x6787}},
};

static point added(const point *p, const point *q) {
    number a = product(difference(p->y, p->x), difference(q->y, q->x));
    number b = product(sum(p->y, p->x), sum(q->y, q->x));
    number c = product(product(p->t, TWO_D), q->t);
    number zz = product(p->z, q->z), d = sum(zz, zz);
    number e = difference(b, a), f = difference(d, c), g = sum(d, c), h = sum(b, a);
    return (point){product(e, f), product(g, h), product(f, g), product(e, h)};
}

void ed25519_public_key(uint8_t public_key[32], const uint8_t seed[32]) {
    uint8_t h[64];
    point r = {{{0}}, {{1}}, {{1}}, {{0}}};
    sha512(h, seed);
    h[0] &= 0xf8;
    h[31] = (uint8_t)((h[31] & 0x7f) | 0x40);
    for (int bit = 255; bit >= 0; bit--) {
        r = added(&r, &r);
        if ((h[bit / 8] >> (bit % 8) & 1) != 0) {
            r = added(&r, &BASE);
        }
    }
    number z = inverse(r.z);
    number x = reduced(product(r.x, z)), y = reduced(product(r.y, z));
    for (int i = 0; i < 32; i++) {
        public_key[i] = (uint8_t)(y.limb[i / 2] >> (8 * (i % 2)));
    }
    public_key[31] = (uint8_t)(public_key[31] | (x.limb[0] & 1) << 7);
}
