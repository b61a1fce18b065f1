/* Data connections: any frames, in any serialization. The first byte is the serialization; then
 * frames, each behind a byte of kind (1: text; 2: a chunk is built of the next bytes) and a u16. */
#include "core/base/assert.h"
#include "core/base/reader.h"
#include "core/base/utf8.h"
#include "core/base/writer.h"
#include "core/proto/data_connection.h"
#include "core/wire/binarypack.h"

#include <stdlib.h>
#include <string.h>

static uint8_t joined[GC_DATA_BYTES_MAX], text[GC_DATA_TEXT_BYTES_MAX];
static gc_data_store store;

/* id, n, total from the input, and data of a stated length: few inputs would come so far by luck.
 */
static uint32_t build_chunk(gc_reader *r, uint8_t *out, uint32_t size) {
    gc_writer w;
    uint8_t id = gc_reader_u8(r), n = gc_reader_u8(r), total = gc_reader_u8(r);
    uint16_t len = gc_reader_u16(r);
    gc_writer_init(&w, out, size);
    gc_writer_text(&w, "\x84\xba__peerData");
    gc_writer_u8(&w, id & 0x7f);
    gc_writer_text(&w, "\xb1n");
    gc_writer_u8(&w, n & 0x7f);
    gc_writer_text(&w, "\xb4"
                       "data\xda");
    gc_writer_u16(&w, len);
    memset(out + w.at, 0xc3, len);
    w.at += len;
    gc_writer_text(&w, "\xb5total");
    gc_writer_u8(&w, total & 0x7f);
    return w.at;
}

static bool is_known(const gc_data_connection *d, uint32_t id) {
    bool known = false;
    for (uint32_t i = 0; i < GC_DATA_OPEN_MAX; i++) {
        known = known || d->open[i].id == id;
    }
    for (uint32_t i = 0; i < GC_DATA_DONE_MAX; i++) {
        known = known || d->done[i] == id;
    }
    return known;
}

/* Whether a message begins with this frame: a chunk of one that is known does not. */
static bool begins(const gc_data_connection *d, bool as_text, gc_span frame) {
    gc_binarypack_chunk chunk;
    uint32_t kind = 0;
    if (d->serialization != GC_SERIALIZE_BINARY || as_text || frame.len == 0 ||
        frame.len > GC_DATA_BYTES_MAX || gc_binarypack_sort(frame, &kind, &chunk) != 0) {
        return true;
    }
    return kind != GC_BINARYPACK_CHUNK || !is_known(d, chunk.id);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0 || size > 70000) {
        return 0;
    }
    gc_data_connection d;
    gc_reader r;
    gc_reader_init(&r, gc_span_of(data, (uint32_t)size));
    gc_data_connection_begin(&d, &store, gc_reader_u8(&r) % 3u);
    while (!r.failed && gc_reader_left(&r) > 0) {
        uint8_t kind = gc_reader_u8(&r);
        static uint8_t built[0x10100];
        gc_span frame = {built, 0};
        if ((kind & 2) != 0) {
            frame.len = build_chunk(&r, built, sizeof built);
        } else {
            uint32_t len = gc_reader_u16(&r), left = gc_reader_left(&r);
            frame = gc_reader_bytes(&r, len < left ? len : left);
        }
        uint8_t *copy = malloc(frame.len > 0 ? frame.len : 1);
        if (frame.len > 0) {
            memcpy(copy, frame.data, frame.len);
        }
        uint32_t open = gc_data_connection_waiting(&d) + begins(&d, (kind & 1) != 0, frame);
        gc_data_value v = gc_data_connection_read(&d, (kind & 1) != 0, gc_span_of(copy, frame.len),
                                                  (gc_data_scratch){joined, text});
        gc_data_connection_check(&d);
        gc_assert(v.event <= GC_DATA_CLOSE && (v.event == GC_DATA_REFUSED) == (v.reason != 0));
        gc_assert((v.event == GC_DATA_REFUSED) == (v.count != 0));
        /* No message ends untold, and none is told twice. */
        uint32_t told = v.count + (v.event == GC_DATA_TEXT || v.event == GC_DATA_CLOSE);
        gc_assert(open == gc_data_connection_waiting(&d) + told);
        if (v.event == GC_DATA_TEXT) {
            gc_assert(v.text.len > 0 && v.text.len <= GC_DATA_BYTES_MAX);
            gc_assert(gc_utf8_valid(v.text));
        }
        free(copy);
    }
    return 0;
}
