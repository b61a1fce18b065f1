#include "test/unit/noun.h"

#include "rtc/sctp_model.h"

#define PACKET 1000

static gc_sctp_model m;
static uint32_t total;

static void begin(void) {
    total = 0;
    gc_sctp_model_begin(&m, PACKET, 0);
}

/* A SACK at now_ms of ten packets that were sent when `delivered` were. */
static bool ack(uint64_t now_ms, uint32_t delivered, uint64_t bytes_s, uint32_t rtt_ms) {
    total += 10 * PACKET;
    gc_sctp_sample s = {.now_ms = now_ms, .acked_bytes = 10 * PACKET, .rtt_ms = rtt_ms};
    s.rate = (gc_sctp_rate_sample){bytes_s, delivered, total, false};
    return gc_sctp_model_acked(&m, &s);
}

static void the_rate_is_the_greatest_of_two_cycles(void **state) {
    (void)state;
    begin();
    assert_int_equal(gc_sctp_model_rate(&m), 0);
    ack(100, 0, 1000000, 40);
    ack(110, 0, 900000, 40);
    assert_int_equal(gc_sctp_model_rate(&m), 1000000);
    gc_sctp_model_next_cycle(&m);
    ack(120, 0, 800000, 40);
    assert_int_equal(gc_sctp_model_rate(&m), 1000000);
    gc_sctp_model_next_cycle(&m);
    assert_int_equal(gc_sctp_model_rate(&m), 800000);
    gc_sctp_model_next_cycle(&m); /* a cycle without a sample says nothing */
    assert_int_equal(gc_sctp_model_rate(&m), 800000);
}

static void a_sample_limited_by_the_application_can_only_raise_it(void **state) {
    (void)state;
    begin();
    ack(100, 0, 1000000, 40);
    gc_sctp_model_next_cycle(&m);
    gc_sctp_sample s = {.now_ms = 110, .acked_bytes = PACKET, .rtt_ms = 40};
    s.rate = (gc_sctp_rate_sample){500, 0, total, true};
    gc_sctp_model_acked(&m, &s);
    gc_sctp_model_next_cycle(&m);
    assert_int_equal(gc_sctp_model_rate(&m), 1000000);
    s.rate.bytes_s = 2000000;
    gc_sctp_model_acked(&m, &s);
    assert_int_equal(gc_sctp_model_rate(&m), 2000000);
}

static void what_fills_the_path_has_a_floor_and_a_ceiling(void **state) {
    (void)state;
    begin();
    ack(100, 0, 1000000, 40);
    assert_int_equal(gc_sctp_model_fill(&m, 1000), 40000);
    assert_int_equal(gc_sctp_model_fill(&m, 2000), 80000);
    ack(110, 0, 1000000, 0); /* less than the clock's step */
    assert_int_equal(gc_sctp_model_fill(&m, 1000), 1000 * GC_SCTP_MODEL_RTT_MS_MIN);
    begin();
    ack(100, 0, GC_SCTP_RATE_BYTES_S_MAX, 60000);
    assert_int_equal(gc_sctp_model_fill(&m, 4000), GC_SCTP_MODEL_BYTES_MAX);
}

static void a_round_ends_with_what_was_sent_at_its_start(void **state) {
    (void)state;
    begin();
    assert_true(ack(100, 0, 1000, 40)); /* it ends when 10,000 bytes are */
    assert_false(ack(120, 5000, 1000, 40));
    assert_false(ack(140, 9999, 1000, 41));
    assert_true(ack(160, 10000, 1000, 42));
    assert_int_equal(m.last_rtt_ms, 40);
    assert_false(ack(165, 50000, 1000, 40)); /* too short */
    assert_true(ack(170, 50000, 1000, 40));
}

