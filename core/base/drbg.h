/* DRBG: the only source of randomness in the core. ChaCha20 with fast key erasure: after each
 * request the key is overwritten, so earlier outputs cannot be computed from the state.
 * Source: RFC 8439 2.4 (ChaCha20), Bernstein "Fast-key-erasure random-number generators" (2017). */
#ifndef GC_BASE_DRBG_H
#define GC_BASE_DRBG_H

#include <stdint.h>

typedef struct gc_drbg {
    uint8_t key[32];
} gc_drbg;

/* Starts from 32 secret bytes of the host's random source, which the caller wipes. The same seed
 * gives the same outputs. */
void gc_drbg_init(gc_drbg *d, const uint8_t seed[32]);
/* Draws len (0..4096) random bytes. */
void gc_drbg_bytes(gc_drbg *d, void *out, uint32_t len);
/* Draws a number in 0..bound-1 (bound >= 1), each equally likely. */
uint32_t gc_drbg_below(gc_drbg *d, uint32_t bound);

#endif
