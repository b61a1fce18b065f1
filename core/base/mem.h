/* The four functions that a compiler may call on its own: from libc natively, from mem.c in wasm.
 * Declared here because core/ includes no system header. */
#ifndef GC_BASE_MEM_H
#define GC_BASE_MEM_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int value, size_t n);
int memcmp(const void *a, const void *b, size_t n);

#endif
