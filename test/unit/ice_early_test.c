#include "rtc/ice_early.h"
#include "test/unit/unit.h"

static gc_addr addr(uint16_t port) {
    return (gc_addr){.family = 4, .ip = {198, 51, 100, 1}, .port = port};
}

static void the_first_ones_are_remembered(void **state) {
    (void)state;
    gc_ice_early e = {0};
    gc_ice_early_remote out;
    for (uint16_t i = 0; i < 1000; i++) {
        gc_addr from = addr(i);
        gc_ice_early_put(&e, i % 3, &from, 7u + i, false);
        assert_true(gc_ice_early_has(&e, i % 3, &from) == (i < GC_ICE_EARLY_MAX));
        assert_false(gc_ice_early_has(&e, (i + 1) % 3, &from));
    }
    uint32_t ports = 0;
    for (uint32_t i = 0; i < GC_ICE_EARLY_MAX; i++) {
        assert_true(gc_ice_early_take(&e, &out));
        assert_int_equal(out.priority, 7 + out.from.port);
        assert_int_equal(out.base, out.from.port % 3);
        ports |= 1u << out.from.port;
    }
    assert_int_equal(ports, (1u << GC_ICE_EARLY_MAX) - 1);
    assert_false(gc_ice_early_take(&e, &out));
}

static void a_wish_is_kept(void **state) {
    (void)state;
    gc_ice_early e = {0};
    gc_ice_early_remote out;
    gc_addr from = addr(9);
    gc_ice_early_put(&e, 0, &from, 1, false);
    gc_ice_early_put(&e, 0, &from, 2, true);
    gc_ice_early_put(&e, 0, &from, 3, false);
    assert_true(gc_ice_early_take(&e, &out));
    assert_true(out.wanted && out.priority == 1);
    assert_false(gc_ice_early_take(&e, &out));
}

static void those_of_a_base_are_forgotten(void **state) {
    (void)state;
    gc_ice_early e = {0};
    for (uint16_t i = 0; i < GC_ICE_EARLY_MAX; i++) {
        gc_addr from = addr(i);
        gc_ice_early_put(&e, i % 2, &from, 1, false);
    }
    gc_ice_early_forget(&e, 1);
    for (uint16_t i = 0; i < GC_ICE_EARLY_MAX; i++) {
        gc_addr from = addr(i);
        assert_true(gc_ice_early_has(&e, i % 2, &from) == (i % 2 == 0));
    }
    assert_int_equal(e.count, GC_ICE_EARLY_MAX / 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_ones_are_remembered),
        cmocka_unit_test(a_wish_is_kept),
        cmocka_unit_test(those_of_a_base_are_forgotten),
    };
    return RUN(tests);
}
