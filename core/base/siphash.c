#include "core/base/siphash.h"

typedef struct state {
    uint64_t v0, v1, v2, v3;
} state;

static uint64_t rotate(uint64_t x, unsigned bits) {
    return x << bits | x >> (64 - bits);
}

static uint64_t load64(const uint8_t *p) {
    uint64_t v = 0;
    for (int i = 8; i-- > 0;) {
        v = v << 8 | p[i];
    }
    return v;
}

static void sip_round(state *s) {
    s->v0 += s->v1;
    s->v1 = rotate(s->v1, 13) ^ s->v0;
    s->v0 = rotate(s->v0, 32);
    s->v2 += s->v3;
    s->v3 = rotate(s->v3, 16) ^ s->v2;
    s->v0 += s->v3;
    s->v3 = rotate(s->v3, 21) ^ s->v0;
    s->v2 += s->v1;
    s->v1 = rotate(s->v1, 17) ^ s->v2;
    s->v2 = rotate(s->v2, 32);
}

static void absorb(state *s, uint64_t word) {
    s->v3 ^= word;
    sip_round(s);
    sip_round(s);
    s->v0 ^= word;
}

uint64_t gc_siphash(const uint8_t key[16], gc_span bytes) {
    uint64_t k0 = load64(key), k1 = load64(key + 8);
    /* "somepseudorandomlygeneratedbytes": the paper's section 2.1 */
    state s = {k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261,
               k1 ^ 0x7465646279746573};
    uint32_t at = 0;
    for (; bytes.len - at >= 8; at += 8) {
        absorb(&s, load64(bytes.data + at));
    }
    uint64_t last = (uint64_t)bytes.len << 56; /* the length modulo 256 */
    for (uint32_t i = 0; at + i < bytes.len; i++) {
        last |= (uint64_t)bytes.data[at + i] << (8 * i);
    }
    absorb(&s, last);
    s.v2 ^= 0xff;
    for (int i = 0; i < 4; i++) {
        sip_round(&s);
    }
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
