#include "core/base/writer.h"

#include "core/base/assert.h"
#include "core/base/mem.h"

void gc_writer_init(gc_writer *w, uint8_t *data, uint32_t size) {
    gc_assert(data != NULL || size == 0);
    *w = (gc_writer){.data = data, .size = size};
}

void gc_writer_bytes(gc_writer *w, const void *data, uint32_t len) {
    gc_assert(w->at <= w->size);
    if (w->failed || len > w->size - w->at) {
        w->failed = true;
        return;
    }
    if (len > 0) { /* memcpy of NULL is undefined even for no bytes */
        memcpy(w->data + w->at, data, len);
    }
    w->at += len;
}

static void put(gc_writer *w, uint64_t v, uint32_t bytes) {
    uint8_t field[8];
    for (uint32_t i = bytes; i-- > 0; v >>= 8) {
        field[i] = (uint8_t)v;
    }
    gc_writer_bytes(w, field, bytes);
}

void gc_writer_u8(gc_writer *w, uint8_t v) {
    put(w, v, 1);
}

void gc_writer_u16(gc_writer *w, uint16_t v) {
    put(w, v, 2);
}

void gc_writer_u32(gc_writer *w, uint32_t v) {
    put(w, v, 4);
}

void gc_writer_u64(gc_writer *w, uint64_t v) {
    put(w, v, 8);
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
