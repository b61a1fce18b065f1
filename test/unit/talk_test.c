/* core/client/talk.c: what a peer says on its link, hostile peers included, and what
 * is given out of it. */
#include "core/proto/budget.h"
#include "test/unit/client_script.h"

#define CLOSED "close 0\nstate waiting on none\npeer 0 ~bob lost 'Bob' protocol\n"

/* Open, but the peer's START has not come. */
static script *script_unstarted(void) {
    script *s = script_new();
    enter_coffee(s, "[\"~bob\"]");
    described(s, 0);
    answer_from(s, "~bob", 0);
    opened(s, 0);
    return s;
}

static void raw(script *s, uint8_t channel, gc_span bytes) {
    uint8_t *copy = exact_copy(bytes.data, bytes.len);
    put(s,
        gc_client_link_message(s->c, s->now, link_of(s, 0), channel, gc_span_of(copy, bytes.len)));
    free(copy);
}

#define N16 "nnnnnnnnnnnnnnnn"
#define N64 N16 N16 N16 N16

static void malformed_frames_end_the_link(void **state) {
    static const struct {
        uint8_t channel;
        const char *bytes;
        uint32_t len;
    } rows[] = {
        {0, "", 0},                                     /* nothing at all */
        {0, "\x11", 1},                                 /* ACK, cut */
        {1, "\x11\0\0\0\0\0\0\0\0", 9},                 /* on the wrong channel */
        {0, "\x20\0\0\0\0\0\0\0\1\0\1x", 12},           /* so is this */
        {1, "\x20\0\0\0\0\0\0\0\0\0\1x", 12},           /* number 0 */
        {1, "\x20\0\0\0\0\0\0\0\1\0\0", 11},            /* an empty text */
        {1, "\x20\0\0\0\0\0\0\0\1\0\1\xff", 12},        /* no UTF-8 */
        {1, "\x20\0\x20\0\0\0\0\0\0\0\1x", 12},         /* 2^53 */
        {0, "\x12\0\0\0\0\0\0\0\0", 9},                 /* BASE 0 */
        {0, "\x11\0\0\0\0\0\0\0\x09", 9},               /* ACK of nothing sent */
        {0, "\x11\xff\xff\xff\xff\xff\xff\xff\xff", 9}, /* the same, large */
        {0, "\x13\1\0\2\xc3\x28", 6},                   /* a name that is no UTF-8 */
        {0, "\x13\1\1\1" N64 N64 N64 N64 "n", 261},     /* 257 bytes of name */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        script *s = script_met("~bob");
        raw(s, rows[i].channel, gc_span_of(rows[i].bytes, rows[i].len));
        expect(s, CLOSED);
        pass(s, 999);
        expect(s, "");
        pass(s, 1);
        expect(s, "offer 0\n"); /* it may have been an accident */
        script_free(s);
    }
}

static void unknown_frames_are_skipped(void **state) {
    script *s = script_met("~bob");
    (void)state;
    raw(s, 0, GC_SPAN("\x17whatever"));
    raw(s, 0, GC_SPAN("\xff"));
    raw(s, 1, GC_SPAN("\x21"));
    raw(s, 0, GC_SPAN("\x15\0\0\0\x2a\x77\0\2xy")); /* a PING with a field of the future */
    expect(s, "pong 0 42\n");
    script_free(s);
}

static void start_comes_first_and_once(void **state) {
    gc_frame ping = {.type = GC_FRAME_PING, .token = 1};
    script *s = script_unstarted();
    (void)state;
    frame(s, 0, &ping);
    expect(s, "close 0\npeer 0 ~bob connecting '' protocol\n");
    script_free(s);
    s = script_met("~bob");
    peer_starts(s, 0, 1, 0);
    expect(s, CLOSED);
    script_free(s);
    s = script_unstarted();
    pass(s, GC_LINK_OPEN_MS); /* it never comes */
    assert_non_null(strstr(s->lines, "close 0\n"));
    script_free(s);
}

static void starts_that_cannot_be_true_end_the_link(void **state) {
    static const uint64_t bases[] = {1, 7, 1}, acks[] = {1, 7, UINT32_MAX};
    (void)state;
    for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++) {
        script *s = script_unstarted();
        peer_starts(s, 0, bases[i], acks[i]);
        expect(s, "close 0\npeer 0 ~bob connecting '' protocol\n");
        script_free(s);
    }
}

