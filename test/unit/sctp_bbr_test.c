#include "test/unit/noun.h"

#include "rtc/sctp_bbr.h"

#define PACKET 1163
#define RTT    40
#define RATE   2500000 /* 20 Mbit/s: 100,000 bytes fill the path */
#define FILL   (RATE / 1000 * RTT)

static gc_sctp_bbr b;
static uint64_t now_ms;
static uint32_t total;

static void begin(void) {
    now_ms = 1000;
    total = 0;
    gc_sctp_bbr_begin(&b, PACKET, now_ms, 7);
}

/* A round trip later a whole window is acknowledged, at this rate, with so much in flight. */
static void round_trip(uint64_t bytes_s, uint32_t rtt_ms, uint32_t flight_bytes) {
    uint32_t bytes = b.cwnd_bytes;
    now_ms += rtt_ms > GC_SCTP_RATE_MS ? rtt_ms : GC_SCTP_RATE_MS;
    gc_sctp_sample s = {.now_ms = now_ms,
                        .acked_bytes = bytes,
                        .flight_bytes = flight_bytes,
                        .rtt_ms = rtt_ms,
                        .rate = {bytes_s, total, total + bytes, false}};
    total += bytes;
    gc_sctp_bbr_acked(&b, &s);
}

static void lose_much(void) {
    gc_sctp_bbr_lost(&b, b.cwnd_bytes / 10 + 3 * PACKET);
}

/* What was lost, and what came of the same window. */
static void lossy_round(uint32_t flight_bytes) {
    lose_much();
    round_trip(RATE, RTT, flight_bytes);
}

/* Startup is over, and the queue that it made is gone. */
static void begin_cruise(void) {
    begin();
    for (uint32_t i = 0; i < 20 && b.phase == GC_SCTP_BBR_STARTUP; i++) {
        round_trip(RATE, RTT, FILL);
    }
    assert_int_equal(b.phase, GC_SCTP_BBR_DOWN);
    round_trip(RATE, RTT, FILL / 2);
    assert_int_equal(b.phase, GC_SCTP_BBR_CRUISE);
}

static void until_phase(uint8_t phase, uint32_t flight_bytes) {
    for (uint32_t i = 0; i < 1000 && b.phase != phase; i++) {
        round_trip(RATE, RTT, flight_bytes);
    }
    assert_int_equal(b.phase, phase);
}

static void the_first_window_is_that_of_the_rfc_and_not_paced(void **state) {
    (void)state;
    begin();
    assert_int_equal(b.cwnd_bytes, 4404);
    assert_int_equal(gc_sctp_bbr_rate(&b), 0);
    gc_sctp_bbr_begin(&b, 1000, 0, 7);
    assert_int_equal(b.cwnd_bytes, 4000);
    gc_sctp_bbr_begin(&b, 8900, 0, 7);
    assert_int_equal(b.cwnd_bytes, 17800);
}

static void startup_doubles_each_round_trip_while_the_rate_grows(void **state) {
    (void)state;
    begin();
    uint32_t window = b.cwnd_bytes;
    for (uint32_t i = 0; i < 8; i++) {
        uint64_t rate = (uint64_t)b.cwnd_bytes * 1000 / RTT;
        round_trip(rate, RTT, 0);
        assert_int_equal(b.phase, GC_SCTP_BBR_STARTUP);
        assert_true(b.cwnd_bytes >= 2 * window);
        assert_int_equal(gc_sctp_bbr_rate(&b), rate * 2770 / 1000);
        window = b.cwnd_bytes;
    }
}

static void startup_ends_when_the_rate_stands_for_three_rounds(void **state) {
    (void)state;
    begin();
    round_trip(RATE, RTT, FILL);
    round_trip(RATE, RTT, 2 * FILL);
    round_trip(RATE * 124ull / 100, RTT, 2 * FILL);
    assert_int_equal(b.phase, GC_SCTP_BBR_STARTUP);
    round_trip(RATE, RTT, 2 * FILL);
    assert_int_equal(b.phase, GC_SCTP_BBR_DRAIN);
    assert_true(gc_sctp_bbr_rate(&b) < RATE);
    round_trip(RATE, RTT, FILL);
    assert_int_equal(b.phase, GC_SCTP_BBR_DOWN);
}

