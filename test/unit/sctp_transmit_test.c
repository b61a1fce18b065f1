#include "test/unit/sctp_pair.h"

#include "rtc/sctp_transmit.h"

static sctp_pair pair;

static void begin(uint64_t seed) {
    pair_begin(&pair, seed, &PAIR_CONFIG);
    pair_connect(&pair);
    pair_run(&pair, 100);
}

/* The types of the chunks of the next packet of side 0, in order; 0 chunks: there is no packet. */
static uint32_t next_packet(uint8_t types[64], uint8_t flags[64]) {
    gc_span packet;
    gc_sctp_head head;
    gc_sctp_chunk c;
    gc_reader r;
    uint32_t count = 0;
    if (!gc_sctp_transmit(&pair.side[0].s, &packet)) {
        return 0;
    }
    assert_true(packet.len <= GC_SCTP_PACKET_BYTES);
    assert_int_equal(gc_sctp_packet_open(&pair.side[0].pool.crc, packet, true, &head, &r), 0);
    while (gc_sctp_chunk_next(&r, &c)) {
        assert_true(count < 64);
        types[count] = c.type;
        flags[count++] = c.flags;
    }
    assert_false(r.failed);
    return count;
}

static void chunks_fill_packets_and_the_last_asks_for_an_answer(void **state) {
    (void)state;
    uint8_t types[64], flags[64];
    begin(1);
    assert_int_equal(gc_sctp_transmit_chunk_bytes(&pair.side[0].s), 1132);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(pair_send(&pair, 0, 0, false, 500), 0);
    }
    assert_int_equal(next_packet(types, flags), 2);
    assert_int_equal(types[1], GC_SCTP_DATA);
    assert_int_equal(flags[1], GC_SCTP_FLAG_BEGIN | GC_SCTP_FLAG_END);
    assert_int_equal(next_packet(types, flags), 1);
    assert_int_equal(flags[0], GC_SCTP_FLAG_BEGIN | GC_SCTP_FLAG_END | GC_SCTP_FLAG_AT_ONCE);
    assert_int_equal(next_packet(types, flags), 0);
    pair_end(&pair);
}

static void the_congestion_window_ends_it(void **state) {
    (void)state;
    uint8_t types[64], flags[64];
    begin(2);
    assert_int_equal(pair_send(&pair, 0, 0, false, 50000), 0);
    uint32_t packets = 0;
    while (next_packet(types, flags) > 0) {
        packets++;
    }
    assert_int_equal(packets, 4); /* RFC 9260 7.2.1 */
    pair.side[0].s.extra_due = true;
    assert_int_equal(next_packet(types, flags), 1);
    assert_int_equal(flags[0] & GC_SCTP_FLAG_AT_ONCE, GC_SCTP_FLAG_AT_ONCE);
    assert_int_equal(next_packet(types, flags), 0);
    pair_end(&pair);
}

/* At 2,500,000 bytes a second two chunks and a bit are a millisecond. */
static void chunks_go_out_at_the_rate_of_the_path(void **state) {
    (void)state;
    begin(7);
    gc_sctp *s = &pair.side[0].s;
    assert_int_equal(gc_sctp_transmit_paced_at(s), GC_NEVER);
    s->congestion.bbr.cwnd_bytes = 100000;
    s->congestion.bbr.rate_bytes_s = 2500000;
    s->congestion.bbr.model.rtt_ms = 40;
    pair.dark = true;
    assert_int_equal(pair_send(&pair, 0, 0, false, 50000), 0);
    uint32_t before = pair.side[0].packets;
    pair_drain(&pair);
    uint32_t burst = pair.side[0].packets - before;
    assert_in_range(burst, 2, 7); /* with what a late end makes up for */
    assert_int_equal(gc_sctp_transmit_paced_at(s), pair.now_ms + 1);
    assert_int_equal(gc_sctp_deadline(s), pair.now_ms + 1);
    pair_run(&pair, 10);
    assert_in_range(pair.side[0].packets - before - burst, 20, 24);
    uint8_t types[64], flags[64];
    assert_int_equal(next_packet(types, flags), 0);
    s->extra_due = true; /* a probe does not wait */
    assert_int_equal(next_packet(types, flags), 1);
    s->congestion.bbr.cwnd_bytes = 0; /* nor is there a time for what the window holds back */
    assert_int_equal(gc_sctp_transmit_paced_at(s), GC_NEVER);
    pair_end(&pair);
}

