/* rtc/peer_connection_state.c: how a link ends that nobody talks to. */
#include "test/unit/one_link.h"

static void an_offer_that_nobody_answers_ends_in_time(void **state) {
    (void)state;
    one_link *f = one_link_begin(true);
    uint64_t now_ms = ONE_LINK_BEGAN;
    gc_peer_connection_offer(&f->link, GC_SPAN(""));
    while (gc_peer_connection_poll(&f->link, &f->out)) {
    }
    f->out.type = GC_RTC_NOTHING;
    for (uint32_t wakes = 0; f->out.type != GC_RTC_CLOSED; wakes++) {
        uint64_t at_ms = gc_peer_connection_deadline(&f->link);
        assert_true(at_ms > now_ms && at_ms <= ONE_LINK_BEGAN + GC_PEER_CONNECTION_OPEN_MS);
        assert_true(wakes < 1000);
        now_ms = at_ms;
        gc_peer_connection_tick(&f->link, now_ms);
        while (f->out.type != GC_RTC_CLOSED && gc_peer_connection_poll(&f->link, &f->out)) {
            assert_int_not_equal(f->out.type, GC_RTC_DATAGRAM);
        }
    }
    assert_int_equal(f->out.value, GC_REASON_ICE_FAILED);
    assert_int_equal(now_ms, ONE_LINK_BEGAN + GC_PEER_CONNECTION_OPEN_MS);
    assert_false(gc_peer_connection_poll(&f->link, &f->out));
    assert_int_equal(f->link.state, GC_PEER_CONNECTION_ENDED);
    one_link_end(f);
}

static void a_link_that_never_opened_has_one_reason(void **state) {
    static const uint8_t reasons[][2] = {{GC_REASON_GONE, GC_REASON_ICE_FAILED},
                                         {GC_REASON_LEFT, GC_REASON_ICE_FAILED},
                                         {GC_REASON_PROTOCOL, GC_REASON_PROTOCOL}};
    (void)state;
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        one_link *f = one_link_begin(true);
        assert_true(gc_peer_connection_lives(&f->link));
        gc_peer_connection_fail(&f->link, reasons[i][0]);
        assert_false(gc_peer_connection_lives(&f->link));
        gc_peer_connection_break_off(&f->link, GC_REASON_PROTOCOL); /* it has ended already */
        one_link_expect_closed(f, reasons[i][1]);
        one_link_end(f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_offer_that_nobody_answers_ends_in_time),
        cmocka_unit_test(a_link_that_never_opened_has_one_reason),
    };
    return RUN(tests);
}
