/* Who gets which id. */
#include "test/unit/server_host.h"
#include "test/unit/vectors.h"

#define ERROR_MISSING                                                                              \
    "{\"type\":\"ERROR\",\"payload\":{\"msg\":\"No id, token, or key supplied to websocket "       \
    "server\"}}"
#define ERROR_KEY "{\"type\":\"ERROR\",\"payload\":{\"msg\":\"Invalid key provided\"}}"
#define ERROR_FULL                                                                                 \
    "{\"type\":\"ERROR\",\"payload\":{\"msg\":\"Server has reached its concurrent user limit\"}}"
#define TAKEN_GC                                                                                   \
    "{\"type\":\"ID-TAKEN\",\"payload\":{\"msg\":\"ID is taken\",\"code\":\"id-taken\"}}"
#define X32  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X128 X32 X32 X32 X32

static void case_1_a_query_that_lacks_something_is_refused(void **state) {
    (void)state;
    const char *queries[] = {"",
                             "key=peerjs&id=a",
                             "key=peerjs&token=t",
                             "id=a&token=t",
                             "key=peerjs&id=&token=t",
                             "key=peerjs&id=a&token=",
                             "key=&id=a&token=t",
                             "key=peerjs&id=" X128 "x&token=t",
                             "key=peerjs&id=a&token=" X128 "x",
                             "key=peerjs&id=%ff&token=t",
                             "key=wrong&id=&token=t"};
    for (uint32_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        run((step[]){OPEN(1, queries[i]), GETS(1, ERROR_MISSING), CLOSED(1, 1005), FINISH});
    }
    run((step[]){OPEN(1, STOCK(X128, X128)), GETS(1, OPENED), LIVES(1), FINISH});
}

static void case_2_a_wrong_key_is_refused(void **state) {
    (void)state;
    run((step[]){OPEN(1, "key=other&id=a&token=t"), GETS(1, ERROR_KEY), CLOSED(1, 1005), FINISH});
    run((step[]){OPEN(1, "key=peerjsx&id=a&token=t"), GETS(1, ERROR_KEY), CLOSED(1, 1005), FINISH});
    gc_server_config config = {.key = "mine"};
    run_with(&config,
             (step[]){OPEN(1, "key=mine&id=a&token=t"), GETS(1, OPENED), OPEN(2, STOCK("b", "t")),
                      GETS(2, ERROR_KEY), CLOSED(2, 1005), FINISH});
}

/* Before the id is looked at: a wrong key disturbs no holder. */
static void the_cases_are_tried_in_their_order(void **state) {
    (void)state;
    gc_server_config config = {.concurrent_max = 1};
    run_with(&config, (step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), MUTE(1),
                               OPEN(2, "key=no&id=a&token=u"), GETS(2, ERROR_KEY), PINGED(1, 0),
                               OPEN(3, STOCK("a", "t")), GETS(3, OPENED), CLOSED(1, 4006),
                               OPEN(4, STOCK("b", "t")), GETS(4, ERROR_FULL), CLOSED(4, 1005),
                               LIVES(3), FINISH});
}

static void clients_that_speak_gc_get_codes(void **state) {
    (void)state;
    gc_server_config config = {.concurrent_max = 1};
    run_with(&config,
             (step[]){OPEN(1, "key=peerjs&token=t&gc=1"),
                      GETS(1, "{\"type\":\"ERROR\",\"payload\":{\"msg\":\"No id, token, or key "
                              "supplied to websocket server\",\"code\":\"bad-request\"}}"),
                      CLOSED(1, 1005), OPEN(1, "key=x&id=a&token=t&gc=1"),
                      GETS(1, "{\"type\":\"ERROR\",\"payload\":{\"msg\":\"Invalid key provided\","
                              "\"code\":\"bad-key\"}}"),
                      CLOSED(1, 1005), OPEN(1, OURS("a")), GETS(1, OPENED_GC), OPEN(2, OURS("b")),
                      GETS(2, "{\"type\":\"ERROR\",\"payload\":{\"msg\":\"Server has reached its "
                              "concurrent user limit\",\"code\":\"server-full\"}}"),
                      CLOSED(2, 1005), OPEN(3, "key=peerjs&id=a&token=other&gc=1"),
                      GETS(3, TAKEN_GC), CLOSED(3, 1005), FINISH});
}

