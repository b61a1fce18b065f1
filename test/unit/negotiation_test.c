#include "test/unit/unit.h"

#include "core/base/error.h"
#include "rtc/negotiation.h"

#define TEXT_BYTES 1536

static const uint8_t fingerprint[GC_SDP_FINGERPRINT_BYTES] = {0xab, 0xcd};

/* Writes the description of one side. */
static gc_span write(const gc_negotiation *n, uint8_t *text) {
    static const uint8_t seed[32] = {1};
    gc_drbg drbg;
    gc_ice_credentials own;
    gc_writer w;
    gc_drbg_init(&drbg, seed);
    gc_ice_credentials_make(&own, &drbg);
    gc_writer_init(&w, text, TEXT_BYTES);
    gc_negotiation_write(n, &drbg, &own, fingerprint, 1000, GC_SPAN("init"), &w);
    assert_false(w.failed);
    return gc_writer_done(&w);
}

/* Replaces the first `from` of a text by `to`, which is as long. */
static void change(gc_span text, uint8_t *bytes, const char *from, const char *to) {
    size_t len = strlen(from);
    assert_int_equal(len, strlen(to));
    for (uint32_t i = 0; i + len <= text.len; i++) {
        if (memcmp(bytes + i, from, len) == 0) {
            memcpy(bytes + i, to, len);
            return;
        }
    }
    fail();
}

static void an_offer_and_its_answer_settle_everything(void **state) {
    (void)state;
    uint8_t text[TEXT_BYTES];
    gc_negotiation offerer, answerer;
    gc_sdp sdp;
    gc_negotiation_begin(&offerer, true);
    gc_negotiation_begin(&answerer, false);
    gc_span offer = write(&offerer, text);
    change(offer, text, "a=mid:0", "a=mid:x");
    assert_int_equal(gc_negotiation_take(&answerer, offer, &sdp), 0);
    assert_int_equal(sdp.setup, GC_SDP_ACTPASS);
    assert_memory_equal(sdp.fingerprint, fingerprint, sizeof fingerprint);
    assert_span(gc_negotiation_mid(&answerer), GC_SPAN("x"));
    assert_int_equal(answerer.message_bytes_max, 1000);
    assert_true(answerer.client);
    gc_span answer = write(&answerer, text);
    assert_int_equal(gc_negotiation_take(&offerer, answer, &sdp), 0);
    assert_int_equal(sdp.setup, GC_SDP_ACTIVE);
    assert_span(sdp.mid, GC_SPAN("x"));
    assert_false(offerer.client);
}

/* An offer names the program in any case, an answer only to one of the same. */
static void an_answer_says_whose_it_is_when_the_offer_did(void **state) {
    (void)state;
    for (int ours = 0; ours < 2; ours++) {
        uint8_t text[TEXT_BYTES];
        gc_negotiation offerer, answerer;
        gc_sdp sdp;
        gc_negotiation_begin(&offerer, true);
        gc_negotiation_begin(&answerer, false);
        gc_span offer = write(&offerer, text);
        change(offer, text, "ghostchat1", ours == 1 ? "ghostchat1" : "ghostchat0");
        assert_int_equal(gc_negotiation_take(&answerer, offer, &sdp), 0);
        assert_int_equal(answerer.ours, ours);
        assert_int_equal(gc_negotiation_take(&offerer, write(&answerer, text), &sdp), 0);
        assert_int_equal(offerer.ours, ours);
    }
}

/* An offer tells its INIT in any case, an answer only to somebody whose INIT is taken. */
static void an_answer_tells_an_init_when_the_offer_did(void **state) {
    (void)state;
    for (int agreed = 0; agreed < 2; agreed++) {
        uint8_t text[TEXT_BYTES];
        gc_negotiation offerer, answerer;
        gc_sdp sdp;
        gc_negotiation_begin(&offerer, true);
        gc_negotiation_begin(&answerer, false);
        assert_int_equal(gc_negotiation_take(&answerer, write(&offerer, text), &sdp), 0);
        assert_span(gc_span_of(sdp.sctp_init, sdp.sctp_init_len), GC_SPAN("init"));
        if (agreed == 1) {
            gc_negotiation_agree(&answerer);
        }
        assert_int_equal(gc_negotiation_take(&offerer, write(&answerer, text), &sdp), 0);
        assert_int_equal(sdp.sctp_init_len, agreed * 4);
    }
}

