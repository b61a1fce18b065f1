/* When a flight goes out again. */
#include "test/unit/dtls_pair.h"
#include "test/unit/unit.h"

/* Nobody answers: the moments of the first two resends after the flight went out, in ms. */
typedef struct resends {
    uint64_t first_ms, second_ms;
} resends;

static resends look(dtls_pair *w, uint64_t sent_ms) {
    resends r;
    dtls_side *client = &w->sides[CLIENT];
    uint32_t sent = client->sent;
    w->path.loss_percent = 100;
    while (client->sent == sent) {
        dtls_pair_run(w, 1);
    }
    r.first_ms = w->now_ms - sent_ms;
    while (client->sent == sent + 1) {
        dtls_pair_run(w, 1);
    }
    r.second_ms = w->now_ms - sent_ms;
    return r;
}

/* Twice the round trip, and half as much time again after that. */
static void the_first_timer_follows_the_round_trip(void **state) {
    (void)state;
    static const struct {
        uint32_t rtt_ms;
        resends expected;
    } rows[] = {
        {0, {200, 500}},
        {1, {50, 125}},
        {24, {50, 125}},
        {26, {52, 130}},
        {100, {200, 500}},
        {700, {1400, 3000}},
        {UINT32_MAX, {1600, 3200}},
    };
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        dtls_pair *w = dtls_pair_make(1);
        w->rtt_ms = rows[n].rtt_ms;
        dtls_pair_begin(w, CLIENT);
        resends r = look(w, 1000);
        assert_int_equal(r.first_ms, rows[n].expected.first_ms);
        assert_int_equal(r.second_ms, rows[n].expected.second_ms);
        dtls_pair_free(w);
    }
}

/* The timer that runs stays as it is: the next one of the same flight is the right one. */
static void a_round_trip_that_becomes_known_later(void **state) {
    (void)state;
    static const struct {
        uint32_t rtt_ms;
        resends expected;
    } rows[] = {{1, {200, 500}}, {0, {200, 500}}, {300, {200, 800}}};
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        dtls_pair *w = dtls_pair_make(1);
        dtls_pair_begin(w, CLIENT);
        dtls_pair_step_to(w, w->now_ms + 3);
        gc_dtls_round_trip(&w->sides[CLIENT].dtls, rows[n].rtt_ms);
        resends r = look(w, 1000);
        assert_int_equal(r.first_ms, rows[n].expected.first_ms);
        assert_int_equal(r.second_ms, rows[n].expected.second_ms);
        dtls_pair_free(w);
    }
}

/* The ClientHello went along with a check: its timer counts from then on. */
static void the_timer_of_a_prepared_client(void **state) {
    (void)state;
    static const struct {
        uint32_t before_ms, rtt_ms;
        resends expected;
    } rows[] = {
        {10, 1, {200, 500}}, {10, 0, {200, 500}}, {90, 300, {200, 800}}, {290, 1, {291, 591}}};
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        dtls_pair *w = dtls_pair_make(1);
        gc_dtls_prepare(&w->sides[CLIENT].dtls, w->now_ms);
        dtls_pair_drain(w, CLIENT);
        dtls_pair_step_to(w, w->now_ms + rows[n].before_ms);
        w->rtt_ms = rows[n].rtt_ms;
        dtls_pair_begin(w, CLIENT);
        resends r = look(w, 1000);
        assert_int_equal(r.first_ms, rows[n].expected.first_ms);
        assert_int_equal(r.second_ms, rows[n].expected.second_ms);
        dtls_pair_free(w);
    }
}

/* Nothing is known to change by saying that nothing is known. */
static void a_round_trip_that_is_not_known_any_more(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make(1);
    gc_dtls_round_trip(&w->sides[CLIENT].dtls, 1);
    dtls_pair_begin(w, CLIENT);
    assert_int_equal(look(w, 1000).first_ms, 50);
    dtls_pair_free(w);
}

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_timer_follows_the_round_trip),
        cmocka_unit_test(a_round_trip_that_becomes_known_later),
        cmocka_unit_test(the_timer_of_a_prepared_client),
        cmocka_unit_test(a_round_trip_that_is_not_known_any_more),
        cmocka_unit_test(nobody_answers),
        cmocka_unit_test(a_resend_beside_a_new_flight_costs_nothing),
        cmocka_unit_test(a_flight_that_is_sent_again_says_so),
        cmocka_unit_test(flights_stay_together),
        cmocka_unit_test(a_clock_that_jumps),
    };
    return RUN(tests);
}
