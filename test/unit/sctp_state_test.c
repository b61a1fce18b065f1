#include "test/unit/sctp_pair.h"

static sctp_pair pair;

static void time_never_goes_back(void **state) {
    (void)state;
    pair_begin(&pair, 1, &PAIR_CONFIG);
    gc_sctp *s = &pair.side[0].s;
    gc_sctp_state_time(s, 5000);
    gc_sctp_state_time(s, 4999);
    assert_int_equal(s->now_ms, 5000);
    pair_end(&pair);
}

static void the_first_reason_stays_and_the_queue_is_given_back(void **state) {
    (void)state;
    pair_begin(&pair, 2, &PAIR_CONFIG);
    pair_connect(&pair);
    gc_sctp *s = &pair.side[0].s;
    assert_int_equal(pair_send(&pair, 0, 0, false, 5000), 0);
    assert_true(gc_sctp_state_is_open(s));
    gc_sctp_state_end(s, GC_SCTP_EXCESS, GC_SCTP_CAUSE_VIOLATION);
    gc_sctp_state_end(s, GC_SCTP_CANCELLED, GC_SCTP_CAUSE_USER);
    assert_false(gc_sctp_state_is_open(s));
    assert_int_equal(s->reason, GC_SCTP_EXCESS);
    assert_int_equal(s->abort_cause, GC_SCTP_CAUSE_VIOLATION);
    assert_int_equal(pair.side[0].pool.used, 0);
    pair_end(&pair);
}

static void nobody_is_told_before_the_peer_is_known(void **state) {
    (void)state;
    pair_begin(&pair, 3, &PAIR_CONFIG);
    gc_sctp *s = &pair.side[0].s;
    gc_sctp_connect(s, pair.now_ms);
    gc_sctp_state_end(s, GC_SCTP_CANCELLED, GC_SCTP_CAUSE_USER);
    assert_int_equal(s->abort_cause, 0);
    pair_end(&pair);
}

static void a_peer_that_restarts_ends_the_association(void **state) {
    (void)state;
    pair_begin(&pair, 4, &PAIR_CONFIG);
    pair_connect(&pair);
    pair_run(&pair, 100);
    gc_sctp_end(&pair.side[0].s);
    gc_sctp_begin(&pair.side[0].s, &PAIR_CONFIG, pair.now_ms);
    gc_sctp_connect(&pair.side[0].s, pair.now_ms);
    pair_run(&pair, 100);
    assert_int_equal(pair.side[1].down, GC_SCTP_RESTARTED);
    pair_end(&pair);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_never_goes_back),
        cmocka_unit_test(the_first_reason_stays_and_the_queue_is_given_back),
        cmocka_unit_test(nobody_is_told_before_the_peer_is_known),
        cmocka_unit_test(a_peer_that_restarts_ends_the_association),
    };
    return RUN(tests);
}
