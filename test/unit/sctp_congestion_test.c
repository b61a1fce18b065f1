#include "test/unit/noun.h"

#include "rtc/sctp_congestion.h"

#define PACKET 1163
#define RTT    40
#define RATE   2500000
#define WINDOW 4404 /* the first one */

static gc_sctp_congestion c;
static uint64_t now_ms;
static uint32_t total;

static void begin(void) {
    now_ms = 1000;
    total = 0;
    gc_sctp_congestion_begin(&c, PACKET, now_ms, 7);
}

/* A SACK for chunks that were sent when so much had been delivered. */
static void ack(uint32_t delivered, uint64_t bytes_s, uint32_t rtt_ms) {
    now_ms += RTT;
    gc_sctp_sample s = {.now_ms = now_ms,
                        .acked_bytes = 10 * PACKET,
                        .rtt_ms = rtt_ms,
                        .rate = {bytes_s, delivered, total + 10 * PACKET, false}};
    total += 10 * PACKET;
    gc_sctp_congestion_acked(&c, &s);
}

static void a_chunk_may_exceed_a_window_that_is_not_full(void **state) {
    (void)state;
    begin();
    assert_true(gc_sctp_congestion_allows(&c, WINDOW - 1));
    assert_false(gc_sctp_congestion_allows(&c, WINDOW));
    gc_sctp_congestion_timed_out(&c);
    assert_false(gc_sctp_congestion_allows(&c, PACKET));
    assert_true(gc_sctp_congestion_allows(&c, PACKET - 1));
    gc_sctp_congestion_size(&c, 2 * PACKET);
    gc_sctp_congestion_timed_out(&c);
    assert_true(gc_sctp_congestion_allows(&c, PACKET));
}

static void what_is_acknowledged_lost_or_came_twice_is_for_the_algorithm(void **state) {
    (void)state;
    begin();
    ack(0, RATE, RTT);
    ack(total, RATE, RTT);
    assert_int_equal(gc_sctp_model_rate(&c.bbr.model), RATE);
    assert_int_equal(gc_sctp_congestion_rate(&c), c.bbr.rate_bytes_s);
    assert_true(gc_sctp_congestion_rate(&c) > 0);
    gc_sctp_congestion_lost(&c, 7 * PACKET);
    assert_int_equal(c.bbr.model.round_lost, 7 * PACKET);
    c.bbr.model.bound = 1;
    gc_sctp_congestion_spurious(&c);
    assert_true(c.bbr.model.bound > 1);
    gc_sctp_bbr before = c.bbr; /* a SACK of nothing new says nothing */
    gc_sctp_congestion_acked(&c, &(gc_sctp_sample){.now_ms = now_ms + 9000});
    assert_memory_equal(&before, &c.bbr, sizeof before);
}

static void sacks_of_the_path_before_change_nothing(void **state) {
    (void)state;
    begin();
    ack(0, RATE, RTT);
    uint32_t moved = total;
    gc_sctp_congestion_moved(&c, total, now_ms);
    ack(moved - PACKET, 10 * RATE, RTT / 2);
    ack(moved, 10 * RATE, RTT / 2);
    assert_int_equal(gc_sctp_model_rate(&c.bbr.model), 0);
    assert_int_equal(c.bbr.model.rtt_ms, UINT32_MAX);
    assert_int_equal(c.bbr.cwnd_bytes, WINDOW);
    ack(moved + 1, RATE / 10, 2 * RTT);
    assert_int_equal(gc_sctp_model_rate(&c.bbr.model), RATE / 10);
    assert_int_equal(c.bbr.model.rtt_ms, 2 * RTT);
    assert_true(c.bbr.cwnd_bytes > WINDOW);
}

/* The count of bytes goes around: what was delivered before does not hold back what comes. */
static void it_is_learned_however_much_was_delivered(void **state) {
    (void)state;
    static const uint32_t counts[] = {1, INT32_MAX, 3000000000u, UINT32_MAX};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        begin();
        total = counts[i];
        gc_sctp_congestion_moved(&c, total, now_ms);
        ack(counts[i], 10 * RATE, RTT / 2);
        assert_int_equal(gc_sctp_model_rate(&c.bbr.model), 0);
        ack(total, RATE, RTT);
        assert_int_equal(gc_sctp_model_rate(&c.bbr.model), RATE);
        uint32_t window = c.bbr.cwnd_bytes;
        ack(total, RATE, RTT);
        assert_true(c.bbr.cwnd_bytes > window);
        ack(total, RATE, RTT);
        assert_true(c.bbr.phase_rounds >= 2);
        total += INT32_MAX; /* long after, the same count comes again */
        ack(total, 2 * RATE, RTT);
        assert_int_equal(gc_sctp_model_rate(&c.bbr.model), 2 * RATE);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chunk_may_exceed_a_window_that_is_not_full),
        cmocka_unit_test(what_is_acknowledged_lost_or_came_twice_is_for_the_algorithm),
        cmocka_unit_test(sacks_of_the_path_before_change_nothing),
        cmocka_unit_test(it_is_learned_however_much_was_delivered),
    };
    return RUN(tests);
}
