/* Messages of clients: relayed, held, expired, refused. */
#include "test/unit/server_host.h"

#define PAIR  OPEN(1, STOCK("a", "t")), GETS(1, OPENED), OPEN(2, STOCK("b", "t")), GETS(2, OPENED)
#define ALIVE "{\"type\":\"GC-ALIVE\"}"

static void exactly_four_keys_are_relayed_in_order(void **state) {
    (void)state;
    const struct {
        const char *in, *out;
    } rows[] = {
        {"{\"type\":\"OFFER\",\"dst\":\"b\",\"payload\":{\"a\":[1,{}]}}",
         "{\"type\":\"OFFER\",\"src\":\"a\",\"dst\":\"b\",\"payload\":{\"a\":[1,{}]}}"},
        {"{\"payload\":\"p\",\"x\":{\"dst\":\"c\"},\"dst\":\"b\",\"src\":\"evil\",\"type\":"
         "\"ANSWER\"}",
         "{\"type\":\"ANSWER\",\"src\":\"a\",\"dst\":\"b\",\"payload\":\"p\"}"},
        {"{\"type\":\"CANDIDATE\",\"dst\":\"b\"}",
         "{\"type\":\"CANDIDATE\",\"src\":\"a\",\"dst\":\"b\"}"},
        {"{\"type\":\"LEAVE\",\"dst\":\"b\",\"payload\":null}",
         "{\"type\":\"LEAVE\",\"src\":\"a\",\"dst\":\"b\",\"payload\":null}"},
        {"{\"type\":\"EXPIRE\",\"src\":\"z\",\"dst\":\"b\"}",
         "{\"type\":\"EXPIRE\",\"src\":\"a\",\"dst\":\"b\"}"},
        /* decoded, not compared as bytes */
        {"{\"\\u0074ype\":\"\\u004fFFER\",\"dst\":\"\\u0062\"}",
         "{\"type\":\"\\u004fFFER\",\"src\":\"a\",\"dst\":\"\\u0062\"}"},
        /* of a repeated key the last counts */
        {"{\"type\":\"LEAVE\",\"dst\":\"a\",\"payload\":1,\"payload\":2,\"dst\":\"b\","
         "\"type\":\"OFFER\"}",
         "{\"type\":\"OFFER\",\"src\":\"a\",\"dst\":\"b\",\"payload\":2}"},
        /* the payload's own bytes, white space and all */
        {" { \"type\" : \"OFFER\" , \"dst\" : \"b\" , \"payload\" : [ 1 , 2.50e+1 , \"\\u00e9\" ] "
         "} ",
         "{\"type\":\"OFFER\",\"src\":\"a\",\"dst\":\"b\",\"payload\":[ 1 , 2.50e+1 , \"\\u00e9\" "
         "]}"},
    };
    for (uint32_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        run((step[]){PAIR, SAY(1, rows[i].in), GETS(2, rows[i].out), FINISH});
        run((step[]){PAIR, BINARY(1, rows[i].in), GETS(2, rows[i].out), FINISH});
    }
}

static void a_message_to_oneself_is_relayed(void **state) {
    (void)state;
    run((step[]){PAIR, SAY(1, OFFER("a")), GETS(1, GOT_OFFER("a", "a")), FINISH});
}

static void two_thousand_messages_arrive_in_order(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    run_on(&h, (step[]){PAIR, FINISH});
    for (int i = 0; i < 2000; i++) {
        char text[128];
        snprintf(text, sizeof text, "{\"type\":\"CANDIDATE\",\"dst\":\"b\",\"payload\":%d}", i);
        host_say(&h, 1, text);
    }
    for (int i = 0; i < 2000; i++) {
        char text[128];
        snprintf(text, sizeof text,
                 "{\"type\":\"CANDIDATE\",\"src\":\"a\",\"dst\":\"b\",\"payload\":%d}", i);
        host_expect(&h, 2, text);
    }
    assert_int_equal(host_stats(&h).relayed_total[GC_SIGNAL_CANDIDATE], 2000);
    assert_false(h.clients[1].paused); /* within the burst */
    host_stop(&h);
}

