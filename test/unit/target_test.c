/* core/proto/target.c: whether the peer of a join link is looked for after it ended the link */
#include "core/proto/target.h"
#include "core/base/reason.h"
#include "core/base/timers.h"
#include "test/unit/unit.h"

static void one_that_may_come_back_is_looked_for(void **state) {
    gc_target t;
    (void)state;
    gc_target_init(&t);
    assert_false(gc_target_is_due(&t, UINT64_MAX - 1));
    assert_int_equal(gc_target_trouble(&t), GC_REASON_NONE);
    assert_true(gc_target_end(&t, GC_REASON_LEFT, true, 5));
    assert_int_equal(gc_target_trouble(&t), GC_REASON_LEFT);
    assert_false(gc_target_is_due(&t, 5 + GC_TARGET_LOOK_MS - 1));
    assert_true(gc_target_is_due(&t, 5 + GC_TARGET_LOOK_MS));
    gc_target_want(&t);
    assert_int_equal(gc_target_trouble(&t), GC_REASON_NONE);
    assert_int_equal(t.look_ms, GC_NEVER);
}

static void one_that_never_comes_back_is_not(void **state) {
    gc_target t;
    (void)state;
    gc_target_init(&t);
    assert_false(gc_target_end(&t, GC_REASON_PEERS_FULL, false, 5));
    assert_int_equal(gc_target_trouble(&t), GC_REASON_PEERS_FULL);
    assert_false(gc_target_is_due(&t, 1000000));
    gc_target_want(&t); /* it called us */
    assert_int_equal(gc_target_trouble(&t), GC_REASON_NONE);
}

static void one_that_ends_it_again_and_again_is_left_alone(void **state) {
    gc_target t;
    uint64_t now = 0;
    (void)state;
    gc_target_init(&t);
    for (uint32_t i = 1; i < GC_TARGET_ENDS_MAX; i++) {
        assert_true(gc_target_end(&t, GC_REASON_LEFT, true, now += 3000));
        gc_target_want(&t);
    }
    assert_false(gc_target_end(&t, GC_REASON_LEFT, true, now += 3000));
    /* Once a minute is no nuisance. */
    gc_target_init(&t);
    for (uint32_t i = 0; i < 100; i++) {
        assert_true(gc_target_end(&t, GC_REASON_LEFT, true, now += GC_TARGET_ENDS_MS));
        gc_target_want(&t);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_that_may_come_back_is_looked_for),
        cmocka_unit_test(one_that_never_comes_back_is_not),
        cmocka_unit_test(one_that_ends_it_again_and_again_is_left_alone),
    };
    return RUN(tests);
}
