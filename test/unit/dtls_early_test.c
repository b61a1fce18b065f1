/* What comes, or is given out, before its time: before the handshake begins, or out of order. */
#include "test/unit/dtls_pair.h"
#include "test/unit/unit.h"

/* The first datagram of the client; the path is empty then. */
static path_datagram client_hello(dtls_pair *w) {
    path_datagram d;
    dtls_pair_begin(w, CLIENT);
    assert_true(path_take(&w->path, w->now_ms, &d));
    assert_int_equal(w->path.count, 0);
    return d;
}

static void put_u24(uint8_t *at, uint32_t v) {
    at[0] = (uint8_t)(v >> 16);
    at[1] = (uint8_t)(v >> 8);
    at[2] = (uint8_t)v;
}

/* A datagram with the bytes from..to of the ClientHello of another one. */
static path_datagram fragment(const path_datagram *hello, uint32_t from, uint32_t to) {
    enum { HEADS = 25 };
    path_datagram d = *hello;
    memcpy(d.bytes + HEADS, hello->bytes + HEADS + from, to - from);
    d.bytes[10] = from > 0 ? 50 : 0; /* the record's sequence number: a new one, in the window */
    put_u24(d.bytes + 10, (uint32_t)d.bytes[10] << 16 | (to - from + 12));
    put_u24(d.bytes + HEADS - 6, from);
    put_u24(d.bytes + HEADS - 3, to - from);
    d.len = HEADS + to - from;
    return d;
}

/* Chromium's ClientHello comes in two datagrams, and they may come in any order. */
static void a_client_hello_in_two_datagrams(void **state) {
    (void)state;
    for (int swapped = 0; swapped < 2; swapped++) {
        dtls_pair *w = dtls_pair_make(1);
        dtls_pair_begin(w, SERVER);
        path_datagram hello = client_hello(w);
        uint32_t all = hello.len - 25;
        path_datagram halves[2] = {fragment(&hello, 0, 60), fragment(&hello, 60, all)};
        for (int i = 0; i < 2; i++) {
            const path_datagram *d = &halves[i ^ swapped];
            dtls_pair_give(w, SERVER, gc_span_of(d->bytes, d->len));
        }
        uint64_t began = w->now_ms;
        dtls_pair_run(w, 5000);
        dtls_pair_assert_connected(w);
        assert_int_equal(w->sides[CLIENT].opened_ms, began); /* nothing was sent again */
        dtls_pair_free(w);
    }
}

static void early_datagrams_are_held(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make(1);
    path_datagram hello = client_hello(w);
    path_datagram halves[2] = {fragment(&hello, 0, 60), fragment(&hello, 60, hello.len - 25)};
    dtls_pair_give(w, SERVER, gc_span_of(halves[1].bytes, halves[1].len));
    dtls_pair_give(w, SERVER, gc_span_of(halves[0].bytes, halves[0].len));
    assert_int_equal(w->sides[SERVER].sent, 0);
    dtls_pair_step_to(w, w->now_ms + 30);
    dtls_pair_begin(w, SERVER);
    dtls_pair_run(w, 15);
    dtls_pair_assert_connected(w); /* before any timer: the first one is at 50 ms */
    dtls_pair_free(w);
}

static void held_datagrams_are_bounded(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make(1);
    path_datagram hello = client_hello(w);
    dtls_pair_give(w, SERVER, gc_span_of(hello.bytes, hello.len));
    uint8_t bytes[GC_DTLS_HELD_DATAGRAM_BYTES_MAX + 1] = {22, 254, 253};
    for (int i = 0; i < 10000; i++) {
        dtls_pair_give(w, SERVER, gc_span_of(bytes, sizeof bytes - 1));
        dtls_pair_give(w, SERVER, gc_span_of(bytes, sizeof bytes));
        dtls_pair_give(w, SERVER, GC_SPAN_NONE);
    }
    assert_int_equal(w->sides[SERVER].dtls.held.count, 16);
    dtls_pair_begin(w, SERVER);
    dtls_pair_run(w, 40);
    dtls_pair_assert_connected(w);
    dtls_pair_free(w);
}

