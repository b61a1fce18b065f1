#include "core/base/writer.h"

#include "core/base/assert.h"
#include "core/base/mem.h"

/* The one definition of each function of the header, for calls that no compiler puts in place. */
extern inline void gc_writer_init(gc_writer *w, uint8_t *data, uint32_t size);
extern inline uint8_t *gc_writer_take(gc_writer *w, uint32_t len);
extern inline void gc_writer_u8(gc_writer *w, uint8_t v);
extern inline void gc_writer_u16(gc_writer *w, uint16_t v);
extern inline void gc_writer_u32(gc_writer *w, uint32_t v);

void gc_writer_bytes(gc_writer *w, const void *data, uint32_t len) {
    /* No bytes may have no place, and memcpy of NULL is undefined even for none. */
    uint8_t *field = len > 0 ? gc_writer_take(w, len) : NULL;
    if (field != NULL) {
        memcpy(field, data, len);
    }
}

void gc_writer_u64(gc_writer *w, uint64_t v) {
    uint8_t *field = gc_writer_take(w, 8);
    for (uint32_t i = 0; field != NULL && i < 8; i++) {
        field[i] = (uint8_t)(v >> (56 - 8 * i));
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
