#include "test/unit/noun.h"

#include "core/base/mem.h"
#include "core/proto/stalls.h"

#define SLOTS 8

static void start(gc_stalls *s) {
    static _Alignas(16) uint8_t memory[SLOTS * (sizeof(gc_stall) + GC_LANES * 4) + 32];
    memset(memory, 0, sizeof memory);
    gc_arena a;
    gc_arena_init(&a, memory, sizeof memory);
    gc_stalls_init(s, &a, SLOTS);
}

static void a_sender_waits_for_one_lane_at_a_time(void **state) {
    (void)state;
    gc_stalls s;
    uint32_t receiver, lane;
    start(&s);
    assert_true(gc_stalls_add(&s, 3, 7, GC_LANES - 1));
    assert_false(gc_stalls_add(&s, 3, 7, 0));
    assert_true(gc_stalls_has(&s, 3));
    assert_int_equal(gc_stalls_take(&s, 7, 0), GC_STALL_NONE);
    assert_true(gc_stalls_remove(&s, 3, &receiver, &lane));
    assert_int_equal(receiver, 7);
    assert_int_equal(lane, GC_LANES - 1);
    assert_false(gc_stalls_remove(&s, 3, &receiver, &lane));
    assert_int_equal(gc_stalls_take(&s, 7, GC_LANES - 1), GC_STALL_NONE);
}

/* Whichever two are removed, first, last or between, the others are still taken, each once. */
static void all_that_wait_for_a_lane_are_taken(void **state) {
    (void)state;
    for (uint32_t pair = 0; pair < SLOTS * SLOTS; pair++) {
        gc_stalls s;
        uint32_t gone = pair / SLOTS, also = pair % SLOTS, receiver, lane, taken = 0, n;
        start(&s);
        for (uint32_t i = 0; i < SLOTS; i++) {
            assert_true(gc_stalls_add(&s, i, 0, 5));
        }
        assert_true(gc_stalls_remove(&s, gone, &receiver, &lane));
        assert_int_equal(gc_stalls_remove(&s, also, &receiver, &lane), also != gone);
        while ((n = gc_stalls_take(&s, 0, 5)) != GC_STALL_NONE) {
            assert_false(gc_stalls_has(&s, n));
            taken |= 1u << n;
        }
        assert_int_equal(taken, ((1u << SLOTS) - 1) & ~(1u << gone) & ~(1u << also));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sender_waits_for_one_lane_at_a_time),
        cmocka_unit_test(all_that_wait_for_a_lane_are_taken),
    };
    return RUN(tests);
}
