/* core/proto/own_id.c */
#include "core/proto/own_id.h"
#include "core/base/error.h"
#include "core/wire/keyed_id.h"
#include "host/crypto.h"
#include "test/unit/refusal.h"
#include "test/unit/unit.h"

static gc_crypto crypto;
static gc_drbg drbg;
static gc_own_id own;

static int setup(void **state) {
    static const uint8_t seed[32] = {4};
    (void)state;
    gc_drbg_init(&drbg, seed);
    memset(&own, 0, sizeof own);
    return gc_host_crypto(&crypto);
}

static void assert_fits(void) {
    uint8_t key[GC_SIGN_KEY_BYTES];
    gc_span id = gc_own_id_span(&own), token = gc_span_of(own.token, sizeof own.token);
    assert_true(own.keyed && gc_keyed_id_has_form(id));
    assert_int_equal(crypto.sign_keypair(crypto.context, key, own.seed), 0);
    assert_memory_equal(own.public_key, key, sizeof key);
    assert_true(gc_keyed_id_is_of(&crypto, id, own.public_key, token));
    for (uint32_t i = 0; i < sizeof own.token; i++) {
        assert_non_null(strchr("abcdefghijklmnopqrstuvwxyz234567", own.token[i]));
    }
}

static void all_of_it_is_drawn_anew(void **state) {
    gc_own_id before;
    (void)state;
    assert_int_equal(gc_own_id_span(&own).len, 0);
    assert_int_equal(gc_own_id_draw(&own, &crypto, &drbg), 0);
    assert_fits();
    before = own;
    assert_int_equal(gc_own_id_draw(&own, &crypto, &drbg), 0);
    assert_fits();
    assert_memory_not_equal(own.seed, before.seed, sizeof own.seed);
    assert_memory_not_equal(own.token, before.token, sizeof own.token);
    assert_memory_not_equal(own.id, before.id, sizeof own.id);
}

/* An entropy source that repeats itself gives the same person: nothing else is drawn from. */
static void the_same_chance_gives_the_same_person(void **state) {
    gc_own_id first;
    (void)state;
    assert_int_equal(gc_own_id_draw(&own, &crypto, &drbg), 0);
    first = own;
    setup(state);
    assert_int_equal(gc_own_id_draw(&own, &crypto, &drbg), 0);
    assert_memory_equal(&own, &first, sizeof own);
}

static void a_slot_has_its_id_and_no_key(void **state) {
    static const uint8_t zeros[GC_SIGN_KEY_BYTES];
    const char *slot = "yasc5eo4kketkcu6gedhrg5xki";
    uint8_t token[GC_OWN_TOKEN_CHARS];
    (void)state;
    assert_int_equal(gc_own_id_draw(&own, &crypto, &drbg), 0);
    gc_own_id_take(&own, &drbg, (const uint8_t *)slot);
    assert_span(gc_own_id_span(&own), text_span(slot));
    assert_false(own.keyed || gc_keyed_id_has_form(gc_own_id_span(&own)));
    assert_memory_equal(own.seed, zeros, sizeof zeros); /* the pair from before is forgotten */
    assert_memory_equal(own.public_key, zeros, sizeof zeros);
    memcpy(token, own.token, sizeof token);
    gc_own_id_take(&own, &drbg, (const uint8_t *)slot);
    assert_memory_not_equal(own.token, token, sizeof token);
}

static int refuse_keypair(void *context, uint8_t public_key[32], const uint8_t seed[32]) {
    (void)context, (void)public_key, (void)seed;
    return -1;
}

static void a_refusal_changes_nothing(void **state) {
    gc_crypto no_hash = crypto, no_keypair = crypto;
    gc_own_id before;
    (void)state;
    no_hash.hash = refuse_hash;
    no_keypair.sign_keypair = refuse_keypair;
    assert_int_equal(gc_own_id_draw(&own, &crypto, &drbg), 0);
    before = own;
    assert_int_equal(gc_own_id_draw(&own, &no_hash, &drbg), GC_E_CRYPTO);
    assert_int_equal(gc_own_id_draw(&own, &no_keypair, &drbg), GC_E_CRYPTO);
    assert_memory_equal(&own, &before, sizeof own);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(all_of_it_is_drawn_anew, setup),
        cmocka_unit_test_setup(the_same_chance_gives_the_same_person, setup),
        cmocka_unit_test_setup(a_slot_has_its_id_and_no_key, setup),
        cmocka_unit_test_setup(a_refusal_changes_nothing, setup),
    };
    return cmocka_run_group_tests_name("own_id", tests, NULL, NULL);
}