static void a_pause_of_the_application_is_noted(void **state) {
    (void)state;
    begin(8);
    gc_sctp *s = &pair.side[0].s;
    assert_true(s->rate.limited);
    assert_int_equal(pair_send(&pair, 0, 0, false, 100), 0);
    pair_run(&pair, 100);
    assert_true(s->rate.limited);
    s->congestion.bbr.cwnd_bytes = 1u << 22;
    s->congestion.bbr.model.rtt_ms = 0; /* not paced */
    s->peer_window = 1u << 22;
    for (uint32_t i = 0; i < 2; i++) {
        while (pair_send(&pair, 0, 0, false, 100000) == 0) { /* until the queue is full */
        }
        s->rate.limited = false;
        pair_drain(&pair);
    }
    assert_int_equal(gc_sctp_buffered(s), 0); /* all is in flight */
    assert_int_equal(s->refused, 0);
    assert_false(s->rate.limited);
    pair_end(&pair);
}

static void the_peers_window_ends_it_but_for_one_chunk(void **state) {
    (void)state;
    uint8_t types[64], flags[64];
    begin(3);
    pair.side[0].s.peer_window = 0;
    assert_int_equal(pair_send(&pair, 0, 0, false, 5000), 0);
    assert_int_equal(next_packet(types, flags), 1);
    assert_int_equal(next_packet(types, flags), 0);
    pair.side[0].s.peer_window = 3 * 1132;
    assert_int_equal(next_packet(types, flags), 1);
    assert_int_equal(next_packet(types, flags), 1);
    assert_int_equal(next_packet(types, flags), 0);
    pair_end(&pair);
}

static void a_sack_goes_along_with_data(void **state) {
    (void)state;
    uint8_t types[64], flags[64];
    begin(4);
    assert_int_equal(pair_send(&pair, 1, 0, false, 100), 0);
    pair.side[1].s.extra_due = false;
    assert_int_equal(pair_send(&pair, 1, 1, false, 100), 0);
    pair_drain(&pair);
    gc_sctp_in_packet_read(&pair.side[0].s.in, pair.now_ms, false); /* as if it had come */
    assert_int_equal(next_packet(types, flags), 0);                 /* not due yet */
    assert_int_equal(pair_send(&pair, 0, 0, false, 100), 0);
    assert_int_equal(next_packet(types, flags), 2);
    assert_int_equal(types[0], GC_SCTP_SACK);
    assert_int_equal(types[1], GC_SCTP_DATA);
    assert_int_equal(next_packet(types, flags), 0);
    pair_end(&pair);
}

static void what_has_ended_sends_its_abort_alone(void **state) {
    (void)state;
    uint8_t types[64], flags[64];
    begin(5);
    assert_int_equal(pair_send(&pair, 0, 0, false, 100), 0);
    gc_sctp_abort(&pair.side[0].s, pair.now_ms);
    assert_int_equal(next_packet(types, flags), 1);
    assert_int_equal(types[0], GC_SCTP_ABORT);
    assert_int_equal(next_packet(types, flags), 0);
    pair_end(&pair);
}

static void a_path_of_any_width_is_filled(void **state) {
    (void)state;
    for (uint32_t bytes = 512; bytes <= GC_SCTP_PACKET_BYTES_MAX; bytes += 531) {
        gc_sctp_config config = {bytes, 1u << 20, 1u << 20, 0, false};
        pair_begin(&pair, bytes, &config);
        pair.loss_per_mille = 20;
        pair_connect(&pair);
        for (uint32_t i = 0; i < 3; i++) {
            assert_int_equal(pair_send(&pair, 0, 0, false, 262144), 0);
            assert_true(pair_finish(&pair, 60000));
        }
        pair_end(&pair);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_fill_packets_and_the_last_asks_for_an_answer),
        cmocka_unit_test(the_congestion_window_ends_it),
        cmocka_unit_test(chunks_go_out_at_the_rate_of_the_path),
        cmocka_unit_test(a_pause_of_the_application_is_noted),
        cmocka_unit_test(the_peers_window_ends_it_but_for_one_chunk),
        cmocka_unit_test(a_sack_goes_along_with_data),
        cmocka_unit_test(what_has_ended_sends_its_abort_alone),
        cmocka_unit_test(a_path_of_any_width_is_filled),
    };
    return RUN(tests);
}
