/* core/proto/auth.c: two ends of one link, and who sits between them */
#include "core/proto/auth.h"
#include "core/base/error.h"
#include "core/base/reason.h"
#include "core/base/timers.h"
#include "host/crypto.h"
#include "test/unit/refusal.h"
#include "test/unit/unit.h"

static gc_crypto crypto;

static int load(void **state) {
    (void)state;
    return gc_host_crypto(&crypto);
}

typedef struct end {
    gc_auth auth;
    gc_drbg random;
    uint8_t seed[GC_SIGN_KEY_BYTES], idpk[GC_SIGN_KEY_BYTES], th[GC_TOKEN_HASH_BYTES];
    uint8_t id[GC_OWN_ID_CHARS], fp[GC_FINGERPRINT_BYTES];
} end;

static end make_end(uint8_t n, gc_role role) {
    end e = {0};
    memset(e.seed, n, sizeof e.seed);
    memset(e.th, n + 1, sizeof e.th);
    memset(e.fp, n + 2, sizeof e.fp);
    gc_drbg_init(&e.random, e.seed);
    assert_int_equal(crypto.sign_keypair(crypto.context, e.idpk, e.seed), 0);
    assert_int_equal(gc_keyed_id_make(&crypto, e.idpk, e.th, e.id), 0);
    gc_auth_begin(&e.auth, role, &(gc_auth_self){e.th, e.idpk}, &e.random);
    return e;
}

static gc_keys keys_of(uint8_t n) {
    gc_keys k;
    uint8_t secret[GC_SECRET_BYTES];
    memset(secret, n, sizeof secret);
    assert_int_equal(gc_keys_derive(&k, &crypto, secret), 0);
    return k;
}

static uint32_t greet(end *e, const end *other) {
    uint8_t hello[GC_HELLO_BYTES];
    gc_auth_hello(&other->auth, hello);
    return gc_auth_greet(&e->auth, &crypto, gc_span_of(hello, sizeof hello),
                         gc_span_of(other->id, sizeof other->id));
}

static void bind(end *e, const gc_keys *k, const uint8_t *other_fp) {
    assert_int_equal(gc_auth_bind(&e->auth, &crypto, k->room, e->fp, other_fp, 1000), 0);
}

static uint32_t check(end *e, const end *other, const gc_keys *own_keys, const gc_keys *keys) {
    uint8_t auth[GC_AUTH_BYTES];
    assert_int_equal(gc_auth_prove(&other->auth, &crypto, keys, other->seed, auth), 0);
    return gc_auth_check(&e->auth, &crypto, own_keys, gc_span_of(auth, sizeof auth));
}

static void two_ends_verify_each_other(void **state) {
    end a = make_end(1, GC_ROLE_OFFERER), b = make_end(5, GC_ROLE_ANSWERER);
    gc_keys k = keys_of(7);
    (void)state;
    assert_int_equal(greet(&b, &a), GC_REASON_NONE);
    assert_int_equal(greet(&a, &b), GC_REASON_NONE);
    assert_int_equal(gc_auth_deadline(&a.auth), GC_NEVER);
    bind(&a, &k, b.fp);
    bind(&b, &k, a.fp);
    assert_int_equal(gc_auth_deadline(&a.auth), 1000 + GC_AUTH_MS);
    assert_int_equal(check(&a, &b, &k, &k), GC_REASON_NONE);
    assert_int_equal(a.auth.state, GC_AUTH_VERIFIED);
    assert_int_equal(check(&b, &a, &k, &k), GC_REASON_NONE); /* a verified end proves as well */
    assert_int_equal(b.auth.state, GC_AUTH_VERIFIED);
    assert_int_equal(gc_auth_deadline(&b.auth), GC_NEVER);
    assert_false(gc_auth_tick(&b.auth, GC_NEVER - 1));
}

static void each_begin_has_another_nonce(void **state) {
    end a = make_end(1, GC_ROLE_OFFERER);
    uint8_t first[GC_HELLO_BYTES], second[GC_HELLO_BYTES];
    (void)state;
    gc_auth_hello(&a.auth, first);
    gc_auth_begin(&a.auth, GC_ROLE_OFFERER, &(gc_auth_self){a.th, a.idpk}, &a.random);
    gc_auth_hello(&a.auth, second);
    assert_memory_equal(first, second, GC_HELLO_BYTES - GC_HELLO_NONCE_BYTES);
    assert_memory_not_equal(first + 66, second + 66, GC_HELLO_NONCE_BYTES);
}

