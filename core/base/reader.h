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

/* Starts at the first of `bytes`, which are borrowed as long as the reader is used. */
void gc_reader_init(gc_reader *r, gc_span bytes);
/* Each reads one number of 1, 2, 4 or 8 bytes and moves on; 0 past the end. */
uint8_t gc_reader_u8(gc_reader *r);
uint16_t gc_reader_u16(gc_reader *r);
uint32_t gc_reader_u32(gc_reader *r);
uint64_t gc_reader_u64(gc_reader *r);
/* Reads the next n bytes, borrowed from the input; an empty span when fewer are left. */
gc_span gc_reader_bytes(gc_reader *r, uint32_t n);
/* Returns how many bytes were not read yet. */
uint32_t gc_reader_left(const gc_reader *r);

#endif
