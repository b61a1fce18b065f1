#include "core/base/drbg.h"
#include "test/unit/unit.h"

/* RFC 8439 A.1, test vectors 1 to 4: those with a nonce of zeros. The key stream of a request
 * begins with the next key and goes on with the output. */
static void the_key_stream_is_chacha20_of_the_rfc(void **state) {
    (void)state;
    static const struct {
        uint8_t place, value; /* the one byte of the key that is not zero */
        uint32_t counter;
        const char *block;
    } vectors[] = {
        {0, 0, 0,
         "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
         "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586"},
        {0, 0, 1,
         "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"
         "29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f"},
        {31, 1, 1,
         "3aeb5224ecf849929b9d828db1ced4dd832025e8018b8160b82284f3c949aa5a"
         "8eca00bbb4a73bdad192b5c42f73f2fd4e273644c8b36125a64addeb006c13a0"},
        {1, 0xff, 2,
         "72d54dfbf12ec44b362692df94137f328fea8da73990265ec1bbbea1ae9af0ca"
         "13b25aa26cb4a648cb9b9d1be65b2c0924a66c54d545ec1b7374f4872e99f096"},
    };
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        uint8_t seed[32] = {0}, stream[3 * 64], want[64];
        gc_drbg d;
        seed[vectors[i].place] = vectors[i].value;
        gc_drbg_init(&d, seed);
        gc_drbg_bytes(&d, stream + sizeof d.key, sizeof stream - sizeof d.key);
        memcpy(stream, d.key, sizeof d.key);
        assert_int_equal(from_hex(vectors[i].block, want), 64);
        assert_memory_equal(stream + 64 * vectors[i].counter, want, 64);
    }
}

/* The first request with a zero seed gives RFC 8439 A.1 vector 1 after its 32nd byte, then vector
 * 2; the second uses vector 1's first 32 bytes as its key (made by openssl enc -chacha20). */
static void outputs_come_after_the_next_key(void **state) {
    (void)state;
    static const uint8_t seed[32];
    uint8_t out[96], want[96];
    gc_drbg d;
    gc_drbg_init(&d, seed);
    gc_drbg_bytes(&d, out, 96);
    from_hex("da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586"
             "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"
             "29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f",
             want);
    assert_memory_equal(out, want, 96);
    from_hex("76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7", want);
    uint8_t next_key[32];
    memcpy(next_key, want, 32);
    assert_memory_equal(d.key, next_key, 32);
    gc_drbg_bytes(&d, out, 32);
    from_hex("afbdad2845b93cdbb2fe6463d2fe162adae0f6e676f0494218f5ce0596e79f5c", want);
    assert_memory_equal(out, want, 32);
}

static void any_length_is_a_prefix_of_the_longest(void **state) {
    (void)state;
    static const uint8_t seed[32] = "one seed for all of the lengths";
    static uint8_t longest[4096], out[4097];
    gc_drbg d;
    gc_drbg_init(&d, seed);
    gc_drbg_bytes(&d, longest, 4096);
    uint8_t key[32];
    memcpy(key, d.key, 32);
    for (uint32_t len = 0; len <= 4096; len += len < 200 ? 1 : 974) {
        memset(out, 0x5a, sizeof out);
        gc_drbg_init(&d, seed);
        gc_drbg_bytes(&d, out, len);
        assert_memory_equal(out, longest, len);
        assert_int_equal(out[len], 0x5a);
        assert_memory_equal(d.key, key, 32);
    }
}

static void below_is_in_bounds_and_even(void **state) {
    (void)state;
    static const uint8_t seed[32] = {7};
    gc_drbg d;
    gc_drbg_init(&d, seed);
    uint32_t seen[6] = {0};
    for (int i = 0; i < 60000; i++) {
        uint32_t v = gc_drbg_below(&d, 6);
        assert_in_range(v, 0, 5);
        seen[v]++;
    }
    for (int i = 0; i < 6; i++) {
        assert_in_range(seen[i], 9500, 10500); /* more than 5 deviations wide */
    }
    assert_int_equal(gc_drbg_below(&d, 1), 0);
    uint32_t high = 0;
    for (int i = 0; i < 3000; i++) { /* modulo alone would give 2 of 3 below 2^30 */
        high += gc_drbg_below(&d, 3u << 30) >= 1u << 30;
    }
    assert_in_range(high, 1850, 2150);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_key_stream_is_chacha20_of_the_rfc),
        cmocka_unit_test(outputs_come_after_the_next_key),
        cmocka_unit_test(any_length_is_a_prefix_of_the_longest),
        cmocka_unit_test(below_is_in_bounds_and_even),
    };
    return RUN(tests);
}
