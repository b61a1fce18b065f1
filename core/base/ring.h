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

void gc_ring_init(gc_ring *r, uint8_t *memory, uint32_t size);
uint32_t gc_ring_room(const gc_ring *r);
/* All of it or nothing: false when it does not fit. */
bool gc_ring_put(gc_ring *r, gc_span bytes);
/* Copies `len` bytes that start `offset` behind the head; they must be there. */
void gc_ring_copy(const gc_ring *r, uint32_t offset, uint8_t *out, uint32_t len);
void gc_ring_drop(gc_ring *r, uint32_t len);

#endif
