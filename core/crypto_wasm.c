#include "core/crypto_wasm.h"

#define IMPORT(name) __attribute__((import_module("gc"), import_name(#name))) int32_t

IMPORT(hash)
gc_import_hash(uint8_t *out, uint32_t out_len, const uint8_t *in, uint32_t in_len,
               const uint8_t *key, uint32_t key_len);
IMPORT(sha512) gc_import_sha512(uint8_t out[64], const uint8_t *in, uint32_t in_len);
IMPORT(sign_keypair) gc_import_sign_keypair(uint8_t public_key[32], const uint8_t seed[32]);
IMPORT(sign)
gc_import_sign(uint8_t signature[64], const uint8_t *in, uint32_t in_len, const uint8_t seed[32],
               const uint8_t public_key[32]);
IMPORT(verify)
gc_import_verify(const uint8_t signature[64], const uint8_t *in, uint32_t in_len,
                 const uint8_t public_key[32]);
IMPORT(seal)
gc_import_seal(uint8_t *out, const uint8_t *in, uint32_t in_len, const uint8_t *ad, uint32_t ad_len,
               const uint8_t nonce[24], const uint8_t key[32]);
IMPORT(open)
gc_import_open(uint8_t *out, const uint8_t *in, uint32_t in_len, const uint8_t *ad, uint32_t ad_len,
               const uint8_t nonce[24], const uint8_t key[32]);
IMPORT(ristretto_from_hash)
gc_import_ristretto_from_hash(uint8_t element[32], const uint8_t in[64]);
IMPORT(scalar_reduce) gc_import_scalar_reduce(uint8_t scalar[32], const uint8_t in[64]);
IMPORT(scalarmult)
gc_import_scalarmult(uint8_t out[32], const uint8_t scalar[32], const uint8_t element[32]);

static int hash(void *context, uint8_t *out, uint32_t out_len, const uint8_t *in, uint32_t in_len,
                const uint8_t *key, uint32_t key_len) {
    (void)context;
    return gc_import_hash(out, out_len, in, in_len, key, key_len);
}

static int sha512(void *context, uint8_t out[64], const uint8_t *in, uint32_t in_len) {
    (void)context;
    return gc_import_sha512(out, in, in_len);
}

static int sign_keypair(void *context, uint8_t public_key[32], const uint8_t seed[32]) {
    (void)context;
    return gc_import_sign_keypair(public_key, seed);
}

static int sign(void *context, uint8_t signature[64], const uint8_t *in, uint32_t in_len,
                const uint8_t seed[32], const uint8_t public_key[32]) {
    (void)context;
    return gc_import_sign(signature, in, in_len, seed, public_key);
}

static int verify(void *context, const uint8_t signature[64], const uint8_t *in, uint32_t in_len,
                  const uint8_t public_key[32]) {
    (void)context;
    return gc_import_verify(signature, in, in_len, public_key);
}

static int seal(void *context, uint8_t *out, const uint8_t *in, uint32_t in_len, const uint8_t *ad,
                uint32_t ad_len, const uint8_t nonce[24], const uint8_t key[32]) {
    (void)context;
    return gc_import_seal(out, in, in_len, ad, ad_len, nonce, key);
}

static int open(void *context, uint8_t *out, const uint8_t *in, uint32_t in_len, const uint8_t *ad,
                uint32_t ad_len, const uint8_t nonce[24], const uint8_t key[32]) {
    (void)context;
    return gc_import_open(out, in, in_len, ad, ad_len, nonce, key);
}

static int ristretto_from_hash(void *context, uint8_t element[32], const uint8_t in[64]) {
    (void)context;
    return gc_import_ristretto_from_hash(element, in);
}

static int scalar_reduce(void *context, uint8_t scalar[32], const uint8_t in[64]) {
    (void)context;
    return gc_import_scalar_reduce(scalar, in);
}

static int scalarmult(void *context, uint8_t out[32], const uint8_t scalar[32],
                      const uint8_t element[32]) {
    (void)context;
    return gc_import_scalarmult(out, scalar, element);
}

gc_crypto gc_wasm_crypto(void) {
    return (gc_crypto){
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
}
