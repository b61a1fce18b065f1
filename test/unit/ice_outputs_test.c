/* rtc/ice_outputs.c: the order in which an agent tells things, and that it tells each once. */
#include "core/base/timers.h"
#include "rtc/ice.h"
#include "test/unit/unit.h"

static gc_drbg drbg;
static gc_ice_gate gate;
static gc_ice ice;
static gc_ice_output out;

static void start(void) {
    const uint8_t seed[32] = {1};
    const gc_addr own = {.family = 4, .ip = {10, 0, 0, 1}, .port = 5000};
    gc_drbg_init(&drbg, seed);
    gate = (gc_ice_gate){0};
    gc_ice_gate_init(&gate, &drbg);
    gc_ice_init(
        &ice, 1000,
        &(gc_ice_config){.drbg = &drbg, .gate = &gate, .controlling = true, .expires_ms = 6000});
    assert_int_equal(gc_ice_add_base(&ice, 1000, 0, &own), 0);
}

static void candidates_come_before_checks(void **state) {
    (void)state;
    const gc_candidate c = {.addr = {.family = 4, .ip = {10, 0, 0, 2}, .port = 1}, .priority = 1};
    start();
    gc_ice_add_candidate(&ice, 1000, &c);
    gc_ice_remote(&ice, 1000, GC_SPAN("abcd"), GC_SPAN("0123456789012345678901"));
    assert_true(gc_ice_poll(&ice, &out));
    assert_int_equal(out.type, GC_ICE_CANDIDATE);
    assert_true(gc_ice_poll(&ice, &out));
    assert_int_equal(out.type, GC_ICE_SEND);
    assert_memory_equal(&out.addr, &c.addr, sizeof out.addr);
    assert_false(gc_ice_poll(&ice, &out));
}

static void the_end_is_told_once(void **state) {
    (void)state;
    start();
    gc_ice_tick(&ice, 6000);
    assert_true(gc_ice_poll(&ice, &out));
    assert_int_equal(out.type, GC_ICE_FAILED);
    assert_int_equal(out.reason, GC_REASON_TIMEOUT);
    assert_false(gc_ice_poll(&ice, &out));
    assert_true(gc_ice_deadline(&ice) == GC_NEVER);
}

static void a_restart_tells_candidates_again(void **state) {
    (void)state;
    start();
    gc_ice_remote(&ice, 1000, GC_SPAN("abcd"), GC_SPAN("0123456789012345678901"));
    assert_true(gc_ice_poll(&ice, &out));
    assert_false(gc_ice_poll(&ice, &out));
    assert_int_equal(gc_ice_restart(&ice, 1000), 0);
    assert_true(gc_ice_poll(&ice, &out));
    assert_int_equal(out.type, GC_ICE_CANDIDATE);
    assert_false(gc_ice_poll(&ice, &out));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(candidates_come_before_checks),
        cmocka_unit_test(the_end_is_told_once),
        cmocka_unit_test(a_restart_tells_candidates_again),
    };
    return RUN(tests);
}
