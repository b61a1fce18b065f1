#include "core/base/timers.h"
#include "test/unit/unit.h"

static gc_timers make(uint32_t capacity, void **memory) {
    gc_arena a;
    gc_timers t;
    gc_arena_measure(&a);
    gc_timers_init(&t, &a, capacity);
    size_t bytes = a.at;
    *memory = arena_memory(bytes + 1);
    memset(*memory, 0xee, bytes); /* owners make their entries ready themselves */
    gc_arena_init(&a, *memory, bytes);
    gc_timers_init(&t, &a, capacity);
    assert_int_equal(a.at, bytes);
    for (uint32_t i = 0; i < capacity; i++) {
        gc_timers_add_owner(&t, i);
    }
    return t;
}

static void earliest_first_and_ties_by_owner(void **state) {
    (void)state;
    void *memory;
    gc_timers t = make(6, &memory);
    assert_true(gc_timers_deadline(&t) == GC_NEVER);
    static const uint64_t at_ms[] = {50, 20, 50, 10, 20, 50};
    for (uint32_t i = 6; i-- > 0;) {
        gc_timers_set(&t, i, at_ms[i]);
    }
    assert_int_equal(gc_timers_deadline(&t), 10);
    uint32_t owner = 99;
    assert_false(gc_timers_due(&t, 9, &owner));
    assert_int_equal(owner, 99);
    static const uint32_t order[] = {3, 1, 4, 0, 2, 5};
    for (int i = 0; i < 6; i++) {
        assert_true(gc_timers_due(&t, 50, &owner));
        assert_int_equal(owner, order[i]);
        assert_true(gc_timers_get(&t, owner) == GC_NEVER);
    }
    assert_false(gc_timers_due(&t, UINT64_MAX - 1, &owner));
    free(memory);
}

static void moved_and_removed(void **state) {
    (void)state;
    void *memory;
    gc_timers t = make(3, &memory);
    gc_timers_set(&t, 0, 10);
    gc_timers_set(&t, 1, 20);
    gc_timers_set(&t, 2, 30);
    gc_timers_set(&t, 0, 40); /* later */
    assert_int_equal(gc_timers_deadline(&t), 20);
    gc_timers_set(&t, 2, 5); /* earlier */
    assert_int_equal(gc_timers_deadline(&t), 5);
    gc_timers_set(&t, 2, GC_NEVER);
    gc_timers_set(&t, 2, GC_NEVER);
    assert_int_equal(gc_timers_deadline(&t), 20);
    assert_int_equal(gc_timers_get(&t, 0), 40);
    assert_true(gc_timers_get(&t, 2) == GC_NEVER);
    assert_int_equal(t.count, 2);
    free(memory);
}

/* Random sets and dues against a search through a plain array. */
static void agrees_with_a_plain_table(void **state) {
    (void)state;
    enum { OWNERS = 41 };
    void *memory;
    gc_timers t = make(OWNERS, &memory);
    uint64_t at_ms[OWNERS], x = 3;
    memset(at_ms, 0xff, sizeof at_ms);
    for (int step = 0; step < 30000; step++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        uint32_t owner = (uint32_t)(x >> 40) % OWNERS;
        uint64_t when = x >> 62 == 0 ? GC_NEVER : (x >> 33) % 64; /* many ties */
        if (x >> 61 & 1) {
            gc_timers_set(&t, owner, when);
            at_ms[owner] = when;
        }
        uint32_t first = 0;
        for (uint32_t i = 1; i < OWNERS; i++) {
            first = at_ms[i] < at_ms[first] ? i : first;
        }
        assert_true(gc_timers_deadline(&t) == at_ms[first]);
        uint64_t now = (x >> 50) % 64;
        if (x >> 57 & 7) {
            continue; /* sets and removals prevail, so that the heap stays full */
        }
        bool due = gc_timers_due(&t, now, &owner);
        assert_int_equal(due, at_ms[first] != GC_NEVER && at_ms[first] <= now);
        if (due) {
            assert_int_equal(owner, first);
            at_ms[first] = GC_NEVER;
        }
    }
    free(memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(earliest_first_and_ties_by_owner),
        cmocka_unit_test(moved_and_removed),
        cmocka_unit_test(agrees_with_a_plain_table),
    };
    return RUN(tests);
}
