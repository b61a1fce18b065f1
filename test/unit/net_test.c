/* host/net.c */
#include "test/unit/unit.h"

#include "host/net.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

static void parsed(const char *text, uint8_t family, uint8_t first, uint8_t last) {
    gc_addr a;
    uint32_t len = (uint32_t)strlen(text);
    uint8_t *copy = exact_copy(text, len);
    if (!gc_net_parse(gc_span_of(copy, len), &a)) {
        fail_msg("%s was refused", text);
    }
    free(copy);
    assert_int_equal(a.family, family);
    assert_int_equal(a.ip[0], first);
    assert_int_equal(a.ip[family == 4 ? 3 : 15], last);
}

static void an_address_is_parsed_with_or_without_its_port(void **state) {
    (void)state;
    parsed("192.0.2.7", 4, 192, 7);
    parsed("192.0.2.7:443", 4, 192, 7);
    parsed("2001:db8::9", 6, 0x20, 9);
    parsed("[2001:db8::9]", 6, 0x20, 9);
    parsed("[2001:db8::9]:443", 6, 0x20, 9);
    parsed("::ffff:192.0.2.7", 4, 192, 7);
    const char *refused[] = {"",
                             "unknown",
                             "_hidden",
                             "192.0.2",
                             "1.2.3.4.5",
                             "[",
                             "[]",
                             "[2001:db8::9",
                             ":",
                             "::g",
                             "192.0.2.7 ",
                             "a.example",
                             "2001:0db8:0000:0000:0000:0000:0000:0000:0000:0000:0001"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        gc_addr a;
        if (gc_net_parse(text_span(refused[i]), &a)) {
            fail_msg("%s was taken", refused[i]);
        }
    }
}

static void loopback_is_recognized_in_its_forms(void **state) {
    (void)state;
    assert_true(gc_net_is_loopback("127.0.0.1"));
    assert_true(gc_net_is_loopback("127.9.9.9"));
    assert_true(gc_net_is_loopback("::1"));
    assert_true(gc_net_is_loopback("localhost"));
    assert_false(gc_net_is_loopback("0.0.0.0"));
    assert_false(gc_net_is_loopback("::"));
    assert_false(gc_net_is_loopback("128.0.0.1"));
    assert_false(gc_net_is_loopback("localhost.example.org"));
}

static void a_mapped_ipv4_address_is_an_ipv4_address(void **state) {
    (void)state;
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(5)};
    gc_addr a;
    assert_int_equal(inet_pton(AF_INET6, "::ffff:10.1.2.3", &in6.sin6_addr), 1);
    assert_true(gc_net_from_sockaddr((struct sockaddr *)&in6, &a));
    assert_int_equal(a.family, 4);
    assert_int_equal(a.ip[0], 10);
    assert_int_equal(a.ip[4], 0);
    assert_int_equal(a.port, 5);
    in6.sin6_family = AF_UNIX;
    assert_false(gc_net_from_sockaddr((struct sockaddr *)&in6, &a));
}

static void a_port_in_use_cannot_be_listened_on_again(void **state) {
    (void)state;
    char error[256] = "";
    uint32_t port = 0;
    int fd = gc_net_listen("127.0.0.1", &port, error, sizeof error);
    assert_true(fd >= 0 && port != 0);
    uint32_t same = port;
    assert_int_equal(gc_net_listen("127.0.0.1", &same, error, sizeof error), -1);
    assert_non_null(strstr(error, "cannot listen on 127.0.0.1"));
    close(fd);
    assert_int_equal(gc_net_listen("host.invalid", &same, error, sizeof error), -1);
    assert_non_null(strstr(error, "cannot find the host"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_parsed_with_or_without_its_port),
        cmocka_unit_test(loopback_is_recognized_in_its_forms),
        cmocka_unit_test(a_mapped_ipv4_address_is_an_ipv4_address),
        cmocka_unit_test(a_port_in_use_cannot_be_listened_on_again),
    };
    return RUN(tests);
}
