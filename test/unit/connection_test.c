#include "test/unit/noun.h"

#include "core/base/timers.h"
#include "core/proto/addresses.h"
#include "core/proto/connection.h"

static const gc_connection_clock CLOCK = {.ping_ms = 10, .alive_timeout_ms = 30};

static void each_state_has_its_deadline(void **state) {
    (void)state;
    gc_connection c = {0};
    gc_connection_clock stopping = {.stopping = true};
    assert_true(gc_connection_deadline(&c, &CLOCK) == GC_NEVER);
    gc_connection_start(&c, 1000, GC_ADDRESS_NONE);
    assert_int_equal(gc_connection_deadline(&c, &CLOCK), 1000 + GC_HANDSHAKE_MS);
    c.state = GC_CONNECTION_WAITING;
    c.pinged_ms = 1000;
    assert_int_equal(gc_connection_deadline(&c, &CLOCK), 1000 + GC_TAKEOVER_MEASURE_MS);
    assert_int_equal(gc_connection_waited_ms(&c, &CLOCK), 1000 + GC_TAKEOVER_WAIT_MS);
    c.pinged_ms = 500 + GC_TAKEOVER_WAIT_MS; /* once more at the end of the wait, and after it */
    assert_int_equal(gc_connection_deadline(&c, &CLOCK), 1000 + GC_TAKEOVER_WAIT_MS);
    c.pinged_ms = 1000 + GC_TAKEOVER_WAIT_MS;
    assert_int_equal(gc_connection_deadline(&c, &CLOCK), c.pinged_ms + GC_TAKEOVER_MEASURE_MS);
    c.pinged_ms = 0;
    c.state = GC_CONNECTION_OPEN;
    c.last_ms = 2000;
    assert_int_equal(gc_connection_deadline(&c, &CLOCK), 2010);
    c.pinged_ms = 2025; /* the next ping would come after the end */
    assert_int_equal(gc_connection_deadline(&c, &CLOCK), 2030);
    c.state = GC_CONNECTION_CLOSING;
    assert_int_equal(gc_connection_deadline(&c, &CLOCK), 1000 + GC_CLOSING_MS);
    assert_int_equal(gc_connection_deadline(&c, &stopping), 1000 + GC_SHUTDOWN_MS);
    c.now = true;
    assert_true(gc_connection_deadline(&c, &CLOCK) == GC_NEVER);
}

static void after_a_stall_there_is_time_for_a_sign_of_life(void **state) {
    (void)state;
    gc_connection c = {.state = GC_CONNECTION_OPEN, .last_ms = 1000};
    gc_connection_clock clock = CLOCK;
    clock.awake_ms = 9000;
    assert_int_equal(gc_connection_silent_ms(&c, &CLOCK), 1030);
    assert_int_equal(gc_connection_silent_ms(&c, &clock), 9000 + GC_STALL_GRACE_MS);
}

/* A pause ends in each state but closing, and what it held up gets its time again. */
static void a_paused_connection_is_due_when_its_budget_is(void **state) {
    (void)state;
    const uint8_t states[] = {GC_CONNECTION_READING, GC_CONNECTION_WAITING, GC_CONNECTION_OPEN};
    for (uint32_t i = 0; i < 3; i++) {
        gc_connection c = {0};
        gc_connection_start(&c, 1000, GC_ADDRESS_NONE);
        c.state = states[i];
        assert_false(gc_connection_charge(&c, 1, 1000, 10));
        assert_true(gc_connection_charge(&c, 1, 1000, 5));
        assert_false(gc_connection_charge(&c, 1, 1000, 1)); /* it is paused already */
        uint64_t due = gc_connection_deadline(&c, &CLOCK);
        if (states[i] == GC_CONNECTION_WAITING) {
            assert_int_equal(due, GC_TAKEOVER_MEASURE_MS);
            due = 7100;
        }
        assert_int_equal(due, 7100);
        assert_false(gc_connection_resume(&c, due - 1));
        assert_true(gc_connection_resume(&c, due));
        assert_false(c.paused);
        if (states[i] == GC_CONNECTION_READING) {
            assert_int_equal(gc_connection_deadline(&c, &CLOCK), due + GC_HANDSHAKE_MS);
        }
        c.state = GC_CONNECTION_CLOSING;
        assert_false(gc_connection_charge(&c, 1, due, 1000));
    }
}

static void a_stalled_connection_is_due_when_its_time_is_over(void **state) {
    (void)state;
    gc_connection_clock clock = {.ping_ms = 1000, .alive_timeout_ms = 3000};
    gc_connection c = {.state = GC_CONNECTION_OPEN, .last_ms = 100};
    gc_server_output out = {0};
    gc_connection_stall(&c, 500);
    assert_int_equal(gc_connection_deadline(&c, &clock), 500);
    gc_connection_want(&c, GC_PENDING_PAUSE);
    gc_connection_take_output(&c, &out);
    assert_true(out.type == GC_SERVER_PAUSE && out.now);
    assert_false(gc_connection_resume(&c, 499));
    assert_true(gc_connection_resume(&c, 500));
    assert_int_equal(gc_connection_deadline(&c, &clock), 1500);
    gc_connection_stall(&c, 900);
    for (uint32_t i = 0; i < 20; i++) { /* over its rate besides: whichever is later */
        gc_connection_charge(&c, 1, 600, 1);
    }
    gc_connection_unstall(&c);
    assert_false(gc_connection_resume(&c, 900));
    assert_in_range(gc_connection_deadline(&c, &clock), 9000, 12000);
    gc_connection_want(&c, GC_PENDING_PAUSE);
    gc_connection_take_output(&c, &out);
    assert_true(out.type == GC_SERVER_PAUSE && !out.now);
}

static void outputs_come_in_their_order(void **state) {
    (void)state;
    gc_connection c = {.state = GC_CONNECTION_CLOSING, .reason = GC_REASON_LEFT};
    gc_server_output out = {0};
    c.pending = GC_PENDING_CLOSE | GC_PENDING_WRITE | GC_PENDING_PAUSE;
    gc_connection_take_output(&c, &out);
    assert_int_equal(out.type, GC_SERVER_PAUSE);
    gc_connection_take_output(&c, &out);
    assert_int_equal(out.type, GC_SERVER_WRITE);
    gc_connection_take_output(&c, &out);
    assert_int_equal(out.type, GC_SERVER_CLOSE);
    assert_int_equal(out.reason, GC_REASON_LEFT);
    assert_int_equal(c.pending, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_state_has_its_deadline),
        cmocka_unit_test(after_a_stall_there_is_time_for_a_sign_of_life),
        cmocka_unit_test(a_paused_connection_is_due_when_its_budget_is),
        cmocka_unit_test(a_stalled_connection_is_due_when_its_time_is_over),
        cmocka_unit_test(outputs_come_in_their_order),
    };
    return RUN(tests);
}
