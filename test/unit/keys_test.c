/* core/wire/keys.c, against test/vectors/trust.json */
#include "core/wire/keys.h"
#include "core/base/error.h"
#include "host/crypto.h"
#include "test/unit/unit.h"
#include "test/unit/vectors.h"

static vectors file;
static gc_crypto crypto;

static int load(void **state) {
    (void)state;
    file = vectors_load("test/vectors/trust.json");
    return gc_host_crypto(&crypto);
}

static int unload(void **state) {
    (void)state;
    vectors_free(&file);
    return 0;
}

static void assert_hex(int object, const char *name, const uint8_t *bytes, uint32_t len) {
    static uint8_t expected[VECTOR_BYTES_MAX];
    assert_int_equal(vectors_hex(&file, vectors_get(&file, object, name), expected), len);
    assert_memory_equal(bytes, expected, len);
}

static void a_secret_makes_all_keys(void **state) {
    static uint8_t secret[VECTOR_BYTES_MAX];
    int list = vectors_get(&file, 0, "keys");
    gc_keys k;
    (void)state;
    for (int i = 0, t = list + 1; i < vectors_size(&file, list);
         i++, t = vectors_behind(&file, t)) {
        assert_int_equal(vectors_hex(&file, vectors_get(&file, t, "secret"), secret),
                         GC_SECRET_BYTES);
        assert_int_equal(gc_keys_derive(&k, &crypto, secret), 0);
        assert_hex(t, "room", k.room, sizeof k.room);
        assert_hex(t, "signal", k.signal, sizeof k.signal);
        assert_hex(t, "offer", gc_keys_auth(&k, GC_ROLE_OFFERER), GC_AUTH_KEY_BYTES);
        assert_hex(t, "answer", gc_keys_auth(&k, GC_ROLE_ANSWERER), GC_AUTH_KEY_BYTES);
        /* Every bit of a secret counts, for every key. */
        for (uint32_t bit = 0; bit < 8 * GC_SECRET_BYTES; bit++) {
            gc_keys other;
            secret[bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_int_equal(gc_keys_derive(&other, &crypto, secret), 0);
            secret[bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_memory_not_equal(other.room, k.room, sizeof k.room);
            assert_memory_not_equal(other.signal, k.signal, sizeof k.signal);
            assert_memory_not_equal(other.auth[0], k.auth[0], sizeof k.auth[0]);
            assert_memory_not_equal(other.auth[1], k.auth[1], sizeof k.auth[1]);
        }
    }
    gc_keys_wipe(&k);
    for (uint32_t i = 0; i < sizeof k; i++) {
        assert_int_equal(((uint8_t *)&k)[i], 0);
    }
}

static void an_id_makes_a_pid_and_what_stands_in_for_a_secret(void **state) {
    static char id[VECTOR_BYTES_MAX];
    int list = vectors_get(&file, 0, "ids");
    (void)state;
    for (int i = 0, t = list + 1; i < vectors_size(&file, list);
         i++, t = vectors_behind(&file, t)) {
        uint8_t pid[GC_PID_BYTES], bare[GC_SECRET_BYTES];
        gc_keys k;
        gc_span span = gc_span_of(id, vectors_string(&file, vectors_get(&file, t, "id"), id));
        assert_int_equal(gc_keys_pid(&crypto, span, pid), 0);
        assert_hex(t, "pid", pid, sizeof pid);
        assert_int_equal(gc_keys_bare_secret(&crypto, span, bare), 0);
        assert_hex(t, "bare", bare, sizeof bare);
        assert_int_equal(gc_keys_derive(&k, &crypto, bare), 0);
        assert_hex(t, "bareTag", k.room, sizeof k.room);
    }
}

static int calls_left;

static int refuse(void *context, uint8_t *out, uint32_t out_len, const uint8_t *in, uint32_t in_len,
                  const uint8_t *key, uint32_t key_len) {
    return calls_left-- > 0 ? crypto.hash(context, out, out_len, in, in_len, key, key_len) : -1;
}

static void a_table_that_refuses_leaves_no_keys(void **state) {
    static const gc_keys none;
    const gc_crypto refusing = {.hash = refuse};
    uint8_t secret[GC_SECRET_BYTES] = {1};
    (void)state;
    for (int n = 0; n < 4; n++) {
        gc_keys k;
        calls_left = n;
        assert_int_equal(gc_keys_derive(&k, &refusing, secret), GC_E_CRYPTO);
        assert_memory_equal(&k, &none, sizeof k);
    }
    calls_left = 0;
    assert_int_equal(gc_keys_pid(&refusing, GC_SPAN("x"), secret), GC_E_CRYPTO);
    assert_int_equal(gc_keys_bare_secret(&refusing, GC_SPAN("x"), secret), GC_E_CRYPTO);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_secret_makes_all_keys),
        cmocka_unit_test(an_id_makes_a_pid_and_what_stands_in_for_a_secret),
        cmocka_unit_test(a_table_that_refuses_leaves_no_keys),
    };
    return cmocka_run_group_tests_name("keys", tests, load, unload);
}
