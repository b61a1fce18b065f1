/* core/wire/json_text.c: strings and scalars of JSON, one by one (json_test.c has whole texts). */
#include "core/wire/json_text.h"
#include "core/base/error.h"
#include "test/unit/noun.h"

/* How many bytes of the text the scanner skips; -1 when it refuses it. */
static int skipped(const char *text, const uint8_t *scan(const uint8_t *, const uint8_t *)) {
    uint32_t len = (uint32_t)strlen(text);
    uint8_t *copy = exact_copy(text, len);
    const uint8_t *at = scan(copy, copy + len);
    int n = at == NULL ? -1 : (int)(at - copy);
    free(copy);
    return n;
}

static void a_scalar_ends_where_its_grammar_ends(void **state) {
    static const struct {
        const char *text;
        int len;
    } cases[] = {
        {"true,", 4},  {"false", 5}, {"null]", 4},    {"tru", -1},     {"nul1", -1},
        {"0", 1},      {"-0", 2},    {"01", -1},      {"-", -1},       {"1.5e-3 ", 6},
        {"1.", -1},    {"1e", -1},   {"1e+", -1},     {"12}", 2},      {"x", -1},
        {"\"a\"b", 3}, {"\"\\", -1}, {"\"\\u12", -1}, {"\"\\x\"", -1}, {"\"\t\"", -1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(skipped(cases[i].text, gc__json_skip_scalar), cases[i].len);
    }
}

static void a_string_is_refused_unless_it_is_utf8_and_closed(void **state) {
    (void)state;
    assert_int_equal(skipped("\"\xc3\xa4\" ", gc__json_skip_string), 4);
    assert_int_equal(skipped("\"\xc3\"", gc__json_skip_string), -1);
    assert_int_equal(skipped("\"\xed\xa0\x80\"", gc__json_skip_string), -1); /* a surrogate */
    assert_int_equal(skipped("\"open", gc__json_skip_string), -1);
    assert_int_equal(skipped("\"eight by\\\"tes at a time\" x", gc__json_skip_string), 25);
}

static void only_one_whole_raw_string_is_unescaped(void **state) {
    uint8_t out[16];
    uint32_t len = 77;
    (void)state;
    assert_int_equal(gc_json_unescape(GC_SPAN("\"a\\u00e4\\n\""), out, sizeof out, &len), 0);
    assert_span(gc_span_of(out, len), GC_SPAN("a\xc3\xa4\n"));
    assert_int_equal(gc_json_unescape(GC_SPAN("\"\\ud83d\\ude00\""), out, sizeof out, &len), 0);
    assert_span(gc_span_of(out, len), GC_SPAN("\xf0\x9f\x98\x80"));
    assert_int_equal(gc_json_unescape(GC_SPAN("\"\\ud83d\""), out, sizeof out, &len), 0);
    assert_span(gc_span_of(out, len), GC_SPAN("\xef\xbf\xbd"));
    static const char *const others[] = {"", "\"", "12", "\"a\"b", "\"a\" ", " \"a\"", "a\""};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_int_equal(gc_json_unescape(text_span(others[i]), out, sizeof out, &len),
                         GC_E_ARGUMENT);
    }
}

static void what_is_too_long_is_refused_and_the_length_stays(void **state) {
    uint8_t out[3];
    uint32_t len = 77;
    (void)state;
    assert_int_equal(gc_json_unescape(GC_SPAN("\"abcd\""), out, 3, &len), GC_E_TOO_BIG);
    assert_int_equal(gc_json_unescape(GC_SPAN("\"ab\\u00e4\""), out, 3, &len), GC_E_TOO_BIG);
    assert_int_equal(len, 77);
    assert_int_equal(gc_json_unescape(GC_SPAN("\"abc\""), out, 3, &len), 0);
    assert_int_equal(len, 3);
}

static void any_text_is_written_and_read_back(void **state) {
    uint64_t luck = 7;
    (void)state;
    for (int round = 0; round < 2000; round++) {
        uint8_t text[40], raw[6 * sizeof text + 2], back[sizeof text];
        uint32_t len = chance(&luck, sizeof text + 1), got = 0;
        for (uint32_t i = 0; i < len; i++) {
            text[i] = (uint8_t)chance(&luck, 0x80);
        }
        gc_writer w;
        gc_writer_init(&w, raw, 6 * len + 2);
        gc_json_write_string(&w, gc_span_of(text, len));
        assert_false(w.failed);
        gc_span written = gc_writer_done(&w);
        assert_ptr_equal(gc__json_skip_string(raw, raw + written.len), raw + written.len);
        assert_int_equal(gc_json_unescape(written, back, len, &got), 0);
        assert_span(gc_span_of(back, got), gc_span_of(text, len));
    }
}

static void a_string_is_compared_after_unescaping(void **state) {
    (void)state;
    assert_true(gc__json_string_is(GC_SPAN("t\\u0079pe"), "type"));
    assert_false(gc__json_string_is(GC_SPAN("typ"), "type"));
    assert_false(gc__json_string_is(GC_SPAN("types"), "type"));
    assert_false(gc__json_string_is(GC_SPAN("type\\u0000"), "type"));
    assert_true(gc__json_string_is(GC_SPAN(""), ""));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scalar_ends_where_its_grammar_ends),
        cmocka_unit_test(a_string_is_refused_unless_it_is_utf8_and_closed),
        cmocka_unit_test(only_one_whole_raw_string_is_unescaped),
        cmocka_unit_test(what_is_too_long_is_refused_and_the_length_stays),
        cmocka_unit_test(any_text_is_written_and_read_back),
        cmocka_unit_test(a_string_is_compared_after_unescaping),
    };
    return RUN(tests);
}
