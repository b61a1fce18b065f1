#include "cli/qr.h"
#include "core/base/secret.h"

#include <string.h>

/* ISO/IEC 18004 asks for 4 modules of light margin; beside the code a terminal needs its columns
 * for what is read, and scanners do with 2. */
#define MARGIN     2
#define TEXT_BYTES 2953                     /* what the largest code holds */
#define COLOURS    "\033[38;5;16;48;5;231m" /* black on white of the 256, which no theme changes */
#define NO_COLOURS "\033[0m"

_Static_assert(GC_QR_BYTES_MAX >
                   (177 + 2 * MARGIN) * ((177 + 2 * MARGIN) / 2 + 1) * 3 +
                       ((177 + 2 * MARGIN) / 2 + 1) * (sizeof COLOURS + sizeof NO_COLOURS),
               "the largest code fits");

uint32_t gc_qr_make(gc_qr *q, gc_span text) {
    char copy[TEXT_BYTES + 1];
    uint8_t scratch[qrcodegen_BUFFER_LEN_MAX];
    if (text.len == 0 || text.len > TEXT_BYTES) {
        return 0;
    }
    memcpy(copy, text.data, text.len);
    copy[text.len] = 0;
    bool made =
        qrcodegen_encodeText(copy, scratch, q->modules, qrcodegen_Ecc_LOW, qrcodegen_VERSION_MIN,
                             qrcodegen_VERSION_MAX, qrcodegen_Mask_AUTO, true);
    gc_bytes_wipe(copy, sizeof copy);
    gc_bytes_wipe(scratch, sizeof scratch);
    return made ? (uint32_t)qrcodegen_getSize(q->modules) + 2 * MARGIN : 0;
}

uint32_t gc_qr_lines(uint32_t columns) {
    return (columns + 1) / 2;
}

void gc_qr_write(const gc_qr *q, gc_writer *w) {
    static const char *const blocks[] = {" ", "▀", "▄", "█"};
    int size = qrcodegen_getSize(q->modules);
    for (int y = -MARGIN; y < size + MARGIN; y += 2) {
        gc_writer_text(w, COLOURS);
        for (int x = -MARGIN; x < size + MARGIN; x++) {
            bool upper = qrcodegen_getModule(q->modules, x, y);
            bool lower = qrcodegen_getModule(q->modules, x, y + 1);
            gc_writer_text(w, blocks[upper + 2 * lower]);
        }
        gc_writer_text(w, NO_COLOURS "\n");
    }
}
