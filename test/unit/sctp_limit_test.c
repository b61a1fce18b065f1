#include "test/unit/noun.h"

#include "rtc/sctp_chunk.h"
#include "rtc/sctp_limit.h"

#define CHUNKS 4

static gc_sctp_pool pool;
static gc_sctp_block blocks[CHUNKS];

/* One message of all chunks, with this limit. */
static void begin(uint64_t dies_ms, uint16_t tries_max) {
    gc_sctp_limit limit = {.dies_ms = dies_ms, .tries_max = tries_max};
    memset(blocks, 0, sizeof blocks);
    pool.blocks = blocks;
    for (uint32_t i = 0; i < CHUNKS; i++) {
        blocks[i].flags = i == CHUNKS - 1 ? GC_SCTP_FLAG_END : 0;
        gc_sctp_limit_set(&pool, i, &limit, i == 0 ? GC_SCTP_NO_BLOCK : i - 1);
    }
}

static uint32_t ended(void) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < CHUNKS; i++) {
        count += gc_sctp_limit_has_ended(&blocks[i]);
    }
    return count;
}

static void a_chunk_is_over_by_time_or_by_transmissions(void **state) {
    (void)state;
    begin(0, 0);
    blocks[0].tries = UINT8_MAX;
    assert_false(gc_sctp_limit_is_over(&blocks[0], UINT64_MAX));
    begin(1000, 0);
    assert_false(gc_sctp_limit_is_over(&blocks[0], 999));
    assert_true(gc_sctp_limit_is_over(&blocks[0], 1000));
    assert_false(gc_sctp_limit_is_used_up(&blocks[0]));
    begin(0, 2);
    blocks[0].tries = 1;
    assert_false(gc_sctp_limit_is_over(&blocks[0], UINT64_MAX));
    blocks[0].tries = 2;
    assert_true(gc_sctp_limit_is_over(&blocks[0], 0));
    assert_true(gc_sctp_limit_is_used_up(&blocks[0]));
}

/* The clock may begin at 0: a lifetime that ends then is no message that has ended. */
static void no_time_of_death_says_that_a_message_has_ended(void **state) {
    (void)state;
    for (uint64_t dies_ms = 1; dies_ms < 5; dies_ms++) {
        begin(dies_ms, 0);
        assert_int_equal(ended(), 0);
        assert_true(gc_sctp_limit_is_over(&blocks[0], dies_ms + 1));
    }
}

static void a_message_ends_as_a_whole_and_settles_when_nothing_is_under_way(void **state) {
    (void)state;
    for (uint32_t from = 0; from < CHUNKS; from++) {
        begin(1000, 0);
        blocks[0].state = GC_SCTP_OUT_FLIGHT;
        blocks[1].state = GC_SCTP_OUT_LOST;
        blocks[2].state = GC_SCTP_OUT_ACKED;
        gc_sctp_limit_end(&pool, from); /* the last one has no TSN */
        assert_int_equal(ended(), CHUNKS);
        for (uint32_t left = 2; left > 0; left--) {
            assert_false(gc_sctp_limit_is_settled(&pool, &blocks[1]));
            gc_sctp_limit_landed(&pool, &blocks[left == 2 ? 0 : CHUNKS - 1]);
        }
        assert_true(gc_sctp_limit_is_settled(&pool, &blocks[1]));
        gc_sctp_limit_end(&pool, from); /* changes nothing */
        assert_true(gc_sctp_limit_is_settled(&pool, &blocks[1]));
    }
}

static void chunks_that_left_are_not_counted(void **state) {
    (void)state;
    begin(1000, 0);
    for (uint32_t i = 0; i < CHUNKS; i++) {
        blocks[i].state = GC_SCTP_OUT_FLIGHT;
    }
    gc_sctp_limit_leave(&pool, 0);
    gc_sctp_limit_leave(&pool, 2);
    gc_sctp_limit_end(&pool, 1);
    assert_int_equal(ended(), 2);
    gc_sctp_limit_landed(&pool, &blocks[1]);
    assert_false(gc_sctp_limit_is_settled(&pool, &blocks[1]));
    gc_sctp_limit_landed(&pool, &blocks[3]);
    assert_true(gc_sctp_limit_is_settled(&pool, &blocks[1]));
    gc_sctp_limit_leave(&pool, 1);
    gc_sctp_limit_leave(&pool, 3); /* alone in its ring */
    begin(0, 0);
    gc_sctp_limit_leave(&pool, 1); /* in no ring */
    assert_int_equal(blocks[0].later_part, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chunk_is_over_by_time_or_by_transmissions),
        cmocka_unit_test(no_time_of_death_says_that_a_message_has_ended),
        cmocka_unit_test(a_message_ends_as_a_whole_and_settles_when_nothing_is_under_way),
        cmocka_unit_test(chunks_that_left_are_not_counted),
    };
    return RUN(tests);
}