static void a_base_of_0_ends_the_link(void **state) {
    script *s = script_unstarted();
    gc_frame f = start_of_peer(s, 1, 0);
    uint8_t bytes[GC_FRAME_BYTES_MAX];
    gc_writer w;
    (void)state;
    gc_writer_init(&w, bytes, sizeof bytes);
    gc_frame_write(&f, &w);
    assert_int_equal(bytes[45], 1); /* type, version, capabilities, two sessions, base */
    bytes[45] = 0;
    raw(s, 0, gc_writer_done(&w));
    expect(s, "close 0\npeer 0 ~bob connecting '' protocol\n");
    script_free(s);
}

static void a_message_may_overtake_start(void **state) {
    script *s = script_unstarted();
    (void)state;
    peer_sends(s, 0, 8, "second");
    peer_sends(s, 0, 7, "first");
    expect(s, "");
    peer_starts(s, 0, 7, 0);
    expect(s, "state connected on none\npeer 0 ~bob open 'Bob' none\nmessage 0 #7 first\n"
              "message 0 #8 second\nack 0 #8\n");
    script_free(s);
}

static void order_is_restored_and_duplicates_are_not_shown(void **state) {
    script *s = script_met("~bob");
    (void)state;
    peer_sends(s, 0, 3, "three");
    peer_sends(s, 0, 2, "two");
    expect(s, "");
    peer_sends(s, 0, 1, "one");
    expect(s, "message 0 #1 one\nmessage 0 #2 two\nmessage 0 #3 three\nack 0 #3\n");
    peer_sends(s, 0, 2, "two");
    expect(s, "ack 0 #3\n");
    gc_frame base = {.type = GC_FRAME_BASE, .base = 6};
    frame(s, 0, &base);
    expect(s, "gap 0 #4 x2\nack 0 #5\n");
    peer_sends(s, 0, 5, "too late");
    expect(s, "ack 0 #5\n");
    script_free(s);
}

static void a_broken_window_ends_the_link(void **state) {
    static char text[GC_TEXT_BYTES_MAX + 1];
    script *s = script_met("~bob");
    (void)state;
    memset(text, 'w', GC_TEXT_BYTES_MAX);
    for (uint64_t seq = 2; seq <= 5; seq++) {
        peer_sends(s, 0, seq, text);
        expect(s, "");
    }
    peer_sends(s, 0, 6, "x");
    expect(s, CLOSED);
    script_free(s);
    s = script_met("~bob");
    for (uint64_t seq = 2; seq < 2 + GC_WINDOW_MESSAGES; seq++) {
        peer_sends(s, 0, seq, "x");
    }
    expect(s, "");
    peer_sends(s, 0, 1000, "x");
    expect(s, CLOSED);
    script_free(s);
}

/* A flood on one link harms no other, and nothing grows. */
static void a_flood_is_shown_and_acknowledged(void **state) {
    script *s = script_met("~bob");
    (void)state;
    for (uint64_t seq = 1; seq <= 3000; seq++) {
        peer_sends(s, 0, seq, "flood");
        assert_int_equal(client_peer_held_bytes(s->c, 0), 0);
    }
    expect(s, "message 0 #3000 flood\n"); /* the peer has been sent many acknowledgements at once */
    pass(s, 10000);
    expect(s, "ack 0 #3000\n");
    gc_frame ping = {.type = GC_FRAME_PING};
    for (ping.token = 0; ping.token < 1000; ping.token++) {
        frame(s, 0, &ping);
    }
    expect(s, "pong 0 999\n");
    script_free(s);
}

/* How many of a frame the core takes in one moment before it ends the link. */
static uint32_t flood(script *s, uint8_t channel, const uint8_t *bytes, uint32_t len) {
    for (uint32_t n = 0;; n++) {
        if (strstr(s->lines, "close 0\n") != NULL) {
            assert_non_null(strstr(s->lines, " protocol\n"));
            return n - 1;
        }
        assert_true(n <= GC_PEER_BUDGET + 1);
        put(s,
            gc_client_link_message(s->c, s->now, link_of(s, 0), channel, gc_span_of(bytes, len)));
    }
}

