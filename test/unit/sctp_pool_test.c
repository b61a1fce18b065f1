#include "test/unit/noun.h"

#include "rtc/sctp_pool.h"

static gc_sctp_pool pool;
static gc_drbg drbg;
static gc_sctp_share share;
static void *memory;

static void begin(uint32_t count) {
    uint8_t seed[32] = {1};
    gc_arena a;
    gc_drbg_init(&drbg, seed);
    NOUN_PLACE(memory, a, gc_sctp_pool_init(&pool, &a, &drbg, count));
    share = gc_sctp_pool_share(&pool);
}

static void chunks_come_out_as_they_went_in(void **state) {
    (void)state;
    static uint8_t bytes[4 * GC_SCTP_BLOCK_BYTES], out[sizeof bytes];
    static const uint32_t lengths[] = {0, 1, 1183, 1184, 1185, 2368, 2369, sizeof bytes};
    begin(8);
    for (uint32_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 7 + (i >> 8));
    }
    for (uint32_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        uint32_t block =
            gc_sctp_pool_put(&pool, &share, share.guaranteed, gc_span_of(bytes, lengths[i]));
        assert_int_not_equal(block, GC_SCTP_NO_BLOCK);
        assert_int_equal(pool.blocks[block].len, lengths[i]);
        assert_int_equal(gc_sctp_pool_room(&pool, &share, share.guaranteed),
                         8 - gc_sctp_pool_need(lengths[i]));
        memset(out, 0, sizeof out);
        gc_sctp_pool_copy(&pool, block, out);
        assert_memory_equal(out, bytes, lengths[i]);
        if (lengths[i] <= GC_SCTP_BLOCK_BYTES) {
            assert_span(gc_sctp_pool_bytes(&pool, block), gc_span_of(bytes, lengths[i]));
        }
        gc_sctp_pool_give(&pool, &share, block);
        assert_int_equal(gc_sctp_pool_room(&pool, &share, share.guaranteed), 8);
    }
    free(memory);
}

static void a_full_pool_takes_nothing(void **state) {
    (void)state;
    static uint8_t bytes[3 * GC_SCTP_BLOCK_BYTES];
    begin(4);
    uint32_t first = gc_sctp_pool_put(&pool, &share, share.guaranteed,
                                      gc_span_of(bytes, 2 * GC_SCTP_BLOCK_BYTES));
    assert_int_equal(
        gc_sctp_pool_put(&pool, &share, share.guaranteed, gc_span_of(bytes, sizeof bytes)),
        GC_SCTP_NO_BLOCK);
    assert_int_equal(gc_sctp_pool_room(&pool, &share, share.guaranteed), 2);
    gc_sctp_pool_give(&pool, &share, first);
    assert_int_not_equal(
        gc_sctp_pool_put(&pool, &share, share.guaranteed, gc_span_of(bytes, sizeof bytes)),
        GC_SCTP_NO_BLOCK);
    free(memory);
}

static void warm_blocks_are_used_before_untouched_ones(void **state) {
    (void)state;
    begin(100);
    for (uint32_t i = 0; i < 1000; i++) {
        uint32_t a = gc_sctp_pool_put(&pool, &share, share.guaranteed, GC_SPAN("a"));
        uint32_t b = gc_sctp_pool_put(&pool, &share, share.guaranteed, GC_SPAN("b"));
        assert_int_not_equal(a, b);
        gc_sctp_pool_give(&pool, &share, a);
        gc_sctp_pool_give(&pool, &share, b);
    }
    assert_int_equal(pool.touched, 2);
    free(memory);
}

/* Puts `count` blocks, one by one, and notes each; returns how many were taken. */
static uint32_t fill(gc_sctp_share *of, uint32_t limit, uint32_t count, uint32_t *blocks) {
    for (uint32_t i = 0; i < count; i++) {
        blocks[i] = gc_sctp_pool_put(&pool, of, limit, GC_SPAN("x"));
        if (blocks[i] == GC_SCTP_NO_BLOCK) {
            return i;
        }
    }
    return count;
}

static void give_all(gc_sctp_share *of, const uint32_t *blocks, uint32_t from, uint32_t count) {
    for (uint32_t i = from; i < count; i++) {
        gc_sctp_pool_give(&pool, of, blocks[i]);
    }
}

