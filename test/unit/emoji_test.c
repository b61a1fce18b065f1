/* core/wire/emoji.c, against test/vectors/trust.json */
#include "core/wire/emoji.h"
#include "core/base/utf8.h"
#include "host/crypto.h"
#include "test/unit/unit.h"
#include "test/unit/vectors.h"

static gc_crypto crypto;

static int load(void **state) {
    (void)state;
    return gc_host_crypto(&crypto);
}

static void nonces_make_the_row_of_the_vectors(void **state) {
    static uint8_t t_bytes[VECTOR_BYTES_MAX], a[VECTOR_BYTES_MAX], b[VECTOR_BYTES_MAX],
        expected[VECTOR_BYTES_MAX];
    uint8_t out[GC_EMOJI_COMMITMENT_BYTES], row[GC_EMOJI_ROW];
    vectors file = vectors_load("test/vectors/trust.json");
    int list = vectors_get(&file, 0, "rows");
    (void)state;
    for (int i = 0, t = list + 1; i < vectors_size(&file, list);
         i++, t = vectors_behind(&file, t)) {
        vectors_hex(&file, vectors_get(&file, t, "t"), t_bytes);
        vectors_hex(&file, vectors_get(&file, t, "a"), a);
        vectors_hex(&file, vectors_get(&file, t, "b"), b);
        vectors_hex(&file, vectors_get(&file, t, "commitment"), expected);
        assert_int_equal(gc_emoji_commit(&crypto, a, out), 0);
        assert_memory_equal(out, expected, sizeof out);
        int numbers = vectors_get(&file, t, "row");
        assert_int_equal(vectors_size(&file, numbers), GC_EMOJI_ROW);
        assert_int_equal(gc_emoji_row(&crypto, t_bytes, a, b, row), 0);
        for (int n = 0; n < GC_EMOJI_ROW; n++) {
            assert_int_equal(row[n], vectors_number(&file, numbers + 1 + n));
        }
    }
    vectors_free(&file);
}

static void the_table_has_64_different_names_and_pictures(void **state) {
    (void)state;
    for (uint32_t n = 0; n < GC_EMOJI_COUNT; n++) {
        assert_true(gc_utf8_valid(text_span(gc_emoji_picture(n))));
        assert_true(strlen(gc_emoji_picture(n)) >= 3 && strlen(gc_emoji_name(n)) >= 3);
        for (uint32_t other = 0; other < n; other++) {
            assert_string_not_equal(gc_emoji_name(n), gc_emoji_name(other));
            assert_string_not_equal(gc_emoji_picture(n), gc_emoji_picture(other));
        }
    }
    assert_string_equal(gc_emoji_name(0), "Dog");
    assert_string_equal(gc_emoji_picture(0), "\xf0\x9f\x90\xb6");
    assert_string_equal(gc_emoji_name(21), "Cloud");
    assert_string_equal(gc_emoji_picture(21), "\xe2\x98\x81\xef\xb8\x8f");
    assert_string_equal(gc_emoji_name(38), "Hourglass");
    assert_string_equal(gc_emoji_name(63), "Pin");
    assert_string_equal(gc_emoji_picture(63), "\xf0\x9f\x93\x8c");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nonces_make_the_row_of_the_vectors),
        cmocka_unit_test(the_table_has_64_different_names_and_pictures),
    };
    return cmocka_run_group_tests_name("emoji", tests, load, NULL);
}
