/* core/client/report.c: what the user is told of the client and of each peer, and when. */
#include "test/unit/client_script.h"

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
        cmocka_unit_test(a_peer_is_introduced_before_it_speaks),
        cmocka_unit_test(states_are_said_once),
        cmocka_unit_test(names_are_told_when_they_change),
        cmocka_unit_test(an_end_is_told_before_its_place_is_taken),
    };
    return RUN(tests);
}
