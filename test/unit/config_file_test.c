/* server/config_file.c */
#include "test/unit/unit.h"

#include "server/config_file.h"

static void each_line_is_an_option(void **state) {
    (void)state;
    static const struct {
        uint32_t line;
        const char *name, *value;
    } expected[] = {
        {3, "port", "9000"},        {4, "path", "/chat/"}, {5, "allow-discovery", NULL},
        {7, "key", "a # b = c"},    {8, "host", "::"},     {9, "trust-proxy", "10.0.0.0/8"},
        {10, "rate", "7"},          {11, "cors", ""},      {12, "", "x"},
        {13, "log-level", "debug"},
    };
    char text[] = "# what we serve\n\nport 9000\n --path = /chat/  \r\nallow-discovery\n\t\n"
                  "key a # b = c\nhost=::\n--trust-proxy=10.0.0.0/8\nrate\t7\ncors=\n= x\n"
                  "log-level debug";
    gc_config_file f;
    const char *name, *value;
    assert_true(gc_config_file_begin(&f, text, sizeof text - 1));
    for (uint32_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_true(gc_config_file_next(&f, &name, &value));
        assert_int_equal(f.line, expected[i].line);
        assert_string_equal(name, expected[i].name);
        if (expected[i].value == NULL) {
            assert_null(value);
        } else {
            assert_string_equal(value, expected[i].value);
        }
    }
    assert_false(gc_config_file_next(&f, &name, &value));
    assert_false(gc_config_file_next(&f, &name, &value));
}

static void nothing_is_no_option(void **state) {
    (void)state;
    const char *texts[] = {"", "\n", "#", " # x\n\r\n"};
    for (uint32_t i = 0; i < 4; i++) {
        char text[16];
        const char *name, *value;
        snprintf(text, sizeof text, "%s", texts[i]);
        gc_config_file f;
        assert_true(gc_config_file_begin(&f, text, (uint32_t)strlen(text)));
        assert_false(gc_config_file_next(&f, &name, &value));
    }
}

static void what_is_not_seen_hides_no_option(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint32_t len;
        bool plain;
    } texts[] = {
        {"", 0, true},
        {"rate 1\r\nkey\tx\r", 14, true},
        {"\xef\xbb\xbfrate 1", 9, true},
        {"rate 1\n\0\ncors https://a.example\n", 31, false},
        {"rate 1\rkey x\n", 13, false},
        {"key x\x1b[2K\n", 10, false},
        {"key x\x7f", 6, false},
        {"\0", 1, false},
    };
    for (uint32_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char text[64];
        const char *name, *value;
        gc_config_file f;
        memcpy(text, texts[i].text, texts[i].len + 1);
        assert_int_equal(gc_config_file_begin(&f, text, texts[i].len), texts[i].plain);
        if (texts[i].plain && texts[i].len > 0) {
            assert_true(gc_config_file_next(&f, &name, &value));
            assert_string_equal(name, "rate");
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_line_is_an_option),
        cmocka_unit_test(nothing_is_no_option),
        cmocka_unit_test(what_is_not_seen_hides_no_option),
    };
    return RUN(tests);
}
