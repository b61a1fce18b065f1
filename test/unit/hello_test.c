/* core/wire/hello.c, against test/vectors/trust.json */
#include "core/wire/hello.h"
#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/reason.h"
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

typedef struct greeting {
    gc_keys keys;
    gc_binding binding;
    uint8_t hello[2][GC_HELLO_BYTES];
    uint8_t auth[2][GC_AUTH_BYTES];
    uint8_t seed[2][GC_SIGN_KEY_BYTES];
    uint8_t t[GC_TRANSCRIPT_BYTES];
} greeting;

static void get(int t, const char *name, uint8_t *out, uint32_t len) {
    static uint8_t part[VECTOR_BYTES_MAX];
    assert_int_equal(vectors_hex(&file, vectors_get(&file, t, name), part), len);
    memcpy(out, part, len);
}

static void read_greeting(int t, greeting *g) {
    uint8_t secret[GC_SECRET_BYTES];
    get(t, "secret", secret, sizeof secret);
    assert_int_equal(gc_keys_derive(&g->keys, &crypto, secret), 0);
    memcpy(g->binding.room, g->keys.room, GC_TAG_BYTES);
    get(t, "fpOffer", g->binding.fp_offer, GC_FINGERPRINT_BYTES);
    get(t, "fpAnswer", g->binding.fp_answer, GC_FINGERPRINT_BYTES);
    get(t, "helloOffer", g->hello[0], GC_HELLO_BYTES);
    get(t, "helloAnswer", g->hello[1], GC_HELLO_BYTES);
    get(t, "authOffer", g->auth[0], GC_AUTH_BYTES);
    get(t, "authAnswer", g->auth[1], GC_AUTH_BYTES);
    get(t, "offerSeed", g->seed[0], GC_SIGN_KEY_BYTES);
    get(t, "answerSeed", g->seed[1], GC_SIGN_KEY_BYTES);
    get(t, "t", g->t, GC_TRANSCRIPT_BYTES);
}

static void hellos_of(const greeting *g, gc_hello h[2]) {
    for (int side = 0; side < 2; side++) {
        assert_int_equal(gc_hello_read(gc_span_of(g->hello[side], GC_HELLO_BYTES), &h[side]), 0);
    }
}

static const gc_role roles[2] = {GC_ROLE_OFFERER, GC_ROLE_ANSWERER};

static uint32_t check(const greeting *g, int side, const gc_hello *h) {
    return gc_hello_check(&crypto, roles[side], gc_keys_auth(&g->keys, roles[side]), g->t, h->idpk,
                          gc_span_of(g->auth[side], GC_AUTH_BYTES));
}

static void the_vectors_are_written_and_verified(void **state) {
    int list = vectors_get(&file, 0, "greetings");
    greeting g;
    (void)state;
    for (int i = 0, at = list + 1; i < vectors_size(&file, list);
         i++, at = vectors_behind(&file, at)) {
        gc_hello h[2];
        uint8_t t[GC_TRANSCRIPT_BYTES], again[GC_HELLO_BYTES], text[GC_HELLO_CHARS];
        read_greeting(at, &g);
        hellos_of(&g, h);
        assert_int_equal(gc_hello_transcript(&crypto, &g.binding, &h[0], &h[1], t), 0);
        assert_memory_equal(t, g.t, sizeof t);
        for (int side = 0; side < 2; side++) {
            uint8_t auth[GC_AUTH_BYTES];
            gc_writer w;
            assert_int_equal(h[side].role, roles[side]);
            gc_hello_write(&h[side], again);
            assert_memory_equal(again, g.hello[side], sizeof again);
            gc_writer_init(&w, text, sizeof text);
            gc_base64url_write(&w, gc_span_of(again, sizeof again));
            assert_true(!w.failed && w.at == GC_HELLO_CHARS);
            assert_int_equal(gc_hello_prove(&crypto, roles[side],
                                            gc_keys_auth(&g.keys, roles[side]), t, g.seed[side],
                                            h[side].idpk, auth),
                             0);
            assert_memory_equal(auth, g.auth[side], sizeof auth);
            assert_int_equal(check(&g, side, &h[side]), GC_REASON_NONE);
        }
    }
}

