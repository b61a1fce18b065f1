/* Ed25519 (RFC 8032 5.1) for test/musl/crypto.c, slow and plain. Times depend on the seed: for
 * tests only. */
#ifndef TEST_MUSL_ED25519_H
#define TEST_MUSL_ED25519_H

#include <stdint.h>

void ed25519_public_key(uint8_t public_key[32], const uint8_t seed[32]);
void ed25519_sign(uint8_t signature[64], const uint8_t *in, uint32_t len, const uint8_t seed[32],
                  const uint8_t public_key[32]);
/* 0, or -1: wrong, S not below the order, or a key or R of small order, as libsodium has it. */
int ed25519_verify(const uint8_t signature[64], const uint8_t *in, uint32_t len,
                   const uint8_t public_key[32]);

#endif
