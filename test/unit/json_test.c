#include "core/base/error.h"
#include "core/base/limits.h"
#include "core/wire/json.h"
#include "test/unit/unit.h"

static int split_result(const char *text, uint32_t len) {
    uint8_t *exact = exact_copy(text, len);
    gc_json_message m;
    int result = gc_json_split(gc_span_of(exact, len), &m);
    free(exact);
    return result;
}

#define assert_split(text, want) assert_int_equal(split_result(text, sizeof(text) - 1), want)

static void valid_texts(void **state) {
    (void)state;
    static const char *const texts[] = {
        "{}",
        "[]",
        "null",
        "true",
        "false",
        "0",
        "-0",
        "1",
        "-1",
        "10",
        "1.5",
        "1e5",
        "1E+5",
        "-1.25e-10",
        "123456789012345678901234567890",
        "\"\"",
        "\"a\"",
        " 1 ",
        "\t\r\n{} \n",
        "[1]",
        "[1,2]",
        "[ 1 , 2 ]",
        "[[],{}]",
        "[[[[]]]]",
        "[\"a\",null,true,false]",
        "{\"a\":1}",
        "{ \"a\" : 1 , \"b\" : [ ] }",
        "{\"\":0}",
        "{\"a\":{\"b\":{}},\"c\":[{}]}",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"\\u0000\\uD834\\udd1e\"",
        "\"\\ud800\"",
        "\"\\uDC00\\uD800\"",
        "\"\x7f\"",
        "\"z\xc3\xa9 \xe4\xb8\xad\xf0\x9f\xa5\xa6\"",
        "{\"a\":1,\"a\":2}",
        "[0.0,-0.0,0e0,0E-0]",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (split_result(texts[i], (uint32_t)strlen(texts[i])) != 0) {
            fail_msg("refused: %s", texts[i]);
        }
    }
}

static void malformed_texts(void **state) {
    (void)state;
    static const char *const texts[] = {
        "",
        " ",
        "{",
        "}",
        "[",
        "]",
        "{]",
        "[}",
        "[1,]",
        "[,1]",
        "[,]",
        "[1 2]",
        "[1,,2]",
        "[1",
        "1 2",
        "{}{}",
        "[] 1",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{\"a\" 1}",
        "{\"a\":1 \"b\":2}",
        "{a:1}",
        "{'a':1}",
        "{1:1}",
        "{null:1}",
        "{\"a\":1",
        "{\"a\":1]",
        "[\"a\":1]",
        "{\"a\"::1}",
        "{[]:1}",
        ":",
        ",",
        "tru",
        "truee",
        "True",
        "nul",
        "nulll",
        "fals",
        "NaN",
        "Infinity",
        "-",
        "+1",
        "01",
        "-01",
        "00",
        "1.",
        ".5",
        "-.5",
        "1.e5",
        "1e",
        "1e+",
        "1E-",
        "0x10",
        "1_000",
        "1,",
        "--1",
        "1.2.3",
        "\"",
        "\"a",
        "a\"",
        "'a'",
        "\"\\\"",
        "\"\\",
        "\"\\a\"",
        "\"\\x41\"",
        "\"\\U0041\"",
        "\"\\u\"",
        "\"\\u00\"",
        "\"\\u00g0\"",
        "\"\\u004\"",
        "\"\n\"",
        "\"\t\"",
        "\"\x1f\"",
        "\v1",
        "\f1",
        "//\n1",
        "/**/1",
        "[1]#",
        "\xef\xbb\xbf{}",
        "\xc2\xa0 1",
        "{\"a\":true false}",
        "[1}",
        "\"a\" \"b\"",
        "[\"\\\"]",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (split_result(texts[i], (uint32_t)strlen(texts[i])) != GC_E_SYNTAX) {
            fail_msg("no GC_E_SYNTAX: %s", texts[i]);
        }
    }
    assert_split("\"\0\"", GC_E_SYNTAX);
    assert_split("1\0", GC_E_SYNTAX);
    assert_split("[1]\0", GC_E_SYNTAX);
    gc_json_message m;
    assert_int_equal(gc_json_split((gc_span){0}, &m), GC_E_SYNTAX);
}

static void bad_utf8_wherever_it_stands(void **state) {
    (void)state;
    assert_split("\"\xff\"", GC_E_UTF8);
    assert_split("\"\xc3\"", GC_E_UTF8);
    assert_split("\"\xed\xa0\x80\"", GC_E_UTF8);
    assert_split("\"\xc0\xaf\"", GC_E_UTF8);
    assert_split("{\"a\xf4\x90\x80\x80\":1}", GC_E_UTF8);
    assert_split("[1,] \x80", GC_E_UTF8); /* malformed before it */
    assert_split("\xff", GC_E_UTF8);
    assert_split("\"\\\xc3\"", GC_E_UTF8);
}

/* Each kind of byte at each place of strings around the eight-byte step. */
static void strings_of_every_length_and_place(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        int result;
    } kinds[] = {{"x", 0},
                 {"\\n", 0},
                 {"\\u00e9", 0},
                 {"\xc3\xa9", 0},
                 {"\x1f", GC_E_SYNTAX},
                 {"\x01", GC_E_SYNTAX},
                 {"\\", GC_E_SYNTAX},
                 {"\"", GC_E_SYNTAX},
                 {"\x80", GC_E_UTF8},
                 {"\x7f", 0},
                 {" ", 0},
                 {"!", 0},
                 {"#", 0},
                 {"[", 0},
                 {"]", 0}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        uint32_t n = (uint32_t)strlen(kinds[k].bytes);
        for (uint32_t before = 0; before < 20; before++) {
            for (uint32_t after = 0; after < 20; after++) {
                char text[64] = "\"";
                memset(text + 1, 'a', before);
                memcpy(text + 1 + before, kinds[k].bytes, n);
                memset(text + 1 + before + n, 'y', after); /* no escape begins so */
                text[1 + before + n + after] = '"';
                assert_int_equal(split_result(text, 2 + before + n + after), kinds[k].result);
            }
        }
    }
}

