/* core/proto/dialer.c: when somebody is dialled next. */
#include "core/proto/dialer.h"
#include "test/unit/unit.h"

static gc_dialer fresh(void) {
    gc_dialer d;
    memset(&d, 0xa5, sizeof d);
    gc_dialer_init(&d);
    return d;
}

static void the_last_eight_dials_are_remembered(void **state) {
    gc_dialer d = fresh();
    uint8_t dial[GC_DIAL_BYTES] = {0};
    (void)state;
    for (uint8_t n = 0; n < 20; n++) {
        dial[15] = n;
        assert_true(gc_dialer_remember(&d, dial));
        assert_false(gc_dialer_remember(&d, dial));
    }
    for (uint8_t n = 0; n < 20; n++) {
        gc_dialer copy = d;
        dial[15] = n;
        assert_int_equal(gc_dialer_remember(&copy, dial), n < 12);
    }
}

static void dials_come_slower_and_slower(void **state) {
    static const uint64_t delays[] = {1000, 2000, 4000, 8000, 16000, 30000, 30000};
    gc_dialer first = fresh(), second = fresh();
    (void)state;
    for (size_t i = 0; i < sizeof delays / sizeof delays[0]; i++) {
        gc_dialer_back_off(&first, true, 500);
        assert_int_equal(first.dial_ms, 500 + delays[i]);
        gc_dialer_back_off(&second, false, 500);
        assert_int_equal(second.dial_ms, 500 + delays[i] + GC_DIAL_EXPECT_MS);
    }
}

static void after_a_good_link_the_next_dial_follows_at_once(void **state) {
    gc_dialer d = fresh();
    (void)state;
    gc_dialer_back_off(&d, true, 0);
    gc_dialer_back_off(&d, true, 0);
    gc_dialer_retry(&d, true, 100);
    assert_int_equal(d.dial_ms, 101);
    gc_dialer_retry(&d, false, 100);
    assert_int_equal(d.dial_ms, 100 + GC_DIAL_EXPECT_MS);
    gc_dialer_back_off(&d, true, 0);
    assert_int_equal(d.dial_ms, GC_REDIAL_MS_MIN);
}

static void a_person_that_comes_itself_is_given_time(void **state) {
    gc_dialer d = fresh();
    (void)state;
    gc_dialer_expect(&d, false, 100);
    assert_int_equal(d.dial_ms, 100 + GC_DIAL_EXPECT_MS);
    gc_dialer_linked(&d);
    gc_dialer_expect(&d, true, 200); /* a link is being set up: nothing is due */
    assert_int_equal(d.dial_ms, GC_NEVER);
}

static void somebody_out_of_reach_is_given_up_after_a_while(void **state) {
    gc_dialer d = fresh();
    (void)state;
    gc_dialer_back_off(&d, true, 0);
    assert_false(gc_dialer_lose(&d, false, 60000, 1000));
    assert_int_equal(d.dial_ms, GC_NEVER);
    assert_int_equal(d.forget_ms, 61000);
    assert_false(gc_dialer_lose(&d, false, 0, 60999)); /* the first call in a row counts */
    assert_true(gc_dialer_lose(&d, false, 60000, 61000));
    gc_dialer_reach(&d, true, 70000);
    assert_int_equal(d.forget_ms, GC_NEVER);
    assert_int_equal(d.dial_ms, 70000 + 2 * GC_REDIAL_MS_MIN);
    gc_dialer_reach(&d, true, 80000); /* it has its time already */
    assert_int_equal(d.dial_ms, 70000 + 2 * GC_REDIAL_MS_MIN);
    assert_true(gc_dialer_lose(&d, false, 0, 90000)); /* nothing to wait for */
}

static void a_target_is_waited_for_without_end(void **state) {
    gc_dialer d = fresh();
    (void)state;
    assert_false(gc_dialer_lose(&d, true, 0, 1000));
    assert_int_equal(d.forget_ms, GC_NEVER);
    gc_dialer_set(&d, 5000);
    assert_int_equal(d.dial_ms, 5000);
}

static void a_flood_of_offers_is_slowed(void **state) {
    gc_dialer d = fresh();
    (void)state;
    for (uint32_t i = 0; i < GC_DIALER_OFFERS_MAX; i++) {
        assert_true(gc_dialer_take_offer(&d, NULL, 50000 + i));
    }
    assert_false(gc_dialer_take_offer(&d, NULL, 50100));
    assert_false(gc_dialer_take_offer(&d, NULL, 50000 + GC_DIALER_OFFERS_MS - 1));
    assert_true(gc_dialer_take_offer(&d, NULL, 50000 + GC_DIALER_OFFERS_MS));
}

static void hearsay_has_three_dials(void **state) {
    gc_dialer d = fresh();
    (void)state;
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 1; i < GC_DIALER_STRANGER_DIALS; i++) {
            assert_false(gc_dialer_failed(&d));
        }
        assert_true(gc_dialer_failed(&d));
        gc_dialer_named(&d); /* by another list */
    }
}

/* Ids are free: each of these is somebody else. */
static void offers_of_all_strangers_are_slowed(void **state) {
    gc_dialer_strangers all = {0};
    gc_dialer d;
    uint32_t taken = 0;
    (void)state;
    for (uint64_t now = 70000; now < 80000; now++) {
        gc_dialer_init(&d);
        taken += gc_dialer_take_offer(&d, &all, now);
    }
    assert_int_equal(taken, GC_DIALER_STRANGER_OFFERS + 9999 / GC_DIALER_STRANGER_MS);
    assert_false(gc_dialer_take_offer(&d, &all, 79999));
    assert_true(gc_dialer_take_offer(&d, NULL, 79999)); /* one who was linked with us */
    assert_true(gc_dialer_take_offer(&d, &all, 79999 + GC_DIALER_STRANGER_MS));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_eight_dials_are_remembered),
        cmocka_unit_test(dials_come_slower_and_slower),
        cmocka_unit_test(after_a_good_link_the_next_dial_follows_at_once),
        cmocka_unit_test(a_person_that_comes_itself_is_given_time),
        cmocka_unit_test(somebody_out_of_reach_is_given_up_after_a_while),
        cmocka_unit_test(a_target_is_waited_for_without_end),
        cmocka_unit_test(a_flood_of_offers_is_slowed),
        cmocka_unit_test(offers_of_all_strangers_are_slowed),
        cmocka_unit_test(hearsay_has_three_dials),
    };
    return RUN(tests);
}
