#include "test/unit/noun.h"

#include "core/base/timers.h"
#include "rtc/sctp_recovery.h"

#define FIRST 100

static gc_sctp_recovery r;
static gc_sctp_out out;
static gc_sctp_pool pool;
static gc_drbg drbg;
static void *memory;

static void place(gc_arena *a) {
    gc_sctp_pool_init(&pool, a, &drbg, 64);
    gc_sctp_out_place(&out, &pool, a, 4);
}

/* Chunks of one byte wait to be sent. */
static void begin(uint32_t chunks) {
    uint8_t seed[32] = {1}, bytes[64] = {0};
    gc_arena a;
    gc_drbg_init(&drbg, seed);
    NOUN_PLACE(memory, a, place(&a));
    gc_sctp_out_begin(&out, FIRST, 64 * GC_SCTP_BLOCK_BYTES);
    gc_sctp_recovery_begin(&r);
    gc_sctp_data d = {.bytes = gc_span_of(bytes, chunks)};
    assert_int_equal(gc_sctp_out_put(&out, &d, &(gc_sctp_limit){0}, 1), 0);
}

static void end(void) {
    gc_sctp_out_end(&out);
    free(memory);
}

static void send(uint64_t now_ms) {
    uint8_t bytes[64];
    gc_writer w;
    gc_writer_init(&w, bytes, sizeof bytes);
    gc_sctp_out_send(&out, gc_sctp_out_next(&out, true), now_ms, 0, &w);
    gc_sctp_recovery_sent(&r, now_ms);
}

/* A SACK: everything before chunk i, and the chunks first..last behind it (0: none). */
static bool ack(uint64_t now_ms, uint32_t i, uint32_t first, uint32_t last, uint32_t duplicates) {
    uint32_t base = i - 1;
    uint8_t gap[4] = {0, (uint8_t)(first - base), 0, (uint8_t)(last - base)};
    gc_sctp_sack s = {FIRST + base, 1000, last > 0 ? 1 : 0, 0, gc_span_of(gap, 4)};
    gc_sctp_acked a = gc_sctp_out_ack(&out, &s);
    assert_false(a.violation || a.old);
    return gc_sctp_recovery_acked(&r, &out, &a, duplicates, now_ms);
}

static void the_retransmission_time_follows_the_round_trip(void **state) {
    (void)state;
    gc_sctp_recovery_begin(&r);
    assert_int_equal(r.rto_ms, GC_SCTP_RTO_MS_INITIAL);
    gc_sctp_recovery_measured(&r, 100);
    assert_int_equal(r.srtt_us, 100000);
    assert_int_equal(r.rto_ms, 300);
    for (uint32_t i = 0; i < 100; i++) {
        gc_sctp_recovery_measured(&r, 0);
    }
    assert_true(r.srtt_us > 0 && r.srtt_us < 1000);
    assert_int_equal(r.rto_ms, GC_SCTP_RTO_MS_MIN);
    assert_int_equal(r.min_rtt_ms, 0);
    gc_sctp_recovery_measured(&r, UINT32_MAX);
    assert_true(r.rto_ms <= GC_SCTP_RTO_MS_MAX);
}

static void a_chunk_is_lost_when_a_later_one_came_long_enough_ago(void **state) {
    (void)state;
    begin(8);
    for (uint32_t i = 0; i < 4; i++) {
        send(1000 + i);
    }
    assert_false(ack(1100, 1, 0, 0, 0)); /* 100 ms; the window is a quarter of it */
    assert_false(ack(1103, 1, 3, 3, 0)); /* 1 and 2 are missing */
    assert_int_equal(out.lost.bytes, 0);
    assert_int_equal(gc_sctp_recovery_deadline(&r), 1001 + 100 + 25);
    assert_int_equal(gc_sctp_recovery_tick(&r, &out, 1125), GC_SCTP_DUE_NOTHING);
    assert_int_equal(gc_sctp_recovery_tick(&r, &out, 1126), GC_SCTP_DUE_LOSS);
    assert_int_equal(out.lost.bytes, 1);
    assert_int_equal(gc_sctp_recovery_tick(&r, &out, 1127),
                     GC_SCTP_DUE_NOTHING); /* the same loss */
    assert_int_equal(out.lost.bytes, 2);
    end();
}

