/* core/proto/penalties.c */
#include "test/unit/source.h"
#include "test/unit/unit.h"

#include "core/proto/penalties.h"

#define AHEAD 100
static const uint8_t key[16] = {7};
static gc_penalties penalties;

static int fresh(void **state) {
    (void)state;
    memset(&penalties, 0, sizeof penalties);
    gc_penalties_init(&penalties, key, GC_CONNECTS_PER_SECOND, AHEAD);
    return 0;
}

/* Connects until it is refused, at one moment. */
static uint32_t storm(uint64_t now_ms, const gc_addr *from) {
    uint32_t n = 0;
    while (gc_penalties_admit(&penalties, now_ms, from)) {
        n++;
        assert_true(n <= AHEAD);
    }
    return n;
}

static void a_burst_passes_and_then_the_rate(void **state) {
    (void)state;
    for (uint8_t family = 4; family <= 6; family += 2) {
        gc_addr a = address(family, 1);
        uint64_t now_ms = family * 1000u;
        assert_int_equal(storm(now_ms, &a), AHEAD);
        assert_false(gc_penalties_admit(&penalties, now_ms + 999, &a));
        assert_true(gc_penalties_admit(&penalties, now_ms + 1000, &a));
    }
    assert_int_equal(penalties.given, 2);
    assert_int_equal(penalties.refused, 4);
    /* who keeps to the rate is never refused */
    gc_addr b = address(4, 2);
    for (uint32_t i = 0; i < 10 * GC_CONNECTS_PER_SECOND; i++) {
        assert_true(gc_penalties_admit(&penalties, 8000 + i * 5, &b));
    }
}

static void penalties_double_until_the_record_is_clean(void **state) {
    (void)state;
    gc_addr a = address(4, 1);
    uint64_t now_ms = 1000;
    for (uint64_t wait_ms = 1000; wait_ms < 200000; wait_ms *= 2) {
        uint64_t real_ms = wait_ms < 60000 ? wait_ms : 60000;
        storm(now_ms, &a);
        assert_false(gc_penalties_admit(&penalties, now_ms + real_ms - 1, &a));
        now_ms += real_ms;
        assert_true(gc_penalties_admit(&penalties, now_ms, &a));
    }
    now_ms += GC_PENALTY_MS_MAX;
    storm(now_ms, &a);
    assert_true(gc_penalties_admit(&penalties, now_ms + 1000, &a));
}

static void offences_cost_more(void **state) {
    (void)state;
    gc_addr a = address(4, 1);
    for (uint32_t i = 0; i < AHEAD / GC_OFFENCE_CONNECTS; i++) {
        gc_penalties_offend(&penalties, 1000, &a);
    }
    assert_int_equal(storm(1000, &a), AHEAD % GC_OFFENCE_CONNECTS);
    gc_penalties_offend(&penalties, 1001, &a); /* while it is refused: nothing more */
    assert_int_equal(penalties.given, 1);
    assert_true(gc_penalties_admit(&penalties, 2000, &a));
}

static void an_ipv6_64_is_one_customer(void **state) {
    (void)state;
    gc_addr a = address(6, 1), same = a, other = address(6, 2);
    same.ip[15] = 9;
    storm(1000, &a);
    assert_false(gc_penalties_admit(&penalties, 1000, &same));
    assert_true(gc_penalties_admit(&penalties, 1000, &other));
}

static void time_that_steps_back_does_no_harm(void **state) {
    (void)state;
    gc_addr a = address(4, 1);
    storm(5000, &a);
    assert_false(gc_penalties_admit(&penalties, 1, &a));
    assert_true(gc_penalties_admit(&penalties, 6000, &a));
}

/* However many addresses come, the table does not grow, and it forgets the least bad. */
static void many_addresses_do_not_wash_a_penalty_away(void **state) {
    (void)state;
    gc_addr bad = address(4, 0xffffff);
    storm(1000, &bad);
    for (uint32_t i = 0; i < 100000; i++) {
        gc_addr a = address(4, i);
        assert_true(gc_penalties_admit(&penalties, 1001, &a));
    }
    assert_false(gc_penalties_admit(&penalties, 1999, &bad));
}

/* Any rate, also one that does not divide a second; none at all. */
static void every_rate_holds(void **state) {
    (void)state;
    gc_addr a = address(4, 1);
    for (uint32_t rate = 1; rate <= 1000000; rate = rate == 125 ? 500 : rate * 5) {
        memset(&penalties, 0, sizeof penalties);
        gc_penalties_init(&penalties, key, rate, 3 * rate);
        for (uint32_t i = 0; i < 3 * rate; i++) {
            assert_true(gc_penalties_admit(&penalties, 1000, &a));
        }
        assert_false(gc_penalties_admit(&penalties, 1000, &a));
        assert_false(gc_penalties_admit(&penalties, 1999, &a));
        for (uint32_t i = 0; i < rate; i++) {
            assert_true(gc_penalties_admit(&penalties, 2000, &a));
        }
        if (1000000 % rate == 0) {
            assert_false(gc_penalties_admit(&penalties, 2000, &a));
        }
    }
    memset(&penalties, 0, sizeof penalties);
    gc_penalties_init(&penalties, key, UINT32_MAX, UINT32_MAX);
    for (uint32_t i = 0; i < 100000; i++) {
        assert_true(gc_penalties_admit(&penalties, 1, &a));
        gc_penalties_offend(&penalties, 1, &a);
    }
    assert_int_equal(penalties.given, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_burst_passes_and_then_the_rate, fresh),
        cmocka_unit_test_setup(penalties_double_until_the_record_is_clean, fresh),
        cmocka_unit_test_setup(offences_cost_more, fresh),
        cmocka_unit_test_setup(an_ipv6_64_is_one_customer, fresh),
        cmocka_unit_test_setup(time_that_steps_back_does_no_harm, fresh),
        cmocka_unit_test_setup(many_addresses_do_not_wash_a_penalty_away, fresh),
        cmocka_unit_test(every_rate_holds),
    };
    return RUN(tests);
}
