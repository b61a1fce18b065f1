/* core/wire/http.c */
#include "core/wire/http.h"
#include "core/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define HOST "Host: h\r\n"

static void expect_span(gc_span s, const char *text) {
    assert_non_null(s.data);
    assert_int_equal(s.len, strlen(text));
    assert_memory_equal(s.data, text, s.len);
}

/* Parses memory of exactly this size, so that ASan sees a read behind it. */
static int32_t parse(const void *data, size_t len) {
    uint8_t *copy = malloc(len + 1);
    memcpy(copy, data, len);
    gc_http_request r;
    int32_t result = gc_http_parse(gc_span_of(copy, (uint32_t)len), &r);
    free(copy);
    return result;
}

static int32_t parse_text(const char *text) {
    return parse(text, strlen(text));
}

static gc_http_request parse_good(const char *text) {
    gc_http_request r;
    assert_int_equal(gc_http_parse(gc_span_of(text, (uint32_t)strlen(text)), &r), strlen(text));
    return r;
}

/* RFC 6455 1.3, as Chromium sends it in essence. */
static const char UPGRADE[] = "GET /peerjs?key=peerjs&id=a%20b&token=t HTTP/1.1\r\n"
                              "Host: server.example.com:8080\r\n"
                              "Upgrade: websocket\r\n"
                              "Connection: keep-alive, Upgrade\r\n"
                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                              "Origin:http://example.com\t \r\n"
                              "X-Empty:\r\n"
                              "Sec-WebSocket-Version: \t 13\r\n\r\n";

static void upgrade_request(void **state) {
    (void)state;
    gc_http_request r = parse_good(UPGRADE);
    expect_span(r.method, "GET");
    expect_span(r.path, "/peerjs");
    expect_span(r.query, "key=peerjs&id=a%20b&token=t");
    expect_span(r.host, "server.example.com:8080");
    assert_int_equal(r.minor, 1);
    assert_int_equal(r.count, 7);
    expect_span(gc_http_header_of(&r, "sec-websocket-key"), "dGhlIHNhbXBsZSBub25jZQ==");
    expect_span(gc_http_header_of(&r, "ORIGIN"), "http://example.com");
    expect_span(gc_http_header_of(&r, "X-Empty"), "");
    expect_span(gc_http_header_of(&r, "Sec-WebSocket-Version"), "13");
    assert_null(gc_http_header_of(&r, "Sec-WebSocket").data);
    assert_true(gc_http_has_token(&r, "Connection", "upgrade"));
    assert_true(gc_http_has_token(&r, "connection", "Keep-Alive"));
    assert_false(gc_http_has_token(&r, "Connection", "keep"));
    assert_false(gc_http_has_token(&r, "Cookie", "upgrade"));
}

static void truncated(void **state) {
    (void)state;
    for (size_t len = 0; len < sizeof(UPGRADE) - 1; len++) {
        assert_int_equal(parse(UPGRADE, len), 0);
    }
    /* What follows the head does not matter. */
    char more[sizeof(UPGRADE) + 8];
    memcpy(more, UPGRADE, sizeof(UPGRADE) - 1);
    memset(more + sizeof(UPGRADE) - 1, 0, 9);
    assert_int_equal(parse(more, sizeof(more)), sizeof(UPGRADE) - 1);
}

