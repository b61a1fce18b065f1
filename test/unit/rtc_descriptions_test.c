/* rtc/rtc.c: descriptions, candidates and servers, good ones and others. */
#include "rtc/mdns.h"
#include "test/unit/rtc_pair.h"

static void other_port(gc_span *text, uint32_t type, uint8_t *copy) {
    if (type == GC_RTC_DESCRIPTION) {
        rtc_pair_replace(text, copy, "sctp-port:5000", "sctp-port:5001");
    }
}

static void a_foreign_port_of_sctp(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_make(1);
    w->spoil = other_port;
    rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
    rtc_pair_run(w, 100);
    assert_int_equal(w->sides[1].closed, 1);
    assert_int_equal(w->sides[1].reason, GC_REASON_ICE_FAILED);
    rtc_pair_free(w);
}

static void an_answer_must_settle_the_kind(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_make(1);
    w->kinds[0] = GC_LINK_KIND_EITHER;
    rtc_pair_offer(w, LINK, GC_LINK_KIND_EITHER);
    rtc_pair_run(w, 100);
    assert_int_equal(w->sides[0].closed, 1);
    assert_int_equal(w->sides[0].reason, GC_REASON_ICE_FAILED);
    rtc_pair_free(w);
}

/* An answer is taken once; a second one does not disturb the link, nor does an unknown kind in it.
 */
static void a_second_answer_is_ignored(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_make(1);
    rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
    while (w->sides[0].candidates == 0 || w->sides[1].descriptions == 0) {
        rtc_pair_run(w, 1);
    }
    uint8_t answer[GC_SDP_BYTES_MAX];
    const rtc_signal *s = &w->signals[0];
    assert_true(s->to == 0 && s->type == GC_RTC_DESCRIPTION);
    gc_span text = gc_span_of(answer, s->len);
    memcpy(answer, s->text, s->len);
    rtc_pair_run(w, w->signal_ms + 1);
    uint32_t at = 0;
    while (memcmp(answer + at, "a=ice-pwd:", 10) != 0) {
        at++;
    }
    answer[at + 10] = answer[at + 10] == 'x' ? 'y' : 'x';
    gc_rtc_remote(w->sides[0].rtc, w->now_ms, LINK, GC_LINK_KIND_NATIVE, text);
    gc_rtc_remote(w->sides[0].rtc, w->now_ms, LINK, GC_LINK_KIND_EITHER, text);
    rtc_pair_drain(w, 0);
    rtc_pair_run(w, 2000);
    rtc_pair_assert_open(w, 1);
    rtc_pair_free(w);
}

/* A browser shows a name in the place of its address; the port stays. */
static void hide_address(gc_span *text, uint32_t type, uint8_t *copy) {
    if (type != GC_RTC_CANDIDATE) {
        return;
    }
    char hidden[256], *at, *rest;
    snprintf(hidden, sizeof hidden, "%.*s", (int)text->len, (const char *)copy);
    at = strstr(hidden, "192.0.2.");
    assert_non_null(at);
    rest = strchr(at, ' ');
    assert_non_null(rest);
    text->len =
        (uint32_t)snprintf((char *)copy, 512, "%.*s1cacfa40-5b80-4ac1-b799-d36f8545bb75.local%s",
                           (int)(at - hidden), hidden, rest);
}

static void hide_one_address(gc_span *text, uint32_t type, uint8_t *copy) {
    char plain[256];
    snprintf(plain, sizeof plain, "%.*s", (int)text->len, (const char *)copy);
    if (strstr(plain, "192.0.2.1 ") != NULL) {
        hide_address(text, type, copy);
    }
}

/* The one that hides checks the plain address of the other, which therefore asks nobody. */
static void a_found_link_asks_nobody(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_make(1);
    w->spoil = hide_one_address;
    rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
    rtc_pair_run(w, 5000);
    rtc_pair_assert_open(w, 1);
    assert_int_equal(w->questions, 0);
    rtc_pair_free(w);
}

static void hidden_addresses_are_asked_for(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_make(1);
    w->spoil = hide_address;
    rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
    rtc_pair_run(w, 2000);
    rtc_pair_assert_open(w, 1);
    assert_in_range(w->questions, 2, 8);
    rtc_pair_free(w);
    w = rtc_pair_make(1);
    w->spoil = hide_address;
    w->mute = true;
    rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
    rtc_pair_run(w, GC_LINK_OPEN_MS + 100);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(w->sides[i].closed, 1);
        assert_int_equal(w->sides[i].reason, GC_REASON_ICE_FAILED);
    }
    assert_in_range(w->questions, 6, 16);
    rtc_pair_assert_nothing_left(w);
    rtc_pair_free(w);
    w = rtc_pair_make(1);
    w->spoil = hide_address;
    w->mute = true;
    rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
    rtc_pair_run(w, GC_MDNS_FIRST_MS + 100);
    uint32_t asked = w->questions;
    assert_true(asked > 0);
    for (uint32_t i = 0; i < 2; i++) {
        gc_rtc_close(w->sides[i].rtc, w->now_ms, LINK);
        rtc_pair_drain(w, i);
    }
    rtc_pair_run(w, 5000);
    assert_int_equal(w->questions, asked); /* nobody waits for the answer any more */
    rtc_pair_free(w);
}

