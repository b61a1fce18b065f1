/* The one way in which host code allocates, so that a test can make the k-th call fail. */
#ifndef GC_HOST_ALLOC_H
#define GC_HOST_ALLOC_H

#include <stddef.h>

/* Uninitialised memory, or NULL: the caller gives up the one thing it was doing. */
void *gc_alloc(size_t bytes);
/* As realloc: on NULL the old block is still there. */
void *gc_realloc(void *block, size_t bytes);
void gc_free(void *block);

/* For tests: of the following calls the k-th (from 1) and all after it fail; 0 = none. */
void gc_alloc_fail_at(unsigned long k);

#endif
