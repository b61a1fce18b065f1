/* Associations that interleave messages (I-DATA, RFC 8260), and those that do not. */
#include "test/unit/sctp_pair.h"

#include "core/base/error.h"

static const gc_sctp_config interleaved = {GC_SCTP_PACKET_BYTES, 1u << 20, 1u << 20, 0, true};

static sctp_pair pair;
static pair_forged f;

static void begin(uint64_t seed, bool one, bool other) {
    pair_begin(&pair, seed, &interleaved);
    gc_sctp_config config = interleaved;
    config.interleaves = one;
    gc_sctp_begin(&pair.side[0].s, &config, pair.now_ms);
    config.interleaves = other;
    gc_sctp_begin(&pair.side[1].s, &config, pair.now_ms);
    pair_connect(&pair);
}

static void both_must_want_it(void **state) {
    (void)state;
    for (uint32_t i = 0; i < 4; i++) {
        begin(i + 1, (i & 1) != 0, (i & 2) != 0);
        for (uint32_t k = 0; k < 2; k++) {
            assert_int_equal(pair.side[k].s.in.interleaves, i == 3);
            assert_int_equal(pair.side[k].s.out.interleaves, i == 3);
            assert_int_equal(pair_send(&pair, k, 0, false, 5000), 0);
            assert_int_equal(pair_send(&pair, k, 1, true, 5000), 0);
        }
        assert_true(pair_finish(&pair, 5000));
        pair_end(&pair);
    }
}

/* Messages that were queued before the peer was known leave in chunks that fit. */
static void messages_before_the_handshake(void **state) {
    (void)state;
    for (uint32_t other = 0; other < 2; other++) {
        pair_begin(&pair, 5, &interleaved);
        gc_sctp_config config = interleaved;
        config.interleaves = other == 1;
        gc_sctp_begin(&pair.side[1].s, &config, pair.now_ms);
        gc_sctp_connect(&pair.side[0].s, pair.now_ms);
        gc_sctp_connect(&pair.side[1].s, pair.now_ms);
        for (uint32_t i = 0; i < 8; i++) {
            assert_int_equal(pair_send(&pair, 0, (uint16_t)(i % 3), i % 2 == 0, 20000), 0);
        }
        assert_true(pair_finish(&pair, 10000));
        pair_end(&pair);
    }
}

/* What was queued before the peer was known is ordered as what is queued after it. */
static void a_stream_keeps_its_order_over_the_handshake(void **state) {
    (void)state;
    pair_begin(&pair, 6, &interleaved);
    gc_sctp_connect(&pair.side[0].s, pair.now_ms);
    gc_sctp_connect(&pair.side[1].s, pair.now_ms);
    for (uint32_t round = 0; round < 2; round++) {
        assert_int_equal(pair_send(&pair, 0, (uint16_t)(2 * round), false, 60000), 0);
        assert_int_equal(pair_send(&pair, 0, 1, false, 40), 0); /* passes the large one */
        while (!pair.side[0].s.out.interleaves) {
            pair_run(&pair, 1);
        }
    }
    assert_true(pair_finish(&pair, 10000));
    pair_end(&pair);
}

static void bad_paths_lose_nothing(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        begin(seed, true, true);
        pair.loss_per_mille = 50;
        pair.duplicate_per_mille = 20;
        pair.jitter_ms = 15;
        for (uint32_t i = 0; i < 60; i++) {
            for (uint32_t k = 0; k < 2; k++) {
                uint32_t len = chance(&pair.chance, 4) == 0 ? 40000 + chance(&pair.chance, 100000)
                                                            : 4 + chance(&pair.chance, 4000);
                uint16_t stream = (uint16_t)chance(&pair.chance, 5);
                int r = pair_send(&pair, k, stream, stream % 2 == 1, len);
                assert_true(r == 0 || r == GC_E_FULL);
            }
            pair_run(&pair, 20);
        }
        assert_true(pair_finish(&pair, 120000));
        for (uint32_t k = 0; k < 2; k++) {
            assert_int_equal(pair.side[k].down, 0);
        }
        pair_run(&pair, 5000);
        assert_int_equal(pair.side[0].pool.used + pair.side[1].pool.used, 0);
        pair_end(&pair);
    }
}

/* A line of 100 bytes/ms has 2.6 s of work with a large message: a small one behind it on another
 * stream does not wait for that, nor an unordered one for other small ones' streams. */
static void a_small_message_passes_a_large_one(void **state) {
    (void)state;
    for (uint32_t interleaves = 0; interleaves < 2; interleaves++) {
        begin(3, interleaves == 1, true);
        pair.rate_bytes_per_ms = 100;
        assert_int_equal(pair_send(&pair, 0, 0, false, GC_SCTP_MESSAGE_BYTES_MAX), 0);
        assert_int_equal(pair_send(&pair, 0, 2, false, GC_SCTP_MESSAGE_BYTES_MAX), 0);
        pair_run(&pair, 200);
        uint64_t sent_ms = pair.now_ms;
        uint32_t before = pair.side[1].came;
        assert_int_equal(pair_send(&pair, 0, 1, true, 1000), 0);
        while (pair.side[1].came == before) {
            pair_run(&pair, 10);
        }
        bool first = pair.side[1].expected[0] == 0; /* the large one is still to come */
        assert_int_equal(first, interleaves == 1);
        if (first) {
            assert_true(pair.now_ms - sent_ms <= 500);
        }
        assert_true(pair_finish(&pair, 20000));
        pair_end(&pair);
    }
}

