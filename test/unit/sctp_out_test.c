#include "test/unit/noun.h"

#include "core/base/error.h"
#include "rtc/sctp_out.h"

#define FIRST 0xfffffffeu /* TSNs wrap in each test */

static gc_sctp_out out;
static gc_sctp_pool pool;
static gc_drbg drbg;
static void *memory;
static uint8_t packet[2048];
static gc_sctp_limit limit; /* of the messages that are put */

static void place(gc_arena *a, uint32_t blocks) {
    gc_sctp_pool_init(&pool, a, &drbg, blocks);
    gc_sctp_out_place(&out, &pool, a, 16);
}

static void begin(uint32_t blocks, uint32_t queue_bytes) {
    uint8_t seed[32] = {1};
    gc_arena a;
    gc_drbg_init(&drbg, seed);
    NOUN_PLACE(memory, a, place(&a, blocks));
    gc_sctp_out_begin(&out, FIRST, queue_bytes);
    limit = (gc_sctp_limit){0};
}

static void end(void) {
    gc_sctp_out_end(&out);
    assert_int_equal(pool.used, 0);
    free(memory);
}

static int put(uint16_t stream, uint8_t flags, const char *text, uint32_t chunk_bytes) {
    gc_sctp_data d = {.ppid = 53, .stream = stream, .flags = flags, .bytes = text_span(text)};
    return gc_sctp_out_put(&out, &d, &limit, chunk_bytes);
}

/* Sends the next chunk and reads it. */
static gc_sctp_data send(uint64_t now_ms) {
    gc_writer w;
    gc_reader r;
    gc_sctp_chunk c;
    gc_sctp_data d;
    uint32_t block = gc_sctp_out_next(&out, true);
    assert_int_not_equal(block, GC_SCTP_NO_BLOCK);
    gc_writer_init(&w, packet, sizeof packet);
    gc_sctp_out_send(&out, block, now_ms, 0, &w);
    gc_reader_init(&r, gc_writer_done(&w));
    assert_true(gc_sctp_chunk_next(&r, &c));
    assert_int_equal(gc_sctp_data_read(&c, &d), 0);
    return d;
}

/* Sends the next chunk, of either kind. Returns its TSN. */
static uint32_t send_any(uint64_t now_ms) {
    gc_writer w;
    uint32_t block = gc_sctp_out_next(&out, true);
    assert_int_not_equal(block, GC_SCTP_NO_BLOCK);
    gc_writer_init(&w, packet, sizeof packet);
    gc_sctp_out_send(&out, block, now_ms, 0, &w);
    return pool.blocks[block].tsn;
}

/* A SACK up to chunk number i, and of one gap, in TSNs from there on; first 0: none. */
static gc_sctp_acked ack(uint32_t i, uint16_t first, uint16_t last) {
    uint8_t gap[4] = {(uint8_t)(first >> 8), (uint8_t)first, (uint8_t)(last >> 8), (uint8_t)last};
    gc_sctp_sack s = {.cumulative = FIRST + i,
                      .window_bytes = 10000,
                      .gaps = first > 0 ? 1 : 0,
                      .gap_bytes = gc_span_of(gap, 4)};
    return gc_sctp_out_ack(&out, &s);
}

