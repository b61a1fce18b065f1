#include "test/unit/noun.h"

#include "core/proto/server_config.h"

static void what_is_not_chosen_has_its_default(void **state) {
    (void)state;
    gc_server_config c = gc_server_config_complete(&(gc_server_config){.concurrent_max = 10});
    assert_string_equal(c.key, "peerjs");
    assert_int_equal(c.concurrent_max, 10);
    assert_int_equal(c.connections_max, 10 + GC_SPARE_CONNECTIONS);
    assert_int_equal(c.alive_timeout_ms, GC_ALIVE_MS);
    assert_int_equal(c.queue_bytes_max, GC_QUEUE_BYTES_MAX);
    assert_true(gc_server_config_makes_sense(&c));
}

static void what_makes_no_sense_is_found(void **state) {
    (void)state;
    const gc_server_config bad[] = {
        {.connections_max = GC_CONNECTIONS_MAX + 1},
        {.concurrent_max = GC_CONNECTIONS_MAX + 1},
        {.message_bytes_max = 1000, .queue_bytes_max = 999},
        {.message_bytes_max = (1u << 24) + 1, .queue_bytes_max = 1u << 25},
        {.queue_bytes_max = 1u << 20, .memory_bytes_max = (1u << 21) - 1},
        {.memory_bytes_max = UINT64_MAX},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        gc_server_config c = gc_server_config_complete(&bad[i]);
        assert_false(gc_server_config_makes_sense(&c));
    }
}

static void a_client_is_pinged_three_times_before_it_is_silent(void **state) {
    (void)state;
    gc_server_config c = {.alive_timeout_ms = 3000};
    assert_int_equal(gc_server_config_ping_ms(&c), 1000);
    c.alive_timeout_ms = 1;
    assert_int_equal(gc_server_config_ping_ms(&c), 1);
    c.alive_timeout_ms = UINT32_MAX;
    assert_int_equal(gc_server_config_ping_ms(&c), GC_PING_MS_MAX);
}

static void connects_ahead_are_at_least_those_of_a_second(void **state) {
    (void)state;
    gc_server_config c = {.connects_per_second = 1, .per_address_max = 2};
    assert_int_equal(gc_server_config_connects_ahead(&c), 2 * GC_CONNECTS_AHEAD);
    c.connects_per_second = 1000000;
    assert_int_equal(gc_server_config_connects_ahead(&c), 1000000);
    c.connects_per_second = UINT32_MAX; /* any */
    assert_int_equal(gc_server_config_connects_ahead(&c), 2 * GC_CONNECTS_AHEAD);
    c.per_address_max = UINT32_MAX;
    assert_int_equal(gc_server_config_connects_ahead(&c), UINT32_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_chosen_has_its_default),
        cmocka_unit_test(what_makes_no_sense_is_found),
        cmocka_unit_test(a_client_is_pinged_three_times_before_it_is_silent),
        cmocka_unit_test(connects_ahead_are_at_least_those_of_a_second),
    };
    return RUN(tests);
}
