/* core/wire/room_name.c, fed the vectors: the NFKC that a host gives stands in them. */
#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/wire/room_name.h"
#include "test/unit/room.h"
#include "test/unit/unit.h"
#include "test/unit/vectors.h"

static vectors file;
static gc_room_name name;

static int load(void **state) {
    (void)state;
    file = vectors_load("test/vectors/names.json");
    return 0;
}

static int unload(void **state) {
    (void)state;
    vectors_free(&file);
    return 0;
}

static int begin(int token) {
    char typed[VECTOR_BYTES_MAX];
    uint32_t len = vectors_string(&file, vectors_get(&file, token, "typed"), typed);
    uint8_t *exact = exact_copy(typed, len);
    int error = gc_room_name_begin(&name, gc_span_of(exact, len));
    if (error == 0) {
        assert_span(gc_room_name_typed(&name), gc_span_of(exact, len));
    }
    free(exact);
    return error;
}

/* A row with all its answers: 0 and a name that is done, or the error. */
static int replay(int token) {
    int list = vectors_get(&file, token, "answers"), count = file.tokens[list].size;
    int error = begin(token);
    assert_true(error == 0 || count == 0);
    for (int i = 0, t = list + 1; i < count; i++, t = vectors_behind(&file, t)) {
        char nfkc[VECTOR_BYTES_MAX];
        uint32_t len = vectors_string(&file, t, nfkc);
        assert_int_equal(error, 0);
        assert_false(gc_room_name_is_done(&name));
        uint8_t *exact = exact_copy(nfkc, len);
        error = gc_room_name_answer(&name, gc_span_of(exact, len));
        free(exact);
    }
    return error;
}

static void names_have_one_form(void **state) {
    (void)state;
    int list = vectors_get(&file, 0, "rooms"), count = vectors_size(&file, list);
    assert_true(count >= 100);
    for (int i = 0, t = list + 1; i < count; i++, t = vectors_behind(&file, t)) {
        char form[VECTOR_BYTES_MAX];
        uint32_t len = vectors_string(&file, vectors_get(&file, t, "canonical"), form);
        assert_int_equal(replay(t), 0);
        assert_true(gc_room_name_is_done(&name));
        assert_span(gc_room_name_text(&name), gc_span_of(form, len));
    }
}

static void what_is_no_name(void **state) {
    (void)state;
    int list = vectors_get(&file, 0, "refused"), count = vectors_size(&file, list);
    assert_true(count >= 70);
    for (int i = 0, t = list + 1; i < count; i++, t = vectors_behind(&file, t)) {
        bool too_big = vectors_is(&file, vectors_get(&file, t, "error"), "too-big");
        assert_int_equal(replay(t), too_big ? GC_E_TOO_BIG : GC_E_SYNTAX);
        assert_false(gc_room_name_is_done(&name));
        assert_int_equal(gc_room_name_text(&name).len, 0); /* it may have been a secret */
    }
    assert_int_equal(gc_room_name_begin(&name, GC_SPAN("a\xff")), GC_E_UTF8);
}

/* A host whose NFKC is none is not followed for ever, nor beyond the memory that is there. */
static void a_host_that_says_something_else(void **state) {
    static uint8_t big[8 * GC_ROOM_NAME_WORK_BYTES];
    (void)state;
    assert_int_equal(gc_room_name_begin(&name, GC_SPAN("tea")), 0);
    assert_int_equal(gc_room_name_answer(&name, GC_SPAN("a")), 0);
    assert_int_equal(gc_room_name_answer(&name, GC_SPAN("b")), 0);
    assert_int_equal(gc_room_name_answer(&name, GC_SPAN("c")), 0);
    assert_int_equal(gc_room_name_answer(&name, GC_SPAN("d")), GC_E_SYNTAX);
    assert_int_equal(gc_room_name_begin(&name, GC_SPAN("tea")), 0);
    assert_int_equal(gc_room_name_answer(&name, GC_SPAN("\xff")), GC_E_UTF8);
    memset(big, 'x', sizeof big);
    assert_int_equal(gc_room_name_begin(&name, GC_SPAN("tea")), 0);
    assert_int_equal(gc_room_name_answer(&name, gc_span_of(big, sizeof big)), GC_E_TOO_BIG);
    assert_int_equal(gc_room_name_begin(&name, GC_SPAN("tea")), 0);
    assert_int_equal(gc_room_name_answer(&name, GC_SPAN_NONE), 0);
    assert_int_equal(gc_room_name_answer(&name, GC_SPAN_NONE), GC_E_SYNTAX);
}

/* A secret is found wherever it stands, and so are 38 digits of one; 37 are a name. */
static void a_secret_anywhere(void **state) {
    (void)state;
    for (uint32_t len = 36; len <= 60; len++) {
        for (uint32_t before = 0; before <= 8; before++) {
            char text[100];
            int bytes =
                snprintf(text, sizeof text, "%.*s1.%.*s /", (int)before, "see 1.#x", (int)len,
                         "Aa0-_Bb1Aa0_zBb1Aa0_zBb1Aa0_zBb1Aa0_zBb1Aa0_zBb1Aa0_zBb1Aa0_");
            int expected = len >= 38 ? GC_E_SYNTAX : 0;
            assert_int_equal(gc_room_name_check(gc_span_of(text, (uint32_t)bytes)), expected);
        }
    }
}

/* The core's half of what is shown of a person's name. */
static void what_nobody_sees_is_in_no_name_of_a_person(void **state) {
    (void)state;
    uint8_t shown[64];
    int list = vectors_get(&file, 0, "unseen"), count = vectors_size(&file, list);
    assert_true(count >= 60);
    for (int i = 0, t = list + 1; i < count; i++, t = vectors_behind(&file, t)) {
        char hex[VECTOR_BYTES_MAX], text[16] = "Ann";
        vectors_string(&file, t, hex);
        uint32_t len = 3 + gc_utf8_encode((uint32_t)strtoul(hex, NULL, 16), (uint8_t *)text + 3);
        uint32_t n = gc_utf8_clean_line(gc_span_of(text, len), shown, sizeof shown);
        assert_span(gc_span_of(shown, n), GC_SPAN("Ann"));
        n = gc_utf8_clean_line(gc_span_of(text + 3, len - 3), shown, sizeof shown);
        assert_int_equal(n, 0); /* alone it is no name */
    }
}

static void what_is_shown_of_a_person(void **state) {
    (void)state;
    uint8_t shown[GC_NICK_BYTES_MAX];
    int list = vectors_get(&file, 0, "people"), count = vectors_size(&file, list);
    for (int i = 0, t = list + 1; i < count; i++, t = vectors_behind(&file, t)) {
        char typed[VECTOR_BYTES_MAX], want[VECTOR_BYTES_MAX];
        uint32_t len = vectors_string(&file, vectors_get(&file, t, "typed"), typed);
        uint32_t want_len = vectors_string(&file, vectors_get(&file, t, "shown"), want);
        uint32_t n = gc_utf8_clean_line(gc_span_of(typed, len), shown, sizeof shown);
        assert_span(gc_span_of(shown, n), gc_span_of(want, want_len));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_have_one_form),
        cmocka_unit_test(what_is_no_name),
        cmocka_unit_test(a_host_that_says_something_else),
        cmocka_unit_test(a_secret_anywhere),
        cmocka_unit_test(what_nobody_sees_is_in_no_name_of_a_person),
        cmocka_unit_test(what_is_shown_of_a_person),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
