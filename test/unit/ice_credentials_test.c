#include "rtc/ice_credentials.h"
#include "core/base/error.h"
#include "test/unit/unit.h"

#define PWD "0123456789012345678901"

static void made_at_random(void **state) {
    (void)state;
    const uint8_t seed[32] = {3};
    gc_drbg d;
    gc_drbg_init(&d, seed);
    uint8_t seen[256] = {0};
    gc_ice_credentials c, last = {0};
    for (uint32_t i = 0; i < 200; i++) {
        memset(&c, 0, sizeof c);
        assert_false(gc_ice_credentials_known(&c));
        gc_ice_credentials_make(&c, &d);
        assert_true(gc_ice_credentials_known(&c));
        assert_int_equal(gc_ice_credentials_ufrag(&c).len, GC_ICE_UFRAG_CHARS);
        assert_int_equal(gc_ice_credentials_pwd(&c).len, GC_ICE_PWD_CHARS);
        assert_memory_not_equal(c.ufrag, last.ufrag, GC_ICE_UFRAG_CHARS);
        assert_memory_not_equal(c.pwd, last.pwd, GC_ICE_PWD_CHARS);
        for (uint32_t k = 0; k < GC_ICE_PWD_CHARS; k++) {
            seen[c.pwd[k]] = 1;
        }
        gc_ice_credentials copy = {0}; /* what we make others take */
        assert_int_equal(
            gc_ice_credentials_set(&copy, gc_ice_credentials_ufrag(&c), gc_ice_credentials_pwd(&c)),
            0);
        last = c;
    }
    uint32_t kinds = 0;
    for (uint32_t i = 0; i < 256; i++) {
        kinds += seen[i];
    }
    assert_int_equal(kinds, 64);
}

static void of_a_remote(void **state) {
    (void)state;
    char longest[GC_ICE_CREDENTIAL_MAX + 2] = {0};
    memset(longest, 'x', GC_ICE_CREDENTIAL_MAX + 1);
    const gc_span max = gc_span_of(longest, GC_ICE_CREDENTIAL_MAX);
    const gc_span over = gc_span_of(longest, GC_ICE_CREDENTIAL_MAX + 1);
    gc_ice_credentials c = {0}, untouched = {0};
    assert_int_equal(gc_ice_credentials_set(&c, GC_SPAN("abc"), GC_SPAN(PWD)), GC_E_SYNTAX);
    assert_int_equal(gc_ice_credentials_set(&c, GC_SPAN_NONE, GC_SPAN(PWD)), GC_E_SYNTAX);
    assert_int_equal(gc_ice_credentials_set(&c, over, GC_SPAN(PWD)), GC_E_SYNTAX);
    assert_int_equal(gc_ice_credentials_set(&c, GC_SPAN("abcd"), over), GC_E_SYNTAX);
    assert_int_equal(gc_ice_credentials_set(&c, GC_SPAN("abcd"), gc_span_of(PWD, 21)), GC_E_SYNTAX);
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint8_t ufrag[4] = {'a', 'b', 'c', (uint8_t)byte};
        bool good = strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
                           (int)byte) != NULL &&
                    byte != 0;
        gc_ice_credentials other = {0};
        assert_int_equal(gc_ice_credentials_set(&other, gc_span_of(ufrag, 4), GC_SPAN(PWD)),
                         good ? 0 : GC_E_SYNTAX);
    }
    assert_memory_equal(&c, &untouched, sizeof c);
    assert_int_equal(gc_ice_credentials_set(&c, max, max), 0);
    assert_span(gc_ice_credentials_ufrag(&c), max);
    assert_span(gc_ice_credentials_pwd(&c), max);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_at_random),
        cmocka_unit_test(of_a_remote),
    };
    return RUN(tests);
}
