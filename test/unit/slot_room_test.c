/* core/client/slot_room.c: rooms on a server that knows none. */
#include "test/unit/client_script.h"

/* In the room "coffee" on a stock server, before anything came of the slot's socket. */
static script *script_at_stock_server(void) {
    script *s = script_new();
    put(s, gc_client_join_room(s->c, s->now, &script_options, room_named("coffee")));
    put(s, gc_client_signaling_opened(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    server_says(s, "{\"type\":\"OPEN\"}");
    expect(s, "connect slot\nstate joining on none\n");
    return s;
}

static void slot_says(script *s, const char *text) {
    put(s, gc_client_signaling_message(s->c, s->now, GC_SIGNALING_SOCKET_SLOT, text_span(text)));
}

static script *script_holder(void) {
    script *s = script_at_stock_server();
    put(s, gc_client_signaling_opened(s->c, s->now, GC_SIGNALING_SOCKET_SLOT));
    expect(s, "");
    slot_says(s, "{\"type\":\"OPEN\"}");
    expect(s, "signal CANDIDATE slot1 \"knock\"\nsignal CANDIDATE slot2 \"knock\"\n"
              "signal CANDIDATE slot3 \"knock\"\nstate waiting on none\n");
    return s;
}

/* Slot 0 is held by somebody else; we knocked there. */
static script *script_knocking(void) {
    script *s = script_at_stock_server();
    put(s, gc_client_signaling_opened(s->c, s->now, GC_SIGNALING_SOCKET_SLOT));
    slot_says(s, "{\"type\":\"ID-TAKEN\",\"payload\":{\"msg\":\"ID is taken\"}}");
    expect(s, "disconnect slot\nsignal CANDIDATE slot0 \"knock\"\n");
    return s;
}

/* What a client writes, with the source that the server puts before it. */
static gc_writer begin_relayed(const char *from, uint32_t *object) {
    static uint8_t text[8192];
    gc_writer w;
    gc_writer_init(&w, text, sizeof text);
    gc_writer_text(&w, "{\"src\":");
    gc_json_write_string(&w, text_span(from));
    *object = w.at;
    return w;
}

static gc_span end_relayed(gc_writer *w, uint32_t object) {
    assert_int_equal(w->data[object], '{');
    w->data[object] = ',';
    return gc_writer_done(w);
}

/* Gives a slot message of a stranger; `proved` false spoils the proof. */
static int give_slot_message(script *s, uint32_t socket, enum gc_slot_kind kind,
                             const uint8_t nonce[GC_NONCE_BYTES], const char *from,
                             const char *const *members, bool proved) {
    gc_slot_message m = {.kind = (uint8_t)kind};
    gc_span to =
        socket == GC_SIGNALING_SOCKET_SLOT ? client_current_slot_id(s->c) : gc_client_id(s->c);
    memcpy(m.nonce, nonce, GC_NONCE_BYTES);
    for (; members != NULL && *members != NULL; members++) {
        assert_true(gc_slot_add(&m, text_span(*members)));
    }
    assert_int_equal(client_prove_slot_message(s->c, text_span(from), to, &m), 0);
    m.proof[0] ^= !proved;
    uint32_t object = 0;
    gc_writer w = begin_relayed(from, &object);
    gc_slot_write(&w, to, &m);
    return gc_client_signaling_message(s->c, s->now, socket, end_relayed(&w, object));
}

static void stranger_says(script *s, uint32_t socket, enum gc_slot_kind kind,
                          const uint8_t nonce[GC_NONCE_BYTES], const char *from,
                          const char *const *members, bool proved) {
    put(s, give_slot_message(s, socket, kind, nonce, from, members, proved));
}

static const uint8_t nonce[GC_NONCE_BYTES] = "a nonce of peers";

/* An OFFER under the room's tag, as another member writes it. */
static void offer(script *s, const char *from, bool proved) {
    const uint8_t dial[GC_DIAL_BYTES] = "a dial of ours..";
    uint8_t proof[GC_PROOF_BYTES];
    uint32_t object = 0;
    assert_true(client_prove_offer(s->c, text_span(from), gc_client_id(s->c), dial, proof));
    proof[3] ^= !proved;
    gc_writer w = begin_relayed(from, &object);
    gc_signal_write_offer(&w, gc_client_id(s->c), dial, client_room_tag(s->c), proof, GC_SPAN("s"));
    put(s, gc_client_signaling_message(s->c, s->now, GC_SIGNALING_SOCKET_OWN,
                                       end_relayed(&w, object)));
}

static void the_first_one_holds_the_slot_and_answers(void **state) {
    script *s = script_holder();
    (void)state;
    stranger_says(s, GC_SIGNALING_SOCKET_SLOT, GC_SLOT_KNOCK, nonce, "~bob", NULL, true);
    expect(s, "signal CANDIDATE ~bob \"members\"\npeer 0 ~bob connecting '' none\n");
    /* Who knocked is named to the next one, though it is not linked with us yet. */
    stranger_says(s, GC_SIGNALING_SOCKET_SLOT, GC_SLOT_KNOCK, nonce, "~cem", NULL, true);
    expect(s, "signal CANDIDATE ~cem \"members\"\npeer 1 ~cem connecting '' none\n");
    assert_int_equal(client_peer_knocked_at(s->c, 0), s->now);
    /* Newcomers dial; we do it after 4 s. */
    pass(s, GC_DIAL_EXPECT_MS);
    assert_non_null(strstr(s->lines, "offer 0\noffer 1\n"));
    script_free(s);
}

static void whom_a_knock_names_is_dialled_at_once(void **state) {
    /* Both: the one with the smaller id does not know of us and would never dial. */
    const char *const members[] = {"zcem", "0dan", NULL};
    script *s = script_holder();
    (void)state;
    stranger_says(s, GC_SIGNALING_SOCKET_SLOT, GC_SLOT_KNOCK, nonce, "~bob", members, true);
    expect(s, "offer 0\noffer 1\nsignal CANDIDATE ~bob \"members\"\n"
              "peer 0 ~bob connecting '' none\npeer 1 zcem connecting '' none\n"
              "peer 2 0dan connecting '' none\n");
    script_free(s);
}

/* Drains: whether a slot message to `to` names `id`. */
static bool names(script *s, const char *to, const char *id) {
    gc_client_output o;
    bool named = false;
    char dst[64], member[64];
    snprintf(dst, sizeof dst, "\"dst\":\"%s\"", to);
    snprintf(member, sizeof member, "\"%s\"", id);
    while (gc_client_poll(s->c, &o)) {
        static char text[8192];
        assert_true(o.text.len < sizeof text);
        if (o.type == GC_CLIENT_SIGNALING_SEND) {
            memcpy(text, o.text.data, o.text.len);
            text[o.text.len] = 0;
            const char *list = strstr(text, "\"members\":[");
            named = named ||
                    (strstr(text, dst) != NULL && list != NULL && strstr(list, member) != NULL);
        }
    }
    return named;
}

/* Knocks without draining, so that names() sees the answer. */
static void knock(script *s, const char *from) {
    assert_int_equal(
        give_slot_message(s, GC_SIGNALING_SOCKET_SLOT, GC_SLOT_KNOCK, nonce, from, NULL, true), 0);
}

static void hearsay_is_not_passed_on(void **state) {
    const char *const members[] = {"zcem", "0dan", NULL};
    script *s = script_holder();
    (void)state;
    stranger_says(s, GC_SIGNALING_SOCKET_OWN, GC_SLOT_MEMBERS, nonce, "hal", members, true);
    knock(s, "bob");
    assert_false(names(s, "bob", "zcem"));
    knock(s, "eve");
    assert_true(names(s, "eve", "bob")); /* it knocked itself, just now */
    s->now += client_knocked_ms();
    knock(s, "flo");
    assert_false(names(s, "flo", "bob"));
    script_free(s);
}

/* The tag stands in every OFFER: the server knows it, in a private room too. */
static void who_shows_the_tag_alone_is_no_member(void **state) {
    script *s = script_holder();
    (void)state;
    offer(s, "mal", false);
    expect(s, "");
    server_says(s,
                "{\"type\":\"OFFER\",\"src\":\"mal\",\"payload\":{\"type\":\"ghostchat\",\"v\":1,"
                "\"dial\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"room\":\"" COFFEE "\",\"sdp\":\"s\"}}");
    expect(s, "");
    offer(s, "ben", true);
    expect(s, "answer 0 s\npeer 0 ben connecting '' none\n");
    described(s, 0);
    opened(s, 0);
    peer_starts(s, 0, 1, 0);
    knock(s, "bob");
    assert_true(names(s, "bob", "ben"));
    script_free(s);
}

static void an_offer_of_ours_carries_its_proof(void **state) {
    script *s = script_holder();
    gc_client_output o;
    (void)state;
    stranger_says(s, GC_SIGNALING_SOCKET_SLOT, GC_SLOT_KNOCK, nonce, "bob", NULL, true);
    pass(s, GC_DIAL_EXPECT_MS);
    assert_int_equal(gc_client_link_description(s->c, s->now, link_of(s, 0), GC_SPAN("sdp")), 0);
    bool found = false;
    while (gc_client_poll(s->c, &o)) {
        static gc_signal_in in;
        static char text[4096];
        uint8_t proof[GC_PROOF_BYTES];
        if (o.type != GC_CLIENT_SIGNALING_SEND) {
            continue;
        }
        snprintf(text, sizeof text, "{\"src\":\"us\",%.*s", (int)o.text.len - 1, o.text.data + 1);
        if (gc_signal_read(text_span(text), &in) == 0 && in.type == GC_SIGNAL_OFFER) {
            found = in.has_proof;
            assert_true(
                client_prove_offer(s->c, gc_client_id(s->c), GC_SPAN("bob"), in.dial, proof));
            assert_memory_equal(in.proof, proof, sizeof proof);
        }
    }
    assert_true(found);
    script_free(s);
}

static uint32_t live(const script *s) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        n += client_peer_is_live(s->c, i);
    }
    return n;
}

