#include "test/unit/noun.h"

#include "rtc/sctp_rate.h"

#define NOW 5000000000ull /* beyond 2^32 */

static gc_sctp_rate r;

static void begin(void) {
    gc_sctp_rate_begin(&r, NOW);
}

static gc_sctp_rate_stamp sent(uint64_t now_ms) {
    gc_sctp_rate_stamp stamp;
    gc_sctp_rate_sent(&r, now_ms, &stamp);
    return stamp;
}

static void a_sample_is_what_came_since_the_chunk_was_sent(void **state) {
    (void)state;
    begin();
    gc_sctp_rate_stamp first = sent(NOW), second = sent(NOW + 1);
    gc_sctp_rate_sample s = gc_sctp_rate_acked(&r, NOW + 99, 1000, &first, NOW);
    assert_int_equal(s.bytes_s, 10000); /* 1,000 bytes in 99 ms and one more */
    assert_int_equal(s.delivered, 0);
    assert_int_equal(s.total, 1000);
    assert_false(s.limited);
    s = gc_sctp_rate_acked(&r, NOW + 199, 3000, &second, NOW + 1);
    assert_int_equal(s.bytes_s, 20000); /* both, in 199 ms and one more */
    assert_int_equal(s.total, 4000);
}

static void the_slower_of_sending_and_acknowledging_counts(void **state) {
    (void)state;
    begin();
    gc_sctp_rate_stamp first = sent(NOW);
    gc_sctp_rate_acked(&r, NOW + 150, 1000, &first, NOW);
    gc_sctp_rate_stamp next = sent(NOW + 151);
    /* 20 ms since the last acknowledgement, 151 of sending. */
    gc_sctp_rate_sample s = gc_sctp_rate_acked(&r, NOW + 170, 1520, &next, NOW + 151);
    assert_int_equal(s.bytes_s, 10000);
    next = sent(NOW + 171); /* 9 of sending, 99 since the last acknowledgement */
    s = gc_sctp_rate_acked(&r, NOW + 269, 2000, &next, NOW + 171);
    assert_int_equal(s.bytes_s, 20000);
}

/* Paths shorter than the clock's steps: chunks that are sent and acknowledged within one. */
static void short_paths_are_measured_over_ten_milliseconds(void **state) {
    (void)state;
    begin();
    uint64_t last = 0;
    for (uint64_t ms = 0; ms < 100; ms++) {
        gc_sctp_rate_stamp stamp = sent(NOW + ms);
        uint32_t bytes = ms < 70 ? 1000 : 5000;
        gc_sctp_rate_sample s = gc_sctp_rate_acked(&r, NOW + ms, bytes, &stamp, NOW + ms);
        assert_true(s.bytes_s <= bytes * 1100);
        last = s.bytes_s;
    }
    assert_true(last > 4500000); /* of 5,000,000 */
}

static void a_pause_is_no_time_of_the_path_but_marks_its_chunks(void **state) {
    (void)state;
    begin();
    gc_sctp_rate_stamp stamp = sent(NOW + 60000); /* long after the beginning */
    gc_sctp_rate_sample s = gc_sctp_rate_acked(&r, NOW + 60099, 1000, &stamp, NOW + 60000);
    assert_int_equal(s.bytes_s, 10000);
    gc_sctp_rate_limited(&r, 0);
    stamp = sent(NOW + 120000);
    gc_sctp_rate_stamp next = sent(NOW + 120000);
    s = gc_sctp_rate_acked(&r, NOW + 120099, 1000, &stamp, NOW + 120000);
    assert_int_equal(s.bytes_s, 10000);
    assert_true(s.limited);
    assert_true(next.limited);
    assert_false(sent(NOW + 120100).limited); /* what was sent before the pause has come */
}

static void a_chunk_that_waits_for_its_time_is_no_pause(void **state) {
    (void)state;
    begin();
    for (uint64_t i = 0; i < 10; i++) { /* one each 20 ms, acknowledged at once */
        gc_sctp_rate_stamp stamp = sent(NOW + 20 * i);
        gc_sctp_rate_sample s =
            gc_sctp_rate_acked(&r, NOW + 20 * i + 1, 1000, &stamp, NOW + 20 * i);
        assert_true(s.bytes_s <= 1000 * 1000 / 11);
        assert_true(i < 2 || s.bytes_s <= 1000 * 1000 / 20);
    }
}

static void no_peer_makes_a_path_faster_than_the_bound(void **state) {
    (void)state;
    begin();
    for (uint32_t i = 0; i < 100; i++) {
        gc_sctp_rate_stamp stamp = sent(NOW + i);
        gc_sctp_rate_sample s = gc_sctp_rate_acked(&r, NOW + i, UINT32_MAX / 2, &stamp, NOW + i);
        assert_true(s.bytes_s <= GC_SCTP_RATE_BYTES_S_MAX);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sample_is_what_came_since_the_chunk_was_sent),
        cmocka_unit_test(the_slower_of_sending_and_acknowledging_counts),
        cmocka_unit_test(short_paths_are_measured_over_ten_milliseconds),
        cmocka_unit_test(a_pause_is_no_time_of_the_path_but_marks_its_chunks),
        cmocka_unit_test(a_chunk_that_waits_for_its_time_is_no_pause),
        cmocka_unit_test(no_peer_makes_a_path_faster_than_the_bound),
    };
    return RUN(tests);
}
