#include "core/base/number.h"
#include "core/base/timers.h"
#include "test/unit/unit.h"

static void the_smaller_and_the_larger_of_two(void **state) {
    (void)state;
    assert_true(gc_min_u64(1, 2) == 1 && gc_min_u64(2, 1) == 1 && gc_min_u64(2, 2) == 2);
    assert_true(gc_max_u64(1, 2) == 2 && gc_max_u64(2, 1) == 2 && gc_max_u64(2, 2) == 2);
    assert_true(gc_max_u64(0, (uint64_t)1 << 63) == (uint64_t)1 << 63);
}

static void never_is_later_than_any_deadline(void **state) {
    (void)state;
    assert_true(gc_min_u64(GC_NEVER, GC_NEVER - 1) == GC_NEVER - 1);
    assert_true(gc_min_u64(7, GC_NEVER) == 7);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_smaller_and_the_larger_of_two),
        cmocka_unit_test(never_is_later_than_any_deadline),
    };
    return RUN(tests);
}
