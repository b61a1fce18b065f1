/* core/client/peers.c: dialling, answering, glare, replaced and lost links, forgetting. */
#include "test/unit/client_script.h"

static script *script_with(const char *members) {
    script *s = script_new();
    enter_coffee(s, members);
    return s;
}

static void a_dial_that_leads_nowhere_is_made_again(void **state) {
    script *s = script_with("[\"~bob\"]"); /* our id is the smaller one: we dial again */
    (void)state;
    described(s, 0);
    pass(s, GC_LINK_OPEN_MS - 1);
    expect(s, "");
    pass(s, 1);
    expect(s, "close 0\npeer 0 ~bob connecting '' timeout\n");
    pass(s, 999);
    expect(s, "");
    pass(s, 1);
    expect(s, "offer 0\n");
    described(s, 0);
    transport_ended(s, 0, GC_REASON_ICE_FAILED);
    expect(s, "peer 0 ~bob connecting '' ice-failed\n");
    pass(s, 1999);
    expect(s, "");
    pass(s, 1);
    expect(s, "offer 0\n");
    script_free(s);
}

static void the_larger_id_gives_the_other_time(void **state) {
    script *s = script_with("[\"0bob\"]");
    (void)state;
    described(s, 0);
    pass(s, GC_LINK_OPEN_MS);
    expect(s, "close 0\npeer 0 0bob connecting '' timeout\n");
    pass(s, 1000 + GC_DIAL_EXPECT_MS - 1);
    expect(s, "");
    pass(s, 1);
    expect(s, "signal HEARTBEAT\noffer 0\n");
    script_free(s);
}

static void a_newcomer_is_waited_for(void **state) {
    script *s = script_with("[]");
    (void)state;
    joined(s, "~zoe");
    expect(s, "peer 0 ~zoe connecting '' none\n");
    pass(s, GC_DIAL_EXPECT_MS - 1);
    expect(s, "");
    pass(s, 1);
    expect(s, "offer 0\n");
    joined(s, "0ann");
    offer_from(s, "0ann", "AAAAAAAAAAAAAAAAAAAAAA");
    expect(s, "answer 1 their sdp\n");
    pass(s, GC_DIAL_EXPECT_MS);
    expect(s, "");
    script_free(s);
}

static void glare_the_smaller_id_wins(void **state) {
    script *s = script_with("[\"~bob\",\"0ann\"]");
    (void)state;
    described(s, 0);
    described(s, 1);
    expect(s, "signal OFFER 0ann\n");
    offer_from(s, "~bob", "AAAAAAAAAAAAAAAAAAAAAA"); /* ours stays */
    expect(s, "");
    offer_from(s, "0ann", "AAAAAAAAAAAAAAAAAAAAAA"); /* theirs wins */
    expect(s, "close 1\nanswer 1 their sdp\n");
    answer_from(s, "~bob", 0);
    expect(s, "remote 0 their sdp\n");
    described(s, 1);
    expect(s, "signal ANSWER 0ann\n");
    script_free(s);
}

/* Ours is not out yet: nobody can answer it, so theirs is taken whoever is smaller. */
static void an_offer_in_the_making_gives_way(void **state) {
    script *s = script_with("[\"~bob\"]");
    (void)state;
    uint32_t old = link_of(s, 0);
    offer_from(s, "~bob", "AAAAAAAAAAAAAAAAAAAAAA");
    expect(s, "close 0\nanswer 0 their sdp\n");
    put(s, gc_client_link_description(s->c, s->now, old, GC_SPAN("late")));
    expect(s, "");
    script_free(s);
}

static void a_new_offer_replaces_an_answered_one(void **state) {
    script *s = script_with("[]");
    (void)state;
    offer_from(s, "0bob", "AAAAAAAAAAAAAAAAAAAAAA");
    expect(s, "answer 0 their sdp\npeer 0 0bob connecting '' none\n");
    described(s, 0);
    offer_from(s, "0bob", "BBBBBBBBBBBBBBBBBBBBBA");
    expect(s, "close 0\nanswer 0 their sdp\n");
    offer_from(s, "0bob", "AAAAAAAAAAAAAAAAAAAAAA"); /* an old one does not come back */
    expect(s, "");
    offer_from(s, "0bob", "BBBBBBBBBBBBBBBBBBBBBA");
    expect(s, "");
    script_free(s);
}

