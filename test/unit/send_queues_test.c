#include "test/unit/noun.h"

#include "core/base/mem.h"
#include "core/proto/send_queues.h"

#define SLOTS  3
#define BLOCKS 64
#define LIMIT  160

typedef struct fixture {
    gc_block_pool pool;
    gc_send_queues q;
} fixture;

static void set_up(fixture *f) {
    static _Alignas(16) uint8_t memory[BLOCKS * sizeof(gc_block) + 16384];
    memset(memory, 0, sizeof memory);
    gc_arena a;
    gc_arena_init(&a, memory, sizeof memory);
    *f = (fixture){0};
    gc_block_pool_init(&f->pool, &a, BLOCKS);
    gc_send_queues_init(&f->q, &a, SLOTS, &f->pool, LIMIT);
}

static bool put(fixture *f, uint32_t n, uint32_t bytes) {
    static const uint8_t zeros[BLOCKS * GC_BLOCK_BYTES];
    assert_true(gc_block_queue_fits(&f->pool, gc_send_queues_at(&f->q, n, GC_WAY_QUICK), bytes));
    return gc_send_queues_put_raw(&f->q, n, gc_span_of(zeros, bytes));
}

static bool say(fixture *f, uint32_t n, uint32_t sender, uint32_t bytes) {
    static const uint8_t zeros[GC_SEND_LOW_BYTES];
    gc_span part = gc_span_of(zeros, bytes);
    uint32_t frame = gc_frame_bytes(&part, 1);
    uint32_t way = gc_send_queues_way(&f->q, n, sender, sender, frame);
    if (way == GC_WAY_NONE) {
        return false;
    }
    assert_true(gc_block_queue_fits(&f->pool, gc_send_queues_at(&f->q, n, way), frame));
    gc_send_queues_put_from(&f->q, n, way, sender, sender, &part, 1, frame);
    return true;
}

static void a_sender_has_its_share_of_what_waits(void **state) {
    (void)state;
    fixture f;
    set_up(&f);
    put(&f, 0, GC_SEND_LOW_BYTES);
    assert_true(say(&f, 0, 1, LIMIT)); /* a single one always has a place */
    assert_false(say(&f, 0, 1, 1));
    assert_true(say(&f, 0, 2, 1));
    assert_true(say(&f, 0, 2, LIMIT / GC_SEND_SHARES - 5));
    assert_false(say(&f, 0, 2, 1));
    assert_int_equal(gc_send_queues_len(&f.q, 0), GC_SEND_LOW_BYTES + GC_MARK_FRAME_BYTES);
    gc_send_queues_sent(&f.q, 0, 1 + GC_MARK_FRAME_BYTES); /* the short one is through first */
    assert_int_equal(gc_send_queues_len(&f.q, 0), GC_SEND_LOW_BYTES - 1 + 3);
    assert_true(say(&f, 0, 2, 1));
    gc_send_queues_flush(&f.q, 0);
    gc_send_queues_check(&f.q, SLOTS);
    gc_send_queues_drop(&f.q, 0);
    assert_int_equal(f.pool.used, 0);
}

/* Takes what is unsent to n. */
static void take_all(fixture *f, uint32_t n) {
    while (gc_send_queues_len(&f->q, n) > 0) {
        gc_send_queues_sent(&f->q, n, gc_send_queues_len(&f->q, n));
    }
}

static bool answer(fixture *f, uint32_t n) {
    uint8_t number = f->q.items[n].flight.number;
    return gc_send_queues_answer(&f->q, n, gc_span_of(&number, 1));
}

