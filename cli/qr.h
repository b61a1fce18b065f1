/* QR: a text as a QR code for a terminal, in half blocks, two modules to a character. Source:
 * ISO/IEC 18004, by libqrcodegen. */
#ifndef GC_CLI_QR_H
#define GC_CLI_QR_H

#include "core/base/span.h"
#include "core/base/writer.h"

#include <qrcodegen/qrcodegen.h>

/* The most bytes that gc_qr_write() writes: three a character, and the colours of each line. */
#define GC_QR_BYTES_MAX 65536

typedef struct gc_qr {
    uint8_t modules[qrcodegen_BUFFER_LEN_MAX];
} gc_qr;

/* Makes the code of a text, 1 or more bytes of UTF-8. Returns how many columns of a terminal it
 * takes, its margin too; 0: the text is too long for a code. A secret in the text is in q: wipe
 * it. */
uint32_t gc_qr_make(gc_qr *q, gc_span text);
/* How many lines of a terminal a code of so many columns takes. */
uint32_t gc_qr_lines(uint32_t columns);
/* Writes the lines of the code, dark on light in colours of its own: in those of a dark terminal it
 * would be inverted, and not every scanner reads that. */
void gc_qr_write(const gc_qr *q, gc_writer *w);

#endif
