/* rtc/peer_connection.c by itself: what one link does with descriptions, candidates and datagrams
 * that cannot be used, and how it ends. How two of them talk is shown by rtc_test.c. */
#include "test/unit/unit.h"

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/base/reason.h"
#include "core/proto/link.h"
#include "rtc/peer_connection.h"

#define BLOCKS 256
#define BEGAN  5000

typedef struct fixture {
    gc_drbg drbg;
    gc_ice_gate gate;
    gc_mdns mdns;
    gc_certificate certificate;
    gc_dtls_context dtls;
    gc_sctp_pool pool;
    gc_peer_connection_shared shared;
    gc_peer_connection link;
    gc_rtc_output out;
    void *memory;
} fixture;

static const gc_addr own = {.ip = {192, 0, 2, 1}, .port = 4000, .family = 4};
static const gc_addr stranger = {.ip = {198, 51, 100, 9}, .port = 9, .family = 4};

static fixture *begin(bool offerer) {
    static const uint8_t seed[32] = {9};
    fixture *f = calloc(1, sizeof *f);
    gc_arena a;
    assert_non_null(f);
    gc_drbg_init(&f->drbg, seed);
    gc_ice_gate_init(&f->gate, &f->drbg);
    gc_mdns_init(&f->mdns);
    assert_int_equal(gc_certificate_make(&f->certificate, &f->drbg, 1800000000), 0);
    assert_int_equal(gc_dtls_context_init(&f->dtls, &f->certificate), 0);
    gc_arena_measure(&a);
    gc_sctp_pool_init(&f->pool, &a, &f->drbg, BLOCKS);
    gc_peer_connection_place(&f->link, &f->pool, &a);
    f->memory = aligned_alloc(16, (a.at + 15) / 16 * 16);
    assert_non_null(f->memory);
    gc_arena_init(&a, f->memory, a.at);
    gc_sctp_pool_init(&f->pool, &a, &f->drbg, BLOCKS);
    gc_peer_connection_place(&f->link, &f->pool, &a);
    f->shared = (gc_peer_connection_shared){.drbg = &f->drbg,
                                            .gate = &f->gate,
                                            .mdns = &f->mdns,
                                            .dtls = &f->dtls,
                                            .fingerprint = f->certificate.fingerprint,
                                            .message_bytes_max = GC_FRAME_BYTES_MAX};
    gc_peer_connection_begin(&f->link, &f->shared, BEGAN, 0, GC_LINK_KIND_NATIVE, offerer);
    gc_peer_connection_add_base(&f->link, BEGAN, 0, &own);
    return f;
}

static void end(fixture *f) {
    gc_peer_connection_end(&f->link);
    gc_dtls_context_end(&f->dtls);
    gc_certificate_end(&f->certificate);
    free(f->memory);
    free(f);
}

/* The next output of this type; those of other types are passed over. */
static bool next(fixture *f, uint32_t type) {
    while (gc_peer_connection_poll(&f->link, &f->out)) {
        if (f->out.type == type) {
            return true;
        }
    }
    return false;
}

/* The link has reported its end with this reason, and nothing else. */
static void expect_closed(fixture *f, uint32_t reason) {
    assert_true(gc_peer_connection_poll(&f->link, &f->out));
    assert_int_equal(f->out.type, GC_RTC_CLOSED);
    assert_int_equal(f->out.value, reason);
    assert_false(gc_peer_connection_poll(&f->link, &f->out));
    assert_int_equal(f->link.state, GC_PEER_CONNECTION_ENDED);
}

/* An offer of another link, in memory of exactly its size; the caller frees it. */
static uint8_t *make_offer(uint32_t *len) {
    fixture *f = begin(true);
    gc_peer_connection_offer(&f->link, GC_SPAN(""));
    assert_true(next(f, GC_RTC_DESCRIPTION));
    *len = f->out.bytes.len;
    uint8_t *text = exact_copy(f->out.bytes.data, *len);
    end(f);
    return text;
}

