#include "rtc/ice_pair.h"
#include "test/unit/unit.h"

static const uint8_t first[GC_ICE_PAIR_TRANSACTION_BYTES] = {1, [10] = 0xde, [11] = 0xad};
static const uint8_t second[GC_ICE_PAIR_TRANSACTION_BYTES] = {2};

static gc_ice_pair waiting(void) {
    return (gc_ice_pair){.state = GC_ICE_PAIR_WAITING};
}

/* A check goes out, and its answer comes that much later. */
static void answer(gc_ice_pair *p, uint64_t now_ms, uint64_t after_ms) {
    uint8_t sent[GC_ICE_PAIR_TRANSACTION_BYTES];
    gc_ice_pair_sent(p, now_ms, now_ms + 500, first, true);
    gc_ice_pair_transaction(p, sent);
    gc_ice_pair_answered(p, now_ms + after_ms, now_ms + 5000, sent);
}

static void a_check_and_its_answer(void **state) {
    (void)state;
    gc_ice_pair p = waiting();
    assert_false(gc_ice_pair_asked(&p, first));
    gc_ice_pair_sent(&p, 1000, 1500, first, true);
    assert_int_equal(p.state, GC_ICE_PAIR_CHECKING);
    assert_int_equal(p.due_ms, 1500);
    assert_true(p.sent_controlling);
    assert_false(p.sent_nominating);
    uint8_t sent[GC_ICE_PAIR_TRANSACTION_BYTES];
    gc_ice_pair_transaction(&p, sent);
    assert_true(gc_ice_pair_asked(&p, sent));
    assert_false(gc_ice_pair_asked(&p, second));
    gc_ice_pair_answered(&p, 1030, 6000, sent);
    assert_int_equal(p.state, GC_ICE_PAIR_VALID);
    assert_int_equal(p.rtt_ms, 30);
    assert_int_equal(p.answered_ms, 1030);
    assert_int_equal(p.due_ms, 6000);
    assert_false(gc_ice_pair_asked(&p, sent)); /* once */
}

/* Whatever the last two bytes of an answer say, the time is of a minute at most, and no 0. */
static void a_round_trip_is_bounded(void **state) {
    (void)state;
    gc_ice_pair p = waiting();
    answer(&p, 1000, 0);
    assert_int_equal(p.rtt_ms, 1);
    for (uint32_t time = 0; time <= UINT16_MAX; time++) {
        const uint8_t any[GC_ICE_PAIR_TRANSACTION_BYTES] = {
            1, [10] = (uint8_t)(time >> 8), [11] = (uint8_t)time};
        gc_ice_pair_sent(&p, UINT64_C(1) << 40, UINT64_C(1) << 41, first, true);
        gc_ice_pair_answered(&p, UINT64_C(1) << 40, UINT64_C(1) << 41, any);
        assert_in_range(p.rtt_ms, 1, UINT16_MAX);
    }
}

/* A check that is sent again is the same transaction; one made anew is another. */
static void again_and_anew(void **state) {
    (void)state;
    gc_ice_pair p = waiting();
    uint8_t sent[2][GC_ICE_PAIR_TRANSACTION_BYTES];
    gc_ice_pair_sent(&p, 1000, 1500, first, true);
    gc_ice_pair_transaction(&p, sent[0]);
    gc_ice_pair_sent(&p, 1500, 2500, NULL, true);
    gc_ice_pair_transaction(&p, sent[1]);
    assert_int_equal(p.sends, 2);
    assert_memory_equal(sent[0], sent[1], 10);
    assert_memory_not_equal(sent[0], sent[1], GC_ICE_PAIR_TRANSACTION_BYTES);
    gc_ice_pair_again(&p, 1600);
    assert_true(p.triggered);
    assert_int_equal(p.sends, 1);
    assert_int_equal(p.due_ms, 1600);
    assert_true(gc_ice_pair_asked(&p, sent[0]));
    gc_ice_pair_anew(&p, 1700);
    assert_int_equal(p.state, GC_ICE_PAIR_WAITING);
    assert_int_equal(p.sends, 0);
    assert_false(gc_ice_pair_asked(&p, sent[0]));
    gc_ice_pair_sent(&p, 1700, 2200, second, false);
    assert_false(p.sent_controlling);
    assert_false(gc_ice_pair_asked(&p, sent[0]));
}

static void a_failed_pair_waits_for_a_check_of_theirs(void **state) {
    (void)state;
    gc_ice_pair p = waiting();
    answer(&p, 1000, 20);
    p.nominating = p.nominated = p.doubted = true;
    gc_ice_pair_fail(&p);
    assert_int_equal(p.state, GC_ICE_PAIR_FAILED);
    assert_false(p.nominating || p.nominated || p.doubted || p.triggered);
    gc_ice_pair_again(&p, 2000);
    assert_int_equal(p.state, GC_ICE_PAIR_WAITING);
    assert_int_equal(p.due_ms, 2000);
}

/* A VALID pair stays so while it is asked, and gets into doubt without an answer. */
static void questions_without_an_answer(void **state) {
    (void)state;
    gc_ice_pair p = waiting();
    answer(&p, 1000, 20);
    for (uint32_t sends = 1; sends <= 1000; sends++) {
        gc_ice_pair_sent(&p, 1000 + 500 * sends, 1500 + 500 * sends, second, true);
        assert_int_equal(p.state, GC_ICE_PAIR_VALID);
        assert_int_equal(gc_ice_pair_in_doubt(&p), sends >= GC_ICE_DOUBT_SENDS);
    }
    assert_int_equal(p.sends, UINT8_MAX);
    gc_ice_pair_answered(&p, 600000, 605000, second);
    assert_false(gc_ice_pair_in_doubt(&p));
    p.doubted = true;
    assert_true(gc_ice_pair_in_doubt(&p));
}

static void which_is_better(void **state) {
    (void)state;
    gc_ice_pair low = {.state = GC_ICE_PAIR_VALID, .priority = 1}, high = low;
    high.priority = 2;
    assert_true(gc_ice_pair_is_better(&high, &low));
    assert_false(gc_ice_pair_is_better(&low, &high));
    low.nominated = true;
    assert_true(gc_ice_pair_is_better(&low, &high));
    low.doubted = true;
    assert_false(gc_ice_pair_is_better(&low, &high));
    assert_true(gc_ice_pair_is_better(&high, &low));
}

static void which_is_spare(void **state) {
    (void)state;
    gc_ice_pair p = waiting();
    assert_true(gc_ice_pair_is_spare(&p));
    p.heard = true;
    assert_false(gc_ice_pair_is_spare(&p));
    p = waiting();
    answer(&p, 1000, 20);
    assert_false(gc_ice_pair_is_spare(&p));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_check_and_its_answer),
        cmocka_unit_test(a_round_trip_is_bounded),
        cmocka_unit_test(again_and_anew),
        cmocka_unit_test(a_failed_pair_waits_for_a_check_of_theirs),
        cmocka_unit_test(questions_without_an_answer),
        cmocka_unit_test(which_is_better),
        cmocka_unit_test(which_is_spare),
    };
    return RUN(tests);
}
