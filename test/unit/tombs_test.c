/* core/proto/tombs.c */
#include "core/proto/tombs.h"
#include "test/unit/unit.h"

static const uint8_t session[GC_SESSION_BYTES] = "session of one.";
static const uint8_t other[GC_SESSION_BYTES] = "another session";

static void what_was_shown_is_remembered_for_its_owner_alone(void **state) {
    gc_tombs t = {0};
    (void)state;
    gc_tombs_bury(&t, GC_SPAN("ann"), session, 7);
    assert_int_equal(gc_tombs_shown(&t, GC_SPAN("ann"), session), 7);
    assert_int_equal(gc_tombs_shown(&t, GC_SPAN("ann"), other), 0);
    /* All whom ann met know her session: it is worth nothing under another id. */
    assert_int_equal(gc_tombs_shown(&t, GC_SPAN("mallory"), session), 0);
    assert_int_equal(gc_tombs_shown(&t, GC_SPAN("an"), session), 0);
}

static void a_session_has_one_tomb(void **state) {
    gc_tombs t = {0};
    (void)state;
    gc_tombs_bury(&t, GC_SPAN("ann"), session, 7);
    gc_tombs_bury(&t, GC_SPAN("ann"), session, 9);
    assert_int_equal(t.count, 1);
    assert_int_equal(gc_tombs_shown(&t, GC_SPAN("ann"), session), 9);
}

static void the_newest_are_kept(void **state) {
    gc_tombs t = {0};
    char id[8];
    (void)state;
    for (uint32_t i = 0; i < GC_TOMBS_MAX + 3; i++) {
        snprintf(id, sizeof id, "p%u", i);
        gc_tombs_bury(&t, text_span(id), session, i + 1);
    }
    for (uint32_t i = 0; i < GC_TOMBS_MAX + 3; i++) {
        snprintf(id, sizeof id, "p%u", i);
        assert_int_equal(gc_tombs_shown(&t, text_span(id), session), i < 3 ? 0 : i + 1);
    }
}

static void a_wipe_leaves_nothing(void **state) {
    gc_tombs t = {0};
    (void)state;
    gc_tombs_bury(&t, GC_SPAN("canary"), session, 7);
    gc_tombs_wipe(&t);
    assert_null(memmem(&t, sizeof t, "canary", 6));
    assert_int_equal(gc_tombs_shown(&t, GC_SPAN("canary"), session), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_shown_is_remembered_for_its_owner_alone),
        cmocka_unit_test(a_session_has_one_tomb),
        cmocka_unit_test(the_newest_are_kept),
        cmocka_unit_test(a_wipe_leaves_nothing),
    };
    return RUN(tests);
}
