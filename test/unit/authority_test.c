/* host/authority.c; ws_url_test.c has more of the same. */
#include "test/unit/unit.h"

#include "core/base/error.h"
#include "host/authority.h"

static void host_and_port_are_read(void **state) {
    (void)state;
    static const struct {
        const char *text, *host;
        uint16_t port;
    } good[] = {
        {"stun.example", "stun.example", 7}, {"stun.example:3478", "stun.example", 3478},
        {"192.0.2.1:1", "192.0.2.1", 1},     {"[2001:db8::1]", "2001:db8::1", 7},
        {"[::1]:65535", "::1", 65535},       {"a_b-c.d", "a_b-c.d", 7},
    };
    gc_authority a;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_int_equal(gc_authority_parse(text_span(good[i].text), 7, &a), 0);
        assert_string_equal(a.host, good[i].host);
        assert_int_equal(a.port, good[i].port);
    }
}

static void anything_else_is_refused(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",     ":1", "h:",     "h:0", "h:65536", "h:1a",     "u@h",      "h/",          "h h",
        "[::1", "[]", "[::1]x", "::1", "h:1:2",   "\xc3\xa4", "[h%eth0]", "h:4294967297"};
    gc_authority a;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (gc_authority_parse(text_span(bad[i]), 7, &a) != GC_E_SYNTAX) {
            fail_msg("taken: %s", bad[i]);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(host_and_port_are_read),
        cmocka_unit_test(anything_else_is_refused),
    };
    return RUN(tests);
}