static void case_3_a_holder_that_lives_keeps_its_id(void **state) {
    (void)state;
    run((step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), OPEN(2, STOCK("a", "u")),
                 GETS(2, TAKEN), CLOSED(2, 1005), LIVES(1), FINISH});
}

static void case_3_any_sign_of_life_counts(void **state) {
    (void)state;
    const step signs[] = {PONG(1), PING(1, ""), SAY(1, "{\"type\":\"HEARTBEAT\"}"), SAY(1, "null")};
    for (uint32_t i = 0; i < 4; i++) {
        host h;
        gc_server_config config = {0};
        host_start(&h, &config);
        run_on(&h, (step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), VANISH(1),
                            OPEN(2, STOCK("a", "u")), PINGED(1, 1), NOTHING(2), WAIT(19999),
                            NOTHING(2), LIVES(2), FINISH});
        run_step(&h, &signs[i]);
        run_on(&h,
               (step[]){SKIP(1), GETS(2, TAKEN), CLOSED(2, 1005), WAIT(6000), LIVES(1), FINISH});
        assert_int_equal(host_stats(&h).id_taken_total, 1);
        host_stop(&h);
    }
}

static void case_3_a_silent_holder_loses_its_id(void **state) {
    (void)state;
    run((step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), VANISH(1), OPEN(2, STOCK("a", "u")),
                 WAIT(19999), LIVES(1), NOTHING(2), WAIT(1), CLOSED(1, 1005), GETS(2, OPENED),
                 OPEN(3, STOCK("b", "t")), GETS(3, OPENED), SAY(3, OFFER("a")),
                 GETS(2, GOT_OFFER("b", "a")), FINISH});
}

static void a_waiting_gc_client_gets_its_room_and_ice(void **state) {
    (void)state;
    run((step[]){OPEN(3, OURS_IN("c", TAG_A)), SKIP(3), OPEN(1, OURS_IN("a", TAG_A)), VANISH(1),
                 SKIP(1), GETS(3, JOINED(TAG_A, "a")),
                 OPEN(2, "key=peerjs&id=a&token=u&gc=1&room=" TAG_A), WAIT(20000), CLOSED(1, 1005),
                 GETS(3, GONE(TAG_A, "a")), GETS(3, JOINED(TAG_A, "a")),
                 GETS(2, OPENED_IN(TAG_A, "\"c\"")), FINISH});
}

static void a_holder_that_closes_gives_its_id_to_who_waits(void **state) {
    (void)state;
    run((step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), VANISH(1), OPEN(2, STOCK("a", "u")),
                 NOTHING(2), DIE(1), GETS(2, OPENED), WAIT(10000), LIVES(2), FINISH});
}

static void a_holder_that_leaves_gives_its_id_to_who_waits(void **state) {
    (void)state;
    run((step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), VANISH(1), OPEN(2, STOCK("a", "u")),
                 BYE(1, 1000), CLOSED(1, 1000), GETS(2, OPENED), FINISH});
}

static void a_waiter_may_go_away(void **state) {
    (void)state;
    run((step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), VANISH(1), OPEN(2, STOCK("a", "u")),
                 DIE(2), WAIT(21000), LIVES(1), OPEN(3, STOCK("a", "v")), WAIT(1000), BYE(3, 1005),
                 CLOSED(3, 1005), WAIT(21000), LIVES(1), FINISH});
}

