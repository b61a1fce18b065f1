#include "test/unit/noun.h"

#include "core/base/timers.h"
#include "rtc/sctp_in.h"

#define FIRST 0xfffffff0u /* TSNs wrap in each test */
#define B     GC_SCTP_FLAG_BEGIN
#define E     GC_SCTP_FLAG_END
#define U     GC_SCTP_FLAG_UNORDERED

static gc_sctp_in in;
static gc_sctp_pool pool;
static gc_drbg drbg;
static void *memory;

static void place(gc_arena *a, uint32_t blocks) {
    gc_sctp_pool_init(&pool, a, &drbg, blocks);
    gc_sctp_in_place(&in, &pool, a);
}

static void begin(uint32_t blocks, uint32_t window_bytes) {
    uint8_t seed[32] = {1};
    gc_arena a;
    gc_drbg_init(&drbg, seed);
    NOUN_PLACE(memory, a, place(&a, blocks));
    gc_sctp_in_begin(&in, FIRST, window_bytes);
}

static void end(void) {
    gc_sctp_in_end(&in);
    assert_int_equal(pool.used, 0);
    free(memory);
}

/* Chunk number i of the association, from 0 on. */
static uint32_t put(uint32_t i, uint16_t stream, uint16_t ssn, uint8_t flags, const char *text) {
    gc_sctp_data d = {FIRST + i, 53, stream, ssn, flags, text_span(text)};
    return gc_sctp_in_data(&in, &d);
}

/* The next message is this text; NULL: there is none. */
static void expect(const char *text) {
    gc_sctp_in_message m;
    bool there = gc_sctp_in_take(&in, &m);
    assert_int_equal(there, text != NULL);
    if (text != NULL) {
        assert_span(m.bytes, text_span(text));
    }
}

static gc_sctp_sack sack(uint8_t out[256]) {
    gc_writer w;
    gc_reader r;
    gc_sctp_chunk c;
    gc_sctp_sack s;
    gc_writer_init(&w, out, 256);
    gc_sctp_in_sack(&in, &w, 256);
    gc_reader_init(&r, gc_writer_done(&w));
    assert_true(gc_sctp_chunk_next(&r, &c));
    assert_int_equal(gc_sctp_sack_read(&c, &s), 0);
    return s;
}

static void messages_of_a_stream_come_in_order(void **state) {
    (void)state;
    begin(64, 64 * GC_SCTP_BLOCK_BYTES);
    assert_int_equal(put(2, 1, 2, B | E, "third"), GC_SCTP_IN_TAKEN);
    assert_int_equal(put(1, 1, 1, B | E, "second"), GC_SCTP_IN_TAKEN);
    expect(NULL);
    assert_int_equal(put(0, 1, 0, B | E, "first"), GC_SCTP_IN_TAKEN);
    expect("first");
    expect("second");
    expect("third");
    expect(NULL);
    assert_int_equal(pool.used, 0);
    end();
}

static void a_hole_holds_up_neither_other_streams_nor_unordered_messages(void **state) {
    (void)state;
    begin(64, 64 * GC_SCTP_BLOCK_BYTES);
    assert_int_equal(put(1, 1, 1, B | E, "blocked"), GC_SCTP_IN_TAKEN);
    assert_int_equal(put(2, 2, 0, B | E, "other"), GC_SCTP_IN_TAKEN);
    assert_int_equal(put(3, 1, 77, B | E | U, "unordered"), GC_SCTP_IN_TAKEN);
    expect("other");
    expect("unordered");
    expect(NULL);
    assert_int_equal(put(0, 1, 0, B | E, "late"), GC_SCTP_IN_TAKEN);
    expect("late");
    expect("blocked");
    end();
}

