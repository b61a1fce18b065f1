/* A bounded writer of big-endian fields and text. Failure is sticky: what does not fit is not
 * written, `failed` is set and nothing is written after it. */
#ifndef GC_BASE_WRITER_H
#define GC_BASE_WRITER_H

#include "core/base/span.h"

typedef struct gc_writer {
    uint8_t *data; /* the caller's */
    uint32_t size;
    uint32_t at; /* bytes written */
    bool failed;
} gc_writer;

/* Starts at data, which has room for size bytes and is the caller's as long as the writer is
 * used. */
inline void gc_writer_init(gc_writer *w, uint8_t *data, uint32_t size) {
    gc_assert(data != NULL || size == 0);
    *w = (gc_writer){.data = data, .size = size};
}

/* Takes the place of the next len bytes, which the caller fills; NULL when there is no room. */
inline uint8_t *gc_writer_take(gc_writer *w, uint32_t len) {
    gc_assert(w->at <= w->size);
    if (w->failed || len > w->size - w->at) {
        w->failed = true;
        return NULL;
    }
    uint8_t *field = w->data + w->at;
    w->at += len;
    return field;
}

/* Each writes one number of 1, 2, 4 or 8 bytes. */
inline void gc_writer_u8(gc_writer *w, uint8_t v) {
    uint8_t *field = gc_writer_take(w, 1);
    if (field != NULL) {
        field[0] = v;
    }
}
inline void gc_writer_u16(gc_writer *w, uint16_t v) {
    uint8_t *field = gc_writer_take(w, 2);
    if (field != NULL) {
        field[0] = (uint8_t)(v >> 8);
        field[1] = (uint8_t)v;
    }
}
inline void gc_writer_u32(gc_writer *w, uint32_t v) {
    uint8_t *field = gc_writer_take(w, 4);
    if (field != NULL) {
        /* Written out: a loop over the bytes stays one. */
        field[0] = (uint8_t)(v >> 24);
        field[1] = (uint8_t)(v >> 16);
        field[2] = (uint8_t)(v >> 8);
        field[3] = (uint8_t)v;
    }
}
void gc_writer_u64(gc_writer *w, uint64_t v);

/* Each writes all of the bytes or, when they do not fit, none of them. */
void gc_writer_bytes(gc_writer *w, const void *data, uint32_t len);
void gc_writer_span(gc_writer *w, gc_span s);
/* Writes a zero-terminated text without its zero. */
void gc_writer_text(gc_writer *w, const char *text);
/* Writes v in decimal digits: at most 20 bytes. */
void gc_writer_decimal(gc_writer *w, uint64_t v);
/* Returns what was written so far; valid until the next write into the same memory. */
gc_span gc_writer_done(const gc_writer *w);

#endif