/* Every type, also one of the future, a copy of what was shown, and the longest of each. */
static void a_flood_of_any_frame_ends_the_link(void **state) {
    static const struct {
        uint8_t channel, head[12];
        uint32_t len, price;
    } rows[] = {
        {0, {0x11}, 9, 1},                                     /* ACK */
        {0, {0x12, 0, 0, 0, 0, 0, 0, 0, 1}, 9, 8},             /* BASE */
        {0, {0x13}, 1, 8},                                     /* PROFILE */
        {0, {0x13, 1, 0, 3, 'E', 'v', 'e'}, 7, 8},             /* the same with a name */
        {0, {0x15, 0, 0, 0, 1}, 5, 1},                         /* PING */
        {0, {0x16, 0, 0, 0, 1}, 5, 1},                         /* PONG */
        {0, {0x16, 0, 0, 0, 1, 99, 0x40, 0}, 8 + 0x4000, 17},  /* with a field of the future */
        {0, {0x77}, 1, 1},                                     /* unknown */
        {0, {0x77}, GC_FRAME_BYTES_MAX, 17},                   /* the same, long */
        {1, {0x20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 'x'}, 12, 1}, /* MESSAGE, over and over */
    };
    static uint8_t bytes[GC_FRAME_BYTES_MAX];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        script *s = script_met("~bob");
        memset(bytes, 0, sizeof bytes);
        memcpy(bytes, rows[i].head, sizeof rows[i].head);
        uint32_t taken = flood(s, rows[i].channel, bytes, rows[i].len);
        assert_in_range(taken, GC_PEER_BUDGET / rows[i].price - 1, /* START cost 1 */
                        GC_PEER_BUDGET / rows[i].price);
        script_free(s);
    }
}

/* What a peer of ours makes of all that comes out of the client: the frames cost its budget, and it
 * acknowledges every message. */
static uint64_t spend_outputs(script *s, gc_budget *b, uint64_t at_ms, uint64_t sent) {
    gc_client_output o;
    while (gc_client_poll(s->c, &o)) {
        if (o.type == GC_CLIENT_LINK_SEND) {
            uint8_t type = o.text.data[0];
            bool news = type == GC_FRAME_PROFILE || type == GC_FRAME_BASE;
            assert_true(gc_budget_spend(b, o.text.len, news, at_ms));
            sent += type == GC_FRAME_MESSAGE;
        }
    }
    gc_client_check(s->c);
    return sent;
}

/* A program that sends as much as it can, and more: it is slowed down. No frame of it is too much
 * for the peer, also when the network holds up all that is sent within `late_ms` and then brings it
 * at once. */
static void a_program_is_slowed_down_and_not_ended(void **state) {
    static const struct {
        uint32_t len, late_ms, renames, pings, least; /* least: messages a second */
    } rows[] = {
        {20, 1, 0, 0, 256},     {20, 7500, 0, 0, 256}, {900, 1000, 1, 0, 100},
        {20, 1000, 1, 1, 100},  {20, 4000, 0, 1, 200}, {16000, 5000, 0, 0, 16},
        {16000, 7500, 1, 1, 8},
    };
    static char text[GC_TEXT_BYTES_MAX + 1];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        script *s = script_met("~bob");
        gc_budget b = {0};
        uint64_t sent = 0, from = s->now, seq = 0;
        memset(text, 'p', rows[i].len);
        text[rows[i].len] = 0;
        while (s->now < from + 20000) {
            gc_frame ping = {.type = GC_FRAME_PING};
            gc_frame ack = {.type = GC_FRAME_ACK, .ack = sent};
            uint64_t at_ms = s->now - s->now % rows[i].late_ms + rows[i].late_ms;
            while (gc_client_send(s->c, s->now, text_span(text), &seq) == 0) {
            }
            if (rows[i].renames > 0) {
                assert_int_equal(gc_client_set_nick(s->c, s->now, GC_SPAN("Ann")), 0);
            }
            if (rows[i].pings > 0) {
                assert_int_equal(give_frame(s, 0, &ping), 0);
            }
            sent = spend_outputs(s, &b, at_ms, sent);
            if (ack.ack < sent) {
                ack.ack = sent;
                assert_int_equal(give_frame(s, 0, &ack), 0);
            }
            s->now += 10;
            if (gc_client_deadline(s->c) <= s->now) {
                gc_client_tick(s->c, s->now);
            }
        }
        assert_true(sent >= 20 * rows[i].least);
        script_free(s);
    }
}