/* A STUN server is asked by each link, and its answer is one more candidate. */
static void servers_are_asked(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_make(1);
    gc_addr server = {.ip = {203, 0, 113, 1}, .port = 3478, .family = 4};
    gc_rtc *rtc = w->sides[0].rtc;
    const gc_addr nobody = {.ip = {224, 0, 0, 1}, .port = 3478, .family = 4};
    assert_int_equal(gc_rtc_add_server(rtc, w->now_ms, &nobody), GC_E_REFUSED);
    assert_int_equal(gc_rtc_add_server(rtc, w->now_ms, &server), 0);
    assert_int_equal(gc_rtc_add_server(rtc, w->now_ms, &server), 0);
    assert_int_equal(gc_rtc_offer(rtc, w->now_ms, 1, GC_LINK_KIND_NATIVE, GC_SPAN_NONE), 0);
    gc_rtc_output out;
    uint32_t asked = 0;
    while (gc_rtc_poll(rtc, &out)) {
        asked += out.type == GC_RTC_DATAGRAM && memcmp(&out.to, &server, sizeof server) == 0;
    }
    assert_int_equal(asked, 1);
    for (uint32_t n = 1; n < GC_RTC_SERVERS_MAX + 2; n++) {
        server.port++;
        assert_int_equal(gc_rtc_add_server(rtc, w->now_ms, &server),
                         n < GC_RTC_SERVERS_MAX ? 0 : GC_E_FULL);
    }
    gc_rtc_clear_servers(rtc);
    assert_int_equal(gc_rtc_add_server(rtc, w->now_ms, &server), 0);
    gc_rtc_close(rtc, w->now_ms, 1);
    rtc_pair_drain(w, 0);
    rtc_pair_free(w);
}

static uint32_t
    spoiled_type_to_answer; /* 1: only descriptions of the offerer, 2: of the answerer */

static void flip_fingerprint(gc_span *text, uint32_t type, uint8_t *copy) {
    if (type != GC_RTC_DESCRIPTION) {
        return;
    }
    bool answer = false;
    for (uint32_t i = 0; i + 8 < text->len; i++) {
        answer = answer || memcmp(copy + i, ":active\r", 8) == 0;
    }
    for (uint32_t i = 0; i + 9 < text->len; i++) {
        if (memcmp(copy + i, "sha-256 ", 8) == 0 && answer == (spoiled_type_to_answer == 2)) {
            copy[i + 8] = copy[i + 8] == '0' ? '1' : '0';
        }
    }
}

/* A text that the description of one side loses on its way. */
static bool spoiled_answer;
static const char *spoiled_from, *spoiled_to;

static void spoil_description(gc_span *text, uint32_t type, uint8_t *copy) {
    bool answer = false;
    for (uint32_t i = 0; i + 8 < text->len; i++) {
        answer = answer || memcmp(copy + i, ":active\r", 8) == 0;
    }
    if (type == GC_RTC_DESCRIPTION && answer == spoiled_answer) {
        rtc_pair_replace(text, copy, spoiled_from, spoiled_to);
    }
}

/* Without the INIT of one side, or with something else in its place, SCTP has its handshake. */
static void an_init_that_is_of_no_use_costs_time_alone(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"a=sctp-init:", "a=sctp-init:"},         /* as it is */
        {"a=sctp-init:", "a=nothing__:"},         /* taken away */
        {"a=sctp-init:A", "a=sctp-init:!"},       /* not base64 */
        {"a=sctp-init:AQ", "a=sctp-init:Ag"},     /* another chunk */
        {"a=sctp-init:AQAA", "a=sctp-init:AQD/"}, /* a length of another chunk */
    };
    uint64_t best_ms = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int answer = 0; answer < 2; answer++) {
            spoiled_answer = answer == 1;
            spoiled_from = cases[i][0];
            spoiled_to = cases[i][1];
            rtc_pair *w = rtc_pair_make(1);
            w->path.delay_ms = 50;
            w->spoil = spoil_description;
            rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
            while (w->sides[0].opened == 0 || w->sides[1].opened == 0) {
                rtc_pair_run(w, 1);
            }
            rtc_pair_send(w, 0, LINK, GC_CHANNEL_CONTROL, 1, 100);
            rtc_pair_send(w, 1, LINK, GC_CHANNEL_CONTROL, 1, 100);
            while (w->sides[0].messages == 0 || w->sides[1].messages == 0) {
                rtc_pair_run(w, 1);
            }
            rtc_pair_assert_open(w, 1);
            if (i == 0) {
                best_ms = w->now_ms;
            } else {
                assert_in_range(w->now_ms, best_ms + 50, best_ms + 400);
            }
            rtc_pair_free(w);
        }
    }
}

