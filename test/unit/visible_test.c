/* cli/visible.c */
#include "test/unit/unit.h"
#include "test/unit/vectors.h"

#include "cli/visible.h"
#include "core/base/utf8.h"
#include "core/wire/json_text.h"

static char out[4000];

static const char *visible(const char *text, const char *indent) {
    gc_writer w;
    gc_writer_init(&w, (uint8_t *)out, sizeof out - 1);
    gc_visible_write(&w, text_span(text), indent);
    assert_false(w.failed);
    out[w.at] = 0;
    return out;
}

static const char *json(const char *text) {
    gc_writer w;
    gc_writer_init(&w, (uint8_t *)out, sizeof out - 1);
    gc_visible_write_json(&w, text_span(text));
    assert_false(w.failed);
    out[w.at] = 0;
    return out;
}

static void ordinary_text_stays_as_it_is(void **state) {
    (void)state;
    static const char *const texts[] = {
        "",
        "hello",
        "\xc3\xa4\xe6\xbc\xa2",
        "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d",
        "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb" /* two pictures and a joiner */,
        "<U+001B>"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_string_equal(visible(texts[i], NULL), texts[i]);
    }
    assert_string_equal(json("a \"b\" \xc3\xa4 \\"), "\"a \\\"b\\\" \xc3\xa4 \\\\\"");
}

static void what_drives_a_terminal_is_spelled_out(void **state) {
    (void)state;
    assert_string_equal(visible("a\x1b[31mb", NULL), "a<U+001B>[31mb");
    assert_string_equal(visible("\x7f\x07\r", NULL), "<U+007F><U+0007><U+000D>");
    assert_string_equal(visible("\xc2\x9b"
                                "31m",
                                NULL),
                        "<U+009B>31m"); /* CSI as one character */
    assert_string_equal(visible("\xe2\x80\xae\xe2\x81\xa6\xd8\x9c", NULL),
                        "<U+202E><U+2066><U+061C>");
    assert_string_equal(visible("\xef\xbb\xbf\xe2\x80\xa8\xf3\xa0\x81\x81", NULL),
                        "<U+FEFF><U+2028><U+E0041>");
    assert_string_equal(visible("\xef\xbf\xb9\xef\xbf\xbb", NULL), "<U+FFF9><U+FFFB>");
    assert_string_equal(json("\x1b\xe2\x80\xae\xf3\xa0\x81\x81"),
                        "\"\\u001b\\u202e\\udb40\\udc41\"");
}

static void a_message_has_lines_and_a_name_has_one(void **state) {
    (void)state;
    assert_string_equal(visible("a\n\tb\n", "  "), "a\n  \tb\n  ");
    assert_string_equal(visible("a\n\tb", NULL), "a<U+000A><U+0009>b");
    assert_string_equal(json("a\n"), "\"a\\u000a\"");
}

static void bytes_that_are_no_utf8_are_replaced(void **state) {
    (void)state;
    assert_string_equal(visible("a\xff\xc3", NULL), "a\xef\xbf\xbd\xef\xbf\xbd");
    assert_string_equal(json("\x80"), "\"\\ufffd\"");
}

/* A row of the table: code points in hex, in brackets those that are shown. */
static void read_row(const char *row, char *text, char *shown, char *escaped) {
    strcpy(escaped, "\"");
    for (const char *at = row; *at != 0;) {
        uint8_t bytes[5] = {0};
        bool bracket = *at == '[';
        char *end;
        unsigned c = (unsigned)strtoul(at + bracket, &end, 16);
        bytes[gc_utf8_encode(c, bytes)] = 0;
        strcat(text, (const char *)bytes);
        if (bracket) {
            sprintf(shown + strlen(shown), "<U+%04X>", c);
            if (c > 0xffff) {
                sprintf(escaped + strlen(escaped), "\\u%04x", 0xd800 + ((c - 0x10000) >> 10));
                c = 0xdc00 + (c & 0x3ff);
            }
            sprintf(escaped + strlen(escaped), "\\u%04x", c);
        } else {
            strcat(shown, (const char *)bytes);
            strcat(escaped, (const char *)bytes);
        }
        at = end + bracket;
        at += *at == ' ';
    }
    strcat(escaped, "\"");
}

/* The same table as in test/page/linkify.test.mjs. */
static void what_nobody_sees_is_shown_unless_writing_needs_it(void **state) {
    (void)state;
    vectors file = vectors_load("test/vectors/unseen.json");
    int list = vectors_get(&file, 0, "texts"), count = vectors_size(&file, list);
    for (int i = 0, t = list + 1; i < count; i++, t = vectors_behind(&file, t)) {
        char row[VECTOR_BYTES_MAX], text[400] = "", shown[400] = "", escaped[400];
        vectors_string(&file, vectors_get(&file, t, "text"), row);
        read_row(row, text, shown, escaped);
        assert_string_equal(visible(text, NULL), shown);
        assert_string_equal(json(text), escaped);
    }
    vectors_free(&file);
}

/* Of every character below U+11000, and of the tags: what comes out drives nothing, and the JSON
 * is the same text. */
static void nothing_unsafe_comes_out(void **state) {
    (void)state;
    for (uint32_t c = 1; c < 0x11000; c++) {
        uint8_t text[5] = {0}, back[16];
        uint32_t len;
        if (c >= 0xd800 && c < 0xe000) {
            continue;
        }
        uint32_t text_len = gc_utf8_encode(c, text);
        const char *shown = visible((const char *)text, NULL);
        assert_true(!gc_visible_is_unsafe(c) || shown[0] == '<');
        for (const char *p = shown; *p != 0; p++) {
            assert_true((uint8_t)*p >= 0x20 && *p != 0x7f);
        }
        const char *escaped = json((const char *)text);
        assert_int_equal(gc_json_unescape(text_span(escaped), back, sizeof back, &len), 0);
        assert_span(gc_span_of(back, len), gc_span_of(text, text_len));
        assert_true(strlen(escaped) <= 6 * text_len + 2);
    }
}

static void a_writer_without_room_fails(void **state) {
    (void)state;
    for (uint32_t size = 0; size < 10; size++) {
        gc_writer w;
        gc_writer_init(&w, (uint8_t *)out, size);
        gc_visible_write(&w,
                         GC_SPAN("a\x1b"
                                 "bc"),
                         NULL);
        assert_true(w.failed);
        gc_writer_init(&w, (uint8_t *)out, size);
        gc_visible_write_json(&w, GC_SPAN("a\x1b"
                                          "bc"));
        assert_true(w.failed);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_text_stays_as_it_is),
        cmocka_unit_test(what_drives_a_terminal_is_spelled_out),
        cmocka_unit_test(a_message_has_lines_and_a_name_has_one),
        cmocka_unit_test(bytes_that_are_no_utf8_are_replaced),
        cmocka_unit_test(what_nobody_sees_is_shown_unless_writing_needs_it),
        cmocka_unit_test(nothing_unsafe_comes_out),
        cmocka_unit_test(a_writer_without_room_fails),
    };
    return RUN(tests);
}
