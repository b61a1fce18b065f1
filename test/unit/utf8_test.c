#include "core/base/utf8.h"
#include "test/unit/unit.h"

/* Each alone, and at every place of a text longer than the fast path's step. */
static void assert_validity(const char *bytes, uint32_t len, bool valid) {
    uint8_t text[48];
    assert_int_equal(gc_utf8_valid(gc_span_of(bytes, len)), valid);
    for (uint32_t at = 0; at + len <= sizeof text; at++) {
        memset(text, 'a', sizeof text);
        memcpy(text + at, bytes, len);
        assert_int_equal(gc_utf8_valid(gc_span_of(text, sizeof text)), valid);
    }
}

#define VALID(s)   assert_validity(s, sizeof(s) - 1, true)
#define INVALID(s) assert_validity(s, sizeof(s) - 1, false)

/* RFC 3629 4: first and last of each range. */
static void edges_of_the_ranges(void **state) {
    (void)state;
    VALID("");
    VALID("\x00");
    VALID("\x7f");
    VALID("\xc2\x80");
    VALID("\xdf\xbf");
    VALID("\xe0\xa0\x80");
    VALID("\xed\x9f\xbf");
    VALID("\xee\x80\x80");
    VALID("\xef\xbf\xbf");
    VALID("\xf0\x90\x80\x80");
    VALID("\xf4\x8f\xbf\xbf");
    assert_true(gc_utf8_valid((gc_span){0}));
}

static void what_is_no_utf8(void **state) {
    (void)state;
    INVALID("\x80");
    INVALID("\xbf");
    INVALID("\xc0\xaf"); /* overlong, 2 to 4 bytes */
    INVALID("\xc1\xbf");
    INVALID("\xe0\x80\xaf");
    INVALID("\xe0\x9f\xbf");
    INVALID("\xf0\x80\x80\xaf");
    INVALID("\xf0\x8f\xbf\xbf");
    INVALID("\xed\xa0\x80"); /* surrogates */
    INVALID("\xed\xbf\xbf");
    INVALID("\xed\xa0\x80\xed\xb0\x80");
    INVALID("\xf4\x90\x80\x80"); /* above U+10FFFF */
    INVALID("\xf5\x80\x80\x80");
    INVALID("\xf8\x88\x80\x80\x80");
    INVALID("\xfe");
    INVALID("\xff");
    INVALID("\xc2");
    INVALID("\xc2\x41");
    INVALID("\xe2\x82");
    INVALID("\xe2\x82\x41");
    INVALID("\xf0\x9f\xa5\x41");
    INVALID("\xc2\x80\x80");
}