static void a_chunk_that_comes_late_is_not_lost(void **state) {
    (void)state;
    begin(8);
    for (uint32_t i = 0; i < 4; i++) {
        send(1000 + i);
    }
    ack(1100, 1, 0, 0, 0);
    ack(1103, 1, 3, 3, 0);
    assert_false(ack(1110, 4, 0, 0, 0));
    assert_int_equal(gc_sctp_recovery_deadline(&r), GC_NEVER);
    end();
}

static void a_lost_retransmission_is_found(void **state) {
    (void)state;
    begin(8);
    send(1000);
    send(1001);
    ack(1101, 0, 1, 1, 0);
    assert_int_equal(gc_sctp_recovery_tick(&r, &out, 1125), GC_SCTP_DUE_LOSS);
    send(1126); /* chunk 0 again */
    send(1127); /* chunk 2 */
    ack(1227, 0, 1, 2, 0);
    assert_int_equal(out.lost.bytes, 0);
    assert_int_equal(gc_sctp_recovery_tick(&r, &out, 1126 + 100 + 25), GC_SCTP_DUE_NOTHING);
    assert_int_equal(out.lost.bytes, 1); /* the same window: no second reduction */
    end();
}

static void duplicates_widen_the_window_for_reordering(void **state) {
    (void)state;
    begin(8);
    send(1000);
    ack(1100, 1, 0, 0, 1);
    assert_int_equal(r.quarters, 2);
    send(1101);
    ack(1201, 2, 0, 0, 1);
    assert_int_equal(r.quarters, 3);
    send(1202);
    send(1203);
    ack(1303, 2, 3, 3, 0);
    assert_int_equal(gc_sctp_recovery_deadline(&r), 1202 + 100 + 75);
    end();
}

/* A quarter of no time is none: yet what one machine sends in batches may change places. */
static void on_the_shortest_path_reordering_has_two_milliseconds(void **state) {
    (void)state;
    begin(8);
    for (uint32_t i = 0; i < 4; i++) {
        send(1000);
    }
    assert_false(ack(1000, 1, 3, 3, 0));
    assert_int_equal(gc_sctp_recovery_deadline(&r), 1002);
    assert_int_equal(gc_sctp_recovery_tick(&r, &out, 1001), GC_SCTP_DUE_NOTHING);
    assert_int_equal(gc_sctp_recovery_tick(&r, &out, 1002), GC_SCTP_DUE_LOSS);
    assert_int_equal(r.lost_bytes, 2);
    send(1002);
    send(1002);
    ack(1003, 4, 0, 0, 1); /* they came after all */
    assert_int_equal(r.spurious, 1);
    send(1004);
    send(1004);
    ack(1004, 4, 5, 5, 0);
    assert_int_equal(gc_sctp_recovery_deadline(&r), 1004 + 4);
    end();
}

/* A peer that reports few gaps says nothing of what is beyond the last one. */
static void what_a_sack_does_not_tell_of_is_not_lost(void **state) {
    (void)state;
    uint8_t gaps[4 * (GC_SCTP_OUT_GAPS_FEW + 1)];
    begin(60);
    for (uint32_t i = 0; i < 50; i++) {
        send(1000);
    }
    for (uint32_t i = 0; i <= GC_SCTP_OUT_GAPS_FEW; i++) { /* 1, 3, 5 ... 33 */
        memcpy(gaps + 4 * i, (uint8_t[]){0, (uint8_t)(2 * i + 2), 0, (uint8_t)(2 * i + 2)}, 4);
    }
    gc_sctp_sack s = {FIRST - 1, 1000, GC_SCTP_OUT_GAPS_FEW + 1, 0, gc_span_of(gaps, sizeof gaps)};
    gc_sctp_acked a = gc_sctp_out_ack(&out, &s);
    gc_sctp_recovery_acked(&r, &out, &a, 0, 1050);
    gc_sctp_recovery_tick(&r, &out, 1100);
    assert_int_equal(out.lost.bytes, 17); /* 0, 2, 4 ... 32 */
    for (uint32_t i = 0; i < 17; i++) {
        send(1100); /* again, later than all of the others */
    }
    gaps[4 * 15 + 3] = 34; /* 32 has come: 31 to 33 are one */
    s = (gc_sctp_sack){FIRST - 1, 1000, GC_SCTP_OUT_GAPS_FEW, 0, gc_span_of(gaps, 64)};
    a = gc_sctp_out_ack(&out, &s);
    assert_int_equal(a.bytes, 1);
    gc_sctp_recovery_acked(&r, &out, &a, 0, 1150);
    gc_sctp_recovery_tick(&r, &out, 1180);
    assert_int_equal(out.lost.bytes, 16); /* 0 to 30, not 34 to 49: they may have come */
    r.reorder_at_ms = 1250;               /* nothing is lost then, but a probe is due */
    assert_int_equal(gc_sctp_recovery_tick(&r, &out, 1400), GC_SCTP_DUE_PROBE);
    assert_true(gc_sctp_recovery_deadline(&r) > 1400);
    s = (gc_sctp_sack){FIRST + 33, 1000, 0, 0, GC_SPAN_NONE};
    a = gc_sctp_out_ack(&out, &s);
    gc_sctp_recovery_acked(&r, &out, &a, 0, 1190);
    gc_sctp_recovery_tick(&r, &out, 1230);
    assert_int_equal(out.lost.bytes, 50 - 34); /* now it tells that they have not */
    end();
}

