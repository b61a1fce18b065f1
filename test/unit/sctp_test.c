#include "test/unit/sctp_pair.h"

#include "core/base/error.h"

static sctp_pair pair;

static void both_connect_and_become_one_association(void **state) {
    (void)state;
    pair_begin(&pair, 1, &PAIR_CONFIG);
    pair_connect(&pair);
    /* INIT, INIT ACK, COOKIE ECHO, COOKIE ACK: two round trips at most, none waits for a timer. */
    assert_true(pair.side[0].up_ms - 1000 <= 40 && pair.side[1].up_ms - 1000 <= 40);
    pair_end(&pair);
}

static void one_side_may_connect_alone(void **state) {
    (void)state;
    pair_begin(&pair, 2, &PAIR_CONFIG);
    gc_sctp_connect(&pair.side[0].s, pair.now_ms);
    assert_int_equal(pair_send(&pair, 0, 0, false, 100), 0);
    assert_true(pair_finish(&pair, 100));
    assert_int_equal(pair.side[1].last_ms - 1000, 30); /* behind the COOKIE ECHO */
    assert_int_equal(pair.side[1].ups, 1);
    pair_end(&pair);
}

static void messages_go_with_the_cookie(void **state) {
    (void)state;
    pair_begin(&pair, 3, &PAIR_CONFIG);
    gc_sctp_connect(&pair.side[0].s, pair.now_ms);
    gc_sctp_connect(&pair.side[1].s, pair.now_ms);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(pair_send(&pair, i, 0, false, 100), 0);
        assert_int_equal(pair_send(&pair, i, 1, true, 200), 0);
    }
    assert_true(pair_finish(&pair, 1000));
    assert_true(pair.now_ms - 1000 <= 40);
    pair_end(&pair);
}

/* Gives the INIT that side `from` told to the other one. */
static void tell(uint32_t from) {
    uint8_t bytes[GC_SCTP_TOLD_INIT_BYTES_MAX];
    gc_span init = gc_sctp_tell(&pair.side[from].s, bytes);
    assert_int_equal(gc_sctp_agree(&pair.side[!from].s, init), 0);
}

static void messages_of_sides_that_told_need_no_handshake(void **state) {
    (void)state;
    for (uint32_t lost = 0; lost < 2; lost++) {
        pair_begin(&pair, 3, &PAIR_CONFIG);
        tell(0);
        tell(1);
        pair.loss_per_mille = lost * 200;
        for (uint32_t i = 0; i < 2; i++) {
            gc_sctp_connect(&pair.side[i].s, pair.now_ms);
            assert_int_equal(pair_send(&pair, i, 0, false, 100), 0);
            assert_int_equal(pair_send(&pair, i, 1, true, 200), 0);
        }
        assert_true(pair_finish(&pair, 10011));
        for (uint32_t i = 0; i < 2; i++) {
            assert_int_equal(pair.side[i].ups, 1);
            assert_int_equal(pair.side[i].up_ms, 1000);
            assert_true(lost == 1 || pair.side[i].last_ms == 1010);
            assert_int_equal(pair.side[i].s.limit_at_ms, GC_NEVER);
        }
        pair_end(&pair);
    }
}

/* What one side told got lost: its DATA comes to somebody who still waits, and again later. */
static void one_side_that_was_not_told_loses_nothing(void **state) {
    (void)state;
    for (uint32_t from = 0; from < 2; from++) {
        pair_begin(&pair, 3, &PAIR_CONFIG);
        tell(from);
        for (uint32_t i = 0; i < 2; i++) {
            gc_sctp_connect(&pair.side[i].s, pair.now_ms);
            for (uint32_t n = 0; n < 20; n++) {
                assert_int_equal(pair_send(&pair, i, 0, false, 1000), 0);
            }
        }
        assert_true(pair_finish(&pair, 3000));
        assert_int_equal(pair.side[0].ups, 1);
        assert_int_equal(pair.side[1].ups, 1);
        assert_int_equal(pair.side[0].down + pair.side[1].down, 0);
        pair_end(&pair);
    }
}

