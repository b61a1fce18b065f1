/* core/gc_client.c: joining, leaving, sending; inputs complete or change nothing. */
#include "test/unit/client_script.h"

static void a_room_from_joining_to_leaving(void **state) {
    script *s = script_new();
    (void)state;
    assert_int_equal(gc_client_id(s->c).len, 0);
    assert_int_equal(gc_client_deadline(s->c), GC_NEVER);
    enter_coffee(s, "[\"~bob\"]");
    expect(s, "ice [{\"urls\":\"stun:h\"}]\noffer 0\nstate waiting on none\n"
              "peer 0 ~bob connecting '' none\n");
    assert_non_null(strstr(s->ws, "wss://chat.example/base/peerjs?key=peerjs&id="));
    assert_non_null(strstr(s->ws, "&gc=1&room=" COFFEE));
    assert_int_equal(gc_client_id(s->c).len, GC_OWN_ID_CHARS);
    described(s, 0);
    expect(s, "signal OFFER ~bob\n");
    answer_from(s, "~bob", 0);
    expect(s, "remote 0 their sdp\n");
    opened(s, 0);
    expect(s, "start 0 base 1 ack 0 new nick Ann\n");
    peer_starts(s, 0, 1, 0);
    expect(s, "state connected on none\npeer 0 ~bob open 'Bob' none\n");
    user_sends(s, "hello", 1);
    expect(s, "send 0 #1 hello\n");
    peer_acks(s, 0, 1);
    expect(s, "delivered 0 #1\n");
    peer_sends(s, 0, 1, "hi");
    expect(s, "message 0 #1 hi\nack 0 #1\n");
    put(s, gc_client_leave(s->c, s->now));
    expect(s, "bye 0 left\nclose 0\nsignal LEAVE\ndisconnect\nstate idle off none\n"
              "peer 0 ~bob closed 'Bob' left\n");
    assert_int_equal(gc_client_deadline(s->c), GC_NEVER);
    assert_int_equal(gc_client_id(s->c).len, 0);
    script_free(s);
}

static void leaving_wipes_what_was_said(void **state) {
    script *s = script_met("~bob");
    (void)state;
    user_sends(s, "canary-of-ours", 1);
    peer_sends(s, 0, 1, "canary-of-theirs");
    peer_sends(s, 0, 3, "canary-held");
    static const char *canaries[] = {"canary", "coffee", "Bob", "Ann", "~bob", "their sdp"};
    char id[GC_OWN_ID_CHARS];
    uint8_t seed[GC_SIGN_KEY_BYTES];
    memcpy(id, gc_client_id(s->c).data, sizeof id);
    memcpy(seed, client_seed(s->c), sizeof seed);
    assert_non_null(memmem(s->c, gc_client_size(), id, sizeof id));
    put(s, gc_client_leave(s->c, s->now));
    for (size_t i = 0; i < sizeof canaries / sizeof canaries[0]; i++) {
        assert_null(memmem(s->c, gc_client_size(), canaries[i], strlen(canaries[i])));
    }
    assert_null(memmem(s->c, gc_client_size(), id, sizeof id));
    assert_null(memmem(s->c, gc_client_size(), seed, sizeof seed));
    script_free(s);
}

static void a_second_life_has_new_names(void **state) {
    script *s = script_met("~bob");
    char id[GC_OWN_ID_CHARS];
    uint8_t session[GC_SESSION_BYTES];
    (void)state;
    user_sends(s, "one", 1);
    memcpy(id, gc_client_id(s->c).data, sizeof id);
    memcpy(session, client_session(s->c), sizeof session);
    put(s, gc_client_leave(s->c, s->now));
    meet(s, "~bob");
    assert_memory_not_equal(id, gc_client_id(s->c).data, sizeof id);
    assert_memory_not_equal(session, client_session(s->c), sizeof session);
    user_sends(s, "one again", 1);
    expect(s, "send 0 #1 one again\n");
    script_free(s);
}