static void nesting_has_a_limit(void **state) {
    (void)state;
    static char text[200000];
    for (uint32_t object = 0; object < 2; object++) {
        for (uint32_t depth = 1; depth <= 100; depth++) {
            uint32_t at = 0;
            for (uint32_t i = 0; i < depth; i++) {
                bool last = i + 1 == depth;
                const char *open = !object ? "[" : last ? "{" : "{\"a\":";
                memcpy(text + at, open, strlen(open));
                at += (uint32_t)strlen(open);
            }
            memset(text + at, object ? '}' : ']', depth);
            int want = depth <= GC_JSON_DEPTH_MAX ? 0 : GC_E_SYNTAX;
            assert_int_equal(split_result(text, at + depth), want);
        }
    }
    memset(text, '[', sizeof text);
    assert_int_equal(split_result(text, sizeof text), GC_E_SYNTAX);
}

/* Objects and arrays in turn: each must be closed by its own sign. */
static void the_right_sign_closes(void **state) {
    (void)state;
    assert_split("[{\"a\":[{\"b\":[]}]}]", 0);
    assert_split("[{\"a\":[{\"b\":[]}}}]", GC_E_SYNTAX);
    assert_split("[{\"a\":[{\"b\":[]]]}]", GC_E_SYNTAX);
    assert_split("[[{\"a\":1}],2,{\"b\":[]}]", 0);
    assert_split("[[{\"a\":1}],\"b\":2]", GC_E_SYNTAX);
    assert_split("{\"a\":[1],2}", GC_E_SYNTAX);
}

static const char offer[] = "{\"type\":\"OFFER\",\"payload\":{\"sdp\":{\"type\":\"offer\",\"sdp\":"
                            "\"v=0\\r\\no=- 1 2 IN IP4 "
                            "127.0.0.1\\r\\n\"},\"type\":\"data\",\"connectionId\":\"dc_1\","
                            "\"dst\":\"no\",\"list\":[{\"dst\":"
                            "1}]},\"dst\":\"b \\u0062\",\"src\":\"forged\"}";