static void fragments_are_put_together_in_any_order(void **state) {
    (void)state;
    static const uint8_t orders[][4] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {1, 3, 0, 2}, {2, 0, 3, 1}};
    static const char *texts[] = {"one ", "two ", "three ", "four"};
    for (uint32_t o = 0; o < 4; o++) {
        begin(64, 64 * GC_SCTP_BLOCK_BYTES);
        for (uint32_t k = 0; k < 4; k++) {
            uint8_t i = orders[o][k];
            uint8_t flags = (uint8_t)((i == 0 ? B : 0) | (i == 3 ? E : 0));
            expect(NULL);
            assert_int_equal(put(i, 0, 0, flags, texts[i]), GC_SCTP_IN_TAKEN);
        }
        expect("one two three four");
        expect(NULL);
        assert_int_equal(in.arrivals.cumulative, FIRST + 3);
        assert_int_equal(pool.used, 0);
        end();
    }
}

static void chunks_longer_than_a_block_are_put_together(void **state) {
    (void)state;
    static char text[3 * GC_SCTP_BLOCK_BYTES];
    memset(text, 'x', sizeof text - 1);
    begin(64, 64 * GC_SCTP_BLOCK_BYTES);
    assert_int_equal(put(0, 0, 0, B | E, text), GC_SCTP_IN_TAKEN);
    expect(text);
    end();
}

static void duplicates_are_told_and_not_given_again(void **state) {
    (void)state;
    uint8_t bytes[256];
    begin(64, 64 * GC_SCTP_BLOCK_BYTES);
    put(0, 0, 0, B | E, "a");
    put(2, 0, 2, B | E, "c");
    expect("a");
    assert_int_equal(put(0, 0, 0, B | E, "a"), GC_SCTP_IN_AGAIN);
    assert_int_equal(put(2, 0, 2, B | E, "c"), GC_SCTP_IN_AGAIN);
    assert_int_equal(put(UINT32_MAX, 0, 0, B | E, "before all"), GC_SCTP_IN_AGAIN);
    expect(NULL);
    assert_int_equal(sack(bytes).duplicates, 3);
    assert_int_equal(sack(bytes).duplicates, 0);
    end();
}

static void a_sack_names_what_came_behind_holes(void **state) {
    (void)state;
    uint8_t bytes[256];
    begin(64, 64 * GC_SCTP_BLOCK_BYTES);
    put(0, 0, 0, B | E, "a");
    put(2, 0, 0, B | E | U, "c");
    put(3, 0, 0, B | E | U, "d");
    put(5, 0, 5, B | E, "f");
    gc_sctp_sack s = sack(bytes);
    assert_int_equal(s.cumulative, FIRST);
    assert_int_equal(s.gaps, 2);
    assert_int_equal(gc_sctp_sack_gap(&s, 0).first, 2);
    assert_int_equal(gc_sctp_sack_gap(&s, 0).last, 3);
    assert_int_equal(gc_sctp_sack_gap(&s, 1).first, 5);
    assert_int_equal(gc_sctp_sack_gap(&s, 1).last, 5);
    put(1, 0, 0, B | E | U, "b");
    s = sack(bytes);
    assert_int_equal(s.cumulative, FIRST + 3);
    assert_int_equal(s.gaps, 1);
    end();
}

/* A packet with the chunk i, which says nothing of itself. */
static void read_packet(uint64_t now_ms, uint32_t i) {
    gc_sctp_data d = {FIRST + i, 53, 0, (uint16_t)i, B | E, text_span("x")};
    bool hurries = gc_sctp_in_hurries(&in, &d);
    assert_int_equal(gc_sctp_in_data(&in, &d), GC_SCTP_IN_TAKEN);
    gc_sctp_in_packet_read(&in, now_ms, hurries);
}

static void sacks_are_due_in_time(void **state) {
    (void)state;
    uint8_t bytes[256];
    begin(64, 64 * GC_SCTP_BLOCK_BYTES);
    assert_int_equal(gc_sctp_in_sack_at(&in), GC_NEVER);
    read_packet(100, 0);
    assert_int_equal(gc_sctp_in_sack_at(&in), 100 + GC_SCTP_SACK_MS);
    read_packet(105, 1);
    assert_int_equal(gc_sctp_in_sack_at(&in), 105);
    sack(bytes);
    assert_int_equal(gc_sctp_in_sack_at(&in), GC_NEVER);
    end();
}

