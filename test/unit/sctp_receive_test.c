/* What a hostile peer can say, inside DTLS, to an association that is established. */
#include "test/unit/sctp_pair.h"

static sctp_pair pair;
static pair_forged f;

static void begin(uint64_t seed) {
    pair_begin(&pair, seed, &PAIR_CONFIG);
    pair_connect(&pair);
    pair_run(&pair, 100);
}

/* The association is alive: a message each way. */
static void assert_alive(void) {
    assert_int_equal(pair_send(&pair, 0, 0, false, 100), 0);
    assert_int_equal(pair_send(&pair, 1, 0, false, 100), 0);
    assert_true(pair_finish(&pair, 5000));
}

static void give(void) {
    pair_give(&pair, 1, &f);
}

static void start(void) {
    pair_forge(&pair, 1, pair_tag(&pair, 1), &f);
}

static void forge_data(uint32_t tsn, uint16_t stream, uint16_t ssn, uint8_t flags, gc_span bytes) {
    gc_sctp_data d = {tsn, 53, stream, ssn, flags, {0}};
    uint32_t at = gc_sctp_data_begin(&f.w, &d);
    gc_writer_span(&f.w, bytes);
    gc_sctp_chunk_end(&f.w, at);
}

static uint32_t next_tsn(void) {
    return pair.side[1].s.in.arrivals.cumulative + 1;
}

static void packets_with_a_wrong_tag_port_or_checksum_change_nothing(void **state) {
    (void)state;
    begin(1);
    static const uint8_t types[] = {GC_SCTP_DATA,     GC_SCTP_INIT_ACK,    GC_SCTP_SACK,
                                    GC_SCTP_ABORT,    GC_SCTP_SHUTDOWN,    GC_SCTP_SHUTDOWN_ACK,
                                    GC_SCTP_ERROR,    GC_SCTP_COOKIE_ECHO, GC_SCTP_COOKIE_ACK,
                                    GC_SCTP_RECONFIG, GC_SCTP_FORWARD_TSN, GC_SCTP_HEARTBEAT};
    uint32_t before = pair.side[1].packets;
    for (uint32_t i = 0; i < 10000; i++) {
        uint8_t type = types[i % sizeof types];
        uint32_t wrong = pair_tag(&pair, 1) ^ (1u << chance(&pair.chance, 32));
        pair_forge(&pair, 1, i % 3 == 0 ? 0 : wrong, &f);
        gc_sctp_plain_write(&f.w, type, (uint8_t)(i % 2), GC_SPAN("\0\0\0\x10\0\0\0\x20\0\0\0\0"));
        give();
    }
    start();
    gc_sctp_plain_write(&f.w, GC_SCTP_ABORT, 0, GC_SPAN_NONE);
    f.bytes[1] ^= 1; /* port */
    give();
    start();
    gc_sctp_plain_write(&f.w, GC_SCTP_ABORT, 0, GC_SPAN_NONE);
    gc_span packet = gc_sctp_packet_close(&pair.side[1].pool.crc, &f.w);
    f.bytes[8] ^= 1; /* checksum */
    gc_sctp_packet(&pair.side[1].s, pair.now_ms, packet);
    pair_drain(&pair);
    assert_int_equal(pair.side[1].packets, before);
    assert_int_equal(pair.side[1].down, 0);
    assert_alive();
    pair_end(&pair);
}

static void floods_of_inits_are_answered_and_hold_nothing(void **state) {
    (void)state;
    begin(2);
    for (uint32_t i = 0; i < 10000; i++) {
        pair_forge(&pair, 1, 0, &f);
        gc_sctp_init_chunk init = {
            .tag = i + 1, .window_bytes = i, .tsn = i, .streams_out = 1, .streams_in = 1};
        gc_sctp_init_write(&f.w, GC_SCTP_INIT, &init);
        uint32_t before = pair.side[1].packets;
        give();
        assert_int_equal(pair.side[1].packets, before + 1);
        if (pair.packet_count > 100) {
            pair_run(&pair, 20);
        }
    }
    assert_int_equal(pair.side[1].pool.used, 0);
    assert_alive();
    pair_end(&pair);
}

