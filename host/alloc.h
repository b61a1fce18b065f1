/* The one way in which host code allocates, so that a test can make the k-th call fail. */
#ifndef GC_HOST_ALLOC_H
#define GC_HOST_ALLOC_H

#include <stddef.h>

/* Returns that many bytes of uninitialised memory for gc_free(), or NULL: the caller gives up the
 * one thing it was doing. */
void *gc_alloc(size_t bytes);
/* Makes a block (or NULL: none yet) that many bytes long; it may move. Returns NULL when memory is
 * short: the old block is still there then. */
void *gc_realloc(void *block, size_t bytes);
/* Frees a block of the two above. Does nothing with NULL. */
void gc_free(void *block);

/* Makes calls fail, for tests: of the following ones the k-th (from 1) and all after it fail; 0 =
 * none. */
void gc_alloc_fail_at(unsigned long k);

#endif