/* Three directions of two associations: two hold all that they may. */
static void nobody_takes_the_share_of_another(void **state) {
    (void)state;
    enum { COMMON = 20, ALL = 4 * GC_SCTP_SHARE_BLOCKS + COMMON };
    enum { SHARE = GC_SCTP_SHARE_BLOCKS, MOST = SHARE + COMMON / 2 };
    static uint32_t first[ALL], second[ALL], third[ALL];
    begin(ALL);
    gc_sctp_pool_reserve(&pool, 2);
    share = gc_sctp_pool_share(&pool);
    gc_sctp_share other = gc_sctp_pool_share(&pool), last = gc_sctp_pool_share(&pool);
    assert_int_equal(fill(&share, SHARE, ALL, first), MOST);
    assert_int_equal(gc_sctp_pool_room(&pool, &other, SHARE), MOST);
    assert_int_equal(fill(&other, SHARE, ALL, second), MOST);
    assert_int_equal(fill(&last, SHARE, ALL, third), SHARE);
    /* A block of the share makes room for its owner alone, a common one for whoever has not got
     * half of them. */
    gc_sctp_pool_give(&pool, &share, first[0]);
    assert_int_equal(gc_sctp_pool_room(&pool, &share, SHARE), 1);
    assert_int_equal(gc_sctp_pool_room(&pool, &last, SHARE), 0);
    gc_sctp_pool_give(&pool, &share, first[SHARE]);
    assert_int_equal(gc_sctp_pool_room(&pool, &share, SHARE), 2);
    assert_int_equal(gc_sctp_pool_room(&pool, &last, SHARE), 1);
    assert_int_equal(gc_sctp_pool_room(&pool, &other, SHARE), 0);
    /* A chunk of several blocks may need both kinds. */
    static uint8_t bytes[2 * GC_SCTP_BLOCK_BYTES];
    assert_int_equal(gc_sctp_pool_put(&pool, &last, SHARE, gc_span_of(bytes, 1185)),
                     GC_SCTP_NO_BLOCK);
    uint32_t chain = gc_sctp_pool_put(&pool, &share, SHARE, gc_span_of(bytes, 1185));
    assert_int_not_equal(chain, GC_SCTP_NO_BLOCK);
    assert_true(share.held == MOST && pool.common_used == COMMON);
    gc_sctp_pool_give(&pool, &share, chain);
    give_all(&share, first, 1, SHARE);
    give_all(&share, first, SHARE + 1, MOST);
    give_all(&other, second, 0, MOST);
    give_all(&last, third, 0, SHARE);
    assert_int_equal(pool.used + pool.common_used + share.held + other.held + last.held, 0);
    free(memory);
}

static void a_pool_that_holds_nothing_rests(void **state) {
    (void)state;
    enum { ALL = 3 * GC_SCTP_KEPT_BLOCKS };
    static uint32_t blocks[ALL];
    gc_span pieces[GC_SCTP_POOL_PIECES];
    begin(ALL);
    assert_false(gc_sctp_pool_is_idle(&pool));
    assert_int_equal(fill(&share, 0, ALL, blocks), ALL);
    assert_false(gc_sctp_pool_is_idle(&pool));
    give_all(&share, blocks, 1, ALL);
    assert_false(gc_sctp_pool_is_idle(&pool));
    give_all(&share, blocks, 0, 1);
    assert_true(gc_sctp_pool_is_idle(&pool));
    gc_sctp_pool_rest(&pool, pieces);
    assert_int_equal(pieces[1].len, 2 * GC_SCTP_KEPT_BLOCKS * GC_SCTP_BLOCK_BYTES);
    for (uint32_t i = 0; i < GC_SCTP_POOL_PIECES; i++) {
        memset((void *)(uintptr_t)pieces[i].data, 0xee, pieces[i].len);
    }
    assert_false(gc_sctp_pool_is_idle(&pool));
    assert_int_equal(fill(&share, 0, ALL, blocks), ALL); /* all are there again */
    assert_span(gc_sctp_pool_bytes(&pool, blocks[ALL - 1]), text_span("x"));
    give_all(&share, blocks, 0, ALL);
    assert_int_equal(pool.used, 0);
    free(memory);
}

static void a_limit_leaves_a_part_of_the_share(void **state) {
    (void)state;
    enum { COMMON = 6, ALL = 2 * GC_SCTP_SHARE_BLOCKS + COMMON, HALF = GC_SCTP_SHARE_BLOCKS / 2 };
    static uint32_t blocks[ALL];
    begin(ALL);
    gc_sctp_pool_reserve(&pool, 1);
    share = gc_sctp_pool_share(&pool);
    assert_int_equal(fill(&share, HALF, ALL, blocks), HALF + COMMON / 2);
    assert_int_equal(fill(&share, share.guaranteed, ALL, blocks), HALF);
    free(memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_come_out_as_they_went_in),
        cmocka_unit_test(a_full_pool_takes_nothing),
        cmocka_unit_test(warm_blocks_are_used_before_untouched_ones),
        cmocka_unit_test(nobody_takes_the_share_of_another),
        cmocka_unit_test(a_pool_that_holds_nothing_rests),
        cmocka_unit_test(a_limit_leaves_a_part_of_the_share),
    };
    return RUN(tests);
}