static void a_message_is_split(void **state) {
    (void)state;
    gc_json_message m;
    assert_int_equal(gc_json_split(text_span(offer), &m), 0);
    assert_true(m.is_object);
    assert_span(m.type, GC_SPAN("\"OFFER\""));
    assert_span(m.dst, GC_SPAN("\"b \\u0062\""));
    assert_int_equal(m.payload.data[0], '{');
    assert_int_equal(m.payload.data[m.payload.len - 1], '}');
    assert_ptr_equal(m.payload.data, strstr(offer, "{\"sdp\":{"));
    assert_ptr_equal(m.payload.data + m.payload.len, strstr(offer, ",\"dst\":\"b"));
}

static void truncated_at_each_length(void **state) {
    (void)state;
    for (uint32_t len = 0; len < sizeof offer - 1; len++) {
        assert_int_equal(split_result(offer, len), GC_E_SYNTAX);
    }
    assert_int_equal(split_result(offer, sizeof offer - 1), 0);
}

#define assert_message(text, want_type, want_dst, want_payload)                                    \
    do {                                                                                           \
        gc_json_message m_;                                                                        \
        assert_int_equal(gc_json_split(text_span(text), &m_), 0);                                  \
        assert_span(m_.type, text_span(want_type));                                                \
        assert_span(m_.dst, text_span(want_dst));                                                  \
        assert_span(m_.payload, text_span(want_payload));                                          \
    } while (0)

static void keys_are_found(void **state) {
    (void)state;
    assert_message(" { \"type\" : \"A\" , \"dst\" : 5 , \"payload\" : [ 1 , 2 ] } ", "\"A\"", "5",
                   "[ 1 , 2 ]");
    assert_message("{\"type\":\"A\",\"type\":\"B\"}", "\"B\"", "", ""); /* the last counts */
    assert_message("{\"dst\":\"a\",\"d\\u0073t\":\"b\"}", "", "\"b\"", "");
    assert_message("{\"\\u0074\\u0079\\u0070\\u0065\":null}", "null", "", "");
    assert_message("{\"payload\":{}}", "", "", "{}");
    assert_message("{\"payload\":[],\"dst\":\"\"}", "", "\"\"", "[]");
    assert_message("{\"payload\":-1.5e3 }", "", "", "-1.5e3");
    assert_message("{\"typ\":1,\"typee\":1,\"Type\":1,\"\":1,\"type\\u0000\":1}", "", "", "");
    assert_message("{\"x\":{\"type\":1,\"dst\":2},\"y\":[{\"payload\":3}]}", "", "", "");
    assert_message("[{\"type\":1}]", "", "", "");
    assert_message("[\"type\",1]", "", "", "");
}

static void absent_is_not_empty(void **state) {
    (void)state;
    gc_json_message m;
    assert_int_equal(gc_json_split(GC_SPAN("{}"), &m), 0);
    assert_true(m.is_object && m.type.data == NULL && m.dst.data == NULL && m.payload.data == NULL);
    assert_int_equal(gc_json_split(GC_SPAN(" [] "), &m), 0);
    assert_false(m.is_object);
    assert_int_equal(gc_json_split(GC_SPAN("\"{\""), &m), 0);
    assert_false(m.is_object);
}

static void an_error_leaves_nothing(void **state) {
    (void)state;
    gc_json_message m;
    assert_int_equal(gc_json_split(GC_SPAN("{\"type\":\"A\",\"dst\":\"b\",}"), &m), GC_E_SYNTAX);
    assert_true(m.type.data == NULL && m.dst.data == NULL && !m.is_object);
}

static void assert_unescaped(const char *raw, const char *want, uint32_t want_len) {
    uint8_t out[64];
    uint32_t len = 99;
    assert_int_equal(gc_json_unescape(text_span(raw), out, want_len, &len), 0);
    assert_span(gc_span_of(out, len), gc_span_of(want, want_len));
    for (uint32_t size = 0; size < want_len; size++) {
        uint8_t *exact = malloc(size > 0 ? size : 1);
        assert_int_equal(gc_json_unescape(text_span(raw), exact, size, &len), GC_E_TOO_BIG);
        free(exact);
    }
}