static void a_probe_goes_out_after_two_round_trips(void **state) {
    (void)state;
    begin(8);
    send(1000);
    ack(1050, 1, 0, 0, 0);
    send(2000);
    uint64_t at_ms = 2000 + 2 * 50 + 10;
    assert_int_equal(gc_sctp_recovery_deadline(&r), at_ms);
    assert_int_equal(gc_sctp_recovery_tick(&r, &out, at_ms - 1), GC_SCTP_DUE_NOTHING);
    assert_int_equal(gc_sctp_recovery_tick(&r, &out, at_ms), GC_SCTP_DUE_PROBE);
    assert_int_equal(out.lost.bytes, 0);
    send(at_ms);
    assert_int_equal(gc_sctp_recovery_deadline(&r), at_ms + r.rto_ms);
    ack(at_ms + 50, 1, 2, 2, 0); /* the probe came: what was before it did not */
    gc_sctp_recovery_tick(&r, &out, at_ms + 63);
    assert_int_equal(out.lost.bytes, 1);
    end();
}

static void silence_loses_all_and_doubles_the_time_up_to_a_bound(void **state) {
    (void)state;
    begin(4);
    uint64_t now_ms = 1000, before_ms = 0;
    for (uint32_t i = 0; i < 12; i++) {
        send(now_ms);
        send(now_ms);
        uint64_t at_ms = gc_sctp_recovery_deadline(&r);
        assert_int_equal(gc_sctp_recovery_tick(&r, &out, at_ms), GC_SCTP_DUE_TIMEOUT);
        assert_int_equal(out.flight.bytes, 0);
        assert_int_equal(out.lost.bytes, 2);
        uint64_t took_ms = at_ms - now_ms;
        assert_true(took_ms >= before_ms && took_ms <= GC_SCTP_BACKOFF_MS_MAX);
        assert_int_equal(gc_sctp_recovery_deadline(&r), GC_NEVER);
        before_ms = took_ms;
        now_ms = at_ms;
    }
    assert_int_equal(before_ms, GC_SCTP_BACKOFF_MS_MAX);
    send(now_ms);
    ack(now_ms + 10, 1, 0, 0, 0); /* of a retransmission: no round trip is measured */
    assert_int_equal(r.srtt_us, 0);
    assert_int_equal(r.doubled, 0);
    end();
}

static void on_another_way_timers_begin_anew(void **state) {
    (void)state;
    begin(1);
    assert_false(gc_sctp_recovery_moved(&r, 500)); /* nothing is in flight */
    gc_sctp_recovery_measured(&r, 10);
    send(1000);
    gc_sctp_recovery_tick(&r, &out, gc_sctp_recovery_deadline(&r)); /* the probe */
    uint64_t at_ms = gc_sctp_recovery_deadline(&r);
    assert_int_equal(gc_sctp_recovery_tick(&r, &out, at_ms), GC_SCTP_DUE_TIMEOUT);
    send(at_ms);
    assert_true(gc_sctp_recovery_moved(&r, at_ms + 5));
    assert_int_equal(gc_sctp_recovery_deadline(&r), at_ms + 5 + r.rto_ms); /* not twice as long */
    end();
}

