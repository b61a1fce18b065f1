/* core/client/setup.c, talk.c: stock PeerJS peers, dialled by a bare link and dialling us */
#include "core/proto/data_connection.h"
#include "test/unit/client_script.h"

static void said(script *s, const char *part) {
    char want[512];
    gc_span w = expand(s, part, want, sizeof want);
    want[w.len] = 0;
    if (strstr(s->signal, want) == NULL) {
        fail_msg("not in the last signal: %s\n%s", want, s->signal);
    }
}

/* With a bare link to `stock`, the offer is out. */
static script *dialling(const char *serialization) {
    script *s = script_new();
    gc_client_options o = script_options;
    o.serialization = text_span(serialization);
    put(s, gc_client_join_link(s->c, s->now, &o, GC_SPAN("https://h/join/stock")));
    put(s, gc_client_signaling_opened(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    server_says(s, "{\"type\":\"OPEN\"}"); /* a stock server */
    expect(s, "offer 0 either\nstate waiting on none\npeer 0 stock connecting '' none\n");
    described(s, 0);
    expect(s, "signal OFFER stock\n");
    return s;
}

static void stock_answers(script *s) {
    server_says(s,
                "{\"type\":\"ANSWER\",\"src\":\"stock\",\"payload\":{\"sdp\":{\"sdp\":\"its sdp\","
                "\"type\":\"answer\"},\"type\":\"data\",\"connectionId\":\"%DIAL0%\"}}");
}

static script *linked(const char *serialization) {
    script *s = dialling(serialization);
    stock_answers(s);
    expect(s, "remote 0 data its sdp\n");
    opened(s, 0);
    expect(s, "state connected on none\npeer 0 stock open '' stock none\n");
    return s;
}

static void gives(script *s, uint32_t slot, uint8_t channel, gc_span bytes) {
    put(s, gc_client_link_message(s->c, s->now, link_of(s, slot), channel, bytes));
}

#define BYTES(literal) GC_CHANNEL_DATA_BYTES, GC_SPAN(literal)
#define CLOSE                                                                                      \
    "\x81\xba__peerData\x81\xb4type\xb5"                                                           \
    "close"

static void a_bare_link_reaches_a_stock_peer(void **state) {
    script *s = dialling("");
    (void)state;
    said(s, "\"type\":\"data\",\"connectionId\":\"%DIAL0%\",\"sdp\":{\"type\":\"offer\"");
    said(s, "\"label\":\"%DIAL0%\",\"reliable\":true,\"serialization\":\"binary\",\"gc\":1}}");
    found(s, 0, "ours");
    expect(s, "signal CANDIDATE stock\n");
    said(s, "\"connectionId\":\"%DIAL0%\",\"candidate\":{\"candidate\":\"ours\"");
    /* Theirs may come before the answer, and may have no mid. */
    server_says(s, "{\"type\":\"CANDIDATE\",\"src\":\"stock\",\"payload\":{\"type\":\"data\","
                   "\"connectionId\":\"%DIAL0%\",\"candidate\":{\"candidate\":\"theirs\","
                   "\"sdpMid\":null,\"sdpMLineIndex\":0}}}");
    expect(s, "");
    stock_answers(s);
    expect(s, "remote 0 data its sdp\ncandidate 0 theirs\n");
    opened(s, 0);
    expect(s, "state connected on none\npeer 0 stock open '' stock none\n"); /* no START */
    user_sends(s, "hi", 1);
    expect(s, "data 0 bytes \xb2hi\nsent 0 #1\n");
    gives(s, 0, BYTES("\xb5hello"));
    expect(s, "message 0 #1 hello\n"); /* and no ACK */
    gives(s, 0, BYTES("\x92\x01\xc0"));
    expect(s, "message 0 #2 [1,null]\n");
    script_free(s);
}

static void a_peer_of_ours_answers_natively(void **state) {
    script *s = dialling("");
    (void)state;
    answer_from(s, "stock", 0);
    expect(s, "remote 0 their sdp\n");
    found(s, 0, "ours");
    said(s, "\"type\":\"ghostchat\"");
    opened(s, 0);
    assert_non_null(strstr(s->lines, "start 0 "));
    peer_starts(s, 0, 1, 0);
    user_sends(s, "hi", 1);
    expect(s, "send 0 #1 hi\n");
    script_free(s);
}

static void a_marked_offer_is_answered_natively(void **state) {
    script *s = script_new();
    (void)state;
    enter_coffee(s, "[]");
    server_says(s, "{\"type\":\"OFFER\",\"src\":\"~bob\",\"payload\":{\"type\":\"data\","
                   "\"connectionId\":\"AAECAwQFBgcICQoLDA0ODw\",\"sdp\":{\"type\":\"offer\","
                   "\"sdp\":\"their sdp\"},\"serialization\":\"binary\",\"gc\":1}}");
    expect(s, "answer 0 their sdp\npeer 0 ~bob connecting '' guest none\n");
    described(s, 0);
    said(s, "\"payload\":{\"type\":\"ghostchat\",\"v\":1,\"dial\":\"AAECAwQFBgcICQoLDA0ODw\"");
    server_says(s, "{\"type\":\"CANDIDATE\",\"src\":\"~bob\",\"payload\":{\"type\":\"data\","
                   "\"connectionId\":\"AAECAwQFBgcICQoLDA0ODw\",\"candidate\":{\"candidate\":"
                   "\"theirs\",\"sdpMid\":\"0\",\"sdpMLineIndex\":0}}}");
    expect(s, "candidate 0 theirs\n");
    script_free(s);
}

/* An offer of a stock peer under this connection id. */
static void stock_offers(script *s, const char *id, const char *connection, const char *word) {
    char text[512];
    snprintf(
        text, sizeof text,
        "{\"type\":\"OFFER\",\"src\":\"%s\",\"payload\":{\"sdp\":{\"sdp\":\"its sdp\",\"type\":"
        "\"offer\"},\"type\":\"data\",\"connectionId\":\"%s\",\"label\":\"l\",\"reliable\":"
        "false,\"serialization\":\"%s\"}}",
        id, connection, word);
    server_says(s, text);
}

static void a_stock_peer_dials_us(void **state) {
    script *s = script_new();
    (void)state;
    enter_coffee(s, "[]");
    stock_offers(s, "~stock", "dc_1", "json");
    expect(s, "answer 0 data its sdp\npeer 0 ~stock connecting '' guest none\n");
    server_says(s, "{\"type\":\"CANDIDATE\",\"src\":\"~stock\",\"payload\":{\"type\":\"data\","
                   "\"connectionId\":\"dc_1\",\"candidate\":{\"candidate\":\"theirs\","
                   "\"sdpMid\":\"0\",\"sdpMLineIndex\":0}}}");
    expect(s, "");
    found(s, 0, "ours"); /* held: an ANSWER goes before every CANDIDATE */
    expect(s, "");
    described(s, 0);
    expect(s, "signal ANSWER ~stock\nsignal CANDIDATE ~stock\ncandidate 0 theirs\n");
    said(s, "\"type\":\"data\",\"connectionId\":\"dc_1\",\"candidate\":{\"candidate\":\"ours\"");
    opened(s, 0);
    expect(s, "state connected on none\npeer 0 ~stock open '' stock none\n");
    user_sends(s, "a \"b\"", 1);
    expect(s, "data 0 bytes \"a \\\"b\\\"\"\nsent 0 #1\n");
    gives(s, 0, BYTES("\"c\\u0064\""));
    expect(s, "message 0 #1 cd\n");
    gives(s, 0, BYTES("{\"__peerData\":{\"type\":\"close\"}}"));
    expect(s, "close 0\nstate waiting on none\npeer 0 ~stock closed '' stock left\n");
    script_free(s);
}

static void others_are_not_answered(void **state) {
    script *s = script_new();
    (void)state;
    enter_coffee(s, "[]");
    uint64_t ignored = client_ignored(s->c);
    stock_offers(s, "~stock", "dc_1", "MsgPack");
    server_says(s, "{\"type\":\"OFFER\",\"src\":\"~stock\",\"payload\":{\"sdp\":{\"sdp\":\"s\"},"
                   "\"type\":\"media\",\"connectionId\":\"mc_1\"}}");
    server_says(s, "{\"type\":\"ANSWER\",\"src\":\"~stock\",\"payload\":{\"sdp\":{\"sdp\":\"s\"},"
                   "\"type\":\"data\",\"connectionId\":\"dc_9\"}}");
    expect(s, "");
    assert_int_equal(client_ignored(s->c), ignored + 3);
    script_free(s);
    /* Nobody who has only a secret to give is called by strangers. */
    s = script_new();
    put(s, gc_client_new_room(s->c, s->now, &script_options));
    put(s, gc_client_signaling_opened(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    server_says(s, "{\"type\":\"OPEN\",\"payload\":{\"gc\":1}}");
    stock_offers(s, "~stock", "dc_1", "binary");
    expect(s, "");
    script_free(s);
}

/* A member is dialled under the room's tag: what is no answer of ours is none. */
static void a_stock_answer_to_a_room_dial_is_none(void **state) {
    script *s = script_new();
    (void)state;
    enter_coffee(s, "[\"stock\"]");
    described(s, 0);
    stock_answers(s);
    expect(s, "");
    script_free(s);
}

static void raw_is_text(void **state) {
    script *s = linked("raw");
    (void)state;
    user_sends(s, "hi", 1);
    expect(s, "data 0 text hi\nsent 0 #1\n");
    gives(s, 0, GC_CHANNEL_DATA_TEXT, GC_SPAN("hello"));
    expect(s, "message 0 #1 hello\n");
    gives(s, 0, BYTES("\x01\x02"));
    expect(s, "message 0 #2 [2 bytes]\n");
    gives(s, 0, GC_CHANNEL_MESSAGE, GC_SPAN("\x20")); /* a channel it does not have */
    expect(s, "");
    script_free(s);
}

static void a_message_that_cannot_be_shown_says_why(void **state) {
    script *s = linked("");
    static uint8_t large[GC_DATA_BYTES_MAX + 1];
    (void)state;
    gives(s, 0, BYTES("\xb2hi there"));
    expect(s, "gap 0 #1 x1 protocol\n");
    gives(s, 0, GC_CHANNEL_DATA_BYTES, gc_span_of(large, sizeof large));
    expect(s, "gap 0 #2 x1 too-big\n");
    gives(s, 0, BYTES("\xb1\xff"));
    expect(s, "gap 0 #3 x1 bad-utf8\n");
    gives(s, 0, BYTES("\xb2hi"));
    expect(s, "message 0 #4 hi\n");
    script_free(s);
}

/* One chunk of a message of so many, with one byte of data. */
static void gives_chunk(script *s, uint8_t id, uint8_t total) {
    uint8_t frame[] = "\x84\xba__peerData?\xb1n\x00\xb4"
                      "data\xa1x\xb5total?";
    frame[12] = id;
    frame[sizeof frame - 2] = total;
    gives(s, 0, GC_CHANNEL_DATA_BYTES, gc_span_of(frame, sizeof frame - 1));
}

static void each_refused_message_is_counted(void **state) {
    script *s = linked("");
    (void)state;
    for (uint8_t id = 1; id <= GC_DATA_OPEN_MAX; id++) {
        gives_chunk(s, id, 2);
        expect(s, "");
    }
    gives_chunk(s, 100, 127);
    expect(s, "gap 0 #1 x2 too-big\n");
    gives(s, 0, BYTES("\xb2hi"));
    expect(s, "message 0 #3 hi\n");
    script_free(s);
}

/* However the link ends, the user is told of what came in part. */
static void what_came_in_part_is_told_at_the_end(void **state) {
    (void)state;
    script *s = linked("");
    gives_chunk(s, 1, 2);
    gives_chunk(s, 2, 2);
    transport_ended(s, 0, GC_REASON_GONE);
    expect(s, "state waiting on none\npeer 0 stock lost '' stock gone\ngap 0 #1 x2 gone\n");
    stock_offers(s, "stock", "dc_2", "binary");
    described(s, 0);
    opened(s, 0);
    gives(s, 0, BYTES("\xb2hi"));
    expect(s, "message 0 #3 hi\n");
    gives_chunk(s, 1, 2);
    gives(s, 0, BYTES(CLOSE));
    expect(s, "close 0\nstate waiting on left\ngap 0 #4 x1 gone\n"
              "peer 0 stock closed '' stock left\n");
    script_free(s);
    s = linked("");
    gives_chunk(s, 1, 2);
    transport_ended(s, 0, GC_REASON_LEFT);
    expect(s, "state waiting on left\ngap 0 #1 x1 gone\npeer 0 stock closed '' stock left\n");
    script_free(s);
    s = linked("");
    gives_chunk(s, 1, 2);
    stock_offers(s, "stock", "dc_2", "raw"); /* a newer connection */
    described(s, 1);
    opened(s, 1);
    expect(s, "close 0\ngap 0 #1 x1 gone\n");
    gives(s, 1, GC_CHANNEL_DATA_TEXT, GC_SPAN("hi"));
    expect(s, "message 0 #2 hi\n");
    script_free(s);
}

static void a_long_text_is_shown_in_pieces(void **state) {
    script *s = linked("raw");
    static uint8_t text[40000];
    (void)state;
    for (uint32_t i = 0; i < sizeof text; i += 2) { /* é: no piece ends inside it */
        text[i] = 0xc3;
        text[i + 1] = 0xa9;
    }
    gives(s, 0, GC_CHANNEL_DATA_TEXT, gc_span_of(text, sizeof text));
    expect(s, "message 0 #1 \xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9...16384\n"
              "message 0 #2 \xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9...16384\n"
              "message 0 #3 \xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9...7232\n");
    text[0] = 'x'; /* now every even border is inside one */
    text[sizeof text - 1] = 'x';
    memmove(text + 1, text, sizeof text - 2);
    text[sizeof text - 1] = 'x';
    text[0] = text[1] = 'x';
    text[2] = 'x';
    gives(s, 0, GC_CHANNEL_DATA_TEXT, gc_span_of(text, sizeof text));
    assert_non_null(strstr(s->lines, "...16383\n"));
    script_free(s);
}

static void a_silent_stock_peer_stays(void **state) {
    script *s = linked("");
    (void)state;
    for (int i = 0; i < 100; i++) {
        pass(s, 5000);
        assert_null(strstr(s->lines, "ping"));
        assert_null(strstr(s->lines, "peer 0"));
    }
    user_sends(s, "hi", 1);
    assert_non_null(strstr(s->lines, "data 0 bytes \xb2hi\nsent 0 #1\n"));
    script_free(s);
}

static void what_waits_is_sent_once_it_is_open(void **state) {
    script *s = dialling("");
    (void)state;
    user_sends(s, "early", 1);
    expect(s, "");
    stock_answers(s);
    opened(s, 0);
    expect(s, "state connected on none\npeer 0 stock open '' stock none\n"
              "data 0 bytes \xb5"
              "early\nsent 0 #1\n");
    script_free(s);
}

static void a_full_transport_is_waited_for(void **state) {
    script *s = linked("");
    (void)state;
    assert_int_equal(gc_client_link_buffered(s->c, s->now, link_of(s, 0), GC_LINK_BUFFERED_MAX + 1),
                     0);
    user_sends(s, "hi", 1);
    expect(s, "");
    put(s, gc_client_link_buffered(s->c, s->now, link_of(s, 0), 0));
    expect(s, "data 0 bytes \xb2hi\nsent 0 #1\n");
    /* Never writable again: it is given up like any other. */
    assert_int_equal(gc_client_link_buffered(s->c, s->now, link_of(s, 0), GC_LINK_BUFFERED_MAX + 1),
                     0);
    user_sends(s, "lost", 2);
    pass(s, GC_UNDELIVERED_MS);
    assert_non_null(strstr(s->lines, "undelivered 0 #2 undelivered\n"));
    script_free(s);
}

/* What the transport did not take is no "sent", and it is not sent again: it might come twice. */
static void what_the_transport_refused_is_not_sent(void **state) {
    script *s = linked("");
    (void)state;
    s->throws = true;
    user_sends(s, "one", 1);
    expect(s, "data 0 bytes \xb3one\n");
    user_sends(s, "two", 2);
    expect(s, "data 0 bytes \xb3two\n");
    transport_ended(s, 0, GC_REASON_GONE);
    expect(s, "state waiting on none\npeer 0 stock lost '' stock gone\n"
              "undelivered 0 #1 gone\nundelivered 0 #2 gone\n");
    s->throws = false;
    user_sends(s, "three", 3); /* kept for its next link */
    expect(s, "");
    stock_offers(s, "stock", "dc_2", "raw");
    described(s, 0);
    opened(s, 0);
    expect(s, "state connected on none\npeer 0 stock open '' stock none\n"
              "data 0 text three\nsent 0 #3\n");
    /* A report of an older link says nothing about this one. */
    uint32_t old = link_of(s, 0);
    s->throws = true;
    stock_offers(s, "stock", "dc_3", "raw");
    described(s, 1);
    opened(s, 1);
    user_sends(s, "four", 4);
    put(s, gc_client_link_buffered(s->c, s->now, old, 0));
    expect(s, "");
    put(s, gc_client_link_buffered(s->c, s->now, link_of(s, 1), 0));
    expect(s, "sent 0 #4\n");
    /* A host that never says anything: not "sent" either. */
    user_sends(s, "five", 5);
    pass(s, GC_UNDELIVERED_MS);
    assert_non_null(strstr(s->lines, "undelivered 0 #5 undelivered\n"));
    put(s, gc_client_link_buffered(s->c, s->now, link_of(s, 1), 0));
    expect(s, "");
    s->throws = false;
    user_sends(s, "six", 6);
    expect(s, "data 1 text six\nsent 0 #6\n");
    script_free(s);
}

/* No peer must take more than 65,536 bytes: in JSON a text of control characters has more. */
static void a_frame_no_peer_must_take_is_given_up(void **state) {
    script *s = linked("json");
    static char wide[GC_TEXT_BYTES_MAX];
    (void)state;
    memset(wide, '\x01', sizeof wide - 1);
    s->throws = true;
    user_sends(s, "before", 1);
    user_sends(s, wide, 2);
    expect(s, ""); /* the one before it comes first */
    user_sends(s, "behind", 3);
    s->throws = false;
    put(s, gc_client_link_buffered(s->c, s->now, link_of(s, 0), 0));
    expect(s, "sent 0 #1\nundelivered 0 #2 too-big\ndata 0 bytes \"behind\"\nsent 0 #3\n");
    memset(wide, 'x', sizeof wide - 1);
    user_sends(s, wide, 4);
    assert_non_null(strstr(s->lines, "sent 0 #4\n"));
    script_free(s);
}

static void its_end_is_the_end(void **state) {
    script *s = linked("");
    (void)state;
    gives(s, 0, BYTES(CLOSE));
    expect(s, "close 0\nstate waiting on left\npeer 0 stock closed '' stock left\n");
    script_free(s);
    s = linked("");
    transport_ended(s, 0, GC_REASON_LEFT); /* it closed its channel */
    expect(s, "state waiting on left\npeer 0 stock closed '' stock left\n");
    pass(s, 1999);
    assert_null(strstr(s->lines, "offer"));
    stock_offers(s, "stock", "dc_2", "binary"); /* it may call us */
    expect(s, "answer 0 data its sdp\nstate waiting on none\npeer 0 stock connecting '' none\n");
    script_free(s);
    s = linked("");
    transport_ended(s, 0, GC_REASON_GONE); /* the network went: it is dialled again */
    expect(s, "state waiting on none\npeer 0 stock lost '' stock gone\n");
    pass(s, 40000);
    script_free(s);
}

/* It is reloaded: its library says goodbye by itself, and it is back under its id. */
static void who_is_reloaded_is_found_again(void **state) {
    script *s = linked("");
    (void)state;
    gives(s, 0, BYTES(CLOSE));
    pass(s, 2000);
    expect(s, "offer 0 either\nstate waiting on none\npeer 0 stock connecting '' none\n");
    described(s, 0);
    server_says(s, "{\"type\":\"EXPIRE\",\"src\":\"stock\",\"dst\":\"%ID%\"}");
    expect(s, "close 0\nstate waiting on absent\npeer 0 stock away '' absent\n");
    pass(s, 1000);
    expect(s, "offer 0 either\n");
    described(s, 0);
    stock_answers(s);
    opened(s, 0);
    expect(s, "state connected on none\npeer 0 stock open '' stock none\n");
    script_free(s);
}

/* The same at a server with the additions, which says when it is there. */
static void who_comes_back_is_found_at_our_server(void **state) {
    script *s = script_new();
    (void)state;
    put(s, gc_client_join_link(s->c, s->now, &script_options, GC_SPAN("https://h/join/stock")));
    put(s, gc_client_signaling_opened(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    server_says(s, "{\"type\":\"OPEN\",\"payload\":{\"gc\":1}}");
    described(s, 0);
    stock_answers(s);
    opened(s, 0);
    transport_ended(s, 0, GC_REASON_LEFT);
    expect(s, "state waiting on left\npeer 0 stock closed '' stock left\n");
    pass(s, 2000);
    described(s, 0);
    server_says(s, "{\"type\":\"GC-ABSENT\",\"payload\":{\"id\":\"stock\"}}");
    expect(s, "close 0\nstate waiting on absent\npeer 0 stock away '' absent\n");
    server_says(s, "{\"type\":\"GC-PRESENT\",\"payload\":{\"id\":\"stock\"}}");
    assert_non_null(strstr(s->lines, "offer 0 either\n"));
    script_free(s);
}

/* It is there and ends each link: it is not called against its will, and nobody is waited for. */
static void who_ends_every_link_is_left_alone(void **state) {
    script *s = linked("");
    (void)state;
    for (uint32_t i = 1; i < 3; i++) {
        gives(s, 0, BYTES(CLOSE));
        pass(s, 2000);
        described(s, 0);
        stock_answers(s);
        opened(s, 0);
    }
    gives(s, 0, BYTES(CLOSE));
    expect(s, "close 0\ndisconnect\nstate failed off left\n"
              "peer 0 stock closed '' stock left\n");
    pass(s, 600000);
    expect(s, "");
    script_free(s);
}

static void leaving_closes_without_a_frame(void **state) {
    script *s = linked("");
    (void)state;
    put(s, gc_client_leave(s->c, s->now));
    assert_non_null(strstr(s->lines, "close 0\n"));
    assert_null(strstr(s->lines, "bye"));
    assert_null(strstr(s->lines, "data"));
    script_free(s);
}

static void its_newest_connection_counts(void **state) {
    script *s = linked("");
    (void)state;
    stock_offers(s, "stock", "dc_2", "raw");
    expect(s, "answer 1 data its sdp\n");
    described(s, 1);
    opened(s, 1);
    expect(s, "close 0\n");
    user_sends(s, "hi", 1);
    expect(s, "data 1 text hi\nsent 0 #1\n");
    stock_offers(s, "stock", "dc_2", "raw"); /* once is enough */
    expect(s, "");
    script_free(s);
}

/* It dials again and closes the old one meanwhile, in either order. */
static void a_new_connection_outlives_the_old(void **state) {
    script *s = linked("");
    (void)state;
    stock_offers(s, "stock", "dc_2", "raw");
    described(s, 1);
    transport_ended(s, 0, GC_REASON_LEFT);
    expect(s, "state waiting on none\npeer 0 stock lost '' stock left\n");
    opened(s, 1);
    expect(s, "state connected on none\npeer 0 stock open '' stock none\n");
    stock_offers(s, "stock", "dc_3", "binary");
    gives(s, 1, GC_CHANNEL_DATA_TEXT, GC_SPAN("still the old one"));
    expect(s, "message 0 #1 still the old one\n");
    described(s, 0);
    opened(s, 0);
    user_sends(s, "hi", 1);
    expect(s, "data 0 bytes \xb2hi\nsent 0 #1\n");
    script_free(s);
}

/* It knows no rule for two offers at once: its own is answered, whoever has the smaller id. */
static void glare_with_a_stock_peer(void **state) {
    script *s = dialling("");
    (void)state;
    stock_offers(s, "stock", "dc_2", "binary");
    assert_non_null(strstr(s->lines, "close 0\nanswer 0 data its sdp\n"));
    stock_answers(s); /* to our own, which is over */
    expect(s, "");
    script_free(s);
}

static void only_so_many_at_once(void **state) {
    script *s = script_new();
    char id[24];
    (void)state;
    enter_coffee(s, "[]");
    for (uint32_t i = 0; i < client_stock_links_max(); i++) {
        snprintf(id, sizeof id, "~stock%u", i);
        stock_offers(s, id, "dc_1", "binary");
        described(s, i);
        opened(s, i);
    }
    stock_offers(s, "~one-more", "dc_1", "binary");
    expect(s, "");
    stock_offers(s, "~stock0", "dc_2", "binary"); /* a newer one of a peer that is there */
    assert_non_null(strstr(s->lines, "answer 4 data its sdp\n"));
    script_free(s);
}

static void a_peer_may_come_back_as_another_kind(void **state) {
    script *s = linked("");
    (void)state;
    gives(s, 0, BYTES("\xb2hi"));
    transport_ended(s, 0, GC_REASON_GONE);
    while (strstr(s->lines, "offer") == NULL) {
        pass(s, 1000);
    }
    described(s, 0);
    answer_from(s, "stock", 0); /* now one of ours */
    opened(s, 0);
    peer_starts(s, 0, 1, 0);
    assert_non_null(strstr(s->lines, "peer 0 stock open 'Bob' none\n"));
    user_sends(s, "hi", 1);
    expect(s, "send 0 #1 hi\n");
    script_free(s);
}

/* A member that said numbers of its own, the largest among them, goes on as a stock peer: we count
 * its messages from 1, and when it comes back as one of ours its own numbers count again. */
static void our_count_never_follows_a_number_of_a_peer(void **state) {
    static const uint64_t last[] = {1, UINT32_MAX, GC_SEQ_MAX - 1, GC_SEQ_MAX};
    (void)state;
    for (size_t n = 0; n < sizeof last / sizeof last[0]; n++) {
        script *s = script_new();
        enter_coffee(s, "[\"~bob\"]");
        described(s, 0);
        answer_from(s, "~bob", 0);
        opened(s, 0);
        peer_starts(s, 0, last[n], 0);
        peer_sends(s, 0, last[n], "last");
        stock_offers(s, "~bob", "dc_1", "raw");
        described(s, 1);
        opened(s, 1);
        for (uint32_t i = 0; i < 3; i++) {
            gives(s, 1, GC_CHANNEL_DATA_TEXT, GC_SPAN("\xff"));
            assert_non_null(strstr(s->lines, "gap 0 #"));
            gives(s, 1, GC_CHANNEL_DATA_TEXT, GC_SPAN("text"));
        }
        expect(s, "message 0 #6 text\n");
        user_sends(s, "hi", 1);
        offer_from(s, "~bob", "AAECAwQFBgcICQoLDA0ODw");
        described(s, 0);
        opened(s, 0);
        peer_starts(s, 0, last[n], 0);
        peer_sends(s, 0, last[n], "again"); /* the same session: it was shown before */
        assert_null(strstr(s->lines, "again"));
        script_free(s);
    }
}

static void options_are_checked(void **state) {
    script *s = script_new();
    gc_client_options o = script_options;
    (void)state;
    o.serialization = GC_SPAN("MsgPack");
    assert_int_equal(gc_client_join_link(s->c, s->now, &o, GC_SPAN("https://h/join/stock")),
                     GC_E_ARGUMENT);
    script_free(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bare_link_reaches_a_stock_peer),
        cmocka_unit_test(a_peer_of_ours_answers_natively),
        cmocka_unit_test(a_marked_offer_is_answered_natively),
        cmocka_unit_test(a_stock_peer_dials_us),
        cmocka_unit_test(others_are_not_answered),
        cmocka_unit_test(a_stock_answer_to_a_room_dial_is_none),
        cmocka_unit_test(raw_is_text),
        cmocka_unit_test(a_message_that_cannot_be_shown_says_why),
        cmocka_unit_test(each_refused_message_is_counted),
        cmocka_unit_test(what_came_in_part_is_told_at_the_end),
        cmocka_unit_test(a_long_text_is_shown_in_pieces),
        cmocka_unit_test(a_silent_stock_peer_stays),
        cmocka_unit_test(what_waits_is_sent_once_it_is_open),
        cmocka_unit_test(a_full_transport_is_waited_for),
        cmocka_unit_test(what_the_transport_refused_is_not_sent),
        cmocka_unit_test(a_frame_no_peer_must_take_is_given_up),
        cmocka_unit_test(its_end_is_the_end),
        cmocka_unit_test(who_is_reloaded_is_found_again),
        cmocka_unit_test(who_comes_back_is_found_at_our_server),
        cmocka_unit_test(who_ends_every_link_is_left_alone),
        cmocka_unit_test(leaving_closes_without_a_frame),
        cmocka_unit_test(its_newest_connection_counts),
        cmocka_unit_test(a_new_connection_outlives_the_old),
        cmocka_unit_test(glare_with_a_stock_peer),
        cmocka_unit_test(only_so_many_at_once),
        cmocka_unit_test(a_peer_may_come_back_as_another_kind),
        cmocka_unit_test(our_count_never_follows_a_number_of_a_peer),
        cmocka_unit_test(options_are_checked),
    };
    return cmocka_run_group_tests_name("client_peerjs", tests, NULL, NULL);
}
