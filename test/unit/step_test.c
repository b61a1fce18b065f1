/* core/proto/step.c: the marks of the ready list, and whether the server can be spoken to. */
#include "core/proto/step.h"
#include "test/unit/unit.h"

static gc_ready ready;
static gc_signaling_client line;
static const gc_step step = {.ready = &ready, .line = &line};

static int fresh(void **state) {
    (void)state;
    memset(&ready, 0, sizeof ready);
    memset(&line, 0, sizeof line);
    return 0;
}

static bool is_polled(uint32_t peer) {
    return gc_set_has(&ready.reports, peer) && gc_set_has(&ready.shows, peer) &&
           gc_set_has(&ready.fates, peer) && gc_set_has(&ready.frames, peer);
}

static void a_ready_peer_is_polled_and_not_settled(void **state) {
    (void)state;
    gc_step_ready(&step, 3);
    assert_true(is_polled(3));
    assert_true(ready.state);
    assert_true(gc_set_is_empty(&ready.unsettled));
    assert_int_equal(gc_set_count(&ready.reports), 1);
}

static void a_marked_peer_is_settled_and_polled(void **state) {
    (void)state;
    gc_step_mark(&step, 0);
    gc_step_mark(&step, GC_PEERS_MAX - 1);
    assert_true(gc_set_has(&ready.unsettled, 0));
    assert_true(gc_set_has(&ready.unsettled, GC_PEERS_MAX - 1));
    assert_true(is_polled(0));
    assert_true(is_polled(GC_PEERS_MAX - 1));
    assert_int_equal(gc_set_count(&ready.unsettled), 2);
}

static void a_peer_that_went_leaves_no_mark_and_no_other_peer_loses_one(void **state) {
    gc_ready empty;
    (void)state;
    gc_step_mark(&step, 4);
    gc_step_mark(&step, 5);
    gc_step_unmark(&step, 4);
    assert_true(is_polled(5));
    assert_true(gc_set_has(&ready.unsettled, 5));
    gc_step_unmark(&step, 5);
    memset(&empty, 0, sizeof empty);
    empty.state = true; /* the client's own state is nobody's mark */
    assert_true(gc_set_equal(&ready.unsettled, &empty.unsettled));
    assert_true(gc_set_equal(&ready.reports, &empty.reports));
    assert_true(gc_set_equal(&ready.shows, &empty.shows));
    assert_true(gc_set_equal(&ready.fates, &empty.fates));
    assert_true(gc_set_equal(&ready.frames, &empty.frames));
    assert_true(ready.state);
}

static void the_server_can_be_spoken_to_only_when_the_line_is_on(void **state) {
    (void)state;
    for (int at = GC_SIGNALING_STEP_OFF; at <= GC_SIGNALING_STEP_ON; at++) {
        gc_signaling_client other = {.step = (uint8_t)at};
        const gc_step s = {.ready = &ready, .line = &other};
        assert_int_equal(gc_step_on(&s), at == GC_SIGNALING_STEP_ON);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_ready_peer_is_polled_and_not_settled, fresh),
        cmocka_unit_test_setup(a_marked_peer_is_settled_and_polled, fresh),
        cmocka_unit_test_setup(a_peer_that_went_leaves_no_mark_and_no_other_peer_loses_one, fresh),
        cmocka_unit_test_setup(the_server_can_be_spoken_to_only_when_the_line_is_on, fresh),
    };
    return RUN(tests);
}
