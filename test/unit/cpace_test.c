/* core/wire/cpace.c, against test/vectors/cpace.json (the draft's) and trust.json (ours) */
#include "core/wire/cpace.h"
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

typedef struct bytes {
    uint8_t data[VECTOR_BYTES_MAX];
    uint32_t len;
} bytes;

static gc_span get(const vectors *v, int t, const char *name, bytes *out) {
    out->len = vectors_hex(v, vectors_get(v, t, name), out->data);
    return gc_span_of(out->data, out->len);
}

static void the_run_of_the_draft(void **state) {
    static bytes password, channel, session, g, ya, yb, ada, adb, a, b, k, isk;
    vectors v = vectors_load("test/vectors/cpace.json");
    int t = vectors_get(&v, 0, "runs") + 1;
    uint8_t out[GC_RISTRETTO_BYTES], key[GC_SHA512_BYTES];
    (void)state;
    const gc_cpace_input in = {.password = get(&v, t, "password", &password),
                               .channel = get(&v, t, "channel", &channel),
                               .session = get(&v, t, "session", &session)};
    assert_int_equal(gc_cpace_generator(&crypto, &in, out), 0);
    assert_span(gc_span_of(out, sizeof out), get(&v, t, "g", &g));
    (void)get(&v, t, "scalarA", &a), (void)get(&v, t, "scalarB", &b);
    assert_int_equal(crypto.scalarmult(crypto.context, out, a.data, g.data), 0);
    assert_span(gc_span_of(out, sizeof out), get(&v, t, "ya", &ya));
    assert_int_equal(crypto.scalarmult(crypto.context, out, b.data, g.data), 0);
    assert_span(gc_span_of(out, sizeof out), get(&v, t, "yb", &yb));
    assert_int_equal(crypto.scalarmult(crypto.context, out, a.data, yb.data), 0);
    assert_span(gc_span_of(out, sizeof out), get(&v, t, "k", &k));
    const gc_cpace_halves halves = {.ya = ya.data,
                                    .yb = yb.data,
                                    .ada = get(&v, t, "ada", &ada),
                                    .adb = get(&v, t, "adb", &adb)};
    assert_int_equal(gc_cpace_isk(&crypto, in.session, k.data, &halves, key), 0);
    assert_span(gc_span_of(key, sizeof key), get(&v, t, "isk", &isk));
    vectors_free(&v);
}

static void elements_that_are_none_are_refused(void **state) {
    static bytes scalar, element, expected;
    vectors v = vectors_load("test/vectors/cpace.json");
    int list = vectors_get(&v, 0, "elements"), refused = 0;
    (void)state;
    for (int i = 0, t = list + 1; i < vectors_size(&v, list); i++, t = vectors_behind(&v, t)) {
        uint8_t out[GC_RISTRETTO_BYTES];
        (void)get(&v, t, "scalar", &scalar), (void)get(&v, t, "element", &element);
        gc_span result = get(&v, t, "result", &expected);
        int r = crypto.scalarmult(crypto.context, out, scalar.data, element.data);
        assert_int_equal(r, result.len > 0 ? 0 : -1);
        if (r == 0) {
            assert_span(gc_span_of(out, sizeof out), result);
        }
        refused += r != 0;
    }
    assert_int_equal(refused, 2);
    vectors_free(&v);
}

/* A password of any length, around that at which its length takes two bytes, and the block is full:
 * each gives a generator of its own. */
static void every_part_counts(void **state) {
    static uint8_t text[256];
    uint8_t g[200][GC_RISTRETTO_BYTES];
    (void)state;
    for (uint32_t len = 0; len < 200; len++) {
        const gc_cpace_input in = {.password = gc_span_of(text, len)};
        assert_int_equal(gc_cpace_generator(&crypto, &in, g[len]), 0);
        for (uint32_t before = 0; before < len; before++) {
            assert_memory_not_equal(g[before], g[len], GC_RISTRETTO_BYTES);
        }
    }
    const gc_cpace_input moved[] = {
        {.password = GC_SPAN("a"), .channel = GC_SPAN("bc"), .session = GC_SPAN("d")},
        {.password = GC_SPAN("a"), .channel = GC_SPAN("b"), .session = GC_SPAN("cd")},
        {.password = GC_SPAN("ab"), .channel = GC_SPAN("c"), .session = GC_SPAN("d")},
    };
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(gc_cpace_generator(&crypto, &moved[i], g[i]), 0);
        for (uint32_t before = 0; before < i; before++) {
            assert_memory_not_equal(g[before], g[i], GC_RISTRETTO_BYTES);
        }
    }
}

static void a_table_that_refuses_leaves_no_keys(void **state) {
    static const gc_cpace_keys none;
    const gc_crypto refusing = {.hash = refuse_hash};
    uint8_t isk[GC_SHA512_BYTES] = {1};
    gc_cpace_keys k;
    (void)state;
    memset(&k, 5, sizeof k);
    assert_int_equal(gc_cpace_keys_of(&refusing, isk, &k), GC_E_CRYPTO);
    assert_memory_equal(&k, &none, sizeof k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_run_of_the_draft),
        cmocka_unit_test(elements_that_are_none_are_refused),
        cmocka_unit_test(every_part_counts),
        cmocka_unit_test(a_table_that_refuses_leaves_no_keys),
    };
    return cmocka_run_group_tests_name("cpace", tests, load, NULL);
}
