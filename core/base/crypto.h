/* The crypto table: functions that the host gives at init, all synchronous, none allocates.
 * Natively libsodium (host/crypto.c), in the page libsodium's npm build, called by imports
 * (core/crypto_wasm.c), in the simulator a cheap deterministic stand-in. Each returns 0 when it is
 * done, and -1 when it refuses: then its output says nothing. Where a length is 0 the pointer may
 * be NULL. Source: trust rules in ghostchat-protocol.7. */
#ifndef GC_BASE_CRYPTO_H
#define GC_BASE_CRYPTO_H

#include <stdint.h>

#define GC_SIGNATURE_BYTES  64
#define GC_SEAL_KEY_BYTES   32
#define GC_SEAL_NONCE_BYTES 24
#define GC_SEAL_TAG_BYTES   16
#define GC_RISTRETTO_BYTES  32 /* a scalar, or an encoded element of the group */
#define GC_SHA512_BYTES     64

typedef struct gc_crypto {
    void *context;
    /* BLAKE2b (RFC 7693). out_len 16..64, key_len 0..64. */
    int (*hash)(void *context, uint8_t *out, uint32_t out_len, const uint8_t *in, uint32_t in_len,
                const uint8_t *key, uint32_t key_len);
    /* SHA-512 (FIPS 180-4), for the key exchange of short codes alone: in_len 0..511. */
    int (*sha512)(void *context, uint8_t out[64], const uint8_t *in, uint32_t in_len);
    /* The public key of the Ed25519 key pair (RFC 8032 5.1.5) that a secret seed makes. The two
     * together can sign: libsodium's secret key is the seed and the public key, one after the
     * other. */
    int (*sign_keypair)(void *context, uint8_t public_key[32], const uint8_t seed[32]);
    /* The Ed25519 signature (RFC 8032 5.1.6) of in_len bytes by the key pair of a seed; public_key
     * is what sign_keypair made of that seed, and nothing else. */
    int (*sign)(void *context, uint8_t signature[64], const uint8_t *in, uint32_t in_len,
                const uint8_t seed[32], const uint8_t public_key[32]);
    /* Refuses a signature that the holder of public_key did not make for these bytes (RFC 8032
     * 5.1.7), one with S not below the order of the group, and public keys of small order. */
    int (*verify)(void *context, const uint8_t signature[64], const uint8_t *in, uint32_t in_len,
                  const uint8_t public_key[32]);
    /* XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03): in_len bytes and the tag are written to out,
     * in_len + 16 in all. One nonce is used once with one key. out overlaps no input. */
    int (*seal)(void *context, uint8_t *out, const uint8_t *in, uint32_t in_len, const uint8_t *ad,
                uint32_t ad_len, const uint8_t nonce[24], const uint8_t key[32]);
    /* Opens what seal wrote: in_len - 16 bytes are written to out. Refuses fewer than 16 bytes, and
     * whatever was not sealed with this key, nonce and ad. out overlaps no input. */
    int (*open)(void *context, uint8_t *out, const uint8_t *in, uint32_t in_len, const uint8_t *ad,
                uint32_t ad_len, const uint8_t nonce[24], const uint8_t key[32]);
    /* The element of ristretto255 that 64 uniform bytes lead to (RFC 9496 4.3.4). */
    int (*ristretto_from_hash)(void *context, uint8_t element[32], const uint8_t in[64]);
    /* 64 uniform bytes, lowest first, modulo the order of ristretto255: a scalar. */
    int (*scalar_reduce)(void *context, uint8_t scalar[32], const uint8_t in[64]);
    /* scalar times element. Refuses bytes that encode no element (RFC 9496 4.3.1), and where the
     * result is the identity. */
    int (*scalarmult)(void *context, uint8_t out[32], const uint8_t scalar[32],
                      const uint8_t element[32]);
} gc_crypto;

#endif