static void only_one_waits_for_an_id_at_a_time(void **state) {
    (void)state;
    run((step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), VANISH(1), OPEN(2, STOCK("a", "u")),
                 WAIT(1000), OPEN(3, STOCK("a", "v")), GETS(3, TAKEN), CLOSED(3, 1005), NOTHING(2),
                 LIVES(2), FINISH});
    /* the same page again, by its token: it keeps the place and the time of the first */
    run((step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), VANISH(1), OPEN(2, STOCK("a", "u")),
                 WAIT(19000), OPEN(3, STOCK("a", "u")), CLOSED(2, 4006), NOTHING(3), WAIT(1000),
                 GETS(3, OPENED), CLOSED(1, 1005), FINISH});
}

static void a_take_over_ends_the_wait_of_another(void **state) {
    (void)state;
    run((step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), VANISH(1), OPEN(2, STOCK("a", "u")),
                 WAIT(1000), OPEN(3, STOCK("a", "t")), GETS(3, OPENED), GETS(2, TAKEN),
                 CLOSED(2, 1005), CLOSED(1, 4006), WAIT(9000), LIVES(3), FINISH});
}

static void waiting_clients_are_answered_pings_and_nothing_else(void **state) {
    (void)state;
    run((step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), VANISH(1), OPEN(2, STOCK("a", "u")),
                 SAY(2, "{\"type\":\"HEARTBEAT\"}"), SAY(2, OFFER("a")),
                 SAY(2, "{\"type\":\"LEAVE\"}"), PING(2, "x"), GETS(2, "PONG x"), NOTHING(1),
                 LIVES(2), FINISH});
}

static void case_4_the_same_token_takes_the_id_over(void **state) {
    (void)state;
    run((step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), OPEN(2, STOCK("a", "t")),
                 GETS(2, OPENED), CLOSED(1, 4006), OPEN(3, STOCK("b", "t")), GETS(3, OPENED),
                 SAY(3, OFFER("a")), GETS(2, GOT_OFFER("b", "a")), NOTHING(1), FINISH});
}

/* npm keeps the old socket's clock: the new one can be cut at once. */
static void a_take_over_is_a_sign_of_life(void **state) {
    (void)state;
    gc_server_config config = {.alive_timeout_ms = 10000};
    run_with(&config, (step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), MUTE(1), WAIT(9990),
                               OPEN(2, STOCK("a", "t")), MUTE(2), GETS(2, OPENED), WAIT(9999),
                               LIVES(2), WAIT(1), CLOSED(2, 1005), FINISH});
}

static void the_id_of_a_dead_socket_can_be_taken_over(void **state) {
    (void)state;
    run((step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), DEAF(1), OPEN(2, STOCK("a", "t")),
                 GETS(2, OPENED), CLOSED(1, -1), WAIT(5000), FINISH});
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    run_on(&h, (step[]){OPEN(1, STOCK("a", "t")), SKIP(1), DEAF(1), OPEN(2, STOCK("a", "t")),
                        SKIP(2), FINISH});
    assert_false(h.clients[1].closed_now);
    assert_int_equal(host_stats(&h).connections, 2);
    host_wait(&h, 5000); /* its close frame is waited for so long */
    assert_true(h.clients[1].closed_now);
    assert_int_equal(host_stats(&h).connections, 1);
    assert_int_equal(host_stats(&h).takeovers_total, 1);
    host_stop(&h);
}

/* Clients 0 to GC_TAKEOVERS_MAX come one after the other for the id a, each with the same token. */
static void use_up_take_overs(host *h) {
    host_open(h, 0, STOCK("a", "t"));
    for (uint32_t i = 1; i <= GC_TAKEOVERS_MAX; i++) {
        host_open(h, i, STOCK("a", "t"));
        host_expect(h, i, OPENED);
        assert_true(h->clients[i - 1].closed);
    }
    run_on(h, (step[]){SKIP(0), FINISH});
}

static void take_overs_are_bounded(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    use_up_take_overs(&h);
    run_on(&h, (step[]){OPEN(20, STOCK("a", "t")), GETS(20, TAKEN), CLOSED(20, 1005),
                        LIVES(GC_TAKEOVERS_MAX), WAIT(10000), OPEN(20, STOCK("a", "t")),
                        GETS(20, OPENED), CLOSED(GC_TAKEOVERS_MAX, 4006), FINISH});
    host_stop(&h);
}