/* The man in the middle has a link with each side, and its own certificate in both. */
static void swapped_certificates_are_noticed_by_both(void **state) {
    end a = make_end(1, GC_ROLE_OFFERER), b = make_end(5, GC_ROLE_ANSWERER);
    gc_keys k = keys_of(7);
    uint8_t middle[GC_FINGERPRINT_BYTES] = {99};
    (void)state;
    assert_int_equal(greet(&a, &b), GC_REASON_NONE);
    assert_int_equal(greet(&b, &a), GC_REASON_NONE);
    bind(&a, &k, middle);
    bind(&b, &k, middle);
    const end a_before = a;
    assert_int_equal(check(&a, &b, &k, &k), GC_REASON_AUTH_SECRET);
    assert_int_equal(check(&b, &a_before, &k, &k), GC_REASON_AUTH_SECRET);
    assert_int_equal(b.auth.state, GC_AUTH_FAILED);
    assert_int_equal(b.auth.reason, GC_REASON_AUTH_SECRET);
}

static void another_secret_is_noticed(void **state) {
    end a = make_end(1, GC_ROLE_OFFERER), b = make_end(5, GC_ROLE_ANSWERER);
    gc_keys k = keys_of(7), other = keys_of(8);
    (void)state;
    assert_int_equal(greet(&a, &b), GC_REASON_NONE);
    assert_int_equal(greet(&b, &a), GC_REASON_NONE);
    bind(&a, &k, b.fp);
    assert_int_equal(gc_auth_bind(&b.auth, &crypto, k.room, b.fp, a.fp, 0), 0);
    assert_int_equal(check(&a, &b, &k, &other), GC_REASON_AUTH_SECRET);
}

/* A holder of the link, together with the server: all is right but the key. */
static void whoever_poses_as_an_id_is_noticed(void **state) {
    end a = make_end(1, GC_ROLE_OFFERER), b = make_end(5, GC_ROLE_ANSWERER);
    end c = make_end(9, GC_ROLE_ANSWERER);
    gc_keys k = keys_of(7);
    (void)state;
    memcpy(c.id, b.id, sizeof c.id); /* its own HELLO under the id of another */
    assert_int_equal(greet(&a, &c), GC_REASON_AUTH_IDENTITY);
    assert_int_equal(a.auth.state, GC_AUTH_FAILED);
    a = make_end(1, GC_ROLE_OFFERER); /* the HELLO of another, without its seed */
    assert_int_equal(greet(&a, &b), GC_REASON_NONE);
    assert_int_equal(greet(&b, &a), GC_REASON_NONE);
    bind(&a, &k, b.fp);
    bind(&b, &k, a.fp);
    memcpy(b.seed, c.seed, sizeof b.seed);
    assert_int_equal(check(&a, &b, &k, &k), GC_REASON_AUTH_SIGNATURE);
}

static void ids_of_another_form_are_nobodys(void **state) {
    end a = make_end(1, GC_ROLE_OFFERER), b = make_end(5, GC_ROLE_ANSWERER);
    uint8_t hello[GC_HELLO_BYTES];
    (void)state;
    gc_auth_hello(&b.auth, hello);
    for (uint32_t len = 0; len < sizeof b.id; len++) {
        end fresh = a;
        assert_int_equal(gc_auth_greet(&fresh.auth, &crypto, gc_span_of(hello, sizeof hello),
                                       gc_span_of(b.id, len)),
                         GC_REASON_AUTH_IDENTITY);
    }
}

static void a_mirror_is_noticed(void **state) {
    end a = make_end(1, GC_ROLE_OFFERER), b = make_end(5, GC_ROLE_OFFERER);
    uint8_t hello[GC_HELLO_BYTES];
    (void)state;
    assert_int_equal(greet(&a, &b), GC_REASON_AUTH_PROTOCOL); /* the same role */
    for (uint32_t part = 0; part < 2; part++) {
        a = make_end(1, GC_ROLE_OFFERER);
        b = make_end(5, GC_ROLE_ANSWERER);
        if (part == 0) {
            b.auth.own.role = GC_ROLE_ANSWERER;
            memcpy(b.auth.own.nonce, a.auth.own.nonce, GC_HELLO_NONCE_BYTES);
        } else {
            b = make_end(1, GC_ROLE_ANSWERER); /* the same key */
            b.auth.own.nonce[0] ^= 1;
        }
        gc_auth_hello(&b.auth, hello);
        assert_int_equal(gc_auth_greet(&a.auth, &crypto, gc_span_of(hello, sizeof hello),
                                       gc_span_of(b.id, sizeof b.id)),
                         GC_REASON_AUTH_PROTOCOL);
    }
}

