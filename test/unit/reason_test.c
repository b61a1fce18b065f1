#include "core/base/reason.h"
#include "test/unit/unit.h"

static const struct {
    uint32_t value;
    const char *word, *text;
} table[] = {
#define X(name, value, word, text) {name, word, text},
    GC_REASONS(X)
#undef X
};
enum { COUNT = sizeof table / sizeof *table };

static void words_and_numbers_are_unique(void **state) {
    (void)state;
    for (int i = 0; i < COUNT; i++) {
        for (int k = 0; k < i; k++) {
            assert_int_not_equal(table[i].value, table[k].value);
            assert_string_not_equal(table[i].word, table[k].word);
        }
    }
}

/* u8 in BYE frames; 4000 + number must stay below 5000 (RFC 6455 7.4.2). */
static void numbers_fit_the_wire(void **state) {
    (void)state;
    for (int i = 0; i < COUNT; i++) {
        assert_in_range(table[i].value, 0, 255);
    }
    assert_int_equal(GC_REASON_CLOSE_CODE_BASE, 4000);
}

static void every_reason_has_its_word_and_text(void **state) {
    (void)state;
    for (int i = 0; i < COUNT; i++) {
        assert_string_equal(gc_reason_word(table[i].value), table[i].word);
        assert_string_equal(gc_reason_text(table[i].value), table[i].text);
        assert_int_equal(strspn(table[i].word, "abcdefghijklmnopqrstuvwxyz0123456789-"),
                         strlen(table[i].word));
        assert_true(table[i].value == GC_REASON_NONE || strlen(table[i].text) > 0);
    }
    assert_string_equal(gc_reason_word(COUNT), "unknown");
    assert_string_equal(gc_reason_text(UINT32_MAX), "unknown");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_numbers_are_unique),
        cmocka_unit_test(numbers_fit_the_wire),
        cmocka_unit_test(every_reason_has_its_word_and_text),
    };
    return RUN(tests);
}
