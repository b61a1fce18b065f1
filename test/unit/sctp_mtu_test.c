#include "test/unit/sctp_pair.h"

#define BASE    GC_SCTP_PACKET_BYTES
#define JUMBO   8932
#define ETHER   1432 /* packets behind IPv4 on Ethernet */
#define MESSAGE GC_SCTP_MESSAGE_BYTES_MAX

static gc_drbg drbg;
static gc_sctp_mtu m;
static uint8_t bytes[GC_SCTP_PACKET_BYTES_MAX];
static gc_span info; /* of the last probe, as its answer has it */

static void begin(uint32_t ceiling) {
    uint8_t seed[32] = {7};
    gc_drbg_init(&drbg, seed);
    gc_sctp_mtu_begin(&m, &drbg, BASE);
    gc_sctp_mtu_limit(&m, ceiling);
}

/* Returns the length of the probe that is due; 0: none is. */
static uint32_t probe(uint64_t now_ms, uint32_t timeout_ms) {
    gc_writer w;
    gc_sctp_chunk heartbeat, pad, none;
    gc_reader r;
    gc_writer_init(&w, bytes, sizeof bytes);
    gc_sctp_packet_begin(&w, &(gc_sctp_head){1, 2, 3});
    if (!gc_sctp_mtu_probe(&m, &w, now_ms, timeout_ms)) {
        assert_int_equal(w.at, GC_SCTP_HEAD_BYTES);
        return 0;
    }
    gc_reader_init(&r, gc_span_of(bytes + GC_SCTP_HEAD_BYTES, w.at - GC_SCTP_HEAD_BYTES));
    assert_true(gc_sctp_chunk_next(&r, &heartbeat) && gc_sctp_chunk_next(&r, &pad));
    assert_false(gc_sctp_chunk_next(&r, &none));
    assert_int_equal(heartbeat.type, GC_SCTP_HEARTBEAT);
    assert_int_equal(pad.type, GC_SCTP_PAD);
    assert_int_equal(heartbeat.value.len, GC_SCTP_MTU_INFO_BYTES);
    info = heartbeat.value;
    return w.at;
}

static void want(uint64_t now_ms) {
    gc_sctp_mtu_wanted(&m, now_ms);
}

/* Loses probes until another size is probed or none; returns that size. */
static uint32_t lose_size(uint64_t *now_ms) {
    uint32_t size = m.probe_bytes;
    for (uint32_t i = 0; i < GC_SCTP_MTU_TRIES; i++) {
        assert_int_equal(probe(*now_ms, 0), size);
        assert_int_equal(probe(*now_ms, 0), 0);
        assert_int_equal(gc_sctp_mtu_deadline(&m), *now_ms + GC_SCTP_MTU_PROBE_MS);
        gc_sctp_mtu_tick(&m, *now_ms + GC_SCTP_MTU_PROBE_MS - 1);
        assert_int_equal(probe(*now_ms, 0), 0);
        *now_ms += GC_SCTP_MTU_PROBE_MS;
        gc_sctp_mtu_tick(&m, *now_ms);
    }
    assert_int_equal(gc_sctp_mtu_deadline(&m), GC_NEVER);
    return m.probe_bytes;
}

/* --- the search ------------------------------------------------------------------------------- */

static void without_a_ceiling_nothing_is_searched(void **state) {
    (void)state;
    begin(BASE);
    want(1);
    assert_int_equal(probe(1, 0), 0);
    assert_int_equal(gc_sctp_mtu_deadline(&m), GC_NEVER);
    assert_int_equal(m.bytes, BASE);
}

static void the_ceiling_is_found_by_two_answers(void **state) {
    (void)state;
    begin(8500); /* none of the usual sizes */
    assert_int_equal(probe(1, 0), 0);
    want(1);
    assert_int_equal(probe(1, 0), ETHER);
    assert_int_equal(m.bytes, BASE);
    gc_sctp_mtu_answer(&m, info, 2);
    assert_int_equal(m.bytes, ETHER);
    assert_int_equal(probe(2, 0), 8500);
    gc_sctp_mtu_answer(&m, info, 2);
    assert_int_equal(m.bytes, 8500);
    assert_int_equal(gc_sctp_mtu_deadline(&m), GC_NEVER);
    want(3 + GC_SCTP_MTU_AGAIN_MS);
    assert_int_equal(probe(3 + GC_SCTP_MTU_AGAIN_MS, 0), 0);
}