/* Every bit of a HELLO on its way: refused at once, or by AUTH. */
static void any_changed_bit_of_hello_is_noticed(void **state) {
    gc_keys k = keys_of(7);
    uint8_t hello[GC_HELLO_BYTES];
    uint32_t by_auth = 0;
    (void)state;
    const end first = make_end(1, GC_ROLE_OFFERER), second = make_end(5, GC_ROLE_ANSWERER);
    for (uint32_t bit = 0; bit < 8 * GC_HELLO_BYTES; bit++) {
        end a = first, b = second;
        gc_auth_hello(&b.auth, hello);
        hello[bit / 8] ^= (uint8_t)(1u << bit % 8);
        uint32_t reason = gc_auth_greet(&a.auth, &crypto, gc_span_of(hello, sizeof hello),
                                        gc_span_of(b.id, sizeof b.id));
        if (reason != GC_REASON_NONE) {
            assert_int_equal(reason, bit < 16 ? GC_REASON_AUTH_PROTOCOL : GC_REASON_AUTH_IDENTITY);
            continue;
        }
        assert_true(bit >= 8 * (GC_HELLO_BYTES - GC_HELLO_NONCE_BYTES));
        assert_int_equal(greet(&b, &a), GC_REASON_NONE);
        bind(&a, &k, b.fp);
        bind(&b, &k, a.fp);
        assert_int_equal(check(&a, &b, &k, &k), GC_REASON_AUTH_SECRET);
        by_auth++;
    }
    assert_int_equal(by_auth, 8 * GC_HELLO_NONCE_BYTES);
}

static void an_end_that_proves_nothing_is_given_up(void **state) {
    end a = make_end(1, GC_ROLE_OFFERER), b = make_end(5, GC_ROLE_ANSWERER);
    gc_keys k = keys_of(7);
    (void)state;
    assert_int_equal(greet(&a, &b), GC_REASON_NONE);
    assert_false(gc_auth_tick(&a.auth, 50000)); /* no channel is open yet */
    bind(&a, &k, b.fp);
    assert_false(gc_auth_tick(&a.auth, 1000 + GC_AUTH_MS - 1));
    assert_true(gc_auth_tick(&a.auth, 1000 + GC_AUTH_MS));
    assert_int_equal(a.auth.reason, GC_REASON_AUTH_TIMEOUT);
    assert_int_equal(gc_auth_deadline(&a.auth), GC_NEVER);
    assert_false(gc_auth_tick(&a.auth, 1000 + 2 * GC_AUTH_MS));
}

static void a_table_that_refuses_verifies_nobody(void **state) {
    end a = make_end(1, GC_ROLE_OFFERER), b = make_end(5, GC_ROLE_ANSWERER);
    gc_keys k = keys_of(7);
    gc_crypto refusing = crypto;
    uint8_t auth[GC_AUTH_BYTES] = {0};
    (void)state;
    refusing.hash = refuse_hash;
    assert_int_equal(greet(&a, &b), GC_REASON_NONE);
    assert_int_equal(gc_auth_bind(&a.auth, &refusing, k.room, a.fp, b.fp, 0), GC_E_CRYPTO);
    assert_int_equal(a.auth.state, GC_AUTH_GREETED);
    bind(&a, &k, b.fp);
    assert_int_equal(gc_auth_prove(&a.auth, &refusing, &k, a.seed, auth), GC_E_CRYPTO);
    assert_int_equal(gc_auth_check(&a.auth, &refusing, &k, gc_span_of(auth, sizeof auth)),
                     GC_REASON_AUTH_SECRET);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_ends_verify_each_other),
        cmocka_unit_test(each_begin_has_another_nonce),
        cmocka_unit_test(swapped_certificates_are_noticed_by_both),
        cmocka_unit_test(another_secret_is_noticed),
        cmocka_unit_test(whoever_poses_as_an_id_is_noticed),
        cmocka_unit_test(ids_of_another_form_are_nobodys),
        cmocka_unit_test(a_mirror_is_noticed),
        cmocka_unit_test(any_changed_bit_of_hello_is_noticed),
        cmocka_unit_test(an_end_that_proves_nothing_is_given_up),
        cmocka_unit_test(a_table_that_refuses_verifies_nobody),
    };
    return cmocka_run_group_tests_name("auth", tests, load, NULL);
}
