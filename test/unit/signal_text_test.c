/* core/proto/signal_text.c, against test/vectors/signaling.json */
#include "core/proto/signal_text.h"
#include "core/base/error.h"
#include "core/base/reason.h"
#include "test/unit/unit.h"
#include "test/unit/vectors.h"

static vectors file;
static gc_signal_in in;

static int load(void **state) {
    (void)state;
    file = vectors_load("test/vectors/signaling.json");
    return 0;
}

static int unload(void **state) {
    (void)state;
    vectors_free(&file);
    return 0;
}

static int read_text(const char *text, uint32_t len) {
    uint8_t *copy = exact_copy(text, len);
    int error = gc_signal_read(gc_span_of(copy, len), &in);
    /* Tokens point into the text: it has to live while they are read. */
    static uint8_t kept[VECTOR_BYTES_MAX];
    memcpy(kept, copy, len);
    in.json.text.data = kept;
    free(copy);
    return error;
}

/* A member that the vector does not name is empty. */
static void want_string(int t, const char *key, gc_span got) {
    char expected[VECTOR_BYTES_MAX] = "";
    int token = vectors_get(&file, t, key);
    uint32_t len = token < 0 ? 0 : vectors_string(&file, token, expected);
    assert_span(got, gc_span_of(expected, len));
}

static void expect_hex(int t, const char *key, const uint8_t *got, uint32_t len) {
    uint8_t expected[VECTOR_BYTES_MAX];
    int token = vectors_get(&file, t, key);
    if (token >= 0) {
        assert_int_equal(vectors_hex(&file, token, expected), len);
        assert_memory_equal(got, expected, len);
    }
}

static void expect_token(int t, const char *key, int32_t token) {
    uint8_t got[VECTOR_BYTES_MAX];
    uint32_t len = 0;
    if (token >= 0) {
        assert_int_equal(gc_json_string(&in.json, token, got, sizeof got, &len), 0);
    }
    want_string(t, key, gc_span_of(got, len));
}

static void expect_members(int t) {
    int token = vectors_get(&file, t, "members");
    int entry = token + 1;
    uint8_t id[GC_ID_BYTES_MAX];
    uint32_t at = 0, len = 0;
    int left = token < 0 ? 0 : file.tokens[token].size;
    while (gc_signal_member(&in, &at, id, &len)) {
        char expected[VECTOR_BYTES_MAX];
        assert_true(left-- > 0);
        uint32_t expected_len = vectors_string(&file, entry, expected);
        assert_span(gc_span_of(id, len), gc_span_of(expected, expected_len));
        entry = vectors_behind(&file, entry);
    }
    assert_int_equal(left, 0);
}

static void expect_all(int t) {
    const char *type = in.type == GC_SIGNAL_OTHER ? "OTHER" : gc_signal_word(in.type);
    want_string(t, "type", text_span(type));
    want_string(t, "src", gc_span_of(in.src, in.src_len));
    assert_int_equal(in.gc, vectors_get(&file, t, "gc") >= 0);
    assert_int_equal(in.has_room, vectors_get(&file, t, "room") >= 0);
    assert_int_equal(in.has_tag, vectors_get(&file, t, "tag") >= 0);
    expect_hex(t, "tag", in.tag, GC_TAG_BYTES);
    expect_hex(t, "dial", in.dial, GC_DIAL_BYTES);
    want_string(t, "ice", gc_json_raw(&in.json, in.ice));
    want_string(t, "reason", in.reason == 0 ? GC_SPAN("") : text_span(gc_reason_word(in.reason)));
    expect_token(t, "sdp", in.sdp);
    expect_token(t, "candidate", in.candidate);
    expect_token(t, "mid", in.mid);
    int index = vectors_get(&file, t, "index");
    assert_int_equal(in.index, index < 0 ? 0 : vectors_number(&file, index));
    expect_members(t);
}

static void good_messages_are_understood(void **state) {
    int list = vectors_get(&file, 0, "good"), t = list + 1;
    (void)state;
    assert_true(file.tokens[list].size >= 30);
    for (int n = 0; n < file.tokens[list].size; n++) {
        char text[VECTOR_BYTES_MAX];
        uint32_t len = vectors_string(&file, vectors_get(&file, t, "text"), text);
        memset(&in, 0xa5, sizeof in);
        if (read_text(text, len) != 0) {
            fail_msg("refused: %s", text);
        }
        expect_all(t);
        t = vectors_behind(&file, t);
    }
}

static void bad_messages_are_refused(void **state) {
    int list = vectors_get(&file, 0, "bad"), t = list + 1;
    (void)state;
    assert_true(file.tokens[list].size >= 40);
    for (int n = 0; n < file.tokens[list].size; n++) {
        char text[VECTOR_BYTES_MAX];
        uint32_t len = vectors_string(&file, t, text);
        if (read_text(text, len) == 0) {
            fail_msg("taken: %s", text);
        }
        t = vectors_behind(&file, t);
    }
}

/* Cut anywhere, a message is refused and nothing behind it is read (the sanitizer looks). */
static void cut_messages_are_refused(void **state) {
    int list = vectors_get(&file, 0, "good"), t = list + 1;
    (void)state;
    for (int n = 0; n < file.tokens[list].size; n++) {
        char text[VECTOR_BYTES_MAX];
        uint32_t len = vectors_string(&file, vectors_get(&file, t, "text"), text);
        while (len > 0 && text[len - 1] != '}') {
            len--; /* white space behind the end may go */
        }
        for (uint32_t cut = 0; cut < len; cut++) {
            assert_int_not_equal(read_text(text, cut), 0);
        }
        t = vectors_behind(&file, t);
    }
}