/* A page that leaves and comes back at once, on a way where its goodbyes come late. */
static void too_many_take_overs_wait_for_the_goodbye(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    use_up_take_overs(&h);
    run_on(&h, (step[]){VANISH(GC_TAKEOVERS_MAX), OPEN(20, STOCK("a", "t")), NOTHING(20),
                        DIE(GC_TAKEOVERS_MAX), GETS(20, OPENED), FINISH});
    host_stop(&h);
}

/* The same page, which had still to answer a mark: what it sent before it left is no sign of life.
 */
static void an_answer_that_was_on_its_way_keeps_no_id(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    char *text = host_long_offer("a", 9000); /* a mark follows it */
    host_start(&h, &config);
    use_up_take_overs(&h);
    const step answer = STEP(OP_PONG, GC_TAKEOVERS_MAX, "\2", 0);
    run_on(&h,
           (step[]){VANISH(GC_TAKEOVERS_MAX), OPEN(19, STOCK("b", "t")), SKIP(19), SAY(19, text),
                    SKIP(GC_TAKEOVERS_MAX), OPEN(20, STOCK("a", "t")), NOTHING(20), FINISH});
    run_step(&h, &answer);
    run_on(&h, (step[]){NOTHING(20), LIVES(20), DIE(GC_TAKEOVERS_MAX), GETS(20, OPENED), FINISH});
    free(text);
    host_stop(&h);
}

/* A client must not refill its bucket by connecting again. */
static void a_take_over_keeps_the_bucket(void **state) {
    (void)state;
    gc_server_config config = {.rate_per_second = 1};
    host h;
    host_start(&h, &config);
    host_open(&h, 1, STOCK("a", "t"));
    for (int i = 0; i < 10; i++) {
        host_say(&h, 1, "{}");
    }
    assert_false(h.clients[1].paused);
    host_open(&h, 2, STOCK("a", "t"));
    host_say(&h, 2, "{}");
    assert_true(h.clients[2].paused);
    host_stop(&h);
}

static void case_5_a_full_server_refuses(void **state) {
    (void)state;
    gc_server_config config = {.concurrent_max = 2};
    run_with(&config,
             (step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), OPEN(2, STOCK("b", "t")),
                      GETS(2, OPENED), OPEN(3, STOCK("c", "t")), GETS(3, ERROR_FULL),
                      CLOSED(3, 1005), DIE(1), OPEN(3, STOCK("c", "t")), GETS(3, OPENED), FINISH});
}

static void case_6_held_messages_follow_open_in_order(void **state) {
    (void)state;
    run((step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), SAY(1, OFFER("b")),
                 SAY(1, "{\"type\":\"CANDIDATE\",\"dst\":\"b\",\"payload\":2}"),
                 SAY(1, "{\"type\":\"ANSWER\",\"dst\":\"b\"}"), OPEN(2, STOCK("b", "t")),
                 GETS(2, OPENED), GETS(2, GOT_OFFER("a", "b")),
                 GETS(2, "{\"type\":\"CANDIDATE\",\"src\":\"a\",\"dst\":\"b\",\"payload\":2}"),
                 GETS(2, "{\"type\":\"ANSWER\",\"src\":\"a\",\"dst\":\"b\"}"), WAIT(8000),
                 NOTHING(1), FINISH});
}

static void ids_are_any_text(void **state) {
    (void)state;
    run((step[]){OPEN(1, STOCK("z%C3%A9+%E4%B8%AD%F0%9F%A5%A6%26%3D", "t")), GETS(1, OPENED),
                 OPEN(2, STOCK("%22%7D%5C%0A", "t")), GETS(2, OPENED),
                 SAY(2, "{\"type\":\"OFFER\",\"dst\":\"z\\u00e9 \xe4\xb8\xad\xf0\x9f\xa5\xa6&=\"}"),
                 GETS(1, "{\"type\":\"OFFER\",\"src\":\"\\\"}\\\\\\n\",\"dst\":\"z\\u00e9 "
                         "\xe4\xb8\xad\xf0\x9f\xa5\xa6&=\"}"),
                 SAY(1, "{\"type\":\"ANSWER\",\"dst\":\"\\u0022}\\\\\\n\"}"),
                 GETS(2,
                      "{\"type\":\"ANSWER\",\"src\":\"z\xc3\xa9 \xe4\xb8\xad\xf0\x9f\xa5\xa6&=\","
                      "\"dst\":\"\\u0022}\\\\\\n\"}"),
                 FINISH});
}

