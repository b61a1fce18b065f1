#include "core/base/reader.h"

/* The one definition of each function of the header, for calls that no compiler puts in place. */
extern inline void gc_reader_init(gc_reader *r, gc_span bytes);
extern inline const uint8_t *gc_reader_take(gc_reader *r, uint32_t n);
extern inline uint8_t gc_reader_u8(gc_reader *r);
extern inline uint16_t gc_reader_u16(gc_reader *r);
extern inline uint32_t gc_reader_u32(gc_reader *r);
extern inline gc_span gc_reader_bytes(gc_reader *r, uint32_t n);
extern inline uint32_t gc_reader_left(const gc_reader *r);

uint64_t gc_reader_u64(gc_reader *r) {
    const uint8_t *field = gc_reader_take(r, 8);
    uint64_t v = 0;
    for (uint32_t i = 0; field != NULL && i < 8; i++) {
        v = v << 8 | field[i];
    }
    return v;
}
