#include "test/unit/noun.h"

#include "core/proto/server_text.h"

static uint8_t joined[GC_ROOM_TEXT_BYTES];

static void is(const gc_server_text *t, const char *wanted) {
    uint32_t len = 0;
    for (uint32_t i = 0; i < t->count; i++) {
        assert_true(len + t->parts[i].len < sizeof joined);
        memcpy(joined + len, t->parts[i].data, t->parts[i].len);
        len += t->parts[i].len;
    }
    joined[len] = 0;
    assert_string_equal((char *)joined, wanted);
}

static gc_span span(const char *text) {
    return gc_server_text_span(text);
}

static void open_says_more_to_a_client_that_speaks_gc(void **state) {
    (void)state;
    gc_server_text t;
    gc_span ice[] = {GC_SPAN("[1,"), GC_SPAN("2]")}, none = {0};
    gc_server_text_open(&t, false, ice, 2, span("{}"));
    is(&t, "{\"type\":\"OPEN\"}");
    gc_server_text_open(&t, true, ice, 2, none);
    is(&t, "{\"type\":\"OPEN\",\"payload\":{\"gc\":1,\"ice\":[1,2]}}");
    gc_server_text_open(&t, true, NULL, 0, span("{\"tag\":1}"));
    is(&t, "{\"type\":\"OPEN\",\"payload\":{\"gc\":1,\"ice\":[],\"room\":{\"tag\":1}}}");
}

static void an_open_holds_all_blocks_of_the_ice_servers(void **state) {
    (void)state;
    gc_server_text t;
    gc_span ice[GC_ICE_SPANS];
    for (uint32_t i = 0; i < GC_ICE_SPANS; i++) {
        ice[i] = span("x");
    }
    gc_server_text_open(&t, true, ice, GC_ICE_SPANS, span("{}"));
    assert_int_equal(t.count, GC_ICE_SPANS + 4);
}

static void an_error_has_a_code_where_there_is_a_reason(void **state) {
    (void)state;
    gc_server_text t;
    gc_server_text_error(&t, span("ID-TAKEN"), span("ID is taken"), GC_REASON_NONE);
    is(&t, "{\"type\":\"ID-TAKEN\",\"payload\":{\"msg\":\"ID is taken\"}}");
    gc_server_text_error(&t, span("ERROR"), span("no"), GC_REASON_BAD_KEY);
    is(&t, "{\"type\":\"ERROR\",\"payload\":{\"msg\":\"no\",\"code\":\"bad-key\"}}");
    gc_server_text_bad(&t, GC_REASON_BAD_JSON);
    assert_int_equal(t.count, 5);
    assert_true(gc_span_equal(t.parts[1], span(gc_reason_word(GC_REASON_BAD_JSON))));
}

static void ids_are_escaped(void **state) {
    (void)state;
    gc_server_text t;
    gc_server_text_expire(&t, span("\"a\\u0022\""), span("b\""));
    is(&t, "{\"type\":\"EXPIRE\",\"src\":\"a\\u0022\",\"dst\":\"b\\\"\"}");
    gc_server_text_about(&t, span("GC-ABSENT"), span("b\""));
    is(&t, "{\"type\":\"GC-ABSENT\",\"payload\":{\"id\":\"b\\\"\"}}");
}

static void a_relayed_message_keeps_the_senders_bytes(void **state) {
    (void)state;
    gc_server_text t;
    gc_json_message m = {
        .type = span("\"OFFER\""), .dst = span("\"\\u0062\""), .payload = span("{ }")};
    gc_server_text_relayed(&t, span("a"), true, &m);
    is(&t, "{\"type\":\"OFFER\",\"src\":\"a\",\"dst\":\"\\u0062\",\"payload\":{ }}");
    m.payload = (gc_span){0};
    gc_server_text_relayed(&t, span("a\""), false, &m);
    is(&t, "{\"type\":\"OFFER\",\"src\":\"a\\\"\",\"dst\":\"\\u0062\"}");
}

