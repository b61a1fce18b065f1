#include "core/base/map.h"
#include "test/unit/unit.h"

static gc_map make(uint32_t capacity, void **memory) {
    gc_arena a;
    gc_map m;
    gc_arena_measure(&a);
    gc_map_init(&m, &a, capacity);
    size_t bytes = a.at;
    *memory = arena_memory(bytes);
    gc_arena_init(&a, *memory, bytes);
    gc_map_init(&m, &a, capacity);
    assert_int_equal(a.at, bytes);
    return m;
}

static void newest_of_a_hash_first(void **state) {
    (void)state;
    void *memory;
    gc_map m = make(5, &memory);
    gc_map_add(&m, 77, 0);
    gc_map_add(&m, 77, 4);
    gc_map_add(&m, 77, 2);
    gc_map_add(&m, 77 + 8, 1); /* the same chain, another hash */
    assert_int_equal(gc_map_first(&m, 77), 2);
    assert_int_equal(gc_map_next(&m, 2), 4);
    assert_int_equal(gc_map_next(&m, 4), 0);
    assert_int_equal(gc_map_next(&m, 0), GC_MAP_END);
    assert_int_equal(gc_map_first(&m, 85), 1);
    assert_int_equal(gc_map_next(&m, 1), GC_MAP_END);
    assert_int_equal(gc_map_first(&m, 78), GC_MAP_END);
    free(memory);
}

static void removed_from_start_middle_and_end(void **state) {
    (void)state;
    for (uint32_t gone = 0; gone < 3; gone++) {
        void *memory;
        gc_map m = make(3, &memory);
        for (uint32_t i = 0; i < 3; i++) {
            gc_map_add(&m, 5, i);
        }
        gc_map_remove(&m, 5, gone);
        assert_int_equal(m.count, 2);
        uint32_t seen = 0;
        for (uint32_t i = gc_map_first(&m, 5); i != GC_MAP_END; i = gc_map_next(&m, i)) {
            seen |= 1u << i;
        }
        assert_int_equal(seen, 7u & ~(1u << gone));
        free(memory);
    }
}

static void one_slot(void **state) {
    (void)state;
    void *memory;
    gc_map m = make(1, &memory);
    assert_int_equal(m.mask, 0);
    assert_int_equal(gc_map_first(&m, 0), GC_MAP_END);
    gc_map_add(&m, UINT64_MAX, 0);
    assert_int_equal(gc_map_first(&m, UINT64_MAX), 0);
    assert_int_equal(gc_map_first(&m, 0), GC_MAP_END);
    gc_map_remove(&m, UINT64_MAX, 0);
    assert_int_equal(gc_map_first(&m, UINT64_MAX), GC_MAP_END);
    free(memory);
}

/* Random adds and removes against a plain array. */
static void agrees_with_a_plain_table(void **state) {
    (void)state;
    enum { SLOTS = 37 };
    void *memory;
    gc_map m = make(SLOTS, &memory);
    uint64_t hashes[SLOTS] = {0}, x = 1;
    bool used[SLOTS] = {0};
    for (int step = 0; step < 20000; step++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        uint32_t slot = (uint32_t)(x >> 33) % SLOTS;
        if (used[slot]) {
            gc_map_remove(&m, hashes[slot], slot);
        } else {
            hashes[slot] = (x >> 20) % 11 << (x >> 60); /* many equal ones */
            gc_map_add(&m, hashes[slot], slot);
        }
        used[slot] = !used[slot];
        uint32_t want = 0, got = 0;
        for (uint32_t i = 0; i < SLOTS; i++) {
            want += used[i] && hashes[i] == hashes[slot];
        }
        for (uint32_t i = gc_map_first(&m, hashes[slot]); i != GC_MAP_END; i = gc_map_next(&m, i)) {
            assert_true(used[i] && hashes[i] == hashes[slot]);
            got++;
        }
        assert_int_equal(got, want);
    }
    free(memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(newest_of_a_hash_first),
        cmocka_unit_test(removed_from_start_middle_and_end),
        cmocka_unit_test(one_slot),
        cmocka_unit_test(agrees_with_a_plain_table),
    };
    return RUN(tests);
}