static void rejections_are_counted(void **state) {
    (void)state;
    host h;
    gc_server_config config = {.concurrent_max = 1};
    host_start(&h, &config);
    run_on(&h, (step[]){OPEN(1, STOCK("a", "t")), SKIP(1), OPEN(2, "key=x&id=a&token=t"), SKIP(2),
                        OPEN(2, "id=a"), SKIP(2), OPEN(2, STOCK("b", "t")), SKIP(2),
                        OPEN(2, STOCK("a", "u")), SKIP(2), FINISH});
    gc_server_stats st = host_stats(&h);
    assert_int_equal(st.rejected_total[GC_REASON_BAD_KEY], 1);
    assert_int_equal(st.rejected_total[GC_REASON_BAD_REQUEST], 1);
    assert_int_equal(st.rejected_total[GC_REASON_SERVER_FULL], 1);
    assert_int_equal(st.rejected_total[GC_REASON_ID_TAKEN], 1);
    assert_int_equal(st.id_taken_total, 1);
    assert_int_equal(st.connects_total, 5);
    assert_int_equal(st.connections, 1);
    assert_int_equal(st.peers, 1);
    host_stop(&h);
}

/* The 101 and the answer are there for one write. */
static void head_and_answer_are_one_piece(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    assert_int_equal(host_accept(&h, 1), 0);
    h.clients[1].deaf = true;
    host_upgrade(&h, 1, STOCK("a", "t"));
    gc_span spans[4];
    assert_int_equal(gc_server_unsent(h.s, h.clients[1].conn, spans, 4), 1);
    assert_int_equal(spans[0].len,
                     sizeof HEAD_101 - 1 + 2 + sizeof OPENED - 1 + 3); /* and a mark */
    assert_memory_equal(spans[0].data, HEAD_101, sizeof HEAD_101 - 1);
    host_stop(&h);
}

static void a_long_ice_list_survives_the_wait(void **state) {
    (void)state;
    static char ice[GC_ICE_BYTES_MAX];
    memset(ice, ' ', sizeof ice);
    ice[0] = '[';
    ice[sizeof ice - 1] = ']';
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    run_on(&h, (step[]){OPEN(1, STOCK("a", "t")), SKIP(1), VANISH(1), FINISH});
    assert_int_equal(host_accept(&h, 2), 0);
    client *c = &h.clients[2];
    c->rx = malloc(CLIENT_RX);
    gc_ws_decoder_init(&c->decoder, false, CLIENT_RX);
    gc_signal_query q;
    gc_server_open_request r = {.query = &q, .ice_servers = gc_span_of(ice, sizeof ice)};
    r.query_error = gc_signal_query_parse(GC_SPAN("key=peerjs&id=a&token=u&gc=1"), &q);
    assert_int_equal(gc_server_open(h.s, h.now_ms, c->conn, &r), 0);
    memset(ice, 'x', sizeof ice); /* borrowed for the call only */
    host_drain(&h);
    host_wait(&h, 20000);
    const char *open = host_next(&h, 2);
    assert_non_null(open);
    assert_int_equal(strlen(open), sizeof OPENED_GC - sizeof ICE + sizeof ice);
    assert_null(strchr(open, 'x'));
    host_stop(&h);
}

/* A tab that is frozen, or a phone with its screen off: the application answers nothing, its kernel
 * acknowledges. */
