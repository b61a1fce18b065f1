/* gc_ws_decode: any chunking of a stream gives the same events. Input: a byte whose low bit says
 * whether frames must be masked, a byte for the limit, four chunk sizes, then the stream. */
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/wire/websocket.h"
#include "test/unit/websocket_feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 6) {
        return 0;
    }
    bool mask = (data[0] & 1) != 0;
    uint32_t limit = data[1] < 128 ? data[1] : 65536;
    uint32_t whole = UINT32_MAX, bytes = 1, sizes[4] = {data[2], data[3], data[4], data[5]};
    feed_record a = feed(data + 6, size - 6, mask, limit, &whole, 1);
    feed_record b = feed(data + 6, size - 6, mask, limit, &bytes, 1);
    feed_record c = feed(data + 6, size - 6, mask, limit, sizes, 4);
    gc_assert(feed_same(&a, &b) && feed_same(&a, &c));
    for (size_t at = 0; at < a.len;) {
        const uint8_t *p = a.data + at;
        gc_span payload = {p + 7, (uint32_t)p[3] << 24 | p[4] << 16 | p[5] << 8 | p[6]};
        gc_assert(payload.len <= limit || (p[0] & 8) != 0);
        gc_assert(p[0] == GC_WS_BINARY || (p[0] & 8) != 0 || gc_utf8_valid(payload));
        at += 7 + payload.len;
    }
    free(a.data);
    free(b.data);
    free(c.data);
    return 0;
}