/* What ends npm's process or deafens its socket is ignored, counted, and the socket lives. */
static void bad_messages_are_ignored(void **state) {
    (void)state;
    const struct {
        const char *text;
        uint32_t reason;
    } rows[] = {{"", GC_REASON_BAD_JSON},
                {"null", GC_REASON_BAD_JSON},
                {"1", GC_REASON_BAD_JSON},
                {"\"s\"", GC_REASON_BAD_JSON},
                {"[]", GC_REASON_BAD_JSON},
                {"true", GC_REASON_BAD_JSON},
                {"{", GC_REASON_BAD_JSON},
                {"{}x", GC_REASON_BAD_JSON},
                {"{\"type\":\"OFFER\",\"dst\":\"b\",}", GC_REASON_BAD_JSON},
                {"{\"type\":\"OFFER\",\"dst\":\"b\",\"payload\":01}", GC_REASON_BAD_JSON},
                {"{}", GC_REASON_BAD_REQUEST},
                {"{\"type\":5,\"dst\":\"b\"}", GC_REASON_BAD_REQUEST},
                {"{\"type\":null,\"dst\":\"b\"}", GC_REASON_BAD_REQUEST},
                {"{\"type\":\"offer\",\"dst\":\"b\"}", GC_REASON_BAD_REQUEST},
                {"{\"type\":\"OPEN\",\"dst\":\"b\"}", GC_REASON_BAD_REQUEST},
                {"{\"type\":\"ID-TAKEN\",\"dst\":\"b\"}", GC_REASON_BAD_REQUEST},
                {"{\"type\":\"GC-JOINED\",\"dst\":\"b\"}", GC_REASON_BAD_REQUEST},
                {"{\"type\":\"OFFER\",\"dst\":5}", GC_REASON_BAD_REQUEST},
                {"{\"type\":\"OFFER\",\"dst\":[\"b\"]}", GC_REASON_BAD_REQUEST},
                {"{\"type\":\"LEAVE\",\"dst\":true}", GC_REASON_BAD_REQUEST}};
    for (uint32_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        host h;
        gc_server_config config = {0};
        host_start(&h, &config);
        const char *told = rows[i].reason == GC_REASON_BAD_JSON ? BAD_JSON : BAD_REQUEST;
        run_on(&h, (step[]){PAIR, SAY(1, rows[i].text), GETS(1, told), BINARY(1, rows[i].text),
                            GETS(1, told), NOTHING(2), SAY(1, OFFER("b")),
                            GETS(2, GOT_OFFER("a", "b")), FINISH});
        assert_int_equal(host_stats(&h).bad_total[rows[i].reason], 2);
        host_stop(&h);
    }
}

static void nesting_is_bounded(void **state) {
    (void)state;
    char text[512] = "{\"type\":\"OFFER\",\"dst\":\"b\",\"payload\":";
    for (int i = 0; i < 200; i++) {
        text[strlen(text)] = '[';
    }
    run((step[]){PAIR, SAY(1, text), GETS(1, BAD_JSON), NOTHING(2), LIVES(1), FINISH});
}

/* Else its own answers would cut it as slow. */
static void a_client_that_does_not_read_is_told_once(void **state) {
    (void)state;
    host h;
    gc_server_config config = {.rate_per_second = 1000000};
    host_start(&h, &config);
    run_on(&h, (step[]){PAIR, DEAF(1), FINISH});
    for (int i = 0; i < 10000; i++) {
        host_say(&h, 1, "null");
    }
    run_on(&h, (step[]){LIVES(1), HEARS(1), GETS(1, BAD_JSON), SAY(1, OFFER("b")),
                        GETS(2, GOT_OFFER("a", "b")), FINISH});
    assert_int_equal(host_stats(&h).bad_total[GC_REASON_BAD_JSON], 10000);
    host_stop(&h);
}

