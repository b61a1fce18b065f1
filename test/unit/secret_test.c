#include "core/base/secret.h"
#include "test/unit/unit.h"

static void one_bit_anywhere_makes_a_difference(void **state) {
    (void)state;
    uint8_t a[32], b[32];
    memset(a, 1, sizeof a);
    memcpy(b, a, sizeof b);
    assert_true(gc_bytes_equal_ct(a, b, sizeof a));
    for (int bit = 0; bit < 256; bit++) {
        b[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(gc_bytes_equal_ct(a, b, sizeof a));
        b[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void only_the_first_bytes_are_compared(void **state) {
    (void)state;
    static const uint8_t a[4] = {1, 2, 3, 4}, b[4] = {1, 2, 3, 5};
    assert_true(gc_bytes_equal_ct(a, b, 3));
    assert_false(gc_bytes_equal_ct(a, b, 4));
    assert_true(gc_bytes_equal_ct(a, b + 1, 0));
}

static void a_wipe_ends_where_it_should(void **state) {
    (void)state;
    uint8_t a[32];
    memset(a, 1, sizeof a);
    gc_bytes_wipe(a, 31);
    for (int i = 0; i < 31; i++) {
        assert_int_equal(a[i], 0);
    }
    assert_int_equal(a[31], 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_bit_anywhere_makes_a_difference),
        cmocka_unit_test(only_the_first_bytes_are_compared),
        cmocka_unit_test(a_wipe_ends_where_it_should),
    };
    return RUN(tests);
}