static void case_3_a_holder_whose_kernel_lives_keeps_its_id(void **state) {
    (void)state;
    for (int deaf = 0; deaf < 2; deaf++) {
        step quiet = deaf ? DEAF(1) : MUTE(1);
        run((step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), MUTE(1), quiet,
                     OPEN(2, STOCK("a", "u")), NOTHING(2), LIVES(2), WAIT(1000), GETS(2, TAKEN),
                     CLOSED(2, 1005), WAIT(25000), OPEN(2, STOCK("a", "u")), WAIT(1000),
                     GETS(2, TAKEN), CLOSED(2, 1005), LIVES(1), FINISH});
    }
}

/* One packet in 20 s is enough, whenever it comes. */
static void case_3_a_kernel_may_come_back_late(void **state) {
    (void)state;
    for (int wait = 0; wait < 20000; wait += 1999) {
        host h;
        gc_server_config config = {0};
        host_start(&h, &config);
        run_on(&h, (step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), VANISH(1),
                            OPEN(2, STOCK("a", "u")), WAIT(wait), NOTHING(2), FINISH});
        h.clients[1].packets++;
        run_on(&h, (step[]){WAIT(1000), GETS(2, TAKEN), CLOSED(2, 1005), WAIT(20000), LIVES(1),
                            FINISH});
        host_stop(&h);
    }
}

#define ANN_ID    "gaeabpfrpizegpuy4uuarx2nowi"
#define ANN_TOKEN "dinbugq2dinbugq2dinbugq2di"
#define ANN_KEY   "Q6cucUQBdi32a2jCbfvfJoKq7J8kdOykYT5CSg-6_Tw"
#define ANN       STOCK(ANN_ID, ANN_TOKEN) "&gcid=" ANN_KEY

/* Each with a server of its own: nobody holds any of these ids. */
static void an_id_of_our_form_is_for_who_shows_it(void **state) {
    (void)state;
    vectors file = vectors_load("test/vectors/ids.json");
    int list = vectors_get(&file, 0, "shown"), count = vectors_size(&file, list);
    for (int i = 0, t = list + 1; i < count; i++, t = vectors_behind(&file, t)) {
        char query[VECTOR_BYTES_MAX], of_gc[VECTOR_BYTES_MAX + 8];
        vectors_string(&file, vectors_get(&file, t, "query"), query);
        snprintf(of_gc, sizeof of_gc, "%s&gc=1", query);
        bool gc = strstr(query, "&gc=1") != NULL;
        bool right = file.text[file.tokens[vectors_get(&file, t, "right")].start] == 't';
        const step by_right[] = {OPEN(1, query),
                                 GETS(1, gc ? OPENED_GC : OPENED),
                                 LIVES(1),
                                 OPEN(2, of_gc),
                                 GETS(2, OPENED_GC),
                                 SKIP(1),
                                 FINISH};
        const step by_none[] = {OPEN(1, query),    GETS(1, TAKEN),  CLOSED(1, 1005), OPEN(2, of_gc),
                                GETS(2, TAKEN_GC), CLOSED(2, 1005), FINISH};
        run(right ? by_right : by_none);
    }
    vectors_free(&file);
}

/* Neither silence nor a goodbye nor a restart makes it anybody's. */
static void what_is_not_shown_waits_for_no_holder(void **state) {
    (void)state;
    const char *thefts[] = {STOCK(ANN_ID, "guess"), STOCK(ANN_ID, "guess") "&gc=1",
                            STOCK(ANN_ID, "guess") "&gcid=" ANN_KEY, STOCK(ANN_ID, ANN_TOKEN)};
    for (uint32_t i = 0; i < sizeof thefts / sizeof *thefts; i++) {
        const char *taken = i == 1 ? TAKEN_GC : TAKEN;
        run((step[]){OPEN(1, ANN), GETS(1, OPENED), MUTE(1), DEAF(1), OPEN(2, thefts[i]),
                     GETS(2, taken), CLOSED(2, 1005), WAIT(25000), OPEN(2, thefts[i]),
                     GETS(2, taken), CLOSED(2, 1005), LIVES(1), DIE(1), OPEN(2, thefts[i]),
                     GETS(2, taken), CLOSED(2, 1005), OPEN(3, ANN), GETS(3, OPENED), FINISH});
        run((step[]){OPEN(2, thefts[i]), GETS(2, taken), CLOSED(2, 1005), OPEN(3, ANN),
                     GETS(3, OPENED), FINISH});
    }
}

