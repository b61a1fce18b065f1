/* cli/wrap.c */
#include "test/unit/unit.h"

#include "cli/columns.h"
#include "cli/visible.h"
#include "cli/wrap.h"
#include "core/base/limits.h"
#include "core/base/utf8.h"

static char out[24 * GC_TEXT_BYTES_MAX];

static const char *rows_where(const char *lines, uint32_t columns, bool narrow) {
    gc_writer w;
    gc_writer_init(&w, (uint8_t *)out, sizeof out - 1);
    gc_wrap_rows(&w, text_span(lines), columns, narrow);
    assert_false(w.failed);
    out[w.at] = 0;
    return out;
}

static const char *rows(const char *lines, uint32_t columns) {
    return rows_where(lines, columns, false);
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
    static const char *const fillings[] = {" ",
                                           "\t",
                                           "a",
                                           "\xc2\xa0",
                                           "\xe3\x80\x80",
                                           "\xe6\xbc\xa2",
                                           "\xf0\x9f\x91\xa9",
                                           "e\xcc\x81",
                                           "\xcc\x81",
                                           "\xd1\x8f",
                                           "\xc3\xa9",
                                           "\xe2\x94\x80",
                                           "\xc2\xa9"};
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

/* Everybody's letters: of East Asia, with marks, pictures, Hangul in parts, private ones, Greek and
 * Cyrillic, marks without end. */
static const char mixed[] =
    "<Eve> \xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2 e\xcc\x81\xcc\xa3 "
    "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb\t\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa "
    "\xea\xb0\x80\xe1\x84\x80\xe1\x85\xa1 \xe2\x9d\xa4\xef\xb8\x8f \xee\x80\x80 a\tb\tc "
    "\xd0\xb4\xd0\xb0\xd1\x80\xd0\xb5\xd1\x87\xd0\xb5\xce\xb1\xce\xb2\xce\xb3\xce\xb4 "
    "o\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\n";

/* The most columns that a row takes on a terminal where ambiguous letters take one or two. */
static uint32_t widest(bool narrow) {
    uint32_t at = 0, most = 0;
    for (const uint8_t *p = (const uint8_t *)out; *p != 0;) {
        uint32_t len = gc_utf8_sequence(p, p + strlen((const char *)p));
        uint32_t c = gc_utf8_decode(p, len);
        at = c == '\n' ? 0 : at + gc_columns_of(c, narrow);
        most = at > most ? at : most;
        p += len;
    }
    return most;
}

static void no_row_is_wider_than_the_terminal(void **state) {
    (void)state;
    for (uint32_t columns = GC_WRAP_COLUMNS_MIN; columns < 60; columns++) {
        rows(mixed, columns);
        assert_true(widest(false) < columns);
        rows_where(mixed, columns, true);
        assert_true(widest(true) < columns);
    }
}

/* A console without marks draws them beside the letter, a font of East Asia draws Cyrillic twice as
 * wide: both must have been counted. */
static void letters_that_terminals_draw_wider_fill_a_row_sooner(void **state) {
    (void)state;
    static const char cyrillic[] =
        "<Eve> x \xd1\x8f\xd1\x8f\xd1\x8f\xd1\x8f\xd1\x8f\xd1\x8f<Ann> hi\n";
    assert_string_equal(rows(cyrillic, 20), "<Eve> x \xd1\x8f\xd1\x8f\xd1\x8f\xd1\x8f\xd1\x8f\n"
                                            "    \xd1\x8f<Ann> hi\n");
    assert_string_equal(rows_where(cyrillic, 20, true),
                        "<Eve> x \xd1\x8f\xd1\x8f\xd1\x8f\xd1\x8f\xd1\x8f\xd1\x8f<Ann>\n     hi\n");
    static const char marks[] =
        "<Eve> x e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81<Ann> hi\n";
    assert_string_equal(rows(marks, 20),
                        "<Eve> x e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81<Ann\n"
                        "    > hi\n");
}

/* No mark is torn off its letter, unless it is one of too many. */
static void a_row_ends_before_no_mark_that_it_has_room_for(void **state) {
    (void)state;
    assert_string_equal(rows("123456789e\xcc\x81<\n", 11), "123456789\n    e\xcc\x81<\n");
    assert_string_equal(rows("12345678\xe2\x9d\xa4\xef\xb8\x8f\n", 11),
                        "12345678\n    \xe2\x9d\xa4\xef\xb8\x8f\n");
    assert_string_equal(rows("a\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\n", 8),
                        "a\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\n    \xcc\x81\n");
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

/* A letter, a blank, a tab, (c), a letter with an ambiguous one, a mark, a wide letter, a picture.
 */
static const char *const shown[] = {"a",        " ",        "\t",           "\xc2\xa9",
                                    "\xc3\xa9", "\xcc\x81", "\xe6\xbc\xa2", "\xf0\x9f\x98\x80"};
/* What is spelled out, and what may stand beside it. */
static const char *const spelled[] = {
    "\x01", "\xc2\x80", "\xe2\x80\x8b", "\xef\xbf\xb9", "\xf3\xa0\x80\x81", " ", "\n", "\xc3\xa9"};
#define PARTS 8
#define WORDS (PARTS * (1 + PARTS * (1 + PARTS * (1 + PARTS)))) /* of up to four parts */
#define LINES (PARTS * (1 + WORDS))                             /* of up to five */

static void spell(char *word, const char *const *parts, size_t number) {
    for (*word = 0; number > 0; number = (number - 1) / PARTS) {
        strcat(word, parts[(number - 1) % PARTS]);
    }
}

/* The word of this number, again and again. */
static void repeat(char *text, size_t bytes, const char *const *parts, size_t number) {
    char word[32];
    spell(word, parts, number);
    size_t len = strlen(word);
    for (*text = 0; strlen(text) + len < bytes;) {
        strcat(text, word);
    }
}

static size_t tabs_of(const char *text) {
    size_t count = 0;
    for (; *text != 0; text++) {
        count += *text == '\t';
    }
    return count;
}

/* Every word of up to four parts without end, on every narrow terminal. */
static void a_tab_becomes_nine_bytes_at_most_and_two_others_seven(void **state) {
    (void)state;
    static char text[120];
    for (size_t number = 1; number <= WORDS; number++) {
        repeat(text, sizeof text, shown, number);
        size_t tabs = tabs_of(text), others = strlen(text) - tabs;
        for (uint32_t columns = GC_WRAP_COLUMNS_MIN; columns < 20; columns++) {
            if (2 * strlen(rows(text, columns)) > 18 * tabs + 7 * others) {
                fail_msg("word %zu, %u columns", number, (unsigned)columns);
            }
        }
    }
    repeat(text, sizeof text, shown, 4); /* (c): all but the first row hold one */
    assert_true(2 * strlen(rows(text, 1)) + 31 > 7 * strlen(text));
}

/* A line begins further left than its other rows do, so that a tab there is wider: "\t a\t" and a
 * mark, for nine columns. */
static void a_line_becomes_no_more_than_a_few_bytes_longer_than_that(void **state) {
    (void)state;
    char line[32];
    size_t most = 0;
    for (size_t number = 1; number <= LINES; number++) {
        spell(line, shown, number);
        size_t tabs = tabs_of(line), others = strlen(line) - tabs, allowed = 18 * tabs + 7 * others;
        for (uint32_t columns = GC_WRAP_COLUMNS_MIN; columns < 20; columns++) {
            size_t halves = 2 * strlen(rows(line, columns));
            most = halves > allowed + most ? halves - allowed : most;
        }
    }
    assert_int_equal(most, 2 * GC_WRAP_BYTES_MORE);
}

/* As much as gc_output has room for: 12 bytes a byte where it is spelled out, and twice that. */
static void a_message_that_is_spelled_out_becomes_24_bytes_a_byte_at_most(void **state) {
    (void)state;
    static char text[60];
    uint8_t line[12 * sizeof text];
    for (size_t number = 1; number <= WORDS; number++) {
        gc_writer w;
        repeat(text, sizeof text, spelled, number);
        gc_writer_init(&w, line, sizeof line - 1);
        gc_visible_write(&w, text_span(text), GC_WRAP_INDENT);
        assert_false(w.failed);
        line[w.at] = 0;
        for (uint32_t columns = GC_WRAP_COLUMNS_MIN; columns < 16; columns++) {
            if (strlen(rows((const char *)line, columns)) > 24 * strlen(text)) {
                fail_msg("word %zu, %u columns", number, (unsigned)columns);
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits_stays_as_it_is),
        cmocka_unit_test(further_rows_are_indented),
        cmocka_unit_test(no_row_begins_with_what_others_wrote),
        cmocka_unit_test(no_row_is_wider_than_the_terminal),
        cmocka_unit_test(letters_that_terminals_draw_wider_fill_a_row_sooner),
        cmocka_unit_test(a_row_ends_before_no_mark_that_it_has_room_for),
        cmocka_unit_test(a_tab_goes_to_the_next_stop_and_not_over_the_edge),
        cmocka_unit_test(without_a_terminal_lines_are_whole_and_runs_of_blanks_short),
        cmocka_unit_test(a_tab_becomes_nine_bytes_at_most_and_two_others_seven),
        cmocka_unit_test(a_line_becomes_no_more_than_a_few_bytes_longer_than_that),
        cmocka_unit_test(a_message_that_is_spelled_out_becomes_24_bytes_a_byte_at_most),
    };
    return RUN(tests);
}
