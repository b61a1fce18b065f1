/* rtc/rtc.c: how links end, from either side, and what is left of them. */
#include "test/unit/rtc_pair.h"

static void the_last_messages_arrive_before_the_end(void **state) {
    (void)state;
    for (uint32_t closer = 0; closer < 2; closer++) {
        rtc_pair *w = rtc_pair_open(1);
        for (uint32_t n = 0; n < 20; n++) {
            rtc_pair_send(w, closer, LINK, n % 2, n, 1000);
        }
        gc_rtc_close(w->sides[closer].rtc, w->now_ms, LINK);
        rtc_pair_drain(w, closer);
        assert_int_equal(gc_rtc_send(w->sides[closer].rtc, w->now_ms, LINK, 1, GC_SPAN("x")), 0);
        rtc_pair_run(w, 1500);
        assert_int_equal(w->sides[!closer].messages, 20);
        assert_int_equal(w->sides[!closer].closed, 1);
        assert_int_equal(w->sides[!closer].reason, GC_REASON_GONE);
        assert_int_equal(w->sides[!closer].closed_link, LINK);
        assert_int_equal(w->sides[closer].closed, 0);
        rtc_pair_assert_nothing_left(w);
        rtc_pair_free(w);
    }
}

static void closed_before_it_was_open(void **state) {
    (void)state;
    for (uint32_t ms = 0; ms < 120; ms += 7) {
        for (uint32_t closer = 0; closer < 2; closer++) {
            rtc_pair *w = rtc_pair_make(1);
            rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
            rtc_pair_run(w, ms);
            gc_rtc_close(w->sides[closer].rtc, w->now_ms, LINK);
            rtc_pair_drain(w, closer);
            uint32_t told = w->sides[closer].closed;
            w->signal_count = 0; /* the other side may never hear of it */
            rtc_pair_run(w, GC_LINK_OPEN_MS + 2000);
            assert_int_equal(w->sides[closer].closed, told);
            rtc_pair_assert_nothing_left(w);
            rtc_pair_free(w);
        }
    }
}

static void both_close_at_once(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_open(1);
    for (uint32_t i = 0; i < 2; i++) {
        gc_rtc_close(w->sides[i].rtc, w->now_ms, LINK);
        rtc_pair_drain(w, i);
    }
    rtc_pair_run(w, 1500);
    assert_int_equal(w->sides[0].closed + w->sides[1].closed, 0);
    rtc_pair_assert_nothing_left(w);
    rtc_pair_free(w);
}

/* Without an answer a link that closes stops within its second. */
static void closed_on_a_dead_path(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_open(1);
    w->path.loss_percent = 100;
    rtc_pair_send(w, 0, LINK, 1, 1, 100);
    gc_rtc_close(w->sides[0].rtc, w->now_ms, LINK);
    rtc_pair_drain(w, 0);
    rtc_pair_run(w, 1001);
    assert_true(gc_rtc_deadline(w->sides[0].rtc) == GC_NEVER);
    rtc_pair_run(w, 40000); /* the other side notices that consent is gone */
    assert_int_equal(w->sides[1].closed, 1);
    assert_int_equal(w->sides[1].reason, GC_REASON_GONE);
    assert_int_equal(w->sides[0].alerts, 1); /* close_notify, */
    assert_int_equal(w->sides[1].alerts, 0); /* but not without consent (RFC 7675 5.1) */
    rtc_pair_assert_nothing_left(w);
    rtc_pair_free(w);
}

static void nobody_answers(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_make(1);
    rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
    w->signal_count = 0;
    rtc_pair_run(w, GC_LINK_OPEN_MS + 1);
    assert_int_equal(w->sides[0].closed, 1);
    assert_int_equal(w->sides[0].reason, GC_REASON_ICE_FAILED);
    rtc_pair_assert_nothing_left(w);
    rtc_pair_free(w);
}

static void no_way_between_them(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_make(1);
    w->path.loss_percent = 100;
    rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
    rtc_pair_run(w, GC_LINK_OPEN_MS + 1000);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(w->sides[i].closed, 1);
        assert_int_equal(w->sides[i].reason, GC_REASON_ICE_FAILED);
    }
    rtc_pair_assert_nothing_left(w);
    rtc_pair_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_messages_arrive_before_the_end),
        cmocka_unit_test(closed_before_it_was_open),
        cmocka_unit_test(both_close_at_once),
        cmocka_unit_test(closed_on_a_dead_path),
        cmocka_unit_test(nobody_answers),
        cmocka_unit_test(no_way_between_them),
    };
    return RUN(tests);
}
