/* core/proto/source_rates.c: what each address may have. Its users' tests (penalties_test,
 * stun_responder_test) show the rates; here is the table. */
#include "test/unit/source.h"
#include "test/unit/unit.h"

#include "core/proto/source_rates.h"

#define RATE  50
#define AHEAD 200

static const uint8_t key[16] = {7};
static gc_source_rates rates;

static int fresh_table(void **state) {
    (void)state;
    memset(&rates, 0, sizeof rates);
    gc_source_rates_init(&rates, key, RATE, AHEAD);
    (void)gc_source_rates_step(&rates, 1000);
    return 0;
}

static uint32_t find(uint8_t family, uint32_t n, bool is_fresh) {
    gc_addr a = address(family, n);
    bool fresh = !is_fresh;
    uint32_t place = gc_source_rates_find(&rates, &a, &fresh);
    assert_int_equal(fresh, is_fresh);
    assert_true(place < GC_SOURCE_PLACES);
    return place;
}

static void a_source_keeps_its_place(void **state) {
    (void)state;
    uint32_t four = find(4, 1, true), six = find(6, 1, true);
    assert_int_not_equal(four, six);
    assert_int_equal(find(4, 1, false), four);
    assert_int_equal(find(6, 1, false), six);
    gc_addr other = address(4, 1);
    bool fresh = true;
    other.port++;
    assert_int_equal(gc_source_rates_find(&rates, &other, &fresh), four);
    assert_false(fresh); /* the port makes no other source */
}

static void a_take_is_whole_or_nothing(void **state) {
    (void)state;
    uint32_t place = find(4, 1, true);
    assert_false(gc_source_rates_take(&rates, place, AHEAD + 1));
    assert_false(gc_source_rates_take(&rates, place, UINT32_MAX));
    assert_true(gc_source_rates_take(&rates, place, AHEAD - 1));
    assert_false(gc_source_rates_take(&rates, place, 2));
    assert_true(gc_source_rates_take(&rates, place, 1));
    assert_false(gc_source_rates_take(&rates, place, 1));
    (void)gc_source_rates_step(&rates, 2000);
    assert_true(gc_source_rates_take(&rates, place, RATE));
    assert_false(gc_source_rates_take(&rates, place, 1));
    (void)gc_source_rates_step(&rates, 1000000);
    assert_true(gc_source_rates_take(&rates, place, AHEAD));
    assert_false(gc_source_rates_take(&rates, place, 1));
}

static void a_step_back_is_clamped(void **state) {
    (void)state;
    assert_int_equal(gc_source_rates_step(&rates, 5000), 5000);
    assert_int_equal(gc_source_rates_step(&rates, 10), 5000);
    assert_int_equal(gc_source_rates_step(&rates, 5001), 5001);
}

/* Whoever has used up a budget, or is remembered for something else, stays however many others
 * come; whoever did neither makes room. */
static void those_who_matter_are_remembered(void **state) {
    (void)state;
    uint32_t greedy = find(4, 0xfffff0, true), kept = find(4, 0xfffff1, true);
    assert_true(gc_source_rates_take(&rates, greedy, AHEAD));
    gc_source_rates_keep(&rates, kept, 60000);
    (void)find(4, 0xfffff2, true);
    for (uint32_t n = 0; n < 100000; n++) {
        assert_true(gc_source_rates_take(&rates, find(4, n, true), 1));
    }
    assert_int_equal(find(4, 0xfffff0, false), greedy);
    assert_false(gc_source_rates_take(&rates, greedy, 1));
    assert_int_equal(find(4, 0xfffff1, false), kept);
    (void)find(4, 0xfffff2, true);
    /* When their time is over they make room, too. */
    (void)gc_source_rates_step(&rates, 70000);
    for (uint32_t n = 200000; n < 300000; n++) {
        assert_true(gc_source_rates_take(&rates, find(4, n, true), 1));
    }
    (void)find(4, 0xfffff0, true);
    (void)find(4, 0xfffff1, true);
}

static void above_a_million_anybody_may_have_any_number(void **state) {
    static const uint32_t numbers[] = {GC_SOURCE_RATE_MAX + 1, UINT32_MAX};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        memset(&rates, 0, sizeof rates);
        gc_source_rates_init(&rates, key, numbers[i], 1);
        uint32_t place = find(4, 1, true);
        assert_true(gc_source_rates_take(&rates, place, UINT32_MAX));
        assert_true(gc_source_rates_take(&rates, place, UINT32_MAX));
    }
    memset(&rates, 0, sizeof rates);
    gc_source_rates_init(&rates, key, GC_SOURCE_RATE_MAX, 1);
    assert_false(gc_source_rates_take(&rates, find(4, 1, true), 2));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_source_keeps_its_place, fresh_table),
        cmocka_unit_test_setup(a_take_is_whole_or_nothing, fresh_table),
        cmocka_unit_test_setup(a_step_back_is_clamped, fresh_table),
        cmocka_unit_test_setup(those_who_matter_are_remembered, fresh_table),
        cmocka_unit_test(above_a_million_anybody_may_have_any_number),
    };
    return RUN(tests);
}