/* Who has a right to an id is not asked how many have one, and its own socket gives way at once. */
static void who_shows_an_id_takes_it_over(void **state) {
    (void)state;
    run((step[]){OPEN(1, ANN), GETS(1, OPENED), MUTE(1), DEAF(1), OPEN(2, ANN "&gc=1"),
                 GETS(2, OPENED_GC), CLOSED(1, -1), FINISH});
}

/* What is not of our form is no key's: PeerServer's rule, whatever a client shows beside it. */
static void other_ids_need_no_key(void **state) {
    (void)state;
    run((step[]){OPEN(1, STOCK("a", "t") "&gcid=" ANN_KEY), GETS(1, OPENED),
                 OPEN(2, STOCK("gaeabpfrpizegpuy4uuarx2now1", "t")), GETS(2, OPENED),
                 OPEN(3, STOCK("yasc5eo4kketkcu6gedhrg5xki", "t") "&gc=1"), GETS(3, OPENED_GC),
                 OPEN(4, STOCK("b", "t") "&gcid=nonsense"), GETS(4, OPENED), FINISH});
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_1_a_query_that_lacks_something_is_refused),
        cmocka_unit_test(case_2_a_wrong_key_is_refused),
        cmocka_unit_test(the_cases_are_tried_in_their_order),
        cmocka_unit_test(clients_that_speak_gc_get_codes),
        cmocka_unit_test(case_3_a_holder_that_lives_keeps_its_id),
        cmocka_unit_test(case_3_any_sign_of_life_counts),
        cmocka_unit_test(case_3_a_silent_holder_loses_its_id),
        cmocka_unit_test(a_waiting_gc_client_gets_its_room_and_ice),
        cmocka_unit_test(a_holder_that_closes_gives_its_id_to_who_waits),
        cmocka_unit_test(a_holder_that_leaves_gives_its_id_to_who_waits),
        cmocka_unit_test(a_waiter_may_go_away),
        cmocka_unit_test(only_one_waits_for_an_id_at_a_time),
        cmocka_unit_test(a_take_over_ends_the_wait_of_another),
        cmocka_unit_test(waiting_clients_are_answered_pings_and_nothing_else),
        cmocka_unit_test(case_4_the_same_token_takes_the_id_over),
        cmocka_unit_test(a_take_over_is_a_sign_of_life),
        cmocka_unit_test(the_id_of_a_dead_socket_can_be_taken_over),
        cmocka_unit_test(take_overs_are_bounded),
        cmocka_unit_test(too_many_take_overs_wait_for_the_goodbye),
        cmocka_unit_test(an_answer_that_was_on_its_way_keeps_no_id),
        cmocka_unit_test(a_take_over_keeps_the_bucket),
        cmocka_unit_test(case_5_a_full_server_refuses),
        cmocka_unit_test(case_6_held_messages_follow_open_in_order),
        cmocka_unit_test(ids_are_any_text),
        cmocka_unit_test(rejections_are_counted),
        cmocka_unit_test(head_and_answer_are_one_piece),
        cmocka_unit_test(a_long_ice_list_survives_the_wait),
        cmocka_unit_test(case_3_a_holder_whose_kernel_lives_keeps_its_id),
        cmocka_unit_test(case_3_a_kernel_may_come_back_late),
        cmocka_unit_test(an_id_of_our_form_is_for_who_shows_it),
        cmocka_unit_test(what_is_not_shown_waits_for_no_holder),
        cmocka_unit_test(who_shows_an_id_takes_it_over),
        cmocka_unit_test(other_ids_need_no_key),
    };
    return RUN(tests);
}