static void an_offer_and_its_candidate_are_given_out(void **state) {
    (void)state;
    fixture *f = begin(true);
    gc_sdp sdp;
    gc_peer_connection_offer(&f->link, GC_SPAN(""));
    assert_true(gc_peer_connection_poll(&f->link, &f->out));
    assert_int_equal(f->out.type, GC_RTC_DESCRIPTION);
    assert_int_equal(gc_sdp_parse(f->out.bytes, &sdp), 0);
    assert_int_equal(sdp.setup, GC_SDP_ACTPASS);
    assert_memory_equal(sdp.fingerprint, f->certificate.fingerprint, GC_FINGERPRINT_BYTES);
    assert_true(next(f, GC_RTC_CANDIDATE));
    assert_true(gc_span_starts(f->out.bytes, GC_SPAN("candidate:")));
    assert_span(f->out.mid, GC_SPAN("0"));
    assert_false(next(f, GC_RTC_CANDIDATE));
    assert_int_equal(f->link.state, GC_PEER_CONNECTION_LINKING);
    end(f);
}

static void nothing_is_sent_before_it_is_open(void **state) {
    (void)state;
    fixture *f = begin(true);
    gc_peer_connection_offer(&f->link, GC_SPAN(""));
    for (uint32_t channel = 0; channel < 256; channel++) {
        assert_int_not_equal(
            gc_peer_connection_send(&f->link, BEGAN, channel, GC_SPAN("too early")), 0);
    }
    assert_false(next(f, GC_RTC_DATAGRAM));
    end(f);
}

static void an_answerer_is_the_client_of_dtls(void **state) {
    (void)state;
    uint32_t len = 0;
    uint8_t *offer = make_offer(&len);
    fixture *f = begin(false);
    gc_sdp sdp;
    gc_peer_connection_answer(&f->link, BEGAN, gc_span_of(offer, len));
    assert_true(next(f, GC_RTC_DESCRIPTION));
    assert_int_equal(gc_sdp_parse(f->out.bytes, &sdp), 0);
    assert_int_equal(sdp.setup, GC_SDP_ACTIVE);
    end(f);
    free(offer);
}

/* Cut at any byte, an offer is one that cannot be used, or, where only its last lines are missing,
 * one that can; it never does more than end its link. */
static void an_offer_that_is_cut_ends_the_link(void **state) {
    (void)state;
    uint32_t len = 0, refused = 0;
    uint8_t *offer = make_offer(&len);
    for (uint32_t cut = 0; cut < len; cut += 7) {
        uint8_t *part = exact_copy(offer, cut);
        fixture *f = begin(false);
        gc_peer_connection_answer(&f->link, BEGAN, gc_span_of(part, cut));
        if (f->link.state == GC_PEER_CONNECTION_LINKING) {
            assert_true(next(f, GC_RTC_DESCRIPTION));
        } else {
            refused++;
            expect_closed(f, GC_REASON_ICE_FAILED);
        }
        end(f);
        free(part);
    }
    assert_true(refused > len / 7 * 3 / 4);
    free(offer);
}

static void an_answer_with_another_role_is_no_answer(void **state) {
    (void)state;
    uint32_t len = 0;
    uint8_t *offer = make_offer(&len); /* its setup is actpass, which no answer may have */
    fixture *f = begin(true);
    gc_peer_connection_offer(&f->link, GC_SPAN(""));
    while (gc_peer_connection_poll(&f->link, &f->out)) {
    }
    gc_peer_connection_remote(&f->link, BEGAN, GC_LINK_KIND_NATIVE, gc_span_of(offer, len));
    expect_closed(f, GC_REASON_ICE_FAILED);
    end(f);
    free(offer);
}

