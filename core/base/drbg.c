#include "core/base/drbg.h"

#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/base/secret.h"

#define BLOCK_BYTES       64
#define REQUEST_BYTES_MAX 4096

static uint32_t load32(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint32_t rotate(uint32_t x, unsigned bits) {
    return x << bits | x >> (32 - bits);
}

/* RFC 8439 2.1 */
static void quarter_round(uint32_t s[16], int a, int b, int c, int d) {
    s[a] += s[b];
    s[d] = rotate(s[d] ^ s[a], 16);
    s[c] += s[d];
    s[b] = rotate(s[b] ^ s[c], 12);
    s[a] += s[b];
    s[d] = rotate(s[d] ^ s[a], 8);
    s[c] += s[d];
    s[b] = rotate(s[b] ^ s[c], 7);
}

/* RFC 8439 2.3, with a nonce of zeros: each key serves one request only. */
static void chacha20_block(const uint8_t key[32], uint32_t counter, uint8_t out[BLOCK_BYTES]) {
    uint32_t start[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574}, s[16];
    for (int i = 0; i < 8; i++) {
        start[4 + i] = load32(key + 4 * i);
    }
    start[12] = counter;
    memcpy(s, start, sizeof s);
    for (int i = 0; i < 10; i++) {
        quarter_round(s, 0, 4, 8, 12);
        quarter_round(s, 1, 5, 9, 13);
        quarter_round(s, 2, 6, 10, 14);
        quarter_round(s, 3, 7, 11, 15);
        quarter_round(s, 0, 5, 10, 15);
        quarter_round(s, 1, 6, 11, 12);
        quarter_round(s, 2, 7, 8, 13);
        quarter_round(s, 3, 4, 9, 14);
    }
    for (int i = 0; i < BLOCK_BYTES; i++) {
        out[i] = (uint8_t)((s[i / 4] + start[i / 4]) >> (8 * (i % 4)));
    }
    gc_bytes_wipe(s, sizeof s);
    gc_bytes_wipe(start, sizeof start);
}

void gc_drbg_init(gc_drbg *d, const uint8_t seed[32]) {
    memcpy(d->key, seed, sizeof d->key);
}

/* The first 32 bytes of the key stream are the next key, the rest is the output. */
void gc_drbg_bytes(gc_drbg *d, void *out, uint32_t len) {
    gc_assert(len <= REQUEST_BYTES_MAX);
    uint8_t block[BLOCK_BYTES], next[32], *to = out;
    chacha20_block(d->key, 0, block);
    memcpy(next, block, sizeof next);
    uint32_t skip = sizeof next;
    for (uint32_t counter = 1; len > 0; counter++) {
        uint32_t n = BLOCK_BYTES - skip < len ? BLOCK_BYTES - skip : len;
        memcpy(to, block + skip, n);
        to += n;
        len -= n;
        skip = 0;
        if (len > 0) {
            chacha20_block(d->key, counter, block);
        }
    }
    memcpy(d->key, next, sizeof next);
    gc_bytes_wipe(next, sizeof next);
    gc_bytes_wipe(block, sizeof block);
}

uint32_t gc_drbg_below(gc_drbg *d, uint32_t bound) {
    gc_assert(bound >= 1);
    uint32_t biased = (0u - bound) % bound; /* 2^32 modulo bound: the number of surplus values */
    for (;;) {
        uint8_t bytes[4];
        gc_drbg_bytes(d, bytes, sizeof bytes);
        uint32_t v = load32(bytes);
        if (v >= biased) {
            return v % bound;
        }
    }
}
