#include "host/stream_piece.h"
#include "core/base/assert.h"
#include "host/alloc.h"

#include <string.h>

uint32_t gc_stream_piece_gather(const gc_span *spans, uint32_t count, size_t skip, uint8_t *out,
                                uint32_t size) {
    uint32_t len = 0;
    for (uint32_t i = 0; i < count && len < size; i++) {
        if (skip >= spans[i].len) {
            skip -= spans[i].len;
            continue;
        }
        uint32_t n = spans[i].len - (uint32_t)skip;
        n = n < size - len ? n : size - len;
        memcpy(out + len, spans[i].data + skip, n);
        len += n;
        skip = 0;
    }
    return len;
}

gc_stream_piece *gc_stream_piece_make(const gc_span *spans, uint32_t count, size_t skip,
                                      uint32_t len) {
    gc_assert(len > 0);
    gc_stream_piece *piece = gc_alloc(sizeof *piece + len);
    if (piece != NULL) {
        piece->len = gc_stream_piece_gather(spans, count, skip, piece->bytes, len);
        gc_assert(piece->len == len);
    }
    return piece;
}