static void a_long_round_trip_is_waited_for(void **state) {
    (void)state;
    begin(JUMBO);
    want(1);
    assert_int_equal(probe(1, 3000), ETHER);
    assert_int_equal(gc_sctp_mtu_deadline(&m), 3001);
}

/* Ethernet fails: only smaller sizes are tried, and again after a while. */
static void a_size_that_is_lost_leads_to_smaller_ones(void **state) {
    (void)state;
    static const uint32_t sizes[] = {1412, 1404, 1332, 0};
    uint64_t now_ms = 1;
    begin(JUMBO);
    want(now_ms);
    for (uint32_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        assert_int_equal(lose_size(&now_ms), sizes[i]);
    }
    assert_int_equal(m.bytes, BASE);
    want(now_ms + GC_SCTP_MTU_AGAIN_MS - 1);
    assert_int_equal(probe(now_ms, 0), 0);
    now_ms += GC_SCTP_MTU_AGAIN_MS;
    want(now_ms);
    assert_int_equal(m.probe_bytes, ETHER);
    lose_size(&now_ms);
    lose_size(&now_ms);
    assert_int_equal(probe(now_ms, 0), 1404);
    gc_sctp_mtu_answer(&m, info, now_ms); /* what lies between 1404 and 1412 is not tried */
    assert_int_equal(m.bytes, 1404);
    assert_int_equal(m.probe_bytes, 0);
}

static void on_ethernet_larger_sizes_are_tried_once(void **state) {
    (void)state;
    static const uint32_t sizes[] = {8912, 3912, 0};
    uint64_t now_ms = 1;
    begin(JUMBO);
    want(now_ms);
    assert_int_equal(probe(now_ms, 0), ETHER);
    gc_sctp_mtu_answer(&m, info, now_ms);
    for (uint32_t round = 0; round < 2; round++) {
        assert_int_equal(m.probe_bytes, JUMBO);
        for (uint32_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            assert_int_equal(lose_size(&now_ms), sizes[i]);
        }
        assert_int_equal(m.bytes, ETHER);
        want(now_ms + GC_SCTP_MTU_AGAIN_MS - 1);
        assert_int_equal(m.probe_bytes, 0);
        now_ms += GC_SCTP_MTU_AGAIN_MS; /* and from there only larger ones */
        want(now_ms);
    }
}

static void only_the_number_of_the_last_probe_is_an_answer(void **state) {
    (void)state;
    uint8_t earlier[GC_SCTP_MTU_INFO_BYTES], wrong[GC_SCTP_MTU_INFO_BYTES];
    begin(JUMBO);
    gc_sctp_mtu_answer(&m, gc_span_of(m.info, sizeof m.info), 1); /* none was asked for */
    want(1);
    gc_sctp_mtu_answer(&m, gc_span_of(m.info, sizeof m.info), 1); /* none has gone out */
    assert_int_equal(probe(1, 0), ETHER);
    memcpy(earlier, info.data, sizeof earlier);
    gc_sctp_mtu_tick(&m, 1 + GC_SCTP_MTU_PROBE_MS);
    gc_sctp_mtu_answer(&m, gc_span_of(earlier, sizeof earlier), 1001);
    assert_int_equal(probe(1001, 0), ETHER);
    gc_sctp_mtu_answer(&m, gc_span_of(earlier, sizeof earlier), 1002);
    for (uint32_t i = 0; i < sizeof wrong; i++) {
        memcpy(wrong, info.data, sizeof wrong);
        wrong[i] ^= 1;
        gc_sctp_mtu_answer(&m, gc_span_of(wrong, sizeof wrong), 1002);
        gc_sctp_mtu_answer(&m, gc_span_of(info.data, i), 1002);
    }
    assert_int_equal(m.bytes, BASE);
    gc_sctp_mtu_answer(&m, info, 1002);
    assert_int_equal(m.bytes, ETHER);
}

/* --- wide packets ----------------------------------------------------------------------------- */

