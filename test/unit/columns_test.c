/* cli/columns.c */
#include "test/unit/unit.h"

#include "cli/columns.h"

typedef struct letter {
    uint32_t c, columns;
} letter;

static void have(const letter *letters, size_t count, bool narrow) {
    for (size_t i = 0; i < count; i++) {
        if (gc_columns_of(letters[i].c, narrow) != letters[i].columns) {
            fail_msg("U+%04X", (unsigned)letters[i].c);
        }
    }
}

static void letters_have_their_columns(void **state) {
    (void)state;
    static const letter letters[] = {
        {'a', 1},     {'~', 1},    {0xe4, 1},    {0x5d0, 1},   {0x301, 1},    {0x1ab0, 1},
        {0x6f22, 2},  {0xac00, 2}, {0xff21, 2},  {0x3000, 2},  {0x1f469, 2},  {0x2764, 2},
        {0x1f1e9, 2}, {0x200d, 1}, {0xfe0f, 1},  {0xe000, 2},  {0x1161, 1},   {0x93e, 1},
        {0x3248, 2},  {0x324f, 2}, {0x4dc0, 2},  {0x4dff, 2},  {0x303f, 2},   {0xa4d0, 1},
        {0x378, 2},   {0xa0, 1},   {0x2800, 1},  {0xe0067, 1}, {0x10ffff, 2}, {0x20e3, 1},
        {0x268a, 2},  {0x2630, 2}, {0x1d300, 2}, {0x1d360, 2}, {0x94d, 1},    {0xe31, 1},
    };
    have(letters, sizeof letters / sizeof letters[0], false);
    have(letters, sizeof letters / sizeof letters[0], true);
}

/* Latin letters with marks, Greek, Cyrillic, signs, quotation marks, lines and numbers. */
static void ambiguous_letters_take_two_columns_where_nobody_knows(void **state) {
    (void)state;
    static const uint32_t letters[] = {0xa1,   0xe9,   0xfc,   0x151,  0x391,   0x3c9,  0x416,
                                       0x44f,  0x2014, 0x201c, 0x20ac, 0x2192,  0x2500, 0x2588,
                                       0x25a0, 0x2460, 0x2160, 0xfffd, 0x1f100, 0x2605, 0x1f12d};
    static const bool ambiguous[] = {1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++) {
        have(&(letter){letters[i], ambiguous[i] ? 2 : 1}, 1, false);
    }
    static const letter narrow[] = {{0xe9, 1},   {0x391, 1},  {0x416, 1},  {0x44f, 1},
                                    {0x201c, 1}, {0x2500, 1}, {0xfffd, 1}, {0x3248, 2}};
    have(narrow, sizeof narrow / sizeof narrow[0], true);
}

static void marks_joiners_and_forms_stay_with_what_is_before_them(void **state) {
    (void)state;
    static const uint32_t cling[] = {0x301, 0x20dd, 0x20e3, 0x200d, 0xfe0f, 0xe0067, 0x94d, 0x5b0};
    for (size_t i = 0; i < sizeof cling / sizeof cling[0]; i++) {
        assert_true(gc_columns_clings(cling[i]));
    }
    static const uint32_t stand[] = {'a', ' ', '\t', 0xa0, 0xe9, 0x6f22, 0x1f469, 0x93e, 0x1f1e9};
    for (size_t i = 0; i < sizeof stand / sizeof stand[0]; i++) {
        assert_false(gc_columns_clings(stand[i]));
    }
}

static void who_writes_ambiguous_letters_reads_them_narrow(void **state) {
    (void)state;
    static const char *const narrow[] = {"ru_RU.UTF-8", "uk_UA.UTF-8", "el_GR", "bg", "sr.UTF-8"};
    for (size_t i = 0; i < sizeof narrow / sizeof narrow[0]; i++) {
        assert_true(gc_columns_are_narrow(narrow[i]));
    }
    static const char *const unknown[] = {
        NULL,          "",      "C",        "C.UTF-8", "POSIX",       "en_US.UTF-8", "ja_JP.UTF-8",
        "zh_CN.UTF-8", "r",     "r _RU",    "rus_RU",  "sr_RS@latin", "  _x",        "_RU",
        "u ",          "RU_ru", "ru bg_BG", "@ru",     "l ",          "el@",         "ruu"};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        if (gc_columns_are_narrow(unknown[i])) {
            fail_msg("%s", unknown[i]);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_have_their_columns),
        cmocka_unit_test(ambiguous_letters_take_two_columns_where_nobody_knows),
        cmocka_unit_test(marks_joiners_and_forms_stay_with_what_is_before_them),
        cmocka_unit_test(who_writes_ambiguous_letters_reads_them_narrow),
    };
    return RUN(tests);
}