/* A new link does not give a new budget; time does. */
static void a_new_link_brings_no_new_budget(void **state) {
    static const uint8_t ping[] = {0x15, 0, 0, 0, 1};
    script *s = script_met("~bob");
    (void)state;
    (void)flood(s, 0, ping, sizeof ping);
    offer_from(s, "~bob", "AAECAwQFBgcICQoLDA0ODw");
    described(s, 0);
    opened(s, 0);
    peer_starts(s, 0, 1, 0);
    assert_non_null(strstr(s->lines, "close 0\n"));
    pass(s, 1000);
    script_free(s);
}

/* What comes between two drains is told once: one name, one gap. */
static void what_comes_at_once_is_told_once(void **state) {
    script *s = script_met("~bob");
    (void)state;
    for (uint64_t n = 2; n <= 100; n++) {
        char name[8];
        snprintf(name, sizeof name, "Bob%u", (unsigned)n);
        gc_frame profile = {.type = GC_FRAME_PROFILE, .has_nick = true, .nick = text_span(name)};
        gc_frame base = {.type = GC_FRAME_BASE, .base = n};
        assert_int_equal(give_frame(s, 0, &profile), 0);
        assert_int_equal(give_frame(s, 0, &base), 0);
    }
    drain(s);
    expect(s, "peer 0 ~bob open 'Bob100' none\ngap 0 #1 x99\nack 0 #99\n");
    script_free(s);
}

static void a_slow_transport_is_waited_for(void **state) {
    script *s = script_met("~bob");
    (void)state;
    put(s, gc_client_link_buffered(s->c, s->now, link_of(s, 0), GC_LINK_BUFFERED_MAX + 1));
    user_sends(s, "waits", 1);
    expect(s, "");
    gc_frame ping = {.type = GC_FRAME_PING, .token = 3};
    frame(s, 0, &ping);
    expect(s, "pong 0 3\n"); /* control goes */
    put(s, gc_client_link_buffered(s->c, s->now, link_of(s, 0), GC_LINK_BUFFERED_MAX));
    expect(s, "send 0 #1 waits\n");
    script_free(s);
}

static void a_flood_of_pings_fills_no_memory(void **state) {
    gc_frame ping = {.type = GC_FRAME_PING};
    script *s = script_met("~bob");
    (void)state;
    gc_client_link_buffered(s->c, s->now, link_of(s, 0), 2 * GC_LINK_BUFFERED_MAX + 1);
    for (ping.token = 0; ping.token < 1000; ping.token++) {
        frame(s, 0, &ping);
        expect(s, "");
        peer_sends(s, 0, 1, "one");
        assert_null(strstr(s->lines, "ack"));
    }
    gc_client_link_buffered(s->c, s->now, link_of(s, 0), GC_LINK_BUFFERED_MAX);
    drain(s);
    expect(s, "pong 0 999\nack 0 #1\n");
    script_free(s);
}

static void a_window_full_of_texts_waits_for_its_ack(void **state) {
    static char text[GC_TEXT_BYTES_MAX + 1];
    script *s = script_met("~bob");
    (void)state;
    memset(text, 'w', GC_TEXT_BYTES_MAX);
    for (uint64_t seq = 1; seq <= 6; seq++) {
        user_sends(s, text, seq);
        assert_int_equal(s->len > 0, seq <= 4);
    }
    peer_acks(s, 0, 2);
    expect(s, "delivered 0 #1\ndelivered 0 #2\nsend 0 #5 wwwwwwww...16384\n"
              "send 0 #6 wwwwwwww...16384\n");
    script_free(s);
}

/* --- I7 and back-pressure --------------------------------------------------------------------- */

static uint64_t fill(script *s) {
    static char text[GC_TEXT_BYTES_MAX + 1];
    uint64_t seq = 0, sent = 0;
    memset(text, 'f', GC_TEXT_BYTES_MAX);
    while (gc_client_send(s->c, s->now, text_span(text), &seq) == 0) {
        sent++;
        drain(s);
    }
    return sent;
}

