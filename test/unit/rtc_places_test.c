/* rtc/rtc_places.c within a handle: several links, and more of them than there is room for. */
#include "test/unit/rtc_pair.h"

/* A link that replaces another one has the same addresses on both sides. */
static void two_links_between_the_same_sockets(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_make(1);
    rtc_pair_offer(w, 1, GC_LINK_KIND_NATIVE);
    rtc_pair_run(w, 2000);
    rtc_pair_assert_open(w, 1);
    rtc_pair_offer(w, 2, GC_LINK_KIND_NATIVE);
    for (uint32_t n = 0; n < 100; n++) {
        rtc_pair_send(w, 0, 1, GC_CHANNEL_MESSAGE, n, 500);
        rtc_pair_run(w, 10);
    }
    rtc_pair_run(w, 2000);
    rtc_pair_assert_open(w, 2);
    for (uint32_t n = 100; n < 150; n++) {
        rtc_pair_send(w, 1, 2, GC_CHANNEL_MESSAGE, n, 500);
    }
    gc_rtc_close(w->sides[0].rtc, w->now_ms, 1);
    rtc_pair_drain(w, 0);
    rtc_pair_run(w, 3000);
    assert_int_equal(w->sides[1].messages, 100);
    assert_int_equal(w->sides[0].messages, 50);
    assert_int_equal(w->sides[1].closed, 1);
    assert_int_equal(w->sides[1].closed_link, 1);
    rtc_pair_send(w, 0, 2, GC_CHANNEL_MESSAGE, 1, 10);
    rtc_pair_run(w, 1000);
    assert_int_equal(w->sides[1].messages, 101);
    rtc_pair_free(w);
}

static void links_have_a_limit(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_make_with(1, &(gc_rtc_options){.links_max = 3});
    gc_rtc *rtc = w->sides[0].rtc;
    for (uint32_t link = 0; link < 3; link++) {
        rtc_pair_offer(w, link, GC_LINK_KIND_NATIVE);
        rtc_pair_run(w, 1000);
    }
    assert_int_equal(gc_rtc_offer(rtc, w->now_ms, 3, GC_LINK_KIND_NATIVE, GC_SPAN_NONE), GC_E_FULL);
    assert_int_equal(gc_rtc_answer(rtc, w->now_ms, 3, GC_LINK_KIND_NATIVE, GC_SPAN("")), GC_E_FULL);
    rtc_pair_offer(w, 2, GC_LINK_KIND_NATIVE); /* in the place of the link of this number */
    rtc_pair_run(w, 3000);
    assert_int_equal(w->sides[0].opened, 4);
    /* Links that say goodbye to nobody fill the places that are left, and are cut short. */
    w->path.loss_percent = 100;
    for (uint32_t n = 0; n < 100; n++) {
        rtc_pair_offer(w, n % 3, GC_LINK_KIND_NATIVE);
        w->signal_count = 0;
    }
    uint8_t label[GC_RTC_LABEL_BYTES_MAX + 1] = {0};
    assert_int_equal(gc_rtc_offer(rtc, w->now_ms, 0, 0, gc_span_of(label, sizeof label)),
                     GC_E_TOO_BIG);
    rtc_pair_run(w, 60000);
    rtc_pair_assert_nothing_left(w);
    rtc_pair_free(w);
}

static void the_queues_of_some_links_leave_room_for_the_others(void **state) {
    (void)state;
    enum { LINKS = 18 };
    static uint8_t bytes[GC_FRAME_BYTES_MAX];
    rtc_pair *w = rtc_pair_make_with(1, &(gc_rtc_options){.links_max = 40});
    for (uint32_t link = 0; link < LINKS; link++) {
        rtc_pair_offer(w, link, GC_LINK_KIND_NATIVE);
        rtc_pair_run(w, 1000);
    }
    uint32_t sent = 0;
    gc_rtc *rtc = w->sides[0].rtc;
    for (uint32_t link = 0; link < LINKS; link++) {
        uint32_t before = sent;
        while (gc_rtc_send(rtc, w->now_ms, link, GC_CHANNEL_MESSAGE,
                           gc_span_of(bytes, sizeof bytes)) == 0) {
            sent++;
        }
        assert_int_equal(sent - before, sent / (link + 1)); /* as many as on every other */
    }
    assert_true(sent / LINKS > GC_RTC_BUFFERED_MAX / sizeof bytes * 9 / 10);
    rtc_pair_drain(w, 0);
    rtc_pair_run(w, 60000);
    assert_int_equal(w->sides[1].messages, sent);
    rtc_pair_assert_open(w, LINKS);
    rtc_pair_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_links_between_the_same_sockets),
        cmocka_unit_test(links_have_a_limit),
        cmocka_unit_test(the_queues_of_some_links_leave_room_for_the_others),
    };
    return RUN(tests);
}