static void targets(void **state) {
    (void)state;
    gc_http_request r = parse_good("GET / HTTP/1.1\r\n" HOST "\r\n");
    expect_span(r.path, "/");
    expect_span(r.query, "");
    r = parse_good("GET /a%2Fb?x?y HTTP/1.1\r\n" HOST "\r\n");
    expect_span(r.path, "/a%2Fb");
    expect_span(r.query, "x?y");
    r = parse_good("GET //evil.example/? HTTP/1.1\r\n" HOST "\r\n");
    expect_span(r.path, "//evil.example/");
    expect_span(r.query, "");
    r = parse_good("GET HTTP://other:81?q HTTP/1.1\r\n" HOST "\r\n");
    expect_span(r.path, "/");
    expect_span(r.query, "q");
    expect_span(r.host, "other:81"); /* RFC 9112 3.2.2: not the Host header's */
    r = parse_good("GET https://[::1]:8080/a HTTP/1.1\r\n" HOST "\r\n");
    expect_span(r.path, "/a");
    expect_span(r.host, "[::1]:8080");
    r = parse_good("OPTIONS * HTTP/1.1\r\n" HOST "\r\n");
    expect_span(r.path, "*");
    expect_span(r.query, "");
    static const char *const bad[] = {"x",         "h:443",         "*x", "/a#b",   "http:///a",
                                      "http://",   "http://a@b c/", "?x", "/a\x7f", "/a\xc3\xa4",
                                      "ftp://h/a", "http://a\"b/"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char text[128];
        snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\n" HOST "\r\n", bad[i]);
        assert_int_equal(parse_text(text), GC_E_SYNTAX);
    }
}

static void versions(void **state) {
    (void)state;
    assert_int_equal(parse_good("GET / HTTP/1.0\r\n\r\n").minor, 0);
    assert_null(parse_good("GET / HTTP/1.0\r\n\r\n").host.data);
    assert_int_equal(parse_good("GET / HTTP/1.2\r\n" HOST "\r\n").minor, 2);
    assert_int_equal(parse_text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), GC_E_SYNTAX);
    assert_int_equal(parse_text("GET / HTTP/1.\r\n" HOST "\r\n"), GC_E_SYNTAX);
    assert_int_equal(parse_text("GET / HTTP/1.11\r\n" HOST "\r\n"), GC_E_SYNTAX);
    assert_int_equal(parse_text("GET / http/1.1\r\n" HOST "\r\n"), GC_E_SYNTAX);
    assert_int_equal(parse_text("GET /\r\n"), GC_E_SYNTAX); /* HTTP/0.9 */
}

static void refused(void **state) {
    (void)state;
    static const char *const bad[] = {
        " GET / HTTP/1.1\r\n" HOST "\r\n",
        "GET  / HTTP/1.1\r\n" HOST "\r\n",
        "GET / HTTP/1.1 \r\n" HOST "\r\n",
        "G\tT / HTTP/1.1\r\n" HOST "\r\n",
        "GET / HTTP/1.1\n" HOST "\r\n",                 /* bare LF */
        "GET / HTTP/1.1\r\nHost: h\n\r\n",              /* bare LF */
        "GET / HTTP/1.1\r\nHost: h\r\n\n",              /* bare LF */
        "GET / HTTP/1.1\r\n" HOST "A: b\rc\r\n\r\n",    /* bare CR */
        "GET / HTTP/1.1\r\n" HOST "A: b\r\n c\r\n\r\n", /* obs-fold */
        "GET / HTTP/1.1\r\n" HOST "A: b\r\n\tc\r\n\r\n",
        "GET / HTTP/1.1\r\n" HOST "A : b\r\n\r\n",
        "GET / HTTP/1.1\r\n" HOST ": b\r\n\r\n",
        "GET / HTTP/1.1\r\n" HOST "A\r\n\r\n",
        "GET / HTTP/1.1\r\n" HOST "A: \x7f\r\n\r\n",
        "GET / HTTP/1.1\r\n" HOST "A: \x01\r\n\r\n",
        "GET / HTTP/1.1\r\n" HOST "\xc3\xa4: b\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n", /* no Host */
        "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\"b\r\n\r\n",
        "GET http://a/ HTTP/1.1\r\n\r\n",
        "\n\nGET / HTTP/1.1\r\n" HOST "\r\n",
        "\r\n\r\nGET / HTTP/1.1\r\n" HOST "\r\n",
        "\x16\x03\x01\x02", /* TLS at the plain port: known from the first byte */
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (parse_text(bad[i]) != GC_E_SYNTAX) {
            fail_msg("taken: %s", bad[i]);
        }
    }
    static const char nul[] = "GET / HTTP/1.1\r\n" HOST "A: b\0c\r\n\r\n";
    assert_int_equal(parse(nul, sizeof(nul) - 1), GC_E_SYNTAX);
}

