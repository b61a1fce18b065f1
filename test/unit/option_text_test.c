/* server/option_text.c: hosts and addresses; options_test.c has the rest. */
#include "test/unit/unit.h"

#include "core/base/limits.h"
#include "server/option_text.h"

static void only_hosts_are_valid_as_hosts(void **state) {
    (void)state;
    const char *valid[] = {"a", "chat.example.org", "192.0.2.1", "[2001:db8::1]",
                           "[::ffff:1.2.3.4]"};
    const char *invalid[] = {"",    "a b",  "a:1", "a/b", "[",      "[]",
                             "[:]", "[::1", "a\"", "a_b", "[::1]x", "\xc3\xa4"};
    for (size_t i = 0; i < sizeof valid / sizeof valid[0]; i++) {
        assert_true(gc_option_text_is_host(valid[i], strlen(valid[i])));
    }
    for (size_t i = 0; i < sizeof invalid / sizeof invalid[0]; i++) {
        assert_false(gc_option_text_is_host(invalid[i], strlen(invalid[i])));
    }
    assert_false(gc_option_text_is_host("a\0b", 3));
}

static void only_urls_of_a_peer_server_are_valid(void **state) {
    (void)state;
    static const struct {
        const char *url;
        uint32_t origin_len;
    } valid[] = {{"https://0.peerjs.com/", 20},
                 {"http://h", 8},
                 {"http://192.0.2.1:9000/my/path", 21},
                 {"https://H.example:65535/a,b", 23}};
    const char *invalid[] = {"https://",
                             "h",
                             "ws://h/",
                             "HTTPS://h/",
                             "//h/",
                             "https://h:/",
                             "https://h:0/",
                             "https://h:65536/",
                             "https://h:123456/",
                             "https://h:1x/",
                             "https://u@h/",
                             "https://u:p@h/",
                             "https://h/@",
                             "https://h/?",
                             "https://h/?a",
                             "https://h?a",
                             "https://h/#",
                             "https://h/%20",
                             "https://h;x/",
                             "https://h_/",
                             "https://[::1]/",
                             "https://h\r\nX: y/",
                             "https://\xc3\xa4/"};
    for (size_t i = 0; i < sizeof valid / sizeof valid[0]; i++) {
        assert_int_equal(gc_option_text_origin_len(valid[i].url), valid[i].origin_len);
    }
    for (size_t i = 0; i < sizeof invalid / sizeof invalid[0]; i++) {
        assert_int_equal(gc_option_text_origin_len(invalid[i]), 0);
    }
    char url[GC_URL_BYTES_MAX] = "https://h/";
    memset(url + 10, 'a', sizeof url - 12);
    assert_int_equal(strlen(url), GC_URL_BYTES_MAX - 2);
    assert_int_equal(gc_option_text_origin_len(url), 9);
    url[GC_URL_BYTES_MAX - 2] = 'a';
    assert_int_equal(gc_option_text_origin_len(url), 0);
}

/* What browsers never send would match nobody. */
static void only_origins_are_origins(void **state) {
    (void)state;
    const char *valid[] = {"https://chat.example",
                           "http://a",
                           "http://a:8080",
                           "https://a:80",
                           "null",
                           "http://[::1]:3000",
                           "http://my_app:3000",
                           "http://127.0.0.1",
                           "capacitor://localhost",
                           "chrome-extension://abcdefgh",
                           "http://a:443"};
    const char *invalid[] = {"",
                             "*",
                             "chat.example",
                             "https://",
                             "https://chat.example/",
                             "https://chat.example/a",
                             "https://Chat.example",
                             "HTTPS://a",
                             "https://a:443",
                             "http://a:80",
                             "http://a:",
                             "http://a:0",
                             "http://a:080",
                             "http://a:65536",
                             "http://a:8K",
                             "http://a:1:2",
                             "http://a b",
                             "http://u@a",
                             "http://a?",
                             "http://a#",
                             "//a",
                             "://a",
                             "http:/a",
                             "https://*.example",
                             "http://[::1",
                             "http://[]",
                             "Null",
                             "http://\xc3\xa4"};
    for (size_t i = 0; i < sizeof valid / sizeof valid[0]; i++) {
        assert_true(gc_option_text_is_origin(valid[i]));
    }
    for (size_t i = 0; i < sizeof invalid / sizeof invalid[0]; i++) {
        assert_false(gc_option_text_is_origin(invalid[i]));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_hosts_are_valid_as_hosts),
        cmocka_unit_test(only_origins_are_origins),
        cmocka_unit_test(only_urls_of_a_peer_server_are_valid),
    };
    return RUN(tests);
}