static void find(void) {
    begin(JUMBO);
    want(1);
    assert_int_equal(probe(1, 0), ETHER);
    gc_sctp_mtu_answer(&m, info, 1);
    assert_int_equal(probe(1, 0), JUMBO);
    gc_sctp_mtu_answer(&m, info, 1);
}

static void wide_packets_that_are_lost_end_it(void **state) {
    (void)state;
    uint32_t tsn;
    find();
    gc_sctp_mtu_sent(&m, BASE, 1); /* says nothing */
    assert_false(gc_sctp_mtu_watched(&m, &tsn));
    for (uint32_t i = 0; i < 2 * GC_SCTP_MTU_LOSSES - 1; i++) {
        gc_sctp_mtu_sent(&m, BASE + 1, 10 + i);
        gc_sctp_mtu_sent(&m, BASE + 1, 100); /* one is watched at a time */
        assert_true(gc_sctp_mtu_watched(&m, &tsn));
        assert_int_equal(tsn, 10 + i);
        assert_int_equal(m.bytes, JUMBO);
        if (i == GC_SCTP_MTU_LOSSES - 2) {
            gc_sctp_mtu_came(&m);
        } else {
            gc_sctp_mtu_lost(&m, 500);
        }
        assert_false(gc_sctp_mtu_watched(&m, &tsn));
    }
    assert_int_equal(m.bytes, BASE);
    want(499 + GC_SCTP_MTU_AGAIN_MS);
    assert_int_equal(probe(1, 0), 0);
    want(500 + GC_SCTP_MTU_AGAIN_MS);
    assert_int_equal(probe(1, 0), ETHER);
}

static void another_way_begins_anew(void **state) {
    (void)state;
    uint32_t tsn;
    find();
    gc_sctp_mtu_sent(&m, JUMBO, 1);
    gc_sctp_mtu_moved(&m);
    assert_int_equal(m.bytes, BASE);
    assert_false(gc_sctp_mtu_watched(&m, &tsn));
    want(2);
    assert_int_equal(probe(2, 0), ETHER);
}

static void full_packets_have_whole_chunks_that_the_base_carries(void **state) {
    (void)state;
    begin(JUMBO);
    assert_int_equal(gc_sctp_mtu_chunk_bytes(&m), 1148);
    for (m.bytes = BASE; m.bytes <= GC_SCTP_PACKET_BYTES_MAX; m.bytes++) {
        uint32_t chunk = gc_sctp_mtu_chunk_bytes(&m), room = m.bytes - GC_SCTP_HEAD_BYTES;
        assert_true(chunk <= 1148 && chunk % 4 == 0 && room % chunk <= 40);
    }
}

/* --- whole associations ----------------------------------------------------------------------- */

static sctp_pair pair;

static void begin_pair(uint32_t ceiling, uint32_t path_bytes) {
    pair_begin(&pair, 1, &PAIR_CONFIG);
    gc_sctp_widen(&pair.side[0].s, ceiling);
    gc_sctp_widen(&pair.side[1].s, ceiling);
    pair.path_bytes = path_bytes;
    pair_connect(&pair);
}

static void bulk(uint32_t messages) {
    for (uint32_t i = 0; i < messages; i++) {
        assert_int_equal(pair_send(&pair, 0, 0, false, MESSAGE), 0);
        assert_true(pair_finish(&pair, 60000));
    }
}

static void packets_become_as_long_as_the_path_allows(void **state) {
    (void)state;
    static const uint32_t paths[][2] = {{9000, JUMBO}, {1435, ETHER}, {1412, 1412}, {BASE, BASE}};
    for (uint32_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        begin_pair(JUMBO, paths[i][0]);
        bulk(1);
        pair_run(&pair, 30000);
        const gc_sctp *s = &pair.side[0].s;
        assert_int_equal(s->mtu.bytes, paths[i][1]);
        assert_int_equal(s->congestion.bbr.packet_bytes, paths[i][1]);
        assert_int_equal(s->congestion.bbr.model.packet_bytes, paths[i][1]);
        /* No loss of a probe was one of data, and nothing goes on. */
        assert_int_equal(s->recovery.lost_bytes, 0);
        assert_int_equal(gc_sctp_deadline(s), GC_NEVER);
        pair.side[0].packets = 0;
        bulk(1);
        uint32_t each = paths[i][1] == JUMBO ? 8 * 1092 : paths[i][1] == BASE ? 1132 : 1360;
        assert_in_range(pair.side[0].packets, MESSAGE / (each + 40), MESSAGE / each * 5 / 4);
        pair_end(&pair);
    }
}

