/* core/proto/data_text.c: payloads as npm peerjs 1.5.5 sends them */
#include "core/proto/data_text.h"
#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/proto/data_connection.h"
#include "test/unit/unit.h"

static gc_signal_in in;

static int read_text(const char *text) {
    memset(&in, 0xa5, sizeof in);
    return gc_signal_read(text_span(text), &in);
}

static void string_is(int32_t token, const char *want) {
    char got[256];
    uint32_t len = 0;
    assert_int_equal(gc_json_string(&in.json, token, (uint8_t *)got, sizeof got, &len), 0);
    assert_span(gc_span_of(got, len), text_span(want));
}

#define OFFER(rest)                                                                                \
    "{\"type\":\"OFFER\",\"src\":\"bob\",\"dst\":\"me\",\"payload\":{\"sdp\":{\"sdp\":"            \
    "\"v=0\\r\\n\",\"type\":\"offer\"},\"type\":\"data\"," rest "}}"
#define STOCK                                                                                      \
    "\"connectionId\":\"dc_u9ma3xnkhf\",\"label\":\"chat\",\"reliable\":false,"                    \
    "\"serialization\":\"binary\""

static void a_stock_offer_is_read(void **state) {
    (void)state;
    assert_int_equal(read_text(OFFER(STOCK)), 0);
    assert_int_equal(in.type, GC_SIGNAL_OFFER);
    assert_true(in.data && !in.marked && !in.has_tag);
    assert_int_equal(in.serialization, GC_SERIALIZE_BINARY);
    assert_span(gc_span_of(in.connection, in.connection_len), GC_SPAN("dc_u9ma3xnkhf"));
    assert_span(gc_span_of(in.src, in.src_len), GC_SPAN("bob"));
    string_is(in.sdp, "v=0\r\n");
    assert_int_equal(read_text(OFFER("\"metadata\":{\"a\":[1,{\"sdp\":2}]}," STOCK)), 0);
    assert_int_equal(read_text(OFFER("\"connectionId\":\"c\",\"serialization\":\"raw\"")), 0);
    assert_int_equal(in.serialization, GC_SERIALIZE_RAW);
}

static void other_offers_are_not_for_us(void **state) {
    (void)state;
    static const char *bad[] = {
        OFFER("\"connectionId\":\"c\",\"serialization\":\"MsgPack\""),
        OFFER("\"connectionId\":\"c\",\"serialization\":7"),
        OFFER("\"connectionId\":\"c\""),
        OFFER("\"connectionId\":\"\",\"serialization\":\"json\""),
        OFFER("\"connectionId\":5,\"serialization\":\"json\""),
        OFFER("\"serialization\":\"json\""),
        OFFER("\"connectionId\":\"0123456789012345678901234567890123456789012345678901234567890"
              "12345\",\"serialization\":\"json\""),
        OFFER("\"sdp\":\"v=0\"," STOCK),
        OFFER("\"sdp\":{\"type\":\"offer\"}," STOCK),
        OFFER("\"type\":\"media\"," STOCK),
        "{\"type\":\"OFFER\",\"src\":\"bob\"}",
        "{\"type\":\"ANSWER\",\"src\":\"bob\",\"payload\":{\"type\":\"data\",\"sdp\":{\"sdp\":"
        "\"s\"}}}",
        "{\"type\":\"CANDIDATE\",\"src\":\"bob\",\"payload\":{\"type\":\"data\",\"connectionId\":"
        "\"c\",\"candidate\":null}}",
        "{\"type\":\"CANDIDATE\",\"src\":\"bob\",\"payload\":{\"type\":\"data\",\"connectionId\":"
        "\"c\"}}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(read_text(bad[i]), GC_E_SYNTAX);
    }
}

