#include "rtc/dtls.h"
#include "core/base/error.h"
#include "rtc/dtls_record.h"
#include "test/unit/dtls_pair.h"
#include "test/unit/unit.h"

#include <openssl/err.h>

static void handshake_and_data_both_ways(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make(1);
    w->path.delay_ms = 50;
    dtls_pair_begin(w, SERVER);
    dtls_pair_begin(w, CLIENT);
    assert_int_equal(gc_dtls_send(&w->sides[CLIENT].dtls, GC_SPAN("too early")), GC_E_STATE);
    dtls_pair_run(w, 1000);
    dtls_pair_assert_connected(w);
    /* Two round trips, and a half for the last flight of the server. */
    assert_int_equal(w->sides[SERVER].opened_ms, 1000 + 150);
    assert_int_equal(w->sides[CLIENT].opened_ms, 1000 + 200);
    assert_true(w->sides[SERVER].largest <= GC_DTLS_MTU_BYTES);
    for (uint32_t len = 1; len <= GC_DTLS_MTU_BYTES - GC_DTLS_OVERHEAD_BYTES; len += 83) {
        dtls_pair_say(w, CLIENT, len);
        dtls_pair_say(w, SERVER, len);
    }
    w->sides[CLIENT].largest = 0;
    dtls_pair_say(w, CLIENT, GC_DTLS_MTU_BYTES - GC_DTLS_OVERHEAD_BYTES);
    assert_int_equal(w->sides[CLIENT].largest, GC_DTLS_MTU_BYTES);
    dtls_pair_run(w, 1000);
    assert_int_equal(w->sides[CLIENT].messages, 15);
    assert_int_equal(w->sides[SERVER].messages, 16);
    assert_true(gc_dtls_deadline(&w->sides[CLIENT].dtls) == GC_NEVER);
    dtls_pair_free(w);
}

/* OpenSSL does not compare it with the link's MTU, which is that of the handshake. */
static void the_longest_data_are_one_datagram(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make(1);
    dtls_pair_begin(w, SERVER);
    dtls_pair_begin(w, CLIENT);
    dtls_pair_run(w, 1000);
    dtls_pair_say(w, CLIENT, GC_DTLS_DATAGRAM_BYTES_MAX - GC_DTLS_OVERHEAD_BYTES);
    assert_int_equal(w->sides[CLIENT].largest, GC_DTLS_DATAGRAM_BYTES_MAX);
    dtls_pair_run(w, 100);
    assert_int_equal(w->sides[SERVER].messages, 1);
    dtls_pair_free(w);
}

static void full_queue_refuses_and_loses_nothing(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make(1);
    dtls_pair_begin(w, SERVER);
    dtls_pair_begin(w, CLIENT);
    dtls_pair_run(w, 1000);
    uint8_t bytes[1000] = {0};
    uint32_t taken = 0;
    int error;
    while ((error = gc_dtls_send(&w->sides[0].dtls, gc_span_of(bytes, sizeof bytes))) == 0) {
        taken++;
    }
    assert_int_equal(error, GC_E_FULL);
    uint32_t each = sizeof bytes + GC_DTLS_OVERHEAD_BYTES + GC_DATAGRAM_QUEUE_HEAD_BYTES;
    assert_int_equal(taken, GC_DTLS_OUT_BYTES / each);
    dtls_pair_drain(w, CLIENT);
    dtls_pair_run(w, 1000);
    assert_int_equal(w->sides[SERVER].messages, taken);
    dtls_pair_free(w);
}

static void bad_paths_connect(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        dtls_pair *w = dtls_pair_make(seed);
        w->path.delay_ms = 20;
        w->path.jitter_ms = 30;
        w->path.loss_percent = 20;
        w->path.duplicate_percent = 10;
        dtls_pair_begin(w, SERVER);
        dtls_pair_begin(w, CLIENT);
        dtls_pair_run(w, GC_DTLS_HANDSHAKE_MS + 1000);
        dtls_pair_assert_connected(w);
        w->path.loss_percent = 0;
        w->path.duplicate_percent = 0;
        dtls_pair_say(w, CLIENT, 100);
        dtls_pair_say(w, SERVER, 100);
        dtls_pair_run(w, 1000);
        assert_int_equal(w->sides[CLIENT].messages, 1);
        assert_int_equal(w->sides[SERVER].messages, 1);
        dtls_pair_free(w);
    }
}

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

