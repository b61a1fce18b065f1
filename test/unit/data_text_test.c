/* core/proto/data_text.c, against test/vectors/data.json: payloads as npm peerjs sends them */
#include "core/proto/data_text.h"
#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/proto/data_connection.h"
#include "core/proto/signal_text.h"
#include "test/unit/unit.h"
#include "test/unit/vectors.h"

static vectors file;
static gc_signal_in in;

static int load(void **state) {
    (void)state;
    file = vectors_load("test/vectors/data.json");
    return 0;
}

static int unload(void **state) {
    (void)state;
    vectors_free(&file);
    return 0;
}

/* The message of a vector. Its tokens point into the text, which therefore lives on. */
static int read_text(int t, uint32_t cut) {
    static char text[VECTOR_BYTES_MAX];
    uint32_t len = vectors_string(&file, vectors_get(&file, t, "text"), text);
    memset(&in, 0xa5, sizeof in);
    return gc_signal_read(gc_span_of(text, cut < len ? cut : len), &in);
}

/* The string of a key; nothing when it is not there. */
static gc_span string_of(int t, const char *key, char out[VECTOR_BYTES_MAX]) {
    int token = vectors_get(&file, t, key);
    return gc_span_of(out, token < 0 ? 0 : vectors_string(&file, token, out));
}

static void token_is(int t, const char *key, int32_t token) {
    char want[VECTOR_BYTES_MAX];
    uint8_t got[VECTOR_BYTES_MAX];
    uint32_t len = 0;
    gc_span expected = string_of(t, key, want);
    assert_int_equal(token >= 0, vectors_get(&file, t, key) >= 0);
    if (token >= 0) {
        assert_int_equal(gc_json_string(&in.json, token, got, sizeof got, &len), 0);
    }
    assert_span(gc_span_of(got, len), expected);
}

static void good_payloads_are_understood(void **state) {
    char text[VECTOR_BYTES_MAX];
    uint8_t dial[VECTOR_BYTES_MAX];
    (void)state;
    int list = vectors_get(&file, 0, "good");
    for (int i = 0, t = list + 1; i < vectors_size(&file, list);
         i++, t = vectors_behind(&file, t)) {
        assert_int_equal(read_text(t, UINT32_MAX), 0);
        assert_true(in.data && !in.has_tag && in.slot == -1);
        assert_true(vectors_is(&file, vectors_get(&file, t, "type"), gc_signal_word(in.type)));
        assert_span(gc_span_of(in.src, in.src_len), GC_SPAN("bob"));
        assert_span(gc_span_of(in.connection, in.connection_len), string_of(t, "connection", text));
        assert_int_equal(in.marked, vectors_get(&file, t, "marked") >= 0);
        if (in.type == GC_SIGNAL_OFFER) {
            assert_span(text_span(gc_serialization_word(in.serialization)),
                        string_of(t, "serialization", text));
        }
        token_is(t, "sdp", in.sdp);
        token_is(t, "candidate", in.candidate);
        token_is(t, "mid", in.mid);
        int index = vectors_get(&file, t, "index"), ours = vectors_get(&file, t, "dial");
        assert_int_equal(in.index, index < 0 ? 0 : vectors_number(&file, index));
        if (ours >= 0) {
            assert_int_equal(vectors_hex(&file, ours, dial), GC_DIAL_BYTES);
            assert_memory_equal(in.dial, dial, GC_DIAL_BYTES);
        }
    }
}

static void bad_payloads_are_refused(void **state) {
    (void)state;
    int list = vectors_get(&file, 0, "bad");
    for (int i = 0, t = list + 1; i < vectors_size(&file, list);
         i++, t = vectors_behind(&file, t)) {
        assert_int_equal(read_text(t, UINT32_MAX), GC_E_SYNTAX);
    }
}

static void cut_payloads_are_refused(void **state) {
    (void)state;
    int list = vectors_get(&file, 0, "good");
    for (int i = 0, t = list + 1; i < vectors_size(&file, list);
         i++, t = vectors_behind(&file, t)) {
        char text[VECTOR_BYTES_MAX];
        uint32_t len = string_of(t, "text", text).len;
        for (uint32_t cut = 0; cut < len; cut++) {
            assert_int_not_equal(read_text(t, cut), 0);
        }
    }
}

static void connections_have_dials(void **state) {
    (void)state;
    static const uint8_t ours[GC_DIAL_BYTES] = "sixteen bytes..";
    uint8_t dial[GC_DIAL_BYTES], a[GC_DIAL_BYTES], b[GC_DIAL_BYTES];
    char text[32];
    gc_writer w;
    gc_writer_init(&w, (uint8_t *)text, sizeof text);
    gc_base64url_write(&w, gc_span_of(ours, sizeof ours));
    gc_data_text_dial(gc_writer_done(&w), dial);
    assert_memory_equal(dial, ours, sizeof dial);
    gc_data_text_dial(GC_SPAN("dc_a"), a);
    gc_data_text_dial(GC_SPAN("dc_b"), b);
    assert_memory_not_equal(a, b, sizeof a);
    gc_data_text_dial(GC_SPAN("dc_a"), b);
    assert_memory_equal(a, b, sizeof a);
}

static void what_we_write_is_that_of_the_vectors(void **state) {
    static char text[VECTOR_BYTES_MAX], dst[VECTOR_BYTES_MAX], id[VECTOR_BYTES_MAX];
    static char a[VECTOR_BYTES_MAX], b[VECTOR_BYTES_MAX];
    uint8_t out[1024];
    (void)state;
    int list = vectors_get(&file, 0, "written");
    for (int i = 0, t = list + 1; i < vectors_size(&file, list);
         i++, t = vectors_behind(&file, t)) {
        gc_span to = string_of(t, "dst", dst), connection = string_of(t, "connection", id);
        int type = vectors_get(&file, t, "type");
        gc_writer w;
        gc_writer_init(&w, out, sizeof out);
        if (vectors_is(&file, type, "OFFER")) {
            string_of(t, "serialization", b);
            gc_data_text_write_offer(&w, to, connection, b, string_of(t, "sdp", a));
        } else if (vectors_is(&file, type, "ANSWER")) {
            gc_data_text_write_answer(&w, to, connection, string_of(t, "sdp", a));
        } else {
            uint64_t index = vectors_number(&file, vectors_get(&file, t, "index"));
            gc_data_text_write_candidate(&w, to, connection, string_of(t, "candidate", a),
                                         string_of(t, "mid", b), (uint32_t)index);
        }
        assert_false(w.failed);
        assert_span(gc_writer_done(&w), string_of(t, "text", text));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_payloads_are_understood),
        cmocka_unit_test(bad_payloads_are_refused),
        cmocka_unit_test(cut_payloads_are_refused),
        cmocka_unit_test(connections_have_dials),
        cmocka_unit_test(what_we_write_is_that_of_the_vectors),
    };
    return cmocka_run_group_tests_name("data_text", tests, load, unload);
}
