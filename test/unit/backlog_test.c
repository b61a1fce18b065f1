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

/* Takes the next frame; returns whose it is, UINT32_MAX when there is none. */
static uint32_t next(fixture *f) {
    gc_span span;
    uint32_t lane = gc_backlog_next(&f->b, &f->pool, &f->out);
    assert_int_equal(lane == GC_LANES, f->out.len == 0);
    if (f->out.len == 0) {
        return UINT32_MAX;
    }
    assert_int_equal(f->out.len, FRAME);
    gc_block_queue_spans(&f->pool, &f->out, &span, 1);
    uint32_t sender = span.data[2];
    gc_block_queue_clear(&f->pool, &f->out);
    gc_backlog_check(&f->b, &f->pool);
    return sender;
}

/* Takes so many frames; each digit of `senders` is whose the next one is. */
static void expect(fixture *f, const char *senders) {
    for (uint32_t i = 0; senders[i] != 0; i++) {
        assert_int_equal(next(f), (uint32_t)(senders[i] - '0'));
    }
}

static void lanes_go_out_by_what_each_has_had(void **state) {
    (void)state;
    fixture f;
    set_up(&f);
    say(&f, 1, 1, 9);
    expect(&f, "11111");
    say(&f, 2, 2, 1); /* the other has had 5 already: a newcomer comes first, however late */
    expect(&f, "21");
    say(&f, 2, 2, 3);
    expect(&f, "21212");
    assert_int_equal(next(&f), 1);
    assert_int_equal(next(&f), UINT32_MAX);
    assert_int_equal(f.pool.used, 0);
}

static void a_sender_keeps_its_order(void **state) {
    (void)state;
    fixture f;
    set_up(&f);
    say(&f, 1, 1, 1);
    say(&f, 2, 2, 1);
    say(&f, 1, 1, 1);
    assert_int_equal(gc_backlog_lane(&f.b, 1, 1), 0);
    expect(&f, "121");
}

static void an_address_has_so_many_lanes_and_no_more(void **state) {
    (void)state;
    fixture f;
    set_up(&f);
    for (uint32_t sender = 10; sender < 50; sender++) {
        say(&f, sender, 7, 1);
    }
    say(&f, 3, 3, 3);
    uint32_t frames = 0;
    for (uint32_t i = 0; i < 3; i++) {
        while (next(&f) != 3) {
            frames++;
        }
    }
    assert_int_equal(frames, 2 * GC_LANES_PER_ADDRESS + GC_LANES_PER_ADDRESS);
}

static void when_no_lane_is_left_senders_share(void **state) {
    (void)state;
    fixture f;
    set_up(&f);
    for (uint32_t sender = 0; sender < GC_LANES + 8; sender++) {
        say(&f, sender, 100 + sender, 1);
    }
    uint32_t all = 0;
    while (next(&f) != UINT32_MAX) {
        all++;
    }
    assert_int_equal(all, GC_LANES + 8);
}

static void a_lane_is_full_until_it_was_given_up_or_has_room(void **state) {
    (void)state;
    fixture f;
    set_up(&f);
    say(&f, 1, 1, GC_LANE_FULL_BYTES / FRAME);
    assert_false(gc_backlog_is_full(&f.b, 0));
    say(&f, 1, 1, 1);
    assert_true(gc_backlog_is_full(&f.b, 0));
    gc_backlog_give_up(&f.b, 0);
    assert_false(gc_backlog_is_full(&f.b, 0));
    for (uint32_t i = 0; i < GC_LANE_FULL_BYTES / FRAME; i++) {
        assert_int_equal(next(&f), 1);
    }
    say(&f, 1, 1, GC_LANE_FULL_BYTES / FRAME);
    assert_false(gc_backlog_is_full(&f.b, 0)); /* it has not been empty */
    while (next(&f) == 1) {
    }
    say(&f, 1, 1, GC_LANE_FULL_BYTES / FRAME + 1);
    assert_true(gc_backlog_is_full(&f.b, gc_backlog_lane(&f.b, 1, 1)));
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
        cmocka_unit_test(a_lane_is_full_until_it_was_given_up_or_has_room),
        cmocka_unit_test(a_lane_takes_a_single_message_of_any_length),
        cmocka_unit_test(a_backlog_that_is_cleared_knows_nobody),
    };
    return RUN(tests);
}
