#include "test/unit/noun.h"

#include "core/proto/registry.h"

#define CAPACITY 12

static const uint8_t KEYS[48] = {1, [20] = 2, [40] = 3};

typedef struct fixture {
    gc_registry t;
    gc_arena arena;
    void *memory;
} fixture;

static void start(fixture *f) {
    NOUN_PLACE(f->memory, f->arena, gc_registry_init(&f->t, &f->arena, CAPACITY, KEYS));
}

static uint32_t find(const fixture *f, const char *id) {
    gc_span span = text_span(id);
    return gc_registry_find(&f->t, gc_registry_hash(&f->t, span), span);
}

static void name(fixture *f, uint32_t n, const char *id, const char *token) {
    gc_registry_name(&f->t, n, text_span(id), text_span(token));
}

static void an_id_is_named_then_registered_then_removed(void **state) {
    (void)state;
    fixture f;
    start(&f);
    name(&f, 3, "anna", "t");
    assert_int_equal(find(&f, "anna"), GC_IDENTITY_NONE);
    gc_registry_add(&f.t, 3);
    assert_int_equal(find(&f, "anna"), 3);
    assert_int_equal(find(&f, "ann"), GC_IDENTITY_NONE);
    assert_int_equal(find(&f, "anna "), GC_IDENTITY_NONE);
    assert_int_equal(gc_registry_find_hash(&f.t, gc_registry_at(&f.t, 3)->id_hash), 3);
    gc_registry_remove(&f.t, 3);
    assert_int_equal(find(&f, "anna"), GC_IDENTITY_NONE);
    assert_span(gc_identity_id(gc_registry_at(&f.t, 3)), GC_SPAN("anna"));
    free(f.memory);
}

static void only_the_same_token_is_the_same(void **state) {
    (void)state;
    fixture f;
    start(&f);
    name(&f, 0, "a", "secret");
    name(&f, 1, "a", "secret");
    name(&f, 2, "a", "secreT");
    name(&f, 3, "a", "secret ");
    assert_true(gc_registry_same_token(&f.t, 0, 1));
    assert_false(gc_registry_same_token(&f.t, 0, 2));
    assert_false(gc_registry_same_token(&f.t, 0, 3));
    /* the token itself is nowhere */
    const uint8_t *bytes = f.memory;
    for (size_t i = 0; i + 6 <= f.arena.at; i++) {
        assert_int_not_equal(memcmp(bytes + i, "secret", 6), 0);
    }
    free(f.memory);
}

static void ids_that_json_need_not_escape_are_plain(void **state) {
    (void)state;
    fixture f;
    start(&f);
    const struct {
        const char *id;
        bool plain;
    } rows[] = {{"abc-1_2", true}, {"z\xc3\xa9 \xe4\xb8\xad&=", true},
                {"a\"b", false},   {"a\\b", false},
                {"a\nb", false},   {"\x01", false},
                {"\x7f", true}};
    for (uint32_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        name(&f, i, rows[i].id, "t");
        assert_int_equal(gc_registry_at(&f.t, i)->plain, rows[i].plain);
    }
    char longest[GC_ID_BYTES_MAX + 1];
    memset(longest, 'x', GC_ID_BYTES_MAX);
    longest[GC_ID_BYTES_MAX] = 0;
    name(&f, 8, longest, "t");
    gc_registry_add(&f.t, 8);
    assert_int_equal(find(&f, longest), 8);
    free(f.memory);
}

static void takeovers_are_bounded(void **state) {
    (void)state;
    fixture f;
    start(&f);
    name(&f, 0, "a", "t");
    for (int i = 0; i < GC_TAKEOVERS_MAX; i++) {
        assert_true(gc_registry_count_takeover(&f.t, 0, 1000 + (uint64_t)i));
    }
    assert_false(gc_registry_count_takeover(&f.t, 0, 1000 + GC_TAKEOVERS_MS - 1));
    assert_true(gc_registry_count_takeover(&f.t, 0, 1000 + GC_TAKEOVERS_MS));
    free(f.memory);
}

static void takeovers_are_counted_on_by_the_one_that_takes_over(void **state) {
    (void)state;
    fixture f;
    start(&f);
    name(&f, 0, "a", "t");
    name(&f, 1, "a", "t");
    for (int i = 0; i < GC_TAKEOVERS_MAX; i++) {
        assert_true(gc_registry_count_takeover(&f.t, 0, 1000));
    }
    gc_registry_inherit_takeovers(&f.t, 1, 0);
    assert_false(gc_registry_count_takeover(&f.t, 1, 1000));
    free(f.memory);
}

static void one_waits_for_an_id_at_a_time(void **state) {
    (void)state;
    fixture f;
    start(&f);
    name(&f, 0, "a", "t");
    assert_int_equal(gc_registry_take_waiter(&f.t, 0), GC_IDENTITY_NONE);
    gc_registry_set_waiter(&f.t, 0, 1);
    gc_registry_set_waiter(&f.t, 0, 2); /* in place of 1 */
    assert_int_equal(gc_registry_take_waiter(&f.t, 0), 2);
    assert_int_equal(gc_registry_take_waiter(&f.t, 0), GC_IDENTITY_NONE);
    gc_registry_set_waiter(&f.t, 0, 0);
    gc_registry_set_waiter(&f.t, 0, GC_IDENTITY_NONE); /* it waits no more */
    assert_int_equal(gc_registry_take_waiter(&f.t, 0), GC_IDENTITY_NONE);
    free(f.memory);
}

static void of_the_watches_of_one_id_the_last_counts(void **state) {
    (void)state;
    fixture f;
    start(&f);
    uint64_t x = gc_registry_hash(&f.t, GC_SPAN("x")), y = gc_registry_hash(&f.t, GC_SPAN("y"));
    for (uint32_t i = 0; i < 3; i++) {
        char id[2] = {(char)('a' + i), 0};
        name(&f, i, id, "t");
        gc_registry_add(&f.t, i);
        gc_registry_watch(&f.t, i, x);
    }
    gc_registry_watch(&f.t, 1, y); /* the last one counts */
    assert_false(gc_registry_watches(&f.t, 1, x));
    assert_true(gc_registry_watches(&f.t, 1, y));
    gc_registry_remove(&f.t, 2); /* its watch goes with it */
    assert_int_equal(gc_registry_take_watcher(&f.t, x), 0);
    assert_int_equal(gc_registry_take_watcher(&f.t, x), GC_IDENTITY_NONE);
    assert_int_equal(gc_registry_take_watcher(&f.t, y), 1);
    assert_int_equal(gc_registry_take_watcher(&f.t, y), GC_IDENTITY_NONE);
    assert_int_equal(f.t.watches.count, 0);
    free(f.memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_id_is_named_then_registered_then_removed),
        cmocka_unit_test(only_the_same_token_is_the_same),
        cmocka_unit_test(ids_that_json_need_not_escape_are_plain),
        cmocka_unit_test(takeovers_are_bounded),
        cmocka_unit_test(takeovers_are_counted_on_by_the_one_that_takes_over),
        cmocka_unit_test(one_waits_for_an_id_at_a_time),
        cmocka_unit_test(of_the_watches_of_one_id_the_last_counts),
    };
    return RUN(tests);
}
