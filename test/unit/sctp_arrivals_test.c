#include "test/unit/noun.h"

#include "rtc/sctp_arrivals.h"

#define FIRST 0xfffffff0u /* TSNs wrap in each test */
#define SLOTS 1024

static gc_sctp_arrivals arrivals;
static void *memory;

static void begin(void) {
    gc_arena a;
    NOUN_PLACE(memory, a, gc_sctp_arrivals_place(&arrivals, &a, SLOTS));
    memset(memory, 0x5a, SLOTS * sizeof(uint32_t)); /* of whoever was here before */
    gc_sctp_arrivals_begin(&arrivals, FIRST);
}

/* TSN number i, from 0 on, comes. */
static void come(uint32_t i) {
    gc_sctp_arrivals_raise(&arrivals, arrivals.cumulative + 1, FIRST + i);
    *gc_sctp_arrivals_at(&arrivals, FIRST + i) = i;
}

static uint32_t advance(void) {
    uint32_t count = 0;
    while (gc_sctp_arrivals_advance(&arrivals)) {
        count++;
    }
    return count;
}

/* The SACK that goes out now, of at most `room` bytes, which stay until the next one. */
static gc_sctp_sack sack(uint32_t room) {
    static uint8_t out[2048];
    gc_writer w;
    gc_reader r;
    gc_sctp_chunk c;
    gc_sctp_sack s;
    gc_writer_init(&w, out, sizeof out);
    gc_sctp_arrivals_sack(&arrivals, 5000, &w, room);
    assert_true(w.at <= room);
    gc_reader_init(&r, gc_writer_done(&w));
    assert_true(gc_sctp_chunk_next(&r, &c));
    assert_int_equal(gc_sctp_sack_read(&c, &s), 0);
    assert_int_equal(s.cumulative, arrivals.cumulative);
    assert_int_equal(s.window_bytes, 5000);
    return s;
}

static void a_tsn_has_come_or_has_not(void **state) {
    (void)state;
    begin();
    assert_true(gc_sctp_arrivals_has(&arrivals, FIRST - 1));
    assert_false(gc_sctp_arrivals_has(&arrivals, FIRST));
    assert_int_equal(advance(), 0);
    come(3);
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(gc_sctp_arrivals_has(&arrivals, FIRST + i), i == 3);
    }
    assert_true(gc_sctp_arrivals_has_holes(&arrivals));
    come(0);
    assert_int_equal(advance(), 1);
    come(2);
    come(1);
    assert_int_equal(advance(), 3);
    assert_false(gc_sctp_arrivals_has_holes(&arrivals));
    assert_int_equal(arrivals.cumulative, FIRST + 3);
    assert_int_equal(arrivals.highest, FIRST + 3);
    free(memory);
}

/* The table grows while values are in it, across the wrap of TSNs. */
static void values_stay_with_their_tsn(void **state) {
    (void)state;
    begin();
    for (uint32_t i = 1; i < SLOTS; i += 2) {
        come(i);
    }
    for (uint32_t i = 1; i < SLOTS; i++) {
        assert_int_equal(*gc_sctp_arrivals_at(&arrivals, FIRST + i),
                         i % 2 == 1 ? i : GC_SCTP_ARRIVALS_NONE);
    }
    free(memory);
}

static void a_sack_names_each_run_of_tsns(void **state) {
    (void)state;
    begin();
    come(0);
    advance();
    for (uint32_t i = 2; i < 12; i++) {
        if (i != 5 && i != 9) {
            come(i);
        }
    }
    gc_sctp_sack s = sack(2048);
    static const gc_sctp_gap gaps[] = {{2, 4}, {6, 8}, {10, 11}};
    assert_int_equal(s.gaps, 3);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(gc_sctp_sack_gap(&s, i).first, gaps[i].first);
        assert_int_equal(gc_sctp_sack_gap(&s, i).last, gaps[i].last);
    }
    assert_int_equal(sack(GC_SCTP_SACK_BYTES + 8).gaps, 2); /* as many as fit, the first ones */
    assert_int_equal(sack(GC_SCTP_SACK_BYTES).gaps, 0);
    free(memory);
}

static void a_sack_has_so_many_gaps_at_most(void **state) {
    (void)state;
    begin();
    for (uint32_t i = 1; i < SLOTS; i += 2) {
        come(i);
    }
    gc_sctp_sack s = sack(2048);
    assert_int_equal(s.gaps, GC_SCTP_GAPS_MAX);
    assert_int_equal(gc_sctp_sack_gap(&s, GC_SCTP_GAPS_MAX - 1).last, 2 * GC_SCTP_GAPS_MAX);
    free(memory);
}

/* Bytes of the SACK that goes out now, behind its head. */
static uint32_t beside_head(uint32_t room) {
    uint8_t out[2048];
    gc_writer w;
    gc_writer_init(&w, out, sizeof out);
    gc_sctp_arrivals_sack(&arrivals, 5000, &w, room);
    return gc_writer_done(&w).len - GC_SCTP_SACK_BYTES;
}

static void what_came_again_is_told_once(void **state) {
    (void)state;
    begin();
    come(0);
    advance();
    gc_sctp_arrivals_again(&arrivals, FIRST);
    gc_sctp_arrivals_again(&arrivals, FIRST);
    assert_int_equal(beside_head(2048), 2 * 4);
    assert_int_equal(beside_head(2048), 0);
    for (uint32_t i = 0; i < 2 * GC_SCTP_DUPLICATES_MAX; i++) {
        gc_sctp_arrivals_again(&arrivals, FIRST);
    }
    assert_int_equal(beside_head(2048), GC_SCTP_DUPLICATES_MAX * 4);
    come(2);
    gc_sctp_arrivals_again(&arrivals, FIRST);
    assert_int_equal(beside_head(GC_SCTP_SACK_BYTES + 4), 4); /* the gap goes first */
    free(memory);
}

static void what_does_not_come_any_more_counts_as_there(void **state) {
    (void)state;
    begin();
    come(2);
    come(9);
    gc_sctp_arrivals_forward(&arrivals, FIRST + 4); /* within what came */
    assert_int_equal(arrivals.cumulative, FIRST + 4);
    assert_int_equal(arrivals.highest, FIRST + 9);
    assert_true(gc_sctp_arrivals_has(&arrivals, FIRST + 3));
    assert_false(gc_sctp_arrivals_has(&arrivals, FIRST + 5));
    assert_true(gc_sctp_arrivals_has(&arrivals, FIRST + 9));
    gc_sctp_arrivals_forward(&arrivals, FIRST + 0x7fffffff); /* far beyond it */
    assert_false(gc_sctp_arrivals_has_holes(&arrivals));
    assert_int_equal(advance(), 0);
    assert_false(gc_sctp_arrivals_has(&arrivals, FIRST + 0x80000000));
    come(0x80000000);
    assert_int_equal(advance(), 1);
    free(memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tsn_has_come_or_has_not),
        cmocka_unit_test(values_stay_with_their_tsn),
        cmocka_unit_test(a_sack_names_each_run_of_tsns),
        cmocka_unit_test(a_sack_has_so_many_gaps_at_most),
        cmocka_unit_test(what_came_again_is_told_once),
        cmocka_unit_test(what_does_not_come_any_more_counts_as_there),
    };
    return RUN(tests);
}
