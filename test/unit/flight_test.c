#include "test/unit/noun.h"

#include "core/proto/flight.h"

static gc_span pong_of(const gc_flight *f) {
    static uint8_t payload[8];
    gc_span ping = gc_flight_ping(f);
    assert_true(ping.len <= sizeof payload);
    memcpy(payload, ping.data, ping.len);
    return gc_span_of(payload, ping.len);
}

static void who_answers_has_only_so_much_under_way(void **state) {
    (void)state;
    gc_flight f = {0};
    gc_flight_mark(&f, 3);
    assert_true(gc_flight_has_room(&f)); /* nothing is known yet */
    assert_true(gc_flight_answer(&f, pong_of(&f)));
    assert_false(gc_flight_put(&f, GC_FLIGHT_MARK_BYTES - GC_FLIGHT_PIECE));
    assert_true(gc_flight_put(&f, 1));
    gc_flight_mark(&f, 3);
    assert_false(gc_flight_put(&f, GC_FLIGHT_BYTES - GC_FLIGHT_MARK_BYTES - 2 * GC_FLIGHT_PIECE));
    assert_true(gc_flight_has_room(&f));
    assert_false(gc_flight_put(&f, 1));
    assert_false(gc_flight_has_room(&f));
    assert_true(gc_flight_answer(&f, pong_of(&f)));
    assert_true(gc_flight_has_room(&f));
    assert_true(gc_flight_put(&f, 0)); /* the next mark, for what came after the last one */
}

static void who_never_answers_has_no_limit(void **state) {
    (void)state;
    gc_flight f = {0};
    gc_flight_mark(&f, 3);
    for (uint32_t i = 0; i < 20; i++) {
        assert_false(gc_flight_put(&f, UINT32_MAX / 3)); /* and the count does not wrap */
        assert_true(gc_flight_has_room(&f));
    }
    assert_true(gc_flight_answer(&f, pong_of(&f)));
    assert_false(gc_flight_has_room(&f));
}

static void who_is_not_read_has_no_limit_meanwhile(void **state) {
    (void)state;
    gc_flight f = {0};
    gc_flight_mark(&f, 3);
    assert_true(gc_flight_answer(&f, pong_of(&f)));
    gc_flight_put(&f, GC_FLIGHT_BYTES);
    gc_flight_hear(&f, false);
    assert_true(gc_flight_has_room(&f));
    gc_flight_hear(&f, true);
    assert_false(gc_flight_has_room(&f));
}

static void only_the_mark_under_way_is_answered(void **state) {
    (void)state;
    gc_flight f = {0};
    uint8_t old[4] = {0};
    assert_int_equal(gc_flight_ping(&f).len, 0);
    assert_false(gc_flight_answer(&f, gc_span_of(old, 1)));
    gc_span mark = gc_flight_mark(&f, 3);
    assert_int_equal(mark.len, 1);
    old[0] = mark.data[0];
    assert_false(gc_flight_answer(&f, GC_SPAN_NONE));
    assert_false(gc_flight_answer(&f, gc_span_of(old, 2)));
    assert_true(gc_flight_answer(&f, gc_span_of(old, 1)));
    assert_false(gc_flight_answer(&f, gc_span_of(old, 1)));
    gc_flight_mark(&f, 3);
    assert_false(gc_flight_answer(&f, gc_span_of(old, 1)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_answers_has_only_so_much_under_way),
        cmocka_unit_test(who_never_answers_has_no_limit),
        cmocka_unit_test(who_is_not_read_has_no_limit_meanwhile),
        cmocka_unit_test(only_the_mark_under_way_is_answered),
    };
    return RUN(tests);
}
