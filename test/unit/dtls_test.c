#include "rtc/dtls.h"
#include "core/base/error.h"
#include "rtc/dtls_record.h"
#include "test/unit/datagram_path.h"
#include "test/unit/unit.h"
#include "test/unit/wall_clock.h"

#include <openssl/err.h>

typedef struct side {
    gc_certificate certificate;
    gc_dtls_context context;
    gc_dtls dtls;
    uint32_t opened, ended, reason;
    uint32_t messages; /* that came */
    uint64_t opened_ms;
    uint32_t largest; /* datagram that it sent */
    uint32_t sent;
} side;

typedef struct world {
    path path;
    uint64_t now_ms;
    uint32_t rtt_ms; /* of gc_dtls_begin() */
    bool idle[2];    /* this side's deadline is not looked at */
    side sides[2];
} world;

enum { CLIENT, SERVER };

static world *make_world(uint64_t seed) {
    world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    path_init(&w->path, seed);
    w->now_ms = 1000;
    wall_ms = 0;
    for (int i = 0; i < 2; i++) {
        side *s = &w->sides[i];
        uint8_t bytes[32] = {(uint8_t)i};
        gc_drbg drbg;
        gc_drbg_init(&drbg, bytes);
        assert_int_equal(gc_certificate_make(&s->certificate, &drbg, 1800000000), 0);
        assert_int_equal(gc_dtls_context_init(&s->context, &s->certificate), 0);
        gc_dtls_init(&s->dtls, &s->context);
    }
    for (int i = 0; i < 2; i++) {
        gc_dtls_expect(&w->sides[i].dtls, w->sides[!i].certificate.fingerprint);
    }
    return w;
}

static void free_world(world *w) {
    for (int i = 0; i < 2; i++) {
        gc_dtls_end(&w->sides[i].dtls);
        gc_dtls_end(&w->sides[i].dtls);
        gc_dtls_context_end(&w->sides[i].context);
        gc_certificate_end(&w->sides[i].certificate);
    }
    path_end(&w->path);
    free(w);
}

static void drain(world *w, uint32_t i) {
    side *s = &w->sides[i];
    gc_dtls_output out;
    while (gc_dtls_poll(&s->dtls, &out)) {
        switch (out.type) {
        case GC_DTLS_DATAGRAM:
            s->largest = out.bytes.len > s->largest ? out.bytes.len : s->largest;
            s->sent++;
            path_send(&w->path, w->now_ms, !i, out.bytes);
            break;
        case GC_DTLS_OPENED:
            s->opened++;
            s->opened_ms = w->now_ms;
            break;
        case GC_DTLS_DATA:
            assert_int_equal(s->opened, 1);
            s->messages++;
            break;
        default:
            s->ended++;
            s->reason = out.reason;
        }
    }
    assert_true(gc_dtls_deadline(&s->dtls) > w->now_ms);
}

static void begin(world *w, uint32_t i) {
    gc_dtls_begin(&w->sides[i].dtls, w->now_ms, i == CLIENT, w->rtt_ms);
    drain(w, i);
}

static void give(world *w, uint32_t i, gc_span bytes) {
    uint8_t *copy = exact_copy(bytes.data, bytes.len);
    gc_dtls_datagram(&w->sides[i].dtls, w->now_ms, gc_span_of(copy, bytes.len));
    free(copy);
    drain(w, i);
}

static void step_to(world *w, uint64_t now_ms) {
    wall_ms += now_ms - w->now_ms;
    w->now_ms = now_ms;
}