/* What was lost with the way before is sent again, and is no sign of congestion on the new one. */
static void losses_of_the_way_before_do_not_count(void **state) {
    (void)state;
    for (uint32_t moves = 0; moves < 2; moves++) {
        begin(8);
        for (uint32_t i = 0; i < 5; i++) {
            send(1000 + i);
        }
        ack(1050, 1, 0, 0, 0);
        if (moves) {
            assert_true(gc_sctp_recovery_moved(&r, 1060));
        }
        send(1070); /* the sixth: a probe, which comes */
        assert_true(ack(1120, 1, 5, 5, 0));
        assert_int_equal(r.lost_bytes, moves ? 0 : 4);
        send(1130); /* the second again, which is lost on the new way, too */
        send(1131);
        ack(1181, 1, 2, 5, 0);
        gc_sctp_recovery_tick(&r, &out, gc_sctp_recovery_deadline(&r));
        assert_int_equal(r.lost_bytes, moves ? 1 : 5);
        end();
    }
}

static void after_a_timeout_there_is_no_probe_and_no_recovery(void **state) {
    (void)state;
    begin(8);
    for (uint32_t i = 0; i < 4; i++) {
        send(1000);
    }
    ack(1050, 1, 0, 0, 0);
    assert_false(ack(1060, 1, 3, 3, 0));
    assert_int_equal(gc_sctp_recovery_tick(&r, &out, 1060 + 50 / 4), GC_SCTP_DUE_LOSS);
    assert_true(r.recovering);
    send(1072);
    uint64_t at_ms = gc_sctp_recovery_deadline(&r);
    assert_int_equal(gc_sctp_recovery_tick(&r, &out, at_ms), GC_SCTP_DUE_PROBE);
    at_ms += r.rto_ms;
    assert_int_equal(gc_sctp_recovery_tick(&r, &out, at_ms), GC_SCTP_DUE_TIMEOUT);
    assert_false(r.recovering); /* slow start, in which the window grows */
    send(at_ms);
    assert_int_equal(gc_sctp_recovery_deadline(&r), at_ms + 2 * r.rto_ms);
    end();
}

/* RFC 8985 6.3: nobody can have acknowledged what was sent less than a round trip ago. */
static void silence_does_not_give_up_what_may_still_come(void **state) {
    (void)state;
    begin(1);
    gc_sctp_data d = {.bytes = GC_SPAN("ab")};
    assert_int_equal(gc_sctp_out_put(&out, &d, &(gc_sctp_limit){.tries_max = 1}, 1), 0);
    send(1000);
    ack(1100, 1, 0, 0, 0); /* a round trip of 100 ms, and 25 ms for reordering */
    send(1200);
    uint64_t probe_ms = gc_sctp_recovery_deadline(&r);
    assert_int_equal(gc_sctp_recovery_tick(&r, &out, probe_ms), GC_SCTP_DUE_PROBE);
    uint64_t at_ms = gc_sctp_recovery_deadline(&r);
    send(at_ms - 124);
    assert_int_equal(gc_sctp_recovery_tick(&r, &out, at_ms), GC_SCTP_DUE_TIMEOUT);
    assert_int_equal(out.lost.bytes, 1);
    assert_int_equal(out.flight.bytes, 1);
    assert_true(gc_sctp_recovery_deadline(&r) < GC_NEVER); /* nobody else waits for it */
    assert_int_equal(gc_sctp_recovery_tick(&r, &out, gc_sctp_recovery_deadline(&r)),
                     GC_SCTP_DUE_TIMEOUT);
    assert_int_equal(out.flight.bytes, 0);
    end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_retransmission_time_follows_the_round_trip),
        cmocka_unit_test(a_chunk_is_lost_when_a_later_one_came_long_enough_ago),
        cmocka_unit_test(a_chunk_that_comes_late_is_not_lost),
        cmocka_unit_test(a_lost_retransmission_is_found),
        cmocka_unit_test(duplicates_widen_the_window_for_reordering),
        cmocka_unit_test(on_the_shortest_path_reordering_has_two_milliseconds),
        cmocka_unit_test(what_a_sack_does_not_tell_of_is_not_lost),
        cmocka_unit_test(a_probe_goes_out_after_two_round_trips),
        cmocka_unit_test(silence_loses_all_and_doubles_the_time_up_to_a_bound),
        cmocka_unit_test(on_another_way_timers_begin_anew),
        cmocka_unit_test(losses_of_the_way_before_do_not_count),
        cmocka_unit_test(after_a_timeout_there_is_no_probe_and_no_recovery),
        cmocka_unit_test(silence_does_not_give_up_what_may_still_come),
    };
    return RUN(tests);
}