static void an_open_link_is_replaced_when_the_new_one_is_open(void **state) {
    script *s = script_met("~bob");
    (void)state;
    user_sends(s, "one", 1);
    peer_sends(s, 0, 1, "first");
    offer_from(s, "~bob", "AAAAAAAAAAAAAAAAAAAAAA");
    expect(s, "answer 1 their sdp\n");
    described(s, 1);
    peer_sends(s, 0, 2, "still on the old one");
    expect(s, "message 0 #2 still on the old one\nack 0 #2\n");
    opened(s, 1);
    /* For the user nothing happened. */
    expect(s, "close 0\nstart 1 base 1 ack 2 known nick Ann\n");
    peer_starts(s, 1, 1, 0);
    expect(s, "send 1 #1 one\n");
    peer_sends(s, 1, 3, "on the new one");
    expect(s, "message 0 #3 on the new one\nack 1 #3\n");
    script_free(s);
}

static void a_lost_link_is_resumed(void **state) {
    script *s = script_met("~bob");
    (void)state;
    user_sends(s, "one", 1);
    user_sends(s, "two", 2);
    user_sends(s, "three", 3);
    peer_sends(s, 0, 1, "a");
    pass(s, 4000);
    transport_ended(s, 0, GC_REASON_GONE);
    expect(s, "state waiting on none\npeer 0 ~bob lost 'Bob' gone\n");
    user_sends(s, "four", 4);
    expect(s, "");
    pass(s, 1000);
    expect(s, "offer 0\n");
    described(s, 0);
    answer_from(s, "~bob", 0);
    opened(s, 0);
    expect(s, "start 0 base 1 ack 1 known nick Ann\n");
    peer_starts(s, 0, 1, 2); /* it has shown two of ours */
    expect(s, "state connected on none\npeer 0 ~bob open 'Bob' none\ndelivered 0 #1\n"
              "delivered 0 #2\nsend 0 #3 three\nsend 0 #4 four\n");
    peer_sends(s, 0, 1, "a"); /* our acknowledgement was lost: once more */
    expect(s, "ack 0 #1\n");
    peer_acks(s, 0, 4);
    expect(s, "delivered 0 #3\ndelivered 0 #4\n");
    script_free(s);
}

static void a_good_link_is_dialled_again_at_once(void **state) {
    script *s = script_met("~bob");
    gc_frame ping = {.type = GC_FRAME_PING, .token = 1};
    (void)state;
    for (int i = 0; i < 3; i++) {
        pass(s, 4000);
        frame(s, 0, &ping);
    }
    transport_ended(s, 0, GC_REASON_GONE);
    pass(s, 1);
    expect(s, "offer 0\n");
    script_free(s);
}

static void a_silent_link_is_closed(void **state) {
    script *s = script_met("0bob");
    (void)state;
    pass(s, GC_LINK_SILENT_MS - 1);
    expect(s, "ping 0\nsignal HEARTBEAT\n");
    pass(s, 1);
    expect(s, "close 0\nstate waiting on none\npeer 0 0bob lost 'Bob' gone\n");
    script_free(s);
}

static void who_was_linked_and_does_not_answer_is_away(void **state) {
    script *s = script_met("~bob");
    (void)state;
    transport_ended(s, 0, GC_REASON_GONE);
    pass(s, GC_DIAL_EXPECT_MS);
    expect(s, "offer 0\n");
    described(s, 0);
    found(s, 0, "ours");
    pass(s, GC_LINK_OPEN_MS);
    assert_non_null(strstr(s->lines, "peer 0 ~bob lost 'Bob' absent\n"));
    /* One who does answer is there: then it is the network. */
    pass(s, GC_DIAL_EXPECT_MS);
    described(s, 0);
    found(s, 0, "ours");
    answer_from(s, "~bob", 0);
    server_says(s, "{\"type\":\"CANDIDATE\",\"src\":\"~bob\",\"payload\":{\"type\":\"ghostchat\","
                   "\"v\":1,\"dial\":\"%DIAL0%\",\"candidate\":\"theirs\",\"mid\":\"0\","
                   "\"index\":0}}");
    pass(s, GC_LINK_OPEN_MS);
    assert_non_null(strstr(s->lines, "peer 0 ~bob lost 'Bob' timeout\n"));
    script_free(s);
}

