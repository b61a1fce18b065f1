/* rtc/peer_connection.c by itself: what one link does with descriptions, candidates and datagrams
 * that cannot be used. How two of them talk is shown by rtc_test.c. */
#include "test/unit/one_link.h"

static void an_answerer_is_the_client_of_dtls(void **state) {
    (void)state;
    uint32_t len = 0;
    uint8_t *offer = one_link_make_offer(&len);
    one_link *f = one_link_begin(false);
    gc_sdp sdp;
    gc_peer_connection_answer(&f->link, ONE_LINK_BEGAN, gc_span_of(offer, len));
    assert_true(one_link_next(f, GC_RTC_DESCRIPTION));
    assert_int_equal(gc_sdp_parse(f->out.bytes, &sdp), 0);
    assert_int_equal(sdp.setup, GC_SDP_ACTIVE);
    one_link_end(f);
    free(offer);
}

/* Cut at any byte, an offer is one that cannot be used, or, where only its last lines are missing,
 * one that can; it never does more than end its link. */
static void an_offer_that_is_cut_ends_the_link(void **state) {
    (void)state;
    uint32_t len = 0, refused = 0;
    uint8_t *offer = one_link_make_offer(&len);
    for (uint32_t cut = 0; cut < len; cut += 7) {
        uint8_t *part = exact_copy(offer, cut);
        one_link *f = one_link_begin(false);
        gc_peer_connection_answer(&f->link, ONE_LINK_BEGAN, gc_span_of(part, cut));
        if (f->link.state == GC_PEER_CONNECTION_LINKING) {
            assert_true(one_link_next(f, GC_RTC_DESCRIPTION));
        } else {
            refused++;
            one_link_expect_closed(f, GC_REASON_ICE_FAILED);
        }
        one_link_end(f);
        free(part);
    }
    assert_true(refused > len / 7 * 3 / 4);
    free(offer);
}

static void an_answer_with_another_role_is_no_answer(void **state) {
    (void)state;
    uint32_t len = 0;
    uint8_t *offer = one_link_make_offer(&len); /* its setup is actpass, which no answer may have */
    one_link *f = one_link_begin(true);
    gc_peer_connection_offer(&f->link, GC_SPAN(""));
    while (gc_peer_connection_poll(&f->link, &f->out)) {
    }
    gc_peer_connection_remote(&f->link, ONE_LINK_BEGAN, GC_LINK_KIND_NATIVE,
                              gc_span_of(offer, len));
    one_link_expect_closed(f, GC_REASON_ICE_FAILED);
    one_link_end(f);
    free(offer);
}

static void strangers_are_not_heard(void **state) {
    static const uint8_t hello[] = {22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1};
    static const uint8_t check[] = {0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1,  2,
                                    3, 4, 5, 6, 7,    8,    9,    10,   11, 12};
    (void)state;
    uint32_t len = 0;
    uint8_t *offer = one_link_make_offer(&len);
    one_link *f = one_link_begin(false);
    gc_peer_connection_answer(&f->link, ONE_LINK_BEGAN, gc_span_of(offer, len));
    while (gc_peer_connection_poll(&f->link, &f->out)) {
    }
    assert_false(gc_peer_connection_accepts(&f->link, 0, &one_link_stranger));
    for (uint32_t i = 0; i < 1000; i++) {
        (void)gc_peer_connection_stun(&f->link, ONE_LINK_BEGAN + 1, 0, &one_link_stranger,
                                      gc_span_of(check, sizeof check));
        gc_peer_connection_dtls(&f->link, ONE_LINK_BEGAN + 1, gc_span_of(hello, sizeof hello));
    }
    assert_false(gc_peer_connection_accepts(&f->link, 0, &one_link_stranger));
    assert_false(
        one_link_next(f, GC_RTC_DATAGRAM)); /* no answer: it would be a way to hit somebody else */
    assert_int_equal(f->link.state, GC_PEER_CONNECTION_LINKING);
    one_link_end(f);
    free(offer);
}

/* Candidates of any kind and number: those that are taken are bounded, and the rest does nothing.
 */
static void candidates_are_bounded(void **state) {
    static const char *const useless[] = {"",
                                          "candidate:",
                                          "candidate:1 1 udp 1 198.51.100.1 0 typ host",
                                          "candidate:1 1 tcp 1 198.51.100.1 9 typ host",

                                          "candidate:1 2 udp 1 198.51.100.1 9 typ host",
                                          "candidate:1 1 udp 1 224.0.0.1 9 typ host"};
    (void)state;
    uint32_t len = 0;
    uint8_t *offer = one_link_make_offer(&len);
    one_link *f = one_link_begin(false);
    gc_peer_connection_answer(&f->link, ONE_LINK_BEGAN, gc_span_of(offer, len));
    for (size_t i = 0; i < sizeof useless / sizeof useless[0]; i++) {
        gc_peer_connection_candidate(&f->link, ONE_LINK_BEGAN, gc_span_text(useless[i]));
    }
    assert_int_equal(f->link.candidates, 0);
    for (uint32_t i = 0; i < 10000; i++) {
        char text[100];
        snprintf(text, sizeof text, "candidate:1 1 udp 2122260223 198.51.%u.%u 9 typ host", i >> 8,
                 i & 255);
        gc_peer_connection_candidate(&f->link, ONE_LINK_BEGAN, gc_span_text(text));
    }
    assert_true(f->link.candidates <= GC_CANDIDATES_MAX);
    one_link_end(f);
    free(offer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answerer_is_the_client_of_dtls),
        cmocka_unit_test(an_offer_that_is_cut_ends_the_link),
        cmocka_unit_test(an_answer_with_another_role_is_no_answer),
        cmocka_unit_test(strangers_are_not_heard),
        cmocka_unit_test(candidates_are_bounded),
    };
    return RUN(tests);
}