/* Once refused, always refused: a caller may stop at the first refusal of a prefix. */
static void refusal_is_final(void **state) {
    (void)state;
    uint32_t refusals = 0;
    for (size_t at = 0; at < sizeof(UPGRADE) - 1; at++) {
        for (int value = 0; value < 256; value += value < 127 ? 3 : 41) {
            char text[sizeof(UPGRADE)];
            memcpy(text, UPGRADE, sizeof(text));
            text[at] = (char)value;
            int32_t last = 0;
            for (size_t len = at; len < sizeof(text) && last <= 0; len++) {
                int32_t now = parse(text, len);
                assert_true(last == 0 || now == last);
                last = now;
            }
            refusals += last < 0;
        }
    }
    assert_in_range(refusals, 3000, 1 << 20); /* else little was tried */
}

static void empty_line_first(void **state) {
    (void)state;
    expect_span(parse_good("\r\nGET /x HTTP/1.1\r\n" HOST "\r\n").path, "/x");
    expect_span(parse_good("GET / HTTP/1.1\r\nHost:\r\n\r\n").host, "");
}

static void limits(void **state) {
    (void)state;
    static const char start[] = "GET / HTTP/1.1\r\n" HOST "A: ";
    static char text[GC_HEAD_BYTES_MAX + 64];
    memset(text, 'x', sizeof(text));
    memcpy(text, start, sizeof(start) - 1);
    memcpy(text + GC_HEAD_BYTES_MAX - 4, "\r\n\r\n", 4);
    assert_int_equal(parse(text, sizeof(text)), GC_HEAD_BYTES_MAX);
    assert_int_equal(parse(text, GC_HEAD_BYTES_MAX - 1), 0);
    memcpy(text + GC_HEAD_BYTES_MAX - 4, "x\r\n\r\n", 5);
    assert_int_equal(parse(text, GC_HEAD_BYTES_MAX - 1), 0);
    assert_int_equal(parse(text, GC_HEAD_BYTES_MAX), GC_E_TOO_BIG);
    assert_int_equal(parse(text, sizeof(text)), GC_E_TOO_BIG);
    for (int count = GC_HTTP_HEADERS_MAX; count <= GC_HTTP_HEADERS_MAX + 1; count++) {
        int at = snprintf(text, sizeof(text), "GET / HTTP/1.1\r\n" HOST);
        for (int i = 1; i < count; i++) {
            at += snprintf(text + at, sizeof(text) - (size_t)at, "H%d: v\r\n", i);
        }
        at += snprintf(text + at, sizeof(text) - (size_t)at, "\r\n");
        int32_t r = parse(text, (size_t)at);
        assert_int_equal(r, count == GC_HTTP_HEADERS_MAX ? at : GC_E_TOO_BIG);
    }
}

static void lists(void **state) {
    (void)state;
    gc_http_request r = parse_good("GET / HTTP/1.1\r\n" HOST "Connection: close\r\n"
                                   "connection:,, \tUPGRADE\t ,\r\n\r\n");
    assert_true(gc_http_has_token(&r, "Connection", "upgrade"));
    assert_true(gc_http_has_token(&r, "Connection", "close"));
    assert_false(gc_http_has_token(&r, "Connection", ""));
    assert_false(gc_http_has_token(&r, "Connection", "upgrad"));
    assert_false(gc_http_has_token(&r, "Connection", "upgrades"));
    expect_span(gc_http_header_of(&r, "Connection"), "close");
    assert_true(gc_http_is(GC_SPAN("WebSocket"), "websocket"));
    assert_false(gc_http_is(GC_SPAN("WebSocket"), "websocke"));
    assert_false(gc_http_is(GC_SPAN("WebSocke"), "websocket"));
    assert_false(gc_http_is(GC_SPAN("[]"), "{}")); /* only letters have a case */
    assert_true(gc_http_is(GC_SPAN(""), ""));
}