static void without_dst_only_leave_has_an_effect(void **state) {
    (void)state;
    const char *dst[] = {"", ",\"dst\":null", ",\"dst\":\"\"", ",\"dst\":false", ",\"dst\":0"};
    for (uint32_t i = 0; i < sizeof dst / sizeof *dst; i++) {
        char offer[64], leave[64], expire[64];
        snprintf(offer, sizeof offer, "{\"type\":\"OFFER\"%s}", dst[i]);
        snprintf(expire, sizeof expire, "{\"type\":\"EXPIRE\"%s}", dst[i]);
        snprintf(leave, sizeof leave, "{\"type\":\"LEAVE\"%s}", dst[i]);
        run((step[]){PAIR, SAY(1, offer), SAY(1, expire), LIVES(1), WAIT(7000), NOTHING(1),
                     SAY(1, leave), CLOSED(1, 1000), OPEN(3, STOCK("a", "other")), GETS(3, OPENED),
                     NOTHING(2), FINISH});
    }
}

/* Nobody is told when a socket goes: stock closes working connections on LEAVE. */
static void a_dead_socket_causes_no_leave(void **state) {
    (void)state;
    run((step[]){PAIR, SAY(1, OFFER("b")), SKIP(2), SAY(2, OFFER("a")), SKIP(1), DIE(1),
                 WAIT(100000), NOTHING(2), FINISH});
}

static void a_heartbeat_is_answered_to_clients_that_speak_gc(void **state) {
    (void)state;
    const char *beats[] = {"{\"type\":\"HEARTBEAT\"}", "{\"type\": \"HEARTBEAT\"}",
                           "{\"type\":\"HEARTBEA\\u0054\"}", "{\"x\":1,\"type\":\"HEARTBEAT\"}"};
    for (uint32_t i = 0; i < sizeof beats / sizeof *beats; i++) {
        run((step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), SAY(1, beats[i]),
                     BINARY(1, beats[i]), NOTHING(1), OPEN(2, OURS("b")), GETS(2, OPENED_GC),
                     SAY(2, beats[i]), GETS(2, ALIVE), FINISH});
    }
    /* 20 bytes that are no HEARTBEAT */
    run((step[]){OPEN(2, OURS("b")), GETS(2, OPENED_GC), SAY(2, "{\"type\":\"HEARTBEAt\"}"),
                 GETS(2, BAD_REQUEST), FINISH});
}

static void ping_and_close_frames_are_answered(void **state) {
    (void)state;
    run((step[]){PAIR, PING(1, ""), GETS(1, "PONG "), PING(1, "abc"), GETS(1, "PONG abc"),
                 BYE(1, 1001), CLOSED(1, 1001), BYE(2, 1005), CLOSED(2, 1005), FINISH});
}

static void bad_utf8_closes_its_sender(void **state) {
    (void)state;
    const char *texts[] = {"{\"type\":\"OFFER\",\"dst\":\"b\",\"payload\":\"\xff\"}",
                           "{\"type\":\"OFFER\",\"dst\":\"b\",\"payload\":\"\xed\xa0\x80\"}",
                           "{\"type\":\"OFFER\",\"dst\":\"\xc0\x80\"}",
                           "\xff",
                           "not json \xfe",
                           "{\"x\":1} trailing \x80"};
    for (uint32_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        host h;
        gc_server_config config = {0};
        host_start(&h, &config);
        run_on(&h,
               (step[]){PAIR, BINARY(1, texts[i]), CLOSED(1, 1007), NOTHING(2), LIVES(2), FINISH});
        assert_int_equal(host_stats(&h).cut_total[GC_REASON_BAD_UTF8], 1);
        host_stop(&h);
    }
}

/* --- absent ids ------------------------------------------------------------------------------- */

static void a_batch_expires_with_one_message(void **state) {
    (void)state;
    run((step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), SAY(1, OFFER("b")), WAIT(400),
                 SAY(1, OFFER("b")), SAY(1, OFFER("b")), WAIT(4599), NOTHING(1), WAIT(1001),
                 GETS(1, EXPIRED("b", "a")), WAIT(20000), NOTHING(1), FINISH});
}