static void one_side_is_the_client(void **state) {
    static const struct {
        const char *setup;
        int offer_client, answer_client; /* of who takes it; -1: refused */
    } cases[] = {
        {"a=setup:actpass", 1, -1},
        {"a=setup:active\n", 0, 0},
        {"a=setup:passive", 1, 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int offerer = 0; offerer < 2; offerer++) {
            uint8_t text[TEXT_BYTES];
            gc_negotiation from, to;
            gc_sdp sdp;
            gc_negotiation_begin(&from, true);
            gc_negotiation_begin(&to, offerer == 1);
            gc_span description = write(&from, text);
            change(description, text, "a=setup:actpass", cases[i].setup);
            int client = offerer == 1 ? cases[i].answer_client : cases[i].offer_client;
            int error = gc_negotiation_take(&to, description, &sdp);
            assert_int_equal(error, client < 0 ? GC_E_REFUSED : 0);
            assert_true(client < 0 || to.client == (client == 1));
        }
    }
}

static void another_port_or_text_is_refused(void **state) {
    (void)state;
    uint8_t text[TEXT_BYTES];
    gc_negotiation from, to;
    gc_sdp sdp;
    gc_negotiation_begin(&from, true);
    gc_negotiation_begin(&to, false);
    gc_span offer = write(&from, text);
    for (uint32_t cut = 0; cut < offer.len / 2; cut++) {
        uint8_t *part = exact_copy(text, cut);
        assert_int_equal(gc_negotiation_take(&to, gc_span_of(part, cut), &sdp), GC_E_REFUSED);
        free(part);
    }
    change(offer, text, "a=sctp-port:5000", "a=sctp-port:5001");
    assert_int_equal(gc_negotiation_take(&to, offer, &sdp), GC_E_REFUSED);
}

/* A later negotiation keeps the roles, whoever offers. */
static void later_ones_change_no_role(void **state) {
    (void)state;
    uint8_t text[TEXT_BYTES], copy[TEXT_BYTES];
    gc_negotiation sides[2];
    gc_sdp sdp;
    gc_negotiation_begin(&sides[0], true);
    gc_negotiation_begin(&sides[1], false);
    assert_int_equal(gc_negotiation_take_again(&sides[0], write(&sides[0], text), &sdp),
                     GC_E_REFUSED); /* it is the first */
    assert_int_equal(gc_negotiation_take(&sides[1], write(&sides[0], text), &sdp), 0);
    assert_int_equal(gc_negotiation_take(&sides[0], write(&sides[1], text), &sdp), 0);
    for (uint32_t i = 0; i < 2; i++) {
        gc_negotiation *by = &sides[i], *to = &sides[1 - i];
        gc_negotiation_offer_again(by);
        gc_span offer = write(by, text);
        memcpy(copy, text, offer.len);
        assert_int_equal(gc_negotiation_take_again(to, offer, &sdp), 0);
        assert_int_equal(sdp.setup, by->client ? GC_SDP_ACTIVE : GC_SDP_PASSIVE);
        assert_int_equal(sdp.sctp_init_len, 0);
        if (!by->client) { /* an offer may leave the roles open, as browsers do, an answer may not
                            */
            change(gc_span_of(copy, offer.len), copy, "passive", "actpass");
            assert_int_equal(gc_negotiation_take_again(to, gc_span_of(copy, offer.len), &sdp), 0);
            assert_int_equal(gc_negotiation_take_again(by, gc_span_of(copy, offer.len), &sdp),
                             GC_E_REFUSED);
        }
        assert_int_equal(gc_negotiation_take_again(by, write(to, text), &sdp), 0);
        assert_int_equal(sdp.setup, to->client ? GC_SDP_ACTIVE : GC_SDP_PASSIVE);
        assert_true(sides[1].client && !sides[0].client);
    }
    gc_negotiation_offer_again(&sides[0]);
    gc_negotiation_answer_again(&sides[0]);
    assert_int_equal(gc_sdp_parse(write(&sides[0], text), &sdp), 0);
    assert_int_equal(sdp.setup, GC_SDP_PASSIVE);
}

