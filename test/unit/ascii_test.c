/* core/base/ascii.h */
#include "core/base/ascii.h"
#include "test/unit/unit.h"

#define DIGITS "0123456789"
#define SMALL  "abcdefghijklmnopqrstuvwxyz"
#define LARGE  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static bool is_in(const char *set, uint32_t c) {
    return c != 0 && c < 0x80 && strchr(set, (int)c) != NULL;
}

static void each_byte_is_what_ascii_says(void **state) {
    (void)state;
    for (uint32_t c = 0; c < 256; c++) {
        uint8_t byte = (uint8_t)c;
        assert_int_equal(gc_ascii_is_digit(byte), is_in(DIGITS, c));
        assert_int_equal(gc_ascii_is_letter(byte), is_in(SMALL LARGE, c));
        assert_int_equal(gc_ascii_is_alphanumeric(byte), is_in(DIGITS SMALL LARGE, c));
        assert_int_equal(gc_ascii_is_hex(byte), is_in(DIGITS "abcdefABCDEF", c));
        assert_int_equal(gc_ascii_lower(byte), is_in(LARGE, c) ? c + ('a' - 'A') : c);
    }
}

static void a_word_is_the_same_in_any_case(void **state) {
    (void)state;
    assert_true(gc_ascii_is_word(GC_SPAN("Sha-256"), GC_SPAN("sha-256")));
    assert_true(gc_ascii_is_word(GC_SPAN_NONE, GC_SPAN("")));
    assert_false(gc_ascii_is_word(GC_SPAN("sha-25"), GC_SPAN("sha-256")));
    assert_false(gc_ascii_is_word(GC_SPAN("sha-2566"), GC_SPAN("sha-256")));
    assert_false(gc_ascii_is_word(GC_SPAN("sha\r256"), GC_SPAN("sha-256"))); /* CR | 0x20 is '-' */
}

static void words_are_taken_one_after_the_other(void **state) {
    (void)state;
    gc_span rest = GC_SPAN("one  two");
    assert_span(gc_ascii_take_word(&rest), GC_SPAN("one"));
    assert_span(gc_ascii_take_word(&rest), GC_SPAN(""));
    assert_span(gc_ascii_take_word(&rest), GC_SPAN("two"));
    assert_int_equal(rest.len, 0);
    assert_span(gc_ascii_take_word(&rest), GC_SPAN(""));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_byte_is_what_ascii_says),
        cmocka_unit_test(a_word_is_the_same_in_any_case),
        cmocka_unit_test(words_are_taken_one_after_the_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
