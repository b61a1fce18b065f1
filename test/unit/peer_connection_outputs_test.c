/* rtc/peer_connection_outputs.c: what a link gives out, and what it does not. */
#include "test/unit/one_link.h"

static void an_offer_and_its_candidate_are_given_out(void **state) {
    (void)state;
    one_link *f = one_link_begin(true);
    gc_sdp sdp;
    gc_peer_connection_offer(&f->link, GC_SPAN(""));
    assert_true(gc_peer_connection_poll(&f->link, &f->out));
    assert_int_equal(f->out.type, GC_RTC_DESCRIPTION);
    assert_int_equal(gc_sdp_parse(f->out.bytes, &sdp), 0);
    assert_int_equal(sdp.setup, GC_SDP_ACTPASS);
    assert_memory_equal(sdp.fingerprint, f->certificate.fingerprint, GC_FINGERPRINT_BYTES);
    assert_true(one_link_next(f, GC_RTC_CANDIDATE));
    assert_true(gc_span_starts(f->out.bytes, GC_SPAN("candidate:")));
    assert_span(f->out.mid, GC_SPAN("0"));
    assert_false(one_link_next(f, GC_RTC_CANDIDATE));
    assert_int_equal(f->link.state, GC_PEER_CONNECTION_LINKING);
    one_link_end(f);
}

static void nothing_is_sent_before_it_is_open(void **state) {
    (void)state;
    one_link *f = one_link_begin(true);
    gc_peer_connection_offer(&f->link, GC_SPAN(""));
    for (uint32_t channel = 0; channel < 256; channel++) {
        assert_int_not_equal(
            gc_peer_connection_send(&f->link, ONE_LINK_BEGAN, channel, GC_SPAN("too early")), 0);
    }
    assert_false(one_link_next(f, GC_RTC_DATAGRAM));
    one_link_end(f);
}

static void a_link_that_is_let_go_reports_nothing(void **state) {
    (void)state;
    one_link *f = one_link_begin(true);
    gc_peer_connection_offer(&f->link, GC_SPAN(""));
    gc_peer_connection_close(&f->link, ONE_LINK_BEGAN);
    assert_false(gc_peer_connection_poll(&f->link, &f->out));
    assert_int_equal(f->link.state, GC_PEER_CONNECTION_ENDED);
    assert_int_equal(gc_peer_connection_deadline(&f->link), GC_NEVER);
    one_link_end(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_offer_and_its_candidate_are_given_out),
        cmocka_unit_test(nothing_is_sent_before_it_is_open),
        cmocka_unit_test(a_link_that_is_let_go_reports_nothing),
    };
    return RUN(tests);
}
