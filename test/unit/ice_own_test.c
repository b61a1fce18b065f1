#include "rtc/ice_own.h"
#include "test/unit/unit.h"

static void told_once(void **state) {
    (void)state;
    gc_ice_own o = {0};
    gc_ice_base bases[GC_ICE_BASES_MAX] = {0};
    gc_candidate c;
    assert_int_equal(gc_ice_own_next(&o, bases, &c), GC_ICE_BASES_MAX);
    bases[3].addr = (gc_addr){.family = 4, .ip = {10, 0, 0, 1}, .port = 9};
    assert_int_equal(gc_ice_own_next(&o, bases, &c), 3);
    assert_int_equal(c.type, GC_CANDIDATE_HOST);
    assert_memory_equal(&c.addr, &bases[3].addr, sizeof c.addr);
    assert_int_equal(c.priority, gc_candidate_priority(GC_CANDIDATE_HOST, 65535 - 3));
    assert_int_equal(gc_ice_own_next(&o, bases, &c), GC_ICE_BASES_MAX);
    bases[3].mapped = (gc_addr){.family = 4, .ip = {203, 0, 113, 1}, .port = 9};
    assert_int_equal(gc_ice_own_next(&o, bases, &c), 3);
    assert_int_equal(c.type, GC_CANDIDATE_SRFLX);
    assert_memory_equal(&c.addr, &bases[3].mapped, sizeof c.addr);
    assert_int_equal(c.related.family, 0);
    assert_memory_equal(c.foundation, "s3", 2);
    assert_int_equal(gc_ice_own_next(&o, bases, &c), GC_ICE_BASES_MAX);
    bases[3] = (gc_ice_base){.addr = {.family = 6, .ip = {0x20, 1}, .port = 9}};
    assert_int_equal(gc_ice_own_next(&o, bases, &c), GC_ICE_BASES_MAX);
    gc_ice_own_renew(&o, 3);
    assert_int_equal(gc_ice_own_next(&o, bases, &c), 3);
    assert_int_equal(c.addr.family, 6);
}

static void an_equal_address_is_not_told(void **state) {
    (void)state;
    gc_ice_own o = {0};
    gc_ice_base bases[GC_ICE_BASES_MAX] = {0};
    gc_candidate c;
    bases[0].addr = (gc_addr){.family = 4, .ip = {10, 0, 0, 1}, .port = 9};
    bases[0].mapped = bases[0].addr;
    bases[1].addr = (gc_addr){.family = 4, .ip = {10, 0, 0, 2}, .port = 9};
    assert_int_equal(gc_ice_own_next(&o, bases, &c), 0);
    assert_int_equal(gc_ice_own_next(&o, bases, &c), 1);
    assert_int_equal(gc_ice_own_next(&o, bases, &c), GC_ICE_BASES_MAX);
}

static void a_relayed_address_is_told_as_such(void **state) {
    (void)state;
    gc_ice_own o = {0};
    gc_ice_base bases[GC_ICE_BASES_MAX] = {0};
    gc_candidate c;
    bases[2] = (gc_ice_base){.addr = {.family = 4, .ip = {203, 0, 113, 5}, .port = 50000},
                             .type = GC_CANDIDATE_RELAY};
    assert_int_equal(gc_ice_own_next(&o, bases, &c), 2);
    assert_int_equal(c.type, GC_CANDIDATE_RELAY);
    assert_memory_equal(&c.addr, &bases[2].addr, sizeof c.addr);
    assert_int_equal(c.priority, (65535 - 2) * 256 + 255); /* the type adds nothing */
    assert_memory_equal(c.foundation, "r2", 2);
    assert_int_equal(c.related.family, 0); /* it would be the address that the relay hides */
    assert_int_equal(gc_ice_own_next(&o, bases, &c), GC_ICE_BASES_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(told_once),
        cmocka_unit_test(an_equal_address_is_not_told),
        cmocka_unit_test(a_relayed_address_is_told_as_such),
    };
    return RUN(tests);
}