static void lists_of_ids_that_never_answer_keep_nobody_out(void **state) {
    char ids[GC_ROOM_MEMBERS_MAX][8];
    const char *members[GC_ROOM_MEMBERS_MAX + 1] = {0};
    script *s = script_holder();
    (void)state;
    for (uint32_t round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < GC_ROOM_MEMBERS_MAX; i++) {
            snprintf(ids[i], sizeof ids[i], "x%u-%u", round, i);
            members[i] = ids[i];
        }
        stranger_says(s, GC_SIGNALING_SOCKET_OWN, GC_SLOT_MEMBERS, nonce, "hal", members, true);
    }
    assert_int_equal(live(s), GC_ROOM_MEMBERS_MAX);
    for (uint32_t i = 0; i < 4; i++) { /* honest ones come in, all of them */
        char id[8], line[48];
        snprintf(id, sizeof id, "h%u", i);
        stranger_says(s, GC_SIGNALING_SOCKET_SLOT, GC_SLOT_KNOCK, nonce, id, NULL, true);
        snprintf(line, sizeof line, "signal CANDIDATE %s \"members\"\n", id);
        assert_non_null(strstr(s->lines, line));
    }
    assert_in_range(live(s), GC_ROOM_MEMBERS_MAX, GC_PEERS_MAX);
    /* What nothing came of is forgotten after a few dials. */
    pass(s, 120000);
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        assert_false(client_peer_is_live(s->c, i) && client_peer_is_hearsay(s->c, i));
    }
    script_free(s);
}