/* npm's clock is the queue's: a late message expires after a second. Ours is the message's. */
static void each_message_has_its_own_time_to_expire(void **state) {
    (void)state;
    run((step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), SAY(1, OFFER("b")), WAIT(4000),
                 SAY(1, OFFER("b")), WAIT(2200), GETS(1, EXPIRED("b", "a")), WAIT(2799), NOTHING(1),
                 WAIT(1201), GETS(1, EXPIRED("b", "a")), FINISH});
}

static void each_sender_gets_its_own_expire(void **state) {
    (void)state;
    run((step[]){PAIR, SAY(1, OFFER("x")), SAY(2, OFFER("x")), SAY(1, OFFER("y")), WAIT(6200),
                 GETS(1, EXPIRED("x", "a")), GETS(2, EXPIRED("x", "b")), GETS(1, EXPIRED("y", "a")),
                 FINISH});
}

static void leave_and_expire_are_not_held(void **state) {
    (void)state;
    run((step[]){
        OPEN(1, OURS("a")), GETS(1, OPENED_GC), SAY(1, "{\"type\":\"LEAVE\",\"dst\":\"b\"}"),
        SAY(1, "{\"type\":\"EXPIRE\",\"dst\":\"b\"}"), NOTHING(1), OPEN(2, STOCK("b", "t")),
        GETS(2, OPENED), WAIT(7000), NOTHING(1), LIVES(1), FINISH});
}

static void a_sender_that_reconnects_gets_its_expire(void **state) {
    (void)state;
    run((step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), SAY(1, OFFER("b")), WAIT(2000), DIE(1),
                 WAIT(1000), OPEN(3, STOCK("a", "t")), GETS(3, OPENED), WAIT(3200),
                 GETS(3, EXPIRED("b", "a")), FINISH});
}

static void a_sender_that_is_gone_gets_no_expire(void **state) {
    (void)state;
    run((step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), SAY(1, OFFER("b")), DIE(1),
                 OPEN(3, STOCK("c", "t")), GETS(3, OPENED), WAIT(7000), NOTHING(3), FINISH});
}

/* The message of somebody who is gone still reaches who comes. */
static void a_held_message_outlives_its_sender(void **state) {
    (void)state;
    run((step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), SAY(1, OFFER("b")), DIE(1), WAIT(3000),
                 OPEN(2, STOCK("b", "t")), GETS(2, OPENED), GETS(2, GOT_OFFER("a", "b")), FINISH});
}

static void an_absent_id_is_told_and_so_is_its_return(void **state) {
    (void)state;
    run((step[]){OPEN(1, OURS("a")), GETS(1, OPENED_GC), SAY(1, OFFER("b")), GETS(1, ABSENT("b")),
                 SAY(1, "{\"type\":\"CANDIDATE\",\"dst\":\"b\"}"), NOTHING(1), SAY(1, OFFER("b")),
                 GETS(1, ABSENT("b")), WAIT(6200), GETS(1, EXPIRED("b", "a")), WAIT(60000),
                 OPEN(2, STOCK("b", "t")), GETS(2, OPENED), GETS(1, PRESENT("b")), DIE(2),
                 OPEN(2, STOCK("b", "t")), GETS(2, OPENED), NOTHING(1), FINISH});
}

static void the_last_absent_one_is_watched(void **state) {
    (void)state;
    run((step[]){OPEN(1, OURS("a")), GETS(1, OPENED_GC), SAY(1, OFFER("b")), GETS(1, ABSENT("b")),
                 SAY(1, "{\"type\":\"ANSWER\",\"dst\":\"c\"}"), GETS(1, ABSENT("c")),
                 OPEN(2, STOCK("b", "t")), NOTHING(1), OPEN(3, STOCK("c", "t")),
                 GETS(1, PRESENT("c")), SKIP(2), SKIP(3), WAIT(7000), NOTHING(1), FINISH});
}

