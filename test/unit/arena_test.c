#include "core/base/arena.h"
#include "test/unit/unit.h"

static _Alignas(16) uint8_t memory[1024];

static void pieces_are_aligned_and_apart(void **state) {
    (void)state;
    gc_arena a;
    gc_arena_init(&a, memory, sizeof memory);
    uint8_t *first = gc_arena_take(&a, 3, 1), *second = gc_arena_take(&a, 1, 40);
    uint8_t *third = gc_arena_take(&a, 2, 8);
    assert_ptr_equal(first, memory);
    assert_ptr_equal(second, memory + 16);
    assert_ptr_equal(third, memory + 64);
    assert_int_equal(a.at, 80);
}

static void memory_is_left_as_it_is(void **state) {
    (void)state;
    memset(memory, 0x5a, sizeof memory);
    gc_arena a;
    gc_arena_init(&a, memory, sizeof memory);
    uint8_t *piece = gc_arena_take(&a, 1, 100);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(piece[i], 0x5a);
    }
}

static void take_three(gc_arena *a) {
    gc_arena_take(a, 5, 7);
    gc_arena_take(a, 1, 1);
    gc_arena_take(a, 9, 4);
}

static void a_measured_size_is_just_enough(void **state) {
    (void)state;
    gc_arena measure, a;
    gc_arena_measure(&measure);
    assert_null(gc_arena_take(&measure, 5, 7));
    gc_arena_measure(&measure);
    take_three(&measure);
    assert_int_equal(measure.at, 48 + 16 + 36);
    gc_arena_init(&a, memory, measure.at);
    take_three(&a);
    assert_int_equal(a.at, measure.at);
    gc_arena_init(&a, memory, measure.at - 1);
    take_three(&a);
    assert_true(a.at < measure.at);
}

static void too_much_takes_nothing(void **state) {
    (void)state;
    gc_arena a;
    gc_arena_init(&a, memory, 64);
    assert_null(gc_arena_take(&a, 65, 1));
    assert_null(gc_arena_take(&a, SIZE_MAX, 1));
    assert_null(gc_arena_take(&a, SIZE_MAX / 2, 3)); /* no size_t */
    assert_int_equal(a.at, 0);
    assert_non_null(gc_arena_take(&a, 64, 1));
    assert_null(gc_arena_take(&a, 1, 1));
    assert_non_null(gc_arena_take(&a, 0, 1));
}

static void a_sum_that_is_none(void **state) {
    (void)state;
    gc_arena a;
    gc_arena_measure(&a);
    gc_arena_take(&a, SIZE_MAX / 2, 3);
    assert_true(a.at == SIZE_MAX);
    gc_arena_take(&a, 1, 1);
    assert_true(a.at == SIZE_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_aligned_and_apart),
        cmocka_unit_test(memory_is_left_as_it_is),
        cmocka_unit_test(a_measured_size_is_just_enough),
        cmocka_unit_test(too_much_takes_nothing),
        cmocka_unit_test(a_sum_that_is_none),
    };
    return RUN(tests);
}
