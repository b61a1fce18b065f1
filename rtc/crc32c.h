/* CRC32C: the checksum of SCTP packets, by the processor's instruction where it has one (x86-64
 * with SSE4.2, found at run time; ARMv8 when the compiler was allowed to use it), else by tables.
 * Source: RFC 9260 6.8 and appendix A (polynomial 0x1EDC6F41, reflected 0x82F63B78). */
#ifndef GC_RTC_CRC32C_H
#define GC_RTC_CRC32C_H

#include "core/base/span.h"

/* The way to compute it: made once for each handle, because asking the processor takes longer than
 * a checksum on virtual machines. */
typedef struct gc_crc32c {
    bool hardware;
    uint32_t table[8][256]; /* slicing by 8; not written when there is hardware */
} gc_crc32c;

/* Finds the best way. tables: true takes the tables even where the processor has an instruction,
 * for tests. */
void gc_crc32c_init(gc_crc32c *c, bool tables);
/* Returns the checksum of all bytes so far: crc is that of the bytes before, 0 when there are none.
 */
uint32_t gc_crc32c_add(const gc_crc32c *c, uint32_t crc, gc_span bytes);

#endif
