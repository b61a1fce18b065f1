/* Ed25519 for test/musl/crypto.c: the public key of a seed, slow and plain. */
#ifndef TEST_MUSL_ED25519_H
#define TEST_MUSL_ED25519_H

#include <stdint.h>

/* RFC 8032 5.1.5. Takes a time that depends on the seed: for tests only. */
void ed25519_public_key(uint8_t public_key[32], const uint8_t seed[32]);

#endif