static void joins_are_refused_whole(void **state) {
    static const struct {
        const char *server, *key, *nick;
        int error;
    } rows[] = {
        {"chat.example", "", "Ann", GC_E_ARGUMENT},
        {"ftp://chat.example/", "", "Ann", GC_E_ARGUMENT},
        {"https://", "", "Ann", GC_E_ARGUMENT},
        {"https:///room", "", "Ann", GC_E_ARGUMENT},
        {"https://user@chat.example/", "", "Ann", GC_E_ARGUMENT},
        {"https://chat.example/?x", "", "Ann", GC_E_ARGUMENT},
        {"https://chat.example/#x", "", "Ann", GC_E_ARGUMENT},
        {"https://chat.example/ x", "", "Ann", GC_E_ARGUMENT},
        {SERVER, "", "\xff", GC_E_UTF8},
        {SERVER, "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk", "Ann",
         GC_E_ARGUMENT},
    };
    script *s = script_new();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        gc_client_options o = {.server = text_span(rows[i].server),
                               .key = text_span(rows[i].key),
                               .nick = text_span(rows[i].nick)};
        assert_int_equal(gc_client_join_room(s->c, s->now, &o, room_named("coffee")),
                         rows[i].error);
        drain(s);
        expect(s, "");
    }
    gc_room_name asks;
    assert_int_equal(gc_room_name_begin(&asks, GC_SPAN("coffee")), 0);
    assert_int_equal(gc_client_join_room(s->c, s->now, &script_options, &asks), GC_E_STATE);
    assert_int_equal(
        gc_client_join_link(s->c, s->now, &script_options, GC_SPAN("https://h/nothing")),
        GC_E_SYNTAX);
    assert_int_equal(
        gc_client_join_link(s->c, s->now, &script_options, GC_SPAN("https://h/room/coffee")),
        GC_E_ARGUMENT);
    char longer[GC_URL_BYTES_MAX + 2];
    memset(longer, 'a', sizeof longer);
    assert_int_equal(
        gc_client_join_link(s->c, s->now, &script_options, gc_span_of(longer, sizeof longer)),
        GC_E_TOO_BIG);
    enter_coffee(s, "[]");
    assert_int_equal(gc_client_join_room(s->c, s->now, &script_options, room_named("tea")),
                     GC_E_STATE);
    assert_int_equal(gc_client_new_room(s->c, s->now, &script_options), GC_E_STATE);
    script_free(s);
}

static void a_hash_that_refuses_is_an_error(void **state) {
    script *s = script_new();
    (void)state;
    client_hash_fails(s->c);
    assert_int_equal(gc_client_join_room(s->c, s->now, &script_options, room_named("coffee")),
                     GC_E_CRYPTO);
    assert_int_equal(gc_client_new_room(s->c, s->now, &script_options), GC_E_CRYPTO);
    drain(s);
    expect(s, "");
    script_free(s);
}

static void a_key_pair_that_is_refused_is_an_error(void **state) {
    script *s = script_new();
    (void)state;
    client_keypair_fails(s->c);
    assert_int_equal(gc_client_join_room(s->c, s->now, &script_options, room_named("coffee")),
                     GC_E_CRYPTO);
    drain(s);
    expect(s, "");
    script_free(s);
}

static void too_little_memory_is_no_client(void **state) {
    static _Alignas(16) uint8_t memory[64];
    static const uint8_t seed[32] = {1};
    gc_crypto crypto;
    (void)state;
    assert_int_equal(gc_host_crypto(&crypto), 0);
    assert_null(gc_client_init(memory, sizeof memory, &crypto, seed, 0));
    assert_true(gc_client_size() <= GC_PEERS_MAX * 128 * 1024);
}

static void texts_are_checked_before_they_are_taken(void **state) {
    script *s = script_new();
    uint64_t seq = 77;
    static uint8_t text[GC_TEXT_BYTES_MAX + 1];
    (void)state;
    memset(text, 'x', sizeof text);
    assert_int_equal(gc_client_send(s->c, s->now, GC_SPAN("x"), &seq), GC_E_STATE);
    enter_coffee(s, "[]");
    assert_int_equal(gc_client_send(s->c, s->now, GC_SPAN("x"), &seq), GC_E_STATE);
    joined(s, "~bob");
    assert_int_equal(gc_client_send(s->c, s->now, GC_SPAN(""), &seq), GC_E_SYNTAX);
    assert_int_equal(gc_client_send(s->c, s->now, gc_span_of(text, sizeof text), &seq),
                     GC_E_TOO_BIG);
    assert_int_equal(gc_client_send(s->c, s->now, GC_SPAN("\xed\xa0\x80"), &seq), GC_E_UTF8);
    assert_int_equal(seq, 77);
    assert_int_equal(gc_client_send(s->c, s->now, gc_span_of(text, GC_TEXT_BYTES_MAX), &seq), 0);
    assert_int_equal(seq, 1);
    script_free(s);
}

