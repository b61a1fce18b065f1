/* Entropy from the kernel, for the seed of the core's generator. */
#ifndef GC_HOST_ENTROPY_H
#define GC_HOST_ENTROPY_H

#include <stddef.h>
#include <stdint.h>

/* Fills out, waiting for the kernel's pool at boot. len: 1..256. Returns 0, or -1 when the kernel
 * gives none: do not start. Source: getrandom(2). */
int gc_entropy(uint8_t *out, size_t len);

#endif