static void an_abort_and_a_last_word_with_the_peers_tag_end_it(void **state) {
    (void)state;
    begin(3);
    pair_forge(&pair, 1, pair_tag(&pair, 0), &f);
    gc_sctp_plain_write(&f.w, GC_SCTP_ABORT, 0, GC_SPAN_NONE); /* without the flag */
    give();
    assert_int_equal(pair.side[1].down, 0);
    pair_forge(&pair, 1, pair_tag(&pair, 0), &f);
    gc_sctp_plain_write(&f.w, GC_SCTP_ABORT, GC_SCTP_FLAG_OWN_TAG, GC_SPAN_NONE);
    give();
    assert_int_equal(pair.side[1].down, GC_SCTP_ABORTED);
    assert_int_equal(pair.side[1].cause, 0);
    pair_end(&pair);
}

static void acknowledging_what_was_never_sent_ends_it(void **state) {
    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        begin(4);
        uint32_t last = pair.side[1].s.out.next_tsn - 1;
        gc_sctp_gap gap = {2, 65535};
        start();
        gc_sctp_sack_write(&f.w,
                           i == 0   ? last + 1
                           : i == 1 ? last + 0x7fffffff
                                    : last,
                           1000, &gap, i == 2 ? 1 : 0, NULL, 0);
        give();
        assert_int_equal(pair.side[1].down, GC_SCTP_VIOLATION);
        pair_run(&pair, 100);
        assert_int_equal(pair.side[0].down, GC_SCTP_ABORTED);
        assert_int_equal(pair.side[0].cause, GC_SCTP_CAUSE_VIOLATION);
        pair_end(&pair);
    }
}

static void old_sacks_change_nothing(void **state) {
    (void)state;
    begin(5);
    assert_int_equal(pair_send(&pair, 1, 0, false, 5000), 0);
    pair_drain(&pair);
    uint32_t flight = pair.side[1].s.out.flight.bytes;
    assert_true(flight > 0);
    gc_sctp_gap gap = {2, 9};
    start();
    gc_sctp_sack_write(&f.w, pair.side[1].s.out.acked_tsn - 5, 0, &gap, 1, NULL, 0);
    give();
    assert_int_equal(pair.side[1].s.out.flight.bytes, flight);
    assert_true(pair.side[1].s.peer_window > 0);
    assert_alive();
    pair_end(&pair);
}

static void a_window_of_zero_is_asked_after_and_then_used(void **state) {
    (void)state;
    begin(6);
    uint32_t last = pair.side[1].s.out.next_tsn - 1;
    start();
    gc_sctp_sack_write(&f.w, last, 0, NULL, 0, NULL, 0);
    give();
    for (uint32_t i = 0; i < 20; i++) {
        assert_int_equal(pair_send(&pair, 1, 0, false, 5000), 0);
    }
    pair.dark = true;
    uint32_t before = pair.side[1].packets;
    pair_run(&pair, 20000);
    uint32_t asked = pair.side[1].packets - before;
    assert_true(asked >= 8 && asked <= 20);
    assert_int_equal(pair.side[1].s.out.next_tsn, last + 2); /* one chunk alone */
    pair.dark = false;
    assert_true(pair_finish(&pair, 5000));
    pair_end(&pair);
}

static void a_window_of_zero_for_ever_ends_it(void **state) {
    (void)state;
    begin(7);
    pair.dark = true;
    assert_int_equal(pair_send(&pair, 1, 0, false, 5000), 0);
    uint32_t last = pair.side[1].s.out.next_tsn - 1;
    for (uint32_t i = 0; i < 700 && pair.side[1].down == 0; i++) {
        start();
        gc_sctp_sack_write(&f.w, last, 0, NULL, 0, NULL, 0);
        give();
        pair_run(&pair, 100);
    }
    assert_int_equal(pair.side[1].down, GC_SCTP_UNREACHABLE);
    pair_end(&pair);
}