static void a_handshake_that_contradicts_what_was_told_ends_it(void **state) {
    (void)state;
    pair_begin(&pair, 3, &PAIR_CONFIG);
    uint8_t bytes[GC_SCTP_TOLD_INIT_BYTES_MAX];
    gc_span init = gc_sctp_tell(&pair.side[0].s, bytes);
    bytes[7] ^= 1; /* the tag */
    assert_int_equal(gc_sctp_agree(&pair.side[1].s, init), 0);
    gc_sctp_connect(&pair.side[0].s, pair.now_ms);
    gc_sctp_connect(&pair.side[1].s, pair.now_ms);
    pair_run(&pair, 1000);
    assert_int_equal(pair.side[1].down, GC_SCTP_RESTARTED);
    pair_end(&pair);
}

static void every_length_arrives_whole(void **state) {
    (void)state;
    static const uint32_t lengths[] = {4,    5,    6,    7,     1132,  1133,  1134,   1135,
                                       1136, 1137, 2270, 65536, 99999, 65535, 262143, 262144};
    pair_begin(&pair, 4, &PAIR_CONFIG);
    pair_connect(&pair);
    for (uint32_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        assert_int_equal(pair_send(&pair, i % 2, 0, i % 3 == 0, lengths[i]), 0);
        assert_true(pair_finish(&pair, 60000));
    }
    pair_end(&pair);
}

/* Traffic both ways at a steady pace: ordered and unordered streams, short and long messages. */
static void talk(uint32_t messages) {
    for (uint32_t i = 0; i < messages; i++) {
        for (uint32_t from = 0; from < 2; from++) {
            uint32_t len = chance(&pair.chance, 20) == 0 ? 4 + chance(&pair.chance, 20000)
                                                         : 4 + chance(&pair.chance, 200);
            uint16_t stream = (uint16_t)chance(&pair.chance, 4);
            int result = pair_send(&pair, from, stream, stream == 3, len);
            assert_true(result == 0 || result == GC_E_FULL);
        }
        pair_run(&pair, 1 + chance(&pair.chance, 4));
    }
}

static void all_messages_arrive_over_a_bad_path(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        pair_begin(&pair, seed, &PAIR_CONFIG);
        pair.delay_ms = chance(&pair.chance, 60);
        pair.jitter_ms = chance(&pair.chance, 40);
        pair.loss_per_mille = chance(&pair.chance, 150);
        pair.duplicate_per_mille = chance(&pair.chance, 100);
        pair_connect(&pair);
        talk(500);
        assert_true(pair_finish(&pair, 60000));
        assert_int_equal(pair.side[0].down, 0);
        assert_int_equal(pair.side[1].down, 0);
        pair_end(&pair);
    }
}

static void messages_at_a_third_lost_each_way_come_soon(void **state) {
    (void)state;
    uint32_t late = 0;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        pair_begin(&pair, seed, &PAIR_CONFIG);
        pair.delay_ms = 25;
        pair.loss_per_mille = 300;
        gc_sctp_round_trip(&pair.side[0].s, 50);
        gc_sctp_round_trip(&pair.side[1].s, 50);
        pair_connect(&pair);
        assert_true(pair.now_ms - 1000 <= 5000);
        for (uint32_t i = 0; i < 100; i++) {
            assert_int_equal(pair_send(&pair, 0, 0, false, 100), 0);
            pair_run(&pair, 100);
        }
        late += pair_missing(&pair, 1) > 20 ? 1 : 0;
        assert_true(pair_finish(&pair, 30000));
        pair_end(&pair);
    }
    assert_true(late <= 1);
}

/* Sends as much as the queue takes, whenever it is said to be writable, for ms. Returns the bytes
 * that came. */