/* A text for one person must never come to another, not even to somebody who has just come. */
static void a_text_for_one_goes_to_nobody_else(void **state) {
    script *s = script_new();
    uint64_t seq = 77;
    (void)state;
    gc_span text = GC_SPAN("psst");
    assert_int_equal(gc_client_send_to(s->c, s->now, GC_SPAN("~bob"), text, &seq), GC_E_STATE);
    enter_coffee(s, "[]");
    assert_int_equal(gc_client_send_to(s->c, s->now, GC_SPAN("~bob"), text, &seq), GC_E_NOT_FOUND);
    joined(s, "~bob");
    assert_int_equal(gc_client_send_to(s->c, s->now, GC_SPAN("~bo"), text, &seq), GC_E_NOT_FOUND);
    assert_int_equal(gc_client_send_to(s->c, s->now, GC_SPAN_NONE, text, &seq), GC_E_NOT_FOUND);
    assert_int_equal(gc_client_send_to(s->c, s->now, GC_SPAN("~bob"), GC_SPAN(""), &seq),
                     GC_E_SYNTAX);
    assert_int_equal(gc_client_send_to(s->c, s->now, GC_SPAN("~bob"), text, &seq), 0);
    assert_int_equal(seq, 1);
    joined(s, "~zoe");
    assert_int_equal(gc_client_send_to(s->c, s->now, GC_SPAN("~bob"), text, &seq), GC_E_REFUSED);
    assert_int_equal(gc_client_send(s->c, s->now, text, &seq), 0);
    assert_int_equal(seq, 2);
    script_free(s);
}

/* Who is not linked yet gets what was sent since it became known, and nothing from before. */
static void a_newcomer_gets_what_follows(void **state) {
    script *s = script_met("~bob");
    (void)state;
    user_sends(s, "only for bob", 1);
    joined(s, "~zoe");
    user_sends(s, "for both", 2);
    expect(s, "send 0 #2 for both\n");
    offer_from(s, "~zoe", "AAAAAAAAAAAAAAAAAAAAAA");
    expect(s, "answer 1 their sdp\n");
    described(s, 1);
    opened(s, 1);
    expect(s, "start 1 base 2 ack 0 new nick Ann\n");
    peer_starts(s, 1, 1, 0);
    expect(s, "peer 1 ~zoe open 'Bob' none\nsend 1 #2 for both\n");
    peer_acks(s, 1, 2);
    expect(s, "delivered 1 #2\n");
    peer_acks(s, 0, 2);
    expect(s, "delivered 0 #1\ndelivered 0 #2\n");
    assert_int_equal(client_first_kept(s->c), 3);
    script_free(s);
}

/* The link and the server live, but nobody looks at the page of the other one. */
static void live_for(script *s, uint64_t ms) {
    gc_frame pong = {.type = GC_FRAME_PONG, .token = 1};
    uint64_t end = s->now + ms;
    while (s->now < end) {
        pass(s, end - s->now < 4000 ? end - s->now : 4000);
        char *last = strdup(s->lines);
        frame(s, 0, &pong);
        server_says(s, "{\"type\":\"GC-ALIVE\"}");
        memcpy(s->lines, last, strlen(last) + 1);
        free(last);
    }
}

static void a_message_is_given_up_after_a_minute(void **state) {
    script *s = script_met("~bob");
    (void)state;
    live_for(s, 1000);
    user_sends(s, "lost", 1);
    live_for(s, GC_UNDELIVERED_MS - 1);
    expect(s, "signal HEARTBEAT\n");
    assert_int_equal(client_first_kept(s->c), 1);
    live_for(s, 1);
    expect(s, "undelivered 0 #1 undelivered\n");
    assert_int_equal(client_first_kept(s->c), 2);
    peer_acks(s, 0, 1); /* late, but it was shown: what was said is taken back */
    expect(s, "delivered 0 #1\n");
    peer_acks(s, 0, 1); /* once */
    expect(s, "");
    user_sends(s, "next", 2);
    peer_acks(s, 0, 2);
    expect(s, "delivered 0 #2\n");
    script_free(s);
}

