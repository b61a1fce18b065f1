/* core/base/crypto.h: each function of the host's table, against test/vectors/crypto.json (a second
 * implementation, and RFCs) and test/vectors/wycheproof.json. GC_CRYPTO_VECTORS names another file
 * of the first kind (make crypto-differential). */
#include "core/base/crypto.h"
#include "host/crypto.h"
#include "test/unit/unit.h"
#include "test/unit/vectors.h"

#define INPUTS_MAX 4

static gc_crypto crypto;
static uint8_t in[INPUTS_MAX][VECTOR_BYTES_MAX], expected[VECTOR_BYTES_MAX], out[VECTOR_BYTES_MAX];
static uint32_t in_len[INPUTS_MAX];

static int load(void **state) {
    (void)state;
    return gc_host_crypto(&crypto);
}

/* The index is that of `kinds` below. Returns what the function gave, and how much it wrote. */
static int call(size_t kind, uint32_t n, uint32_t *written) {
    void *c = crypto.context;
    switch (kind) {
    case 0:
        *written = n;
        return crypto.hash(c, out, n, in[0], in_len[0], in[1], in_len[1]);
    case 1:
        *written = GC_SHA512_BYTES;
        return crypto.sha512(c, out, in[0], in_len[0]);
    case 2:
        *written = 32;
        return crypto.sign_keypair(c, out, in[0]);
    case 3:
        *written = GC_SIGNATURE_BYTES;
        return crypto.sign(c, out, in[0], in_len[0], in[1], in[2]);
    case 4:
        *written = 0;
        return crypto.verify(c, in[0], in[1], in_len[1], in[2]);
    case 5:
        *written = in_len[0] + GC_SEAL_TAG_BYTES;
        return crypto.seal(c, out, in[0], in_len[0], in[1], in_len[1], in[2], in[3]);
    case 6:
        *written = in_len[0] < GC_SEAL_TAG_BYTES ? 0 : in_len[0] - GC_SEAL_TAG_BYTES;
        return crypto.open(c, out, in[0], in_len[0], in[1], in_len[1], in[2], in[3]);
    case 7:
        *written = GC_RISTRETTO_BYTES;
        return crypto.ristretto_from_hash(c, out, in[0]);
    case 8:
        *written = GC_RISTRETTO_BYTES;
        return crypto.scalar_reduce(c, out, in[0]);
    default:
        *written = GC_RISTRETTO_BYTES;
        return crypto.scalarmult(c, out, in[0], in[1]);
    }
}

static const char *const kinds[] = {
    "hash", "sha512", "sign_keypair",        "sign",          "verify",
    "seal", "open",   "ristretto_from_hash", "scalar_reduce", "scalarmult",
};
#define KINDS (sizeof kinds / sizeof kinds[0])

static size_t kind_of(const vectors *v, int token) {
    size_t kind = 0;
    while (kind < KINDS && !vectors_is(v, token, kinds[kind])) {
        kind++;
    }
    assert_true(kind < KINDS);
    return kind;
}

static void check_case(const vectors *v, int t, uint32_t done[KINDS], uint32_t refused[KINDS]) {
    int inputs = vectors_get(v, t, "in"), n = vectors_get(v, t, "n");
    size_t kind = kind_of(v, vectors_get(v, t, "f"));
    int count = vectors_size(v, inputs);
    assert_true(count <= INPUTS_MAX);
    for (int i = 0, at = inputs + 1; i < count; i++, at = vectors_behind(v, at)) {
        in_len[i] = vectors_hex(v, at, in[i]);
    }
    uint32_t written = 0, expected_len = vectors_hex(v, vectors_get(v, t, "out"), expected);
    bool ok = vectors_true(v, vectors_get(v, t, "ok"));
    int result = call(kind, n >= 0 ? (uint32_t)vectors_number(v, n) : 0, &written);
    assert_int_equal(result, ok ? 0 : -1);
    if (ok) {
        assert_span(gc_span_of(out, written), gc_span_of(expected, expected_len));
    }
    *(ok ? &done[kind] : &refused[kind]) += 1;
}

static void each_function_agrees_with_another_implementation(void **state) {
    const char *other = getenv("GC_CRYPTO_VECTORS");
    vectors v = vectors_load(other != NULL ? other : "test/vectors/crypto.json");
    uint32_t done[KINDS] = {0}, refused[KINDS] = {0};
    int list = vectors_get(&v, 0, "cases");
    (void)state;
    for (int i = 0, t = list + 1; i < vectors_size(&v, list); i++, t = vectors_behind(&v, t)) {
        check_case(&v, t, done, refused);
    }
    for (size_t kind = 0; kind < KINDS; kind++) {
        assert_true(done[kind] >= 5);
    }
    assert_true(refused[4] >= 5 && refused[6] >= 20 &&
                refused[9] >= 5); /* verify, open, scalarmult */
    vectors_free(&v);
}