/* What every packet behind a hole tells a peer that counts SACKs, one of this program learns from
 * the first. */
static void holes_are_told_at_once(void **state) {
    (void)state;
    uint8_t bytes[256];
    for (uint32_t wide = 0; wide < 2; wide++) {
        begin(64, 64 * GC_SCTP_BLOCK_BYTES);
        if (wide == 1) {
            gc_sctp_in_widen(&in, 64 * GC_SCTP_BLOCK_BYTES);
        }
        read_packet(110, 1);
        assert_int_equal(gc_sctp_in_sack_at(&in), 110); /* it opens a hole */
        sack(bytes);
        read_packet(110, 2);
        assert_int_equal(gc_sctp_in_sack_at(&in), wide == 1 ? 110 + GC_SCTP_SACK_MS : 110);
        sack(bytes);
        read_packet(110, 5);
        assert_int_equal(gc_sctp_in_sack_at(&in), 110); /* another */
        sack(bytes);
        read_packet(110, 0);
        assert_int_equal(gc_sctp_in_sack_at(&in), 110); /* and it is filled */
        end();
    }
}

/* Packets of one millisecond, from `first` on: when the SACK is due after each. */
static void burst(uint64_t now_ms, uint32_t first, const uint64_t *due_ms, uint32_t count) {
    for (uint32_t i = first; i < first + count; i++) {
        read_packet(now_ms, i);
        assert_int_equal(gc_sctp_in_sack_at(&in), due_ms[i - first]);
    }
}

static void packets_of_one_millisecond_are_acknowledged_together(void **state) {
    (void)state;
    uint8_t bytes[256];
    begin(64, 64 * GC_SCTP_BLOCK_BYTES);
    burst(100, 0, (const uint64_t[]){120, 101, 101, 100}, 4);
    sack(bytes);
    burst(100, 4, (const uint64_t[]){120, 101}, 2); /* the next ones of the same burst */
    sack(bytes);
    burst(102, 6, (const uint64_t[]){122, 103}, 2);
    burst(103, 8, (const uint64_t[]){103}, 1); /* a later one does not put it off */
    sack(bytes);
    gc_sctp_data d = {FIRST + 9, 53, 0, 9, B | E | GC_SCTP_FLAG_AT_ONCE, text_span("x")};
    assert_true(gc_sctp_in_hurries(&in, &d)); /* the peer asks for it */
    end();
}

static void a_peer_of_ours_gets_fewer_sacks(void **state) {
    (void)state;
    begin(64, 4 * GC_SCTP_BLOCK_BYTES);
    gc_sctp_in_widen(&in, 64 * GC_SCTP_BLOCK_BYTES);
    assert_int_equal(gc_sctp_in_window(&in), 64 * GC_SCTP_BLOCK_BYTES);
    for (uint32_t i = 0; i < GC_SCTP_BURST_PACKETS_WIDE; i++) {
        uint32_t last = GC_SCTP_BURST_PACKETS_WIDE - 1;
        read_packet(100, i);
        assert_int_equal(gc_sctp_in_sack_at(&in), i == 0 ? 120 : i < last ? 101 : 100);
    }
    end();
}

static void what_exceeds_the_window_is_dropped_but_for_the_first_hole(void **state) {
    (void)state;
    begin(64, 4 * GC_SCTP_BLOCK_BYTES);
    for (uint32_t i = 1; i <= 4; i++) {
        assert_int_equal(put(i, 0, (uint16_t)i, B | E, "x"), GC_SCTP_IN_TAKEN);
    }
    assert_int_equal(gc_sctp_in_window(&in), 0);
    assert_int_equal(put(5, 0, 5, B | E, "x"), GC_SCTP_IN_DROPPED);
    assert_int_equal(put(0, 0, 0, B | E, "x"), GC_SCTP_IN_TAKEN);
    for (uint32_t i = 0; i < 5; i++) {
        expect("x");
    }
    expect(NULL);
    assert_int_equal(gc_sctp_in_window(&in), 4 * GC_SCTP_BLOCK_BYTES);
    end();
}