#define UNESCAPED(raw, want) assert_unescaped(raw, want, sizeof(want) - 1)

static void strings_are_unescaped(void **state) {
    (void)state;
    UNESCAPED("\"\"", "");
    UNESCAPED("\"plain text\"", "plain text");
    UNESCAPED("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t");
    UNESCAPED("\"\\u004f\\u004Ffer\"", "OOfer");
    UNESCAPED("\"a\\u0000b\"", "a\0b");
    UNESCAPED("\"\\u007f\\u0080\\u07ff\\u0800\\uffff\"",
              "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf");
    UNESCAPED("\"\\ud800\\udc00\\uDBFF\\uDFFF\"", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf");
    UNESCAPED("\"z\xc3\xa9\\n\xf0\x9f\xa5\xa6\"", "z\xc3\xa9\n\xf0\x9f\xa5\xa6");
}

#define FFFD "\xef\xbf\xbd"

static void lone_surrogates_become_fffd(void **state) {
    (void)state;
    UNESCAPED("\"\\ud800\"", FFFD);
    UNESCAPED("\"\\udc00\"", FFFD);
    UNESCAPED("\"\\ud800x\"", FFFD "x");
    UNESCAPED("\"\\ud800\\n\"", FFFD "\n");
    UNESCAPED("\"\\ud800\\u0041\"", FFFD "A");
    UNESCAPED("\"\\ud800\\ud800\\udc00\"", FFFD "\xf0\x90\x80\x80");
    UNESCAPED("\"\\udc00\\ud800\"", FFFD FFFD);
    UNESCAPED("\"\\udc00\\udc00\"", FFFD FFFD);
    UNESCAPED("\"\\udfff\\udbff\\ue000\"", FFFD FFFD "\xee\x80\x80");
}

static void only_strings_are_unescaped(void **state) {
    (void)state;
    static const char *const raws[] = {
        "",       "\"",     "a",      "1",      "null",    "{}",        "\"a",    "a\"",
        "\"a\"b", "\"a\" ", " \"a\"", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\n\"", "\"\xff\""};
    for (size_t i = 0; i < sizeof raws / sizeof *raws; i++) {
        uint8_t out[8];
        uint32_t len = 77;
        assert_int_equal(gc_json_unescape(text_span(raws[i]), out, 8, &len), GC_E_ARGUMENT);
        assert_int_equal(len, 77);
    }
}

static void strings_are_written(void **state) {
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"", "\"\""},
        {"a", "\"a\""},
        {"\"\\/", "\"\\\"\\\\/\""},
        {"\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\""},
        {"\x01\x1f\x7f", "\"\\u0001\\u001f\x7f\""},
        {"z\xc3\xa9 \xf0\x9f\xa5\xa6!", "\"z\xc3\xa9 \xf0\x9f\xa5\xa6!\""},
        {"id\",\"src\":\"x", "\"id\\\",\\\"src\\\":\\\"x\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t out[64];
        gc_writer w;
        gc_writer_init(&w, out, sizeof out);
        gc_json_write_string(&w, text_span(cases[i].text));
        assert_false(w.failed);
        assert_span(gc_writer_done(&w), text_span(cases[i].want));
    }
}

static void what_was_written_reads_the_same(void **state) {
    (void)state;
    uint8_t text[128 + 2], raw[1024], out[256];
    for (uint32_t i = 0; i < 128; i++) {
        text[i] = (uint8_t)i;
    }
    memcpy(text + 128, "\xc3\xa9", 2);
    gc_writer w;
    gc_writer_init(&w, raw, sizeof raw);
    gc_json_write_string(&w, gc_span_of(text, sizeof text));
    uint32_t len;
    assert_int_equal(gc_json_unescape(gc_writer_done(&w), out, sizeof out, &len), 0);
    assert_span(gc_span_of(out, len), gc_span_of(text, sizeof text));
    for (uint32_t size = 0; size < w.at; size++) { /* a writer that is too small */
        gc_writer small;
        gc_writer_init(&small, raw, size);
        gc_json_write_string(&small, gc_span_of(text, sizeof text));
        assert_true(small.failed && small.at <= size);
    }
}