static uint64_t bulk(uint32_t len, uint64_t ms) {
    uint64_t until_ms = pair.now_ms + ms, before = pair.side[1].came_bytes;
    while (pair.now_ms < until_ms) {
        uint32_t writables = pair.side[0].writables;
        while (pair_send(&pair, 0, 0, false, len) == 0) {
        }
        while (pair.now_ms < until_ms && pair.side[0].writables == writables) {
            pair_run(&pair, 1);
        }
    }
    return pair.side[1].came_bytes - before;
}

static void bulk_fills_a_line_and_waits_for_it(void **state) {
    (void)state;
    pair_begin(&pair, 5, &PAIR_CONFIG);
    pair.rate_bytes_per_ms = 1250; /* 10 Mbit/s */
    pair.queue_ms = 100;
    pair.delay_ms = 20;
    pair_connect(&pair);
    uint64_t bytes = bulk(60000, 10000);
    assert_true(bytes > 9000000); /* of 12,500,000, with slow start and its losses */
    assert_true(pair.side[0].writables > 10);
    assert_true(pair_finish(&pair, 5000));
    assert_int_equal(gc_sctp_buffered(&pair.side[0].s), 0);
    pair_end(&pair);
}

static void data_flow_again_soon_after_a_blackout(void **state) {
    (void)state;
    pair_begin(&pair, 6, &PAIR_CONFIG);
    pair_connect(&pair);
    assert_int_equal(pair_send(&pair, 0, 0, false, 100), 0);
    assert_true(pair_finish(&pair, 100));
    pair.dark = true;
    assert_int_equal(pair_send(&pair, 0, 0, false, 100), 0);
    assert_int_equal(pair_send(&pair, 1, 0, false, 100), 0);
    pair_run(&pair, 25000);
    pair.dark = false;
    assert_true(pair_finish(&pair, 2100));
    pair_end(&pair);
}

/* A transfer that loses all that is under way with its path goes on as a new one would: neither is
 * the old rate that of the new path, nor are the losses of the old one. */
static void another_way_is_learned_anew(void **state) {
    (void)state;
    pair_begin(&pair, 9, &PAIR_CONFIG);
    pair_connect(&pair);
    pair.rate_bytes_per_ms = 5000;
    pair.queue_ms = 1000;
    gc_sctp *s = &pair.side[0].s;
    gc_sctp_moved(s, pair.now_ms, true); /* nothing was learned so far */
    assert_false(s->congestion.unheard);
    for (uint32_t i = 0; i < 8; i++) {
        assert_int_equal(pair_send(&pair, 0, 0, false, 100000), 0);
    }
    pair_run(&pair, 100);
    uint64_t rate = gc_sctp_model_rate(&s->congestion.bbr.model);
    assert_true(rate > 0 && s->out.flight.bytes > 0);
    gc_sctp_moved(s, pair.now_ms, false); /* the same pair again */
    assert_int_equal(gc_sctp_model_rate(&s->congestion.bbr.model), rate);
    pair.dark = true;
    pair_run(&pair, 100);
    pair.dark = false;
    pair.rate_bytes_per_ms = 500;
    pair.free_bytes[0] = pair.free_bytes[1] = 0; /* another line, which is free */
    gc_sctp_moved(s, pair.now_ms, true);
    assert_int_equal(gc_sctp_model_rate(&s->congestion.bbr.model), 0);
    assert_int_equal(s->congestion.bbr.phase, GC_SCTP_BBR_STARTUP);
    uint64_t from_ms = pair.now_ms;
    assert_true(pair_finish(&pair, 10000));
    assert_true(gc_sctp_model_rate(&s->congestion.bbr.model) <= 600000);
    assert_int_equal(s->congestion.bbr.ceiling_bytes, UINT32_MAX);
    assert_true(pair.now_ms - from_ms <= 800000 / 500 + 400);
    pair_end(&pair);
}

static void nobody_there_ends_by_its_deadline(void **state) {
    (void)state;
    pair_begin(&pair, 7, &PAIR_CONFIG);
    pair.dark = true;
    gc_sctp_connect(&pair.side[0].s, pair.now_ms);
    pair_run(&pair, GC_SCTP_OPEN_MS - 1);
    assert_int_equal(pair.side[0].down, 0);
    assert_true(pair.side[0].packets >= 10 && pair.side[0].packets <= 20);
    pair_run(&pair, 1);
    assert_int_equal(pair.side[0].down, GC_SCTP_UNREACHABLE);
    pair_end(&pair);
}

