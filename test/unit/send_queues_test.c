#include "test/unit/noun.h"

#include "core/base/mem.h"
#include "core/proto/send_queues.h"

#define SLOTS  3
#define BLOCKS 16
#define LIMIT  160

typedef struct fixture {
    gc_block_pool pool;
    gc_send_queues q;
} fixture;

static void set_up(fixture *f) {
    static _Alignas(16) uint8_t memory[BLOCKS * sizeof(gc_block) + 8192];
    memset(memory, 0, sizeof memory);
    gc_arena a;
    gc_arena_init(&a, memory, sizeof memory);
    *f = (fixture){0};
    gc_block_pool_init(&f->pool, &a, BLOCKS);
    gc_send_queues_init(&f->q, &a, SLOTS, &f->pool, LIMIT);
}

static bool put(fixture *f, uint32_t n, uint32_t bytes) {
    static const uint8_t zeros[16 * GC_BLOCK_BYTES];
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
    assert_int_equal(gc_send_queues_len(&f.q, 0), GC_SEND_LOW_BYTES);
    gc_send_queues_sent(&f.q, 0, 1); /* the short one is through first */
    assert_int_equal(gc_send_queues_len(&f.q, 0), GC_SEND_LOW_BYTES - 1 + LIMIT / GC_SEND_SHARES);
    assert_true(say(&f, 0, 2, 1));
    gc_send_queues_flush(&f.q, 0);
    gc_send_queues_check(&f.q, SLOTS);
    gc_send_queues_drop(&f.q, 0);
    assert_int_equal(f.pool.used, 0);
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
    put(&f, 0, 13 * GC_BLOCK_DATA_BYTES);
    put(&f, 1, 2 * GC_BLOCK_DATA_BYTES);
    const gc_block_queue *last = gc_send_queues_at(&f.q, 2, GC_WAY_QUICK);
    assert_true(gc_block_queue_fits(&f.pool, last, GC_BLOCK_DATA_BYTES));
    assert_false(gc_block_queue_fits(&f.pool, last, GC_BLOCK_DATA_BYTES + 1));
    assert_int_equal(gc_send_queues_check(&f.q, SLOTS), 15);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sender_has_its_share_of_what_waits),
        cmocka_unit_test(a_single_frame_never_overflows_a_queue),
        cmocka_unit_test(the_host_is_told_to_write_once_until_all_was_sent),
        cmocka_unit_test(the_slowest_is_the_one_without_an_empty_queue_for_longest),
        cmocka_unit_test(frames_and_moved_queues_keep_their_order),
        cmocka_unit_test(the_pool_bounds_all_queues_together),
    };
    return RUN(tests);
}
