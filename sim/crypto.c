#include "sim/crypto.h"
#include "sim/rng.h"
#include <stddef.h>

static uint64_t absorb(uint64_t h, const uint8_t *in, uint32_t len) {
    for (uint32_t i = 0; i < len; i++) {
        h = sim_mix((h ^ in[i]) + 0x9e3779b97f4a7c15u);
    }
    return sim_mix(h ^ (uint64_t)len << 32);
}

static int hash(void *context, uint8_t *out, uint32_t out_len, const uint8_t *in, uint32_t in_len,
                const uint8_t *key, uint32_t key_len) {
    (void)context;
    if (out_len < 16 || out_len > 64 || key_len > 64) {
        return -1; /* the limits of the contract: a caller that breaks them must notice here too */
    }
    uint64_t h = absorb(absorb(out_len, key, key_len), in, in_len);
    for (uint32_t i = 0; i < out_len; i++) {
        out[i] = (uint8_t)sim_mix(h + 0x100 + i);
    }
    return 0;
}

/* The key says nothing about the seed to who sees it in this world; the next world is another. */
static int sign_keypair(void *context, uint8_t public_key[32], const uint8_t seed[32]) {
    (void)context;
    uint64_t h = absorb(0x51697, seed, 32);
    for (uint32_t i = 0; i < 32; i++) {
        public_key[i] = (uint8_t)sim_mix(h + 0x200 + i);
    }
    return 0;
}

void sim_crypto_init(gc_crypto *crypto) {
    *crypto = (gc_crypto){.hash = hash, .sign_keypair = sign_keypair};
}
