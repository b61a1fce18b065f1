#include "test/unit/noun.h"

#include "rtc/sctp_pool.h"

static gc_sctp_pool pool;
static gc_drbg drbg;
static void *memory;

static void begin(uint32_t count) {
    uint8_t seed[32] = {1};
    gc_arena a;
    gc_drbg_init(&drbg, seed);
    NOUN_PLACE(memory, a, gc_sctp_pool_init(&pool, &a, &drbg, count));
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
        uint32_t block = gc_sctp_pool_put(&pool, gc_span_of(bytes, lengths[i]));
        assert_int_not_equal(block, GC_SCTP_NO_BLOCK);
        assert_int_equal(pool.blocks[block].len, lengths[i]);
        assert_int_equal(gc_sctp_pool_left(&pool), 8 - gc_sctp_pool_need(lengths[i]));
        memset(out, 0, sizeof out);
        gc_sctp_pool_copy(&pool, block, out);
        assert_memory_equal(out, bytes, lengths[i]);
        if (lengths[i] <= GC_SCTP_BLOCK_BYTES) {
            assert_span(gc_sctp_pool_bytes(&pool, block), gc_span_of(bytes, lengths[i]));
        }
        gc_sctp_pool_give(&pool, block);
        assert_int_equal(gc_sctp_pool_left(&pool), 8);
    }
    free(memory);
}

static void a_full_pool_takes_nothing(void **state) {
    (void)state;
    static uint8_t bytes[3 * GC_SCTP_BLOCK_BYTES];
    begin(4);
    uint32_t first = gc_sctp_pool_put(&pool, gc_span_of(bytes, 2 * GC_SCTP_BLOCK_BYTES));
    assert_int_equal(gc_sctp_pool_put(&pool, gc_span_of(bytes, sizeof bytes)), GC_SCTP_NO_BLOCK);
    assert_int_equal(gc_sctp_pool_left(&pool), 2);
    gc_sctp_pool_give(&pool, first);
    assert_int_not_equal(gc_sctp_pool_put(&pool, gc_span_of(bytes, sizeof bytes)),
                         GC_SCTP_NO_BLOCK);
    free(memory);
}

static void warm_blocks_are_used_before_untouched_ones(void **state) {
    (void)state;
    begin(100);
    for (uint32_t i = 0; i < 1000; i++) {
        uint32_t a = gc_sctp_pool_put(&pool, GC_SPAN("a"));
        uint32_t b = gc_sctp_pool_put(&pool, GC_SPAN("b"));
        assert_int_not_equal(a, b);
        gc_sctp_pool_give(&pool, a);
        gc_sctp_pool_give(&pool, b);
    }
    assert_int_equal(pool.touched, 2);
    free(memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_come_out_as_they_went_in),
        cmocka_unit_test(a_full_pool_takes_nothing),
        cmocka_unit_test(warm_blocks_are_used_before_untouched_ones),
    };
    return RUN(tests);
}