static void wycheproof_signatures(void **state) {
    vectors v = vectors_load("test/vectors/wycheproof.json");
    static uint8_t key[VECTOR_BYTES_MAX], message[VECTOR_BYTES_MAX], signature[VECTOR_BYTES_MAX];
    int list = vectors_get(&v, 0, "ed25519"), good = 0, bad = 0;
    (void)state;
    for (int i = 0, t = list + 1; i < vectors_size(&v, list); i++, t = vectors_behind(&v, t)) {
        bool ok = vectors_true(&v, vectors_get(&v, t, "ok"));
        assert_int_equal(vectors_hex(&v, vectors_get(&v, t, "key"), key), 32);
        uint32_t len = vectors_hex(&v, vectors_get(&v, t, "msg"), message);
        if (vectors_hex(&v, vectors_get(&v, t, "sig"), signature) != GC_SIGNATURE_BYTES) {
            assert_false(ok); /* the table takes no other length */
            continue;
        }
        assert_int_equal(crypto.verify(crypto.context, signature, message, len, key), ok ? 0 : -1);
        *(ok ? &good : &bad) += 1;
    }
    assert_true(good >= 50 && bad >= 30);
    vectors_free(&v);
}

static void wycheproof_sealing(void **state) {
    vectors v = vectors_load("test/vectors/wycheproof.json");
    static uint8_t key[VECTOR_BYTES_MAX], nonce[VECTOR_BYTES_MAX], sealed[VECTOR_BYTES_MAX],
        opened[VECTOR_BYTES_MAX], ad[VECTOR_BYTES_MAX], message[VECTOR_BYTES_MAX];
    int list = vectors_get(&v, 0, "xchacha20_poly1305"), good = 0, bad = 0;
    (void)state;
    for (int i = 0, t = list + 1; i < vectors_size(&v, list); i++, t = vectors_behind(&v, t)) {
        bool ok = vectors_true(&v, vectors_get(&v, t, "ok"));
        assert_int_equal(vectors_hex(&v, vectors_get(&v, t, "key"), key), GC_SEAL_KEY_BYTES);
        assert_int_equal(vectors_hex(&v, vectors_get(&v, t, "iv"), nonce), GC_SEAL_NONCE_BYTES);
        uint32_t len = vectors_hex(&v, vectors_get(&v, t, "msg"), message);
        uint32_t ad_len = vectors_hex(&v, vectors_get(&v, t, "aad"), ad);
        uint32_t sealed_len = vectors_hex(&v, vectors_get(&v, t, "ct"), sealed);
        sealed_len += vectors_hex(&v, vectors_get(&v, t, "tag"), expected);
        memcpy(sealed + len, expected, GC_SEAL_TAG_BYTES);
        assert_int_equal(
            crypto.open(crypto.context, opened, sealed, sealed_len, ad, ad_len, nonce, key),
            ok ? 0 : -1);
        if (ok) {
            assert_memory_equal(opened, message, len);
            assert_int_equal(crypto.seal(crypto.context, out, message, len, ad, ad_len, nonce, key),
                             0);
            assert_memory_equal(out, sealed, sealed_len);
        }
        *(ok ? &good : &bad) += 1;
    }
    assert_true(good >= 150 && bad >= 50);
    vectors_free(&v);
}

static void lengths_out_of_bounds_are_refused(void **state) {
    uint8_t key[65] = {0};
    (void)state;
    assert_int_equal(crypto.hash(crypto.context, out, 15, key, 1, NULL, 0), -1);
    assert_int_equal(crypto.hash(crypto.context, out, 65, key, 1, NULL, 0), -1);
    assert_int_equal(crypto.hash(crypto.context, out, 64, key, 1, key, 65), -1);
    assert_int_equal(crypto.hash(crypto.context, out, 64, NULL, 0, key, 64), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_function_agrees_with_another_implementation),
        cmocka_unit_test(wycheproof_signatures),
        cmocka_unit_test(wycheproof_sealing),
        cmocka_unit_test(lengths_out_of_bounds_are_refused),
    };
    return cmocka_run_group_tests_name("crypto", tests, load, NULL);
}
