#include "rtc/ice_gate.h"
#include "test/unit/unit.h"

static gc_ice_gate gate;

static void start(void) {
    const uint8_t seed[32] = {7};
    gc_drbg d;
    gc_drbg_init(&d, seed);
    memset(&gate, 0, sizeof gate);
    gc_ice_gate_init(&gate, &d);
}

static gc_addr addr(uint32_t i) {
    return (gc_addr){.family = 4,
                     .ip = {203, 0, (uint8_t)(i >> 8), (uint8_t)i},
                     .port = (uint16_t)(1000 + (i >> 16))};
}

/* Somebody who asks each millisecond is let through as often as this in any second. */
static void twenty_in_any_second(void **state) {
    (void)state;
    start();
    const gc_addr victim = addr(1);
    uint64_t sent[4096];
    uint32_t count = 0;
    for (uint64_t now = 5; now < 60000; now++) {
        while (gc_ice_gate_free_ms(&gate, now, &victim) == now) {
            gc_ice_gate_spend(&gate, now, &victim, false);
            sent[count++] = now;
            assert_true(count < 4096);
        }
        if (now == 5) {
            assert_int_equal(count, GC_ICE_GATE_BURST);
        }
    }
    for (uint32_t i = 0; i + GC_ICE_GATE_PER_SECOND < count; i++) {
        assert_true(sent[i + GC_ICE_GATE_PER_SECOND] - sent[i] >= 1000);
    }
    assert_true(count > 500); /* and some pass */
}

/* Other datagrams share the rate with checks, and hold back no check to somewhere else. */
static void what_is_no_check_shares_the_rate(void **state) {
    (void)state;
    start();
    const gc_addr victim = addr(1), other = addr(2);
    for (uint32_t i = 0; i < GC_ICE_GATE_BURST; i++) {
        if (i % 2 == 0) {
            gc_ice_gate_spend(&gate, 1000, &victim, false);
        } else {
            assert_true(gc_ice_gate_pass(&gate, 1000, &victim));
        }
    }
    assert_false(gc_ice_gate_pass(&gate, 1000, &victim));
    uint64_t at = gc_ice_gate_free_ms(&gate, 1000, &victim);
    assert_int_equal(at, 1000 + GC_ICE_GATE_COST_MS); /* the refused one cost nothing */
    assert_true(gc_ice_gate_pass(&gate, at, &victim));
    assert_false(gc_ice_gate_pass(&gate, at, &victim));
    assert_true(gc_ice_gate_pass(&gate, at, &other));
    assert_int_equal(gc_ice_gate_floor_ms(&gate, at), at);
}

/* The time that is promised is the one at which it opens. */
static void opens_when_it_said(void **state) {
    (void)state;
    start();
    const gc_addr to = addr(1);
    for (uint32_t i = 0; i < GC_ICE_GATE_BURST; i++) {
        assert_int_equal(gc_ice_gate_free_ms(&gate, 1000, &to), 1000);
        gc_ice_gate_spend(&gate, 1000, &to, false);
    }
    uint64_t at = gc_ice_gate_free_ms(&gate, 1000, &to);
    assert_int_equal(at, 1000 + GC_ICE_GATE_COST_MS);
    assert_true(gc_ice_gate_free_ms(&gate, at - 1, &to) > at - 1);
    assert_int_equal(gc_ice_gate_free_ms(&gate, at, &to), at);
}

/* A hundred thousand other addresses in between give the victim nothing more: no place is lost. */
static void others_do_not_put_it_out(void **state) {
    (void)state;
    start();
    const gc_addr victim = addr(1);
    for (uint32_t i = 0; i < GC_ICE_GATE_BURST; i++) {
        gc_ice_gate_spend(&gate, 1000, &victim, false);
    }
    for (uint32_t i = 2; i < 100000; i++) {
        const gc_addr other = addr(i);
        if (gc_ice_gate_free_ms(&gate, 1000, &other) == 1000) {
            gc_ice_gate_spend(&gate, 1000, &other, false);
        }
    }
    assert_true(gc_ice_gate_free_ms(&gate, 1000, &victim) > 1000);
}

static void answered_ones_keep_the_floor_alone(void **state) {
    (void)state;
    start();
    const gc_addr to = addr(1);
    for (uint32_t i = 0; i < 1000; i++) {
        gc_ice_gate_spend(&gate, 1000, &to, true);
    }
    assert_int_equal(gc_ice_gate_free_ms(&gate, 1000, &to), 1000);
    assert_int_equal(gc_ice_gate_floor_ms(&gate, 1000), 1000 + GC_ICE_GATE_FLOOR_MS);
    assert_int_equal(gc_ice_gate_floor_ms(&gate, 2000), 2000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twenty_in_any_second),
        cmocka_unit_test(what_is_no_check_shares_the_rate),
        cmocka_unit_test(opens_when_it_said),
        cmocka_unit_test(others_do_not_put_it_out),
        cmocka_unit_test(answered_ones_keep_the_floor_alone),
    };
    return RUN(tests);
}
