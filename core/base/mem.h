/* The four functions that a compiler may call on its own, with the meaning of the C standard. They
 * come from libc natively, from mem_wasm.c in wasm, and are declared here because core/ includes no
 * system header. */
#ifndef GC_BASE_MEM_H
#define GC_BASE_MEM_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int value, size_t n);
int memcmp(const void *a, const void *b, size_t n);

/* A freestanding compiler takes these names for any functions and calls them for 8 bytes too; by
 * their builtin names it makes a small copy one load and calls them only for the rest. */
#define memcpy  __builtin_memcpy
#define memmove __builtin_memmove
#define memset  __builtin_memset
#define memcmp  __builtin_memcmp

#endif
