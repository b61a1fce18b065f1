/* core/client/setup.c: descriptions and candidates between the host's transport and the server.
 * Stock PeerJS peers are in client_peerjs_test.c. */
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
        cmocka_unit_test(what_belongs_to_no_dial_is_ignored),
        cmocka_unit_test(a_big_sdp_is_taken_up_to_its_limit),
    };
    return RUN(tests);
}
