/* BinaryPack: reading and sorting agree on what is a value, text for people is UTF-8 and bounded,
 * no walk is longer than its input, and what is cut off is refused. */
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/base/writer.h"
#include "core/wire/binarypack.h"

#include <stdlib.h>
#include <string.h>

static int walk_all(gc_span value) {
    gc_binarypack_walk walk;
    gc_binarypack_item item;
    uint32_t items = 0;
    int error;
    gc_binarypack_begin(&walk, value);
    while ((error = gc_binarypack_next(&walk, &item)) == 0) {
        gc_assert(++items <= value.len && item.depth < GC_BINARYPACK_DEPTH_MAX + 1);
        gc_assert(!item.key || item.type == GC_BINARYPACK_STRING);
        gc_assert(item.type != GC_BINARYPACK_STRING || gc_utf8_valid(item.bytes));
    }
    return error;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static uint8_t out[49152];
    if (size > 70000) {
        return 0;
    }
    uint8_t *copy = malloc(size > 0 ? size : 1);
    memcpy(copy, data, size);
    gc_span value = gc_span_of(copy, (uint32_t)size);
    int error = walk_all(value);
    gc_writer w;
    gc_writer_init(&w, out, sizeof out);
    int text = gc_binarypack_text(value, &w);
    gc_assert(gc_utf8_valid(gc_span_of(out, text == 0 ? w.at : 0)));
    gc_assert((text == 0) == (error == GC_E_NOT_FOUND) || (text == GC_E_TOO_BIG && w.failed));
    uint32_t kind = 0;
    gc_binarypack_chunk c;
    int sorted = gc_binarypack_sort(value, &kind, &c);
    gc_assert(error == GC_E_NOT_FOUND ? sorted == 0 || sorted == GC_E_SYNTAX : sorted == error);
    if (sorted == 0 && kind == GC_BINARYPACK_CHUNK) {
        gc_assert(c.id != 0 && c.n < c.total && c.data.len < value.len);
    }
    if (error == GC_E_NOT_FOUND && size < 200) { /* no beginning of a value is a value */
        for (uint32_t cut = 0; cut < size; cut++) {
            gc_assert(walk_all(gc_span_of(copy, cut)) == GC_E_SYNTAX);
        }
    }
    free(copy);
    return 0;
}
