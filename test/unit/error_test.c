#include "core/base/error.h"
#include "test/unit/unit.h"

static const struct {
    int value;
    const char *word, *text;
} table[] = {
#define X(name, value, word, text) {name, word, text},
    GC_ERRORS(X)
#undef X
};
enum { COUNT = sizeof table / sizeof *table };

static void words_and_numbers_are_unique(void **state) {
    (void)state;
    for (int i = 0; i < COUNT; i++) {
        assert_true(table[i].value < 0);
        for (int k = 0; k < i; k++) {
            assert_int_not_equal(table[i].value, table[k].value);
            assert_string_not_equal(table[i].word, table[k].word);
            assert_string_not_equal(table[i].text, table[k].text);
        }
    }
}

static void every_code_has_its_word_and_text(void **state) {
    (void)state;
    for (int i = 0; i < COUNT; i++) {
        assert_string_equal(gc_error_word(table[i].value), table[i].word);
        assert_string_equal(gc_error_text(table[i].value), table[i].text);
        assert_int_equal(strspn(table[i].word, "abcdefghijklmnopqrstuvwxyz0123456789-"),
                         strlen(table[i].word));
    }
}

static void other_numbers(void **state) {
    (void)state;
    assert_string_equal(gc_error_word(0), "ok");
    assert_string_equal(gc_error_word(1), "unknown");
    assert_string_equal(gc_error_word(-COUNT - 1), "unknown");
    assert_string_equal(gc_error_text(-1000), "unknown");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_numbers_are_unique),
        cmocka_unit_test(every_code_has_its_word_and_text),
        cmocka_unit_test(other_numbers),
    };
    return RUN(tests);
}
