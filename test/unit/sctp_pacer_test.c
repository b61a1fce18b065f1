#include "test/unit/noun.h"

#include "rtc/sctp_pacer.h"

static gc_sctp_pacer p;

/* How many chunks of 1,000 bytes go out at now_ms. */
static uint32_t burst(uint64_t now_ms, uint64_t bytes_s) {
    uint32_t count = 0;
    while (gc_sctp_pacer_at_ms(&p) <= now_ms && count < 100000) {
        gc_sctp_pacer_sent(&p, now_ms, 1000, bytes_s);
        count++;
    }
    return count;
}

static void without_a_rate_all_go_out(void **state) {
    (void)state;
    gc_sctp_pacer_begin(&p);
    assert_int_equal(burst(1000, 0), 100000);
}

static void a_burst_is_what_a_millisecond_carries(void **state) {
    (void)state;
    gc_sctp_pacer_begin(&p);
    burst(1000, 50000000);
    for (uint64_t ms = 1001; ms < 1100; ms++) {
        assert_int_equal(burst(ms, 50000000), 50);
        assert_int_equal(gc_sctp_pacer_at_ms(&p), ms + 1); /* one wake-up for the next 50 */
    }
}

static void slow_rates_wait_longer_than_a_millisecond(void **state) {
    (void)state;
    gc_sctp_pacer_begin(&p);
    uint32_t sent = 0;
    for (uint64_t ms = 1000; ms < 2000; ms++) {
        sent += burst(ms, 100000);
    }
    assert_in_range(sent, 100, 101);
    gc_sctp_pacer_begin(&p);
    gc_sctp_pacer_sent(&p, 1000, 1000, 100000);
    assert_int_equal(gc_sctp_pacer_at_ms(&p), 1000 - GC_SCTP_PACER_LATE_MS + 10);
}

static void fractions_are_not_lost(void **state) {
    (void)state;
    gc_sctp_pacer_begin(&p);
    uint64_t sent = 0;
    for (uint64_t ms = 1000; ms < 2000; ms++) {
        sent += burst(ms, 333333333);
    }
    assert_in_range(sent, 333333, 333333 + 1000);
}

static void a_late_end_makes_up_for_two_milliseconds(void **state) {
    (void)state;
    gc_sctp_pacer_begin(&p);
    burst(1000, 10000000);
    assert_int_equal(burst(1002, 10000000), 20);
    assert_int_equal(burst(5000, 10000000), 10 * (GC_SCTP_PACER_LATE_MS + 1));
    gc_sctp_pacer_begin(&p);
    assert_int_equal(burst(0, 10000000), 10); /* the clock's first millisecond */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_rate_all_go_out),
        cmocka_unit_test(a_burst_is_what_a_millisecond_carries),
        cmocka_unit_test(slow_rates_wait_longer_than_a_millisecond),
        cmocka_unit_test(fractions_are_not_lost),
        cmocka_unit_test(a_late_end_makes_up_for_two_milliseconds),
    };
    return RUN(tests);
}
