#include "core/base/reader.h"

#include "core/base/assert.h"

void gc_reader_init(gc_reader *r, gc_span bytes) {
    gc_assert(bytes.data != NULL || bytes.len == 0);
    /* NULL + 0 is undefined: an empty input gets an address. */
    const uint8_t *data = bytes.data != NULL ? bytes.data : (const uint8_t *)"";
    *r = (gc_reader){.data = data, .len = bytes.len};
}

gc_span gc_reader_bytes(gc_reader *r, uint32_t n) {
    gc_assert(r->at <= r->len);
    if (r->failed || n > r->len - r->at) {
        r->failed = true;
        return GC_SPAN_NONE;
    }
    gc_span taken = {r->data + r->at, n};
    r->at += n;
    return taken;
}

static uint64_t take(gc_reader *r, uint32_t bytes) {
    gc_span field = gc_reader_bytes(r, bytes);
    uint64_t v = 0;
    for (uint32_t i = 0; i < field.len; i++) {
        v = v << 8 | field.data[i];
    }
    return v;
}

uint8_t gc_reader_u8(gc_reader *r) {
    return (uint8_t)take(r, 1);
}

uint16_t gc_reader_u16(gc_reader *r) {
    return (uint16_t)take(r, 2);
}

uint32_t gc_reader_u32(gc_reader *r) {
    return (uint32_t)take(r, 4);
}

uint64_t gc_reader_u64(gc_reader *r) {
    return take(r, 8);
}

uint32_t gc_reader_left(const gc_reader *r) {
    return r->len - r->at;
}