/* The server's first data overtakes its last flight. */
static void data_that_overtakes_the_handshake_is_held(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make(1);
    dtls_pair_begin(w, SERVER);
    dtls_pair_begin(w, CLIENT);
    path_datagram d, last = {0};
    while (path_take(&w->path, w->now_ms, &d)) {
        if (d.to == CLIENT && w->sides[SERVER].opened == 1) {
            last = d;
        } else {
            dtls_pair_give(w, d.to, gc_span_of(d.bytes, d.len));
        }
    }
    assert_true(last.len > 0);
    dtls_pair_say(w, SERVER, 10);
    dtls_pair_say(w, SERVER, 20);
    while (path_take(&w->path, w->now_ms, &d)) {
        dtls_pair_give(w, d.to, gc_span_of(d.bytes, d.len));
    }
    assert_int_equal(w->sides[CLIENT].opened, 0);
    dtls_pair_give(w, CLIENT, gc_span_of(last.bytes, last.len));
    assert_int_equal(w->sides[CLIENT].opened, 1);
    assert_int_equal(w->sides[CLIENT].messages, 2);
    dtls_pair_free(w);
}

/* A ClientHello that is prepared goes out once, however long there is no way for it, and the time
 * of the handshake counts from its beginning. */
static void a_prepared_client_waits_for_its_way(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make(1);
    dtls_side *client = &w->sides[CLIENT];
    gc_dtls_prepare(&client->dtls, w->now_ms);
    assert_true(gc_dtls_deadline(&client->dtls) == GC_NEVER);
    dtls_pair_drain(w, CLIENT);
    assert_int_equal(client->sent, 1);
    path_datagram hello;
    assert_true(path_take(&w->path, w->now_ms, &hello)); /* and gets lost */
    dtls_pair_run(w, 60000);
    assert_int_equal(client->sent, 1);
    dtls_pair_begin(w, SERVER);
    dtls_pair_begin(w, CLIENT);
    assert_int_equal(client->dtls.handshake_until_ms, w->now_ms + GC_DTLS_HANDSHAKE_MS);
    dtls_pair_run(w, 100); /* it is sent again at once, for its time is long over */
    dtls_pair_assert_connected(w);
    dtls_pair_say(w, CLIENT, 100);
    dtls_pair_run(w, 100);
    assert_int_equal(w->sides[SERVER].messages, 1);
    dtls_pair_free(w);
}

/* The first flight came by another way: the handshake goes on where it stands. */
static void a_prepared_client_whose_hello_came(void **state) {
    (void)state;
    for (uint32_t copies = 1; copies < 4; copies++) {
        dtls_pair *w = dtls_pair_make(1);
        gc_dtls_output out;
        gc_dtls_prepare(&w->sides[CLIENT].dtls, w->now_ms);
        assert_true(gc_dtls_poll(&w->sides[CLIENT].dtls, &out));
        assert_int_equal(out.type, GC_DTLS_DATAGRAM);
        dtls_pair_begin(w, SERVER);
        uint8_t *copy = exact_copy(out.bytes.data, out.bytes.len);
        for (uint32_t i = 0; i < copies; i++) {
            dtls_pair_give(w, SERVER, gc_span_of(copy, out.bytes.len));
        }
        free(copy);
        dtls_pair_begin(w, CLIENT);
        dtls_pair_run(w, 49); /* no timer is needed */
        dtls_pair_assert_connected(w);
        assert_int_equal(w->sides[CLIENT].sent, 1);
        dtls_pair_free(w);
    }
}

static void a_prepared_client_that_is_not_needed(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make(1);
    gc_dtls_prepare(&w->sides[CLIENT].dtls, w->now_ms);
    gc_dtls_close(&w->sides[CLIENT].dtls);
    gc_dtls_begin(&w->sides[CLIENT].dtls, w->now_ms, true, 0);
    assert_true(gc_dtls_deadline(&w->sides[CLIENT].dtls) == GC_NEVER);
    assert_int_equal(w->sides[CLIENT].dtls.state, GC_DTLS_CLOSED);
    dtls_pair_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_hello_in_two_datagrams),
        cmocka_unit_test(early_datagrams_are_held),
        cmocka_unit_test(held_datagrams_are_bounded),
        cmocka_unit_test(data_that_overtakes_the_handshake_is_held),
        cmocka_unit_test(a_prepared_client_waits_for_its_way),
        cmocka_unit_test(a_prepared_client_whose_hello_came),
        cmocka_unit_test(a_prepared_client_that_is_not_needed),
    };
    return RUN(tests);
}
