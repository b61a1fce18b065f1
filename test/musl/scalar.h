/* Scalars modulo the order of Ed25519 and ristretto255 (RFC 8032 5.1), lowest byte first. */
#ifndef TEST_MUSL_SCALAR_H
#define TEST_MUSL_SCALAR_H

#include <stdint.h>

/* 64 bytes modulo the order. */
void scalar_reduced(uint8_t out[32], const uint8_t in[64]);
/* a b + c modulo the order; c is below it. */
void scalar_product_sum(uint8_t out[32], const uint8_t a[32], const uint8_t b[32],
                        const uint8_t c[32]);
int scalar_is_below_order(const uint8_t in[32]);

#endif
