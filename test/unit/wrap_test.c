/* cli/wrap.c */
#include "test/unit/unit.h"

#include "cli/wrap.h"
#include "core/base/limits.h"
#include "core/base/utf8.h"

static char out[24 * GC_TEXT_BYTES_MAX];

static const char *rows(const char *lines, uint32_t columns) {
    gc_writer w;
    gc_writer_init(&w, (uint8_t *)out, sizeof out - 1);
    gc_wrap_rows(&w, text_span(lines), columns);
    assert_false(w.failed);
    out[w.at] = 0;
    return out;
}

static const char *blanks(const char *lines) {
    gc_writer w;
    gc_writer_init(&w, (uint8_t *)out, sizeof out - 1);
    gc_wrap_blanks(&w, text_span(lines));
    assert_false(w.failed);
    out[w.at] = 0;
    return out;
}

static void what_fits_stays_as_it_is(void **state) {
    (void)state;
    assert_string_equal(rows("", 20), "");
    assert_string_equal(rows("<Ann> hi\n    more\n* You are in.\n", 20),
                        "<Ann> hi\n    more\n* You are in.\n");
    assert_string_equal(rows("1234567890123456789\n", 20), "1234567890123456789\n");
    assert_string_equal(rows("no end", 20), "no end");
}

static void further_rows_are_indented(void **state) {
    (void)state;
    assert_string_equal(rows("12345678901234567890\n", 20), "1234567890123456789\n    0\n");
    assert_string_equal(rows("<Ben> one two three four five six\n", 20),
                        "<Ben> one two \n    three four \n    five six\n");
    assert_string_equal(rows("a b123456789012345678901234567890\nc\n", 20),
                        "a b1234567890123456\n    78901234567890\nc\n");
}

/* Neither blanks, tabs, letters nor a narrow terminal bring what follows to the beginning of a row.
 */
static void no_row_begins_with_what_others_wrote(void **state) {
    (void)state;
    static const char *const fillings[] = {
        " ",        "\t", "a", "\xc2\xa0", "\xe3\x80\x80", "\xe6\xbc\xa2", "\xf0\x9f\x91\xa9",
        "e\xcc\x81"};
    for (size_t i = 0; i < sizeof fillings / sizeof fillings[0]; i++) {
        for (uint32_t columns = 1; columns < 100; columns += 3) {
            for (uint32_t count = 0; count < 120; count++) {
                char line[1000] = "<Eve> x";
                for (uint32_t k = 0; k < count; k++) {
                    strcat(line, fillings[i]);
                }
                strcat(line, "<Ann> I agree\n");
                const char *found = rows(line, columns);
                assert_memory_equal(found, "<Eve>", 5);
                while ((found = strchr(found, '\n')) != NULL && found[1] != 0) {
                    assert_memory_equal(++found, GC_WRAP_INDENT, 4);
                }
            }
        }
    }
}

static void no_row_is_wider_than_the_terminal(void **state) {
    (void)state;
    static const char text[] =
        "<Eve> \xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2 e\xcc\x81\xcc\xa3 "
        "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb\t\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa "
        "\xea\xb0\x80\xe1\x84\x80\xe1\x85\xa1 \xe2\x9d\xa4\xef\xb8\x8f \xee\x80\x80 a\tb\tc\n";
    for (uint32_t columns = GC_WRAP_COLUMNS_MIN; columns < 60; columns++) {
        uint32_t at = 0;
        rows(text, columns);
        for (const uint8_t *p = (const uint8_t *)out; *p != 0;) {
            uint32_t len = gc_utf8_sequence(p, p + strlen((const char *)p));
            uint32_t c = gc_utf8_decode(p, len);
            at = c == '\n' ? 0 : at + gc_wrap_columns(c);
            assert_true(at < columns);
            p += len;
        }
    }
}

static void letters_have_their_columns(void **state) {
    (void)state;
    static const struct {
        uint32_t c, columns;
    } rows_of[] = {
        {'a', 1},     {0xe4, 1},   {0x416, 1},  {0x5d0, 1},  {0x301, 0},   {0x1ab0, 0},
        {0x6f22, 2},  {0xac00, 2}, {0xff21, 2}, {0x3000, 2}, {0x1f469, 2}, {0x2764, 2},
        {0x1f1e9, 2}, {0x200d, 1}, {0xfe0f, 1}, {0xe000, 2}, {0x1161, 1},  {0x93e, 1},
        {0x3248, 2},  {0x324f, 2}, {0x4dc0, 2}, {0x4dff, 2}, {0x303f, 2},  {0xa4d0, 1},
        {0xfffd, 1},  {0x378, 2},  {0xa0, 1},   {0x2800, 1}, {0xe0067, 1}, {0x10ffff, 2},
    };
    for (size_t i = 0; i < sizeof rows_of / sizeof rows_of[0]; i++) {
        if (gc_wrap_columns(rows_of[i].c) != rows_of[i].columns) {
            fail_msg("U+%04X", (unsigned)rows_of[i].c);
        }
    }
}

static void a_tab_goes_to_the_next_stop_and_not_over_the_edge(void **state) {
    (void)state;
    assert_string_equal(rows("a\tb\n", 20), "a       b\n");
    assert_string_equal(rows("12345678\tb\n", 20), "12345678        b\n");
    assert_string_equal(rows("1234567890123456\tb\n", 20), "1234567890123456   \n    b\n");
}

static void without_a_terminal_lines_are_whole_and_runs_of_blanks_short(void **state) {
    (void)state;
    char line[400], kept[400];
    snprintf(line, sizeof line, "<Eve> x%200s<Ann> I agree\n", "");
    snprintf(kept, sizeof kept, "<Eve> x%16s<Ann> I agree\n", "");
    assert_string_equal(blanks(line), kept);
    memset(line, 'a', 300);
    snprintf(line + 300, 100, "\n%16s\n%16sindented\n", "", "");
    assert_string_equal(blanks(line), line);
    assert_string_equal(blanks("a\t\t\t\tb\n"), "a\t\tb\n");
    /* wide blanks, a pattern of no dots, a blank that does not break */
    snprintf(line, sizeof line, "a%14s\xe3\x80\x80\xe3\x80\x80\xe2\xa0\x80\xc2\xa0z\n", "");
    snprintf(kept, sizeof kept, "a%14s\xe3\x80\x80z\n", "");
    assert_string_equal(blanks(line), kept);
}

static void the_longest_lines_fit(void **state) {
    (void)state;
    static char text[8 * GC_TEXT_BYTES_MAX + 1];
    memset(text, 'x', sizeof text - 1);
    assert_true(strlen(rows(text, 1)) > 2 * sizeof text);
    memset(text, '\t', GC_TEXT_BYTES_MAX);
    text[GC_TEXT_BYTES_MAX] = 0;
    for (uint32_t columns = 1; columns < 40; columns++) {
        assert_true(strlen(rows(text, columns)) <= 9 * GC_TEXT_BYTES_MAX);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits_stays_as_it_is),
        cmocka_unit_test(further_rows_are_indented),
        cmocka_unit_test(no_row_begins_with_what_others_wrote),
        cmocka_unit_test(no_row_is_wider_than_the_terminal),
        cmocka_unit_test(letters_have_their_columns),
        cmocka_unit_test(a_tab_goes_to_the_next_stop_and_not_over_the_edge),
        cmocka_unit_test(without_a_terminal_lines_are_whole_and_runs_of_blanks_short),
        cmocka_unit_test(the_longest_lines_fit),
    };
    return RUN(tests);
}
