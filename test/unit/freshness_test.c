/* core/proto/freshness.c */
#include "core/proto/freshness.h"
#include "test/unit/unit.h"

static void name_dial(uint8_t dial[GC_DIAL_BYTES], uint32_t n) {
    memset(dial, 0, GC_DIAL_BYTES);
    memcpy(dial, &n, sizeof n);
}

static void the_last_dials_are_remembered(void **state) {
    gc_freshness f = {0};
    uint8_t dial[GC_DIAL_BYTES];
    (void)state;
    for (uint32_t n = 0; n < 3 * GC_DIALS_REMEMBERED; n++) {
        name_dial(dial, n);
        assert_false(gc_freshness_is_used(&f, dial));
        gc_freshness_use(&f, dial);
        for (uint32_t before = 0; before <= n; before++) {
            name_dial(dial, before);
            assert_int_equal(gc_freshness_is_used(&f, dial), n - before < GC_DIALS_REMEMBERED);
        }
    }
}

static void a_dial_of_zeros_is_a_dial(void **state) {
    static const uint8_t zeros[GC_DIAL_BYTES];
    gc_freshness f = {0};
    (void)state;
    assert_false(gc_freshness_is_used(&f, zeros));
    gc_freshness_use(&f, zeros);
    assert_true(gc_freshness_is_used(&f, zeros));
}

static void numbers_rise_with_gaps(void **state) {
    gc_rising r = {0};
    (void)state;
    assert_true(gc_rising_take(&r, 0));
    assert_false(gc_rising_take(&r, 0));
    assert_true(gc_rising_take(&r, 1));
    assert_true(gc_rising_take(&r, 7));
    assert_false(gc_rising_take(&r, 6));
    assert_false(gc_rising_take(&r, 7));
    assert_true(gc_rising_take(&r, UINT32_MAX));
    for (uint32_t seq = UINT32_MAX; seq > UINT32_MAX - 9; seq--) {
        assert_false(gc_rising_take(&r, seq));
    }
    assert_false(gc_rising_take(&r, 0));
}

static void each_number_is_given_once(void **state) {
    gc_rising r = {0};
    uint32_t seq = 9;
    (void)state;
    for (uint32_t n = 0; n < 5; n++) {
        assert_true(gc_rising_give(&r, &seq));
        assert_int_equal(seq, n);
    }
    r.next = UINT32_MAX;
    assert_true(gc_rising_give(&r, &seq));
    assert_int_equal(seq, UINT32_MAX);
    assert_false(gc_rising_give(&r, &seq));
    assert_false(gc_rising_give(&r, &seq));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_dials_are_remembered),
        cmocka_unit_test(a_dial_of_zeros_is_a_dial),
        cmocka_unit_test(numbers_rise_with_gaps),
        cmocka_unit_test(each_number_is_given_once),
    };
    return RUN(tests);
}