static void a_message_goes_out_in_numbered_fragments(void **state) {
    (void)state;
    begin(16, 16 * GC_SCTP_BLOCK_BYTES);
    assert_int_equal(put(3, 0, "abcdefgh", 3), 0);
    assert_int_equal(put(3, 0, "second", 10), 0);
    assert_int_equal(put(3, GC_SCTP_FLAG_UNORDERED, "third", 10), 0);
    assert_int_equal(put(3, 0, "fourth", 10), 0);
    assert_int_equal(out.unsent.list.bytes, 8 + 6 + 5 + 6);
    assert_int_equal(out.unsent.waiting[3], 6);
    static const struct {
        const char *text;
        uint16_t ssn;
        uint8_t flags;
    } rows[] = {{"abc", 0, 2},    {"def", 0, 0},   {"gh", 0, 1},
                {"second", 1, 3}, {"third", 0, 7}, {"fourth", 2, 3}};
    for (uint32_t i = 0; i < 6; i++) {
        gc_sctp_data d = send(1);
        assert_int_equal(d.tsn, FIRST + i);
        assert_int_equal(d.stream, 3);
        assert_int_equal(d.number, rows[i].ssn);
        assert_int_equal(d.flags, rows[i].flags);
        assert_int_equal(d.ppid, 53);
        assert_span(d.bytes, text_span(rows[i].text));
    }
    assert_int_equal(out.unsent.waiting[3], 0);
    assert_int_equal(gc_sctp_out_next(&out, true), GC_SCTP_NO_BLOCK);
    assert_false(gc_sctp_out_is_empty(&out));
    gc_sctp_acked a = ack(5, 0, 0);
    assert_true(a.advanced);
    assert_int_equal(a.bytes, 25);
    assert_true(gc_sctp_out_is_empty(&out));
    end();
}

static void a_full_queue_changes_nothing(void **state) {
    (void)state;
    begin(16, 4 * GC_SCTP_BLOCK_BYTES);
    assert_int_equal(put(0, 0, "abcdefgh", 2), 0);
    assert_int_equal(put(0, 0, "x", 2), GC_E_FULL);
    assert_int_equal(out.unsent.waiting[0], 4);
    assert_int_equal(pool.used, 4);
    end();
    begin(4, 100 * GC_SCTP_BLOCK_BYTES); /* the pool */
    assert_int_equal(put(0, 0, "abcdefghi", 2), GC_E_FULL);
    assert_int_equal(pool.used, 0);
    end();
}

static void lost_chunks_go_first_with_their_old_numbers(void **state) {
    (void)state;
    begin(16, 16 * GC_SCTP_BLOCK_BYTES);
    put(0, 0, "abcd", 1);
    send(1);
    send(1);
    uint32_t first = out.flight.first;
    gc_sctp_out_lose(&out, first);
    assert_int_equal(out.flight.bytes, 1);
    assert_int_equal(out.lost.bytes, 1);
    assert_int_equal(gc_sctp_out_next(&out, false), first);
    gc_sctp_data d = send(5);
    assert_int_equal(d.tsn, FIRST);
    assert_span(d.bytes, GC_SPAN("a"));
    assert_int_equal(out.flight.last, first); /* in the order of transmission */
    assert_int_equal(pool.blocks[first].tries, 2);
    assert_int_equal(gc_sctp_out_next(&out, false), GC_SCTP_NO_BLOCK);
    end();
}

static void gaps_take_chunks_out_of_flight_and_lost(void **state) {
    (void)state;
    begin(16, 16 * GC_SCTP_BLOCK_BYTES);
    put(0, 0, "abcdef", 1);
    for (uint32_t i = 0; i < 6; i++) {
        send(10 + i);
    }
    gc_sctp_out_lose(&out, out.flight.first);
    gc_sctp_out_lose(&out, out.flight.first);
    gc_sctp_acked a = ack((uint32_t)-1, 2, 4); /* b, c, d */
    assert_false(a.advanced);
    assert_int_equal(a.bytes, 3);
    assert_int_equal(a.newest_tries, 1);
    assert_int_equal(a.newest_ms, 13);
    assert_int_equal(a.newest_tsn, FIRST + 3);
    assert_int_equal(out.lost.bytes, 1);
    assert_int_equal(out.flight.bytes, 2);
    a = ack((uint32_t)-1, 2, 4);
    assert_int_equal(a.bytes, 0);
    assert_int_equal(a.newest_tries, 0);
    a = ack(4, 0, 0);
    assert_int_equal(a.bytes, 2); /* a and e */
    assert_int_equal(pool.used, 1);
    end();
}