static void tiny_fragments_and_long_messages_end_it(void **state) {
    (void)state;
    static uint8_t bytes[1100];
    for (uint32_t i = 0; i < 2; i++) {
        begin(8);
        pair.dark = true; /* the other side never sent what is acknowledged here */
        gc_span piece = gc_span_of(bytes, i == 0 ? 1 : sizeof bytes);
        uint8_t flags = GC_SCTP_FLAG_BEGIN;
        uint32_t given = 0;
        for (; given < 2000 && pair.side[1].down == 0; given++) {
            start();
            forge_data(next_tsn(), 0, 0, flags, piece);
            give();
            flags = 0;
        }
        assert_int_equal(pair.side[1].down, GC_SCTP_EXCESS);
        assert_true(given <= GC_SCTP_FRAGMENTS_MAX + 1);
        assert_int_equal(pair.side[1].pool.used, 0);
        pair_end(&pair);
    }
}

static void holes_without_end_hold_no_more_than_the_window(void **state) {
    (void)state;
    begin(9);
    pair.dark = true;
    uint32_t first = next_tsn() + 1, most = 0;
    for (uint32_t i = 0; i < 20000; i++) {
        start();
        forge_data(first + 2 * i, (uint16_t)(i % 1024), (uint16_t)(1 + i), 3, GC_SPAN("x"));
        give();
        most = pair.side[1].pool.used > most ? pair.side[1].pool.used : most;
    }
    assert_true(most <= (1u << 20) / GC_SCTP_BLOCK_BYTES);
    assert_int_equal(pair.side[1].down, 0);
    pair_end(&pair);
}

static void extreme_tsns_are_dropped(void **state) {
    (void)state;
    begin(10);
    static const uint32_t ahead[] = {GC_SCTP_IN_TSNS, 65536,      0x7ffffffe,
                                     0x7fffffff,      0x80000000, 0xffffffff};
    for (uint32_t i = 0; i < sizeof ahead / sizeof ahead[0]; i++) {
        start();
        forge_data(next_tsn() + ahead[i], 0, 0, 3, GC_SPAN("x"));
        give();
    }
    assert_int_equal(pair.side[1].pool.used, 0);
    pair_run(&pair, 100);
    assert_alive();
    pair_end(&pair);
}

static void resets_and_forward_tsns_without_end_cost_little(void **state) {
    (void)state;
    begin(11);
    pair.dark = true;
    for (uint32_t i = 0; i < 5000; i++) {
        start();
        gc_sctp_reconfig request = {.number = pair.side[1].s.resets.peer_number, .last_tsn = i};
        uint16_t stream = (uint16_t)i;
        gc_sctp_request_write(&f.w, &request, &stream, i % 2);
        uint32_t at = gc_sctp_chunk_begin(&f.w, GC_SCTP_FORWARD_TSN, 0);
        gc_writer_u32(&f.w, next_tsn() + chance(&pair.chance, 3));
        gc_writer_u32(&f.w, chance(&pair.chance, 1 << 30));
        gc_sctp_chunk_end(&f.w, at);
        uint32_t before = pair.side[1].packets;
        give();
        assert_true(pair.side[1].packets <= before + 1);
    }
    assert_int_equal(pair.side[1].pool.used, 0);
    assert_int_equal(pair.side[1].down, 0);
    pair_end(&pair);
}

static void heartbeats_are_answered_with_their_own_words(void **state) {
    (void)state;
    begin(12);
    static uint8_t info[GC_SCTP_HEARTBEAT_BYTES_MAX + 4] = {0, 1};
    gc_sctp_output out;
    gc_sctp_head head;
    gc_sctp_chunk c;
    gc_reader r;
    for (uint32_t over = 0; over <= 4; over += 4) {
        uint32_t len = GC_SCTP_HEARTBEAT_BYTES_MAX + over;
        start();
        gc_sctp_plain_write(&f.w, GC_SCTP_HEARTBEAT, 0, gc_span_of(info, len));
        gc_sctp_plain_write(&f.w, GC_SCTP_PAD, 0, gc_span_of(info, 300));
        gc_span packet = gc_sctp_packet_close(&pair.side[1].pool.crc, &f.w);
        gc_sctp_packet(&pair.side[1].s, pair.now_ms, packet);
        assert_int_equal(gc_sctp_poll(&pair.side[1].s, &out), over == 0);
        if (over == 0) {
            assert_int_equal(
                gc_sctp_packet_open(&pair.side[1].pool.crc, out.bytes, true, &head, &r), 0);
            assert_true(gc_sctp_chunk_next(&r, &c));
            assert_int_equal(c.type, GC_SCTP_HEARTBEAT_ACK);
            assert_span(c.value, gc_span_of(info, len));
            assert_false(gc_sctp_poll(&pair.side[1].s, &out));
        }
    }
    pair_end(&pair);
}