static void nothing_is_lost_when_outputs_are_not_drained(void **state) {
    script *s = script_met("~bob");
    uint64_t seq = 0;
    int error = 0, sent = 0;
    (void)state;
    /* Candidates fill the queue: at some point an input is refused, and changes nothing. */
    joined(s, "~zoe");
    pass(s, 4000);
    described(s, 1);
    for (sent = 0; sent < 2000 && error == 0; sent++) {
        client_link_forget_candidates_sent(s->c, 1); /* else 20 are enough */
        error =
            gc_client_link_candidate(s->c, s->now, link_of(s, 1), GC_SPAN("c"), GC_SPAN("0"), 0);
        gc_client_check(s->c);
    }
    assert_int_equal(error, GC_E_FULL);
    assert_in_range(sent, GC_OUTPUT_INPUT_EVENTS, GC_OUTPUT_INPUT_EVENTS + 2);
    assert_int_equal(gc_client_send(s->c, s->now, GC_SPAN("x"), &seq), GC_E_FULL);
    assert_int_equal(gc_client_leave(s->c, s->now), GC_E_FULL);
    uint64_t late = s->now + 100000;
    gc_client_tick(s->c, late); /* waits for the drain */
    assert_true(gc_client_deadline(s->c) <= late);
    drain(s);
    gc_client_tick(s->c, late);
    assert_true(gc_client_deadline(s->c) > late);
    drain(s);
    put(s, gc_client_leave(s->c, late));
    script_free(s);
}

static void the_clock_never_goes_back(void **state) {
    script *s = script_met("~bob");
    (void)state;
    pass(s, 4000);
    uint64_t at = client_now(s->c), deadline = gc_client_deadline(s->c);
    gc_client_tick(s->c, 5);
    assert_int_equal(client_now(s->c), at);
    assert_int_equal(gc_client_deadline(s->c), deadline);
    gc_frame ping = {.type = GC_FRAME_PING, .token = 9};
    s->now = 1;
    frame(s, 0, &ping);
    expect(s, "pong 0 9\n");
    assert_int_equal(client_now(s->c), at);
    script_free(s);
}

static void stale_link_numbers_are_ignored(void **state) {
    script *s = script_met("~bob");
    (void)state;
    uint32_t old = link_of(s, 0);
    transport_ended(s, 0, GC_REASON_GONE);
    assert_int_not_equal(old, link_of(s, 0));
    put(s, gc_client_link_opened(s->c, s->now, old));
    expect(s, "");
    put(s, gc_client_link_message(s->c, s->now, old, 0, GC_SPAN("\x15\0\0\0\1")));
    expect(s, "");
    put(s, gc_client_link_description(s->c, s->now, old, GC_SPAN("sdp")));
    put(s, gc_client_link_candidate(s->c, s->now, old, GC_SPAN("c"), GC_SPAN("0"), 0));
    put(s, gc_client_link_closed(s->c, s->now, old, GC_REASON_GONE));
    put(s, gc_client_link_buffered(s->c, s->now, old, 1));
    put(s, gc_client_link_path(s->c, s->now, old, GC_PATH_HOST, 1));
    put(s, gc_client_link_opened(s->c, s->now, GC_NONE));
    put(s, gc_client_link_opened(s->c, s->now, 39));
    put(s, gc_client_link_opened(s->c, s->now, 255));
    expect(s, "");
    script_free(s);
}

