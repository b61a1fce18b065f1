#include "test/unit/noun.h"

#include "core/base/mem.h"
#include "core/proto/addresses.h"
#include "core/proto/connections.h"

#define SLOTS 3

static const gc_connection_clock CLOCK = {.ping_ms = 10000, .alive_timeout_ms = 30000};

static gc_connections new_table(void) {
    static _Alignas(16) uint8_t memory[4096];
    memset(memory, 0, sizeof memory);
    gc_arena a;
    gc_arena_init(&a, memory, sizeof memory);
    gc_connections t = {0};
    gc_connections_init(&t, &a, SLOTS, &CLOCK);
    return t;
}

static uint32_t add(gc_connections *t, uint64_t now_ms) {
    return gc_connections_add(t, now_ms, GC_ADDRESS_NONE);
}

static void remove_one(gc_connections *t, uint32_t n) {
    gc_connections_end(t, n, 1000, GC_REASON_GONE, true);
    assert_int_equal(gc_connections_take_ended(t), n);
    gc_connections_at(t, n)->room = UINT32_MAX;
    gc_connections_free(t, n);
}

static void a_handle_names_slot_and_generation(void **state) {
    (void)state;
    gc_connections t = new_table();
    uint32_t n = add(&t, 1000);
    gc_conn first = gc_connections_conn(&t, n);
    assert_int_not_equal(first, GC_CONN_NONE);
    assert_int_equal(gc_conn_slot(first), n);
    assert_int_equal(gc_connections_find(&t, first), n);
    remove_one(&t, n);
    assert_int_equal(gc_connections_find(&t, first), GC_SLOT_NONE);
    assert_int_equal(add(&t, 1000), n);
    assert_int_not_equal(gc_connections_conn(&t, n), first);
    assert_int_equal(gc_connections_find(&t, first), GC_SLOT_NONE);
    gc_connections_check(&t);
}

static void a_handle_that_was_never_given_out_is_nobodys(void **state) {
    (void)state;
    gc_connections t = new_table();
    add(&t, 1000);
    const gc_conn made_up[] = {GC_CONN_NONE, 2, 1u << 20, 1u << 20 | 1, UINT32_MAX, 0xfffff};
    for (uint32_t i = 0; i < sizeof made_up / sizeof *made_up; i++) {
        assert_int_equal(gc_connections_find(&t, made_up[i]), GC_SLOT_NONE);
    }
}

static void the_slot_that_is_free_for_longest_is_used_again(void **state) {
    (void)state;
    gc_connections t = new_table();
    for (uint32_t i = 0; i < SLOTS; i++) {
        assert_int_equal(add(&t, 1000), i);
    }
    remove_one(&t, 2);
    remove_one(&t, 0);
    gc_connections_check(&t);
    assert_int_equal(t.count, 1);
    assert_int_equal(add(&t, 1000), 2);
    assert_int_equal(add(&t, 1000), 0);
    gc_connections_check(&t);
}

static void an_end_is_settled_once_and_told_once_more_when_it_is_hastened(void **state) {
    (void)state;
    gc_connections t = new_table();
    gc_server_output out = {0};
    uint32_t n = add(&t, 1000);
    assert_true(gc_connections_end(&t, n, 2000, GC_REASON_LEFT, false));
    assert_false(gc_connections_end(&t, n, 2000, GC_REASON_GONE, false));
    assert_int_equal(gc_connections_take_ended(&t), n);
    assert_int_equal(gc_connections_take_ended(&t), GC_SLOT_NONE);
    assert_int_equal(gc_connections_take_output(&t, &out), n);
    assert_int_equal(out.type, GC_SERVER_CLOSE);
    assert_false(out.now);
    assert_true(gc_connections_end(&t, n, 3000, GC_REASON_GONE, true));
    assert_int_equal(gc_connections_take_ended(&t), GC_SLOT_NONE);
    assert_int_equal(gc_connections_take_output(&t, &out), n);
    assert_true(out.now);
    assert_int_equal(out.reason, GC_REASON_LEFT); /* the first one counts */
    assert_int_equal(gc_connections_take_output(&t, &out), GC_SLOT_NONE);
    gc_connections_check(&t);
}

static void outputs_come_from_the_one_that_waited_longest(void **state) {
    (void)state;
    gc_connections t = new_table();
    gc_server_output out = {0};
    add(&t, 1000);
    add(&t, 1000);
    gc_connections_want(&t, 1, GC_PENDING_WRITE);
    gc_connections_want(&t, 0, GC_PENDING_PAUSE);
    gc_connections_want(&t, 0, GC_PENDING_RESUME); /* takes the pause back */
    assert_int_equal(gc_connections_take_output(&t, &out), 1);
    assert_int_equal(out.conn, gc_connections_conn(&t, 1));
    assert_int_equal(gc_connections_take_output(&t, &out), 0);
    assert_int_equal(out.type, GC_SERVER_RESUME);
    assert_int_equal(gc_connections_take_output(&t, &out), GC_SLOT_NONE);
}

static void a_late_tick_is_a_stall(void **state) {
    (void)state;
    gc_connections t = new_table();
    uint32_t n = add(&t, 1000);
    uint64_t due_ms = 1000 + GC_HANDSHAKE_MS;
    assert_int_equal(gc_connections_deadline(&t), due_ms);
    gc_connections_note_stall(&t, due_ms + GC_STALL_MS);
    assert_int_equal(t.clock.awake_ms, 0);
    gc_connections_note_stall(&t, due_ms + GC_STALL_MS + 1);
    assert_int_equal(t.clock.awake_ms, due_ms + GC_STALL_MS + 1);
    assert_false(gc_connections_due(&t, due_ms - 1, &n));
    assert_true(gc_connections_due(&t, due_ms, &n));
    assert_int_equal(n, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_handle_names_slot_and_generation),
        cmocka_unit_test(a_handle_that_was_never_given_out_is_nobodys),
        cmocka_unit_test(the_slot_that_is_free_for_longest_is_used_again),
        cmocka_unit_test(an_end_is_settled_once_and_told_once_more_when_it_is_hastened),
        cmocka_unit_test(outputs_come_from_the_one_that_waited_longest),
        cmocka_unit_test(a_late_tick_is_a_stall),
    };
    return RUN(tests);
}
