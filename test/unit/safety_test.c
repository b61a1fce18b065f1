/* core/wire/safety.c, against test/vectors/trust.json */
#include "core/wire/safety.h"
#include "core/base/error.h"
#include "host/crypto.h"
#include "test/unit/refusal.h"
#include "test/unit/unit.h"
#include "test/unit/vectors.h"

static gc_crypto crypto;

static int load(void **state) {
    (void)state;
    return gc_host_crypto(&crypto);
}

static void both_ends_show_the_number_of_the_vectors(void **state) {
    static uint8_t one[VECTOR_BYTES_MAX], other[VECTOR_BYTES_MAX];
    static char number[VECTOR_BYTES_MAX];
    uint8_t digits[GC_SAFETY_DIGITS];
    vectors file = vectors_load("test/vectors/trust.json");
    int list = vectors_get(&file, 0, "numbers");
    (void)state;
    for (int i = 0, t = list + 1; i < vectors_size(&file, list);
         i++, t = vectors_behind(&file, t)) {
        vectors_hex(&file, vectors_get(&file, t, "one"), one);
        vectors_hex(&file, vectors_get(&file, t, "other"), other);
        assert_int_equal(vectors_string(&file, vectors_get(&file, t, "number"), number),
                         GC_SAFETY_DIGITS);
        assert_int_equal(gc_safety_number(&crypto, one, other, digits), 0);
        assert_memory_equal(digits, number, sizeof digits);
        assert_int_equal(gc_safety_number(&crypto, other, one, digits), 0);
        assert_memory_equal(digits, number, sizeof digits);
        for (uint32_t bit = 0; bit < 8 * GC_SIGN_KEY_BYTES; bit++) {
            one[bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_int_equal(gc_safety_number(&crypto, one, other, digits), 0);
            assert_memory_not_equal(digits, number, sizeof digits);
            one[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
    vectors_free(&file);
}

static void a_table_that_refuses_shows_no_number(void **state) {
    const gc_crypto refusing = {.hash = refuse_hash};
    uint8_t key[GC_SIGN_KEY_BYTES] = {0}, digits[GC_SAFETY_DIGITS];
    (void)state;
    assert_int_equal(gc_safety_number(&refusing, key, key, digits), GC_E_CRYPTO);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ends_show_the_number_of_the_vectors),
        cmocka_unit_test(a_table_that_refuses_shows_no_number),
    };
    return cmocka_run_group_tests_name("safety", tests, load, NULL);
}