static void startup_ends_after_one_round_with_a_queue(void **state) {
    (void)state;
    begin();
    round_trip(RATE, RTT, FILL);
    round_trip(RATE * 2, RTT + 20, FILL);
    assert_int_equal(b.phase, GC_SCTP_BBR_STARTUP); /* the rate grew */
    round_trip(RATE * 2, RTT + 20, 4 * FILL);
    assert_int_equal(b.phase, GC_SCTP_BBR_DRAIN);
}

static void startup_goes_on_while_the_application_sends_little(void **state) {
    (void)state;
    begin();
    for (uint32_t i = 0; i < 100; i++) {
        now_ms += RTT;
        gc_sctp_sample s = {.now_ms = now_ms, .acked_bytes = 100, .rtt_ms = RTT};
        s.rate = (gc_sctp_rate_sample){2500, total, total + 100, true};
        total += 100;
        gc_sctp_bbr_acked(&b, &s);
    }
    assert_int_equal(b.phase, GC_SCTP_BBR_STARTUP);
    assert_true(b.cwnd_bytes >= GC_SCTP_BBR_PACKETS_MIN * PACKET);
    /* A least window each round trip, whatever little was sent so far. */
    assert_true(gc_sctp_bbr_rate(&b) >= 4 * PACKET * 1000 / RTT);
}

static void cruising_fills_the_path_and_at_most_twice(void **state) {
    (void)state;
    begin_cruise();
    for (uint32_t i = 0; i < 5; i++) {
        round_trip(RATE, RTT, FILL);
        assert_int_equal(gc_sctp_bbr_rate(&b), RATE);
        assert_in_range(b.cwnd_bytes, 2 * FILL, 2 * FILL + RATE / 1000 * 3);
    }
}

static void losses_below_two_percent_change_nothing(void **state) {
    (void)state;
    begin_cruise();
    round_trip(RATE, RTT, FILL);
    round_trip(RATE, RTT, FILL);
    uint32_t window = b.cwnd_bytes;
    for (uint32_t i = 0; i < 20; i++) {
        gc_sctp_bbr_lost(&b, b.cwnd_bytes * 19 / 1000);
        round_trip(RATE, RTT, FILL);
    }
    assert_int_equal(b.phase, GC_SCTP_BBR_CRUISE);
    assert_int_equal(gc_sctp_bbr_rate(&b), RATE);
    assert_int_equal(b.cwnd_bytes, window);
    assert_int_equal(b.ceiling_bytes, UINT32_MAX);
}

static void more_losses_slow_it_until_the_next_probe(void **state) {
    (void)state;
    begin_cruise();
    lossy_round(FILL);
    assert_int_equal(gc_sctp_bbr_rate(&b), RATE * 85ull / 100);
    until_phase(GC_SCTP_BBR_REFILL, FILL);
    assert_int_equal(gc_sctp_bbr_rate(&b), RATE);
}

static void it_probes_after_two_or_three_seconds(void **state) {
    (void)state;
    begin_cruise();
    uint64_t from_ms = now_ms;
    until_phase(GC_SCTP_BBR_UP, FILL);
    assert_in_range(now_ms - from_ms, 2000 - 2 * RTT, 3000 + 3 * RTT);
    assert_int_equal(gc_sctp_bbr_rate(&b), RATE * 125ull / 100);
    round_trip(RATE, RTT, FILL * 124 / 100);
    assert_int_equal(b.phase, GC_SCTP_BBR_UP);
    round_trip(RATE, RTT, FILL * 126 / 100);
    assert_int_equal(b.phase, GC_SCTP_BBR_DOWN);
    assert_int_equal(gc_sctp_bbr_rate(&b), RATE * 90ull / 100);
    round_trip(RATE, RTT, FILL + 1);
    assert_int_equal(b.phase, GC_SCTP_BBR_DOWN);
    round_trip(RATE, RTT, FILL);
    assert_int_equal(b.phase, GC_SCTP_BBR_CRUISE);
}

static void it_probes_at_other_times_than_another_end(void **state) {
    (void)state;
    uint64_t at_ms[4];
    for (uint32_t i = 0; i < 4; i++) {
        begin();
        b.chance = i * 123456789;
        for (uint32_t j = 0; j < 20 && b.phase == GC_SCTP_BBR_STARTUP; j++) {
            round_trip(RATE, RTT, FILL);
        }
        at_ms[i] = b.probe_at_ms;
    }
    assert_true(at_ms[0] != at_ms[1] && at_ms[1] != at_ms[2] && at_ms[2] != at_ms[3]);
}