static void many_may_watch_one_id(void **state) {
    (void)state;
    run((step[]){OPEN(1, OURS("a")), SKIP(1), OPEN(2, OURS("b")), SKIP(2), OPEN(3, OURS("c")),
                 SKIP(3), SAY(1, OFFER("x")), SAY(2, OFFER("x")), SAY(3, OFFER("x")),
                 GETS(1, ABSENT("x")), GETS(2, ABSENT("x")), GETS(3, ABSENT("x")), DIE(2),
                 OPEN(4, STOCK("x", "t")), SKIP(4), GETS(1, PRESENT("x")), GETS(3, PRESENT("x")),
                 NOTHING(2), FINISH});
}

static void a_message_to_an_id_nobody_can_hold_expires_at_once(void **state) {
    (void)state;
    char id[140], offer[300], expire[300], leave[300];
    memset(id, 'x', 129);
    id[129] = 0;
    snprintf(offer, sizeof offer, "{\"type\":\"OFFER\",\"dst\":\"%s\"}", id);
    snprintf(leave, sizeof leave, "{\"type\":\"LEAVE\",\"dst\":\"%s\"}", id);
    snprintf(expire, sizeof expire, "{\"type\":\"EXPIRE\",\"src\":\"%s\",\"dst\":\"a\"}", id);
    run((step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), SAY(1, leave), NOTHING(1),
                 SAY(1, offer), GETS(1, expire), WAIT(9000), FINISH});
}

/* --- caps ------------------------------------------------------------------------------------- */

static void an_address_has_at_most_64_messages_held_for_an_id(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    run_on(&h, (step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), FINISH});
    for (int i = 0; i < GC_HELD_PER_ID_MAX / GC_HELD_SHARES; i++) {
        host_say(&h, 1, OFFER("b"));
    }
    host_expect_none(&h, 1);
    run_on(&h, (step[]){SAY(1, OFFER("b")), GETS(1, EXPIRED("b", "a")), FINISH});
    gc_server_stats st = host_stats(&h);
    assert_int_equal(st.held_messages, GC_HELD_PER_ID_MAX / GC_HELD_SHARES);
    assert_int_equal(st.bad_total[GC_REASON_HELD_LIMIT], 1);
    /* Somebody at another address is not shut out. */
    host_open(&h, 3, STOCK("c", "t"));
    run_on(&h, (step[]){SKIP(3), SAY(3, OFFER("b")), NOTHING(3), FINISH});
    host_open(&h, 2, STOCK("b", "t"));
    assert_int_equal(h.clients[2].inbox_len, 2 + GC_HELD_PER_ID_MAX / GC_HELD_SHARES);
    st = host_stats(&h);
    assert_int_equal(st.held_messages + st.held_bytes + st.memory_used_bytes, 0);
    assert_int_equal(st.relayed_total[GC_SIGNAL_OFFER], 1 + GC_HELD_PER_ID_MAX / GC_HELD_SHARES);
    host_stop(&h);
}

static void a_sender_has_a_limit_of_what_is_held_of_it(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    run_on(&h, (step[]){PAIR, FINISH});
    /* 30 KiB each, 8 of them */
    char dst[8];
    for (int i = 0; i < 12; i++) {
        snprintf(dst, sizeof dst, "x%d", i);
        char *text = host_long_offer(dst, 30 * 1024);
        host_say(&h, 1, text);
        free(text);
    }
    assert_int_equal(host_stats(&h).held_messages, 8);
    assert_int_equal(h.clients[1].inbox_len - h.clients[1].inbox_at, 4);
    assert_true(host_stats(&h).memory_used_bytes <= GC_HELD_BYTES_PER_FROM_MAX + 8 * 1024);
    /* it is the sender's own: another one may */
    run_on(&h, (step[]){SKIP(1), SAY(2, OFFER("x0")), FINISH});
    assert_int_equal(host_stats(&h).held_messages, 9);
    /* and it is given back */
    run_on(&h, (step[]){WAIT(6200), SKIP(1), SKIP(2), SAY(1, OFFER("z")), NOTHING(1), FINISH});
    assert_int_equal(host_stats(&h).held_messages, 1);
    host_stop(&h);
}

