#include "test/unit/noun.h"

#include "core/base/timers.h"
#include "core/proto/addresses.h"
#include "core/proto/connection.h"

static const gc_connection_clock CLOCK = {.ping_ms = 10, .alive_timeout_ms = 30};

static void a_handle_names_slot_and_generation(void **state) {
    (void)state;
    assert_int_equal(gc_conn_slot(gc_conn_of(0, 0)), 0);
    assert_int_equal(gc_conn_slot(gc_conn_of(GC_CONNECTIONS_MAX - 1, 7)), GC_CONNECTIONS_MAX - 1);
    assert_int_not_equal(gc_conn_of(3, 1), gc_conn_of(3, 2));
    assert_int_not_equal(gc_conn_of(0, 0), GC_CONN_NONE);
}

static void each_state_has_its_deadline(void **state) {
    (void)state;
    gc_connection c = {0};
    gc_connection_clock stopping = {.stopping = true};
    assert_true(gc_connection_deadline(&c, &CLOCK) == GC_NEVER);
    gc_connection_start(&c, 1000, GC_ADDRESS_NONE);
    assert_int_equal(gc_connection_deadline(&c, &CLOCK), 1000 + GC_HANDSHAKE_MS);
    c.state = GC_CONNECTION_WAITING;
    assert_int_equal(gc_connection_deadline(&c, &CLOCK), 1000 + GC_TAKEOVER_WAIT_MS);
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

static void half_of_a_queue_is_for_others_unless_its_reader_is_slow(void **state) {
    (void)state;
    gc_connection c = {.state = GC_CONNECTION_OPEN, .took_ms = 1000};
    assert_true(gc_connection_takes(&c, 100, 1000, 1000)); /* a single one always passes */
    c.queue.len = 40;
    assert_true(gc_connection_takes(&c, 100, 1000, 10));
    assert_false(gc_connection_takes(&c, 100, 1000, 11));
    assert_true(gc_connection_takes(&c, 100, 1000 + GC_SLOW_MS, 11));
}

static void outputs_come_in_their_order(void **state) {
    (void)state;
    gc_connection c = {.state = GC_CONNECTION_CLOSING, .reason = GC_REASON_LEFT};
    gc_server_output out = {0};
    c.queue.len = 1;
    c.pending = GC_PENDING_CLOSE | GC_PENDING_WRITE | GC_PENDING_PAUSE;
    assert_true(gc_connection_take_output(&c, &out));
    assert_int_equal(out.type, GC_SERVER_PAUSE);
    assert_true(gc_connection_take_output(&c, &out));
    assert_int_equal(out.type, GC_SERVER_WRITE);
    c.pending |= GC_PENDING_WRITE; /* WRITE is given once until all was sent */
    assert_false(gc_connection_take_output(&c, &out));
    assert_true(gc_connection_take_output(&c, &out));
    assert_int_equal(out.type, GC_SERVER_CLOSE);
    assert_int_equal(out.reason, GC_REASON_LEFT);
    assert_int_equal(c.pending, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_handle_names_slot_and_generation),
        cmocka_unit_test(each_state_has_its_deadline),
        cmocka_unit_test(after_a_stall_there_is_time_for_a_sign_of_life),
        cmocka_unit_test(half_of_a_queue_is_for_others_unless_its_reader_is_slow),
        cmocka_unit_test(outputs_come_in_their_order),
    };
    return RUN(tests);
}