static int32_t parse_response(const void *data, size_t len, gc_http_response *r) {
    uint8_t *copy = malloc(len + 1);
    memcpy(copy, data, len);
    int32_t result = gc_http_parse_response(gc_span_of(copy, (uint32_t)len), r);
    free(copy);
    return result;
}

static void responses(void **state) {
    (void)state;
    static const char text[] = "HTTP/1.1 101 Switching Protocols\r\n"
                               "Upgrade: websocket\r\n"
                               "Connection: Upgrade\r\n"
                               "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    gc_http_response r;
    for (size_t len = 0; len < sizeof text - 1; len++) {
        assert_int_equal(parse_response(text, len, &r), 0);
    }
    assert_int_equal(gc_http_parse_response(gc_span_of(text, sizeof text), &r), sizeof text - 1);
    assert_int_equal(r.status, 101);
    assert_int_equal(r.head.minor, 1);
    assert_int_equal(r.head.count, 3);
    assert_true(gc_http_has_token(&r.head, "connection", "upgrade"));
    expect_span(gc_http_header_of(&r.head, "sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    static const char *const good[] = {"HTTP/1.0 200 \r\n\r\n", "HTTP/1.1 999\r\n\r\n",
                                       "HTTP/1.1 404 Not \xc3\xa4\r\nHost: a b\r\nHost:\r\n\r\n"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_int_equal(parse_response(good[i], strlen(good[i]), &r), strlen(good[i]));
    }
    static const char *const bad[] = {"HTTP/2 200\r\n\r\n",
                                      "HTTP/1.1  200 OK\r\n\r\n",
                                      "HTTP/1.1 20 OK\r\n\r\n",
                                      "HTTP/1.1 2000 OK\r\n\r\n",
                                      "HTTP/1.1 099 x\r\n\r\n",
                                      "HTTP/1.1 200 OK\n\n",
                                      "HTTP/1.1 200\tOK\r\n\r\n",
                                      "http/1.1 200 OK\r\n\r\n",
                                      "\r\nHTTP/1.1 200 OK\r\n\r\n",
                                      "HTTP/1.1 200 OK\r\n a\r\n",
                                      "SSH-2.0-x\r\n",
                                      "HTTP/1.1 +20 OK\r\n\r\n"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (parse_response(bad[i], strlen(bad[i]), &r) != GC_E_SYNTAX) {
            fail_msg("taken: %s", bad[i]);
        }
    }
}

static void a_response_has_the_limits_of_a_request(void **state) {
    (void)state;
    static char text[GC_HEAD_BYTES_MAX + 1] = "HTTP/1.1 200 ";
    gc_http_response r;
    memset(text + 13, 'x', sizeof text - 13);
    assert_int_equal(parse_response(text, GC_HEAD_BYTES_MAX - 1, &r), 0);
    assert_int_equal(parse_response(text, GC_HEAD_BYTES_MAX, &r), GC_E_TOO_BIG);
    assert_int_equal(parse_response(text, sizeof text, &r), GC_E_TOO_BIG);
    int at = snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i <= GC_HTTP_HEADERS_MAX; i++) {
        at += snprintf(text + at, sizeof text - (size_t)at, "H%d: v\r\n", i);
    }
    assert_int_equal(parse_response(text, (size_t)at, &r), GC_E_TOO_BIG);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(upgrade_request),
        cmocka_unit_test(truncated),
        cmocka_unit_test(targets),
        cmocka_unit_test(versions),
        cmocka_unit_test(refused),
        cmocka_unit_test(refusal_is_final),
        cmocka_unit_test(empty_line_first),
        cmocka_unit_test(limits),
        cmocka_unit_test(lists),
        cmocka_unit_test(responses),
        cmocka_unit_test(a_response_has_the_limits_of_a_request),
    };
    return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
