/* core/client/talk.c: what comes out, in which order, and when. */
#include "test/unit/client_script.h"

static void a_message_is_acknowledged_once_it_was_given_out(void **state) {
    script *s = script_met("~bob");
    gc_frame f = {.type = GC_FRAME_MESSAGE, .seq = 1, .text = GC_SPAN("hi")};
    gc_client_output o;
    (void)state;
    assert_int_equal(give_frame(s, 0, &f), 0);
    assert_false(client_peer_ack_is_due(s->c, 0));
    assert_true(gc_client_poll(s->c, &o));
    assert_int_equal(o.type, GC_CLIENT_MESSAGE);
    assert_int_equal(client_peer_shown(s->c, 0), 0); /* in the user's hand */
    assert_true(gc_client_poll(s->c, &o));
    assert_int_equal(client_peer_shown(s->c, 0), 1);
    assert_int_equal(o.type, GC_CLIENT_LINK_SEND);
    assert_false(gc_client_poll(s->c, &o));
    script_free(s);
}

static void an_input_between_two_polls_takes_no_message_away(void **state) {
    script *s = script_met("~bob");
    gc_frame f = {.type = GC_FRAME_MESSAGE, .seq = 1, .text = GC_SPAN("hi")};
    gc_client_output o;
    (void)state;
    assert_int_equal(give_frame(s, 0, &f), 0);
    assert_true(gc_client_poll(s->c, &o));
    assert_int_equal(o.type, GC_CLIENT_MESSAGE);
    gc_client_check(s->c);
    f.seq = 2;
    assert_int_equal(give_frame(s, 0, &f), 0);
    gc_client_check(s->c);
    drain(s);
    expect(s, "message 0 #2 hi\nack 0 #2\n");
    script_free(s);
}

static void texts_are_safe_to_show(void **state) {
    static const struct {
        const char *sent, *shown;
    } rows[] = {
        {"plain", "plain"},
        {"line\nline\ttab", "line\nline\ttab"},
        {"a\r\nb\rc", "a\nb\nc"},
        {"\x01\x1b[31m\x7f", "\xef\xbf\xbd\xef\xbf\xbd[31m\xef\xbf\xbd"},
        {"abc\xe2\x80\xae"
         "def",
         "abc\xef\xbf\xbd"
         "def"},
        {"<script>alert(1)</script>", "<script>alert(1)</script>"},
        {"\xf0\x9f\x91\xbb", "\xf0\x9f\x91\xbb"},
    };
    script *s = script_met("~bob");
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        gc_frame f = {.type = GC_FRAME_MESSAGE, .seq = i + 1, .text = text_span(rows[i].sent)};
        gc_client_output o;
        assert_int_equal(give_frame(s, 0, &f), 0);
        assert_true(gc_client_poll(s->c, &o));
        assert_int_equal(o.type, GC_CLIENT_MESSAGE);
        assert_span(o.text, text_span(rows[i].shown));
        drain(s);
    }
    script_free(s);
}

/* Each byte becomes three: the longest text that grows most. */
static void the_longest_text_is_shown_whole(void **state) {
    static char text[GC_TEXT_BYTES_MAX];
    script *s = script_met("~bob");
    gc_frame f = {.type = GC_FRAME_MESSAGE, .seq = 1, .text = gc_span_of(text, sizeof text)};
    gc_client_output o;
    (void)state;
    memset(text, 1, sizeof text);
    assert_int_equal(give_frame(s, 0, &f), 0);
    assert_true(gc_client_poll(s->c, &o));
    assert_int_equal(o.text.len, 3 * GC_TEXT_BYTES_MAX);
    script_free(s);
}

static void a_peer_is_introduced_before_it_speaks(void **state) {
    script *s = script_new();
    (void)state;
    enter_coffee(s, "[]");
    offer_from(s, "~bob", "AAAAAAAAAAAAAAAAAAAAAA");
    described(s, 0);
    /* All of it before the host drains once. */
    assert_int_equal(gc_client_link_opened(s->c, s->now, link_of(s, 0)), 0);
    gc_frame start = start_of_peer(s, 1, 0);
    assert_int_equal(give_frame(s, 0, &start), 0);
    gc_frame f = {.type = GC_FRAME_MESSAGE, .seq = 1, .text = GC_SPAN("hi")};
    assert_int_equal(give_frame(s, 0, &f), 0);
    gc_frame bye = {.type = GC_FRAME_BYE, .reason = GC_REASON_LEFT};
    assert_int_equal(give_frame(s, 0, &bye), 0);
    gc_client_check(s->c);
    drain(s);
    expect(s, "close 0\nmessage 0 #1 hi\npeer 0 ~bob closed 'Bob' left\n");
    script_free(s);
}

static void states_are_said_once(void **state) {
    script *s = script_new();
    (void)state;
    drain(s);
    expect(s, "");
    enter_coffee(s, "[]");
    for (int i = 0; i < 5; i++) {
        server_says(s, "{\"type\":\"GC-ALIVE\"}");
        expect(s, "");
    }
    script_free(s);
}

static void names_are_told_when_they_change(void **state) {
    script *s = script_met("~bob");
    gc_frame f = {.type = GC_FRAME_PROFILE, .has_nick = true, .nick = GC_SPAN("Robert")};
    (void)state;
    frame(s, 0, &f);
    expect(s, "peer 0 ~bob open 'Robert' none\n");
    frame(s, 0, &f);
    expect(s, "");
    f.has_nick = false;
    f.nick.len = 0;
    frame(s, 0, &f);
    expect(s, "");
    f.has_nick = true;
    frame(s, 0, &f);
    expect(s, "peer 0 ~bob open '' none\n"); /* empty: the host shows something of its own */
    script_free(s);
}

/* The slot of a peer that ended is used again only when its end was told. */
static void an_end_is_told_before_its_place_is_taken(void **state) {
    script *s = script_met("~bob");
    gc_frame bye = {.type = GC_FRAME_BYE, .reason = GC_REASON_LEFT};
    char text[256];
    (void)state;
    assert_int_equal(give_frame(s, 0, &bye), 0);
    snprintf(text, sizeof text,
             "{\"type\":\"GC-JOINED\",\"payload\":{\"room\":\"" COFFEE "\",\"id\":\"~zoe\"}}");
    assert_int_equal(
        gc_client_signaling_message(s->c, s->now, GC_SIGNALING_SOCKET_OWN, text_span(text)), 0);
    gc_client_check(s->c);
    drain(s);
    expect(s, "close 0\nstate waiting on none\npeer 1 ~zoe connecting '' none\n"
              "peer 0 ~bob closed 'Bob' left\n");
    joined(s, "~new");
    expect(s, "peer 0 ~new connecting '' none\n");
    script_free(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_is_acknowledged_once_it_was_given_out),
        cmocka_unit_test(an_input_between_two_polls_takes_no_message_away),
        cmocka_unit_test(texts_are_safe_to_show),
        cmocka_unit_test(the_longest_text_is_shown_whole),
        cmocka_unit_test(a_peer_is_introduced_before_it_speaks),
        cmocka_unit_test(states_are_said_once),
        cmocka_unit_test(names_are_told_when_they_change),
        cmocka_unit_test(an_end_is_told_before_its_place_is_taken),
    };
    return RUN(tests);
}
