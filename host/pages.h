/* Pages: memory that a program has reserved and does not need for now. */
#ifndef GC_HOST_PAGES_H
#define GC_HOST_PAGES_H

#include <stddef.h>

/* Gives the whole pages within `bytes` bytes at `start`, which are private and anonymous (mmap),
 * back to the system: their content is zeros from now on, and they cost nothing until they are
 * written again. A system that refuses keeps them. Source: madvise(2), MADV_DONTNEED. */
void gc_pages_give_back(const void *start, size_t bytes);

#endif
