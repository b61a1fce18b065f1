/* Link frames: what is taken keeps its limits, is written canonically and reads the same.
 * The first byte of the input is the channel. */
#include "core/base/assert.h"
#include "core/base/utf8.h"
#include "core/base/writer.h"
#include "core/wire/frame.h"

#include <string.h>

static bool span_same(gc_span a, gc_span b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static void check_same(const gc_frame *a, const gc_frame *b) {
    gc_frame x = *a, y = *b;
    gc_assert(span_same(x.text, y.text) && span_same(x.nick, y.nick));
    x.text = x.nick = y.text = y.nick = GC_SPAN_NONE;
    gc_assert(x.type == y.type && x.version == y.version && x.capabilities == y.capabilities);
    gc_assert(memcmp(x.session, y.session, GC_SESSION_BYTES) == 0);
    gc_assert(memcmp(x.peer_session, y.peer_session, GC_SESSION_BYTES) == 0);
    gc_assert(x.base == y.base && x.ack == y.ack && x.window == y.window && x.seq == y.seq);
    gc_assert(x.reason == y.reason && x.token == y.token && x.has_nick == y.has_nick);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0 || size > 70000) {
        return 0;
    }
    uint8_t channel = data[0];
    gc_span message = gc_span_of(data + 1, (uint32_t)size - 1);
    gc_frame f, again;
    int error = gc_frame_parse(message, channel, &f);
    gc_assert(error <= 0);
    if (error != 0) {
        return 0;
    }
    gc_assert(channel == (f.type == GC_FRAME_MESSAGE) && message.len <= GC_FRAME_BYTES_MAX);
    gc_assert(f.seq <= GC_SEQ_MAX && f.base <= GC_SEQ_MAX && f.ack <= GC_SEQ_MAX);
    gc_assert(f.text.len <= GC_TEXT_BYTES_MAX && f.nick.len <= GC_NICK_BYTES_MAX);
    gc_assert(gc_utf8_valid(f.text) && gc_utf8_valid(f.nick));
    static uint8_t out[GC_FRAME_BYTES_MAX];
    gc_writer w;
    gc_writer_init(&w, out, message.len); /* never longer than what came */
    gc_frame_write(&f, &w);
    gc_assert(!w.failed);
    gc_assert(gc_frame_parse(gc_writer_done(&w), channel, &again) == 0);
    check_same(&f, &again);
    return 0;
}
