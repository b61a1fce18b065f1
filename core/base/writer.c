#include "core/base/writer.h"

#include "core/base/assert.h"
#include "core/base/mem.h"

void gc_writer_init(gc_writer *w, uint8_t *data, uint32_t size) {
    gc_assert(data != NULL || size == 0);
    *w = (gc_writer){.data = data, .size = size};
}

/* The place of the next len bytes, or NULL. */
static uint8_t *take(gc_writer *w, uint32_t len) {
    gc_assert(w->at <= w->size);
    if (w->failed || len > w->size - w->at) {
        w->failed = true;
        return NULL;
    }
    uint8_t *field = w->data + w->at;
    w->at += len;
    return field;
}

void gc_writer_bytes(gc_writer *w, const void *data, uint32_t len) {
    /* No bytes may have no place, and memcpy of NULL is undefined even for none. */
    uint8_t *field = len > 0 ? take(w, len) : NULL;
    if (field != NULL) {
        memcpy(field, data, len);
    }
}

/* Written out: a loop over the bytes stays one. */
static void put(uint8_t *p, uint32_t v) {
    p[0] = (uint8_t)(v >> 24);
    p[1] = (uint8_t)(v >> 16);
    p[2] = (uint8_t)(v >> 8);
    p[3] = (uint8_t)v;
}

void gc_writer_u8(gc_writer *w, uint8_t v) {
    uint8_t *field = take(w, 1);
    if (field != NULL) {
        field[0] = v;
    }
}

void gc_writer_u16(gc_writer *w, uint16_t v) {
    uint8_t *field = take(w, 2);
    if (field != NULL) {
        field[0] = (uint8_t)(v >> 8);
        field[1] = (uint8_t)v;
    }
}

void gc_writer_u32(gc_writer *w, uint32_t v) {
    uint8_t *field = take(w, 4);
    if (field != NULL) {
        put(field, v);
    }
}

void gc_writer_u64(gc_writer *w, uint64_t v) {
    uint8_t *field = take(w, 8);
    if (field != NULL) {
        put(field, (uint32_t)(v >> 32));
        put(field + 4, (uint32_t)v);
    }
}

void gc_writer_span(gc_writer *w, gc_span s) {
    gc_writer_bytes(w, s.data, s.len);
}

void gc_writer_text(gc_writer *w, const char *text) {
    uint32_t len = 0;
    while (text[len] != '\0') {
        len++;
    }
    gc_writer_bytes(w, text, len);
}

void gc_writer_decimal(gc_writer *w, uint64_t v) {
    uint8_t digits[20]; /* 2^64 - 1 has 20 */
    uint32_t at = sizeof digits;
    do {
        digits[--at] = (uint8_t)('0' + v % 10);
        v /= 10;
    } while (v > 0);
    gc_writer_bytes(w, digits + at, (uint32_t)sizeof digits - at);
}

gc_span gc_writer_done(const gc_writer *w) {
    return (gc_span){w->data, w->at};
}