static void a_full_outbox_is_said_and_room_too(void **state) {
    script *s = script_met("~bob");
    uint64_t seq = 0;
    (void)state;
    assert_int_equal(fill(s), GC_OUTBOX_BYTES_MAX / GC_TEXT_BYTES_MAX);
    drain(s);
    expect(s, "");
    peer_acks(s, 0, 1);
    assert_non_null(strstr(s->lines, "delivered 0 #1\n"));
    assert_non_null(strstr(s->lines, "sendable\n"));
    assert_int_equal(gc_client_send(s->c, s->now, GC_SPAN("fits"), &seq), 0);
    drain(s);
    assert_null(strstr(s->lines, "sendable"));
    script_free(s);
}

/* Who acknowledges nothing for 10 s loses messages before anybody else has to wait. */
static void a_stalled_peer_holds_up_nobody(void **state) {
    script *s = script_met("~bob");
    uint64_t seq = 0;
    (void)state;
    joined(s, "~zoe"); /* never linked */
    uint64_t sent = fill(s);
    for (uint64_t n = 4; n <= sent; n += 4) {
        peer_acks(s, 0, n);
    }
    assert_int_equal(gc_client_send(s->c, s->now, GC_SPAN("more"), &seq), GC_E_FULL);
    drain(s);
    expect(s, "");
    uint64_t at = gc_client_deadline(s->c);
    assert_true(at <= s->now + GC_STALLED_MS);
    pass(s, GC_STALLED_MS);
    assert_non_null(strstr(s->lines, "sendable\n"));
    assert_null(strstr(s->lines, "undelivered"));
    assert_int_equal(gc_client_send(s->c, s->now, GC_SPAN("more"), &seq), 0);
    drain(s);
    char lines[64];
    snprintf(lines, sizeof lines, "undelivered 1 #1 undelivered\nsend 0 #%llu more\n",
             (unsigned long long)seq);
    expect(s, lines);
    script_free(s);
}

static void a_new_session_of_a_peer_is_a_new_conversation(void **state) {
    script *s = script_met("~bob");
    (void)state;
    peer_sends(s, 0, 1, "one");
    user_sends(s, "for the first", 1);
    transport_ended(s, 0, GC_REASON_GONE);
    pass(s, 1000);
    described(s, 0);
    answer_from(s, "~bob", 0);
    opened(s, 0);
    gc_frame f = start_of_peer(s, 1, 0);
    f.session[0] ^= 1;
    memset(f.peer_session, 0, sizeof f.peer_session);
    frame(s, 0, &f);
    expect(s, "state connected on none\npeer 0 ~bob open 'Bob' none\n"
              "undelivered 0 #1 gone\nbase 0 #2\n");
    peer_sends(s, 0, 1, "one of another life");
    expect(s, "message 0 #1 one of another life\nack 0 #1\n");
    script_free(s);
}

/* --- what is given out, in which order, and when --------------------------------------------- */

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(malformed_frames_end_the_link),
        cmocka_unit_test(unknown_frames_are_skipped),
        cmocka_unit_test(start_comes_first_and_once),
        cmocka_unit_test(starts_that_cannot_be_true_end_the_link),
        cmocka_unit_test(a_base_of_0_ends_the_link),
        cmocka_unit_test(a_message_may_overtake_start),
        cmocka_unit_test(order_is_restored_and_duplicates_are_not_shown),
        cmocka_unit_test(a_broken_window_ends_the_link),
        cmocka_unit_test(a_flood_is_shown_and_acknowledged),
        cmocka_unit_test(a_flood_of_any_frame_ends_the_link),
        cmocka_unit_test(a_program_is_slowed_down_and_not_ended),
        cmocka_unit_test(a_new_link_brings_no_new_budget),
        cmocka_unit_test(what_comes_at_once_is_told_once),
        cmocka_unit_test(a_slow_transport_is_waited_for),
        cmocka_unit_test(a_flood_of_pings_fills_no_memory),
        cmocka_unit_test(a_window_full_of_texts_waits_for_its_ack),
        cmocka_unit_test(a_full_outbox_is_said_and_room_too),
        cmocka_unit_test(a_stalled_peer_holds_up_nobody),
        cmocka_unit_test(a_new_session_of_a_peer_is_a_new_conversation),
        cmocka_unit_test(a_message_is_acknowledged_once_it_was_given_out),
        cmocka_unit_test(an_input_between_two_polls_takes_no_message_away),
        cmocka_unit_test(texts_are_safe_to_show),
        cmocka_unit_test(the_longest_text_is_shown_whole),
    };
    return RUN(tests);
}
