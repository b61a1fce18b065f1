/* SipHash-2-4: a keyed 64-bit hash for tables whose keys strangers choose.
 * Source: Aumasson, Bernstein, "SipHash: a fast short-input PRF" (2012). */
#ifndef GC_BASE_SIPHASH_H
#define GC_BASE_SIPHASH_H

#include "core/base/span.h"

/* Returns the hash of bytes under key, which is secret and drawn at random. */
uint64_t gc_siphash(const uint8_t key[16], gc_span bytes);

#endif