/* 300 MiB in 64 KiB frames to an absent id: what is held for that client stays below 1 MiB. */
static void a_flood_to_an_absent_id_stays_bounded(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    run_on(&h, (step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), FINISH});
    uint64_t most = 0;
    char *small = host_long_offer("x", 60000), *large = host_long_offer("y", 65536);
    for (int i = 0; i < 4800; i++) {
        host_say(&h, 1, i % 2 ? small : large);
        gc_server_stats st = host_stats(&h);
        most = st.memory_used_bytes > most ? st.memory_used_bytes : most;
        h.now_ms += 5;
        host_wait(&h, 0);
    }
    free(small);
    free(large);
    assert_in_range(most, 60000, 128 * 1024);
    assert_true(host_stats(&h).bad_total[GC_REASON_HELD_LIMIT] > 4000);
    assert_false(h.clients[1].closed);
    host_stop(&h);
}

/* 20,000 small messages to as many absent ids. */
static void a_flood_to_many_absent_ids_stays_bounded(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    run_on(&h, (step[]){OPEN(1, OURS("a")), SKIP(1), FINISH});
    h.clients[1].deaf = true;
    for (int i = 0; i < 20000 && !h.clients[1].closed; i++) {
        char text[64];
        snprintf(text, sizeof text, "{\"type\":\"OFFER\",\"dst\":\"x%d\"}", i);
        host_say(&h, 1, text);
        assert_true(host_stats(&h).memory_used_bytes <= 1 << 20);
    }
    /* it never read what it was told, so it was cut in the end */
    assert_true(h.clients[1].closed);
    assert_int_equal(h.clients[1].reason, GC_REASON_SLOW);
    host_wait(&h, 7000);
    assert_int_equal(host_stats(&h).memory_used_bytes, 0);
    host_stop(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exactly_four_keys_are_relayed_in_order),
        cmocka_unit_test(a_message_to_oneself_is_relayed),
        cmocka_unit_test(two_thousand_messages_arrive_in_order),
        cmocka_unit_test(bad_messages_are_ignored),
        cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(a_client_that_does_not_read_is_told_once),
        cmocka_unit_test(without_dst_only_leave_has_an_effect),
        cmocka_unit_test(a_dead_socket_causes_no_leave),
        cmocka_unit_test(a_heartbeat_is_answered_to_clients_that_speak_gc),
        cmocka_unit_test(ping_and_close_frames_are_answered),
        cmocka_unit_test(bad_utf8_closes_its_sender),
        cmocka_unit_test(a_batch_expires_with_one_message),
        cmocka_unit_test(each_message_has_its_own_time_to_expire),
        cmocka_unit_test(each_sender_gets_its_own_expire),
        cmocka_unit_test(leave_and_expire_are_not_held),
        cmocka_unit_test(a_sender_that_reconnects_gets_its_expire),
        cmocka_unit_test(a_sender_that_is_gone_gets_no_expire),
        cmocka_unit_test(a_held_message_outlives_its_sender),
        cmocka_unit_test(an_absent_id_is_told_and_so_is_its_return),
        cmocka_unit_test(the_last_absent_one_is_watched),
        cmocka_unit_test(many_may_watch_one_id),
        cmocka_unit_test(a_message_to_an_id_nobody_can_hold_expires_at_once),
        cmocka_unit_test(an_address_has_at_most_64_messages_held_for_an_id),
        cmocka_unit_test(a_sender_has_a_limit_of_what_is_held_of_it),
        cmocka_unit_test(a_flood_to_an_absent_id_stays_bounded),
        cmocka_unit_test(a_flood_to_many_absent_ids_stays_bounded),
    };
    return RUN(tests);
}