/* All two-byte texts, and all three-byte ones by a sample, against counting by definition. */
static void so_many_are_valid(void **state) {
    (void)state;
    uint32_t two = 0, three = 0;
    for (uint32_t i = 0; i < 1u << 16; i++) {
        uint8_t text[2] = {(uint8_t)(i >> 8), (uint8_t)i};
        two += gc_utf8_valid(gc_span_of(text, 2));
    }
    assert_int_equal(two, 128 * 128 + (0x800 - 0x80));
    for (uint32_t i = 0x800000; i < 1u << 24; i++) { /* those that begin above ASCII */
        uint8_t text[3] = {(uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i};
        three += gc_utf8_valid(gc_span_of(text, 3));
    }
    assert_int_equal(three, (0x10000 - 0x800 - 0x800) + (0x800 - 0x80) * 128);
}

static void truncated_at_each_length(void **state) {
    (void)state;
    static const char text[] = "a\xc2\x80z\xe2\x82\xacz\xf0\x9f\xa5\xa6";
    static const uint32_t ends[] = {0, 1, 3, 4, 7, 8, 12};
    for (uint32_t len = 0; len < sizeof text; len++) {
        bool whole = false;
        for (int i = 0; i < 7; i++) {
            whole |= ends[i] == len;
        }
        uint8_t *exact = exact_copy(text, len);
        assert_int_equal(gc_utf8_valid(gc_span_of(exact, len)), whole);
        free(exact);
    }
}

static void assert_line(const char *text, const char *want) {
    uint8_t out[128];
    uint32_t len = gc_utf8_clean_line(text_span(text), out, sizeof out);
    assert_span(gc_span_of(out, len), text_span(want));
}

static void lines_are_cleaned(void **state) {
    (void)state;
    assert_line("Ada", "Ada");
    assert_line("", "");
    assert_line(" \t\n ", "");
    assert_line("  Ada \r\n Lovelace  ", "Ada Lovelace");
    assert_line("a\xc2\xa0\xe3\x80\x80\xe2\x80\xa8"
                "b\xc2\x85",
                "a b");
    assert_line("a\x01\x1b[31mb\x7f\xc2\x9f", "a[31mb");
    assert_line("\xe2\x80\xae"
                "evil\xe2\x81\xa6\xe2\x80\x8f\xd8\x9c\xef\xbb\xbf",
                "evil");
    assert_line("z\xc3\xa9 \xe4\xb8\xad\xf0\x9f\xa5\xa6", "z\xc3\xa9 \xe4\xb8\xad\xf0\x9f\xa5\xa6");
    assert_line("\xd7\xa9\xd7\x9c", "\xd7\xa9\xd7\x9c"); /* Hebrew letters stay */
    assert_line("a\xe2\x80\x8d"
                "b",
                "ab"); /* nobody sees the joiner of emoji */
    assert_line("a \xe2\xa0\x80 b\xe3\x85\xa4", "a b");
    assert_line("\xe2\xa0\x80\xef\xb8\x8f\xef\xbe\xa0", "");
}

static void lines_are_cut_on_a_character(void **state) {
    (void)state;
    uint8_t out[8];
    gc_span text = GC_SPAN("ab \xf0\x9f\xa5\xa6"
                           "c");
    static const uint32_t want[] = {0, 1, 2, 2, 2, 2, 2, 7, 8};
    for (uint32_t size = 0; size <= 8; size++) {
        assert_int_equal(gc_utf8_clean_line(text, out, size), want[size]); /* no space at the end */
    }
}

static void assert_text(const char *text, const char *want) {
    uint8_t out[128];
    uint32_t len = gc_utf8_clean_text(text_span(text), out, sizeof out);
    assert_span(gc_span_of(out, len), text_span(want));
}

#define FFFD "\xef\xbf\xbd"

static void texts_are_cleaned(void **state) {
    (void)state;
    assert_text("  a \tb\n\nc ", "  a \tb\n\nc ");
    assert_text("a\r\nb\rc\r\r\n", "a\nb\nc\n\n");
    assert_text("a\x1b[2Jb\x7f\xc2\x85", "a" FFFD "[2Jb" FFFD FFFD);
    assert_text("x\xe2\x80\xae"
                "fdp.exe\xe2\x80\xad",
                "x" FFFD "fdp.exe" FFFD);
    /* A number as address books write it, a time as Hebrew and Arabic keyboards do. */
    assert_text("\xe2\x80\xaa+49 170\xe2\x80\xac", "\xe2\x80\xaa+49 170\xe2\x80\xac");
    assert_text("\xe2\x81\xa6+49\xe2\x81\xa9 \xe2\x80\x8f"
                "12:30\xd8\x9c",
                "\xe2\x81\xa6+49\xe2\x81\xa9 \xe2\x80\x8f"
                "12:30\xd8\x9c");
    assert_text("\xef\xbb\xbfhi\xe2\x80\xa8", FFFD "hi" FFFD);
    assert_text("\xe4\xb8\xad\xf0\x9f\xa5\xa6\xe3\x80\x80",
                "\xe4\xb8\xad\xf0\x9f\xa5\xa6\xe3\x80\x80");
    assert_text("", "");
}

static void every_harmful_character_and_no_other(void **state) {
    (void)state;
    uint32_t harmful = 0;
    for (uint32_t c = 0x80; c < 0x10000; c++) {
        uint8_t text[3], out[9];
        uint32_t len = c < 0x800 ? 2 : 3;
        text[0] = (uint8_t)(len == 2 ? 0xc0 | c >> 6 : 0xe0 | c >> 12);
        text[1] = (uint8_t)(0x80 | (len == 2 ? c & 0x3f : c >> 6 & 0x3f));
        text[2] = (uint8_t)(0x80 | (c & 0x3f));
        if (!gc_utf8_valid(gc_span_of(text, len))) {
            continue;
        }
        uint32_t n = gc_utf8_clean_text(gc_span_of(text, len), out, sizeof out);
        harmful += n != len || memcmp(text, out, n) != 0;
    }
    /* C1, U+2028, 2029, 202D, 202E, FEFF */
    assert_int_equal(harmful, 32 + 2 + 2 + 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edges_of_the_ranges),
        cmocka_unit_test(what_is_no_utf8),
        cmocka_unit_test(so_many_are_valid),
        cmocka_unit_test(truncated_at_each_length),
        cmocka_unit_test(lines_are_cleaned),
        cmocka_unit_test(lines_are_cut_on_a_character),
        cmocka_unit_test(texts_are_cleaned),
        cmocka_unit_test(every_harmful_character_and_no_other),
    };
    return RUN(tests);
}