static void link_inputs_are_checked(void **state) {
    script *s = script_new();
    static uint8_t big[GC_SDP_BYTES_MAX + 1];
    (void)state;
    memset(big, 'x', sizeof big);
    enter_coffee(s, "[\"~bob\"]");
    uint32_t link = link_of(s, 0);
    assert_int_equal(gc_client_link_opened(s->c, s->now, link), GC_E_STATE);
    assert_int_equal(gc_client_link_message(s->c, s->now, link, 0, GC_SPAN("x")), GC_E_STATE);
    assert_int_equal(gc_client_link_description(s->c, s->now, link, gc_span_of(big, sizeof big)),
                     GC_E_TOO_BIG);
    assert_int_equal(gc_client_link_description(s->c, s->now, link, GC_SPAN("")), GC_E_TOO_BIG);
    assert_int_equal(gc_client_link_description(s->c, s->now, link, GC_SPAN("\xff")), GC_E_UTF8);
    assert_int_equal(
        gc_client_link_candidate(s->c, s->now, link, gc_span_of(big, 513), GC_SPAN("0"), 0),
        GC_E_TOO_BIG);
    assert_int_equal(
        gc_client_link_candidate(s->c, s->now, link, GC_SPAN("c"), gc_span_of(big, 65), 0),
        GC_E_TOO_BIG);
    assert_int_equal(gc_client_link_candidate(s->c, s->now, link, GC_SPAN("c"), GC_SPAN("0"), 256),
                     GC_E_TOO_BIG);
    assert_int_equal(gc_client_link_candidate(s->c, s->now, link, GC_SPAN("\xff"), GC_SPAN("0"), 0),
                     GC_E_UTF8);
    assert_int_equal(gc_client_link_candidate(s->c, s->now, link, GC_SPAN(""), GC_SPAN("0"), 0), 0);
    put(s, gc_client_link_description(s->c, s->now, link, gc_span_of(big, GC_SDP_BYTES_MAX)));
    assert_int_equal(gc_client_link_description(s->c, s->now, link, GC_SPAN("again")), GC_E_STATE);
    static char message[GC_MESSAGE_BYTES_MAX + 1];
    assert_int_equal(gc_client_signaling_message(s->c, s->now, GC_SIGNALING_SOCKET_OWN,
                                                 gc_span_of(message, sizeof message)),
                     GC_E_TOO_BIG);
    script_free(s);
}

static void names_are_cleaned_and_told(void **state) {
    static char huge[1 << 20];
    script *s = script_met("~bob");
    (void)state;
    put(s, gc_client_set_nick(s->c, s->now,
                              GC_SPAN("  An\x01n  \xe2\x80\xae"
                                      "Smith ")));
    expect(s, "profile 0 Ann Smith\n");
    put(s, gc_client_set_nick(s->c, s->now, GC_SPAN("")));
    expect(s, "profile 0 \n");
    memset(huge, 'n', sizeof huge);
    put(s, gc_client_set_nick(s->c, s->now, gc_span_of(huge, sizeof huge)));
    expect(s, "profile 0 nnnnnnnn...256\n");
    assert_int_equal(gc_client_set_nick(s->c, s->now, GC_SPAN("\xff")), GC_E_UTF8);
    put(s, gc_client_leave(s->c, s->now));
    assert_int_equal(gc_client_set_nick(s->c, s->now, GC_SPAN("x")), GC_E_STATE);
    script_free(s);
}

static void the_path_is_shown(void **state) {
    script *s = script_met("~bob");
    (void)state;
    put(s, gc_client_link_path(s->c, s->now, link_of(s, 0), GC_PATH_SRFLX, 23));
    expect(s, "peer 0 ~bob open 'Bob' srflx none\n");
    put(s, gc_client_link_path(s->c, s->now, link_of(s, 0), GC_PATH_SRFLX, 23));
    expect(s, "");
    put(s, gc_client_link_path(s->c, s->now, link_of(s, 0), 77, 0));
    expect(s, "peer 0 ~bob open 'Bob' none\n");
    script_free(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_room_from_joining_to_leaving),
        cmocka_unit_test(leaving_wipes_what_was_said),
        cmocka_unit_test(a_second_life_has_new_names),
        cmocka_unit_test(joins_are_refused_whole),
        cmocka_unit_test(a_hash_that_refuses_is_an_error),
        cmocka_unit_test(a_key_pair_that_is_refused_is_an_error),
        cmocka_unit_test(too_little_memory_is_no_client),
        cmocka_unit_test(texts_are_checked_before_they_are_taken),
        cmocka_unit_test(a_text_for_one_goes_to_nobody_else),
        cmocka_unit_test(a_newcomer_gets_what_follows),
        cmocka_unit_test(a_message_is_given_up_after_a_minute),
        cmocka_unit_test(nothing_is_lost_when_outputs_are_not_drained),
        cmocka_unit_test(the_clock_never_goes_back),
        cmocka_unit_test(stale_link_numbers_are_ignored),
        cmocka_unit_test(link_inputs_are_checked),
        cmocka_unit_test(names_are_cleaned_and_told),
        cmocka_unit_test(the_path_is_shown),
    };
    return RUN(tests);
}
