/* A bounded reader of big-endian fields. Failure is sticky: read all fields, then ask once.
 * A read past the end gives zeros (or an empty span) and sets `failed`. */
#ifndef GC_BASE_READER_H
#define GC_BASE_READER_H

#include "core/base/span.h"

typedef struct gc_reader {
    const uint8_t *data; /* borrowed */
    uint32_t len;
    uint32_t at;
    bool failed;
} gc_reader;

void gc_reader_init(gc_reader *r, gc_span bytes);
uint8_t gc_reader_u8(gc_reader *r);
uint16_t gc_reader_u16(gc_reader *r);
uint32_t gc_reader_u32(gc_reader *r);
uint64_t gc_reader_u64(gc_reader *r);
/* The next n bytes, borrowed from the input. */
gc_span gc_reader_bytes(gc_reader *r, uint32_t n);
/* Bytes not read yet. */
uint32_t gc_reader_left(const gc_reader *r);

#endif