/* Anybody can send a wrong certificate, so the handshake waits for the right one until it is over.
 */
static void a_wrong_certificate_in_each_role(void **state) {
    (void)state;
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t checker = i % 2;
        bool ours = i / 2 == 1;
        dtls_pair *w = dtls_pair_make_of(1, ours);
        uint8_t wrong[GC_FINGERPRINT_BYTES];
        memcpy(wrong, w->sides[!checker].certificate.fingerprint, sizeof wrong);
        wrong[31] ^= 1;
        gc_dtls_expect(&w->sides[checker].dtls, wrong, ours);
        dtls_pair_begin(w, SERVER);
        dtls_pair_begin(w, CLIENT);
        dtls_pair_run(w, GC_DTLS_HANDSHAKE_MS);
        assert_int_equal(w->sides[checker].opened, 0);
        assert_int_equal(w->sides[checker].ended, 1);
        assert_int_equal(w->sides[checker].reason, GC_REASON_PROTOCOL);
        assert_int_equal(w->sides[checker].messages, 0);
        assert_int_equal(gc_dtls_send(&w->sides[checker].dtls, GC_SPAN("x")), GC_E_STATE);
        assert_int_equal(w->sides[!checker].opened, 0);
        assert_int_equal(w->sides[!checker].ended, 1);
        assert_int_equal(w->sides[!checker].reason, GC_REASON_TIMEOUT);
        dtls_pair_free(w);
    }
}

