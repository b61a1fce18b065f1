/* A ring of bytes in the caller's memory: a bounded first-in first-out queue. */
#ifndef GC_BASE_RING_H
#define GC_BASE_RING_H

#include "core/base/span.h"

typedef struct gc_ring {
    uint8_t *data;
    uint32_t size;
    uint32_t head; /* first byte to read */
    uint32_t len;
} gc_ring;

/* Starts empty. memory: size bytes (at least 1), the owner's as long as the ring is used. */
void gc_ring_init(gc_ring *r, uint8_t *memory, uint32_t size);
/* Returns how many more bytes fit. */
uint32_t gc_ring_room(const gc_ring *r);
/* Appends a copy of all bytes. Returns false, and appends nothing, when they do not fit. */
bool gc_ring_put(gc_ring *r, gc_span bytes);
/* Copies to out `len` bytes that start `offset` bytes after the oldest one; they must be there
 * (asserted). They stay in the ring. */
void gc_ring_copy(const gc_ring *r, uint32_t offset, uint8_t *out, uint32_t len);
/* Removes the `len` oldest bytes; they must be there (asserted). */
void gc_ring_drop(gc_ring *r, uint32_t len);

#endif