static void what_was_never_sent_cannot_be_acknowledged(void **state) {
    (void)state;
    begin(16, 16 * GC_SCTP_BLOCK_BYTES);
    put(0, 0, "abcd", 1);
    send(1);
    send(1);
    assert_true(ack(2, 0, 0).violation);
    assert_true(ack(0x7ffffff0, 0, 0).violation);
    assert_true(ack(0, 2, 2).violation);
    assert_true(ack(0, 1, 65535).violation);
    assert_true(ack((uint32_t)-2, 0, 0).old);
    assert_true(ack(0x90000000, 0, 0).old);
    assert_int_equal(out.flight.bytes, 2);
    assert_int_equal(ack(1, 0, 0).bytes, 2);
    end();
}

static void gaps_that_do_not_rise_end_the_list(void **state) {
    (void)state;
    begin(16, 16 * GC_SCTP_BLOCK_BYTES);
    put(0, 0, "abcdefgh", 1);
    for (uint32_t i = 0; i < 8; i++) {
        send(1);
    }
    uint8_t gaps[] = {0, 2, 0, 2, 0, 2, 0, 7, 0, 4, 0, 4};
    gc_sctp_sack s = {FIRST - 1, 1000, 3, 0, gc_span_of(gaps, sizeof gaps)};
    assert_int_equal(gc_sctp_out_ack(&out, &s).bytes, 1);
    uint8_t back[] = {0, 5, 0, 4};
    s = (gc_sctp_sack){FIRST - 1, 1000, 1, 0, gc_span_of(back, sizeof back)};
    assert_int_equal(gc_sctp_out_ack(&out, &s).bytes, 0);
    uint8_t first[] = {0, 1, 0, 4}; /* the cumulative TSN itself would be it */
    s = (gc_sctp_sack){FIRST - 1, 1000, 1, 0, gc_span_of(first, sizeof first)};
    assert_int_equal(gc_sctp_out_ack(&out, &s).bytes, 0);
    end();
}

static void what_the_peer_takes_back_is_lost(void **state) {
    (void)state;
    begin(16, 16 * GC_SCTP_BLOCK_BYTES);
    put(0, 0, "abcd", 1);
    for (uint32_t i = 0; i < 4; i++) {
        send(1);
    }
    ack((uint32_t)-1, 2, 4);
    assert_int_equal(out.lost.bytes, 0);
    ack(0, 0, 0); /* and no word of b, c and d */
    assert_int_equal(out.lost.bytes, 3);
    assert_int_equal(send(2).tsn, FIRST + 1);
    end();
}

static void the_fate_of_a_chunk_is_known(void **state) {
    (void)state;
    begin(16, 16 * GC_SCTP_BLOCK_BYTES);
    assert_int_equal(put(0, 0, "abcd", 1), 0);
    for (uint32_t i = 0; i < 4; i++) {
        send(1);
        assert_int_equal(gc_sctp_out_fate(&out, FIRST + i), GC_SCTP_FATE_FLIGHT);
    }
    gc_sctp_out_lose(&out, out.flight.first);
    gc_sctp_out_lose(&out, out.flight.first);
    assert_int_equal(gc_sctp_out_fate(&out, FIRST), GC_SCTP_FATE_LOST);
    ack(0, 2, 2);
    static const uint32_t fates[] = {GC_SCTP_FATE_ACKED, GC_SCTP_FATE_LOST, GC_SCTP_FATE_ACKED,
                                     GC_SCTP_FATE_FLIGHT};
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(gc_sctp_out_fate(&out, FIRST + i), fates[i]);
    }
    send(2);
    assert_int_equal(gc_sctp_out_fate(&out, FIRST + 1), GC_SCTP_FATE_FLIGHT);
    end();
}

