#include "core/base/ring.h"

#include "core/base/assert.h"
#include "core/base/mem.h"

void gc_ring_init(gc_ring *r, uint8_t *memory, uint32_t size) {
    gc_assert(memory != NULL && size > 0);
    *r = (gc_ring){.data = memory, .size = size};
}

uint32_t gc_ring_room(const gc_ring *r) {
    return r->size - r->len;
}

/* The index `offset` bytes after the head; head + offset may exceed 32 bits. */
static uint32_t place(const gc_ring *r, uint32_t offset) {
    uint32_t to_end = r->size - r->head;
    return offset < to_end ? r->head + offset : offset - to_end;
}

bool gc_ring_put(gc_ring *r, gc_span bytes) {
    gc_assert(r->len <= r->size && r->head < r->size);
    if (bytes.len > gc_ring_room(r)) {
        return false;
    }
    if (bytes.len > 0) {
        uint32_t tail = place(r, r->len);
        uint32_t first = bytes.len < r->size - tail ? bytes.len : r->size - tail;
        memcpy(r->data + tail, bytes.data, first);
        memcpy(r->data, bytes.data + first, bytes.len - first);
        r->len += bytes.len;
    }
    return true;
}

void gc_ring_copy(const gc_ring *r, uint32_t offset, uint8_t *out, uint32_t len) {
    gc_assert(offset <= r->len && len <= r->len - offset);
    if (len > 0) {
        uint32_t start = place(r, offset);
        uint32_t first = len < r->size - start ? len : r->size - start;
        memcpy(out, r->data + start, first);
        memcpy(out + first, r->data, len - first);
    }
}

void gc_ring_drop(gc_ring *r, uint32_t len) {
    gc_assert(len <= r->len);
    r->head = place(r, len);
    r->len -= len;
}