static void a_pool_that_is_used_up_drops(void **state) {
    (void)state;
    begin(2, 100 * GC_SCTP_BLOCK_BYTES);
    assert_int_equal(put(1, 0, 1, B | E, "x"), GC_SCTP_IN_TAKEN);
    assert_int_equal(put(2, 0, 2, B | E, "x"), GC_SCTP_IN_TAKEN);
    assert_int_equal(put(0, 0, 0, B | E, "x"), GC_SCTP_IN_DROPPED);
    end();
}

static void tsns_far_ahead_are_dropped(void **state) {
    (void)state;
    begin(64, 64 * GC_SCTP_BLOCK_BYTES);
    assert_int_equal(put(GC_SCTP_IN_TSNS, 0, 0, B | E, "x"), GC_SCTP_IN_DROPPED);
    assert_int_equal(put(0x7ffffffe, 0, 0, B | E, "x"), GC_SCTP_IN_DROPPED);
    assert_int_equal(put(GC_SCTP_IN_TSNS - 1, 0, 9, B | E, "x"), GC_SCTP_IN_TAKEN);
    assert_int_equal(in.arrivals.highest, FIRST + GC_SCTP_IN_TSNS - 1);
    end();
}

static void broken_sequences_are_violations(void **state) {
    (void)state;
    static const struct {
        uint8_t flags[3];
        uint16_t stream[3], ssn[3];
        uint32_t result;
    } rows[] = {
        {{B, B, 0}, {0, 0, 0}, {0, 0, 0}, GC_SCTP_IN_VIOLATION},         /* begins twice */
        {{B, B | E, 0}, {0, 1, 0}, {0, 0, 0}, GC_SCTP_IN_VIOLATION},     /* another one inside */
        {{B, E, 0}, {0, 1, 0}, {0, 0, 0}, GC_SCTP_IN_VIOLATION},         /* another stream */
        {{B, E, 0}, {0, 0, 0}, {0, 1, 0}, GC_SCTP_IN_VIOLATION},         /* another number */
        {{B, E | U, 0}, {0, 0, 0}, {0, 0, 0}, GC_SCTP_IN_VIOLATION},     /* another order */
        {{B | E, B | E, 0}, {0, 0, 0}, {0, 2, 0}, GC_SCTP_IN_VIOLATION}, /* a number is missing */
        {{B | E, B | E, 0}, {0, 0, 0}, {0, 0, 0}, GC_SCTP_IN_VIOLATION}, /* a number again */
        {{B | E, B | E, 0}, {0, 1024, 0}, {0, 0, 0}, GC_SCTP_IN_VIOLATION}, /* no such stream */
        {{0, B | E, 0}, {0, 0, 0}, {0, 0, 0}, GC_SCTP_IN_TAKEN}, /* the rest of one given up */
    };
    for (uint32_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(64, 64 * GC_SCTP_BLOCK_BYTES);
        uint32_t result = GC_SCTP_IN_TAKEN;
        for (uint32_t k = 0; k < 2 && result == GC_SCTP_IN_TAKEN; k++) {
            result = put(k, rows[i].stream[k], rows[i].ssn[k], rows[i].flags[k], "x");
        }
        assert_int_equal(result, rows[i].result);
        end();
    }
}

