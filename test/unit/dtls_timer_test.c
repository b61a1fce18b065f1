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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_timer_follows_the_round_trip),
        cmocka_unit_test(a_round_trip_that_becomes_known_later),
        cmocka_unit_test(the_timer_of_a_prepared_client),
        cmocka_unit_test(a_round_trip_that_is_not_known_any_more),
    };
    return RUN(tests);
}