static void only_so_many_are_outstanding(void **state) {
    (void)state;
    begin(GC_SCTP_OUT_TSNS + 8, (GC_SCTP_OUT_TSNS + 8) * GC_SCTP_BLOCK_BYTES);
    for (uint32_t i = 0; i < GC_SCTP_OUT_TSNS + 4; i++) {
        assert_int_equal(put(0, 0, "x", 1), 0);
    }
    for (uint32_t i = 0; i < GC_SCTP_OUT_TSNS; i++) {
        send(1);
    }
    assert_int_equal(gc_sctp_out_next(&out, true), GC_SCTP_NO_BLOCK);
    ack(0, 0, 0);
    assert_int_not_equal(gc_sctp_out_next(&out, true), GC_SCTP_NO_BLOCK);
    end();
}

static void a_restarted_stream_counts_from_zero(void **state) {
    (void)state;
    begin(16, 16 * GC_SCTP_BLOCK_BYTES);
    put(1, 0, "a", 1);
    assert_int_equal(send(1).number, 0);
    gc_sctp_out_restart(&out, 1);
    put(1, 0, "b", 1);
    assert_int_equal(send(1).number, 0);
    end();
}

/* --- giving up -------------------------------------------------------------------------------- */

static bool given_up(uint32_t i) {
    return gc_sctp_out_is_given_up(&out, FIRST + i);
}

static void a_chunk_that_was_tried_enough_is_given_up(void **state) {
    (void)state;
    begin(16, 16 * GC_SCTP_BLOCK_BYTES);
    limit.tries_max = 2;
    put(0, 0, "a", 1);
    limit.tries_max = 0;
    put(0, 0, "b", 1);
    send(1000);
    send(1000);
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t block = out.flight.first;
        assert_int_equal(gc_sctp_out_may_repeat(&out, block, 1000), i == 0);
        gc_sctp_out_lose(&out, block);
        gc_sctp_out_give_up(&out, 1000);
        if (i == 0) {
            assert_int_equal(send(1001).tsn, FIRST);
            ack(UINT32_MAX, 2, 2);
        }
    }
    assert_true(given_up(0));
    assert_int_equal(gc_sctp_out_fate(&out, FIRST), GC_SCTP_FATE_LOST);
    assert_int_equal(gc_sctp_out_next(&out, true), GC_SCTP_NO_BLOCK);
    gc_sctp_out_lose_all(&out, UINT64_MAX); /* does not bring it back */
    assert_true(given_up(0));
    ack(UINT32_MAX, 1, 1); /* it came after all */
    assert_true(given_up(0));
    gc_sctp_acked a = ack(1, 0, 0);
    assert_true(a.advanced);
    assert_int_equal(a.bytes, 0);
    assert_true(gc_sctp_out_is_empty(&out));
    end();
}

static void what_is_not_sent_in_time_leaves_no_trace(void **state) {
    (void)state;
    begin(16, 16 * GC_SCTP_BLOCK_BYTES);
    for (uint32_t unordered = 0; unordered <= 4; unordered += 4) {
        limit.dies_ms = 1000;
        put(2, (uint8_t)unordered, "abcde", 2);
        put(2, (uint8_t)unordered, "x", 2);
        limit.dies_ms = 0;
        put(2, (uint8_t)unordered, "later", 5);
        gc_sctp_out_give_up(&out, 999);
        assert_int_equal(out.unsent.waiting[2], 5);
        gc_sctp_out_give_up(&out, 1000);
        assert_int_equal(out.unsent.waiting[2], 1);
        assert_int_equal(out.unsent.list.bytes, 5);
        gc_sctp_data d = send(1000);
        assert_int_equal(d.number, 0);
        assert_span(d.bytes, GC_SPAN("later"));
    }
    assert_int_equal(out.next_tsn, FIRST + 2);
    end();
}