static void a_probe_that_loses_much_ends_and_leaves_a_ceiling(void **state) {
    (void)state;
    begin_cruise();
    until_phase(GC_SCTP_BBR_UP, FILL);
    lossy_round(FILL * 68 / 100);
    assert_int_equal(b.phase, GC_SCTP_BBR_DOWN);
    assert_int_equal(b.ceiling_bytes, FILL * 7 / 10);
    assert_int_equal(b.cwnd_bytes, FILL * 7 / 10 * 95 / 100); /* room for others */
    until_phase(GC_SCTP_BBR_UP, FILL / 2);
    uint32_t before = b.ceiling_bytes;
    round_trip(RATE, RTT, FILL / 2);
    round_trip(RATE, RTT, FILL / 2);
    assert_int_equal(b.ceiling_bytes, before + 3 * PACKET);
    for (uint32_t i = 0; i < 200; i++) {
        round_trip(RATE, RTT, FILL / 2);
    }
    assert_int_equal(b.ceiling_bytes, UINT32_MAX);
}

static void a_loss_that_was_none_is_undone(void **state) {
    (void)state;
    begin_cruise();
    until_phase(GC_SCTP_BBR_UP, FILL);
    lossy_round(FILL);
    gc_sctp_bbr_spurious(&b);
    assert_int_equal(b.ceiling_bytes, UINT32_MAX);
    assert_int_equal(gc_sctp_model_rate(&b.model), RATE);
    assert_int_equal(b.phase, GC_SCTP_BBR_DOWN);
    begin();
    round_trip(RATE, RTT, FILL);
    lossy_round(2 * FILL);
    assert_int_equal(b.phase, GC_SCTP_BBR_DRAIN);
    gc_sctp_bbr_spurious(&b);
    assert_int_equal(b.phase, GC_SCTP_BBR_STARTUP);
    begin_cruise();
    gc_sctp_bbr_spurious(&b); /* of startup's end there is nothing to undo */
    assert_int_equal(b.phase, GC_SCTP_BBR_CRUISE);
}

static void the_round_trip_is_measured_anew_with_half_of_the_path(void **state) {
    (void)state;
    begin_cruise();
    for (uint32_t i = 0; i < 200 && b.phase != GC_SCTP_BBR_PROBE_RTT; i++) {
        round_trip(RATE, RTT + 1, FILL / 2 + 1); /* 40 ms are not seen again */
    }
    assert_int_equal(b.phase, GC_SCTP_BBR_PROBE_RTT);
    assert_int_equal(b.cwnd_bytes, FILL / 2);
    uint64_t from_ms = now_ms;
    while (b.phase == GC_SCTP_BBR_PROBE_RTT) {
        round_trip(RATE, RTT + 2, FILL / 2);
    }
    assert_in_range(now_ms - from_ms, GC_SCTP_BBR_RTT_MS, GC_SCTP_BBR_RTT_MS + 2 * RTT + 4);
    assert_int_equal(b.model.rtt_ms, RTT + 2);
    assert_true(b.cwnd_bytes >= 2 * FILL);
}

static void a_timeout_leaves_one_packet_and_the_model(void **state) {
    (void)state;
    begin_cruise();
    gc_sctp_bbr_timed_out(&b);
    assert_int_equal(b.cwnd_bytes, PACKET);
    assert_int_equal(gc_sctp_model_rate(&b.model), RATE);
    for (uint32_t i = 0; i < 8; i++) {
        round_trip(RATE, RTT, FILL);
    }
    assert_true(b.cwnd_bytes >= 2 * FILL);
}

static void windows_count_packets_of_the_present_size(void **state) {
    (void)state;
    begin_cruise();
    gc_sctp_bbr_size(&b, 8932);
    assert_int_equal(b.model.packet_bytes, 8932);
    gc_sctp_bbr_timed_out(&b);
    assert_int_equal(b.cwnd_bytes, 8932);
    round_trip(RATE / 1000, RTT, 0);
    assert_true(b.cwnd_bytes >= GC_SCTP_BBR_PACKETS_MIN * 8932);
}

