#include "core/base/span.h"
#include "test/unit/unit.h"

static void a_span_of_text_ends_before_the_zero(void **state) {
    (void)state;
    assert_span(gc_span_text("room"), GC_SPAN("room"));
    assert_int_equal(gc_span_text("").len, 0);
}

static void none_is_empty_and_has_no_bytes(void **state) {
    (void)state;
    assert_null(GC_SPAN_NONE.data);
    assert_true(gc_span_equal(GC_SPAN_NONE, GC_SPAN("")));
    assert_false(gc_span_equal(GC_SPAN_NONE, GC_SPAN("a")));
}

static void a_start_is_all_of_its_bytes(void **state) {
    (void)state;
    assert_true(gc_span_starts(GC_SPAN("room/a"), GC_SPAN("room/")));
    assert_true(gc_span_starts(GC_SPAN("room/"), GC_SPAN("room/")));
    assert_false(gc_span_starts(GC_SPAN("room"), GC_SPAN("room/")));
    assert_false(gc_span_starts(GC_SPAN("Room/"), GC_SPAN("room/")));
    assert_true(gc_span_starts(GC_SPAN("room"), GC_SPAN_NONE));
    assert_true(gc_span_starts(GC_SPAN_NONE, GC_SPAN_NONE));
    assert_false(gc_span_starts(GC_SPAN_NONE, GC_SPAN("r")));
}

static void an_end_is_all_of_its_bytes(void **state) {
    (void)state;
    assert_true(gc_span_ends(GC_SPAN("a.html"), GC_SPAN(".html")));
    assert_true(gc_span_ends(GC_SPAN(".html"), GC_SPAN(".html")));
    assert_false(gc_span_ends(GC_SPAN("html"), GC_SPAN(".html")));
    assert_false(gc_span_ends(GC_SPAN("a.htm"), GC_SPAN(".html")));
    assert_true(gc_span_ends(GC_SPAN("a"), GC_SPAN_NONE));
    assert_true(gc_span_ends(GC_SPAN_NONE, GC_SPAN_NONE));
}

static void what_follows_an_index(void **state) {
    (void)state;
    assert_span(gc_span_from(GC_SPAN("abc"), 0), GC_SPAN("abc"));
    assert_span(gc_span_from(GC_SPAN("abc"), 2), GC_SPAN("c"));
    assert_int_equal(gc_span_from(GC_SPAN("abc"), 3).len, 0);
}

static void a_byte_is_found_from_an_index_on(void **state) {
    (void)state;
    assert_int_equal(gc_span_find(GC_SPAN("a/b/"), 0, '/'), 1);
    assert_int_equal(gc_span_find(GC_SPAN("a/b/"), 1, '/'), 1);
    assert_int_equal(gc_span_find(GC_SPAN("a/b/"), 2, '/'), 3);
    assert_int_equal(gc_span_find(GC_SPAN("a/b/"), 4, '/'), 4);
    assert_int_equal(gc_span_find(GC_SPAN("ab"), 0, '/'), 2);
    assert_int_equal(gc_span_find(GC_SPAN_NONE, 0, '/'), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_span_of_text_ends_before_the_zero),
        cmocka_unit_test(none_is_empty_and_has_no_bytes),
        cmocka_unit_test(a_start_is_all_of_its_bytes),
        cmocka_unit_test(an_end_is_all_of_its_bytes),
        cmocka_unit_test(what_follows_an_index),
        cmocka_unit_test(a_byte_is_found_from_an_index_on),
    };
    return RUN(tests);
}