static void a_peer_that_takes_nothing_ends_by_its_deadline(void **state) {
    (void)state;
    pair_begin(&pair, 8, &PAIR_CONFIG);
    pair_connect(&pair);
    pair.dark = true;
    assert_int_equal(pair_send(&pair, 0, 0, false, 100), 0);
    uint32_t before = pair.side[0].packets;
    pair_run(&pair, GC_SCTP_STALL_MS - 1);
    assert_int_equal(pair.side[0].down, 0);
    assert_true(pair.side[0].packets - before <= 40); /* one for each 2 s */
    pair_run(&pair, 1);
    assert_int_equal(pair.side[0].down, GC_SCTP_UNREACHABLE);
    pair_end(&pair);
}

static void an_idle_association_has_no_timer_and_no_block(void **state) {
    (void)state;
    pair_begin(&pair, 9, &PAIR_CONFIG);
    pair_connect(&pair);
    talk(50);
    assert_true(pair_finish(&pair, 1000));
    pair_run(&pair, 1000);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(gc_sctp_deadline(&pair.side[i].s), GC_NEVER);
        assert_int_equal(pair.side[i].pool.used, 0);
    }
    pair_end(&pair);
}

static void a_stream_is_reset_after_its_messages_and_begins_anew(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        pair_begin(&pair, seed, &PAIR_CONFIG);
        pair.loss_per_mille = 100;
        pair.jitter_ms = 10;
        pair_connect(&pair);
        for (uint32_t i = 0; i < 10; i++) {
            assert_int_equal(pair_send(&pair, 0, 2, false, 2000), 0);
        }
        assert_int_equal(gc_sctp_reset(&pair.side[0].s, pair.now_ms, 2), 0);
        assert_int_equal(gc_sctp_reset(&pair.side[0].s, pair.now_ms, 2), GC_E_STATE);
        assert_int_equal(pair_send(&pair, 0, 2, false, 100), GC_E_STATE);
        for (uint32_t i = 0; i < 200 && pair.side[1].resets_in == 0; i++) {
            pair_run(&pair, 50);
        }
        assert_int_equal(pair_missing(&pair, 1), 0);
        for (uint32_t i = 0; i < 200 && pair.side[0].resets_out == 0; i++) {
            pair_run(&pair, 50);
        }
        assert_int_equal(pair.side[0].resets_out, 1);
        assert_int_equal(pair.side[1].resets_in, 1);
        assert_int_equal(pair_send(&pair, 0, 2, false, 100), 0);
        assert_true(pair_finish(&pair, 5000));
        pair_end(&pair);
    }
}

static void closing_waits_for_everything_and_tells_both(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        pair_begin(&pair, seed, &PAIR_CONFIG);
        pair.loss_per_mille = 50;
        pair_connect(&pair);
        for (uint32_t i = 0; i < 10; i++) {
            assert_int_equal(pair_send(&pair, 0, 0, false, 5000), 0);
            assert_int_equal(pair_send(&pair, 1, 0, false, 5000), 0);
        }
        gc_sctp_close(&pair.side[0].s, pair.now_ms);
        assert_int_equal(pair_send(&pair, 0, 0, false, 100), GC_E_CLOSED);
        /* The other side counts its time from the SHUTDOWN that comes, which may be late. */
        pair_run(&pair, 2 * GC_SCTP_CLOSE_MS);
        assert_int_equal(pair.side[0].down, GC_SCTP_CLOSED);
        assert_true(pair.side[1].down == GC_SCTP_CLOSED ||
                    pair.side[1].down == GC_SCTP_UNREACHABLE); /* its last word may be lost */
        assert_int_equal(pair_missing(&pair, 0) + pair_missing(&pair, 1), 0);
        pair_end(&pair);
    }
}