/* Not two large ones at a time: a peer that has room for one gets both. */
static void large_messages_come_one_by_one(void **state) {
    (void)state;
    begin(4, true, true);
    for (uint16_t stream = 0; stream < 3; stream++) {
        assert_int_equal(pair_send(&pair, 0, stream, false, GC_SCTP_MESSAGE_BYTES_MAX), 0);
    }
    uint32_t most = 0;
    for (uint32_t i = 0; i < 200000 && pair.side[1].came < 3; i++) {
        pair_run(&pair, 1);
        most = pair.side[1].s.in.share.held > most ? pair.side[1].s.in.share.held : most;
    }
    assert_int_equal(pair.side[1].came, 3);
    assert_true(most <= GC_SCTP_SHARE_BLOCKS);
    pair_end(&pair);
}

static void a_stream_that_is_reset_counts_anew(void **state) {
    (void)state;
    begin(6, true, true);
    for (uint32_t round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < 5; i++) {
            assert_int_equal(pair_send(&pair, 0, 1, true, 3000), 0);
            assert_int_equal(pair_send(&pair, 0, 2, false, 3000), 0);
        }
        assert_int_equal(gc_sctp_reset(&pair.side[0].s, pair.now_ms, 1), 0);
        assert_int_equal(gc_sctp_reset(&pair.side[0].s, pair.now_ms, 2), 0);
        pair_run(&pair, 3000);
        assert_int_equal(pair.side[1].resets_in, 2 * (round + 1));
        assert_int_equal(pair_missing(&pair, 1), 0);
    }
    pair_end(&pair);
}

/* --- what a peer may not do ------------------------------------------------------------------- */

static void start(void) {
    pair_forge(&pair, 1, pair_tag(&pair, 1), &f);
}

static void forge(uint32_t ahead, uint32_t mid, uint32_t fsn, uint8_t flags) {
    gc_sctp_data d = {.tsn = pair.side[1].s.in.arrivals.cumulative + 1 + ahead,
                      .ppid = (flags & GC_SCTP_FLAG_BEGIN) != 0 ? 53 : fsn,
                      .stream = 1,
                      .number = mid,
                      .flags = flags};
    uint32_t at = gc_sctp_i_data_begin(&f.w, &d);
    gc_writer_u32(&f.w, mid);
    gc_sctp_chunk_end(&f.w, at);
}

static void the_other_kind_of_chunks_is_a_violation(void **state) {
    (void)state;
    for (uint32_t i = 0; i < 4; i++) {
        bool agreed = i < 2;
        begin(7, agreed, agreed);
        start();
        uint8_t type = i % 2 == 0 ? (agreed ? GC_SCTP_DATA : GC_SCTP_I_DATA)
                                  : (agreed ? GC_SCTP_FORWARD_TSN : GC_SCTP_I_FORWARD_TSN);
        gc_sctp_plain_write(&f.w, type, 3, GC_SPAN("\0\0\0\1\0\0\0\0\0\0\0\1\0\0\0\x35text"));
        pair_give(&pair, 1, &f);
        assert_int_equal(pair.side[1].down, GC_SCTP_VIOLATION);
        pair_end(&pair);
    }
}

static void a_skip_gives_up_what_is_missing(void **state) {
    (void)state;
    begin(8, true, true);
    pair_run(&pair, 100);
    start();
    forge(1, 0, 0, GC_SCTP_FLAG_BEGIN | GC_SCTP_FLAG_UNORDERED);
    forge(2, 5, 1, GC_SCTP_FLAG_END);
    pair_give(&pair, 1, &f);
    assert_int_equal(pair.side[1].s.in.share.held, 2);
    start();
    uint32_t at = gc_sctp_chunk_begin(&f.w, GC_SCTP_I_FORWARD_TSN, 0);
    gc_writer_u32(&f.w, pair.side[1].s.in.arrivals.cumulative + 3);
    gc_writer_u64(&f.w, 0x0001000100000000); /* stream 1, unordered, number 0 */
    gc_writer_u64(&f.w, 0x0001000000000005);
    gc_sctp_chunk_end(&f.w, at);
    pair_give(&pair, 1, &f);
    assert_int_equal(pair.side[1].s.in.share.held, 0);
    assert_int_equal(pair.side[1].down, 0);
    pair_end(&pair);
}

/* Fragments without end of messages without number: so much is held as of DATA, and each packet
 * buys one search. */
static void messages_that_never_become_whole(void **state) {
    (void)state;
    begin(9, true, true);
    pair_run(&pair, 100);
    const gc_sctp_in *in = &pair.side[1].s.in;
    for (uint32_t n = 0; n < 3000 && pair.side[1].down == 0; n++) {
        start();
        for (uint32_t i = 0; i < 40; i++) {
            forge(i, chance(&pair.chance, 1 << 20), 1 + n % 1000, 0);
        }
        pair_give(&pair, 1, &f);
        assert_true(in->share.held <= in->blocks_max + GC_SCTP_FRAGMENTS_MAX +
                                          GC_SCTP_MESSAGE_BYTES_MAX / GC_SCTP_BLOCK_BYTES);
        assert_true(in->assembly.steps <= GC_SCTP_ASSEMBLY_STEPS + 40);
    }
    pair_end(&pair);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_must_want_it),
        cmocka_unit_test(messages_before_the_handshake),
        cmocka_unit_test(a_stream_keeps_its_order_over_the_handshake),
        cmocka_unit_test(bad_paths_lose_nothing),
        cmocka_unit_test(a_small_message_passes_a_large_one),
        cmocka_unit_test(large_messages_come_one_by_one),
        cmocka_unit_test(a_stream_that_is_reset_counts_anew),
        cmocka_unit_test(the_other_kind_of_chunks_is_a_violation),
        cmocka_unit_test(a_skip_gives_up_what_is_missing),
        cmocka_unit_test(messages_that_never_become_whole),
    };
    return RUN(tests);
}
