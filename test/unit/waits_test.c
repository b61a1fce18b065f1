#include "test/unit/noun.h"

#include "core/base/mem.h"
#include "core/proto/waits.h"

#define SLOTS  2
#define BLOCKS 2

static const uint8_t ROOM[GC_TAG_BYTES] = {7};

typedef struct fixture {
    gc_block_pool pool;
    gc_waits w;
} fixture;

static void set_up(fixture *f) {
    static _Alignas(16) uint8_t memory[BLOCKS * sizeof(gc_block) + 4096];
    memset(memory, 0, sizeof memory);
    gc_arena a;
    gc_arena_init(&a, memory, sizeof memory);
    *f = (fixture){0};
    gc_block_pool_init(&f->pool, &a, BLOCKS);
    gc_waits_init(&f->w, &a, SLOTS, &f->pool);
}

static void what_was_asked_for_comes_back_whole(void **state) {
    (void)state;
    fixture f;
    set_up(&f);
    gc_waits_park(&f.w, 1, ROOM);
    gc_waits_put_ice(&f.w, 1, GC_SPAN("[1"));
    gc_waits_put_ice(&f.w, 1, GC_SPAN(",2]"));
    assert_int_equal(gc_waits_holder(&f.w, 1), GC_WAIT_NONE);
    gc_waits_start(&f.w, 1, 0);
    assert_int_equal(gc_waits_holder(&f.w, 1), 0);
    gc_wait taken;
    gc_waits_take(&f.w, 1, &taken);
    assert_int_equal(gc_waits_holder(&f.w, 1), GC_WAIT_NONE);
    gc_waits_park(&f.w, 1, NULL); /* it may have to wait again before the first is released */
    assert_true(taken.has_room);
    assert_memory_equal(taken.room, ROOM, sizeof ROOM);
    gc_span ice[2];
    assert_int_equal(gc_waits_ice(&f.w, &taken, ice, 2), 1);
    assert_true(gc_span_equal(ice[0], GC_SPAN("[1,2]")));
    gc_waits_release(&f.w, &taken);
    assert_int_equal(f.pool.used, 0);
    assert_false(gc_waits_at(&f.w, 1)->has_room);
}

/* The count wraps, and begins anywhere: it says that packets came, not how many. */
static void a_packet_since_the_first_count_is_a_sign_of_life(void **state) {
    (void)state;
    static const uint32_t first[] = {0, 1, 77, UINT32_MAX};
    fixture f;
    set_up(&f);
    for (uint32_t i = 0; i < 4; i++) {
        gc_waits_park(&f.w, 1, NULL);
        gc_waits_start(&f.w, 1, 0);
        assert_false(gc_waits_measured(&f.w, 1, first[i]));
        assert_false(gc_waits_measured(&f.w, 1, first[i]));
        assert_true(gc_waits_measured(&f.w, 1, first[i] + 1));
        assert_int_equal(gc_waits_forget(&f.w, 1), 0);
    }
}

static void a_wait_that_is_forgotten_gives_its_memory_back(void **state) {
    (void)state;
    fixture f;
    set_up(&f);
    gc_waits_park(&f.w, 0, NULL);
    gc_waits_put_ice(&f.w, 0, GC_SPAN("[]"));
    gc_waits_start(&f.w, 0, 1);
    assert_int_equal(f.pool.used, 1);
    assert_int_equal(gc_waits_forget(&f.w, 0), 1);
    assert_int_equal(f.pool.used, 0);
    assert_int_equal(gc_waits_forget(&f.w, 0), GC_WAIT_NONE);
}

static void the_pool_bounds_what_is_parked(void **state) {
    (void)state;
    fixture f;
    set_up(&f);
    gc_waits_park(&f.w, 0, NULL);
    const gc_block_queue *ice = &gc_waits_at(&f.w, 0)->ice;
    assert_true(gc_block_queue_fits(&f.pool, ice, BLOCKS * GC_BLOCK_DATA_BYTES));
    assert_false(gc_block_queue_fits(&f.pool, ice, BLOCKS * GC_BLOCK_DATA_BYTES + 1));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_asked_for_comes_back_whole),
        cmocka_unit_test(a_packet_since_the_first_count_is_a_sign_of_life),
        cmocka_unit_test(a_wait_that_is_forgotten_gives_its_memory_back),
        cmocka_unit_test(the_pool_bounds_what_is_parked),
    };
    return RUN(tests);
}