static void candidates_are_read(void **state) {
    (void)state;
    assert_int_equal(
        read_text("{\"type\":\"CANDIDATE\",\"src\":\"bob\",\"payload\":{\"candidate\":{"
                  "\"candidate\":\"candidate:1 1 udp\",\"sdpMid\":\"0\",\"sdpMLineIndex\":1,"
                  "\"usernameFragment\":\"x\"},\"type\":\"data\",\"connectionId\":\"dc_a\"}}"),
        0);
    string_is(in.candidate, "candidate:1 1 udp");
    string_is(in.mid, "0");
    assert_int_equal(in.index, 1);
    assert_int_equal(
        read_text("{\"type\":\"CANDIDATE\",\"src\":\"bob\",\"payload\":{\"candidate\":{"
                  "\"candidate\":\"\",\"sdpMid\":null,\"sdpMLineIndex\":null},"
                  "\"type\":\"data\",\"connectionId\":\"dc_a\"}}"),
        0);
    assert_int_equal(in.mid, -1);
    assert_int_equal(in.index, 0);
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

static const char *written(char *text, gc_writer *w) {
    assert_false(w->failed);
    text[w->at] = 0;
    return text;
}

static void what_is_written_is_read(void **state) {
    (void)state;
    char text[1024];
    gc_writer w;
    gc_span id = GC_SPAN("AAECAwQFBgcICQoLDA0ODw"), bob = GC_SPAN("b\"ob");
    gc_writer_init(&w, (uint8_t *)text, sizeof text - 1);
    gc_data_text_write_offer(&w, bob, id, "json", GC_SPAN("v=0\r\n"));
    assert_string_equal(written(text, &w),
                        "{\"type\":\"OFFER\",\"dst\":\"b\\\"ob\",\"payload\":{\"type\":\"data\","
                        "\"connectionId\":\"AAECAwQFBgcICQoLDA0ODw\",\"sdp\":{\"type\":\"offer\","
                        "\"sdp\":\"v=0\\r\\n\"},\"label\":\"AAECAwQFBgcICQoLDA0ODw\","
                        "\"reliable\":true,\"serialization\":\"json\",\"gc\":1}}");
    gc_writer_init(&w, (uint8_t *)text, sizeof text - 1);
    gc_data_text_write_answer(&w, bob, id, GC_SPAN("s"));
    assert_string_equal(written(text, &w),
                        "{\"type\":\"ANSWER\",\"dst\":\"b\\\"ob\",\"payload\":{\"type\":\"data\","
                        "\"connectionId\":\"AAECAwQFBgcICQoLDA0ODw\",\"sdp\":{\"type\":\"answer\","
                        "\"sdp\":\"s\"}}}");
    gc_writer_init(&w, (uint8_t *)text, sizeof text - 1);
    gc_data_text_write_candidate(&w, bob, id, GC_SPAN("c"), GC_SPAN("0"), 3);
    assert_string_equal(written(text, &w),
                        "{\"type\":\"CANDIDATE\",\"dst\":\"b\\\"ob\",\"payload\":{\"type\":"
                        "\"data\",\"connectionId\":\"AAECAwQFBgcICQoLDA0ODw\",\"candidate\":{"
                        "\"candidate\":\"c\",\"sdpMid\":\"0\",\"sdpMLineIndex\":3}}}");
    gc_writer_init(&w, (uint8_t *)text, sizeof text - 1);
    gc_data_text_write_candidate(&w, bob, id, GC_SPAN("c"), GC_SPAN(""), 0);
    assert_non_null(strstr(written(text, &w), "\"sdpMid\":null"));
}

static void ours_are_marked(void **state) {
    (void)state;
    assert_int_equal(read_text(OFFER(STOCK ",\"gc\":1")), 0);
    assert_true(in.data && in.marked);
    assert_int_equal(read_text(OFFER(STOCK ",\"gc\":\"1\"")), 0);
    assert_false(in.marked);
    assert_int_equal(read_text(OFFER(STOCK ",\"gc\":0")), 0);
    assert_false(in.marked);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stock_offer_is_read),   cmocka_unit_test(other_offers_are_not_for_us),
        cmocka_unit_test(candidates_are_read),     cmocka_unit_test(connections_have_dials),
        cmocka_unit_test(what_is_written_is_read), cmocka_unit_test(ours_are_marked),
    };
    return cmocka_run_group_tests_name("data_text", tests, NULL, NULL);
}
