/* server/proxies.c */
#include "test/unit/unit.h"

#include "host/net.h"
#include "server/proxies.h"

static gc_addr address_of(const char *text) {
    gc_addr a;
    assert_true(gc_net_parse(text_span(text), &a));
    return a;
}

static gc_proxies trusting(const char *list) {
    gc_proxies p = {.on = true};
    assert_true(list[0] == 0 || gc_proxies_add(&p, list));
    return p;
}

static bool trusts(const char *list, const char *text) {
    gc_proxies p = trusting(list);
    gc_addr a = address_of(text);
    return gc_proxies_trust(&p, &a);
}

static void loopback_and_named_networks_are_believed(void **state) {
    (void)state;
    gc_proxies off = {0};
    gc_addr home = address_of("127.0.0.1"), unknown = {0};
    assert_false(gc_proxies_trust(&off, &home));
    gc_proxies on = {.on = true};
    assert_false(gc_proxies_trust(&on, &unknown));
    const char *homes[] = {"127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"};
    for (uint32_t i = 0; i < 4; i++) {
        assert_true(trusts("", homes[i]));
    }
    assert_false(trusts("", "10.0.0.1"));
    assert_false(trusts("", "::2"));
    assert_false(trusts("", "2001:db8::1"));
    assert_true(trusts("10.0.0.0/8", "10.255.3.4"));
    assert_false(trusts("10.0.0.0/8", "11.0.0.0"));
    assert_true(trusts("10.1.2.3/8", "10.9.9.9"));
    assert_true(trusts("192.0.2.7", "192.0.2.7"));
    assert_false(trusts("192.0.2.7", "192.0.2.6"));
    assert_true(trusts("172.16.0.0/12", "172.31.0.1"));
    assert_false(trusts("172.16.0.0/12", "172.32.0.1"));
    assert_true(trusts("192.0.2.0/25,2001:db8::/33", "2001:db8:7fff::1"));
    assert_false(trusts("192.0.2.0/25,2001:db8::/33", "2001:db8:8000::1"));
    assert_true(trusts("::ffff:10.0.0.0/104", "10.1.1.1"));
    assert_true(trusts("0.0.0.0/0", "192.0.2.1"));
    assert_false(trusts("0.0.0.0/0", "2001:db8::1"));
}

static void what_is_no_network_is_refused(void **state) {
    (void)state;
    const char *bad[] = {
        "",          "x",         "10.0.0.0/",     "10.0.0.0/33",     "10.0.0.0/8,",
        ",10.0.0.0", "10.0.0/8",  "10.0.0.0/-1",   "10.0.0.0/1x",     "2001:db8::/129",
        "[::1]",     "[::1]/128", "10.0.0.0:80",   "10.0.0.0/ 8",     " 10.0.0.0",
        "/8",        "localhost", "10.0.0.0/008x", "::ffff:1.2.3.4/8"};
    for (uint32_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        gc_proxies p = {.on = true};
        assert_false(gc_proxies_add(&p, bad[i]));
    }
    gc_proxies p = {.on = true};
    for (uint32_t i = 0; i < GC_PROXIES_NETWORKS_MAX; i++) {
        assert_true(gc_proxies_add(&p, "10.0.0.0/8"));
    }
    assert_false(gc_proxies_add(&p, "10.0.0.0/8"));
}

/* header: the values of X-Forwarded-For, one for each line. */
static void client_is(const char *list, const char *header, const char *expected) {
    static char head[2048];
    gc_proxies p = trusting(list);
    gc_addr peer = address_of("127.0.0.1"), wanted = address_of(expected);
    gc_http_request r;
    int at = snprintf(head, sizeof head, "GET / HTTP/1.1\r\nHost: a\r\n");
    for (const char *line = header; *line != 0;) {
        int len = (int)strcspn(line, "\n");
        at += snprintf(head + at, sizeof head - (size_t)at, "x-forwarded-FOR: %.*s\r\nA: b\r\n",
                       len, line);
        line += len + (line[len] == '\n');
    }
    snprintf(head + at, sizeof head - (size_t)at, "\r\n");
    assert_true(gc_http_parse(text_span(head), &r) > 0);
    gc_addr got = gc_proxies_client(&p, &r, &peer);
    assert_int_equal(got.family, wanted.family);
    assert_memory_equal(got.ip, wanted.ip, sizeof got.ip);
}

static void hops_count_from_the_right(void **state) {
    (void)state;
    client_is("", "", "127.0.0.1");
    client_is("", "192.0.2.1", "192.0.2.1");
    client_is("", "9.9.9.9, 192.0.2.1", "192.0.2.1");
    client_is("", "9.9.9.9,192.0.2.1:443", "192.0.2.1");
    client_is("", "9.9.9.9, 192.0.2.1, 127.0.0.1", "192.0.2.1");
    client_is("", "9.9.9.9, 192.0.2.1, 10.0.0.1", "10.0.0.1");
    client_is("10.0.0.0/8", "9.9.9.9, 192.0.2.1, 10.0.0.1, 10.9.9.9", "192.0.2.1");
    client_is("10.0.0.0/8", "9.9.9.9, 192.0.2.1\n10.0.0.1\n10.0.0.2", "192.0.2.1");
    client_is("10.0.0.0/8", "192.0.2.1\n10.0.0.1,9.9.9.9", "9.9.9.9");
    client_is("10.0.0.0/8", "10.0.0.7, 10.0.0.1", "10.0.0.7");
    client_is("10.0.0.0/8", "192.0.2.1, nonsense, 10.0.0.1", "10.0.0.1");
    client_is("", "192.0.2.1, unknown", "127.0.0.1");
    client_is("", "192.0.2.1,", "127.0.0.1");
    client_is("", "[2001:db8::1]:80", "2001:db8::1");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loopback_and_named_networks_are_believed),
        cmocka_unit_test(what_is_no_network_is_refused),
        cmocka_unit_test(hops_count_from_the_right),
    };
    return RUN(tests);
}
