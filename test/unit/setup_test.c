/* core/client/setup.c: descriptions and candidates between the host's transport and the server.
 * Stock PeerJS peers are in client_peerjs_test.c. */
#include "core/proto/dialer.h"
#include "test/unit/client_script.h"

static script *script_with(const char *members) {
    script *s = script_new();
    enter_coffee(s, members);
    return s;
}

static void candidates_wait_for_descriptions(void **state) {
    static const char *theirs =
        "{\"type\":\"CANDIDATE\",\"src\":\"~bob\",\"payload\":{\"type\":\"ghostchat\",\"v\":1,"
        "\"dial\":\"%DIAL0%\",\"candidate\":\"their candidate\",\"mid\":\"0\",\"index\":0}}";
    script *s = script_with("[\"~bob\"]");
    (void)state;
    found(s, 0, "ours");
    expect(s, ""); /* not before the OFFER */
    described(s, 0);
    expect(s, "signal OFFER ~bob\nsignal CANDIDATE ~bob\n");
    found(s, 0, "ours 2");
    expect(s, "signal CANDIDATE ~bob\n");
    server_says(s, theirs);
    expect(s, ""); /* not before the ANSWER */
    answer_from(s, "~bob", 0);
    expect(s, "remote 0 their sdp\ncandidate 0 their candidate\n");
    server_says(s, theirs);
    expect(s, "candidate 0 their candidate\n");
    opened(s, 0);
    server_says(s, theirs); /* late ones are of use, too */
    expect(s, "candidate 0 their candidate\n");
    for (int i = 0; i < 40; i++) {
        server_says(s, theirs);
    }
    assert_int_equal(client_link_candidates_taken(s->c, 0), GC_CANDIDATES_MAX);
    expect(s, "");
    script_free(s);
}

static void an_answerers_candidates_wait_too(void **state) {
    script *s = script_with("[]");
    (void)state;
    offer_from(s, "~bob", "AAAAAAAAAAAAAAAAAAAAAA");
    server_says(s, "{\"type\":\"CANDIDATE\",\"src\":\"~bob\",\"payload\":{\"type\":\"ghostchat\","
                   "\"v\":1,\"dial\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"candidate\":\"theirs\","
                   "\"mid\":\"0\",\"index\":0}}");
    expect(s, "");
    found(s, 0, "ours");
    expect(s, "");
    described(s, 0);
    expect(s, "signal ANSWER ~bob\nsignal CANDIDATE ~bob\ncandidate 0 theirs\n");
    script_free(s);
}

/* How many of the lines begin like this. */
static uint32_t count_lines(const script *s, const char *start) {
    uint32_t n = 0;
    for (const char *at = s->lines; (at = strstr(at, start)) != NULL; at++) {
        n += at == s->lines || at[-1] == '\n';
    }
    return n;
}

/* Somebody who comes under a new id for each offer, and is gone at once: as a member, by the bare
 * id, or without a word of the server. */
static uint32_t answered_of(int form) {
    script *s = script_with("[]");
    uint32_t answered = 0;
    for (int i = 0; i < 1000; i++) {
        char id[16], text[256];
        snprintf(id, sizeof id, "~e%d", i);
        if (form == 0) {
            joined(s, id);
            offer_from(s, id, "AAAAAAAAAAAAAAAAAAAAAA");
        } else {
            snprintf(
                text, sizeof text,
                "{\"type\":\"OFFER\",\"src\":\"%s\",\"payload\":{\"type\":\"ghostchat\",\"v\":1,"
                "\"dial\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"sdp\":\"x\"}}",
                id);
            server_says(s, text);
        }
        answered += count_lines(s, "answer ");
        if (form == 0) {
            left(s, id);
        } else {
            snprintf(text, sizeof text, "{\"type\":\"GC-ABSENT\",\"payload\":{\"id\":\"%s\"}}", id);
            server_says(s, text);
        }
        pass(s, 10);
    }
    /* Meanwhile somebody else is linked, by our own dial at the latest. */
    joined(s, "~ann");
    offer_from(s, "~ann", "BBBBBBBBBBBBBBBBBBBBBB");
    pass(s, GC_DIAL_EXPECT_MS + GC_REDIAL_MS_MIN);
    assert_true(count_lines(s, "offer ") + count_lines(s, "answer ") > 0 || form == 1);
    script_free(s);
    return answered;
}

