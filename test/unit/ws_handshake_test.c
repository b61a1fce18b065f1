/* host/ws_handshake.c; test/unit/ws_client_test.c has whole connections. */
#include "test/unit/unit.h"

#include "core/wire/http.h"
#include "host/ws_handshake.h"

#define URL "wss://chat.example:8443/base/peerjs?id=x"

static gc_drbg drbg;
static gc_ws_accept accept_maker;

static gc_span ask(gc_ws_handshake *h, const char *url, gc_writer *w) {
    gc_ws_url address;
    assert_int_equal(gc_ws_url_parse(text_span(url), &address), 0);
    assert_true(gc_ws_handshake_ask(h, &accept_maker, &drbg, &address, w));
    return gc_writer_done(w);
}

static void the_request_is_one_that_a_server_reads(void **state) {
    (void)state;
    uint8_t bytes[GC_WS_HANDSHAKE_HEAD_BYTES + sizeof URL], other[sizeof bytes];
    gc_ws_handshake h, h2;
    gc_writer w, w2;
    gc_http_request r, r2;
    gc_writer_init(&w, bytes, sizeof bytes);
    gc_writer_init(&w2, other, sizeof other);
    gc_span request = ask(&h, URL, &w);
    assert_int_equal(gc_http_parse(request, &r), request.len);
    assert_span(r.path, GC_SPAN("/base/peerjs"));
    assert_span(r.query, GC_SPAN("id=x"));
    assert_span(gc_http_header_of(&r, "Host"), GC_SPAN("chat.example:8443"));
    assert_true(gc_http_has_token(&r, "Connection", "upgrade"));
    assert_int_equal(gc_http_header_of(&r, "Sec-WebSocket-Key").len, 24);
    gc_span again = ask(&h2, "ws://h", &w2);
    assert_int_equal(gc_http_parse(again, &r2), again.len);
    assert_span(r2.path, GC_SPAN("/"));
    assert_false(gc_span_equal(gc_http_header_of(&r, "Sec-WebSocket-Key"),
                               gc_http_header_of(&r2, "Sec-WebSocket-Key")));
    assert_memory_not_equal(h.accept, h2.accept, sizeof h.accept);
}

static void a_request_that_does_not_fit_is_refused(void **state) {
    (void)state;
    uint8_t bytes[GC_WS_HANDSHAKE_HEAD_BYTES + sizeof URL];
    gc_ws_handshake h;
    gc_ws_url address;
    gc_writer w;
    gc_writer_init(&w, bytes, sizeof bytes);
    uint32_t whole = ask(&h, URL, &w).len;
    assert_int_equal(gc_ws_url_parse(GC_SPAN(URL), &address), 0);
    for (uint32_t size = 0; size < whole; size++) {
        gc_writer_init(&w, bytes, size);
        assert_false(gc_ws_handshake_ask(&h, &accept_maker, &drbg, &address, &w));
    }
}

/* The answer that `h` waits for; $ of the text becomes its proof. */
static int32_t read_answer(const char *text, const char **why) {
    static char complaint[120];
    static const gc_ws_handshake h = {.accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo"
                                                "="};
    uint8_t bytes[400];
    gc_writer w;
    gc_writer_init(&w, bytes, sizeof bytes);
    for (; *text != 0; text++) {
        if (*text == '$') {
            gc_writer_span(&w, gc_span_of(h.accept, sizeof h.accept));
        } else {
            gc_writer_u8(&w, (uint8_t)*text);
        }
    }
    gc_span answer = gc_writer_done(&w);
    for (uint32_t len = 0; len < answer.len; len++) { /* truncated: not whole, and never open */
        uint8_t *copy = exact_copy(answer.data, len);
        assert_true(gc_ws_handshake_read(&h, gc_span_of(copy, len), complaint, sizeof complaint) <=
                    0);
        free(copy);
    }
    complaint[0] = 0;
    *why = complaint;
    return gc_ws_handshake_read(&h, answer, complaint, sizeof complaint);
}

static void an_answer_opens_or_says_why_not(void **state) {
    (void)state;
    const char *why;
#define HEAD "HTTP/1.1 101 ok\r\nupgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n"
    static const char good[] = HEAD "Sec-WebSocket-Accept: $\r\n\r\n";
    assert_int_equal(read_answer(good, &why), sizeof good - 1 + 27);
    static const char *const bad[][2] = {
        {"HTTP/1.1 404 no\r\n\r\n", "answered 404"},
        {"SSH-2.0-x\r\n\r\n", "HTTP"},
        {HEAD "\r\n", "none of a WebSocket"},
        {HEAD "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n", "none of a WebSocket"},
        {HEAD "Sec-WebSocket-Accept: $\r\nSec-WebSocket-Protocol: x\r\n\r\n",
         "none of a WebSocket"},
        {HEAD "Sec-WebSocket-Accept: $\r\nSec-WebSocket-Extensions: x\r\n\r\n",
         "none of a WebSocket"},
        {"HTTP/1.1 101 ok\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: $\r\n\r\n",
         "none of a WebSocket"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(read_answer(bad[i][0], &why), -1);
        assert_non_null(strstr(why, bad[i][1]));
    }
}

static int setup(void **state) {
    static const uint8_t seed[32] = {1};
    (void)state;
    gc_drbg_init(&drbg, seed);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    gc_ws_accept_free(&accept_maker);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_request_is_one_that_a_server_reads),
        cmocka_unit_test(a_request_that_does_not_fit_is_refused),
        cmocka_unit_test(an_answer_opens_or_says_why_not),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