static void an_offer_that_nobody_answers_ends_in_time(void **state) {
    (void)state;
    fixture *f = begin(true);
    uint64_t now_ms = BEGAN;
    gc_peer_connection_offer(&f->link, GC_SPAN(""));
    while (gc_peer_connection_poll(&f->link, &f->out)) {
    }
    f->out.type = GC_RTC_NOTHING;
    for (uint32_t wakes = 0; f->out.type != GC_RTC_CLOSED; wakes++) {
        uint64_t at_ms = gc_peer_connection_deadline(&f->link);
        assert_true(at_ms > now_ms && at_ms <= BEGAN + GC_PEER_CONNECTION_OPEN_MS);
        assert_true(wakes < 1000);
        now_ms = at_ms;
        gc_peer_connection_tick(&f->link, now_ms);
        while (f->out.type != GC_RTC_CLOSED && gc_peer_connection_poll(&f->link, &f->out)) {
            assert_int_not_equal(f->out.type, GC_RTC_DATAGRAM);
        }
    }
    assert_int_equal(f->out.value, GC_REASON_ICE_FAILED);
    assert_int_equal(now_ms, BEGAN + GC_PEER_CONNECTION_OPEN_MS);
    assert_false(gc_peer_connection_poll(&f->link, &f->out));
    assert_int_equal(f->link.state, GC_PEER_CONNECTION_ENDED);
    end(f);
}

static void strangers_are_not_heard(void **state) {
    static const uint8_t hello[] = {22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1};
    static const uint8_t check[] = {0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1,  2,
                                    3, 4, 5, 6, 7,    8,    9,    10,   11, 12};
    (void)state;
    uint32_t len = 0;
    uint8_t *offer = make_offer(&len);
    fixture *f = begin(false);
    gc_peer_connection_answer(&f->link, BEGAN, gc_span_of(offer, len));
    while (gc_peer_connection_poll(&f->link, &f->out)) {
    }
    assert_false(gc_peer_connection_accepts(&f->link, 0, &stranger));
    for (uint32_t i = 0; i < 1000; i++) {
        (void)gc_peer_connection_stun(&f->link, BEGAN + 1, 0, &stranger,
                                      gc_span_of(check, sizeof check));
        gc_peer_connection_dtls(&f->link, BEGAN + 1, gc_span_of(hello, sizeof hello));
    }
    assert_false(gc_peer_connection_accepts(&f->link, 0, &stranger));
    assert_false(next(f, GC_RTC_DATAGRAM)); /* no answer: it would be a way to hit somebody else */
    assert_int_equal(f->link.state, GC_PEER_CONNECTION_LINKING);
    end(f);
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
    uint8_t *offer = make_offer(&len);
    fixture *f = begin(false);
    gc_peer_connection_answer(&f->link, BEGAN, gc_span_of(offer, len));
    for (size_t i = 0; i < sizeof useless / sizeof useless[0]; i++) {
        gc_peer_connection_candidate(&f->link, BEGAN, gc_span_text(useless[i]));
    }
    assert_int_equal(f->link.candidates, 0);
    for (uint32_t i = 0; i < 10000; i++) {
        char text[100];
        snprintf(text, sizeof text, "candidate:1 1 udp 2122260223 198.51.%u.%u 9 typ host", i >> 8,
                 i & 255);
        gc_peer_connection_candidate(&f->link, BEGAN, gc_span_text(text));
    }
    assert_true(f->link.candidates <= GC_CANDIDATES_MAX);
    end(f);
    free(offer);
}

static void a_link_that_is_let_go_reports_nothing(void **state) {
    (void)state;
    fixture *f = begin(true);
    gc_peer_connection_offer(&f->link, GC_SPAN(""));
    gc_peer_connection_close(&f->link, BEGAN);
    assert_false(gc_peer_connection_poll(&f->link, &f->out));
    assert_int_equal(f->link.state, GC_PEER_CONNECTION_ENDED);
    assert_int_equal(gc_peer_connection_deadline(&f->link), GC_NEVER);
    end(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_offer_and_its_candidate_are_given_out),
        cmocka_unit_test(nothing_is_sent_before_it_is_open),
        cmocka_unit_test(an_answerer_is_the_client_of_dtls),
        cmocka_unit_test(an_offer_that_is_cut_ends_the_link),
        cmocka_unit_test(an_answer_with_another_role_is_no_answer),
        cmocka_unit_test(an_offer_that_nobody_answers_ends_in_time),
        cmocka_unit_test(strangers_are_not_heard),
        cmocka_unit_test(candidates_are_bounded),
        cmocka_unit_test(a_link_that_is_let_go_reports_nothing),
    };
    return RUN(tests);
}
