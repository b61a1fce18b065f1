/* SHA-512 (FIPS 180-4 6.4) for test/musl/crypto.c, slow and plain. */
#ifndef TEST_MUSL_SHA512_H
#define TEST_MUSL_SHA512_H

#include <stdint.h>

typedef struct sha512_state {
    uint64_t h[8];
    uint8_t block[128];
    uint32_t taken; /* bytes in all */
} sha512_state;

void sha512_begin(sha512_state *s);
void sha512_add(sha512_state *s, const uint8_t *in, uint32_t len);
void sha512_end(sha512_state *s, uint8_t out[64]);

#endif
