/* Piece of a stream: the bytes of a write that the kernel did not take, copied. libuv writes them
 * when the socket is writable again: its API has no other way to learn that without a second
 * handle. */
#ifndef GC_HOST_STREAM_PIECE_H
#define GC_HOST_STREAM_PIECE_H

#include "core/base/span.h"

#include <stddef.h>
#include <uv.h>

typedef struct gc_stream_piece {
    uv_write_t request; /* for the write of the bytes, by the owner */
    uint32_t len;
    uint8_t bytes[];
} gc_stream_piece;

/* Makes a piece of the `len` (> 0) bytes that lie `skip` bytes into the spans (asserted), which the
 * owner frees with gc_free(). Returns NULL when memory is short. */
gc_stream_piece *gc_stream_piece_make(const gc_span *spans, uint32_t count, size_t skip,
                                      uint32_t len);
/* Copies what lies `skip` bytes into the spans to out, at most size bytes. Returns how many. */
uint32_t gc_stream_piece_gather(const gc_span *spans, uint32_t count, size_t skip, uint8_t *out,
                                uint32_t size);

#endif