/* Runs until the time is over, or nothing is to be done any more. */
static void run(world *w, uint64_t for_ms) {
    uint64_t end_ms = w->now_ms + for_ms;
    for (;;) {
        uint64_t next = path_next_ms(&w->path);
        for (int i = 0; i < 2; i++) {
            uint64_t at = w->idle[i] ? GC_NEVER : gc_dtls_deadline(&w->sides[i].dtls);
            next = at < next ? at : next;
        }
        if (next > end_ms) {
            step_to(w, end_ms);
            return;
        }
        step_to(w, next > w->now_ms ? next : w->now_ms);
        path_datagram d;
        while (path_take(&w->path, w->now_ms, &d)) {
            give(w, d.to, gc_span_of(d.bytes, d.len));
        }
        for (uint32_t i = 0; i < 2; i++) {
            if (!w->idle[i]) {
                gc_dtls_tick(&w->sides[i].dtls, w->now_ms);
                drain(w, i);
            }
        }
    }
}

static void say(world *w, uint32_t i, uint32_t len) {
    uint8_t bytes[GC_DTLS_DATAGRAM_BYTES_MAX];
    memset(bytes, 'x', sizeof bytes);
    assert_int_equal(gc_dtls_send(&w->sides[i].dtls, gc_span_of(bytes, len)), 0);
    drain(w, i);
}

static void assert_connected(const world *w) {
    for (int i = 0; i < 2; i++) {
        assert_int_equal(w->sides[i].opened, 1);
        assert_int_equal(w->sides[i].ended, 0);
    }
}

static void handshake_and_data_both_ways(void **state) {
    (void)state;
    world *w = make_world(1);
    w->path.delay_ms = 50;
    begin(w, SERVER);
    begin(w, CLIENT);
    assert_int_equal(gc_dtls_send(&w->sides[CLIENT].dtls, GC_SPAN("too early")), GC_E_STATE);
    run(w, 1000);
    assert_connected(w);
    /* Two round trips, and a half for the last flight of the server. */
    assert_int_equal(w->sides[SERVER].opened_ms, 1000 + 150);
    assert_int_equal(w->sides[CLIENT].opened_ms, 1000 + 200);
    assert_true(w->sides[SERVER].largest <= GC_DTLS_MTU_BYTES);
    for (uint32_t len = 1; len <= GC_DTLS_MTU_BYTES - GC_DTLS_OVERHEAD_BYTES; len += 83) {
        say(w, CLIENT, len);
        say(w, SERVER, len);
    }
    w->sides[CLIENT].largest = 0;
    say(w, CLIENT, GC_DTLS_MTU_BYTES - GC_DTLS_OVERHEAD_BYTES);
    assert_int_equal(w->sides[CLIENT].largest, GC_DTLS_MTU_BYTES);
    run(w, 1000);
    assert_int_equal(w->sides[CLIENT].messages, 15);
    assert_int_equal(w->sides[SERVER].messages, 16);
    assert_true(gc_dtls_deadline(&w->sides[CLIENT].dtls) == GC_NEVER);
    free_world(w);
}

/* OpenSSL does not compare it with the link's MTU, which is that of the handshake. */
static void the_longest_data_are_one_datagram(void **state) {
    (void)state;
    world *w = make_world(1);
    begin(w, SERVER);
    begin(w, CLIENT);
    run(w, 1000);
    say(w, CLIENT, GC_DTLS_DATAGRAM_BYTES_MAX - GC_DTLS_OVERHEAD_BYTES);
    assert_int_equal(w->sides[CLIENT].largest, GC_DTLS_DATAGRAM_BYTES_MAX);
    run(w, 100);
    assert_int_equal(w->sides[SERVER].messages, 1);
    free_world(w);
}

static void full_queue_refuses_and_loses_nothing(void **state) {
    (void)state;
    world *w = make_world(1);
    begin(w, SERVER);
    begin(w, CLIENT);
    run(w, 1000);
    uint8_t bytes[1000] = {0};
    uint32_t taken = 0;
    int error;
    while ((error = gc_dtls_send(&w->sides[0].dtls, gc_span_of(bytes, sizeof bytes))) == 0) {
        taken++;
    }
    assert_int_equal(error, GC_E_FULL);
    uint32_t each = sizeof bytes + GC_DTLS_OVERHEAD_BYTES + GC_DATAGRAM_QUEUE_HEAD_BYTES;
    assert_int_equal(taken, GC_DTLS_OUT_BYTES / each);
    drain(w, CLIENT);
    run(w, 1000);
    assert_int_equal(w->sides[SERVER].messages, taken);
    free_world(w);
}