static void ids_that_come_and_go_cost_no_more(void **state) {
    (void)state;
    for (int form = 0; form < 2; form++) {
        uint32_t answered = answered_of(form);
        assert_in_range(answered, 1, GC_DIALER_STRANGER_OFFERS + 10000 / GC_DIALER_STRANGER_MS);
    }
}

static void what_belongs_to_no_dial_is_ignored(void **state) {
    static const char *rows[] = {
        "{\"type\":\"ANSWER\",\"src\":\"~bob\",\"payload\":{\"type\":\"ghostchat\",\"v\":1,"
        "\"dial\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"sdp\":\"x\"}}",
        "{\"type\":\"ANSWER\",\"src\":\"~eve\",\"payload\":{\"type\":\"ghostchat\",\"v\":1,"
        "\"dial\":\"%DIAL0%\",\"sdp\":\"x\"}}",
        "{\"type\":\"CANDIDATE\",\"src\":\"~eve\",\"payload\":{\"type\":\"ghostchat\",\"v\":1,"
        "\"dial\":\"%DIAL0%\",\"candidate\":\"x\",\"mid\":\"0\",\"index\":0}}",
        "{\"type\":\"OFFER\",\"src\":\"%ID%\",\"payload\":{\"type\":\"ghostchat\",\"v\":1,"
        "\"dial\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"room\":\"" COFFEE "\",\"sdp\":\"x\"}}",
        "{\"type\":\"OFFER\",\"src\":\"~eve\",\"payload\":{\"type\":\"ghostchat\",\"v\":1,"
        "\"dial\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"room\":\"" COFFEE "\",\"sdp\":\"\"}}",
        "{\"type\":\"OFFER\",\"src\":\"~eve\",\"payload\":{\"type\":\"ghostchat\",\"v\":1,"
        "\"dial\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"room\":\"00000000000000000000000000000000\","
        "\"sdp\":\"x\"}}",
        "{\"type\":\"GC-JOINED\",\"payload\":{\"room\":\"00000000000000000000000000000000\","
        "\"id\":\"~eve\"}}",
        "{\"type\":\"GC-JOINED\",\"payload\":{\"room\":\"" COFFEE "\",\"id\":\"%ID%\"}}",
        "{\"type\":\"GC-LEFT\",\"payload\":{\"room\":\"" COFFEE "\",\"id\":\"~eve\"}}",
        "{\"type\":\"GC-ROOM\",\"payload\":{\"tag\":\"00000000000000000000000000000000\","
        "\"members\":[\"~eve\"]}}",
        "{\"type\":\"GC-ABSENT\",\"payload\":{\"id\":\"~eve\"}}",
        "{\"type\":\"GC-PRESENT\",\"payload\":{\"id\":\"~eve\"}}",
        "{\"type\":\"OPEN\",\"payload\":{\"gc\":1}}",
        "not even json",
    };
    script *s = script_with("[\"~bob\"]");
    (void)state;
    described(s, 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t ignored = client_ignored(s->c);
        server_says(s, rows[i]);
        expect(s, "");
        assert_int_equal(client_ignored(s->c), ignored + 1);
    }
    server_says(s, "{\"type\":\"LEAVE\",\"src\":\"~bob\"}");
    server_says(s, "{\"type\":\"NEWS\",\"payload\":1}");
    expect(s, "");
    script_free(s);
}

static void a_big_sdp_is_taken_up_to_its_limit(void **state) {
    static char text[GC_MESSAGE_BYTES_MAX];
    (void)state;
    for (int len = GC_SDP_BYTES_MAX; len <= GC_SDP_BYTES_MAX + 1; len++) {
        script *s = script_with("[]");
        snprintf(text, sizeof text,
                 "{\"type\":\"OFFER\",\"src\":\"~bob\",\"payload\":{\"type\":\"ghostchat\",\"v\":1,"
                 "\"dial\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"room\":\"" COFFEE "\",\"sdp\":\"%0*d\"}}",
                 len, 0);
        put(s, gc_client_signaling_message(s->c, s->now, GC_SIGNALING_SOCKET_OWN, text_span(text)));
        assert_int_equal(s->len > 0, len == GC_SDP_BYTES_MAX);
        script_free(s);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(candidates_wait_for_descriptions),
        cmocka_unit_test(an_answerers_candidates_wait_too),
        cmocka_unit_test(ids_that_come_and_go_cost_no_more),
        cmocka_unit_test(what_belongs_to_no_dial_is_ignored),
        cmocka_unit_test(a_big_sdp_is_taken_up_to_its_limit),
    };
    return RUN(tests);
}