/* Each bit of one AUTH: the tag's come first, then the signature's. */
static void any_changed_bit_of_auth_is_refused(void **state) {
    greeting g;
    gc_hello h[2];
    (void)state;
    read_greeting(vectors_get(&file, 0, "greetings") + 1, &g);
    hellos_of(&g, h);
    for (int side = 0; side < 2; side++) {
        for (uint32_t bit = 0; bit < 8 * GC_AUTH_BYTES; bit++) {
            g.auth[side][bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_int_equal(check(&g, side, &h[side]), bit < 8 * GC_AUTH_TAG_BYTES
                                                            ? GC_REASON_AUTH_SECRET
                                                            : GC_REASON_AUTH_SIGNATURE);
            g.auth[side][bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
}

/* Each bit of both HELLOs, the room and both fingerprints gives another T, or is no HELLO. */
static void any_changed_bit_makes_another_transcript(void **state) {
    greeting g;
    (void)state;
    read_greeting(vectors_get(&file, 0, "greetings") + 1, &g);
    const struct {
        uint8_t *bytes;
        uint32_t len;
    } parts[] = {{g.hello[0], GC_HELLO_BYTES},
                 {g.hello[1], GC_HELLO_BYTES},
                 {(uint8_t *)&g.binding, sizeof g.binding}};
    for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
        for (uint32_t bit = 0; bit < 8 * parts[p].len; bit++) {
            uint8_t t[GC_TRANSCRIPT_BYTES];
            gc_hello h[2];
            parts[p].bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            if (gc_hello_read(gc_span_of(g.hello[0], GC_HELLO_BYTES), &h[0]) == 0 &&
                gc_hello_read(gc_span_of(g.hello[1], GC_HELLO_BYTES), &h[1]) == 0) {
                assert_int_equal(gc_hello_transcript(&crypto, &g.binding, &h[0], &h[1], t), 0);
                assert_memory_not_equal(t, g.t, sizeof t);
            } else {
                assert_true(p < 2 && bit < 16); /* version and role alone have wrong values */
            }
            parts[p].bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
}

/* What a mirror sends, and what the other side signed in another role, or for another link. */
static void words_of_somebody_else_are_refused(void **state) {
    greeting g, other;
    gc_hello h[2];
    int first = vectors_get(&file, 0, "greetings") + 1;
    (void)state;
    read_greeting(first, &g);
    read_greeting(vectors_behind(&file, first), &other);
    hellos_of(&g, h);
    gc_span own = gc_span_of(g.auth[0], GC_AUTH_BYTES);
    const uint8_t *key = gc_keys_auth(&g.keys, GC_ROLE_ANSWERER);
    assert_int_equal(gc_hello_check(&crypto, GC_ROLE_ANSWERER, key, g.t, h[1].idpk, own),
                     GC_REASON_AUTH_SECRET);
    /* A holder of the link knows the key, but not the seed of who is called. */
    uint8_t posed[GC_AUTH_BYTES];
    assert_int_equal(
        gc_hello_prove(&crypto, GC_ROLE_ANSWERER, key, g.t, g.seed[0], h[0].idpk, posed), 0);
    assert_int_equal(gc_hello_check(&crypto, GC_ROLE_ANSWERER, key, g.t, h[1].idpk,
                                    gc_span_of(posed, sizeof posed)),
                     GC_REASON_AUTH_SIGNATURE);
    assert_int_equal(gc_hello_check(&crypto, GC_ROLE_ANSWERER, key, other.t, h[1].idpk,
                                    gc_span_of(g.auth[1], GC_AUTH_BYTES)),
                     GC_REASON_AUTH_SECRET);
}

static void other_sizes_are_refused(void **state) {
    greeting g;
    gc_hello h[2], unchanged = {.role = 77};
    uint8_t longer[GC_AUTH_BYTES + GC_HELLO_BYTES] = {0};
    (void)state;
    read_greeting(vectors_get(&file, 0, "greetings") + 1, &g);
    hellos_of(&g, h);
    for (uint32_t len = 0; len < sizeof longer; len++) {
        memcpy(longer, g.hello[0], GC_HELLO_BYTES);
        uint8_t *copy = exact_copy(longer, len);
        if (len != GC_HELLO_BYTES) {
            assert_int_equal(gc_hello_read(gc_span_of(copy, len), &unchanged), GC_E_SYNTAX);
            assert_int_equal(unchanged.role, 77);
        }
        free(copy);
        memcpy(longer, g.auth[0], GC_AUTH_BYTES);
        copy = exact_copy(longer, len);
        if (len != GC_AUTH_BYTES) {
            assert_int_equal(gc_hello_check(&crypto, GC_ROLE_OFFERER,
                                            gc_keys_auth(&g.keys, GC_ROLE_OFFERER), g.t, h[0].idpk,
                                            gc_span_of(copy, len)),
                             GC_REASON_AUTH_PROTOCOL);
        }
        free(copy);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vectors_are_written_and_verified),
        cmocka_unit_test(any_changed_bit_of_auth_is_refused),
        cmocka_unit_test(any_changed_bit_makes_another_transcript),
        cmocka_unit_test(words_of_somebody_else_are_refused),
        cmocka_unit_test(other_sizes_are_refused),
    };
    return cmocka_run_group_tests_name("hello", tests, load, unload);
}