static void bad_paths_connect(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        world *w = make_world(seed);
        w->path.delay_ms = 20;
        w->path.jitter_ms = 30;
        w->path.loss_percent = 20;
        w->path.duplicate_percent = 10;
        begin(w, SERVER);
        begin(w, CLIENT);
        run(w, GC_DTLS_HANDSHAKE_MS + 1000);
        assert_connected(w);
        w->path.loss_percent = 0;
        w->path.duplicate_percent = 0;
        say(w, CLIENT, 100);
        say(w, SERVER, 100);
        run(w, 1000);
        assert_int_equal(w->sides[CLIENT].messages, 1);
        assert_int_equal(w->sides[SERVER].messages, 1);
        free_world(w);
    }
}

/* The first datagram of the client; the path is empty then. */
static path_datagram client_hello(world *w) {
    path_datagram d;
    begin(w, CLIENT);
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
        world *w = make_world(1);
        begin(w, SERVER);
        path_datagram hello = client_hello(w);
        uint32_t all = hello.len - 25;
        path_datagram halves[2] = {fragment(&hello, 0, 60), fragment(&hello, 60, all)};
        for (int i = 0; i < 2; i++) {
            const path_datagram *d = &halves[i ^ swapped];
            give(w, SERVER, gc_span_of(d->bytes, d->len));
        }
        uint64_t began = w->now_ms;
        run(w, 5000);
        assert_connected(w);
        assert_int_equal(w->sides[CLIENT].opened_ms, began); /* nothing was sent again */
        free_world(w);
    }
}

static void early_datagrams_are_held(void **state) {
    (void)state;
    world *w = make_world(1);
    path_datagram hello = client_hello(w);
    path_datagram halves[2] = {fragment(&hello, 0, 60), fragment(&hello, 60, hello.len - 25)};
    give(w, SERVER, gc_span_of(halves[1].bytes, halves[1].len));
    give(w, SERVER, gc_span_of(halves[0].bytes, halves[0].len));
    assert_int_equal(w->sides[SERVER].sent, 0);
    step_to(w, w->now_ms + 30);
    begin(w, SERVER);
    run(w, 15);
    assert_connected(w); /* before any timer: the first one is at 50 ms */
    free_world(w);
}

static void held_datagrams_are_bounded(void **state) {
    (void)state;
    world *w = make_world(1);
    path_datagram hello = client_hello(w);
    give(w, SERVER, gc_span_of(hello.bytes, hello.len));
    uint8_t bytes[GC_DTLS_HELD_DATAGRAM_BYTES_MAX + 1] = {22, 254, 253};
    for (int i = 0; i < 10000; i++) {
        give(w, SERVER, gc_span_of(bytes, sizeof bytes - 1));
        give(w, SERVER, gc_span_of(bytes, sizeof bytes));
        give(w, SERVER, GC_SPAN_NONE);
    }
    assert_int_equal(w->sides[SERVER].dtls.held.count, 16);
    begin(w, SERVER);
    run(w, 40);
    assert_connected(w);
    free_world(w);
}

static void a_wrong_certificate_in_each_role(void **state) {
    (void)state;
    for (uint32_t checker = 0; checker < 2; checker++) {
        world *w = make_world(1);
        uint8_t wrong[GC_FINGERPRINT_BYTES];
        memcpy(wrong, w->sides[!checker].certificate.fingerprint, sizeof wrong);
        wrong[31] ^= 1;
        gc_dtls_expect(&w->sides[checker].dtls, wrong);
        begin(w, SERVER);
        begin(w, CLIENT);
        run(w, 100);
        assert_int_equal(w->sides[checker].opened, 0);
        assert_int_equal(w->sides[checker].ended, 1);
        assert_int_equal(w->sides[checker].reason, GC_REASON_PROTOCOL);
        assert_int_equal(w->sides[checker].messages, 0);
        assert_int_equal(gc_dtls_send(&w->sides[checker].dtls, GC_SPAN("x")), GC_E_STATE);
        assert_int_equal(w->sides[!checker].ended, 1); /* it is told */
        free_world(w);
    }
}

