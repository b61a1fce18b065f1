/* core/client/meeting.c: what the server says of the room and of others. */
#include "core/wire/keyed_id.h"
#include "core/wire/peerjs.h"
#include "host/crypto.h"
#include "test/unit/client_script.h"

static script *script_with(const char *members) {
    script *s = script_new();
    enter_coffee(s, members);
    return s;
}

static void all_members_are_dialled(void **state) {
    script *s = script_with("[\"~a\",\"0b\",\"%ID%\",\"~c\"]");
    (void)state;
    expect(s, "ice [{\"urls\":\"stun:h\"}]\noffer 0\noffer 1\noffer 2\nstate waiting on none\n"
              "peer 0 ~a connecting '' none\npeer 1 0b connecting '' none\n"
              "peer 2 ~c connecting '' none\n");
    script_free(s);
}

static void a_full_room_is_the_end(void **state) {
    script *s = script_new();
    (void)state;
    put(s, gc_client_join_room(s->c, s->now, &script_options, room_named("coffee")));
    put(s, gc_client_signaling_opened(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    server_says(s, "{\"type\":\"OPEN\",\"payload\":{\"gc\":1,\"room\":{\"tag\":\"" COFFEE
                   "\",\"reason\":\"room-full\"}}}");
    expect(s, "signal LEAVE\ndisconnect\nstate failed off room-full\n");
    assert_int_equal(gc_client_deadline(s->c), GC_NEVER);
    /* From failed one may join again, with nothing left of before. */
    enter_coffee(s, "[]");
    expect(s, "ice [{\"urls\":\"stun:h\"}]\nstate waiting on none\n");
    script_free(s);
}

static void a_room_that_is_full_when_we_come_back_is_asked_again(void **state) {
    script *s = script_met("~bob");
    (void)state;
    put(s, gc_client_signaling_closed(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    expect(s, "state connected lost server-unreachable\n");
    pass(s, 250);
    expect(s, "connect\n");
    put(s, gc_client_signaling_opened(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    server_says(s, "{\"type\":\"OPEN\",\"payload\":{\"gc\":1,\"room\":{\"tag\":\"" COFFEE
                   "\",\"reason\":\"room-full\"}}}");
    expect(s, "state connected on room-full\n");
    pass(s, 8000);
    expect(s, "signal GC-JOIN\n");
    server_says(s, "{\"type\":\"GC-ROOM\",\"payload\":{\"tag\":\"" COFFEE
                   "\",\"members\":[\"~bob\",\"~new\"]}}");
    expect(s, "offer 1\nstate connected on none\npeer 1 ~new connecting '' none\n");
    script_free(s);
}

static void hopeless_reasons_end_it(void **state) {
    static const struct {
        const char *text, *lines;
    } rows[] = {
        {"{\"type\":\"ERROR\",\"payload\":{\"code\":\"bad-key\"}}", "bad-key"},
        {"{\"type\":\"INVALID-KEY\"}", "bad-key"},
        {"{\"type\":\"ERROR\",\"payload\":{\"code\":\"replaced\"}}", "replaced"},
        {"{\"type\":\"ERROR\",\"payload\":{\"code\":\"origin\"}}", "origin"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char lines[128];
        script *s = script_new();
        put(s, gc_client_join_room(s->c, s->now, &script_options, room_named("coffee")));
        put(s, gc_client_signaling_opened(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
        server_says(s, rows[i].text);
        snprintf(lines, sizeof lines, "disconnect\nstate failed off %s\n", rows[i].lines);
        expect(s, lines);
        put(s, gc_client_signaling_closed(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
        expect(s, "");
        assert_int_equal(gc_client_deadline(s->c), GC_NEVER);
        script_free(s);
    }
}

static void other_reasons_are_said_and_tried_again(void **state) {
    script *s = script_new();
    (void)state;
    put(s, gc_client_join_room(s->c, s->now, &script_options, room_named("coffee")));
    put(s, gc_client_signaling_opened(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    server_says(s, "{\"type\":\"ERROR\",\"payload\":{\"code\":\"server-full\"}}");
    expect(s, "state joining connecting server-full\n");
    put(s, gc_client_signaling_closed(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    expect(s, "");
    pass(s, 250);
    expect(s, "connect\n");
    script_free(s);
}

/* OPEN with more members than any room of ours has, and what is no message at all. */
static void a_greeting_that_cannot_be_read_is_said(void **state) {
    static char text[GC_MESSAGE_BYTES_MAX];
    size_t len = (size_t)snprintf(text, sizeof text,
                                  "{\"type\":\"OPEN\",\"payload\":{\"gc\":1,\"room\":{"
                                  "\"tag\":\"" COFFEE "\",\"members\":[\"m\"");
    (void)state;
    for (int i = 1; i < 1500; i++) {
        len += (size_t)snprintf(text + len, sizeof text - len, ",\"member-%d\"", i);
    }
    snprintf(text + len, sizeof text - len, "]}}}");
    const char *const rows[][2] = {
        {text, "too-big"}, {"{", "protocol"}, {"[]", "protocol"}, {"{\"type\":1}", "protocol"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char line[64];
        script *s = script_new();
        put(s, gc_client_join_room(s->c, s->now, &script_options, room_named("coffee")));
        put(s, gc_client_signaling_opened(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
        server_says(s, rows[i][0]);
        snprintf(line, sizeof line, "state joining connecting %s\n", rows[i][1]);
        expect(s, line);
        pass(s, GC_SIGNALING_OPEN_MS);
        assert_null(strstr(s->lines, "state")); /* the reason is still this one */
        enter_again(s, "[]");
        expect(s, "state waiting on none\n");
        server_says(s, rows[i][0]); /* later it is ignored */
        expect(s, "");
        script_free(s);
    }
}

static void a_server_out_of_reach_is_tried_for_ever(void **state) {
    script *s = script_new();
    (void)state;
    put(s, gc_client_join_room(s->c, s->now, &script_options, room_named("coffee")));
    put(s, gc_client_signaling_closed(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    expect(s, "state joining connecting server-unreachable\n");
    for (int i = 0; i < 100; i++) {
        pass(s, GC_RECONNECT_MS_MAX);
        assert_non_null(strstr(s->lines, "connect\n"));
        assert_null(strstr(s->lines, "state"));
        put(s, gc_client_signaling_closed(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    }
    enter_again(s, "[]");
    expect(s, "state waiting on none\n");
    script_free(s);
}

/* What stands in the URL shows the right to this id, to whoever can hash. */
static void assert_shown(const char *url, const char id[GC_OWN_ID_CHARS]) {
    gc_crypto crypto;
    gc_signal_query q;
    assert_int_equal(gc_host_crypto(&crypto), 0);
    assert_int_equal(gc_signal_query_parse(text_span(strchr(url, '?') + 1), &q), 0);
    assert_span(gc_span_of(q.id, q.id_len), gc_span_of(id, GC_OWN_ID_CHARS));
    assert_true(q.has_gcid && gc_keyed_id_is_of(&crypto, gc_span_of(q.id, q.id_len), q.gcid,
                                                gc_span_of(q.token, q.token_len)));
}

static void an_id_that_is_taken_is_drawn_again_once(void **state) {
    char first[GC_OWN_ID_CHARS], second[GC_OWN_ID_CHARS], url[sizeof((script *)0)->ws];
    script *s = script_new();
    (void)state;
    put(s, gc_client_join_room(s->c, s->now, &script_options, room_named("coffee")));
    memcpy(first, gc_client_id(s->c).data, sizeof first);
    memcpy(url, s->ws, sizeof url);
    assert_shown(url, first);
    put(s, gc_client_signaling_opened(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    server_says(s, "{\"type\":\"ID-TAKEN\"}");
    put(s, gc_client_signaling_closed(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    memcpy(second, gc_client_id(s->c).data, sizeof second);
    assert_memory_not_equal(first, second, sizeof first);
    for (int i = 0; i < 4; i++) {
        pass(s, GC_RECONNECT_MS_MAX);
        assert_memory_equal(second, gc_client_id(s->c).data, sizeof second);
        assert_shown(s->ws, second);
        assert_memory_not_equal(strstr(s->ws, "&token="), strstr(url, "&token="), 7 + 26);
        assert_memory_not_equal(strstr(s->ws, "&gcid="), strstr(url, "&gcid="), 6 + 43);
        put(s, gc_client_signaling_opened(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
        server_says(s, "{\"type\":\"ID-TAKEN\"}");
        put(s, gc_client_signaling_closed(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    }
    expect(s, "");
    assert_int_equal(gc_client_deadline(s->c), GC_NEVER);
    assert_int_equal(client_failed(s->c), GC_REASON_ID_TAKEN);
    script_free(s);
}

/* Who gave out a link is known by its id, and keeps it. */
static void a_host_keeps_its_id(void **state) {
    uint8_t link[GC_URL_BYTES_MAX];
    char id[GC_OWN_ID_CHARS];
    gc_writer w;
    script *s = script_with("[]");
    (void)state;
    gc_writer_init(&w, link, sizeof link);
    assert_int_equal(gc_client_invite(s->c, GC_SPAN("https://h/"), GC_INVITE_PEER_SECRET, &w), 0);
    memcpy(id, gc_client_id(s->c).data, sizeof id);
    put(s, gc_client_signaling_closed(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    pass(s, 250);
    put(s, gc_client_signaling_opened(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    server_says(s, "{\"type\":\"ID-TAKEN\"}");
    put(s, gc_client_signaling_closed(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    pass(s, 8000);
    assert_memory_equal(id, gc_client_id(s->c).data, sizeof id);
    assert_non_null(strstr(s->ws, "&id="));
    assert_memory_equal(strstr(s->ws, "&id=") + 4, id, sizeof id);
    script_free(s);
}

static void open_chats_go_on_without_the_server(void **state) {
    script *s = script_met("~bob");
    (void)state;
    put(s, gc_client_signaling_closed(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    expect(s, "state connected lost server-unreachable\n");
    user_sends(s, "still here", 1);
    expect(s, "send 0 #1 still here\n");
    peer_acks(s, 0, 1);
    peer_sends(s, 0, 1, "me too");
    expect(s, "message 0 #1 me too\nack 0 #1\n");
    enter_again(s, "[\"~bob\",\"~new\"]");
    expect(s, "offer 1\nstate connected on none\npeer 1 ~new connecting '' none\n");
    script_free(s);
}

static void an_offer_that_went_to_an_old_socket_is_made_again(void **state) {
    script *s = script_with("[\"~bob\",\"~zoe\"]");
    (void)state;
    described(s, 0);
    described(s, 1);
    answer_from(s, "~zoe", 1);
    put(s, gc_client_signaling_closed(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    enter_again(s, "[\"~bob\",\"~zoe\"]");
    expect(s, "close 0\noffer 0\nstate waiting on none\n"); /* zoe has answered */
    script_free(s);
}

static void a_description_without_a_server_ends_the_attempt(void **state) {
    script *s = script_with("[\"~bob\"]");
    (void)state;
    put(s, gc_client_signaling_closed(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    described(s, 0);
    expect(s, "close 0\npeer 0 ~bob connecting '' server-unreachable\n");
    pass(s, GC_UNDELIVERED_MS);
    assert_non_null(strstr(s->lines, "peer 0 ~bob closed '' server-unreachable\n"));
    script_free(s);
}

/* --- direct links ----------------------------------------------------------------------------- */

static script *script_guest(const char *link) {
    script *s = script_new();
    put(s, gc_client_join_link(s->c, s->now, &script_options, text_span(link)));
    assert_null(strstr(s->ws, "room="));
    put(s, gc_client_signaling_opened(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    server_says(s, "{\"type\":\"OPEN\",\"payload\":{\"gc\":1}}");
    return s;
}

static void a_guest_waits_for_its_host(void **state) {
    script *s = script_guest("https://h/join/host#1.BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc");
    (void)state;
    expect(s, "offer 0\nstate waiting on none\npeer 0 host connecting '' none\n");
    described(s, 0);
    expect(s, "signal OFFER host\n");
    server_says(s, "{\"type\":\"GC-ABSENT\",\"payload\":{\"id\":\"host\"}}");
    expect(s, "close 0\nstate waiting on absent\npeer 0 host away '' absent\n");
    server_says(s, "{\"type\":\"EXPIRE\",\"src\":\"host\"}");
    expect(s, "");
    server_says(s, "{\"type\":\"GC-PRESENT\",\"payload\":{\"id\":\"host\"}}");
    expect(s, "offer 0\nstate waiting on none\npeer 0 host connecting '' absent\n");
    described(s, 0);
    answer_from(s, "host", 0);
    opened(s, 0);
    peer_starts(s, 0, 1, 0);
    expect(s, "state connected on none\npeer 0 host open 'Bob' none\n");
    script_free(s);
}

static void an_absent_host_is_dialled_now_and_then(void **state) {
    script *s = script_guest("https://h/join/host");
    (void)state;
    described(s, 0);
    server_says(s, "{\"type\":\"GC-ABSENT\",\"payload\":{\"id\":\"host\"}}");
    for (int i = 0; i < 29; i++) {
        pass(s, 1000);
        assert_null(strstr(s->lines, "offer"));
        server_says(s, "{\"type\":\"GC-ALIVE\"}");
    }
    pass(s, 1000);
    assert_non_null(strstr(s->lines, "offer 0 either\n"));
    script_free(s);
}

static void a_stock_server_says_expire(void **state) {
    script *s = script_new();
    (void)state;
    put(s, gc_client_join_link(s->c, s->now, &script_options, GC_SPAN("https://h/join/host")));
    put(s, gc_client_signaling_opened(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    server_says(s, "{\"type\":\"OPEN\"}");
    described(s, 0);
    server_says(s, "{\"type\":\"EXPIRE\",\"src\":\"host\",\"dst\":\"%ID%\"}");
    expect(s, "close 0\nstate waiting on absent\npeer 0 host away '' absent\n");
    script_free(s);
}

/* Its id never comes back: nobody is waited for. */
static void a_host_that_left_is_not_waited_for(void **state) {
    script *s = script_guest("https://h/join/host");
    gc_frame bye = {.type = GC_FRAME_BYE, .reason = GC_REASON_LEFT};
    (void)state;
    described(s, 0);
    answer_from(s, "host", 0);
    opened(s, 0);
    peer_starts(s, 0, 1, 0);
    frame(s, 0, &bye);
    expect(s, "close 0\nsignal LEAVE\ndisconnect\nstate failed off left\n"
              "peer 0 host closed 'Bob' left\n");
    pass(s, 600000);
    expect(s, "");
    script_free(s);
}

/* Unless somebody else may come: we have given out a link of our own. */
static void a_host_that_left_does_not_end_our_own_link(void **state) {
    uint8_t bytes[GC_URL_BYTES_MAX];
    script *s = script_guest("https://h/join/host");
    gc_frame bye = {.type = GC_FRAME_BYE, .reason = GC_REASON_LEFT};
    gc_writer w;
    (void)state;
    gc_writer_init(&w, bytes, sizeof bytes);
    assert_int_equal(gc_client_invite(s->c, GC_SPAN("https://h/"), GC_INVITE_PEER_SECRET, &w), 0);
    described(s, 0);
    answer_from(s, "host", 0);
    opened(s, 0);
    peer_starts(s, 0, 1, 0);
    frame(s, 0, &bye);
    expect(s, "close 0\nstate waiting on left\npeer 0 host closed 'Bob' left\n");
    put(s, gc_client_signaling_closed(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    pass(s, 250);
    put(s, gc_client_signaling_opened(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    server_says(s, "{\"type\":\"OPEN\",\"payload\":{\"gc\":1}}");
    assert_null(strstr(s->lines, "offer"));
    script_free(s);
}

static void a_host_takes_its_guests(void **state) {
    uint8_t bytes[GC_URL_BYTES_MAX];
    char text[512], tag[2 * GC_TAG_BYTES + 1] = {0};
    gc_writer w;
    script *s = script_with("[]");
    (void)state;
    gc_writer_init(&w, bytes, sizeof bytes);
    assert_int_equal(gc_client_invite(s->c, GC_SPAN("https://h/"), GC_INVITE_PEER_SECRET, &w), 0);
    gc_writer_init(&w, (uint8_t *)tag, 32);
    gc_hex_write(&w, gc_span_of(client_direct_tag(s->c), GC_TAG_BYTES));
    static const char *format =
        "{\"type\":\"OFFER\",\"src\":\"%s\",\"payload\":{\"type\":\"ghostchat\",\"v\":1,\"dial\":"
        "\"AAAAAAAAAAAAAAAAAAAAAA\",%s%s%s\"sdp\":\"their sdp\"}}";
    snprintf(text, sizeof text, format, "~guest", "\"room\":\"", tag, "\",");
    server_says(s, text);
    expect(s, "answer 0 their sdp\npeer 0 ~guest connecting '' guest none\n");
    snprintf(text, sizeof text, format, "~bare", "", "", "");
    server_says(s, text);
    expect(s, "answer 1 their sdp\npeer 1 ~bare connecting '' guest none\n");
    tag[0] = tag[0] == '0' ? '1' : '0';
    snprintf(text, sizeof text, format, "~eve", "\"room\":\"", tag, "\",");
    uint64_t ignored = client_ignored(s->c);
    server_says(s, text);
    expect(s, "");
    assert_int_equal(client_ignored(s->c), ignored + 1);
    script_free(s);
}

static void leave_of_the_server_ends_no_link(void **state) {
    script *s = script_met("~bob");
    (void)state;
    server_says(s, "{\"type\":\"LEAVE\",\"src\":\"~bob\",\"dst\":\"%ID%\"}");
    expect(s, "");
    server_says(s, "{\"type\":\"GC-ABSENT\",\"payload\":{\"id\":\"~bob\"}}");
    expect(s, "");
    user_sends(s, "still", 1);
    expect(s, "send 0 #1 still\n");
    script_free(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_members_are_dialled),
        cmocka_unit_test(a_full_room_is_the_end),
        cmocka_unit_test(a_room_that_is_full_when_we_come_back_is_asked_again),
        cmocka_unit_test(hopeless_reasons_end_it),
        cmocka_unit_test(other_reasons_are_said_and_tried_again),
        cmocka_unit_test(a_greeting_that_cannot_be_read_is_said),
        cmocka_unit_test(a_server_out_of_reach_is_tried_for_ever),
        cmocka_unit_test(an_id_that_is_taken_is_drawn_again_once),
        cmocka_unit_test(a_host_keeps_its_id),
        cmocka_unit_test(open_chats_go_on_without_the_server),
        cmocka_unit_test(an_offer_that_went_to_an_old_socket_is_made_again),
        cmocka_unit_test(a_description_without_a_server_ends_the_attempt),
        cmocka_unit_test(a_guest_waits_for_its_host),
        cmocka_unit_test(an_absent_host_is_dialled_now_and_then),
        cmocka_unit_test(a_stock_server_says_expire),
        cmocka_unit_test(a_host_that_left_is_not_waited_for),
        cmocka_unit_test(a_host_that_left_does_not_end_our_own_link),
        cmocka_unit_test(a_host_takes_its_guests),
        cmocka_unit_test(leave_of_the_server_ends_no_link),
    };
    return RUN(tests);
}
