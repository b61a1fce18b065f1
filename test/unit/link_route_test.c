#include "test/unit/unit.h"

#include "rtc/link_route.h"

static const gc_addr one = {.ip = {192, 0, 2, 1}, .port = 4000, .family = 4};
static const gc_addr other = {.ip = {198, 51, 100, 9}, .port = 9, .family = 4};

static void no_address_is_no_way(void **state) {
    (void)state;
    gc_link_route r;
    gc_link_way way;
    gc_link_route_begin(&r);
    assert_false(gc_link_route_known(&r));
    assert_false(gc_link_route_take(&r, &way));
}

static void an_address_that_only_asked_gets_few_datagrams(void **state) {
    (void)state;
    gc_link_route r;
    gc_link_way way;
    gc_link_route_begin(&r);
    gc_link_route_hear(&r, 3, &one);
    for (int i = 0; i < GC_LINK_ROUTE_HEARD_MAX; i++) {
        assert_true(gc_link_route_take(&r, &way));
        assert_memory_equal(&way.to, &one, sizeof one);
        assert_int_equal(way.base, 3);
        gc_link_route_hear(&r, 4, &other); /* a second one brings no more */
    }
    assert_false(gc_link_route_take(&r, &way));
    assert_true(gc_link_route_known(&r));
}

static void a_valid_pair_takes_all(void **state) {
    (void)state;
    gc_link_route r;
    gc_link_way way;
    gc_link_route_begin(&r);
    gc_link_route_hear(&r, 3, &one);
    assert_false(gc_link_route_is(&r, 3, &one));
    gc_link_route_select(&r, 5, &other);
    assert_true(gc_link_route_is(&r, 5, &other));
    assert_false(gc_link_route_is(&r, 5, &one));
    assert_false(gc_link_route_is(&r, 3, &other));
    for (int i = 0; i < 100; i++) {
        assert_true(gc_link_route_take(&r, &way));
        assert_memory_equal(&way.to, &other, sizeof other);
        assert_int_equal(way.base, 5);
    }
    gc_link_route_select(&r, 3, &one);
    assert_true(gc_link_route_take(&r, &way));
    assert_memory_equal(&way.to, &one, sizeof one);
}

static void what_is_reached_from_a_lost_base_is_forgotten(void **state) {
    (void)state;
    gc_link_route r;
    gc_link_way way;
    gc_link_route_begin(&r);
    gc_link_route_hear(&r, 3, &one);
    gc_link_route_select(&r, 5, &other);
    gc_link_route_drop(&r, 4);
    assert_true(gc_link_route_take(&r, &way));
    assert_int_equal(way.base, 5);
    gc_link_route_drop(&r, 5);
    assert_true(gc_link_route_take(&r, &way));
    assert_int_equal(way.base, 3);
    gc_link_route_drop(&r, 3);
    assert_false(gc_link_route_take(&r, &way));
    assert_false(gc_link_route_known(&r));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_address_is_no_way),
        cmocka_unit_test(an_address_that_only_asked_gets_few_datagrams),
        cmocka_unit_test(a_valid_pair_takes_all),
        cmocka_unit_test(what_is_reached_from_a_lost_base_is_forgotten),
    };
    return RUN(tests);
}