/* A client whose certificate is wrong may think that it is connected, and send. */
static void data_before_the_check_is_not_taken(void **state) {
    (void)state;
    world *w = make_world(1);
    uint8_t wrong[GC_FINGERPRINT_BYTES] = {0};
    gc_dtls_expect(&w->sides[SERVER].dtls, wrong);
    begin(w, SERVER);
    begin(w, CLIENT);
    path_datagram d;
    while (w->sides[CLIENT].opened == 0 && path_take(&w->path, w->now_ms, &d)) {
        give(w, d.to, gc_span_of(d.bytes, d.len));
    }
    if (w->sides[CLIENT].dtls.state == GC_DTLS_CONNECTED) {
        say(w, CLIENT, 10);
    }
    run(w, 100);
    assert_int_equal(w->sides[SERVER].messages, 0);
    assert_int_equal(w->sides[SERVER].opened, 0);
    free_world(w);
}

/* The server's first data overtakes its last flight. */
static void data_that_overtakes_the_handshake_is_held(void **state) {
    (void)state;
    world *w = make_world(1);
    begin(w, SERVER);
    begin(w, CLIENT);
    path_datagram d, last = {0};
    while (path_take(&w->path, w->now_ms, &d)) {
        if (d.to == CLIENT && w->sides[SERVER].opened == 1) {
            last = d;
        } else {
            give(w, d.to, gc_span_of(d.bytes, d.len));
        }
    }
    assert_true(last.len > 0);
    say(w, SERVER, 10);
    say(w, SERVER, 20);
    while (path_take(&w->path, w->now_ms, &d)) {
        give(w, d.to, gc_span_of(d.bytes, d.len));
    }
    assert_int_equal(w->sides[CLIENT].opened, 0);
    give(w, CLIENT, gc_span_of(last.bytes, last.len));
    assert_int_equal(w->sides[CLIENT].opened, 1);
    assert_int_equal(w->sides[CLIENT].messages, 2);
    free_world(w);
}

/* --- what anybody can send
 * ------------------------------------------------------------------------- */

static uint32_t fatal_alert(uint8_t *out) {
    return from_hex("15fefd0000000000000007000202"
                    "28",
                    out);
}

/* Bytes that are no record, records of no message, of another role, of an epoch that has no key
 * yet, and alerts, alone and behind other records. */
