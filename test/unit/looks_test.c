/* cli/looks.c. The same rows as in test/page/looks.test.mjs. */
#include "test/unit/unit.h"

#include "cli/looks.h"
#include "core/base/utf8.h"

static bool alike(const char *a, const char *b) {
    gc_looks one = gc_looks_of(text_span(a)), other = gc_looks_of(text_span(b));
    return gc_looks_equal(&one, &other);
}

static void letters_of_other_scripts_that_look_the_same_are_the_same(void **state) {
    (void)state;
    static const char *const same[][2] = {
        {"Ann", "Аnn"},           {"Ann", "Αnn"},     {"Ann", "A\xcc\x81nn"}, {"Ann", "ＡＮＮ"},
        {"Ann", "𝐀𝐧𝐧"},           {"Ann", "ann"},     {"Ann", "A n n"},       {"Ann", "Aոո"},
        {"Ann", "ᴀnn"},           {"Bill", "BiIl"},   {"Bill", "B1ll"},       {"Bob", "B0b"},
        {"Martin", "Martın"},     {"Emma", "Ernma"},  {"Weiß", "Weiss"},      {"O’Neil", "O'Neil"},
        {"Anna–Lea", "Anna-Lea"}, {"(Ann)", "❨Ann❩"}, {"Vivvy", "Viwy"},
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        if (!alike(same[i][0], same[i][1])) {
            fail_msg("%s and %s", same[i][0], same[i][1]);
        }
    }
    static const char *const others[][2] = {
        {"Ann", "Anne"}, {"Ben", "Bea"}, {"कि", "का"}, {"日本", "日木"}, {"", "a"},
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_false(alike(others[i][0], others[i][1]));
    }
}

static void what_nobody_sees_makes_no_other_name(void **state) {
    (void)state;
    static const uint32_t unseen[] = {0xad,   0x34f,  0x61c,   0x115f,  0x180e,  0x200b,
                                      0x200d, 0x202e, 0x2060,  0x2066,  0x2800,  0x3164,
                                      0xfe0f, 0xfeff, 0x1d159, 0xe0001, 0xe01ef, 0xa0,
                                      0x3000, 1,      0x1b,    0x7f,    0x85};
    for (size_t i = 0; i < sizeof unseen / sizeof unseen[0]; i++) {
        char name[16] = "A";
        uint32_t len = gc_utf8_encode(unseen[i], (uint8_t *)name + 1);
        memcpy(name + 1 + len, "nn", 2);
        assert_true(alike("Ann", name));
        name[1 + len] = 0;
        assert_int_equal(gc_looks_of(text_span(name + 1)).len, 0);
    }
}

static void the_longest_looks_are_cut(void **state) {
    (void)state;
    static uint8_t name[3 * 200];
    for (uint32_t i = 0; i < sizeof name; i += 3) {
        memcpy(name + i, "\xef\xb7\xba", 3); /* U+FDFA has 18 letters */
    }
    gc_looks looks = gc_looks_of(gc_span_of(name, sizeof name));
    assert_true(looks.len > GC_LOOKS_BYTES_MAX - 4 && looks.len <= GC_LOOKS_BYTES_MAX);
    assert_true(gc_utf8_valid(gc_span_of(looks.bytes, looks.len)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_of_other_scripts_that_look_the_same_are_the_same),
        cmocka_unit_test(what_nobody_sees_makes_no_other_name),
        cmocka_unit_test(the_longest_looks_are_cut),
    };
    return RUN(tests);
}