/* A path shorter than the clock's step: not paced, and the window keeps to what its queue holds. */
static void a_short_path_is_bounded_by_its_window_alone(void **state) {
    (void)state;
    begin();
    for (uint32_t i = 0; i < 10; i++) {
        round_trip(100000000, 0, 0);
    }
    assert_int_equal(gc_sctp_bbr_rate(&b), 0);
    assert_true(b.cwnd_bytes >= 100000 * 2 * GC_SCTP_MODEL_RTT_MS_MIN);
    uint32_t window = b.cwnd_bytes;
    lose_much();
    round_trip(100000000, 0, 0);
    assert_in_range(b.cwnd_bytes, window / 2, window * 7 / 10);
    lose_much();
    round_trip(100000000, 0, 0);
    assert_true(b.cwnd_bytes <= window * 7 / 10 * 7 / 10);
}

static void no_acknowledgement_makes_the_window_exceed_its_bound(void **state) {
    (void)state;
    begin();
    for (uint32_t i = 0; i < 10000; i++) {
        now_ms += i % 3 * 30;
        uint32_t bytes = i % 2 == 0 ? UINT32_MAX : UINT32_MAX / 3;
        gc_sctp_sample s = {.now_ms = now_ms,
                            .acked_bytes = bytes,
                            .flight_bytes = i % 5 == 0 ? UINT32_MAX : 0,
                            .rtt_ms = i % 7 == 0 ? UINT32_MAX - 1 : i % 100,
                            .rate = {GC_SCTP_RATE_BYTES_S_MAX, total, total + bytes, i % 11 == 0}};
        total += bytes;
        gc_sctp_bbr_lost(&b, i % 13 == 0 ? UINT32_MAX : 0);
        gc_sctp_bbr_acked(&b, &s);
        assert_in_range(b.cwnd_bytes, 4 * PACKET, GC_SCTP_MODEL_BYTES_MAX);
        assert_true(b.rate_bytes_s <= 3ull * GC_SCTP_RATE_BYTES_S_MAX);
    }
}

static void another_path_begins_with_nothing_known(void **state) {
    (void)state;
    begin_cruise();
    gc_sctp_bbr_moved(&b, total, now_ms);
    assert_int_equal(b.phase, GC_SCTP_BBR_STARTUP);
    assert_int_equal(b.cwnd_bytes, 4404); /* that of the RFC */
    assert_int_equal(gc_sctp_bbr_rate(&b), 0);
    for (uint32_t i = 0; i < 20; i++) {
        round_trip(RATE / 10, 2 * RTT, FILL / 5);
    }
    assert_int_equal(gc_sctp_model_rate(&b.model), RATE / 10);
    assert_int_equal(b.model.rtt_ms, 2 * RTT);
    assert_in_range(b.cwnd_bytes, FILL / 5, 3 * FILL / 5);
    assert_true(b.phase != GC_SCTP_BBR_STARTUP);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_window_is_that_of_the_rfc_and_not_paced),
        cmocka_unit_test(startup_doubles_each_round_trip_while_the_rate_grows),
        cmocka_unit_test(startup_ends_when_the_rate_stands_for_three_rounds),
        cmocka_unit_test(startup_ends_after_one_round_with_a_queue),
        cmocka_unit_test(startup_goes_on_while_the_application_sends_little),
        cmocka_unit_test(cruising_fills_the_path_and_at_most_twice),
        cmocka_unit_test(losses_below_two_percent_change_nothing),
        cmocka_unit_test(more_losses_slow_it_until_the_next_probe),
        cmocka_unit_test(it_probes_after_two_or_three_seconds),
        cmocka_unit_test(it_probes_at_other_times_than_another_end),
        cmocka_unit_test(a_probe_that_loses_much_ends_and_leaves_a_ceiling),
        cmocka_unit_test(a_loss_that_was_none_is_undone),
        cmocka_unit_test(the_round_trip_is_measured_anew_with_half_of_the_path),
        cmocka_unit_test(a_timeout_leaves_one_packet_and_the_model),
        cmocka_unit_test(windows_count_packets_of_the_present_size),
        cmocka_unit_test(a_short_path_is_bounded_by_its_window_alone),
        cmocka_unit_test(no_acknowledgement_makes_the_window_exceed_its_bound),
        cmocka_unit_test(another_path_begins_with_nothing_known),
    };
    return RUN(tests);
}
