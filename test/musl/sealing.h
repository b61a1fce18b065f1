/* XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) for test/musl/crypto.c, slow and plain. */
#ifndef TEST_MUSL_SEALING_H
#define TEST_MUSL_SEALING_H

#include <stdint.h>

/* len bytes and a tag of 16. */
void sealing_seal(uint8_t *out, const uint8_t *in, uint32_t len, const uint8_t *ad, uint32_t ad_len,
                  const uint8_t nonce[24], const uint8_t key[32]);
/* 0, or -1. */
int sealing_open(uint8_t *out, const uint8_t *in, uint32_t len, const uint8_t *ad, uint32_t ad_len,
                 const uint8_t nonce[24], const uint8_t key[32]);

#endif