static void messages_of_a_chat_look_for_nothing(void **state) {
    (void)state;
    begin_pair(JUMBO, 9000);
    for (uint32_t i = 0; i < 100; i++) {
        assert_int_equal(pair_send(&pair, i % 2, 0, false, 900), 0);
        pair_run(&pair, 200);
    }
    assert_int_equal(pair.side[0].s.mtu.bytes, BASE);
    assert_int_equal(pair.side[0].s.mtu.probe_bytes, 0);
    pair_end(&pair);
}

/* In mid transfer the path carries the base alone. */
static void a_path_that_becomes_narrower_loses_nothing(void **state) {
    (void)state;
    for (uint32_t loss = 0; loss <= 50; loss += 50) {
        begin_pair(JUMBO, 9000);
        pair.loss_per_mille = loss;
        bulk(1);
        pair_run(&pair, 20000);
        assert_int_equal(pair.side[0].s.mtu.bytes, JUMBO);
        assert_int_equal(pair_send(&pair, 0, 0, false, MESSAGE), 0);
        assert_int_equal(pair_send(&pair, 0, 1, false, MESSAGE), 0);
        pair_run(&pair, 12);
        assert_true(pair.side[0].s.out.flight.bytes > 0 && pair_missing(&pair, 1) > 0);
        pair.path_bytes = BASE;
        assert_true(pair_finish(&pair, 10000));
        assert_int_equal(pair.side[0].s.mtu.bytes, BASE);
        assert_int_equal(pair.side[0].s.congestion.bbr.packet_bytes, BASE);
        pair_end(&pair);
    }
}

/* Random loss alone makes packets no shorter. */
static void losses_of_some_packets_are_no_black_hole(void **state) {
    (void)state;
    begin_pair(JUMBO, 9000);
    pair.loss_per_mille = 50;
    bulk(1);
    pair_run(&pair, 20000);
    assert_int_equal(pair.side[0].s.mtu.bytes, JUMBO);
    for (uint32_t i = 0; i < 20; i++) {
        bulk(1);
        assert_int_equal(pair.side[0].s.mtu.bytes, JUMBO);
    }
    assert_true(pair.side[0].s.recovery.lost_bytes > 0);
    pair_end(&pair);
}

static void another_way_may_be_narrower(void **state) {
    (void)state;
    begin_pair(JUMBO, 9000);
    bulk(1);
    pair_run(&pair, 2000);
    assert_int_equal(pair.side[0].s.mtu.bytes, JUMBO);
    assert_int_equal(pair_send(&pair, 0, 0, false, MESSAGE), 0);
    pair_run(&pair, 12);
    pair.path_bytes = BASE;
    gc_sctp_moved(&pair.side[0].s, pair.now_ms, true);
    assert_int_equal(pair.side[0].s.congestion.bbr.packet_bytes, BASE);
    assert_true(pair_finish(&pair, 2000));
    pair_end(&pair);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_ceiling_nothing_is_searched),
        cmocka_unit_test(the_ceiling_is_found_by_two_answers),
        cmocka_unit_test(a_long_round_trip_is_waited_for),
        cmocka_unit_test(a_size_that_is_lost_leads_to_smaller_ones),
        cmocka_unit_test(on_ethernet_larger_sizes_are_tried_once),
        cmocka_unit_test(only_the_number_of_the_last_probe_is_an_answer),
        cmocka_unit_test(wide_packets_that_are_lost_end_it),
        cmocka_unit_test(another_way_begins_anew),
        cmocka_unit_test(full_packets_have_whole_chunks_that_the_base_carries),
        cmocka_unit_test(packets_become_as_long_as_the_path_allows),
        cmocka_unit_test(messages_of_a_chat_look_for_nothing),
        cmocka_unit_test(a_path_that_becomes_narrower_loses_nothing),
        cmocka_unit_test(losses_of_some_packets_are_no_black_hole),
        cmocka_unit_test(another_way_may_be_narrower),
    };
    return RUN(tests);
}
