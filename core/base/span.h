/* A span is borrowed bytes: who made it owns them, and says in its own header for how long. */
#ifndef GC_BASE_SPAN_H
#define GC_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct gc_span {
    const uint8_t *data;
    uint32_t len; /* bytes */
} gc_span;

/* A span over a string literal, its final zero left out. */
#define GC_SPAN(literal) ((gc_span){(const uint8_t *)("" literal), (uint32_t)sizeof(literal) - 1})

static inline gc_span gc_span_of(const void *data, uint32_t len) {
    return (gc_span){(const uint8_t *)data, len};
}

/* Returns true when both hold the same bytes. For secrets take gc_bytes_equal_ct() instead: this
 * one is faster the earlier they differ. */
static inline bool gc_span_equal(gc_span a, gc_span b) {
    return a.len == b.len && (a.len == 0 || __builtin_memcmp(a.data, b.data, a.len) == 0);
}

#endif
