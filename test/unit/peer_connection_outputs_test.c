/* rtc/peer_connection_outputs.c: what a link gives out, and what it does not. */
#include "test/unit/one_link.h"

#include "core/wire/stun_message.h"
#include "rtc/ice_message.h"

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

/* Answers the next check of the link as the other side does, which saw it come from `mapped`. */
static void answer_a_check(one_link *f, uint64_t now_ms, const gc_addr *mapped) {
    gc_stun_message m;
    uint8_t bytes[GC_ICE_MESSAGE_BYTES_MAX];
    do {
        assert_true(one_link_next(f, GC_RTC_DATAGRAM));
    } while (f->out.bytes.data[0] != 0); /* others are of DTLS */
    assert_int_equal(gc_stun_message_read(f->out.bytes, &m), 0);
    gc_addr from = f->out.to;
    uint32_t base = f->out.value;
    uint32_t len = gc_ice_message_success(bytes, m.transaction, mapped,
                                          &f->link.ice.generations.current.remote);
    assert_int_equal(gc_peer_connection_stun(&f->link, now_ms, base, &from, gc_span_of(bytes, len)),
                     0);
    while (gc_peer_connection_poll(&f->link, &f->out)) {
        continue;
    }
}

/* What SCTP learned of the path holds while the pair is the same, however its path is named, and no
 * longer. */
static void another_pair_is_another_path(void **state) {
    (void)state;
    uint32_t len;
    const gc_addr other = {.ip = {192, 0, 2, 7}, .port = 4001, .family = 4};
    uint8_t *offer = one_link_make_offer(&len);
    one_link *f = one_link_begin(false);
    gc_peer_connection_answer(&f->link, ONE_LINK_BEGAN, gc_span_of(offer, len));
    free(offer);
    gc_peer_connection_candidate(&f->link, ONE_LINK_BEGAN,
                                 GC_SPAN("candidate:1 1 udp 2122260223 198.51.100.9 9 typ host"));
    answer_a_check(f, ONE_LINK_BEGAN + 20, &other);
    assert_int_equal(f->link.ice.told_path, GC_PATH_PRFLX);
    gc_sctp *sctp = &f->link.sctp;
    sctp->rate.delivered = 1000000; /* a transfer is under way */
    sctp->congestion.bbr.phase = GC_SCTP_BBR_CRUISE;
    gc_peer_connection_tick(&f->link, ONE_LINK_BEGAN + 5000);
    answer_a_check(f, ONE_LINK_BEGAN + 5020, &one_link_own);
    assert_int_equal(f->link.ice.told_path, GC_PATH_HOST);
    assert_int_equal(sctp->congestion.bbr.phase, GC_SCTP_BBR_CRUISE);
    gc_peer_connection_drop_base(&f->link, ONE_LINK_BEGAN + 6000, 0);
    gc_peer_connection_add_base(&f->link, ONE_LINK_BEGAN + 6000, 1, &other);
    answer_a_check(f, ONE_LINK_BEGAN + 6020, &other);
    assert_int_equal(f->link.ice.told_base, 1);
    assert_int_equal(sctp->congestion.bbr.phase, GC_SCTP_BBR_STARTUP);
    one_link_end(f);
}

/* The other side is so near that its answer comes in the same millisecond: DTLS has its shortest
 * timer. */
static void a_near_peer_has_a_short_timer(void **state) {
    (void)state;
    uint32_t len;
    uint8_t *offer = one_link_make_offer(&len);
    one_link *f = one_link_begin(false);
    gc_peer_connection_answer(&f->link, ONE_LINK_BEGAN, gc_span_of(offer, len));
    free(offer);
    gc_peer_connection_candidate(&f->link, ONE_LINK_BEGAN,
                                 GC_SPAN("candidate:1 1 udp 2122260223 198.51.100.9 9 typ host"));
    answer_a_check(f, ONE_LINK_BEGAN, &one_link_own);
    assert_int_equal(f->link.dtls.state, GC_DTLS_HANDSHAKING);
    assert_int_equal(f->link.dtls.session.first_timer_ms, GC_DTLS_TIMER_MS_MIN);
    one_link_end(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_offer_and_its_candidate_are_given_out),
        cmocka_unit_test(nothing_is_sent_before_it_is_open),
        cmocka_unit_test(a_link_that_is_let_go_reports_nothing),
        cmocka_unit_test(another_pair_is_another_path),
        cmocka_unit_test(a_near_peer_has_a_short_timer),
    };
    return RUN(tests);
}
