/* The crypto table: functions that the host gives at init, all synchronous, none allocates.
 * Natively libsodium (host/crypto.c), in the page libsodium's npm build, called by two imports, in
 * the simulator a cheap deterministic stand-in. Source: trust rules in ghostchat-protocol.7. */
#ifndef GC_BASE_CRYPTO_H
#define GC_BASE_CRYPTO_H

#include <stdint.h>

typedef struct gc_crypto {
    void *context;
    /* BLAKE2b (RFC 7693). out_len 16..64, key_len 0..64. 0 = done, -1 = refused. */
    int (*hash)(void *context, uint8_t *out, uint32_t out_len, const uint8_t *in, uint32_t in_len,
                const uint8_t *key, uint32_t key_len);
    /* The public key of the Ed25519 key pair (RFC 8032 5.1.5) that a secret seed makes. The two
     * together can sign: libsodium's secret key is the seed and the public key, one after the
     * other. 0 = done, -1 = refused. */
    int (*sign_keypair)(void *context, uint8_t public_key[32], const uint8_t seed[32]);
} gc_crypto;

#endif