static void a_room_is_named_by_its_tag(void **state) {
    (void)state;
    gc_server_text t;
    static uint8_t out[GC_ROOM_TEXT_BYTES];
    uint8_t tag[GC_TAG_BYTES] = {0xab}, read[GC_TAG_BYTES];
    char hex[2 * GC_TAG_BYTES + 1] = {0}, wanted[2 * GC_TAG_BYTES + 128];
    memset(hex, '0', 2 * GC_TAG_BYTES);
    memcpy(hex, "ab", 2);
    gc_server_text_moved(&t, span("GC-LEFT"), tag, span("a"));
    snprintf(wanted, sizeof wanted,
             "{\"type\":\"GC-LEFT\",\"payload\":{\"room\":\"%s\",\"id\":\"a\"}}", hex);
    is(&t, wanted);
    gc_span others[] = {GC_SPAN("a"), GC_SPAN("b")};
    gc_server_text_room(&t, gc_room_text_entered(out, tag, others, 2));
    snprintf(wanted, sizeof wanted,
             "{\"type\":\"GC-ROOM\",\"payload\":{\"tag\":\"%s\",\"members\":[\"a\",\"b\"]}}", hex);
    is(&t, wanted);
    gc_server_text_room(&t, gc_room_text_full(out, tag));
    snprintf(wanted, sizeof wanted,
             "{\"type\":\"GC-ROOM\",\"payload\":{\"tag\":\"%s\",\"reason\":\"room-full\"}}", hex);
    is(&t, wanted);
    snprintf(wanted, sizeof wanted, "{\"room\":\"%s\"}", hex);
    assert_int_equal(gc_room_tag_read(span(wanted), read), 0);
    assert_memory_equal(read, tag, sizeof tag);
    assert_int_not_equal(gc_room_tag_read(span("{\"room\":\"ab\"}"), read), 0);
    assert_int_not_equal(gc_room_tag_read(span("[]"), read), 0);
    assert_int_not_equal(gc_room_tag_read((gc_span){0}, read), 0);
}

static void the_longest_room_fits(void **state) {
    (void)state;
    static uint8_t out[GC_ROOM_TEXT_BYTES];
    uint8_t tag[GC_TAG_BYTES] = {0}, id[GC_ID_BYTES_MAX];
    memset(id, 1, sizeof id); /* six bytes each */
    gc_span others[GC_ROOM_MEMBERS_MAX];
    for (uint32_t i = 0; i < GC_ROOM_MEMBERS_MAX; i++) {
        others[i] = gc_span_of(id, sizeof id);
    }
    assert_true(gc_room_text_entered(out, tag, others, GC_ROOM_MEMBERS_MAX).len <= sizeof out);
}

static void a_falsy_dst_is_none(void **state) {
    (void)state;
    uint8_t id[GC_ID_BYTES_MAX];
    char text[GC_ID_BYTES_MAX + 4];
    uint32_t len = 0;
    const char *falsy[] = {"null", "\"\"", "false", "0"};
    assert_int_equal(gc_destination_read((gc_span){0}, id, &len), GC_DESTINATION_NONE);
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(gc_destination_read(span(falsy[i]), id, &len), GC_DESTINATION_NONE);
    }
    assert_int_equal(gc_destination_read(span("\"a\\u0062\""), id, &len), GC_DESTINATION_ID);
    assert_int_equal(len, 2);
    assert_memory_equal(id, "ab", 2);
    assert_int_equal(gc_destination_read(span("true"), id, &len), GC_DESTINATION_BAD);
    snprintf(text, sizeof text, "\"%0*d\"", GC_ID_BYTES_MAX + 1, 0);
    assert_int_equal(gc_destination_read(span(text), id, &len), GC_DESTINATION_TOO_LONG);
}

static void only_the_stock_heartbeat_is_one(void **state) {
    (void)state;
    assert_true(gc_heartbeat_is(span("{\"type\":\"HEARTBEAT\"}")));
    assert_false(gc_heartbeat_is(span("{\"type\":\"HEARTBEAT\"} ")));
    assert_false(gc_heartbeat_is(span("{\"type\":\"HEARTBEAD\"}")));
    assert_false(gc_heartbeat_is((gc_span){0}));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(open_says_more_to_a_client_that_speaks_gc),
        cmocka_unit_test(an_open_holds_all_blocks_of_the_ice_servers),
        cmocka_unit_test(an_error_has_a_code_where_there_is_a_reason),
        cmocka_unit_test(ids_are_escaped),
        cmocka_unit_test(a_relayed_message_keeps_the_senders_bytes),
        cmocka_unit_test(a_room_is_named_by_its_tag),
        cmocka_unit_test(the_longest_room_fits),
        cmocka_unit_test(a_falsy_dst_is_none),
        cmocka_unit_test(only_the_stock_heartbeat_is_one),
    };
    return RUN(tests);
}
