/* host/ws_url.c */
#include "test/unit/unit.h"

#include "core/base/error.h"
#include "host/ws_url.h"

static gc_ws_url parse(const char *text) {
    gc_ws_url url;
    assert_int_equal(gc_ws_url_parse(text_span(text), &url), 0);
    return url;
}

static void addresses_are_taken_apart(void **state) {
    (void)state;
    gc_ws_url url = parse("ws://chat.example:8080/a/peerjs?key=x&id=y");
    assert_false(url.secure);
    assert_string_equal(url.to.host, "chat.example");
    assert_int_equal(url.to.port, 8080);
    assert_span(url.authority, GC_SPAN("chat.example:8080"));
    assert_span(url.target, GC_SPAN("/a/peerjs?key=x&id=y"));
    url = parse("wss://a_b-c.example");
    assert_true(url.secure);
    assert_int_equal(url.to.port, 443);
    assert_span(url.target, GC_SPAN_NONE);
    url = parse("WS://192.0.2.1?q");
    assert_string_equal(url.to.host, "192.0.2.1");
    assert_int_equal(url.to.port, 80);
    assert_span(url.target, GC_SPAN("?q"));
    url = parse("wss://[2001:db8::1]:1/");
    assert_string_equal(url.to.host, "2001:db8::1");
    assert_int_equal(url.to.port, 1);
    assert_span(url.authority, GC_SPAN("[2001:db8::1]:1"));
    assert_int_equal(parse("ws://h:65535/").to.port, 65535);
}

static void anything_else_is_refused(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",
        "ws:/h/",
        "http://h/",
        "ws://",
        "ws:///a",
        "ws://:80/",
        "ws://h:/",
        "ws://h:0/",
        "ws://h:65536/",
        "ws://h:99999999999/",
        "ws://h:8a/",
        "ws://u@h/",
        "ws://h/a b",
        "ws://h/#a",
        "ws://h/\r\nX: y",
        "ws://h\r\n/",
        "ws://[::1/",
        "ws://[]/",
        "ws://[::1]a/",
        "ws://::1/",
        "ws://h/\xc3\xa4",
        "ws://\xc3\xa4/",
        "ws://h#a",
        "ws://[a%25b]/",
    };
    gc_ws_url url;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (gc_ws_url_parse(text_span(bad[i]), &url) != GC_E_SYNTAX) {
            fail_msg("taken: %s", bad[i]);
        }
    }
}

static void a_name_has_at_most_253_characters(void **state) {
    (void)state;
    char text[300] = "ws://";
    gc_ws_url url;
    memset(text + 5, 'a', 253);
    assert_int_equal(gc_ws_url_parse(text_span(text), &url), 0);
    text[5 + 253] = 'a';
    assert_int_equal(gc_ws_url_parse(text_span(text), &url), GC_E_SYNTAX);
}

static void every_part_of_an_address_is_read_in_bounds(void **state) {
    (void)state;
    static const char text[] = "wss://[2001:db8::1]:8443/p?q";
    gc_ws_url url;
    for (uint32_t len = 0; len < sizeof text; len++) {
        uint8_t *copy = exact_copy(text, len);
        gc_ws_url_parse(gc_span_of(copy, len), &url);
        free(copy);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_taken_apart),
        cmocka_unit_test(anything_else_is_refused),
        cmocka_unit_test(a_name_has_at_most_253_characters),
        cmocka_unit_test(every_part_of_an_address_is_read_in_bounds),
    };
    return RUN(tests);
}
