/* core/wire/code.c */
#include "core/wire/code.h"
#include "core/base/error.h"
#include "core/base/unicode.h"
#include "core/base/utf8.h"
#include "test/unit/unit.h"

static void what_people_type_is_read(void **state) {
    static const struct {
        const char *text;
        uint32_t nameplate;
        const char *digits;
    } good[] = {
        {"7-482-9315", 7, "4829315"},
        {"74829315", 7, "4829315"},
        {" 7 \xe2\x80\x93 482.93 15\n", 7, "4829315"},
        {"code: 12345-000-0000!", 12345, "0000000"},
        {"99999-999-9999", 99999, "9999999"},
        {"10-000-0001", 10, "0000001"},
        {"\xd9\xa7-\xd9\xa4\xd9\xa8\xd9\xa2-\xd9\xa9\xd9\xa3\xd9\xa1\xd9\xa5", 7,
         "4829315"},                                                              /* ARABIC-INDIC */
        {"\xef\xbc\x97-\xef\xbc\x94\xef\xbc\x98\xef\xbc\x92-9315", 7, "4829315"}, /* FULLWIDTH */
    };
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        gc_code c;
        uint8_t out[GC_CODE_CHARS_MAX];
        gc_writer w;
        assert_int_equal(gc_code_parse(text_span(good[i].text), &c), 0);
        assert_int_equal(c.nameplate, good[i].nameplate);
        assert_memory_equal(c.digits, good[i].digits, GC_CODE_DIGITS);
        gc_writer_init(&w, out, sizeof out);
        gc_code_write(&c, &w);
        assert_false(w.failed);
        gc_code again;
        assert_int_equal(gc_code_parse(gc_writer_done(&w), &again), 0);
        assert_int_equal(again.nameplate, c.nameplate);
        assert_memory_equal(again.digits, c.digits, GC_CODE_DIGITS);
    }
    gc_code c = {.nameplate = 7, .digits = "4829315"};
    uint8_t out[GC_CODE_CHARS_MAX];
    gc_writer w;
    gc_writer_init(&w, out, sizeof out);
    gc_code_write(&c, &w);
    assert_span(gc_writer_done(&w), GC_SPAN("7-482-9315"));
}

static void other_texts_are_no_code(void **state) {
    static const char *const bad[] = {
        "",
        "7",
        "482-9315",
        "0-482-9315",
        "07-4829315",
        "123456-482-9315",
        "a code",
        "1234567890123",
        "\xff-482-9315",
        "7-482-931\xd9",
        "\xd9\xa0-482-9315",
    };
    gc_code c = {.nameplate = 42};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(gc_code_parse(text_span(bad[i]), &c), GC_E_SYNTAX);
        assert_int_equal(c.nameplate, 42);
    }
    char text[GC_CODE_TEXT_BYTES_MAX + 1];
    memset(text, ' ', sizeof text);
    memcpy(text, "74829315", 8);
    assert_int_equal(gc_code_parse(gc_span_of(text, sizeof text - 1), &c), 0);
    assert_int_equal(gc_code_parse(gc_span_of(text, sizeof text), &c), GC_E_SYNTAX);
}

/* Each digit of each script stands for its value. */
static void digits_of_every_script_count(void **state) {
    uint32_t scripts = 0;
    (void)state;
    for (uint32_t zero = 0; zero < 0x110000; zero++) {
        if (gc_unicode_digit(zero) != 0) {
            continue;
        }
        uint8_t text[64];
        uint32_t len = 0;
        for (uint32_t value = 1; value <= 8; value++) {
            assert_int_equal(gc_unicode_digit(zero + value), value);
            len += gc_utf8_encode(zero + value, text + len);
        }
        gc_code c;
        assert_int_equal(gc_code_parse(gc_span_of(text, len), &c), 0);
        assert_int_equal(c.nameplate, 1);
        assert_memory_equal(c.digits, "2345678", GC_CODE_DIGITS);
        scripts++;
    }
    assert_int_equal(scripts, 68);
}

static void drawn_digits_are_even_and_new(void **state) {
    static const uint8_t seed[32] = {3};
    uint32_t seen[10] = {0};
    gc_drbg d;
    gc_code c = {.nameplate = 1}, before = {0};
    (void)state;
    gc_drbg_init(&d, seed);
    for (uint32_t n = 0; n < 1000; n++) {
        gc_code_draw(&c, &d);
        assert_memory_not_equal(c.digits, before.digits, GC_CODE_DIGITS);
        for (uint32_t i = 0; i < GC_CODE_DIGITS; i++) {
            assert_true(c.digits[i] >= '0' && c.digits[i] <= '9');
            seen[c.digits[i] - '0']++;
        }
        before = c;
    }
    for (uint32_t digit = 0; digit < 10; digit++) {
        assert_true(seen[digit] > 600 && seen[digit] < 800);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_people_type_is_read),
        cmocka_unit_test(other_texts_are_no_code),
        cmocka_unit_test(digits_of_every_script_count),
        cmocka_unit_test(drawn_digits_are_even_and_new),
    };
    return RUN(tests);
}
