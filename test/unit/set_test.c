/* core/base/set.c */
#include "core/base/set.h"
#include "test/unit/noun.h"

static void an_empty_set_has_no_member(void **state) {
    gc_set s = {{0}};
    (void)state;
    assert_true(gc_set_is_empty(&s));
    assert_int_equal(gc_set_first(&s), GC_SET_END);
    assert_int_equal(gc_set_last(&s), GC_SET_END);
    assert_int_equal(gc_set_count(&s), 0);
    assert_int_equal(gc_set_gap(&s, GC_SET_MAX), 0);
    assert_int_equal(gc_set_next(&s, GC_SET_MAX), GC_SET_END);
}

static void a_full_set_has_no_gap(void **state) {
    gc_set s = {{0}};
    (void)state;
    for (uint32_t n = 0; n < GC_SET_MAX; n++) {
        assert_int_equal(gc_set_gap(&s, GC_SET_MAX), n);
        assert_int_equal(gc_set_gap(&s, n), GC_SET_END); /* all below n are in it */
        gc_set_add(&s, n);
        gc_set_add(&s, n);
        assert_int_equal(gc_set_last(&s), n);
    }
    assert_int_equal(gc_set_gap(&s, GC_SET_MAX), GC_SET_END);
    assert_int_equal(gc_set_count(&s), GC_SET_MAX);
}

/* Against an array of booleans, with every question after every change. */
static void a_set_is_an_array_of_booleans(void **state) {
    bool has[2][GC_SET_MAX] = {{false}};
    gc_set s[2] = {{{0}}, {{0}}};
    uint64_t dice = 11;
    (void)state;
    for (int step = 0; step < 5000; step++) {
        uint32_t which = chance(&dice, 2), n = chance(&dice, GC_SET_MAX);
        has[which][n] = chance(&dice, 2) == 1;
        gc_set_put(&s[which], n, has[which][n]);
        gc_set both = gc_set_and(&s[0], &s[1]), either = gc_set_or(&s[0], &s[1]);
        uint32_t member = gc_set_first(&s[which]), count = 0;
        bool equal = true;
        for (uint32_t i = 0; i < GC_SET_MAX; i++) {
            assert_int_equal(gc_set_has(&s[which], i), has[which][i]);
            assert_int_equal(gc_set_has(&both, i), has[0][i] && has[1][i]);
            assert_int_equal(gc_set_has(&either, i), has[0][i] || has[1][i]);
            equal = equal && has[0][i] == has[1][i];
            if (has[which][i]) {
                assert_int_equal(member, i);
                member = gc_set_next(&s[which], i + 1);
                count++;
            }
        }
        assert_int_equal(member, GC_SET_END);
        assert_int_equal(gc_set_count(&s[which]), count);
        assert_int_equal(gc_set_equal(&s[0], &s[1]), equal);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_set_has_no_member),
        cmocka_unit_test(a_full_set_has_no_gap),
        cmocka_unit_test(a_set_is_an_array_of_booleans),
    };
    return RUN(tests);
}
