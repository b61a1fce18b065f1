/* The core's crypto table for C libraries that Debian builds no libsodium for: BLAKE2b as RFC 7693
 * writes it, slow and plain, and all else the same way. Stands in place of host/crypto.c in unit
 * tests only; that both agree is seen by the vectors. */
#include "host/crypto.h"
#include "test/musl/ed25519.h"
#include "test/musl/ristretto.h"
#include "test/musl/scalar.h"
#include "test/musl/sealing.h"
#include "test/musl/sha512.h"

#include <string.h>

#define BLOCK_BYTES 128
#define ROUNDS      12

/* RFC 7693 2.6: the first 64 bits of the fractional parts of the square roots of 8 primes. */
static const uint64_t IV[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

/* RFC 7693 2.7; the rounds 10 and 11 take the rows 0 and 1. */
static const uint8_t SIGMA[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

static uint64_t rotated(uint64_t x, unsigned right) {
    return x >> right | x << (64 - right);
}

static uint64_t word_of(const uint8_t *bytes) {
    uint64_t word = 0;
    for (unsigned i = 0; i < 8; i++) {
        word |= (uint64_t)bytes[i] << 8 * i;
    }
    return word;
}

/* RFC 7693 3.1 */
static void mix(uint64_t *a, uint64_t *b, uint64_t *c, uint64_t *d, uint64_t x, uint64_t y) {
    *a += *b + x;
    *d = rotated(*d ^ *a, 32);
    *c += *d;
    *b = rotated(*b ^ *c, 24);
    *a += *b + y;
    *d = rotated(*d ^ *a, 16);
    *c += *d;
    *b = rotated(*b ^ *c, 63);
}

/* RFC 7693 3.2; bytes: how many were taken with this block. */
static void compress(uint64_t h[8], const uint8_t block[BLOCK_BYTES], uint64_t bytes, int last) {
    uint64_t v[16];
    memcpy(v, h, 8 * sizeof v[0]);
    memcpy(v + 8, IV, sizeof IV);
    v[12] ^= bytes;
    v[14] ^= last ? UINT64_MAX : 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        const uint8_t *s = SIGMA[round % 10];
        for (unsigned i = 0; i < 8; i++) {
            /* Four columns, then four diagonals. */
            unsigned turn = i < 4 ? 0 : 1, at = i % 4;
            mix(&v[at], &v[4 + (at + turn) % 4], &v[8 + (at + 2 * turn) % 4],
                &v[12 + (at + 3 * turn) % 4], word_of(block + 8 * s[2 * i]),
                word_of(block + 8 * s[2 * i + 1]));
        }
    }
    for (unsigned i = 0; i < 8; i++) {
        h[i] ^= v[i] ^ v[8 + i];
    }
}

/* RFC 7693 3.3: the key is a first block, filled up with zeros. */
static int hash(void *context, uint8_t *out, uint32_t out_len, const uint8_t *in, uint32_t in_len,
                const uint8_t *key, uint32_t key_len) {
    (void)context;
    if (out_len < 16 || out_len > 64 || key_len > 64) {
        return -1;
    }
    uint64_t h[8], taken = 0;
    uint8_t block[BLOCK_BYTES] = {0};
    memcpy(h, IV, sizeof h);
    h[0] ^= 0x01010000U ^ key_len << 8 ^ out_len;
    if (key_len > 0) {
        memcpy(block, key, key_len);
        taken = BLOCK_BYTES;
        compress(h, block, taken, in_len == 0);
    }
    uint32_t at = 0;
    while (at < in_len || (at == 0 && key_len == 0)) {
        uint32_t n = in_len - at < BLOCK_BYTES ? in_len - at : BLOCK_BYTES;
        memset(block, 0, sizeof block);
        if (n > 0) {
            memcpy(block, in + at, n);
        }
        at += n;
        taken += n;
        compress(h, block, taken, at == in_len);
        if (n == 0) {
            break;
        }
    }
    for (uint32_t i = 0; i < out_len; i++) {
        out[i] = (uint8_t)(h[i / 8] >> 8 * (i % 8));
    }
    return 0;
}

static int sha512(void *context, uint8_t out[64], const uint8_t *in, uint32_t in_len) {
    sha512_state s;
    (void)context;
    sha512_begin(&s);
    sha512_add(&s, in, in_len);
    sha512_end(&s, out);
    return 0;
}

static int sign_keypair(void *context, uint8_t public_key[32], const uint8_t seed[32]) {
    (void)context;
    ed25519_public_key(public_key, seed);
    return 0;
}

static int sign(void *context, uint8_t signature[64], const uint8_t *in, uint32_t in_len,
                const uint8_t seed[32], const uint8_t public_key[32]) {
    (void)context;
    ed25519_sign(signature, in, in_len, seed, public_key);
    return 0;
}

static int verify(void *context, const uint8_t signature[64], const uint8_t *in, uint32_t in_len,
                  const uint8_t public_key[32]) {
    (void)context;
    return ed25519_verify(signature, in, in_len, public_key);
}

static int seal(void *context, uint8_t *out, const uint8_t *in, uint32_t in_len, const uint8_t *ad,
                uint32_t ad_len, const uint8_t nonce[24], const uint8_t key[32]) {
    (void)context;
    sealing_seal(out, in, in_len, ad, ad_len, nonce, key);
    return 0;
}

static int open(void *context, uint8_t *out, const uint8_t *in, uint32_t in_len, const uint8_t *ad,
                uint32_t ad_len, const uint8_t nonce[24], const uint8_t key[32]) {
    (void)context;
    return sealing_open(out, in, in_len, ad, ad_len, nonce, key);
}

static int from_hash(void *context, uint8_t element[32], const uint8_t in[64]) {
    (void)context;
    ristretto_of_hash(element, in);
    return 0;
}

static int scalar_reduce(void *context, uint8_t scalar[32], const uint8_t in[64]) {
    (void)context;
    scalar_reduced(scalar, in);
    return 0;
}

static int scalarmult(void *context, uint8_t out[32], const uint8_t scalar[32],
                      const uint8_t element[32]) {
    (void)context;
    return ristretto_times(out, scalar, element);
}

int gc_host_crypto(gc_crypto *out) {
    *out = (gc_crypto){
        .hash = hash,
        .sha512 = sha512,
        .sign_keypair = sign_keypair,
        .sign = sign,
        .verify = verify,
        .seal = seal,
        .open = open,
        .ristretto_from_hash = from_hash,
        .scalar_reduce = scalar_reduce,
        .scalarmult = scalarmult,
    };
    return 0;
}
