/* A bounded reader of big-endian fields. Failure is sticky: read all fields, then ask once.
 * A read past the end gives zeros (or an empty span) and sets `failed`.
 *
 * The functions are small and defined here, so that the parsers of packets pay no call for each
 * field. */
#ifndef GC_BASE_READER_H
#define GC_BASE_READER_H

#include "core/base/assert.h"
#include "core/base/span.h"

typedef struct gc_reader {
    const uint8_t *data; /* borrowed */
    uint32_t len;
    uint32_t at;
    bool failed;
} gc_reader;

/* Starts at the first of `bytes`, which are borrowed as long as the reader is used. */
inline void gc_reader_init(gc_reader *r, gc_span bytes) {
    gc_assert(bytes.data != NULL || bytes.len == 0);
    /* NULL + 0 is undefined: an empty input gets an address. */
    const uint8_t *data = bytes.data != NULL ? bytes.data : (const uint8_t *)"";
    *r = (gc_reader){.data = data, .len = bytes.len};
}

/* Takes the next n bytes, borrowed from the input; NULL when fewer are left. */
inline const uint8_t *gc_reader_take(gc_reader *r, uint32_t n) {
    gc_assert(r->at <= r->len);
    if (r->failed || n > r->len - r->at) {
        r->failed = true;
        return NULL;
    }
    const uint8_t *field = r->data + r->at;
    r->at += n;
    return field;
}

/* Each reads one number of 1, 2, 4 or 8 bytes and moves on; 0 past the end. */
inline uint8_t gc_reader_u8(gc_reader *r) {
    const uint8_t *field = gc_reader_take(r, 1);
    return field == NULL ? 0 : field[0];
}
inline uint16_t gc_reader_u16(gc_reader *r) {
    const uint8_t *field = gc_reader_take(r, 2);
    return field == NULL ? 0 : (uint16_t)(field[0] << 8 | field[1]);
}
inline uint32_t gc_reader_u32(gc_reader *r) {
    const uint8_t *p = gc_reader_take(r, 4);
    /* Written out: a loop over the bytes stays one. */
    return p == NULL ? 0 : (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}
uint64_t gc_reader_u64(gc_reader *r);

/* Reads the next n bytes, borrowed from the input; an empty span when fewer are left. */
inline gc_span gc_reader_bytes(gc_reader *r, uint32_t n) {
    const uint8_t *field = gc_reader_take(r, n);
    return field == NULL ? GC_SPAN_NONE : (gc_span){field, n};
}

/* Returns how many bytes were not read yet. */
inline uint32_t gc_reader_left(const gc_reader *r) {
    return r->len - r->at;
}

#endif
