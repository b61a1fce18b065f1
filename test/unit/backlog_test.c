#include "test/unit/noun.h"

#include "core/base/mem.h"
#include "core/proto/backlog.h"

#define BLOCKS 64
#define FRAME  100 /* with its head of 2 bytes */

typedef struct fixture {
    gc_block_pool pool;
    gc_backlog b;
    gc_block_queue out;
} fixture;

static void set_up(fixture *f) {
    static _Alignas(16) uint8_t memory[BLOCKS * sizeof(gc_block) + 64];
    gc_arena a;
    gc_arena_init(&a, memory, sizeof memory);
    *f = (fixture){0};
    gc_block_pool_init(&f->pool, &a, BLOCKS);
}

/* Each byte of what a sender says is its number. */
static void say(fixture *f, uint32_t sender, uint32_t address, uint32_t frames) {
    uint8_t bytes[FRAME - 2];
    memset(bytes, (int)sender, sizeof bytes);
    gc_span part = gc_span_of(bytes, sizeof bytes);
    for (uint32_t i = 0; i < frames; i++) {
        gc_backlog_put(&f->b, &f->pool, gc_backlog_lane(&f->b, sender, address), sender, address, 1,
                       &part, 1);
    }
    gc_backlog_check(&f->b, &f->pool);
}

/* Takes the next lane; returns whose it is, and how many frames there were in it. */
static uint32_t next(fixture *f, uint32_t *frames) {
    gc_span span;
    gc_backlog_next(&f->b, &f->pool, &f->out);
    *frames = f->out.len / FRAME;
    if (f->out.len == 0) {
        return UINT32_MAX;
    }
    gc_block_queue_spans(&f->pool, &f->out, &span, 1);
    uint32_t sender = span.data[2];
    gc_block_queue_clear(&f->pool, &f->out);
    gc_backlog_check(&f->b, &f->pool);
    return sender;
}

static void lanes_go_out_by_what_each_has_had(void **state) {
    (void)state;
    fixture f;
    uint32_t frames;
    set_up(&f);
    say(&f, 1, 1, 5);
    assert_int_equal(next(&f, &frames), 1);
    assert_int_equal(frames, 5);
    say(&f, 1, 1, 5); /* it has had 5 already: a newcomer comes first, however late */
    say(&f, 2, 2, 1);
    assert_int_equal(next(&f, &frames), 2);
    say(&f, 2, 2, 1);
    assert_int_equal(next(&f, &frames), 2);
    say(&f, 2, 2, 3);
    assert_int_equal(next(&f, &frames), 2);
    say(&f, 2, 2, 6); /* through after 11, the first after 10 */
    assert_int_equal(next(&f, &frames), 1);
    assert_int_equal(next(&f, &frames), 2);
    assert_int_equal(next(&f, &frames), UINT32_MAX);
    assert_int_equal(f.pool.used, 0);
}

static void a_sender_keeps_its_order(void **state) {
    (void)state;
    fixture f;
    uint32_t frames;
    set_up(&f);
    say(&f, 1, 1, 1);
    say(&f, 2, 2, 1);
    say(&f, 1, 1, 1);
    assert_int_equal(gc_backlog_lane(&f.b, 1, 1), 0);
    assert_int_equal(next(&f, &frames), 2);
    assert_int_equal(next(&f, &frames), 1);
    assert_int_equal(frames, 2);
}

static void an_address_has_so_many_lanes_and_no_more(void **state) {
    (void)state;
    fixture f;
    uint32_t frames;
    set_up(&f);
    for (uint32_t sender = 10; sender < 50; sender++) {
        say(&f, sender, 7, 1);
    }
    say(&f, 3, 3, 1);
    uint32_t lanes = 0;
    assert_int_equal(next(&f, &frames), 3);
    while (next(&f, &frames) != UINT32_MAX) {
        lanes++;
    }
    assert_int_equal(lanes, GC_LANES_PER_ADDRESS);
}

static void when_no_lane_is_left_senders_share(void **state) {
    (void)state;
    fixture f;
    uint32_t frames;
    set_up(&f);
    for (uint32_t sender = 0; sender < GC_LANES + 8; sender++) {
        say(&f, sender, 100 + sender, 1);
    }
    uint32_t all = 0;
    while (next(&f, &frames) != UINT32_MAX) {
        all += frames;
    }
    assert_int_equal(all, GC_LANES + 8);
}

static void a_lane_takes_a_single_message_of_any_length(void **state) {
    (void)state;
    fixture f;
    set_up(&f);
    assert_true(gc_backlog_takes(&f.b, 0, 1000, 250));
    say(&f, 1, 1, 2);
    assert_true(gc_backlog_takes(&f.b, 0, 50, 250));
    assert_false(gc_backlog_takes(&f.b, 0, 51, 250));
    assert_false(gc_backlog_takes(&f.b, 0, UINT32_MAX, 250));
}

static void a_backlog_that_is_cleared_knows_nobody(void **state) {
    (void)state;
    fixture f;
    static const gc_backlog nothing;
    set_up(&f);
    say(&f, 1, 1, 3);
    say(&f, 2, 2, 3);
    gc_backlog_next(&f.b, &f.pool, &f.out);
    gc_block_queue_clear(&f.pool, &f.out);
    gc_backlog_clear(&f.b, &f.pool);
    assert_memory_equal(&f.b, &nothing, sizeof nothing);
    assert_int_equal(f.pool.used, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lanes_go_out_by_what_each_has_had),
        cmocka_unit_test(a_sender_keeps_its_order),
        cmocka_unit_test(an_address_has_so_many_lanes_and_no_more),
        cmocka_unit_test(when_no_lane_is_left_senders_share),
        cmocka_unit_test(a_lane_takes_a_single_message_of_any_length),
        cmocka_unit_test(a_backlog_that_is_cleared_knows_nobody),
    };
    return RUN(tests);
}