static void messages_without_end_are_an_excess(void **state) {
    (void)state;
    static char text[GC_SCTP_BLOCK_BYTES + 1];
    memset(text, 'x', GC_SCTP_BLOCK_BYTES);
    begin(2048, 64 * GC_SCTP_BLOCK_BYTES);
    uint32_t result = put(0, 0, 0, B, "x"), i = 1;
    for (; result == GC_SCTP_IN_TAKEN; i++) {
        result = put(i, 0, 0, 0, "x");
    }
    assert_int_equal(result, GC_SCTP_IN_EXCESS);
    assert_int_equal(i, GC_SCTP_FRAGMENTS_MAX + 1);
    end();
    begin(2048, 64 * GC_SCTP_BLOCK_BYTES);
    result = put(0, 0, 0, B, text);
    for (i = 1; result == GC_SCTP_IN_TAKEN; i++) {
        result = put(i, 0, 0, 0, text);
    }
    assert_int_equal(result, GC_SCTP_IN_EXCESS);
    assert_int_equal(i, GC_SCTP_MESSAGE_BYTES_MAX / GC_SCTP_BLOCK_BYTES + 1);
    end();
}

static void forward(uint32_t i, const char *skips, uint32_t len, uint32_t expected) {
    assert_int_equal(gc_sctp_in_forward(&in, FIRST + i, gc_span_of(skips, len)), expected);
}

static void forward_tsn_gives_up_what_is_missing(void **state) {
    (void)state;
    begin(64, 64 * GC_SCTP_BLOCK_BYTES);
    put(0, 1, 0, B | E, "zero");
    put(1, 1, 1, B, "torn"); /* its end, 2, is given up; so is 3, number 2 */
    put(4, 1, 3, B | E, "three");
    put(5, 2, 0, B | E, "other");
    expect("zero");
    expect("other");
    expect(NULL);
    forward(3, "\x00\x01\x00\x02", 4, GC_SCTP_IN_TAKEN);
    expect("three");
    expect(NULL);
    assert_int_equal(in.arrivals.cumulative, FIRST + 5);
    forward(3, "", 0, GC_SCTP_IN_AGAIN);
    assert_int_equal(put(6, 1, 4, B | E, "four"), GC_SCTP_IN_TAKEN);
    expect("four");
    end();
}

static void forward_tsn_may_leap_as_far_as_it_likes(void **state) {
    (void)state;
    begin(64, 64 * GC_SCTP_BLOCK_BYTES);
    put(1, 0, 1, B | E, "blocked");
    put(3, 0, 0, 0, "middle");
    forward(0x7ffffffe, "\xff\xff\x00\x00", 4, GC_SCTP_IN_TAKEN);
    expect(NULL);
    assert_int_equal(pool.used, 0);
    assert_int_equal(in.arrivals.cumulative, FIRST + 0x7ffffffe);
    assert_int_equal(put(0x7fffffff, 3, 0, B | E, "next"), GC_SCTP_IN_TAKEN);
    expect("next");
    end();
}

static void a_restarted_stream_counts_from_zero(void **state) {
    (void)state;
    begin(64, 64 * GC_SCTP_BLOCK_BYTES);
    put(0, 5, 0, B | E, "a");
    put(1, 5, 1, B | E, "b");
    gc_sctp_in_restart(&in, 5);
    put(2, 5, 0, B | E, "c");
    expect("a");
    expect("b");
    expect("c");
    end();
}

/* Chunks of a long run of messages, swapped and doubled at random, over several turns of the table.
 */
static void long_runs_come_whole(void **state) {
    (void)state;
    uint64_t seed = 3;
    uint32_t came = 0, next = 0;
    gc_sctp_in_message m;
    begin(4096, 4096 * GC_SCTP_BLOCK_BYTES);
    static uint8_t done[64];
    for (uint32_t base = 0; base < 3 * GC_SCTP_IN_TSNS; base += 64) {
        memset(done, 0, sizeof done);
        for (uint32_t left = 64; left > 0;) {
            uint32_t k = chance(&seed, 64);
            uint32_t i = base + k;
            uint8_t flags = (uint8_t)((i % 4 == 0 ? B : 0) | (i % 4 == 3 ? E : 0));
            uint32_t result = put(i, 0, (uint16_t)(i / 4), flags, "abcd");
            assert_int_equal(result, done[k] ? GC_SCTP_IN_AGAIN : GC_SCTP_IN_TAKEN);
            left -= done[k] ? 0 : 1;
            done[k] = 1;
        }
        while (gc_sctp_in_take(&in, &m)) {
            assert_int_equal(m.bytes.len, 16);
            came++;
        }
        gc_sctp_in_packet_read(&in, base, false);
        next = base + 64;
        assert_int_equal(in.arrivals.cumulative, FIRST + next - 1);
    }
    assert_int_equal(came, next / 4);
    end();
}

