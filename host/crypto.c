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

int gc_host_crypto(gc_crypto *out) {
    memset(out, 0, sizeof(*out));
    if (sodium_init() < 0) {
        return -1;
    }
    out->hash = hash;
    return 0;
}