static void few_losses_are_the_paths_own(void **state) {
    (void)state;
    begin();
    ack(0, 0, 1000, 40);
    for (uint32_t i = 0; i < 98; i++) { /* 980 packets and 19 lost: 1.9 % */
        ack(1, 0, 1000, 40);
    }
    gc_sctp_model_lost(&m, 19 * PACKET);
    assert_true(ack(100, 1000000, 1000, 40));
    assert_int_equal(m.last_lost, GC_SCTP_MODEL_LOST_LITTLE);
    for (uint32_t i = 0; i < 98; i++) {
        ack(101, 0, 1000, 40);
    }
    gc_sctp_model_lost(&m, 21 * PACKET);
    assert_true(ack(200, 2000000, 1000, 40));
    assert_int_equal(m.last_lost, GC_SCTP_MODEL_LOST_MUCH);
    gc_sctp_model_lost(&m, 2 * PACKET); /* 2 of 12: too few to judge */
    assert_true(ack(300, 3000000, 1000, 40));
    assert_int_equal(m.last_lost, GC_SCTP_MODEL_LOST_LITTLE);
}

static void losses_bound_the_rate_until_the_next_probe(void **state) {
    (void)state;
    begin();
    ack(100, 0, 1000000, 40);
    ack(200, 10000, 990000, 40); /* that much came nevertheless */
    gc_sctp_model_bind(&m);
    assert_int_equal(gc_sctp_model_rate(&m), 850000);
    for (uint32_t i = 0; i < 10; i++) {
        gc_sctp_model_bind(&m);
    }
    assert_int_equal(gc_sctp_model_rate(&m), 500000); /* half */
    ack(300, total, 100000, 40);
    ack(400, total, 100000, 40);
    for (uint32_t i = 0; i < 20; i++) {
        gc_sctp_model_bind(&m);
    }
    assert_int_equal(gc_sctp_model_rate(&m), 100000); /* less came through */
    gc_sctp_model_unbind(&m);
    assert_int_equal(gc_sctp_model_rate(&m), 1000000);
}

static void a_queue_shows_in_the_round_trips(void **state) {
    (void)state;
    begin();
    assert_false(gc_sctp_model_is_delayed(&m));
    ack(100, 0, 1000, 40);
    ack(200, total, 1000, 44);
    assert_false(gc_sctp_model_is_delayed(&m));
    ack(300, total, 1000, 45); /* 40 + 40 / 8 */
    assert_true(gc_sctp_model_is_delayed(&m));
    gc_sctp_model_set_rtt(&m, 400, 500);
    ack(600, total, 1000, 415);
    assert_false(gc_sctp_model_is_delayed(&m)); /* at most 16 ms more */
    ack(800, total, 1000, 416);
    assert_true(gc_sctp_model_is_delayed(&m));
}

static void a_chunk_that_was_sent_twice_has_no_round_trip(void **state) {
    (void)state;
    begin();
    ack(100, 0, 1000, UINT32_MAX);
    assert_int_equal(m.rtt_ms, UINT32_MAX);
    ack(200, total, 1000, 50);
    assert_int_equal(m.rtt_ms, 50);
    assert_int_equal(m.rtt_at_ms, 200);
    ack(300, total, 1000, 50); /* as short as before: it is still so */
    assert_int_equal(m.rtt_at_ms, 300);
    ack(400, total, 1000, 51);
    assert_int_equal(m.rtt_at_ms, 300);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rate_is_the_greatest_of_two_cycles),
        cmocka_unit_test(a_sample_limited_by_the_application_can_only_raise_it),
        cmocka_unit_test(what_fills_the_path_has_a_floor_and_a_ceiling),
        cmocka_unit_test(a_round_ends_with_what_was_sent_at_its_start),
        cmocka_unit_test(few_losses_are_the_paths_own),
        cmocka_unit_test(losses_bound_the_rate_until_the_next_probe),
        cmocka_unit_test(a_queue_shows_in_the_round_trips),
        cmocka_unit_test(a_chunk_that_was_sent_twice_has_no_round_trip),
    };
    return RUN(tests);
}