static void who_has_no_address_is_told_so_and_the_other_too(void **state) {
    script *s = script_with("[\"~bob\"]");
    (void)state;
    described(s, 0);
    answer_from(s, "~bob", 0);
    pass(s, GC_LINK_OPEN_MS);
    assert_non_null(strstr(s->lines, "peer 0 ~bob connecting '' no-address\n"));
    pass(s, 1000);
    described(s, 0);
    found(s, 0, "ours");
    answer_from(s, "~bob", 0);
    transport_ended(s, 0, GC_REASON_ICE_FAILED);
    expect(s, "peer 0 ~bob connecting '' peer-no-address\n");
    /* A transport may have its candidates in the description. */
    pass(s, 2000);
    put(s, gc_client_link_description(
               s->c, s->now, link_of(s, 0),
               GC_SPAN("v=0\r\na=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n")));
    answer_from(s, "~bob", 0);
    transport_ended(s, 0, GC_REASON_ICE_FAILED);
    expect(s, ""); /* as before */
    script_free(s);
}

static void who_left_is_asked_for_a_sign(void **state) {
    script *s = script_met("~bob");
    (void)state;
    left(s, "~bob");
    expect(s, "ping 0\n");
    pass(s, GC_LINK_PROBE_MS - 1);
    expect(s, "");
    gc_frame pong = {.type = GC_FRAME_PONG, .token = 1};
    frame(s, 0, &pong); /* only its socket went */
    pass(s, 4999);
    expect(s, "");
    left(s, "~bob");
    expect(s, "ping 0\n");
    pass(s, GC_LINK_PROBE_MS);
    expect(s, "close 0\nstate waiting on none\npeer 0 ~bob lost 'Bob' gone\n");
    pass(s, GC_UNDELIVERED_MS - 1);
    assert_null(strstr(s->lines, "peer 0"));
    assert_null(strstr(s->lines, "offer"));
    server_says(s, "{\"type\":\"GC-ALIVE\"}");
    pass(s, 1);
    assert_non_null(strstr(s->lines, "peer 0 ~bob closed 'Bob' gone\n"));
    script_free(s);
}

static void who_never_was_here_is_forgotten_at_once(void **state) {
    script *s = script_with("[]");
    (void)state;
    joined(s, "~zoe");
    left(s, "~zoe");
    expect(s, "peer 0 ~zoe closed '' gone\n");
    joined(s, "~zoe");
    user_sends(s, "are you there", 1);
    left(s, "~zoe"); /* a message waits for it: it may come back */
    expect(s, "");
    joined(s, "~zoe");
    offer_from(s, "~zoe", "AAAAAAAAAAAAAAAAAAAAAA");
    described(s, 0);
    opened(s, 0);
    peer_starts(s, 0, 1, 0);
    expect(s, "state connected on none\npeer 0 ~zoe open 'Bob' none\n"
              "send 0 #1 are you there\n");
    script_free(s);
}