static uint32_t garbage(world *w, uint8_t *out) {
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

static void pester(world *w, uint32_t times) {
    uint8_t bytes[512];
    for (uint32_t n = 0; n < times; n++) {
        give(w, n % 2, gc_span_of(bytes, garbage(w, bytes)));
    }
}

static void nothing_unauthentic_ends_a_session(void **state) {
    (void)state;
    world *w = make_world(7);
    w->path.delay_ms = 1;
    pester(w, 10);
    begin(w, SERVER);
    begin(w, CLIENT);
    pester(w, 10000);
    path_datagram d;
    while (w->path.count > 0) {
        step_to(w, path_next_ms(&w->path));
        path_take(&w->path, w->now_ms, &d);
        pester(w, 40);
        give(w, d.to, gc_span_of(d.bytes, d.len));
    }
    run(w, 5000);
    assert_connected(w);
    pester(w, 20000);
    run(w, 5000);
    assert_connected(w);
    say(w, CLIENT, 10);
    run(w, 5000);
    assert_int_equal(w->sides[SERVER].messages, 1);
    assert_int_equal(w->sides[SERVER].dtls.alert, 40);
    free_world(w);
}

static void replayed_datagrams_change_nothing(void **state) {
    (void)state;
    world *w = make_world(1);
    path_datagram all[32];
    uint32_t count = 0;
    begin(w, SERVER);
    begin(w, CLIENT);
    while (path_take(&w->path, w->now_ms, &all[count])) {
        give(w, all[count].to, gc_span_of(all[count].bytes, all[count].len));
        count++;
        assert_true(count < 32);
    }
    assert_connected(w);
    for (int n = 0; n < 1000; n++) {
        const path_datagram *d = &all[(uint32_t)n % count];
        give(w, d->to, gc_span_of(d->bytes, d->len));
    }
    run(w, 5000);
    assert_connected(w);
    assert_true(w->sides[0].sent + w->sides[1].sent < 1100);
    free_world(w);
}

/* The queue of errors belongs to the thread: what another user of OpenSSL left there says nothing
 * about a session. */
static void errors_of_others_end_no_session(void **state) {
    (void)state;
    world *w = make_world(9);
    path_datagram d;
    begin(w, SERVER);
    begin(w, CLIENT);
    run(w, 1000);
    say(w, CLIENT, 10);
    assert_true(path_take(&w->path, w->now_ms, &d));
    ERR_raise(ERR_LIB_USER, ERR_R_PASSED_INVALID_ARGUMENT);
    give(w, SERVER, gc_span_of(d.bytes, d.len));
    ERR_raise(ERR_LIB_USER, ERR_R_PASSED_INVALID_ARGUMENT);
    give(w, SERVER, gc_span_of(d.bytes, d.len)); /* a replay: there is nothing to read */
    ERR_raise(ERR_LIB_USER, ERR_R_PASSED_INVALID_ARGUMENT);
    say(w, SERVER, 10);
    run(w, 1000);
    assert_connected(w);
    assert_int_equal(w->sides[SERVER].messages, 1);
    assert_int_equal(w->sides[CLIENT].messages, 1);
    free_world(w);
}

/* --- ends
 * ------------------------------------------------------------------------------------------ */

/* OpenSSL would give up after 12 resends: they reach to the deadline, whatever the round trip is.
 */
static void nobody_answers(void **state) {
    (void)state;
    static const uint32_t round_trips_ms[] = {0, 1, 30, 300, 60000};
    for (size_t n = 0; n < 5; n++) {
        world *w = make_world(1);
        w->path.loss_percent = 100;
        w->rtt_ms = round_trips_ms[n];
        begin(w, CLIENT);
        begin(w, SERVER);
        run(w, GC_DTLS_HANDSHAKE_MS - 1);
        assert_int_equal(w->sides[CLIENT].ended, 0);
        assert_in_range(w->sides[CLIENT].sent, 6, 13);
        run(w, 1);
        for (int i = 0; i < 2; i++) {
            assert_int_equal(w->sides[i].ended, 1);
            assert_int_equal(w->sides[i].reason, GC_REASON_TIMEOUT);
            assert_true(gc_dtls_deadline(&w->sides[i].dtls) == GC_NEVER);
        }
        free_world(w);
    }
}

/* The timer of the client is due in the millisecond in which the answer comes. */
static void a_resend_beside_a_new_flight_costs_nothing(void **state) {
    (void)state;
    world *w = make_world(1);
    w->path.delay_ms = GC_DTLS_TIMER_MS_UNKNOWN / 2;
    begin(w, SERVER);
    begin(w, CLIENT);
    run(w, 2000);
    assert_connected(w);
    assert_int_equal(w->sides[SERVER].opened_ms, 1000 + 3 * w->path.delay_ms);
    free_world(w);
}

/* Takes the outputs of a side that are datagrams: how many, and how many of them were sent before.
 */
static void count_again(world *w, uint32_t i, uint32_t *all, uint32_t *again) {
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
    world *w = make_world(1);
    gc_dtls *client = &w->sides[CLIENT].dtls;
    uint32_t all, again;
    gc_dtls_begin(client, w->now_ms, true, 0);
    count_again(w, CLIENT, &all, &again);
    assert_int_equal(all, 1);
    assert_int_equal(again, 0);
    path_datagram lost;
    assert_true(path_take(&w->path, w->now_ms, &lost));
    step_to(w, gc_dtls_deadline(client));
    gc_dtls_tick(client, w->now_ms);
    count_again(w, CLIENT, &all, &again);
    assert_int_equal(all, 1);
    assert_int_equal(again, 1);
    begin(w, SERVER);
    run(w, 100);
    assert_connected(w);
    say(w, CLIENT, 100);
    gc_dtls_tick(client, w->now_ms);
    count_again(w, CLIENT, &all, &again);
    assert_int_equal(again, 0);
    free_world(w);
}

/* A ClientHello that is prepared goes out once, however long there is no way for it, and the time
 * of the handshake counts from its beginning. */
static void a_prepared_client_waits_for_its_way(void **state) {
    (void)state;
    world *w = make_world(1);
    side *client = &w->sides[CLIENT];
    gc_dtls_prepare(&client->dtls, w->now_ms);
    assert_true(gc_dtls_deadline(&client->dtls) == GC_NEVER);
    drain(w, CLIENT);
    assert_int_equal(client->sent, 1);
    path_datagram hello;
    assert_true(path_take(&w->path, w->now_ms, &hello)); /* and gets lost */
    run(w, 60000);
    assert_int_equal(client->sent, 1);
    begin(w, SERVER);
    begin(w, CLIENT);
    assert_int_equal(client->dtls.handshake_until_ms, w->now_ms + GC_DTLS_HANDSHAKE_MS);
    run(w, 100); /* it is sent again at once, for its time is long over */
    assert_connected(w);
    say(w, CLIENT, 100);
    run(w, 100);
    assert_int_equal(w->sides[SERVER].messages, 1);
    free_world(w);
}

/* The first flight came by another way: the handshake goes on where it stands. */
static void a_prepared_client_whose_hello_came(void **state) {
    (void)state;
    for (uint32_t copies = 1; copies < 4; copies++) {
        world *w = make_world(1);
        gc_dtls_output out;
        gc_dtls_prepare(&w->sides[CLIENT].dtls, w->now_ms);
        assert_true(gc_dtls_poll(&w->sides[CLIENT].dtls, &out));
        assert_int_equal(out.type, GC_DTLS_DATAGRAM);
        begin(w, SERVER);
        uint8_t *copy = exact_copy(out.bytes.data, out.bytes.len);
        for (uint32_t i = 0; i < copies; i++) {
            give(w, SERVER, gc_span_of(copy, out.bytes.len));
        }
        free(copy);
        begin(w, CLIENT);
        run(w, 49); /* no timer is needed */
        assert_connected(w);
        assert_int_equal(w->sides[CLIENT].sent, 1);
        free_world(w);
    }
}

static void a_prepared_client_that_is_not_needed(void **state) {
    (void)state;
    world *w = make_world(1);
    gc_dtls_prepare(&w->sides[CLIENT].dtls, w->now_ms);
    gc_dtls_close(&w->sides[CLIENT].dtls);
    gc_dtls_begin(&w->sides[CLIENT].dtls, w->now_ms, true, 0);
    assert_true(gc_dtls_deadline(&w->sides[CLIENT].dtls) == GC_NEVER);
    assert_int_equal(w->sides[CLIENT].dtls.state, GC_DTLS_CLOSED);
    free_world(w);
}

static void longer_datagrams_are_ignored(void **state) {
    (void)state;
    world *w = make_world(1);
    begin(w, SERVER);
    uint8_t bytes[GC_DTLS_DATAGRAM_BYTES_MAX + 1] = {22, 254, 253};
    uint32_t body = sizeof bytes - GC_DTLS_RECORD_HEAD_BYTES;
    bytes[11] = (uint8_t)(body >> 8);
    bytes[12] = (uint8_t)body;
    bytes[4] = 1; /* the epoch: encrypted */
    give(w, SERVER, gc_span_of(bytes, sizeof bytes));
    begin(w, CLIENT);
    run(w, 100);
    give(w, SERVER, gc_span_of(bytes, sizeof bytes));
    assert_connected(w);
    free_world(w);
}

/* A flight that is sent again is one datagram, as it was at first. */
static void flights_stay_together(void **state) {
    (void)state;
    world *w = make_world(1);
    path_datagram d;
    begin(w, SERVER);
    begin(w, CLIENT);
    for (uint32_t flight = 0; flight < 3; flight++) {
        assert_true(path_take(&w->path, w->now_ms, &d));
        assert_int_equal(w->path.count, 0);
        uint32_t i = !d.to, sent = w->sides[i].sent;
        step_to(w, gc_dtls_deadline(&w->sides[i].dtls));
        gc_dtls_tick(&w->sides[i].dtls, w->now_ms);
        drain(w, i);
        assert_int_equal(w->sides[i].sent, sent + 1);
        path_datagram again;
        assert_true(path_take(&w->path, w->now_ms, &again));
        assert_int_equal(again.len, d.len);
        give(w, again.to, gc_span_of(again.bytes, again.len));
    }
    run(w, 0);
    assert_connected(w);
    free_world(w);
}

/* The wall clock is set back and forth in the midst of a handshake. */
static void a_clock_that_jumps(void **state) {
    (void)state;
    static const int64_t jumps_ms[] = {-3600000, 3600000, -60000};
    for (int i = 0; i < 3; i++) {
        world *w = make_world(1);
        w->path.loss_percent = 100;
        begin(w, SERVER);
        begin(w, CLIENT);
        wall_ms = (uint64_t)((int64_t)(1000 * 3600 * 24) + jumps_ms[i]);
        run(w, 1000);
        w->path.loss_percent = 0;
        run(w, GC_DTLS_HANDSHAKE_MS);
        assert_true(w->sides[CLIENT].opened == 1 || w->sides[CLIENT].ended == 1);
        assert_in_range(w->sides[CLIENT].sent, 1, 1000);
        free_world(w);
    }
}

static void close_notify_ends_the_other_side(void **state) {
    (void)state;
    for (uint32_t closer = 0; closer < 2; closer++) {
        world *w = make_world(1);
        begin(w, SERVER);
        begin(w, CLIENT);
        run(w, 100);
        say(w, closer, 10);
        gc_dtls_close(&w->sides[closer].dtls);
        drain(w, closer);
        run(w, 100);
        assert_int_equal(w->sides[closer].ended, 0);
        assert_int_equal(w->sides[!closer].messages, 1);
        assert_int_equal(w->sides[!closer].ended, 1);
        assert_int_equal(w->sides[!closer].reason, GC_REASON_GONE);
        give(w, closer, GC_SPAN("anything"));
        assert_int_equal(gc_dtls_send(&w->sides[closer].dtls, GC_SPAN("x")), GC_E_STATE);
        free_world(w);
    }
}

/* Sessions of one context share its memory; one that is not drained loses a datagram, not more. */
static void sessions_of_one_context(void **state) {
    (void)state;
    world *w = make_world(1);
    begin(w, SERVER);
    begin(w, CLIENT);
    run(w, 100);
    say(w, CLIENT, 10);
    path_datagram d;
    assert_true(path_take(&w->path, w->now_ms, &d));
    gc_dtls *other = malloc(sizeof *other);
    assert_non_null(other);
    gc_dtls_init(other, &w->sides[SERVER].context);
    gc_dtls_expect(other, w->sides[CLIENT].certificate.fingerprint);
    gc_dtls_begin(other, w->now_ms, false, 0);
    gc_dtls_datagram(&w->sides[SERVER].dtls, w->now_ms, gc_span_of(d.bytes, d.len));
    gc_dtls_datagram(other, w->now_ms, gc_span_of(d.bytes, d.len));
    gc_dtls_end(other);
    free(other);
    drain(w, SERVER);
    assert_int_equal(w->sides[SERVER].messages, 0);
    say(w, CLIENT, 10);
    run(w, 100);
    assert_int_equal(w->sides[SERVER].messages, 1);
    free_world(w);
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
