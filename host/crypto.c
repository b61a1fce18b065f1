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

static int sha512(void *context, uint8_t out[64], const uint8_t *in, uint32_t in_len) {
    (void)context;
    return crypto_hash_sha512(out, in, in_len);
}

/* libsodium's secret key is the seed and the public key: what we keep as they are. */
static int sign_keypair(void *context, uint8_t public_key[32], const uint8_t seed[32]) {
    uint8_t secret_key[crypto_sign_SECRETKEYBYTES];
    (void)context;
    int result = crypto_sign_seed_keypair(public_key, secret_key, seed);
    sodium_memzero(secret_key, sizeof secret_key);
    return result;
}

static int sign(void *context, uint8_t signature[64], const uint8_t *in, uint32_t in_len,
                const uint8_t seed[32], const uint8_t public_key[32]) {
    uint8_t secret_key[crypto_sign_SECRETKEYBYTES];
    (void)context;
    memcpy(secret_key, seed, 32);
    memcpy(secret_key + 32, public_key, 32);
    int result = crypto_sign_detached(signature, NULL, in, in_len, secret_key);
    sodium_memzero(secret_key, sizeof secret_key);
    return result;
}

static int verify(void *context, const uint8_t signature[64], const uint8_t *in, uint32_t in_len,
                  const uint8_t public_key[32]) {
    (void)context;
    return crypto_sign_verify_detached(signature, in, in_len, public_key);
}

static int seal(void *context, uint8_t *out, const uint8_t *in, uint32_t in_len, const uint8_t *ad,
                uint32_t ad_len, const uint8_t nonce[24], const uint8_t key[32]) {
    (void)context;
    return crypto_aead_xchacha20poly1305_ietf_encrypt(out, NULL, in, in_len, ad, ad_len, NULL,
                                                      nonce, key);
}

static int open(void *context, uint8_t *out, const uint8_t *in, uint32_t in_len, const uint8_t *ad,
                uint32_t ad_len, const uint8_t nonce[24], const uint8_t key[32]) {
    (void)context;
    return crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, in, in_len, ad, ad_len,
                                                      nonce, key);
}

static int ristretto_from_hash(void *context, uint8_t element[32], const uint8_t in[64]) {
    (void)context;
    return crypto_core_ristretto255_from_hash(element, in);
}

static int scalar_reduce(void *context, uint8_t scalar[32], const uint8_t in[64]) {
    (void)context;
    crypto_core_ristretto255_scalar_reduce(scalar, in);
    return 0;
}

/* libsodium 1.0.18 ignores the topmost bit of an element, which must be 0 (RFC 9496 4.3.1). */
static int scalarmult(void *context, uint8_t out[32], const uint8_t scalar[32],
                      const uint8_t element[32]) {
    (void)context;
    return element[31] > 0x7f ? -1 : crypto_scalarmult_ristretto255(out, scalar, element);
}

int gc_host_crypto(gc_crypto *out) {
    memset(out, 0, sizeof(*out));
    if (sodium_init() < 0) {
        return -1;
    }
    *out = (gc_crypto){
        .hash = hash,
        .sha512 = sha512,
        .sign_keypair = sign_keypair,
        .sign = sign,
        .verify = verify,
        .seal = seal,
        .open = open,
        .ristretto_from_hash = ristretto_from_hash,
        .scalar_reduce = scalar_reduce,
        .scalarmult = scalarmult,
    };
    return 0;
}
