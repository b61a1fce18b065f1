/* ristretto255 (RFC 9496) for test/musl/crypto.c, slow and plain: for tests only. */
#ifndef TEST_MUSL_RISTRETTO_H
#define TEST_MUSL_RISTRETTO_H

#include <stdint.h>

void ristretto_of_hash(uint8_t element[32], const uint8_t in[64]);
/* 0, or -1: no element, or the result is the identity. */
int ristretto_times(uint8_t out[32], const uint8_t scalar[32], const uint8_t element[32]);

#endif
