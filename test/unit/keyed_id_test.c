/* core/wire/keyed_id.c, against test/vectors/ids.json */
#include "core/wire/keyed_id.h"
#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/wire/peerjs.h"
#include "host/crypto.h"
#include "test/unit/refusal.h"
#include "test/unit/unit.h"
#include "test/unit/vectors.h"

static vectors file;
static gc_crypto crypto;

static int load(void **state) {
    (void)state;
    file = vectors_load("test/vectors/ids.json");
    return gc_host_crypto(&crypto);
}

static int unload(void **state) {
    (void)state;
    vectors_free(&file);
    return 0;
}

typedef struct person {
    uint8_t seed[VECTOR_BYTES_MAX], key[VECTOR_BYTES_MAX], th[VECTOR_BYTES_MAX];
    char token[VECTOR_BYTES_MAX], id[VECTOR_BYTES_MAX], gcid[VECTOR_BYTES_MAX];
} person;

/* The n-th of the people. */
static person *read_person(int n) {
    static person p;
    int t = vectors_get(&file, 0, "people") + 1;
    for (; n > 0; n--) {
        t = vectors_behind(&file, t);
    }
    vectors_hex(&file, vectors_get(&file, t, "seed"), p.seed);
    vectors_hex(&file, vectors_get(&file, t, "key"), p.key);
    vectors_hex(&file, vectors_get(&file, t, "th"), p.th);
    vectors_string(&file, vectors_get(&file, t, "token"), p.token);
    vectors_string(&file, vectors_get(&file, t, "id"), p.id);
    vectors_string(&file, vectors_get(&file, t, "gcid"), p.gcid);
    return &p;
}

static int people(void) {
    return vectors_size(&file, vectors_get(&file, 0, "people"));
}

static void seed_and_token_make_key_and_id(void **state) {
    (void)state;
    for (int n = 0; n < people(); n++) {
        const person *p = read_person(n);
        uint8_t key[GC_SIGN_KEY_BYTES], th[GC_TOKEN_HASH_BYTES], id[GC_OWN_ID_CHARS], gcid[43];
        assert_int_equal(crypto.sign_keypair(crypto.context, key, p->seed), 0);
        assert_memory_equal(key, p->key, sizeof key);
        assert_int_equal(gc_keyed_id_token_hash(&crypto, text_span(p->token), th), 0);
        assert_memory_equal(th, p->th, sizeof th);
        assert_int_equal(gc_keyed_id_make(&crypto, key, th, id), 0);
        assert_span(gc_span_of(id, sizeof id), text_span(p->id));
        gc_writer w;
        gc_writer_init(&w, gcid, sizeof gcid);
        gc_base64url_write(&w, gc_span_of(key, sizeof key));
        assert_span(gc_writer_done(&w), text_span(p->gcid));
    }
}

static void an_id_has_our_form_or_not(void **state) {
    static const struct {
        const char *name;
        bool ours;
    } lists[] = {{"ours", true}, {"others", false}};
    char id[VECTOR_BYTES_MAX];
    (void)state;
    for (size_t n = 0; n < 2; n++) {
        int list = vectors_get(&file, 0, lists[n].name), count = vectors_size(&file, list);
        for (int i = 0, t = list + 1; i < count; i++, t = vectors_behind(&file, t)) {
            uint32_t len = vectors_string(&file, t, id);
            assert_int_equal(gc_keyed_id_has_form(gc_span_of(id, len)), lists[n].ours);
        }
    }
}

/* Any character in any place: the form is what the digits of base32 say. */
static void every_character_counts(void **state) {
    const char *id = read_person(0)->id;
    (void)state;
    for (uint32_t at = 0; at < GC_OWN_ID_CHARS; at++) {
        for (int c = 0; c < 256; c++) {
            uint8_t other[GC_OWN_ID_CHARS];
            memcpy(other, id, sizeof other);
            other[at] = (uint8_t)c;
            bool ours = at == 0 ? c == 'g'
                                : c != 0 && strchr("abcdefghijklmnopqrstuvwxyz234567", c) != NULL;
            assert_int_equal(gc_keyed_id_has_form(gc_span_of(other, sizeof other)), ours);
        }
    }
    for (uint32_t len = 0; len < GC_OWN_ID_CHARS; len++) {
        assert_false(gc_keyed_id_has_form(gc_span_of(id, len)));
    }
}

/* Every bit of key, token and id. */
static void any_changed_bit_is_somebody_else(void **state) {
    (void)state;
    for (int n = 0; n < people(); n++) {
        person *p = read_person(n);
        gc_span id = text_span(p->id), token = text_span(p->token);
        struct {
            uint8_t *bytes;
            uint32_t len;
        } parts[] = {{p->key, GC_SIGN_KEY_BYTES},
                     {(uint8_t *)p->token, token.len},
                     {(uint8_t *)p->id, id.len}};
        assert_true(gc_keyed_id_is_of(&crypto, id, p->key, token));
        for (size_t part = 0; part < sizeof parts / sizeof parts[0]; part++) {
            for (uint32_t bit = 0; bit < 8 * parts[part].len; bit++) {
                parts[part].bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
                assert_false(gc_keyed_id_is_of(&crypto, id, p->key, token));
                parts[part].bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            }
        }
        assert_false(gc_keyed_id_is_of(&crypto, gc_span_of(p->id, id.len - 1), p->key, token));
        assert_false(gc_keyed_id_is_of(&crypto, GC_SPAN_NONE, p->key, token));
    }
}

/* What a server reads in the query of a socket, and decides by it. */
static void a_query_shows_the_right_or_not(void **state) {
    int list = vectors_get(&file, 0, "shown"), count = vectors_size(&file, list);
    char text[VECTOR_BYTES_MAX];
    gc_signal_query q;
    (void)state;
    assert_true(count >= 20);
    for (int i = 0, t = list + 1; i < count; i++, t = vectors_behind(&file, t)) {
        int right = vectors_get(&file, t, "right");
        uint32_t len = vectors_string(&file, vectors_get(&file, t, "query"), text);
        assert_int_equal(gc_signal_query_parse(gc_span_of(text, len), &q), 0);
        bool shown = q.has_gcid && gc_keyed_id_is_of(&crypto, gc_span_of(q.id, q.id_len), q.gcid,
                                                     gc_span_of(q.token, q.token_len));
        assert_int_equal(shown, file.text[file.tokens[right].start] == 't');
    }
}

static void a_table_that_refuses_gives_no_right(void **state) {
    gc_crypto refusing = {.hash = refuse_hash};
    const person *p = read_person(0);
    uint8_t th[GC_TOKEN_HASH_BYTES], id[GC_OWN_ID_CHARS] = {7};
    (void)state;
    assert_int_equal(gc_keyed_id_token_hash(&refusing, GC_SPAN("t"), th), GC_E_CRYPTO);
    assert_int_equal(gc_keyed_id_make(&refusing, p->key, p->th, id), GC_E_CRYPTO);
    assert_int_equal(id[0], 7);
    assert_false(gc_keyed_id_is_of(&refusing, text_span(p->id), p->key, text_span(p->token)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seed_and_token_make_key_and_id),
        cmocka_unit_test(an_id_has_our_form_or_not),
        cmocka_unit_test(every_character_counts),
        cmocka_unit_test(any_changed_bit_is_somebody_else),
        cmocka_unit_test(a_query_shows_the_right_or_not),
        cmocka_unit_test(a_table_that_refuses_gives_no_right),
    };
    return cmocka_run_group_tests_name("keyed_id", tests, load, unload);
}