/* --- tokens --------------------------------------------------------------------------------- */

static void tokens_of_a_message(void **state) {
    (void)state;
    gc_json j;
    assert_int_equal(gc_json_parse(&j, text_span(offer)), 0);
    assert_int_equal(j.tokens[0].type, GC_JSON_OBJECT);
    assert_int_equal(j.tokens[0].next, j.count);
    int32_t payload = gc_json_get(&j, 0, "payload");
    int32_t sdp = gc_json_get(&j, gc_json_get(&j, payload, "sdp"), "sdp");
    uint8_t out[64];
    uint32_t len;
    assert_int_equal(gc_json_string(&j, sdp, out, sizeof out, &len), 0);
    assert_span(gc_span_of(out, len), GC_SPAN("v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n"));
    assert_int_equal(gc_json_string(&j, sdp, out, len - 1, &len), GC_E_TOO_BIG);
    assert_span(gc_json_raw(&j, gc_json_get(&j, 0, "dst")), GC_SPAN("\"b \\u0062\""));
    assert_int_equal(gc_json_string(&j, gc_json_get(&j, 0, "dst"), out, 3, &len), 0);
    assert_span(gc_span_of(out, len), GC_SPAN("b b"));
    assert_span(gc_json_raw(&j, gc_json_get(&j, payload, "list")), GC_SPAN("[{\"dst\":1}]"));
    gc_json_message m;
    gc_json_split(text_span(offer), &m);
    assert_span(gc_json_raw(&j, payload), m.payload);
}

static void what_is_not_there(void **state) {
    (void)state;
    gc_json j;
    uint8_t out[8];
    uint32_t len;
    uint64_t n;
    assert_int_equal(gc_json_parse(&j, GC_SPAN("{\"a\":[1],\"b\":\"x\",\"c\":null}")), 0);
    assert_int_equal(gc_json_get(&j, 0, "d"), -1);
    assert_int_equal(gc_json_get(&j, 0, "x"), -1); /* a value is no key */
    assert_int_equal(gc_json_get(&j, gc_json_get(&j, 0, "a"), "a"), -1);
    assert_int_equal(gc_json_get(&j, -1, "a"), -1);
    assert_int_equal(gc_json_raw(&j, -1).len, 0);
    assert_int_equal(gc_json_string(&j, -1, out, 8, &len), GC_E_ARGUMENT);
    assert_int_equal(gc_json_string(&j, gc_json_get(&j, 0, "c"), out, 8, &len), GC_E_ARGUMENT);
    assert_int_equal(gc_json_number(&j, -1, &n), GC_E_ARGUMENT);
    assert_int_equal(gc_json_number(&j, gc_json_get(&j, 0, "b"), &n), GC_E_ARGUMENT);
}

static void arrays_are_walked_by_next(void **state) {
    (void)state;
    gc_json j;
    assert_int_equal(gc_json_parse(&j, GC_SPAN("[[1,[2]],{\"a\":{\"b\":[]}},\"x\",3]")), 0);
    static const char *const raws[] = {"[1,[2]]", "{\"a\":{\"b\":[]}}", "\"x\"", "3"};
    uint32_t at = 1;
    for (int i = 0; i < 4; i++, at = j.tokens[at].next) {
        assert_span(gc_json_raw(&j, (int32_t)at), text_span(raws[i]));
    }
    assert_int_equal(at, j.count);
}

static void keys_repeated_and_escaped(void **state) {
    (void)state;
    gc_json j;
    assert_int_equal(gc_json_parse(&j, GC_SPAN("{\"a\":1,\"\\u0061\":{\"a\":5},\"b\":3}")), 0);
    assert_span(gc_json_raw(&j, gc_json_get(&j, 0, "a")), GC_SPAN("{\"a\":5}"));
    assert_span(gc_json_raw(&j, gc_json_get(&j, 0, "b")), GC_SPAN("3"));
}