static void unknown_chunks_are_taken_by_their_upper_bits(void **state) {
    (void)state;
    static const struct {
        uint8_t type;
        bool goes_on, reports;
    } rows[] = {{63, false, false}, {64 + 63, false, true}, {191, true, false}, {254, true, true}};
    for (uint32_t i = 0; i < 4; i++) {
        begin(13);
        uint32_t before = pair.side[1].packets;
        start();
        gc_sctp_plain_write(&f.w, rows[i].type, 0, GC_SPAN("what is this?"));
        gc_sctp_plain_write(&f.w, GC_SCTP_ABORT, 0, GC_SPAN_NONE);
        give();
        assert_int_equal(pair.side[1].down != 0, rows[i].goes_on);
        if (!rows[i].goes_on) {
            assert_int_equal(pair.side[1].packets - before, rows[i].reports);
        }
        pair_end(&pair);
    }
}

static void a_chunk_that_is_cut_ends_the_packet(void **state) {
    (void)state;
    begin(14);
    for (uint32_t cut = 1; cut < 20; cut++) {
        start();
        gc_sctp_plain_write(&f.w, GC_SCTP_ABORT, 0,
                            GC_SPAN("\0\x0c\0\x10"
                                    "all the words"));
        f.w.at -= cut;
        give();
    }
    assert_int_equal(pair.side[1].down, 0);
    assert_alive();
    pair_end(&pair);
}

static void a_data_chunk_without_bytes_ends_it(void **state) {
    (void)state;
    begin(15);
    start();
    forge_data(next_tsn(), 0, 0, 3, GC_SPAN_NONE);
    give();
    assert_int_equal(pair.side[1].down, GC_SCTP_VIOLATION);
    pair_end(&pair);
}

static void what_would_end_it_does_nothing_with_a_wrong_tag(void **state) {
    (void)state;
    begin(16);
    uint32_t last = pair.side[1].s.out.next_tsn - 1;
    pair_forge(&pair, 1, pair_tag(&pair, 1) + 1, &f);
    gc_sctp_sack_write(&f.w, last + 1, 1000, NULL, 0, NULL, 0);
    give();
    pair_forge(&pair, 1, pair_tag(&pair, 1) + 1, &f);
    forge_data(next_tsn(), 0, 9, 3, GC_SPAN("x"));
    give();
    assert_int_equal(pair.side[1].down, 0);
    start(); /* the same with the right tag */
    gc_sctp_sack_write(&f.w, last + 1, 1000, NULL, 0, NULL, 0);
    give();
    assert_int_equal(pair.side[1].down, GC_SCTP_VIOLATION);
    pair_end(&pair);
}

static void an_init_beside_other_chunks_is_ignored(void **state) {
    (void)state;
    gc_sctp_init_chunk init = {.tag = 9, .tsn = 9, .streams_out = 1, .streams_in = 1};
    for (uint32_t beside = 0; beside < 2; beside++) {
        begin(17);
        uint32_t before = pair.side[1].packets;
        pair_forge(&pair, 1, 0, &f);
        gc_sctp_init_write(&f.w, GC_SCTP_INIT, &init);
        if (beside == 1) {
            gc_sctp_plain_write(&f.w, GC_SCTP_COOKIE_ACK, 0, GC_SPAN_NONE);
        }
        give();
        assert_int_equal(pair.side[1].packets, before + 1 - beside);
        pair_end(&pair);
    }
}