/* Whether a message is given up decides what some fields of its chunks mean. */
static void a_clock_may_begin_at_zero(void **state) {
    (void)state;
    for (uint64_t dies_ms = 1; dies_ms < 4; dies_ms++) {
        begin(16, 16 * GC_SCTP_BLOCK_BYTES);
        limit.dies_ms = 0;
        put(0, 0, "z", 1);
        limit.dies_ms = dies_ms;
        put(0, 0, "abc", 1);
        gc_sctp_out_give_up(&out, 0);
        for (uint32_t i = 0; i < 4; i++) {
            assert_int_equal(send(0).tsn, FIRST + i);
        }
        ack(UINT32_MAX, 2, 2);
        assert_int_equal(pool.blocks[out.flight.first].ppid, 53);
        assert_false(given_up(2));
        ack(3, 0, 0);
        assert_true(gc_sctp_out_is_empty(&out));
        limit.dies_ms = 0;
        end();
    }
}

/* Of five chunks three are sent when the second is lost. */
static void a_message_that_was_begun_is_given_up_whole(void **state) {
    (void)state;
    for (uint32_t interleaves = 0; interleaves < 2; interleaves++) {
        begin(16, 16 * GC_SCTP_BLOCK_BYTES);
        if (interleaves != 0) {
            gc_sctp_out_interleave(&out);
        }
        limit.tries_max = 1;
        put(0, 0, "abcde", 1);
        limit.tries_max = 0;
        put(0, 0, "f", 1);
        for (uint32_t i = 0; i < 3; i++) {
            send_any(1000);
        }
        gc_sctp_out_lose(&out, *gc_sctp_tsns_at(&out.tsns, FIRST + 1));
        gc_sctp_out_give_up(&out, 1001);
        for (uint32_t i = 0; i < 4; i++) {
            assert_false(given_up(i)); /* two are in flight: they may come */
        }
        assert_int_equal(out.next_tsn, FIRST + 4); /* the last chunk, never sent, has one */
        assert_int_equal(pool.used, 4 + 1);
        ack(UINT32_MAX, 1, 1);
        assert_false(given_up(0));
        gc_sctp_out_lose_all(&out, UINT64_MAX);
        gc_sctp_out_give_up(&out, 1002);
        for (uint32_t i = 0; i < 4; i++) {
            assert_true(given_up(i)); /* the one that came, too */
        }
        assert_int_equal(send_any(1002), FIRST + 4);
        assert_int_equal(gc_sctp_out_chunk(&out, FIRST + 3)->mid, 0);
        assert_int_equal(gc_sctp_out_chunk(&out, FIRST + 4)->mid, 1);
        ack(2, 0, 0); /* in the middle of the ring */
        end();
    }
}

static void the_last_chunk_waits_for_a_place(void **state) {
    (void)state;
    uint32_t blocks = GC_SCTP_OUT_TSNS + 8;
    begin(blocks, blocks * GC_SCTP_BLOCK_BYTES);
    for (uint32_t i = 0; i < GC_SCTP_OUT_TSNS - 2; i++) {
        put(0, 0, "x", 1);
    }
    limit.tries_max = 1;
    put(0, 0, "abc", 1);
    for (uint32_t i = 0; i < GC_SCTP_OUT_TSNS; i++) {
        send(1);
    }
    gc_sctp_out_lose(&out, *gc_sctp_tsns_at(&out.tsns, out.next_tsn - 1));
    gc_sctp_out_lose(&out, *gc_sctp_tsns_at(&out.tsns, out.next_tsn - 2));
    gc_sctp_out_give_up(&out, 1);
    assert_int_equal(out.unsent.waiting[0], 1);
    assert_false(given_up(GC_SCTP_OUT_TSNS - 1));
    ack(0, 0, 0);
    gc_sctp_out_give_up(&out, 1);
    assert_int_equal(out.unsent.waiting[0], 0);
    assert_true(given_up(GC_SCTP_OUT_TSNS));
    end();
}

