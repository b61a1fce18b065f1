/* A span is borrowed bytes: the function that made it owns them, and its header says for how long.
 * A span of length 0 may have data == NULL. Functions here copy nothing: a span that they return
 * borrows from the one that they were given. */
#ifndef GC_BASE_SPAN_H
#define GC_BASE_SPAN_H

#include "core/base/assert.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct gc_span {
    const uint8_t *data;
    uint32_t len; /* bytes */
} gc_span;

/* A span over a string literal, its final zero left out. */
#define GC_SPAN(literal) ((gc_span){(const uint8_t *)("" literal), (uint32_t)sizeof(literal) - 1})
/* No bytes. Where a header tells an absent span from an empty one, this is the absent one. */
#define GC_SPAN_NONE ((gc_span){NULL, 0})

/* Makes a span over len bytes at data. */
static inline gc_span gc_span_of(const void *data, uint32_t len) {
    return (gc_span){(const uint8_t *)data, len};
}

/* Makes a span over text up to its final zero. The text must be shorter than 4 GiB. */
static inline gc_span gc_span_text(const char *text) {
    uint32_t len = 0;
    while (text[len] != 0) {
        len++;
    }
    return gc_span_of(text, len);
}

/* Returns true when a and b hold the same bytes. For secrets there is gc_bytes_equal_ct() instead:
 * this one is faster the earlier they differ. */
static inline bool gc_span_equal(gc_span a, gc_span b) {
    return a.len == b.len && (a.len == 0 || __builtin_memcmp(a.data, b.data, a.len) == 0);
}

/* Returns the bytes of s from index `at` on; at most s.len, which gives an empty span. No number
 * may be added to a null pointer, not even 0 (C11 6.5.6): so 0 gives s itself. */
static inline gc_span gc_span_from(gc_span s, uint32_t at) {
    gc_assert(at <= s.len);
    return at == 0 ? s : gc_span_of(s.data + at, s.len - at);
}

/* Returns true when s begins with all bytes of `start`; both may be empty. */
static inline bool gc_span_starts(gc_span s, gc_span start) {
    return s.len >= start.len && gc_span_equal(gc_span_of(s.data, start.len), start);
}

/* Returns true when s ends with all bytes of `end`; both may be empty. */
static inline bool gc_span_ends(gc_span s, gc_span end) {
    return s.len >= end.len && gc_span_equal(gc_span_from(s, s.len - end.len), end);
}

/* Returns the index of the first `byte` in s at index `at` or after it; s.len when there is none.
 */
static inline uint32_t gc_span_find(gc_span s, uint32_t at, uint8_t byte) {
    while (at < s.len && s.data[at] != byte) {
        at++;
    }
    return at;
}

#endif