/* What was shown is remembered beyond the peer: a late repetition is not shown again. */
static void nothing_is_shown_twice_after_forgetting(void **state) {
    script *s = script_met("~bob");
    (void)state;
    peer_sends(s, 0, 1, "one");
    peer_sends(s, 0, 2, "two");
    left(s, "~bob");
    transport_ended(s, 0, GC_REASON_GONE);
    put(s, gc_client_signaling_closed(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    pass(s, GC_UNDELIVERED_MS);
    assert_false(client_peer_is_used(s->c, 0));
    enter_again(s, "[\"~bob\"]");
    uint32_t slot = client_peer_attempt(s->c, 0);
    described(s, slot);
    answer_from(s, "~bob", slot);
    opened(s, slot);
    peer_starts(s, slot, 1, 0);
    expect(s, "state connected on none\npeer 0 ~bob open 'Bob' none\n");
    peer_sends(s, slot, 2, "two");
    expect(s, "ack 0 #2\n");
    peer_sends(s, slot, 3, "three");
    expect(s, "message 0 #3 three\nack 0 #3\n");
    script_free(s);
}

/* A session is known to all whom its owner met. */
static void nobody_buries_the_session_of_another(void **state) {
    script *s = script_with("[]");
    gc_frame bye = {.type = GC_FRAME_BYE, .reason = GC_REASON_LEFT};
    (void)state;
    offer_from(s, "~mallory", "AAAAAAAAAAAAAAAAAAAAAA");
    described(s, 0);
    opened(s, 0);
    peer_starts(s, 0, GC_SEQ_MAX, 0);
    frame(s, 0, &bye);
    joined(s, "~bob");
    offer_from(s, "~bob", "AAAAAAAAAAAAAAAAAAAAAQ");
    described(s, 0);
    opened(s, 0);
    peer_starts(s, 0, 1, 0);
    peer_sends(s, 0, 1, "one");
    expect(s, "message 0 #1 one\nack 0 #1\n");
    script_free(s);
}

static void bye_ends_a_peer(void **state) {
    script *s = script_met("~bob");
    gc_frame bye = {.type = GC_FRAME_BYE, .reason = GC_REASON_LEFT};
    (void)state;
    user_sends(s, "too late", 1);
    peer_sends(s, 0, 2, "held behind a gap");
    frame(s, 0, &bye);
    expect(s, "close 0\nstate waiting on none\ngap 0 #1 x1\nmessage 0 #2 held behind a gap\n"
              "undelivered 0 #1 left\npeer 0 ~bob closed 'Bob' left\n");
    pass(s, 10000);
    expect(s, "");
    script_free(s);
}

/* Pages opened again and again come with new ids: the oldest gone ones make room. */
static void ghosts_make_room(void **state) {
    script *s = script_with("[]");
    (void)state;
    for (int i = 0; i < 60; i++) {
        char id[16];
        snprintf(id, sizeof id, "~ghost%d", i);
        joined(s, id);
        user_sends(s, "hello", (uint64_t)i + 1);
        left(s, id);
        uint32_t used = 0;
        for (uint32_t p = 0; p < GC_PEERS_MAX; p++) {
            used += client_peer_is_used(s->c, p);
        }
        assert_true(used <= GC_PEERS_MAX - 2);
    }
    script_free(s);
}

static void more_peers_than_places_are_ignored(void **state) {
    script *s = script_with("[]");
    (void)state;
    for (int i = 0; i < GC_PEERS_MAX + 10; i++) {
        char id[16];
        snprintf(id, sizeof id, "~peer%d", i);
        joined(s, id);
        assert_int_equal(s->len > 0, i <= GC_PEERS_MAX); /* the user is told once */
        assert_int_equal(strstr(s->lines, "peers-full") != NULL, i == GC_PEERS_MAX);
    }
    pass(s, GC_DIAL_EXPECT_MS);
    for (uint32_t slot = 0; slot < GC_PEERS_MAX; slot++) {
        assert_true(client_link_is_offering(s->c, slot));
    }
    script_free(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dial_that_leads_nowhere_is_made_again),
        cmocka_unit_test(the_larger_id_gives_the_other_time),
        cmocka_unit_test(a_newcomer_is_waited_for),
        cmocka_unit_test(glare_the_smaller_id_wins),
        cmocka_unit_test(an_offer_in_the_making_gives_way),
        cmocka_unit_test(a_new_offer_replaces_an_answered_one),
        cmocka_unit_test(an_open_link_is_replaced_when_the_new_one_is_open),
        cmocka_unit_test(a_lost_link_is_resumed),
        cmocka_unit_test(a_good_link_is_dialled_again_at_once),
        cmocka_unit_test(a_silent_link_is_closed),
        cmocka_unit_test(who_was_linked_and_does_not_answer_is_away),
        cmocka_unit_test(who_has_no_address_is_told_so_and_the_other_too),
        cmocka_unit_test(who_left_is_asked_for_a_sign),
        cmocka_unit_test(who_never_was_here_is_forgotten_at_once),
        cmocka_unit_test(nothing_is_shown_twice_after_forgetting),
        cmocka_unit_test(nobody_buries_the_session_of_another),
        cmocka_unit_test(bye_ends_a_peer),
        cmocka_unit_test(ghosts_make_room),
        cmocka_unit_test(more_peers_than_places_are_ignored),
    };
    return RUN(tests);
}
