/* The query of the WebSocket URL, percent encoding both ways, and types of messages. */
#include <stdlib.h>
#include <string.h>

#include "core/base/assert.h"
#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/base/writer.h"
#include "core/wire/peerjs.h"

static void check_query(gc_span text) {
    gc_signal_query q;
    int error = gc_signal_query_parse(text, &q);
    gc_assert(q.id_len <= sizeof q.id && q.token_len <= sizeof q.token &&
              q.key_len <= sizeof q.key);
    gc_assert(gc_utf8_valid(gc_span_of(q.id, q.id_len)));
    gc_assert(gc_utf8_valid(gc_span_of(q.token, q.token_len)));
    gc_assert(gc_utf8_valid(gc_span_of(q.key, q.key_len)));
    if (error != 0) {
        gc_assert(error == GC_E_TOO_BIG || error == GC_E_UTF8 || error == GC_E_SYNTAX);
        gc_assert(q.id_len + q.token_len + q.key_len == 0 && !q.gc && !q.has_gcid && !q.has_room);
        return;
    }
    /* Written anew it is the same query. */
    uint8_t out[2048];
    gc_writer w;
    gc_writer_init(&w, out, sizeof out);
    gc_writer_text(&w, q.gc ? "gc=1&id=" : "id=");
    gc_percent_write(&w, gc_span_of(q.id, q.id_len));
    gc_writer_text(&w, "&token=");
    gc_percent_write(&w, gc_span_of(q.token, q.token_len));
    gc_writer_text(&w, "&key=");
    gc_percent_write(&w, gc_span_of(q.key, q.key_len));
    if (q.has_gcid) {
        gc_writer_text(&w, "&gcid=");
        gc_base64url_write(&w, gc_span_of(q.gcid, sizeof q.gcid));
    }
    if (q.has_room) {
        gc_writer_text(&w, "&room=");
        gc_hex_write(&w, gc_span_of(q.room, sizeof q.room));
    }
    gc_signal_query again;
    gc_assert(!w.failed && gc_signal_query_parse(gc_writer_done(&w), &again) == 0);
    gc_assert(memcmp(&q, &again, sizeof q) == 0);
}

static void check_percent(gc_span text) {
    uint32_t size = 3 * text.len + 1, len = 0;
    uint8_t *encoded = malloc(size), *decoded = malloc(text.len + 1);
    gc_writer w;
    gc_writer_init(&w, encoded, size);
    gc_percent_write(&w, text);
    gc_assert(!w.failed);
    gc_assert(gc_percent_read(gc_writer_done(&w), true, decoded, text.len, &len) == 0);
    gc_assert(gc_span_equal(gc_span_of(decoded, len), text));
    int error = gc_percent_read(text, false, decoded, text.len, &len);
    gc_assert(error == 0 || error == GC_E_SYNTAX);
    gc_assert(error != 0 || len <= text.len);
    if (error == 0 && len > 0) {
        gc_assert(gc_percent_read(text, false, decoded, len - 1, &len) == GC_E_TOO_BIG);
    }
    free(encoded);
    free(decoded);
}

static void check_type(gc_span raw) {
    gc_signal type = gc_signal_of(raw);
    gc_assert((uint32_t)type < GC_SIGNAL_COUNT);
    uint8_t word[16]; /* longer than any type */
    uint32_t len;
    if (type != GC_SIGNAL_OTHER) {
        gc_assert(gc_json_unescape(raw, word, sizeof word, &len) == 0);
        gc_assert(len == strlen(gc_signal_word(type)));
        gc_assert(memcmp(word, gc_signal_word(type), len) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    gc_span text = gc_span_of(data, (uint32_t)size);
    check_query(text);
    check_percent(text);
    check_type(text);
    return 0;
}