/* The first datagram of DTLS goes along with checks between two of ours alone; without that it
 * waits for the first check of the other side. */
static void dtls_goes_along_with_checks_of_ours(void **state) {
    (void)state;
    static const char *const cases[][2] = {{"ghostchat1", "ghostchat1"},
                                           {"ghostchat1", "ghostchat2"}};
    uint64_t best_ms = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int answer = 0; answer < 2; answer++) {
            spoiled_answer = answer == 1;
            spoiled_from = cases[i][0];
            spoiled_to = cases[i][1];
            rtc_pair *w = rtc_pair_make(1);
            w->path.delay_ms = 50;
            w->spoil = spoil_description;
            rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
            rtc_pair_run(w, 2000);
            rtc_pair_assert_open(w, 1);
            best_ms = i == 0 ? w->sides[1].opened_ms : best_ms;
            /* An answer that comes without it still belongs to checks that came with it. */
            bool alone = i == 1 && answer == 0;
            assert_in_range(w->sides[1].opened_ms, best_ms + 50 * alone, best_ms + 55 * alone);
            rtc_pair_free(w);
        }
    }
}

static void a_wrong_fingerprint(void **state) {
    (void)state;
    for (spoiled_type_to_answer = 1; spoiled_type_to_answer <= 2; spoiled_type_to_answer++) {
        uint32_t checker = spoiled_type_to_answer == 1 ? 1 : 0;
        rtc_pair *w = rtc_pair_make(1);
        w->spoil = flip_fingerprint;
        rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
        rtc_pair_run(w, 13000);
        assert_int_equal(w->sides[checker].opened, 0);
        assert_int_equal(w->sides[checker].closed, 1);
        assert_int_equal(w->sides[checker].reason, GC_REASON_PROTOCOL);
        assert_int_equal(w->sides[checker].messages, 0);
        assert_int_equal(w->sides[!checker].closed, 1);
        rtc_pair_free(w);
    }
}

static void descriptions_that_cannot_be_used(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_make(1);
    gc_rtc *rtc = w->sides[0].rtc;
    assert_int_equal(gc_rtc_answer(rtc, w->now_ms, 3, GC_LINK_KIND_NATIVE, GC_SPAN("v=0")), 0);
    rtc_pair_drain(w, 0);
    assert_int_equal(w->sides[0].closed, 1);
    assert_int_equal(w->sides[0].closed_link, 3);
    assert_int_equal(w->sides[0].reason, GC_REASON_ICE_FAILED);
    assert_int_equal(w->sides[0].descriptions, 0);
    rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
    gc_rtc_remote(rtc, w->now_ms, LINK, GC_LINK_KIND_NATIVE, GC_SPAN("nonsense"));
    rtc_pair_drain(w, 0);
    assert_int_equal(w->sides[0].closed, 2);
    assert_int_equal(w->sides[0].closed_link, LINK);
    assert_int_equal(gc_rtc_send(rtc, w->now_ms, LINK, 1, GC_SPAN("x")), 0); /* forgotten */
    rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
    /* an offer in the place of an answer: nobody would be the client */
    rtc_signal *last = &w->signals[w->signal_count - 2];
    assert_int_equal(last->type, GC_RTC_DESCRIPTION);
    gc_rtc_remote(rtc, w->now_ms, LINK, GC_LINK_KIND_NATIVE, gc_span_of(last->text, last->len));
    rtc_pair_drain(w, 0);
    assert_int_equal(w->sides[0].closed, 3);
    gc_rtc_candidate(rtc, w->now_ms, LINK, GC_SPAN("candidate:x"));
    gc_rtc_close(rtc, w->now_ms, LINK);
    rtc_pair_drain(w, 0);
    assert_true(gc_rtc_deadline(rtc) == GC_NEVER);
    rtc_pair_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_init_that_is_of_no_use_costs_time_alone),
        cmocka_unit_test(dtls_goes_along_with_checks_of_ours),
        cmocka_unit_test(a_wrong_fingerprint),
        cmocka_unit_test(a_foreign_port_of_sctp),
        cmocka_unit_test(an_answer_must_settle_the_kind),
        cmocka_unit_test(a_second_answer_is_ignored),
        cmocka_unit_test(hidden_addresses_are_asked_for),
        cmocka_unit_test(a_found_link_asks_nobody),
        cmocka_unit_test(servers_are_asked),
        cmocka_unit_test(descriptions_that_cannot_be_used),
    };
    return RUN(tests);
}
