#include "test/unit/unit.h"

#include "rtc/ice_passenger.h"

static void each_check_has_the_newest(void **state) {
    (void)state;
    gc_ice_passenger p;
    gc_ice_passenger_init(&p);
    assert_span(gc_ice_passenger_ride(&p), GC_SPAN_NONE);
    assert_true(gc_ice_passenger_load(&p, GC_SPAN("one")));
    assert_span(gc_ice_passenger_ride(&p), GC_SPAN("one"));
    assert_span(gc_ice_passenger_ride(&p), GC_SPAN("one"));
    assert_true(gc_ice_passenger_load(&p, GC_SPAN("another")));
    assert_span(gc_ice_passenger_ride(&p), GC_SPAN("another"));
    gc_ice_passenger_unload(&p);
    assert_span(gc_ice_passenger_ride(&p), GC_SPAN_NONE);
}

static void one_that_is_too_long_stays_behind(void **state) {
    (void)state;
    for (uint32_t len = 0; len < GC_ICE_PASSENGER_BYTES_MAX + 2; len++) {
        gc_ice_passenger p;
        uint8_t *bytes = calloc(1, len + 1);
        assert_non_null(bytes);
        gc_ice_passenger_init(&p);
        gc_ice_passenger_load(&p, GC_SPAN("one"));
        bool fits = len > 0 && len <= GC_ICE_PASSENGER_BYTES_MAX;
        assert_int_equal(gc_ice_passenger_load(&p, gc_span_of(bytes, len)), fits);
        assert_int_equal(gc_ice_passenger_ride(&p).len, fits ? len : 0);
        free(bytes);
    }
}

static void rides_are_bounded(void **state) {
    (void)state;
    gc_ice_passenger p;
    uint32_t rides = 0;
    gc_ice_passenger_init(&p);
    for (int i = 0; i < 1000; i++) {
        gc_ice_passenger_load(&p, GC_SPAN("one")); /* a new one brings no new rides */
        rides += gc_ice_passenger_ride(&p).len > 0;
    }
    assert_int_equal(rides, GC_ICE_PASSENGER_RIDES_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_check_has_the_newest),
        cmocka_unit_test(one_that_is_too_long_stays_behind),
        cmocka_unit_test(rides_are_bounded),
    };
    return RUN(tests);
}
