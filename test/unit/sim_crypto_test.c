/* sim/crypto.c: the stand-in refuses whatever was changed, or hostile worlds would prove nothing.
 */
#include "sim/crypto.h"
#include "test/unit/unit.h"

static gc_crypto crypto;

static int load(void **state) {
    (void)state;
    sim_crypto_init(&crypto);
    return 0;
}

typedef struct part {
    uint8_t *bytes;
    uint32_t len;
} part;

/* Calls `refused` with each bit of each part changed. */
static void flip_all(const part *parts, size_t count, bool (*refused)(void)) {
    assert_false(refused());
    for (size_t p = 0; p < count; p++) {
        for (uint32_t bit = 0; bit < 8 * parts[p].len; bit++) {
            parts[p].bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_true(refused());
            parts[p].bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
    assert_false(refused());
}

static uint8_t seed[32] = {1, 2, 3}, key[32], message[70] = "a message", signature[64];
static uint8_t nonce[24] = {4}, ad[20] = {5}, sealed[70 + GC_SEAL_TAG_BYTES], opened[70];

static bool signature_is_refused(void) {
    return crypto.verify(NULL, signature, message, sizeof message, key) != 0;
}

static void a_changed_bit_makes_a_signature_wrong(void **state) {
    const part parts[] = {{signature, 64}, {message, sizeof message}, {key, 32}};
    (void)state;
    assert_int_equal(crypto.sign_keypair(NULL, key, seed), 0);
    assert_int_equal(crypto.sign(NULL, signature, message, sizeof message, seed, key), 0);
    flip_all(parts, 3, signature_is_refused);
    assert_int_equal(crypto.verify(NULL, signature, message, sizeof message - 1, key), -1);
}

/* Whoever has seen signatures and the public key, and has the table, but not the seed. */
static void nobody_signs_without_the_seed(void **state) {
    uint8_t other[64], guess[32];
    (void)state;
    assert_int_equal(crypto.sign(NULL, signature, message, 1, seed, key), 0);
    for (unsigned i = 0; i < 3; i++) {
        memcpy(guess, i == 0 ? key : signature + 32 * (i - 1), 32);
        assert_int_equal(crypto.sign(NULL, other, message, 2, guess, key), 0);
        assert_int_equal(crypto.verify(NULL, other, message, 2, key), -1);
        memcpy(other, signature, 32); /* the part that hides the seed */
        assert_int_equal(crypto.verify(NULL, other, message, 2, key), -1);
    }
}

static bool seal_is_refused(void) {
    return crypto.open(NULL, opened, sealed, sizeof sealed, ad, sizeof ad, nonce, key) != 0;
}

static void a_changed_bit_opens_nothing(void **state) {
    const part parts[] = {{sealed, sizeof sealed}, {ad, sizeof ad}, {nonce, 24}, {key, 32}};
    (void)state;
    assert_int_equal(crypto.seal(NULL, sealed, message, sizeof message, ad, sizeof ad, nonce, key),
                     0);
    assert_int_equal(crypto.open(NULL, opened, sealed, sizeof sealed, ad, sizeof ad, nonce, key),
                     0);
    assert_memory_equal(opened, message, sizeof message);
    assert_memory_not_equal(sealed, message, sizeof message);
    flip_all(parts, 4, seal_is_refused);
    for (uint32_t len = 0; len < sizeof sealed; len++) {
        assert_int_equal(crypto.open(NULL, opened, sealed, len, ad, sizeof ad, nonce, key), -1);
    }
}

static void two_agree_on_an_element(void **state) {
    uint8_t hash[64], base[32], a[32], b[32], ab[32], ba[32], scalars[2][32];
    (void)state;
    for (uint8_t round = 1; round < 100; round++) {
        memset(hash, round, sizeof hash);
        assert_int_equal(crypto.ristretto_from_hash(NULL, base, hash), 0);
        for (uint8_t i = 0; i < 2; i++) {
            hash[0] = i;
            assert_int_equal(crypto.scalar_reduce(NULL, scalars[i], hash), 0);
        }
        assert_int_equal(crypto.scalarmult(NULL, a, scalars[0], base), 0);
        assert_int_equal(crypto.scalarmult(NULL, b, scalars[1], base), 0);
        assert_int_equal(crypto.scalarmult(NULL, ab, scalars[1], a), 0);
        assert_int_equal(crypto.scalarmult(NULL, ba, scalars[0], b), 0);
        assert_memory_equal(ab, ba, 32);
        for (uint32_t bit = 0; bit < 256; bit++) {
            a[bit / 8] ^= (uint8_t)(1u << bit % 8);
            if (crypto.scalarmult(NULL, ba, scalars[1], a) == 0) {
                assert_memory_not_equal(ab, ba, 32);
            }
            a[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
    memset(base, 0, sizeof base);
    for (uint8_t low = 0; low < 2; low++) { /* no element, and the identity */
        base[0] = low;
        assert_int_equal(crypto.scalarmult(NULL, a, scalars[0], base), -1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_changed_bit_makes_a_signature_wrong),
        cmocka_unit_test(nobody_signs_without_the_seed),
        cmocka_unit_test(a_changed_bit_opens_nothing),
        cmocka_unit_test(two_agree_on_an_element),
    };
    return cmocka_run_group_tests_name("sim_crypto", tests, load, NULL);
}
