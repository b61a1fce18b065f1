#include "core/base/reader.h"

#include "core/base/assert.h"

void gc_reader_init(gc_reader *r, gc_span bytes) {
    gc_assert(bytes.data != NULL || bytes.len == 0);
    /* NULL + 0 is undefined: an empty input gets an address. */
    const uint8_t *data = bytes.data != NULL ? bytes.data : (const uint8_t *)"";
    *r = (gc_reader){.data = data, .len = bytes.len};
}

/* The next n bytes, or NULL. */
static const uint8_t *take(gc_reader *r, uint32_t n) {
    gc_assert(r->at <= r->len);
    if (r->failed || n > r->len - r->at) {
        r->failed = true;
        return NULL;
    }
    const uint8_t *field = r->data + r->at;
    r->at += n;
    return field;
}

gc_span gc_reader_bytes(gc_reader *r, uint32_t n) {
    const uint8_t *field = take(r, n);
    return field == NULL ? GC_SPAN_NONE : gc_span_of(field, n);
}

/* Written out: a loop over the bytes stays one. */
static uint32_t number_of(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

uint8_t gc_reader_u8(gc_reader *r) {
    const uint8_t *field = take(r, 1);
    return field == NULL ? 0 : field[0];
}

uint16_t gc_reader_u16(gc_reader *r) {
    const uint8_t *field = take(r, 2);
    return field == NULL ? 0 : (uint16_t)(field[0] << 8 | field[1]);
}

uint32_t gc_reader_u32(gc_reader *r) {
    const uint8_t *field = take(r, 4);
    return field == NULL ? 0 : number_of(field);
}

uint64_t gc_reader_u64(gc_reader *r) {
    const uint8_t *field = take(r, 8);
    return field == NULL ? 0 : (uint64_t)number_of(field) << 32 | number_of(field + 4);
}

uint32_t gc_reader_left(const gc_reader *r) {
    return r->len - r->at;
}