static void settle(gc_negotiation sides[2], bool ours) {
    uint8_t text[TEXT_BYTES];
    gc_sdp sdp;
    gc_negotiation_begin(&sides[0], true);
    gc_negotiation_begin(&sides[1], false);
    gc_span offer = write(&sides[0], text);
    if (!ours) {
        change(offer, text, GC_SDP_OWN_OPTION, "otherchat1");
    }
    assert_int_equal(gc_negotiation_take(&sides[1], offer, &sdp), 0);
    assert_int_equal(gc_negotiation_take(&sides[0], write(&sides[1], text), &sdp), 0);
}

static void later_ones_change_no_section(void **state) {
    (void)state;
    static const char *const changes[][2] = {{"a=mid:0", "a=mid:1"},
                                             {"a=sctp-port:5000", "a=sctp-port:5001"}};
    uint8_t text[TEXT_BYTES];
    gc_negotiation sides[2];
    gc_sdp sdp;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        settle(sides, true);
        gc_negotiation_offer_again(&sides[0]);
        gc_span offer = write(&sides[0], text);
        change(offer, text, changes[i][0], changes[i][1]);
        assert_int_equal(gc_negotiation_take_again(&sides[1], offer, &sdp), GC_E_REFUSED);
        change(offer, text, changes[i][1], changes[i][0]);
        assert_int_equal(gc_negotiation_take_again(&sides[1], offer, &sdp), 0);
    }
}

/* Only the first offer is to somebody who is not known yet. */
static void later_ones_say_whose_they_are_to_the_same_alone(void **state) {
    (void)state;
    uint8_t text[TEXT_BYTES];
    gc_negotiation sides[2];
    gc_sdp sdp;
    for (int ours = 0; ours < 2; ours++) {
        settle(sides, ours != 0);
        gc_negotiation_offer_again(&sides[0]);
        assert_int_equal(gc_sdp_parse(write(&sides[0], text), &sdp), 0);
        assert_int_equal(sdp.ours, ours);
    }
}

/* RFC 8829 5.2.1: the number of a session has 63 bits. */
static void the_number_of_a_session_is_not_negative(void **state) {
    (void)state;
    static const uint8_t seed[32] = {2};
    uint8_t text[TEXT_BYTES + 1];
    gc_negotiation n;
    gc_drbg drbg;
    gc_ice_credentials own;
    gc_negotiation_begin(&n, true);
    gc_drbg_init(&drbg, seed);
    gc_ice_credentials_make(&own, &drbg);
    for (int i = 0; i < 64; i++) {
        gc_writer w;
        gc_writer_init(&w, text, TEXT_BYTES);
        gc_negotiation_write(&n, &drbg, &own, fingerprint, 1000, GC_SPAN_NONE, &w);
        text[w.at] = 0;
        assert_true(strtoull(strstr((char *)text, "o=- ") + 4, NULL, 10) <= INT64_MAX);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(later_ones_change_no_role),
        cmocka_unit_test(later_ones_change_no_section),
        cmocka_unit_test(later_ones_say_whose_they_are_to_the_same_alone),
        cmocka_unit_test(the_number_of_a_session_is_not_negative),
        cmocka_unit_test(an_offer_and_its_answer_settle_everything),
        cmocka_unit_test(an_answer_says_whose_it_is_when_the_offer_did),
        cmocka_unit_test(an_answer_tells_an_init_when_the_offer_did),
        cmocka_unit_test(one_side_is_the_client),
        cmocka_unit_test(another_port_or_text_is_refused),
    };
    return RUN(tests);
}