/* A client whose certificate is wrong may think that it is connected, and send. */
static void data_before_the_check_is_not_taken(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make(1);
    uint8_t wrong[GC_FINGERPRINT_BYTES] = {0};
    gc_dtls_expect(&w->sides[SERVER].dtls, wrong, false);
    dtls_pair_begin(w, SERVER);
    dtls_pair_begin(w, CLIENT);
    path_datagram d;
    while (w->sides[CLIENT].opened == 0 && path_take(&w->path, w->now_ms, &d)) {
        dtls_pair_give(w, d.to, gc_span_of(d.bytes, d.len));
    }
    if (w->sides[CLIENT].dtls.state == GC_DTLS_CONNECTED) {
        dtls_pair_say(w, CLIENT, 10);
    }
    dtls_pair_run(w, 100);
    assert_int_equal(w->sides[SERVER].messages, 0);
    assert_int_equal(w->sides[SERVER].opened, 0);
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

/* --- what anybody can send -------------------------------------------------------------------- */

static uint32_t fatal_alert(uint8_t *out) {
    return from_hex("15fefd0000000000000007000202"
                    "28",
                    out);
}

/* Bytes that are no record, records of no message, of another role, of an epoch that has no key
 * yet, and alerts, alone and behind other records. */
static uint32_t garbage(dtls_pair *w, uint8_t *out) {
    uint32_t len = 1 + path_draw(&w->path, 200);
    for (uint32_t i = 0; i < len; i++) {
        out[i] = (uint8_t)path_draw(&w->path, 256);
    }
    uint32_t kind = path_draw(&w->path, 6);
    if (kind == 0) {
        return fatal_alert(out);
    }
    if (kind == 1) {
        uint32_t first = from_hex("17fefd00000000000000010001aa", out);
        return first + fatal_alert(out + first);
    }
    if (kind >= 3 && len > 13) {
        static const uint8_t types[] = {21, 22, 22, 23, 20};
        out[0] = types[path_draw(&w->path, kind == 5 ? 4 : 3)];
        out[1] = 254;
        out[2] = 253;
        out[3] = 0;
        out[4] = kind == 5; /* the epoch */
        put_u24(out + 10, (uint32_t)out[10] << 16 | (len - 13));
    }
    return len;
}

static void pester(dtls_pair *w, uint32_t times) {
    uint8_t bytes[512];
    for (uint32_t n = 0; n < times; n++) {
        dtls_pair_give(w, n % 2, gc_span_of(bytes, garbage(w, bytes)));
    }
}

static void nothing_unauthentic_ends_a_session(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make(7);
    w->path.delay_ms = 1;
    pester(w, 10);
    dtls_pair_begin(w, SERVER);
    dtls_pair_begin(w, CLIENT);
    pester(w, 10000);
    path_datagram d;
    while (w->path.count > 0) {
        dtls_pair_step_to(w, path_next_ms(&w->path));
        path_take(&w->path, w->now_ms, &d);
        pester(w, 40);
        dtls_pair_give(w, d.to, gc_span_of(d.bytes, d.len));
    }
    dtls_pair_run(w, 5000);
    dtls_pair_assert_connected(w);
    pester(w, 20000);
    dtls_pair_run(w, 5000);
    dtls_pair_assert_connected(w);
    dtls_pair_say(w, CLIENT, 10);
    dtls_pair_run(w, 5000);
    assert_int_equal(w->sides[SERVER].messages, 1);
    assert_int_equal(w->sides[SERVER].dtls.alert, 40);
    dtls_pair_free(w);
}

static void replayed_datagrams_change_nothing(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make(1);
    path_datagram all[32];
    uint32_t count = 0;
    dtls_pair_begin(w, SERVER);
    dtls_pair_begin(w, CLIENT);
    while (path_take(&w->path, w->now_ms, &all[count])) {
        dtls_pair_give(w, all[count].to, gc_span_of(all[count].bytes, all[count].len));
        count++;
        assert_true(count < 32);
    }
    dtls_pair_assert_connected(w);
    for (int n = 0; n < 1000; n++) {
        const path_datagram *d = &all[(uint32_t)n % count];
        dtls_pair_give(w, d->to, gc_span_of(d->bytes, d->len));
    }
    dtls_pair_run(w, 5000);
    dtls_pair_assert_connected(w);
    assert_true(w->sides[0].sent + w->sides[1].sent < 1100);
    dtls_pair_free(w);
}

/* The queue of errors belongs to the thread: what another user of OpenSSL left there says nothing
 * about a session. */
static void errors_of_others_end_no_session(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make(9);
    path_datagram d;
    dtls_pair_begin(w, SERVER);
    dtls_pair_begin(w, CLIENT);
    dtls_pair_run(w, 1000);
    dtls_pair_say(w, CLIENT, 10);
    assert_true(path_take(&w->path, w->now_ms, &d));
    ERR_raise(ERR_LIB_USER, ERR_R_PASSED_INVALID_ARGUMENT);
    dtls_pair_give(w, SERVER, gc_span_of(d.bytes, d.len));
    ERR_raise(ERR_LIB_USER, ERR_R_PASSED_INVALID_ARGUMENT);
    dtls_pair_give(w, SERVER, gc_span_of(d.bytes, d.len)); /* a replay: there is nothing to read */
    ERR_raise(ERR_LIB_USER, ERR_R_PASSED_INVALID_ARGUMENT);
    dtls_pair_say(w, SERVER, 10);
    dtls_pair_run(w, 1000);
    dtls_pair_assert_connected(w);
    assert_int_equal(w->sides[SERVER].messages, 1);
    assert_int_equal(w->sides[CLIENT].messages, 1);
    dtls_pair_free(w);
}

/* --- ends ------------------------------------------------------------------------------------- */

/* OpenSSL would give up after 12 resends: they reach to the deadline, whatever the round trip is.
 */
static void nobody_answers(void **state) {
    (void)state;
    static const uint32_t round_trips_ms[] = {0, 1, 30, 300, 60000};
    for (size_t n = 0; n < 5; n++) {
        dtls_pair *w = dtls_pair_make(1);
        w->path.loss_percent = 100;
        w->rtt_ms = round_trips_ms[n];
        dtls_pair_begin(w, CLIENT);
        dtls_pair_begin(w, SERVER);
        dtls_pair_run(w, GC_DTLS_HANDSHAKE_MS - 1);
        assert_int_equal(w->sides[CLIENT].ended, 0);
        assert_in_range(w->sides[CLIENT].sent, 6, 13);
        dtls_pair_run(w, 1);
        for (int i = 0; i < 2; i++) {
            assert_int_equal(w->sides[i].ended, 1);
            assert_int_equal(w->sides[i].reason, GC_REASON_TIMEOUT);
            assert_true(gc_dtls_deadline(&w->sides[i].dtls) == GC_NEVER);
        }
        dtls_pair_free(w);
    }
}

/* The timer of the client is due in the millisecond in which the answer comes. */
static void a_resend_beside_a_new_flight_costs_nothing(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make(1);
    w->path.delay_ms = GC_DTLS_TIMER_MS_UNKNOWN / 2;
    dtls_pair_begin(w, SERVER);
    dtls_pair_begin(w, CLIENT);
    dtls_pair_run(w, 2000);
    dtls_pair_assert_connected(w);
    assert_int_equal(w->sides[SERVER].opened_ms, 1000 + 3 * w->path.delay_ms);
    dtls_pair_free(w);
}

/* Takes the outputs of a side that are datagrams: how many, and how many of them were sent before.
 */
static void count_again(dtls_pair *w, uint32_t i, uint32_t *all, uint32_t *again) {
    gc_dtls_output out;
    *all = *again = 0;
    while (gc_dtls_poll(&w->sides[i].dtls, &out)) {
        *all += out.type == GC_DTLS_DATAGRAM;
        *again += out.again;
        if (out.type == GC_DTLS_DATAGRAM) {
            path_send(&w->path, w->now_ms, !i, out.bytes);
        }
    }
}

static void a_flight_that_is_sent_again_says_so(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make(1);
    gc_dtls *client = &w->sides[CLIENT].dtls;
    uint32_t all, again;
    gc_dtls_begin(client, w->now_ms, true, 0);
    count_again(w, CLIENT, &all, &again);
    assert_int_equal(all, 1);
    assert_int_equal(again, 0);
    path_datagram lost;
    assert_true(path_take(&w->path, w->now_ms, &lost));
    dtls_pair_step_to(w, gc_dtls_deadline(client));
    gc_dtls_tick(client, w->now_ms);
    count_again(w, CLIENT, &all, &again);
    assert_int_equal(all, 1);
    assert_int_equal(again, 1);
    dtls_pair_begin(w, SERVER);
    dtls_pair_run(w, 100);
    dtls_pair_assert_connected(w);
    dtls_pair_say(w, CLIENT, 100);
    gc_dtls_tick(client, w->now_ms);
    count_again(w, CLIENT, &all, &again);
    assert_int_equal(again, 0);
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

static void longer_datagrams_are_ignored(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make(1);
    dtls_pair_begin(w, SERVER);
    uint8_t bytes[GC_DTLS_DATAGRAM_BYTES_MAX + 1] = {22, 254, 253};
    uint32_t body = sizeof bytes - GC_DTLS_RECORD_HEAD_BYTES;
    bytes[11] = (uint8_t)(body >> 8);
    bytes[12] = (uint8_t)body;
    bytes[4] = 1; /* the epoch: encrypted */
    dtls_pair_give(w, SERVER, gc_span_of(bytes, sizeof bytes));
    dtls_pair_begin(w, CLIENT);
    dtls_pair_run(w, 100);
    dtls_pair_give(w, SERVER, gc_span_of(bytes, sizeof bytes));
    dtls_pair_assert_connected(w);
    dtls_pair_free(w);
}

/* A flight that is sent again is one datagram, as it was at first. */
static void flights_stay_together(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make(1);
    path_datagram d;
    dtls_pair_begin(w, SERVER);
    dtls_pair_begin(w, CLIENT);
    for (uint32_t flight = 0; flight < 3; flight++) {
        assert_true(path_take(&w->path, w->now_ms, &d));
        assert_int_equal(w->path.count, 0);
        uint32_t i = !d.to, sent = w->sides[i].sent;
        dtls_pair_step_to(w, gc_dtls_deadline(&w->sides[i].dtls));
        gc_dtls_tick(&w->sides[i].dtls, w->now_ms);
        dtls_pair_drain(w, i);
        assert_int_equal(w->sides[i].sent, sent + 1);
        path_datagram again;
        assert_true(path_take(&w->path, w->now_ms, &again));
        assert_int_equal(again.len, d.len);
        dtls_pair_give(w, again.to, gc_span_of(again.bytes, again.len));
    }
    dtls_pair_run(w, 0);
    dtls_pair_assert_connected(w);
    dtls_pair_free(w);
}

/* The wall clock is set back and forth in the midst of a handshake. */
static void a_clock_that_jumps(void **state) {
    (void)state;
    static const int64_t jumps_ms[] = {-3600000, 3600000, -60000};
    for (int i = 0; i < 3; i++) {
        dtls_pair *w = dtls_pair_make(1);
        w->path.loss_percent = 100;
        dtls_pair_begin(w, SERVER);
        dtls_pair_begin(w, CLIENT);
        dtls_pair_set_wall((uint64_t)((int64_t)(1000 * 3600 * 24) + jumps_ms[i]));
        dtls_pair_run(w, 1000);
        w->path.loss_percent = 0;
        dtls_pair_run(w, GC_DTLS_HANDSHAKE_MS);
        assert_true(w->sides[CLIENT].opened == 1 || w->sides[CLIENT].ended == 1);
        assert_in_range(w->sides[CLIENT].sent, 1, 1000);
        dtls_pair_free(w);
    }
}

static void close_notify_ends_the_other_side(void **state) {
    (void)state;
    for (uint32_t closer = 0; closer < 2; closer++) {
        dtls_pair *w = dtls_pair_make(1);
        dtls_pair_begin(w, SERVER);
        dtls_pair_begin(w, CLIENT);
        dtls_pair_run(w, 100);
        dtls_pair_say(w, closer, 10);
        gc_dtls_close(&w->sides[closer].dtls);
        dtls_pair_drain(w, closer);
        dtls_pair_run(w, 100);
        assert_int_equal(w->sides[closer].ended, 0);
        assert_int_equal(w->sides[!closer].messages, 1);
        assert_int_equal(w->sides[!closer].ended, 1);
        assert_int_equal(w->sides[!closer].reason, GC_REASON_GONE);
        dtls_pair_give(w, closer, GC_SPAN("anything"));
        assert_int_equal(gc_dtls_send(&w->sides[closer].dtls, GC_SPAN("x")), GC_E_STATE);
        dtls_pair_free(w);
    }
}

/* Sessions of one context share its memory; one that is not drained loses a datagram, not more. */
static void sessions_of_one_context(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make(1);
    dtls_pair_begin(w, SERVER);
    dtls_pair_begin(w, CLIENT);
    dtls_pair_run(w, 100);
    dtls_pair_say(w, CLIENT, 10);
    path_datagram d;
    assert_true(path_take(&w->path, w->now_ms, &d));
    gc_dtls *other = malloc(sizeof *other);
    assert_non_null(other);
    gc_dtls_init(other, &w->sides[SERVER].context);
    gc_dtls_expect(other, w->sides[CLIENT].certificate.fingerprint, false);
    gc_dtls_begin(other, w->now_ms, true, 0);
    gc_dtls_datagram(&w->sides[SERVER].dtls, w->now_ms, gc_span_of(d.bytes, d.len));
    gc_dtls_datagram(other, w->now_ms, gc_span_of(d.bytes, d.len));
    gc_dtls_end(other);
    free(other);
    dtls_pair_drain(w, SERVER);
    assert_int_equal(w->sides[SERVER].messages, 0);
    dtls_pair_say(w, CLIENT, 10);
    dtls_pair_run(w, 100);
    assert_int_equal(w->sides[SERVER].messages, 1);
    dtls_pair_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handshake_and_data_both_ways),
        cmocka_unit_test(the_longest_data_are_one_datagram),
        cmocka_unit_test(full_queue_refuses_and_loses_nothing),
        cmocka_unit_test(bad_paths_connect),
        cmocka_unit_test(a_client_hello_in_two_datagrams),
        cmocka_unit_test(early_datagrams_are_held),
        cmocka_unit_test(held_datagrams_are_bounded),
        cmocka_unit_test(a_wrong_certificate_in_each_role),
        cmocka_unit_test(data_before_the_check_is_not_taken),
        cmocka_unit_test(data_that_overtakes_the_handshake_is_held),
        cmocka_unit_test(nothing_unauthentic_ends_a_session),
        cmocka_unit_test(replayed_datagrams_change_nothing),
        cmocka_unit_test(errors_of_others_end_no_session),
        cmocka_unit_test(nobody_answers),
        cmocka_unit_test(flights_stay_together),
        cmocka_unit_test(a_resend_beside_a_new_flight_costs_nothing),
        cmocka_unit_test(a_flight_that_is_sent_again_says_so),
        cmocka_unit_test(a_prepared_client_waits_for_its_way),
        cmocka_unit_test(a_prepared_client_whose_hello_came),
        cmocka_unit_test(a_prepared_client_that_is_not_needed),
        cmocka_unit_test(longer_datagrams_are_ignored),
        cmocka_unit_test(a_clock_that_jumps),
        cmocka_unit_test(close_notify_ends_the_other_side),
        cmocka_unit_test(sessions_of_one_context),
    };
    return RUN(tests);
}