static void congestion_control_hears_of_what_is_lost_and_came_twice(void **state) {
    (void)state;
    begin(18);
    gc_sctp *s = &pair.side[1].s;
    s->congestion.bbr.cwnd_bytes = 100000;
    pair.dark = true;
    assert_int_equal(pair_send(&pair, 1, 0, false, 20000), 0);
    pair_drain(&pair);
    uint32_t base = s->out.acked_tsn, twice[] = {base};
    gc_sctp_gap gap = {10, 12};
    pair.now_ms += 100;
    start();
    gc_sctp_sack_write(&f.w, base, 100000, &gap, 1, NULL, 0);
    give();
    pair_run(&pair, 30); /* the window for reordering */
    assert_int_equal(s->recovery.lost_bytes, 9 * 1132);
    assert_int_equal(s->lost_bytes, 9 * 1132);
    assert_int_equal(s->congestion.bbr.model.round_lost, 9 * 1132);
    s->congestion.bbr.model.bound = 1;
    start();
    gc_sctp_sack_write(&f.w, base + 1, 100000, NULL, 0, twice, 1);
    give();
    assert_int_equal(s->recovery.spurious, 1);
    assert_int_equal(s->spurious, 1);
    assert_true(s->congestion.bbr.model.bound > 1); /* undone; that of the losses comes after it */
    pair_end(&pair);
}

/* Side 0 connects alone, and has sent its COOKIE ECHO with a message. */
static void begin_echoed(void) {
    pair_begin(&pair, 19, &PAIR_CONFIG);
    gc_sctp_connect(&pair.side[0].s, pair.now_ms);
    assert_int_equal(pair_send(&pair, 0, 0, false, 100), 0);
    pair_run(&pair, 20);
    assert_int_equal(pair.side[0].s.opening.phase, GC_SCTP_PHASE_ECHOED);
    assert_int_equal(pair.side[0].s.out.flight.bytes, 100);
    pair.dark = true;
}

static void data_stand_for_a_cookie_ack_that_was_lost(void **state) {
    (void)state;
    begin_echoed();
    pair_forge(&pair, 0, pair_tag(&pair, 0), &f);
    forge_data(pair.side[0].s.in.arrivals.cumulative + 1, 0, 0, 3, GC_SPAN("\0\0\0\0"));
    pair_give(&pair, 0, &f);
    assert_int_equal(pair.side[0].ups, 1);
    assert_int_equal(pair.side[0].came, 1);
    pair_end(&pair);
}

static void data_that_went_with_the_cookie_are_watched(void **state) {
    (void)state;
    begin_echoed();
    assert_int_equal(gc_sctp_deadline(&pair.side[0].s), pair.side[0].s.opening.t1_at_ms);
    pair_forge(&pair, 0, pair_tag(&pair, 0), &f);
    gc_sctp_plain_write(&f.w, GC_SCTP_COOKIE_ACK, 0, GC_SPAN_NONE);
    pair_give(&pair, 0, &f);
    assert_int_equal(pair.side[0].ups, 1);
    assert_int_equal(gc_sctp_deadline(&pair.side[0].s), pair.now_ms + GC_SCTP_RTO_MS_INITIAL);
    pair_end(&pair);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_with_a_wrong_tag_port_or_checksum_change_nothing),
        cmocka_unit_test(floods_of_inits_are_answered_and_hold_nothing),
        cmocka_unit_test(an_abort_and_a_last_word_with_the_peers_tag_end_it),
        cmocka_unit_test(acknowledging_what_was_never_sent_ends_it),
        cmocka_unit_test(old_sacks_change_nothing),
        cmocka_unit_test(a_window_of_zero_is_asked_after_and_then_used),
        cmocka_unit_test(a_window_of_zero_for_ever_ends_it),
        cmocka_unit_test(tiny_fragments_and_long_messages_end_it),
        cmocka_unit_test(holes_without_end_hold_no_more_than_the_window),
        cmocka_unit_test(extreme_tsns_are_dropped),
        cmocka_unit_test(resets_and_forward_tsns_without_end_cost_little),
        cmocka_unit_test(heartbeats_are_answered_with_their_own_words),
        cmocka_unit_test(unknown_chunks_are_taken_by_their_upper_bits),
        cmocka_unit_test(a_chunk_that_is_cut_ends_the_packet),
        cmocka_unit_test(a_data_chunk_without_bytes_ends_it),
        cmocka_unit_test(what_would_end_it_does_nothing_with_a_wrong_tag),
        cmocka_unit_test(an_init_beside_other_chunks_is_ignored),
        cmocka_unit_test(congestion_control_hears_of_what_is_lost_and_came_twice),
        cmocka_unit_test(data_stand_for_a_cookie_ack_that_was_lost),
        cmocka_unit_test(data_that_went_with_the_cookie_are_watched),
    };
    return RUN(tests);
}