static void a_stock_server_names_no_ice_servers(void **state) {
    script *s = script_new();
    (void)state;
    put(s, gc_client_join_room(s->c, s->now, &script_options, room_named("coffee")));
    put(s, gc_client_signaling_opened(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    server_says(s, "{\"type\":\"OPEN\",\"payload\":{\"ice\":[{\"urls\":\"turn:evil\"}]}}");
    expect(s, "connect slot\nstate joining on none\n");
    script_free(s);
}

static void a_knock_without_proof_is_no_knock(void **state) {
    script *s = script_holder();
    (void)state;
    uint64_t ignored = client_ignored(s->c);
    stranger_says(s, GC_SIGNALING_SOCKET_SLOT, GC_SLOT_KNOCK, nonce, "~eve", NULL, false);
    expect(s, "");
    stranger_says(s, GC_SIGNALING_SOCKET_OWN, GC_SLOT_KNOCK, nonce, "~eve", NULL,
                  true); /* not at the slot */
    expect(s, "");
    stranger_says(s, GC_SIGNALING_SOCKET_SLOT, GC_SLOT_MEMBERS, nonce, "~eve", NULL, true);
    expect(s, "");
    assert_int_equal(client_ignored(s->c), ignored + 3);
    script_free(s);
}

static void a_full_room_says_so(void **state) {
    script *s = script_holder();
    char id[16], line[64];
    (void)state;
    for (uint32_t i = 0; i < GC_ROOM_MEMBERS_MAX - 1; i++) {
        snprintf(id, sizeof id, "~m%u", i);
        stranger_says(s, GC_SIGNALING_SOCKET_SLOT, GC_SLOT_KNOCK, nonce, id, NULL, true);
        snprintf(line, sizeof line, "signal CANDIDATE %s \"members\"\n", id);
        assert_non_null(strstr(s->lines, line));
    }
    stranger_says(s, GC_SIGNALING_SOCKET_SLOT, GC_SLOT_KNOCK, nonce, "~late", NULL, true);
    expect(s, "signal CANDIDATE ~late \"full\"\n");
    stranger_says(s, GC_SIGNALING_SOCKET_SLOT, GC_SLOT_KNOCK, nonce, "~m0", NULL,
                  true); /* is in already */
    expect(s, "signal CANDIDATE ~m0 \"members\"\n");
    script_free(s);
}

static void who_finds_a_holder_dials_all_that_it_names(void **state) {
    const char *const members[] = {"zcem", "0dan", NULL};
    script *s = script_knocking();
    (void)state;
    stranger_says(s, GC_SIGNALING_SOCKET_OWN, GC_SLOT_MEMBERS, client_slot_nonce(s->c), "~hal",
                  members, false);
    expect(s, "");
    stranger_says(s, GC_SIGNALING_SOCKET_OWN, GC_SLOT_MEMBERS, client_slot_nonce(s->c), "~hal",
                  members, true);
    expect(s, "offer 0\noffer 1\noffer 2\nstate waiting on none\npeer 0 ~hal connecting '' none\n"
              "peer 1 zcem connecting '' none\npeer 2 0dan connecting '' none\n");
    /* Known ones are not dialled again by a second list. */
    stranger_says(s, GC_SIGNALING_SOCKET_OWN, GC_SLOT_MEMBERS, nonce, "~hal", members, true);
    expect(s, "");
    script_free(s);
}

static void news_are_dialled_by_the_smaller_id(void **state) {
    const char *const members[] = {"zcem", "0dan", NULL};
    script *s = script_holder();
    (void)state;
    stranger_says(s, GC_SIGNALING_SOCKET_OWN, GC_SLOT_MEMBERS, nonce, "0hal", members, true);
    expect(s, "offer 0\npeer 0 0hal connecting '' none\npeer 1 zcem connecting '' none\n"
              "peer 2 0dan connecting '' none\n");
    assert_span(client_peer_id(s->c, client_link_peer(s->c, 0)), GC_SPAN("zcem"));
    script_free(s);
}

static void a_full_answer_is_the_end_of_a_join(void **state) {
    script *s = script_knocking();
    (void)state;
    stranger_says(s, GC_SIGNALING_SOCKET_OWN, GC_SLOT_FULL, nonce, "~hal", NULL,
                  true); /* not asked */
    expect(s, "");
    stranger_says(s, GC_SIGNALING_SOCKET_OWN, GC_SLOT_FULL, client_slot_nonce(s->c), "~hal", NULL,
                  true);
    expect(s, "disconnect\nstate failed off room-full\n");
    assert_int_equal(gc_client_deadline(s->c), GC_NEVER);
    script_free(s);
}

static void who_is_in_is_not_thrown_out_by_full(void **state) {
    script *s = script_knocking();
    (void)state;
    stranger_says(s, GC_SIGNALING_SOCKET_OWN, GC_SLOT_MEMBERS, client_slot_nonce(s->c), "~hal",
                  NULL, true);
    pass(s, GC_SLOT_HOME_MS);
    assert_non_null(strstr(s->lines, "signal CANDIDATE slot0 \"knock\"\n"));
    stranger_says(s, GC_SIGNALING_SOCKET_OWN, GC_SLOT_FULL, client_slot_nonce(s->c), "~hal", NULL,
                  true);
    expect(s, "");
    assert_true(client_slots_have_a_home(s->c));
    script_free(s);
}

static void an_absent_home_makes_one_look_again(void **state) {
    script *s = script_knocking();
    (void)state;
    stranger_says(s, GC_SIGNALING_SOCKET_OWN, GC_SLOT_MEMBERS, client_slot_nonce(s->c), "~hal",
                  NULL, true);
    server_says(s, "{\"type\":\"EXPIRE\",\"src\":\"~hal\",\"dst\":\"%ID%\"}");
    assert_true(client_slots_are_waiting(s->c));
    pass(s, GC_SLOT_HANDOVER_MS + 1);
    assert_non_null(strstr(s->lines, "connect slot\n"));
    script_free(s);
}

static void silent_holders_are_said(void **state) {
    script *s = script_knocking();
    (void)state;
    for (uint32_t slot = 1; slot < GC_SLOTS_MAX; slot++) {
        pass(s, GC_SLOT_ANSWER_MS);
        assert_non_null(strstr(s->lines, "connect slot\n"));
        put(s, gc_client_signaling_opened(s->c, s->now, GC_SIGNALING_SOCKET_SLOT));
        slot_says(s, "{\"type\":\"ID-TAKEN\"}");
        assert_non_null(strstr(s->lines, "disconnect slot\nsignal CANDIDATE slot"));
    }
    pass(s, GC_SLOT_ANSWER_MS);
    assert_non_null(strstr(s->lines, "state joining on room-silent\n"));
    script_free(s);
}

static void a_refusal_of_the_server_is_said(void **state) {
    script *s = script_at_stock_server();
    (void)state;
    put(s, gc_client_signaling_opened(s->c, s->now, GC_SIGNALING_SOCKET_SLOT));
    slot_says(s,
              "{\"type\":\"ERROR\",\"payload\":{\"msg\":\"Server has reached its concurrent user "
              "limit\"}}");
    expect(s, "disconnect slot\nsignal CANDIDATE slot0 \"knock\"\nstate joining on server-full\n");
    script_free(s);
}

static void the_lost_home_makes_one_look_again(void **state) {
    script *s = script_knocking();
    (void)state;
    stranger_says(s, GC_SIGNALING_SOCKET_OWN, GC_SLOT_MEMBERS, client_slot_nonce(s->c), "~hal",
                  NULL, true);
    described(s, 0);
    server_says(s,
                "{\"type\":\"ANSWER\",\"src\":\"~hal\",\"payload\":{\"type\":\"ghostchat\",\"v\":1,"
                "\"dial\":\"%DIAL0%\",\"sdp\":\"its sdp\"}}");
    opened(s, 0);
    peer_starts(s, 0, 1, 0);
    assert_true(client_home_was_open(s->c));
    gc_frame bye = {.type = GC_FRAME_BYE, .reason = GC_REASON_LEFT};
    frame(s, 0, &bye);
    assert_true(client_slots_are_waiting(s->c));
    pass(s, GC_SLOT_HANDOVER_MS + 1);
    assert_non_null(strstr(s->lines, "connect slot\n"));
    script_free(s);
}

static void a_member_that_opens_is_news_for_all(void **state) {
    script *s = script_holder();
    (void)state;
    stranger_says(s, GC_SIGNALING_SOCKET_SLOT, GC_SLOT_KNOCK, nonce, "~bob", NULL, true);
    stranger_says(s, GC_SIGNALING_SOCKET_SLOT, GC_SLOT_KNOCK, nonce, "~cem", NULL, true);
    offer(s, "~bob", true);
    described(s, 0);
    opened(s, 0);
    peer_starts(s, 0, 1, 0);
    pass(s, GC_SLOT_PUSH_MS);
    assert_non_null(strstr(s->lines, "signal CANDIDATE ~bob \"members\"\n"));
    assert_non_null(strstr(s->lines, "signal CANDIDATE ~cem \"members\"\n"));
    script_free(s);
}

static void an_echo_is_heard_and_stands_for_open(void **state) {
    script *s = script_holder();
    (void)state;
    static const char echo[] = "{\"type\":\"CANDIDATE\",\"src\":\"%ID%\",\"payload\":{\"type\":"
                               "\"ghostchat\",\"v\":1,\"slot\":\"echo\"}}";
    uint64_t ignored = client_ignored(s->c);
    server_says(s, echo);
    assert_true(client_signaling_echoes(s->c));
    assert_int_equal(client_ignored(s->c), ignored);
    put(s, gc_client_signaling_closed(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    pass(s, GC_RECONNECT_MS_MIN);
    put(s, gc_client_signaling_opened(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    expect(s, "signal HEARTBEAT\nsignal CANDIDATE self \"echo\"\n");
    server_says(s, echo);
    assert_true(client_signaling_is_on(s->c));
    script_free(s);
}

static void come_back(script *s) {
    put(s, gc_client_signaling_closed(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    pass(s, GC_RECONNECT_MS_MIN);
    put(s, gc_client_signaling_opened(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
}

static void what_was_held_shows_that_a_take_over_worked(void **state) {
    script *s = script_holder();
    (void)state;
    come_back(s);
    offer(s, "~bob", true);
    assert_true(client_signaling_is_on(s->c));
    assert_non_null(strstr(s->lines, "answer 0 s\n"));
    script_free(s);
}

/* Its candidates may have been lost with the server: it gets no more than a newcomer's dial. */
static void a_dial_from_before_the_server_came_back_is_hurried(void **state) {
    script *s = script_holder();
    (void)state;
    stranger_says(s, GC_SIGNALING_SOCKET_SLOT, GC_SLOT_KNOCK, nonce, "~bob", NULL, true);
    offer(s, "~bob", true);
    described(s, 0);
    assert_true(client_link_is_connecting(s->c, 0));
    assert_true(client_link_gives_up_at(s->c, 0) >= s->now + GC_LINK_OPEN_MS);
    come_back(s);
    server_says(s, "{\"type\":\"OPEN\"}");
    assert_int_equal(client_link_gives_up_at(s->c, 0), s->now + GC_DIAL_EXPECT_MS);
    script_free(s);
}

static void leaving_gives_the_slot_back(void **state) {
    script *s = script_holder();
    (void)state;
    put(s, gc_client_leave(s->c, s->now));
    expect(s, "disconnect slot\ndisconnect\nstate idle off none\n");
    script_free(s);
}

static void our_own_server_needs_no_slots(void **state) {
    script *s = script_holder();
    (void)state;
    /* The operator put another server in its place. */
    put(s, gc_client_signaling_closed(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    pass(s, GC_RECONNECT_MS_MIN);
    put(s, gc_client_signaling_opened(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    server_says(s, "{\"type\":\"OPEN\",\"payload\":{\"gc\":1,\"room\":{\"tag\":\"" COFFEE
                   "\",\"members\":[]}}}");
    assert_true(client_slots_are_off(s->c));
    assert_non_null(strstr(s->lines, "disconnect slot\n"));
    script_free(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_one_holds_the_slot_and_answers),
        cmocka_unit_test(whom_a_knock_names_is_dialled_at_once),
        cmocka_unit_test(who_is_in_is_not_thrown_out_by_full),
        cmocka_unit_test(an_absent_home_makes_one_look_again),
        cmocka_unit_test(what_was_held_shows_that_a_take_over_worked),
        cmocka_unit_test(a_dial_from_before_the_server_came_back_is_hurried),
        cmocka_unit_test(hearsay_is_not_passed_on),
        cmocka_unit_test(who_shows_the_tag_alone_is_no_member),
        cmocka_unit_test(an_offer_of_ours_carries_its_proof),
        cmocka_unit_test(lists_of_ids_that_never_answer_keep_nobody_out),
        cmocka_unit_test(a_stock_server_names_no_ice_servers),
        cmocka_unit_test(a_knock_without_proof_is_no_knock),
        cmocka_unit_test(a_full_room_says_so),
        cmocka_unit_test(who_finds_a_holder_dials_all_that_it_names),
        cmocka_unit_test(news_are_dialled_by_the_smaller_id),
        cmocka_unit_test(a_full_answer_is_the_end_of_a_join),
        cmocka_unit_test(silent_holders_are_said),
        cmocka_unit_test(a_refusal_of_the_server_is_said),
        cmocka_unit_test(the_lost_home_makes_one_look_again),
        cmocka_unit_test(a_member_that_opens_is_news_for_all),
        cmocka_unit_test(an_echo_is_heard_and_stands_for_open),
        cmocka_unit_test(leaving_gives_the_slot_back),
        cmocka_unit_test(our_own_server_needs_no_slots),
    };
    return RUN(tests);
}