/* Its kernel takes everything at once: what counts is what it says that it has read. */
static void what_a_client_has_not_read_stops_the_rest(void **state) {
    (void)state;
    fixture f;
    set_up(&f);
    gc_send_queues_put_mark(&f.q, 0);
    assert_true(answer(&f, 0));
    for (uint32_t i = 0; i < 20; i++) { /* of 4 KiB each */
        put(&f, 0, GC_FLIGHT_BYTES / 8);
        take_all(&f, 0);
        assert_true(i >= 8 || say(&f, 1, 1, 1));
    }
    assert_true(say(&f, 0, 1, 50));
    assert_int_equal(gc_send_queues_len(&f.q, 0), 0);
    assert_int_equal(gc_send_queues_slowest(&f.q), 1);
    assert_false(gc_send_queues_give(&f.q, 0));
    gc_send_queues_check(&f.q, SLOTS);
    gc_send_queues_hear(&f.q, 0, false); /* its answer could not be seen */
    assert_int_equal(gc_send_queues_len(&f.q, 0), 52);
    gc_send_queues_hear(&f.q, 0, true);
    take_all(&f, 0);
    assert_true(say(&f, 0, 1, 50));
    assert_true(answer(&f, 0)); /* the first of the marks: much came after it */
    assert_int_equal(gc_send_queues_len(&f.q, 0), GC_MARK_FRAME_BYTES);
    take_all(&f, 0);
    assert_true(answer(&f, 0));
    assert_int_equal(gc_send_queues_len(&f.q, 0), 52);
    assert_true(gc_send_queues_give(&f.q, 0));
    take_all(&f, 0);
    gc_send_queues_check(&f.q, SLOTS);
    gc_send_queues_drop(&f.q, 1);
    assert_int_equal(f.pool.used, 0);
}

/* Fills lane 0 of queue 0 by sender 1, which waits then; sender 2 has a lane with a little. */
static void fill_lane(fixture *f) {
    f->q.bytes_max = 8 * GC_LANE_FULL_BYTES;
    put(f, 0, GC_SEND_LOW_BYTES);
    for (uint32_t i = 0; i < 2; i++) {
        assert_true(say(f, 0, 1, GC_SEND_LOW_BYTES - 4));
        assert_false(gc_send_queues_stall(&f->q, 0, 0, 1));
    }
    assert_true(say(f, 0, 1, 100));
    assert_true(gc_send_queues_stall(&f->q, 0, 0, 1));
    assert_false(gc_send_queues_stall(&f->q, 0, 0, 1)); /* it waits already */
    assert_true(say(f, 0, 2, 100));
    assert_false(gc_send_queues_stall(&f->q, 0, 1, 2));
    assert_int_equal(gc_send_queues_take_woken(&f->q), GC_STALL_NONE);
}

static void a_full_lane_makes_its_sender_wait(void **state) {
    (void)state;
    fixture f;
    set_up(&f);
    fill_lane(&f);
    gc_send_queues_sent(&f.q, 0, 100); /* the short one goes */
    assert_int_equal(gc_send_queues_take_woken(&f.q), GC_STALL_NONE);
    gc_send_queues_sent(&f.q, 0, 300);
    assert_int_equal(gc_send_queues_take_woken(&f.q), 1);
    assert_int_equal(gc_send_queues_take_woken(&f.q), GC_STALL_NONE);
    gc_send_queues_drop(&f.q, 0);
    fill_lane(&f);
    gc_send_queues_drop(&f.q, 0); /* the receiver ends */
    assert_int_equal(gc_send_queues_take_woken(&f.q), 1);
    fill_lane(&f);
    gc_send_queues_drop(&f.q, 1); /* the sender ends */
    take_all(&f, 0);
    assert_int_equal(gc_send_queues_take_woken(&f.q), GC_STALL_NONE);
    gc_send_queues_check(&f.q, SLOTS);
    assert_int_equal(f.pool.used, 0);
}

static void nobody_waits_for_a_lane_that_was_given_up(void **state) {
    (void)state;
    fixture f;
    set_up(&f);
    fill_lane(&f);
    gc_send_queues_give_up(&f.q, 1);
    gc_send_queues_give_up(&f.q, 1); /* waits no more: nothing happens */
    assert_true(say(&f, 0, 1, 100));
    assert_false(gc_send_queues_stall(&f.q, 0, 0, 1));
    take_all(&f, 0);
    fill_lane(&f);
    gc_send_queues_drop(&f.q, 0);
}

static void a_single_frame_never_overflows_a_queue(void **state) {
    (void)state;
    fixture f;
    set_up(&f);
    assert_false(gc_send_queues_overflow(&f.q, 0, 10 * LIMIT));
    put(&f, 0, 1);
    assert_false(gc_send_queues_overflow(&f.q, 0, LIMIT - 1));
    assert_true(gc_send_queues_overflow(&f.q, 0, LIMIT));
}