/* Two runs of fragments, each short enough, are joined by the chunk between them. */
static void too_many_fragments_are_an_excess_in_any_order(void **state) {
    (void)state;
    begin(2048, 2000 * GC_SCTP_BLOCK_BYTES);
    for (uint32_t i = 100; i <= 1500; i++) {
        if (i != 1001) {
            uint8_t flags = i == 1500 ? E : 0;
            assert_int_equal(put(i, 0, 0, flags, "x"), GC_SCTP_IN_TAKEN);
        }
    }
    assert_int_equal(put(1001, 0, 0, 0, "x"), GC_SCTP_IN_EXCESS);
    end();
}

/* Every second fragment has come; each of the others joins two runs. */
static void the_chunks_of_a_packet_walk_only_so_far(void **state) {
    (void)state;
    enum { LAST = 1000 };
    begin(2048, 2000 * GC_SCTP_BLOCK_BYTES);
    for (uint32_t i = 0; i <= LAST; i += 2) {
        uint8_t flags = i == 0 ? B | U : i == LAST ? E | U : U;
        assert_int_equal(put(i, 0, 0, flags, "x"), GC_SCTP_IN_TAKEN);
    }
    assert_int_equal(in.steps, 0);
    uint32_t left = LAST / 2, packets = 0;
    while (left > 0) {
        uint32_t before = left;
        while (left > 0 && put(2 * left - 1, 0, 0, U, "x") == GC_SCTP_IN_TAKEN) {
            left--;
        }
        assert_true(left < before); /* the first one of a packet is always taken */
        assert_true(left == 0 || in.steps >= GC_SCTP_IN_STEPS);
        assert_true(in.steps < GC_SCTP_IN_STEPS + 2 * GC_SCTP_FRAGMENTS_MAX);
        gc_sctp_in_packet_read(&in, 1000, false);
        packets++;
    }
    assert_true(packets > 50);
    gc_sctp_in_message m;
    assert_true(gc_sctp_in_take(&in, &m));
    assert_int_equal(m.bytes.len, LAST + 1);
    end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_of_a_stream_come_in_order),
        cmocka_unit_test(a_hole_holds_up_neither_other_streams_nor_unordered_messages),
        cmocka_unit_test(fragments_are_put_together_in_any_order),
        cmocka_unit_test(chunks_longer_than_a_block_are_put_together),
        cmocka_unit_test(duplicates_are_told_and_not_given_again),
        cmocka_unit_test(a_sack_names_what_came_behind_holes),
        cmocka_unit_test(sacks_are_due_in_time),
        cmocka_unit_test(holes_are_told_at_once),
        cmocka_unit_test(a_peer_of_ours_gets_fewer_sacks),
        cmocka_unit_test(packets_of_one_millisecond_are_acknowledged_together),
        cmocka_unit_test(what_exceeds_the_window_is_dropped_but_for_the_first_hole),
        cmocka_unit_test(a_pool_that_is_used_up_drops),
        cmocka_unit_test(tsns_far_ahead_are_dropped),
        cmocka_unit_test(broken_sequences_are_violations),
        cmocka_unit_test(messages_without_end_are_an_excess),
        cmocka_unit_test(forward_tsn_gives_up_what_is_missing),
        cmocka_unit_test(forward_tsn_may_leap_as_far_as_it_likes),
        cmocka_unit_test(a_restarted_stream_counts_from_zero),
        cmocka_unit_test(long_runs_come_whole),
        cmocka_unit_test(too_many_fragments_are_an_excess_in_any_order),
        cmocka_unit_test(the_chunks_of_a_packet_walk_only_so_far),
    };
    return RUN(tests);
}