static void changed_bytes_do_no_harm(void **state) {
    int list = vectors_get(&file, 0, "good"), t = list + 1;
    (void)state;
    for (int n = 0; n < file.tokens[list].size; n++) {
        char text[VECTOR_BYTES_MAX];
        uint32_t len = vectors_string(&file, vectors_get(&file, t, "text"), text);
        for (uint32_t at = 0; at < len; at++) {
            static const char others[] = {0, '"', '\\', '{', ']', 'x', '\x80', '\xff'};
            char was = text[at];
            for (size_t i = 0; i < sizeof others; i++) {
                text[at] = others[i];
                if (read_text(text, len) == 0) {
                    assert_true(in.src_len <= GC_ID_BYTES_MAX && in.index <= 255);
                }
            }
            text[at] = was;
        }
        t = vectors_behind(&file, t);
    }
}

static void ids_are_bounded(void **state) {
    char text[512];
    (void)state;
    for (int len = GC_ID_BYTES_MAX - 1; len <= GC_ID_BYTES_MAX + 1; len++) {
        int n = snprintf(text, sizeof text,
                         "{\"type\":\"GC-ABSENT\",\"payload\":{\"id\":\"%0*d\"}}", len, 0);
        assert_int_equal(read_text(text, (uint32_t)n) == 0, len <= GC_ID_BYTES_MAX);
    }
}

/* --- what we write is what we read ----------------------------------------------------------- */

static uint8_t out[8192];
static const uint8_t dial[GC_DIAL_BYTES] = {0, 1, 2, 250, 251, 252, 253, 254, 255};
static const uint8_t tag[GC_TAG_BYTES] = {0x29, 0x93, 0xff};

static gc_writer writer(void) {
    gc_writer w;
    gc_writer_init(&w, out, sizeof out);
    return w;
}

static void expect_written(const gc_writer *w, const char *text) {
    assert_false(w->failed);
    assert_span(gc_writer_done(w), text_span(text));
}

static void messages_are_written(void **state) {
    (void)state;
    gc_writer w = writer();
    gc_signal_write_plain(&w, GC_SIGNAL_HEARTBEAT);
    expect_written(&w, "{\"type\":\"HEARTBEAT\"}");
    w = writer();
    gc_signal_write_join(&w, tag);
    expect_written(
        &w, "{\"type\":\"GC-JOIN\",\"payload\":{\"room\":\"2993ff00000000000000000000000000\"}}");
    w = writer();
    gc_signal_write_offer(&w, GC_SPAN("b\"b"), dial, tag, NULL, GC_SPAN("v=0\r\n"));
    expect_written(&w, "{\"type\":\"OFFER\",\"dst\":\"b\\\"b\",\"payload\":{\"type\":\"ghostchat\","
                       "\"v\":1,\"dial\":\"AAEC-vv8_f7_AAAAAAAAAA\",\"room\":"
                       "\"2993ff00000000000000000000000000\",\"sdp\":\"v=0\\r\\n\"}}");
    w = writer();
    gc_signal_write_offer(&w, GC_SPAN("bob"), dial, NULL, NULL, GC_SPAN("s"));
    expect_written(&w, "{\"type\":\"OFFER\",\"dst\":\"bob\",\"payload\":{\"type\":\"ghostchat\","
                       "\"v\":1,\"dial\":\"AAEC-vv8_f7_AAAAAAAAAA\",\"sdp\":\"s\"}}");
    w = writer();
    gc_signal_write_answer(&w, GC_SPAN("bob"), dial, GC_SPAN("s"));
    expect_written(&w, "{\"type\":\"ANSWER\",\"dst\":\"bob\",\"payload\":{\"type\":\"ghostchat\","
                       "\"v\":1,\"dial\":\"AAEC-vv8_f7_AAAAAAAAAA\",\"sdp\":\"s\"}}");
    w = writer();
    gc_signal_write_candidate(&w, GC_SPAN("bob"), dial, GC_SPAN("c"), GC_SPAN("0"), 12);
    expect_written(&w, "{\"type\":\"CANDIDATE\",\"dst\":\"bob\",\"payload\":{\"type\":"
                       "\"ghostchat\",\"v\":1,\"dial\":\"AAEC-vv8_f7_AAAAAAAAAA\",\"candidate\":"
                       "\"c\",\"mid\":\"0\",\"index\":12}}");
}

/* Relayed, the server adds src; then the other side reads what was meant. */
static void what_is_written_is_read(void **state) {
    static const char nasty[] = "a\"\\\n\t\x01\xc3\xa9\xf0\x9f\x91\xbb</script>";
    char text[8192];
    (void)state;
    gc_writer w = writer();
    gc_signal_write_candidate(&w, GC_SPAN("me"), dial, text_span(nasty), GC_SPAN("mid"), 255);
    int n = snprintf(text, sizeof text, "{\"src\":\"bob\",%.*s", (int)w.at - 1, out + 1);
    assert_int_equal(read_text(text, (uint32_t)n), 0);
    assert_int_equal(in.type, GC_SIGNAL_CANDIDATE);
    assert_memory_equal(in.dial, dial, sizeof dial);
    assert_int_equal(in.index, 255);
    uint8_t got[64];
    uint32_t len = 0;
    assert_int_equal(gc_json_string(&in.json, in.candidate, got, sizeof got, &len), 0);
    assert_span(gc_span_of(got, len), text_span(nasty));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_messages_are_understood),
        cmocka_unit_test(bad_messages_are_refused),
        cmocka_unit_test(cut_messages_are_refused),
        cmocka_unit_test(changed_bytes_do_no_harm),
        cmocka_unit_test(ids_are_bounded),
        cmocka_unit_test(messages_are_written),
        cmocka_unit_test(what_is_written_is_read),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