static void the_host_is_told_to_write_once_until_all_was_sent(void **state) {
    (void)state;
    fixture f;
    set_up(&f);
    assert_false(gc_send_queues_give(&f.q, 0)); /* nothing is unsent */
    assert_true(put(&f, 0, 10));
    assert_true(gc_send_queues_give(&f.q, 0));
    assert_false(gc_send_queues_give(&f.q, 0));
    assert_false(put(&f, 0, 10));
    gc_send_queues_sent(&f.q, 0, 19);
    assert_false(put(&f, 0, 1));
    gc_send_queues_sent(&f.q, 0, 2);
    assert_true(put(&f, 0, 1));
    gc_send_queues_check(&f.q, SLOTS);
}

static void the_slowest_is_the_one_without_an_empty_queue_for_longest(void **state) {
    (void)state;
    fixture f;
    set_up(&f);
    assert_int_equal(gc_send_queues_slowest(&f.q), GC_ORDER_END);
    put(&f, 2, 10);
    put(&f, 0, 10);
    gc_send_queues_sent(&f.q, 2, 9); /* a little progress does not make a reader quick */
    assert_int_equal(gc_send_queues_slowest(&f.q), 2);
    gc_send_queues_sent(&f.q, 2, 1);
    put(&f, 2, 10);
    assert_int_equal(gc_send_queues_slowest(&f.q), 0);
    gc_send_queues_drop(&f.q, 0);
    assert_int_equal(gc_send_queues_slowest(&f.q), 2);
    assert_int_equal(gc_send_queues_check(&f.q, SLOTS), 1);
}

static void frames_and_moved_queues_keep_their_order(void **state) {
    (void)state;
    fixture f;
    set_up(&f);
    gc_span text = GC_SPAN("hi");
    gc_block_queue held = {0};
    gc_block_queue_put(&f.pool, &held, GC_SPAN("held"));
    assert_true(gc_send_queues_put_frame(&f.q, 1, 1, &text, 1, gc_frame_bytes(&text, 1)));
    gc_send_queues_splice(&f.q, 1, &held);
    gc_span spans[4];
    uint8_t all[16];
    uint32_t len = 0;
    uint32_t count = gc_send_queues_spans(&f.q, 1, spans, 4);
    for (uint32_t i = 0; i < count; i++) {
        memcpy(all + len, spans[i].data, spans[i].len);
        len += spans[i].len;
    }
    assert_int_equal(len, 8);
    assert_memory_equal(all, "\x81\x02hiheld", 8);
    assert_int_equal(held.len, 0);
    gc_send_queues_drop(&f.q, 1);
    assert_int_equal(f.pool.used, 0);
    assert_int_equal(f.q.bytes, 0);
}

static void the_pool_bounds_all_queues_together(void **state) {
    (void)state;
    fixture f;
    set_up(&f);
    put(&f, 0, 7 * GC_BLOCK_DATA_BYTES);
    put(&f, 1, (BLOCKS - 9) * GC_BLOCK_DATA_BYTES); /* a mark has the block after it */
    const gc_block_queue *last = gc_send_queues_at(&f.q, 2, GC_WAY_QUICK);
    assert_true(gc_block_queue_fits(&f.pool, last, GC_BLOCK_DATA_BYTES));
    assert_false(gc_block_queue_fits(&f.pool, last, GC_BLOCK_DATA_BYTES + 1));
    assert_int_equal(gc_send_queues_check(&f.q, SLOTS), BLOCKS - 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sender_has_its_share_of_what_waits),
        cmocka_unit_test(what_a_client_has_not_read_stops_the_rest),
        cmocka_unit_test(a_full_lane_makes_its_sender_wait),
        cmocka_unit_test(nobody_waits_for_a_lane_that_was_given_up),
        cmocka_unit_test(a_single_frame_never_overflows_a_queue),
        cmocka_unit_test(the_host_is_told_to_write_once_until_all_was_sent),
        cmocka_unit_test(the_slowest_is_the_one_without_an_empty_queue_for_longest),
        cmocka_unit_test(frames_and_moved_queues_keep_their_order),
        cmocka_unit_test(the_pool_bounds_all_queues_together),
    };
    return RUN(tests);
}