static void an_abort_tells_the_peer_its_cause(void **state) {
    (void)state;
    pair_begin(&pair, 10, &PAIR_CONFIG);
    pair_connect(&pair);
    gc_sctp_abort(&pair.side[0].s, pair.now_ms);
    pair_run(&pair, 20);
    assert_int_equal(pair.side[0].down, GC_SCTP_CANCELLED);
    assert_int_equal(pair.side[1].down, GC_SCTP_ABORTED);
    assert_int_equal(pair.side[1].cause, GC_SCTP_CAUSE_USER);
    pair_end(&pair);
}

static void what_cannot_be_sent_is_refused_and_changes_nothing(void **state) {
    (void)state;
    static uint8_t bytes[GC_SCTP_MESSAGE_BYTES_MAX + 1];
    pair_begin(&pair, 11, &PAIR_CONFIG);
    gc_sctp *s = &pair.side[0].s;
    gc_sctp_message m = {.bytes = gc_span_of(bytes, 1), .ppid = 53};
    assert_int_equal(gc_sctp_send(s, 1000, &m), GC_E_CLOSED);
    assert_int_equal(gc_sctp_reset(s, 1000, 0), GC_E_CLOSED);
    pair_connect(&pair);
    m.bytes.len = sizeof bytes;
    assert_int_equal(gc_sctp_send(s, pair.now_ms, &m), GC_E_TOO_BIG);
    m.bytes.len = 0;
    assert_int_equal(gc_sctp_send(s, pair.now_ms, &m), GC_E_ARGUMENT);
    m.bytes.len = 1;
    m.stream = GC_SCTP_STREAMS_MAX;
    assert_int_equal(gc_sctp_send(s, pair.now_ms, &m), GC_E_ARGUMENT);
    assert_int_equal(gc_sctp_reset(s, pair.now_ms, GC_SCTP_STREAMS_MAX), GC_E_ARGUMENT);
    assert_int_equal(gc_sctp_buffered(s), 0);
    assert_int_equal(pair.side[0].pool.used, 0);
    pair_end(&pair);
}

static void a_clock_that_steps_back_is_clamped(void **state) {
    (void)state;
    pair_begin(&pair, 12, &PAIR_CONFIG);
    pair_connect(&pair);
    assert_int_equal(pair_send(&pair, 0, 0, false, 100), 0);
    gc_sctp_tick(&pair.side[0].s, 0);
    pair_drain(&pair);
    assert_true(pair_finish(&pair, 100));
    pair_end(&pair);
}

static void only_the_packet_of_the_cookie_carries_data_before_the_answer(void **state) {
    (void)state;
    pair_begin(&pair, 13, &PAIR_CONFIG);
    gc_sctp_connect(&pair.side[0].s, pair.now_ms);
    pair_run(&pair, 20);
    uint32_t before = pair.side[0].packets;
    assert_int_equal(pair_send(&pair, 0, 0, false, 100), 0);
    pair_run(&pair, 19);
    assert_int_equal(pair.side[0].packets, before);
    assert_true(pair_finish(&pair, 100));
    assert_int_equal(pair.side[1].last_ms, 1000 + 50);
    pair_end(&pair);
}

static void data_of_a_lost_cookie_go_with_the_next(void **state) {
    (void)state;
    pair_begin(&pair, 14, &PAIR_CONFIG);
    gc_sctp_connect(&pair.side[0].s, pair.now_ms);
    assert_int_equal(pair_send(&pair, 0, 0, false, 100), 0);
    pair_run(&pair, 19);
    pair.dark = true;
    pair_run(&pair, 100);
    pair.dark = false;
    assert_true(pair_finish(&pair, 5000));
    assert_int_equal(pair.side[1].last_ms, 1020 + GC_SCTP_T1_MS + 10);
    assert_int_equal(pair.side[1].up_ms, pair.side[1].last_ms);
    pair_end(&pair);
}

