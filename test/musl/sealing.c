#include "test/musl/sealing.h"

#include <string.h>

static uint32_t word_of(const uint8_t *in) {
    return in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16 | (uint32_t)in[3] << 24;
}

static void write_word(uint8_t *out, uint32_t word) {
    for (unsigned i = 0; i < 4; i++) {
        out[i] = (uint8_t)(word >> 8 * i);
    }
}

static uint32_t turned(uint32_t x, unsigned left) {
    return x << left | x >> (32 - left);
}

static void quarter(uint32_t x[16], unsigned a, unsigned b, unsigned c, unsigned d) {
    x[a] += x[b], x[d] = turned(x[d] ^ x[a], 16);
    x[c] += x[d], x[b] = turned(x[b] ^ x[c], 12);
    x[a] += x[b], x[d] = turned(x[d] ^ x[a], 8);
    x[c] += x[d], x[b] = turned(x[b] ^ x[c], 7);
}

/* RFC 8439 2.3: the state, and the state after 20 rounds. in: the last four words. */
static void rounds(uint32_t before[16], uint32_t x[16], const uint8_t key[32],
                   const uint8_t in[16]) {
    static const uint32_t words[4] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    memcpy(before, words, sizeof words);
    for (unsigned i = 0; i < 8; i++) {
        before[4 + i] = word_of(key + 4 * i);
    }
    for (unsigned i = 0; i < 4; i++) {
        before[12 + i] = word_of(in + 4 * i);
    }
    memcpy(x, before, 16 * sizeof x[0]);
    for (unsigned round = 0; round < 10; round++) {
        for (unsigned i = 0; i < 4; i++) {
            quarter(x, i, 4 + i, 8 + i, 12 + i);
        }
        for (unsigned i = 0; i < 4; i++) {
            quarter(x, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4);
        }
    }
}

static void block_of(uint8_t out[64], const uint8_t key[32], uint32_t counter,
                     const uint8_t nonce[12]) {
    uint32_t before[16], x[16];
    uint8_t in[16];
    write_word(in, counter);
    memcpy(in + 4, nonce, 12);
    rounds(before, x, key, in);
    for (unsigned i = 0; i < 16; i++) {
        write_word(out + 4 * i, x[i] + before[i]);
    }
}

/* The key and nonce for ChaCha20 (draft 2.2 and 2.3). */
static void begin(uint8_t subkey[32], uint8_t rest[12], const uint8_t nonce[24],
                  const uint8_t key[32]) {
    uint32_t before[16], x[16];
    rounds(before, x, key, nonce);
    for (unsigned i = 0; i < 4; i++) {
        write_word(subkey + 4 * i, x[i]);
        write_word(subkey + 16 + 4 * i, x[12 + i]);
    }
    memset(rest, 0, 4);
    memcpy(rest + 4, nonce + 16, 8);
}

static void cipher(uint8_t *out, const uint8_t *in, uint32_t len, const uint8_t key[32],
                   const uint8_t nonce[12]) {
    uint8_t stream[64];
    for (uint32_t i = 0; i < len; i++) {
        if (i % 64 == 0) {
            block_of(stream, key, 1 + i / 64, nonce);
        }
        out[i] = in[i] ^ stream[i % 64];
    }
}

/* --- Poly1305 (RFC 8439 2.5), in limbs of a byte -------------------------------------------------
 */

typedef struct poly {
    uint32_t h[17], r[17];
    uint8_t block[16];
    uint32_t used;
} poly;

static void carry_all(uint32_t h[17]) {
    for (unsigned round = 0; round < 2; round++) {
        uint32_t carry = 0;
        for (unsigned i = 0; i < 17; i++) {
            carry += h[i];
            h[i] = i < 16 ? carry & 0xff : carry & 3;
            carry >>= i < 16 ? 8 : 2;
        }
        h[0] += 5 * carry;
    }
}

/* h = (h + block + 2^128) r; a limb above 2^130 counts 5 times, shifted by 6 bits: 320. */
static void take(poly *p) {
    uint32_t product[17];
    for (unsigned i = 0; i < 16; i++) {
        p->h[i] += p->block[i];
    }
    p->h[16] += 1;
    for (unsigned i = 0; i < 17; i++) {
        product[i] = 0;
        for (unsigned j = 0; j < 17; j++) {
            product[i] += j <= i ? p->h[j] * p->r[i - j] : 320 * p->h[j] * p->r[i + 17 - j];
        }
    }
    memcpy(p->h, product, sizeof product);
    carry_all(p->h);
    p->used = 0;
}

static void add(poly *p, const uint8_t *in, uint32_t len) {
    for (uint32_t i = 0; i < len; i++) {
        p->block[p->used++] = in[i];
        if (p->used == 16) {
            take(p);
        }
    }
}

/* Zeros up to a block. */
static void fill(poly *p) {
    static const uint8_t zero = 0;
    while (p->used != 0) {
        add(p, &zero, 1);
    }
}

/* h modulo 2^130 - 5, and s. */
static void end(poly *p, uint8_t tag[16], const uint8_t s[16]) {
    uint32_t less[17], carry = 5;
    carry_all(p->h);
    for (unsigned i = 0; i < 17; i++) {
        carry += p->h[i];
        less[i] = carry & 0xff;
        carry >>= 8;
    }
    const uint32_t *h = less[16] >= 4 ? less : p->h;
    carry = 0;
    for (unsigned i = 0; i < 16; i++) {
        carry += h[i] + s[i];
        tag[i] = (uint8_t)carry;
        carry >>= 8;
    }
}

/* RFC 8439 2.8 */
static void tag_of(uint8_t tag[16], const uint8_t *in, uint32_t len, const uint8_t *ad,
                   uint32_t ad_len, const uint8_t key[32], const uint8_t nonce[12]) {
    uint8_t first[64], lengths[16] = {0};
    poly p = {0};
    block_of(first, key, 0, nonce);
    for (unsigned i = 0; i < 16; i++) {
        uint8_t mask = i % 4 == 3 ? 0x0f : i % 4 == 0 && i > 0 ? 0xfc : 0xff;
        p.r[i] = first[i] & mask;
    }
    add(&p, ad, ad_len);
    fill(&p);
    add(&p, in, len);
    fill(&p);
    write_word(lengths, ad_len);
    write_word(lengths + 8, len);
    add(&p, lengths, sizeof lengths);
    end(&p, tag, first + 16);
}

void sealing_seal(uint8_t *out, const uint8_t *in, uint32_t len, const uint8_t *ad, uint32_t ad_len,
                  const uint8_t nonce[24], const uint8_t key[32]) {
    uint8_t subkey[32], rest[12];
    begin(subkey, rest, nonce, key);
    cipher(out, in, len, subkey, rest);
    tag_of(out + len, out, len, ad, ad_len, subkey, rest);
}

int sealing_open(uint8_t *out, const uint8_t *in, uint32_t len, const uint8_t *ad, uint32_t ad_len,
                 const uint8_t nonce[24], const uint8_t key[32]) {
    uint8_t subkey[32], rest[12], tag[16];
    if (len < sizeof tag) {
        return -1;
    }
    begin(subkey, rest, nonce, key);
    tag_of(tag, in, len - 16, ad, ad_len, subkey, rest);
    if (memcmp(tag, in + len - 16, sizeof tag) != 0) {
        return -1;
    }
    cipher(out, in, len - 16, subkey, rest);
    return 0;
}