static void lone_values(void **state) {
    (void)state;
    static const char *const texts[] = {"1", " -1.5e3 ", "true", "\"a\"", "null\n", "[]", " {} "};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        gc_json j;
        assert_int_equal(gc_json_parse(&j, text_span(texts[i])), 0);
        assert_int_equal(j.count, 1);
        assert_null(memchr(gc_json_raw(&j, 0).data, ' ', gc_json_raw(&j, 0).len));
    }
    gc_json j;
    assert_int_equal(gc_json_parse(&j, GC_SPAN("1 2")), GC_E_SYNTAX);
    assert_int_equal(gc_json_parse(&j, GC_SPAN("\"\xff\"")), GC_E_UTF8);
    assert_int_equal(gc_json_parse(&j, (gc_span){0}), GC_E_SYNTAX);
}

static void numbers(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint64_t value;
        int result;
    } cases[] = {
        {"0", 0, 0},
        {"7", 7, 0},
        {"65535", 65535, 0},
        {"9007199254740991", 9007199254740991, 0},
        {"9007199254740992", 0, GC_E_ARGUMENT},
        {"99999999999999999999999", 0, GC_E_ARGUMENT},
        {"-1", 0, GC_E_ARGUMENT},
        {"-0", 0, GC_E_ARGUMENT},
        {"1.0", 0, GC_E_ARGUMENT},
        {"1e3", 0, GC_E_ARGUMENT},
        {"true", 0, GC_E_ARGUMENT},
        {"\"1\"", 0, GC_E_ARGUMENT},
        {"[1]", 0, GC_E_ARGUMENT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        gc_json j;
        uint64_t value = 4711;
        assert_int_equal(gc_json_parse(&j, text_span(cases[i].text)), 0);
        assert_int_equal(gc_json_number(&j, 0, &value), cases[i].result);
        assert_true(value == (cases[i].result == 0 ? cases[i].value : 4711));
    }
}

static void tokens_have_a_limit(void **state) {
    (void)state;
    for (uint32_t tokens = 250; tokens < 260; tokens++) {
        char text[1024] = "[";
        for (uint32_t i = 1; i < tokens; i++) {
            memcpy(text + 2 * i - 1, i + 1 == tokens ? "0]" : "0,", 2);
        }
        static gc_json j;
        int want = tokens <= GC_JSON_TOKENS_MAX ? 0 : GC_E_TOO_BIG;
        assert_int_equal(gc_json_parse(&j, text_span(text)), want);
        assert_int_equal(j.count, want == 0 ? tokens : 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(valid_texts),
        cmocka_unit_test(malformed_texts),
        cmocka_unit_test(bad_utf8_wherever_it_stands),
        cmocka_unit_test(strings_of_every_length_and_place),
        cmocka_unit_test(nesting_has_a_limit),
        cmocka_unit_test(the_right_sign_closes),
        cmocka_unit_test(a_message_is_split),
        cmocka_unit_test(truncated_at_each_length),
        cmocka_unit_test(keys_are_found),
        cmocka_unit_test(absent_is_not_empty),
        cmocka_unit_test(an_error_leaves_nothing),
        cmocka_unit_test(strings_are_unescaped),
        cmocka_unit_test(lone_surrogates_become_fffd),
        cmocka_unit_test(only_strings_are_unescaped),
        cmocka_unit_test(strings_are_written),
        cmocka_unit_test(what_was_written_reads_the_same),
        cmocka_unit_test(tokens_of_a_message),
        cmocka_unit_test(what_is_not_there),
        cmocka_unit_test(arrays_are_walked_by_next),
        cmocka_unit_test(keys_repeated_and_escaped),
        cmocka_unit_test(lone_values),
        cmocka_unit_test(numbers),
        cmocka_unit_test(tokens_have_a_limit),
    };
    return RUN(tests);
}