static void a_long_silence_is_not_a_stall(void **state) {
    (void)state;
    pair_begin(&pair, 15, &PAIR_CONFIG);
    pair_connect(&pair);
    pair_run(&pair, 2 * GC_SCTP_STALL_MS);
    assert_int_equal(pair_send(&pair, 0, 0, false, 100), 0);
    assert_true(pair_finish(&pair, 100));
    assert_int_equal(pair.side[0].down, 0);
    pair_end(&pair);
}

static void a_reset_follows_its_last_chunk_at_once(void **state) {
    (void)state;
    pair_begin(&pair, 16, &PAIR_CONFIG);
    pair_connect(&pair);
    pair_run(&pair, 100);
    uint32_t before = pair.side[0].packets;
    assert_int_equal(pair_send(&pair, 0, 2, false, 100), 0);
    assert_int_equal(gc_sctp_reset(&pair.side[0].s, pair.now_ms, 2), 0);
    pair_drain(&pair);
    assert_int_equal(pair.side[0].packets, before + 2);
    pair_run(&pair, 25);
    assert_int_equal(pair.side[0].resets_out, 1);
    pair_end(&pair);
}

/* A message of the longest takes more blocks in chunks of this path than its bytes fill. */
static void writable_means_that_what_was_refused_finds_room(void **state) {
    (void)state;
    gc_sctp_output out;
    pair_begin(&pair, 30, &PAIR_CONFIG);
    pair_connect(&pair);
    gc_sctp_pool *pool = &pair.side[0].pool;
    pool->common_used = pool->common - 225;
    assert_int_equal(pair_send(&pair, 0, 0, false, GC_SCTP_MESSAGE_BYTES_MAX), GC_E_FULL);
    assert_false(gc_sctp_poll(&pair.side[0].s, &out));
    pool->common_used = pool->common - 232;
    assert_true(gc_sctp_poll(&pair.side[0].s, &out));
    assert_int_equal(out.kind, GC_SCTP_WRITABLE);
    pool->common_used = 0;
    assert_int_equal(pair_send(&pair, 0, 0, false, GC_SCTP_MESSAGE_BYTES_MAX), 0);
    pair_end(&pair);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writable_means_that_what_was_refused_finds_room),
        cmocka_unit_test(both_connect_and_become_one_association),
        cmocka_unit_test(one_side_may_connect_alone),
        cmocka_unit_test(messages_go_with_the_cookie),
        cmocka_unit_test(messages_of_sides_that_told_need_no_handshake),
        cmocka_unit_test(one_side_that_was_not_told_loses_nothing),
        cmocka_unit_test(a_handshake_that_contradicts_what_was_told_ends_it),
        cmocka_unit_test(every_length_arrives_whole),
        cmocka_unit_test(all_messages_arrive_over_a_bad_path),
        cmocka_unit_test(messages_at_a_third_lost_each_way_come_soon),
        cmocka_unit_test(bulk_fills_a_line_and_waits_for_it),
        cmocka_unit_test(data_flow_again_soon_after_a_blackout),
        cmocka_unit_test(another_way_is_learned_anew),
        cmocka_unit_test(nobody_there_ends_by_its_deadline),
        cmocka_unit_test(a_peer_that_takes_nothing_ends_by_its_deadline),
        cmocka_unit_test(an_idle_association_has_no_timer_and_no_block),
        cmocka_unit_test(a_stream_is_reset_after_its_messages_and_begins_anew),
        cmocka_unit_test(closing_waits_for_everything_and_tells_both),
        cmocka_unit_test(an_abort_tells_the_peer_its_cause),
        cmocka_unit_test(what_cannot_be_sent_is_refused_and_changes_nothing),
        cmocka_unit_test(a_clock_that_steps_back_is_clamped),
        cmocka_unit_test(only_the_packet_of_the_cookie_carries_data_before_the_answer),
        cmocka_unit_test(data_of_a_lost_cookie_go_with_the_next),
        cmocka_unit_test(a_long_silence_is_not_a_stall),
        cmocka_unit_test(a_reset_follows_its_last_chunk_at_once),
    };
    return RUN(tests);
}
