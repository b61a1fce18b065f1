#include "test/unit/noun.h"

#include "rtc/sctp_congestion.h"

#define PACKET 1163

static gc_sctp_congestion begin(void) {
    gc_sctp_congestion c;
    gc_sctp_congestion_begin(&c, PACKET);
    return c;
}

/* A SACK of so many bytes when the window was full. */
static void ack(gc_sctp_congestion *c, uint32_t bytes) {
    gc_sctp_sample s = {.acked_bytes = bytes, .flight_bytes = c->window_bytes, .advanced = true};
    gc_sctp_congestion_acked(c, &s);
}

static void the_first_window_is_that_of_the_rfc(void **state) {
    (void)state;
    gc_sctp_congestion c;
    gc_sctp_congestion_begin(&c, 1163);
    assert_int_equal(c.window_bytes, 4404);
    gc_sctp_congestion_begin(&c, 1000);
    assert_int_equal(c.window_bytes, 4000);
    gc_sctp_congestion_begin(&c, 8900);
    assert_int_equal(c.window_bytes, 17800);
}

static void slow_start_adds_what_is_acknowledged_up_to_two_packets(void **state) {
    (void)state;
    gc_sctp_congestion c = begin();
    ack(&c, 2 * PACKET);
    assert_int_equal(c.window_bytes, 4404 + 2 * PACKET);
    ack(&c, 100 * PACKET);
    assert_int_equal(c.window_bytes, 4404 + 4 * PACKET);
}

static void avoidance_adds_a_packet_for_each_window(void **state) {
    (void)state;
    gc_sctp_congestion c = begin();
    c.window_bytes = 100 * PACKET;
    gc_sctp_congestion_lost(&c);
    assert_int_equal(c.window_bytes, 50 * PACKET);
    ack(&c, PACKET); /* the last step of slow start */
    uint32_t window = c.window_bytes;
    for (uint32_t i = 0; i < 51; i++) {
        assert_int_equal(c.window_bytes, window);
        ack(&c, PACKET);
    }
    assert_int_equal(c.window_bytes, window + PACKET);
}

static void a_window_that_is_not_used_does_not_grow(void **state) {
    (void)state;
    gc_sctp_congestion c = begin();
    gc_sctp_sample s = {.acked_bytes = 1000, .flight_bytes = 1000, .advanced = true};
    gc_sctp_congestion_acked(&c, &s);
    s.flight_bytes = c.window_bytes;
    s.recovering = true;
    gc_sctp_congestion_acked(&c, &s);
    s.recovering = false;
    s.advanced = false;
    gc_sctp_congestion_acked(&c, &s);
    assert_int_equal(c.window_bytes, 4404);
}

static void losses_halve_and_timeouts_leave_one_packet(void **state) {
    (void)state;
    gc_sctp_congestion c = begin();
    c.window_bytes = 20 * PACKET;
    gc_sctp_congestion_lost(&c);
    assert_int_equal(c.window_bytes, 10 * PACKET);
    gc_sctp_congestion_timed_out(&c);
    assert_int_equal(c.window_bytes, PACKET);
    assert_int_equal(c.threshold_bytes, 5 * PACKET);
    for (uint32_t i = 0; i < 10; i++) {
        gc_sctp_congestion_lost(&c);
    }
    assert_int_equal(c.window_bytes, 4 * PACKET);
    assert_true(gc_sctp_congestion_allows(&c, 0));
    assert_true(gc_sctp_congestion_allows(&c, 4 * PACKET - 1));
    assert_false(gc_sctp_congestion_allows(&c, 4 * PACKET));
}

static void the_window_never_wraps(void **state) {
    (void)state;
    gc_sctp_congestion c;
    gc_sctp_congestion_begin(&c, 9000);
    for (uint32_t i = 0; i < 1000000; i++) {
        ack(&c, UINT32_MAX / 2);
        assert_true(c.window_bytes >= 9000 && c.window_bytes < 1u << 31);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_window_is_that_of_the_rfc),
        cmocka_unit_test(slow_start_adds_what_is_acknowledged_up_to_two_packets),
        cmocka_unit_test(avoidance_adds_a_packet_for_each_window),
        cmocka_unit_test(a_window_that_is_not_used_does_not_grow),
        cmocka_unit_test(losses_halve_and_timeouts_leave_one_packet),
        cmocka_unit_test(the_window_never_wraps),
    };
    return RUN(tests);
}
