#include "core/base/unicode.h"
#include "test/unit/unit.h"

typedef bool property(uint32_t c);

static uint32_t count(property *has) {
    uint32_t n = 0;
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        n += has(c);
    }
    assert_false(has(0x110000));
    assert_false(has(UINT32_MAX));
    return n;
}

/* The totals are those at the end of each list in the Unicode Character Database, 15.0. */
static void properties_have_the_size_of_their_lists(void **state) {
    (void)state;
    assert_int_equal(count(gc_unicode_is_ignorable), 4174);
    assert_int_equal(count(gc_unicode_is_space), 25);
    assert_int_equal(count(gc_unicode_is_digit), 680);
    assert_int_equal(count(gc_unicode_is_blank), 1 + 3 + 19 + 1 + 1);
}

static void what_has_a_property(void **state) {
    (void)state;
    assert_true(gc_unicode_is_ignorable(0x200d) && gc_unicode_is_ignorable(0xe0fff));
    assert_false(gc_unicode_is_ignorable('a') || gc_unicode_is_ignorable(0xe1000));
    assert_true(gc_unicode_is_space(0x2029) && gc_unicode_is_space(0x3000));
    assert_false(gc_unicode_is_space(0x200b) || gc_unicode_is_space(0xfeff));
    assert_true(gc_unicode_is_digit('0') && gc_unicode_is_digit(0x0669) &&
                gc_unicode_is_digit(0x1fbf9));
    assert_true(gc_unicode_digit('7') == 7 && gc_unicode_digit(0x0669) == 9 &&
                gc_unicode_digit(0x1fbf0) == 0 && gc_unicode_digit('a') == -1);
    assert_false(gc_unicode_is_digit('0' - 1) || gc_unicode_is_digit('9' + 1) ||
                 gc_unicode_is_digit(0x00b2));
}

/* Assigned characters, and where ideographs and pictographs are added. */
static void what_no_later_version_changes(void **state) {
    (void)state;
    static const uint32_t known[] = {0,       'a',     0x377,   0xe000,  0xfdd0,
                                     0xffff,  0x1f000, 0x1faff, 0x20000, 0x2ebf0,
                                     0x3ffff, 0xe0100, 0xf0000, 0x10ffff};
    static const uint32_t unknown[] = {0x378,   0x379,   0x2fe0,  0x105c9, 0x1ccd6,
                                       0x1fc00, 0x40000, 0xe1000, 0x110000};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        assert_true(gc_unicode_is_known(known[i]));
    }
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        assert_false(gc_unicode_is_known(unknown[i]));
    }
}

static void assert_fold(uint32_t c, uint32_t len, uint32_t a, uint32_t b, uint32_t d) {
    uint32_t out[GC_UNICODE_FOLD_MAX] = {0};
    assert_int_equal(gc_unicode_fold(c, out), len);
    assert_int_equal(out[0], a);
    assert_int_equal(out[1], b);
    assert_int_equal(out[2], d);
}

static void case_is_folded(void **state) {
    (void)state;
    assert_fold('A', 1, 'a', 0, 0);
    assert_fold('Z', 1, 'z', 0, 0);
    assert_fold('[', 1, '[', 0, 0);
    assert_fold(0xdf, 2, 's', 's', 0);
    assert_fold(0x130, 2, 'i', 0x307, 0);
    assert_fold(0x131, 1, 0x131, 0, 0);
    assert_fold(0x100, 1, 0x101, 0, 0);
    assert_fold(0x101, 1, 0x101, 0, 0);
    assert_fold(0x390, 3, 0x3b9, 0x308, 0x301);
    assert_fold(0x3c2, 1, 0x3c3, 0, 0);
    assert_fold(0x13a0, 1, 0x13a0, 0, 0); /* Cherokee folds to capitals */
    assert_fold(0xab70, 1, 0x13a0, 0, 0);
    assert_fold(0xabbf, 1, 0x13ef, 0, 0);
    assert_fold(0x1e9e, 2, 's', 's', 0);
    assert_fold(0x10400, 1, 0x10428, 0, 0);
    assert_fold(0x1e921, 1, 0x1e943, 0, 0);
    assert_fold(0x110000, 1, 0x110000, 0, 0);
}

/* CaseFolding.txt, 15.0: 1,426 rows C and 104 rows F, and what comes out folds no more. */
static void folding_twice_changes_nothing_more(void **state) {
    (void)state;
    uint32_t folded = 0;
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        uint32_t once[GC_UNICODE_FOLD_MAX], twice[GC_UNICODE_FOLD_MAX];
        uint32_t len = gc_unicode_fold(c, once);
        folded += len > 1 || once[0] != c;
        for (uint32_t i = 0; i < len; i++) {
            assert_int_equal(gc_unicode_fold(once[i], twice), 1);
            assert_int_equal(twice[0], once[i]);
        }
    }
    assert_int_equal(folded, 1426 + 104);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(properties_have_the_size_of_their_lists),
        cmocka_unit_test(what_has_a_property),
        cmocka_unit_test(what_no_later_version_changes),
        cmocka_unit_test(case_is_folded),
        cmocka_unit_test(folding_twice_changes_nothing_more),
    };
    return RUN(tests);
}
