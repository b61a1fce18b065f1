/* host/routes.c: what holds on any machine. */
#include "test/unit/unit.h"

#include "host/routes.h"

#define SIZE 32

static bool is_loopback(const gc_addr *a) {
    static const uint8_t one[16] = {[15] = 1};
    return a->family == 4 ? a->ip[0] == 127 : memcmp(a->ip, one, 16) == 0;
}

static void loopback_is_found_when_asked_for(void **state) {
    (void)state;
    gc_addr out[SIZE];
    uint32_t count = gc_routes_find(GC_ROUTES_LOOPBACK, out, SIZE);
    assert_in_range(count, 1, 2);
    for (uint32_t i = 0; i < count; i++) {
        assert_true(is_loopback(&out[i]));
        assert_int_equal(out[i].port, 0);
    }
    assert_int_equal(gc_routes_find(GC_ROUTES_LOOPBACK, out, 0), 0);
}

static void of_the_default_route_there_is_one_of_each_family(void **state) {
    (void)state;
    gc_addr out[SIZE];
    uint32_t count = gc_routes_find(GC_ROUTES_DEFAULT, out, SIZE);
    assert_in_range(count, 0, 2);
    assert_true(count < 2 || out[0].family != out[1].family);
    for (uint32_t i = 0; i < count; i++) {
        assert_false(is_loopback(&out[i]));
    }
}

static void all_addresses_begin_with_those_and_are_different(void **state) {
    (void)state;
    gc_addr some[SIZE], all[SIZE];
    uint32_t some_count = gc_routes_find(GC_ROUTES_DEFAULT, some, SIZE);
    uint32_t count = gc_routes_find(GC_ROUTES_ALL, all, SIZE);
    assert_true(count >= some_count);
    for (uint32_t i = 0; i < count; i++) {
        assert_false(is_loopback(&all[i]));
        if (i < some_count) {
            assert_memory_equal(&all[i], &some[i], sizeof all[i]);
        }
        for (uint32_t k = 0; k < i; k++) {
            assert_memory_not_equal(&all[i], &all[k], sizeof all[i]);
        }
    }
    assert_int_equal(gc_routes_find(GC_ROUTES_ALL, all, 1), count > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loopback_is_found_when_asked_for),
        cmocka_unit_test(of_the_default_route_there_is_one_of_each_family),
        cmocka_unit_test(all_addresses_begin_with_those_and_are_different),
    };
    return RUN(tests);
}
