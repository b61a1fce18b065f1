#include "host/crypto.h"

#include <sodium.h>
#include <string.h>

static int hash(void *context, uint8_t *out, uint32_t out_len, const uint8_t *in, uint32_t in_len,
                const uint8_t *key, uint32_t key_len) {
    (void)context;
    if (out_len < crypto_generichash_BYTES_MIN || out_len > crypto_generichash_BYTES_MAX ||
        key_len > crypto_generichash_KEYBYTES_MAX) {
        return -1;
    }
    return crypto_generichash(out, out_len, in, in_len, key_len > 0 ? key : NULL, key_len);
}

/* libsodium's secret key is the seed and the public key: what we keep as they are. */
static int sign_keypair(void *context, uint8_t public_key[32], const uint8_t seed[32]) {
    uint8_t secret_key[crypto_sign_SECRETKEYBYTES];
    (void)context;
    int result = crypto_sign_seed_keypair(public_key, secret_key, seed);
    sodium_memzero(secret_key, sizeof secret_key);
    return result;
}

int gc_host_crypto(gc_crypto *out) {
    memset(out, 0, sizeof(*out));
    if (sodium_init() < 0) {
        return -1;
    }
    out->hash = hash;
    out->sign_keypair = sign_keypair;
    return 0;
}