static void all_that_is_lost_goes_out_by_its_number(void **state) {
    (void)state;
    begin(16, 16 * GC_SCTP_BLOCK_BYTES);
    assert_int_equal(put(0, 0, "abcde", 1), 0);
    for (uint32_t i = 0; i < 5; i++) {
        send(1000 + i);
    }
    ack(0, 2, 2); /* 0 and 2 have come */
    gc_sctp_out_lose(&out, out.flight.last);
    gc_sctp_out_lose(&out, out.flight.last);
    assert_int_equal(send(1010).tsn, FIRST + 4);
    gc_sctp_out_lose_all(&out, UINT64_MAX);
    assert_int_equal(out.flight.bytes, 0);
    assert_int_equal(out.lost.bytes, 3);
    assert_int_equal(send(1020).tsn, FIRST + 1);
    assert_int_equal(send(1020).tsn, FIRST + 3);
    assert_int_equal(send(1020).tsn, FIRST + 4);
    ack(4, 0, 0);
    end();
}

/* Silence loses what may be sent again, whenever it was sent, and of the rest what is old enough.
 */
static void what_was_sent_for_the_last_time_may_still_come(void **state) {
    (void)state;
    begin(16, 16 * GC_SCTP_BLOCK_BYTES);
    limit.tries_max = 1;
    assert_int_equal(put(0, 0, "old", 3), 0);
    assert_int_equal(put(0, 0, "new", 3), 0);
    limit.tries_max = 2;
    assert_int_equal(put(0, 0, "twice", 5), 0);
    for (uint32_t i = 0; i < 3; i++) {
        send(1000 + i);
    }
    gc_sctp_out_lose_all(&out, 1000);
    assert_int_equal(gc_sctp_out_fate(&out, FIRST), GC_SCTP_FATE_LOST);
    assert_int_equal(gc_sctp_out_fate(&out, FIRST + 1), GC_SCTP_FATE_FLIGHT);
    assert_int_equal(gc_sctp_out_fate(&out, FIRST + 2), GC_SCTP_FATE_LOST);
    assert_int_equal(out.flight.bytes, 3);
    gc_sctp_out_give_up(&out, 1010);
    assert_true(given_up(0));
    assert_int_equal(send(1010).tsn, FIRST + 2);
    gc_sctp_out_lose_all(&out, 1005);
    gc_sctp_out_give_up(&out, 1020);
    assert_true(given_up(1));
    assert_false(given_up(2)); /* it was sent for the last time at 1010 */
    assert_int_equal(ack(2, 0, 0).bytes, 5);
    end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_is_lost_goes_out_by_its_number),
        cmocka_unit_test(a_message_goes_out_in_numbered_fragments),
        cmocka_unit_test(a_full_queue_changes_nothing),
        cmocka_unit_test(lost_chunks_go_first_with_their_old_numbers),
        cmocka_unit_test(gaps_take_chunks_out_of_flight_and_lost),
        cmocka_unit_test(what_was_never_sent_cannot_be_acknowledged),
        cmocka_unit_test(gaps_that_do_not_rise_end_the_list),
        cmocka_unit_test(what_the_peer_takes_back_is_lost),
        cmocka_unit_test(the_fate_of_a_chunk_is_known),
        cmocka_unit_test(only_so_many_are_outstanding),
        cmocka_unit_test(a_restarted_stream_counts_from_zero),
        cmocka_unit_test(a_chunk_that_was_tried_enough_is_given_up),
        cmocka_unit_test(what_is_not_sent_in_time_leaves_no_trace),
        cmocka_unit_test(a_clock_may_begin_at_zero),
        cmocka_unit_test(a_message_that_was_begun_is_given_up_whole),
        cmocka_unit_test(the_last_chunk_waits_for_a_place),
        cmocka_unit_test(what_was_sent_for_the_last_time_may_still_come),
    };
    return RUN(tests);
}
