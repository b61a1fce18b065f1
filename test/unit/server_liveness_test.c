/* Life, deadlines and rates. */
#include "test/unit/server_host.h"

static void a_handshake_has_a_deadline(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    assert_int_equal(host_accept(&h, 1), 0);
    host_wait(&h, 9999);
    assert_false(h.clients[1].closed);
    host_wait(&h, 1);
    assert_true(h.clients[1].closed && h.clients[1].closed_now);
    assert_int_equal(h.clients[1].reason, GC_REASON_HANDSHAKE_TIMEOUT);
    assert_int_equal(host_stats(&h).rejected_total[GC_REASON_HANDSHAKE_TIMEOUT], 1);
    assert_int_equal(host_stats(&h).connections, 0);
    assert_int_equal(gc_server_deadline(h.s), GC_NEVER);
    host_stop(&h);
}

static void a_served_request_restarts_the_deadline(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    host_accept(&h, 1);
    host_wait(&h, 9000);
    gc_server_request_done(h.s, h.now_ms, h.clients[1].conn);
    host_wait(&h, 9999);
    assert_false(h.clients[1].closed);
    host_wait(&h, 1);
    assert_true(h.clients[1].closed);
    host_stop(&h);
}

static void pings_keep_a_quiet_client(void **state) {
    (void)state;
    run((step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), WAIT(3600000), LIVES(1), FINISH});
}

static void pings_come_at_their_times(void **state) {
    (void)state;
    run((step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), MUTE(1), WAIT(24999), PINGED(1, 0),
                 WAIT(1), PINGED(1, 1), WAIT(25000), PINGED(1, 2), WAIT(25000), PINGED(1, 3),
                 WAIT(14999), LIVES(1), WAIT(1), CLOSED(1, 1005), FINISH});
    gc_server_config config = {.alive_timeout_ms = 3000};
    run_with(&config, (step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), MUTE(1), WAIT(999),
                               PINGED(1, 0), WAIT(1), PINGED(1, 1), FINISH});
}

static void every_frame_is_life(void **state) {
    (void)state;
    const step signs[] = {PONG(1), PING(1, "x"), SAY(1, "{\"type\":\"HEARTBEAT\"}"), SAY(1, "["),
                          BINARY(1, "{\"type\":\"CANDIDATE\",\"dst\":\"zz\"}")};
    for (uint32_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        run((step[]){OPEN(1, STOCK("a", "t")), MUTE(1), WAIT(89000), signs[i], WAIT(89999),
                     LIVES(1), SKIP(1), WAIT(1), CLOSED(1, 1005), FINISH});
    }
}

static void silence_frees_the_id(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    run_on(&h, (step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), MUTE(1), WAIT(90000),
                        CLOSED(1, 1005), OPEN(2, STOCK("a", "u")), GETS(2, OPENED), FINISH});
    assert_int_equal(host_stats(&h).cut_total[GC_REASON_SILENT], 1);
    host_stop(&h);
}

/* A tab whose timers sleep for minutes, but whose browser answers pings, next to a dead one. */
static void only_the_silent_one_goes(void **state) {
    (void)state;
    run((step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), OPEN(2, STOCK("b", "t")),
                 GETS(2, OPENED), MUTE(2), WAIT(90000), LIVES(1), CLOSED(2, 1005), FINISH});
}

static void time_that_steps_back_does_no_harm(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    run_on(&h, (step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), MUTE(1), WAIT(50000), FINISH});
    uint64_t deadline = gc_server_deadline(h.s);
    for (uint64_t back = 1; back <= 1000000; back *= 10) {
        gc_server_tick(h.s, h.now_ms - back);
        gc_server_frame(h.s, h.now_ms - back, h.clients[1].conn, GC_WS_PONG, GC_SPAN(""), 0);
        host_drain(&h);
        assert_true(gc_server_deadline(h.s) >= deadline);
    }
    run_on(&h, (step[]){WAIT(89999), LIVES(1), WAIT(1), CLOSED(1, 1005), FINISH});
    host_stop(&h);
}

/* A host that was stopped could not read: the living get time to show it, the dead do not stay. */
static void after_a_stall_clients_get_time_for_a_sign_of_life(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    run_on(&h, (step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), SAY(1, OFFER("b")),
                        OPEN(2, OURS_IN("c", TAG_A)), SKIP(2), MUTE(2), OPEN(4, STOCK("d", "t")),
                        SKIP(4), VANISH(4), OPEN(5, STOCK("d", "u")), FINISH});
    host_accept(&h, 3);
    h.now_ms += 86400000;
    gc_server_tick(h.s, h.now_ms);
    assert_true(gc_server_deadline(h.s) > h.now_ms);
    host_drain(&h);
    assert_true(h.clients[3].closed);
    run_on(&h,
           (step[]){GETS(1, EXPIRED("b", "a")), WAIT(4999), LIVES(1), LIVES(2), NOTHING(5), WAIT(1),
                    CLOSED(2, 1005), CLOSED(4, 1005), GETS(5, OPENED), LIVES(1), FINISH});
    host_stop(&h);
}

static void a_host_that_is_always_late_still_ends_a_silent_client(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    run_on(&h, (step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), MUTE(1), FINISH});
    for (int i = 0; i < 3; i++) {
        h.now_ms += 1000;
        gc_server_tick(h.s, h.now_ms);
        host_drain(&h);
    }
    for (int i = 0; i < 10 && !h.clients[1].closed; i++) {
        h.now_ms += 3600000; /* always late: it goes all the same */
        gc_server_tick(h.s, h.now_ms);
        assert_true(gc_server_deadline(h.s) > h.now_ms);
        host_drain(&h);
        host_wait(&h, 5000);
    }
    assert_true(h.clients[1].closed);
    assert_int_equal(gc_server_deadline(h.s), GC_NEVER);
    host_stop(&h);
}

static void the_rate_pauses_a_client_and_drops_nothing(void **state) {
    (void)state;
    const int burst = GC_RATE_BURST_SECONDS * GC_RATE_PER_SECOND;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    run_on(&h, (step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), OPEN(2, STOCK("b", "t")),
                        GETS(2, OPENED), FINISH});
    for (int i = 0; i < burst; i++) {
        host_say(&h, 1, OFFER("b"));
        assert_false(h.clients[1].paused);
    }
    host_say(&h, 1, OFFER("b"));
    assert_true(h.clients[1].paused);
    for (int i = 0; i < 200; i++) {
        host_say(&h, 1, OFFER("b")); /* had been read already */
    }
    assert_int_equal(h.clients[2].inbox_len, 1 + burst + 201);
    host_wait(&h, 1100);
    assert_true(h.clients[1].paused);
    host_wait(&h, 10);
    assert_false(h.clients[1].paused);
    assert_int_equal(host_stats(&h).throttled_total, 1);
    /* then 200 a second */
    uint32_t before = h.clients[2].inbox_len;
    for (int ms = 0; ms < 10000; ms += 10) {
        while (!h.clients[1].paused) {
            host_say(&h, 1, OFFER("b"));
        }
        host_wait(&h, 10);
    }
    assert_in_range(h.clients[2].inbox_len - before, 1950, 2050);
    host_stop(&h);
}

/* Parts of messages, requests and crumbs cost as much as messages, whatever the client is: one that
 * has sent no request yet, one that waits for its id, one that is open. */
static void what_is_no_message_is_charged_too(void **state) {
    (void)state;
    host h;
    gc_server_config config = {.rate_per_second = 10};
    host_start(&h, &config);
    host_accept(&h, 0);
    run_on(&h, (step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), VANISH(1),
                        OPEN(2, STOCK("a", "u")), NOTHING(2), FINISH});
    for (uint32_t i = 0; i < 3; i++) {
        gc_server_charge(h.s, h.now_ms, h.clients[i].conn, 99);
        host_drain(&h);
        assert_false(h.clients[i].paused);
        gc_server_charge(h.s, h.now_ms, h.clients[i].conn, 12);
        host_drain(&h);
        assert_true(h.clients[i].paused);
    }
    gc_server_charge(h.s, h.now_ms, GC_CONN_NONE, 1);
    assert_int_equal(host_stats(&h).throttled_total, 3);
    host_wait(&h, 1200);
    for (uint32_t i = 0; i < 3; i++) {
        assert_false(h.clients[i].paused);
    }
    host_wait(&h, GC_HANDSHAKE_MS - 1);
    assert_false(h.clients[0].closed); /* what was not read was no late request */
    host_wait(&h, 1);
    assert_true(h.clients[0].closed);
    host_stop(&h);
}

/* What is not read cannot show life. */
static void a_paused_client_is_not_silent(void **state) {
    (void)state;
    host h;
    gc_server_config config = {.rate_per_second = 1, .alive_timeout_ms = 2000};
    host_start(&h, &config);
    run_on(&h, (step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), MUTE(1), FINISH});
    for (int i = 0; i < 20; i++) {
        host_say(&h, 1, "{}");
    }
    assert_true(h.clients[1].paused);
    run_on(&h, (step[]){SKIP(1), FINISH});
    run_on(&h, (step[]){WAIT(9000), LIVES(1), OPEN(2, STOCK("a", "u")), GETS(2, TAKEN), LIVES(1),
                        WAIT(1200), FINISH});
    assert_false(h.clients[1].paused);
    run_on(&h, (step[]){WAIT(1899), LIVES(1), WAIT(101), CLOSED(1, 1005), FINISH});
    host_stop(&h);
}

static void a_paused_client_may_end(void **state) {
    (void)state;
    const step ends[] = {DIE(1), BYE(1, 1000), SAY(1, "{\"type\":\"LEAVE\"}")};
    for (uint32_t i = 0; i < 3; i++) {
        host h;
        gc_server_config config = {.rate_per_second = 1};
        host_start(&h, &config);
        run_on(&h, (step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), FINISH});
        for (int k = 0; k < 20; k++) {
            host_say(&h, 1, "{}");
        }
        assert_true(h.clients[1].paused);
        run_step(&h, &ends[i]);
        host_wait(&h, 100000);
        assert_int_equal(host_stats(&h).connections, 0);
        host_stop(&h);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_handshake_has_a_deadline),
        cmocka_unit_test(a_served_request_restarts_the_deadline),
        cmocka_unit_test(pings_keep_a_quiet_client),
        cmocka_unit_test(pings_come_at_their_times),
        cmocka_unit_test(every_frame_is_life),
        cmocka_unit_test(silence_frees_the_id),
        cmocka_unit_test(only_the_silent_one_goes),
        cmocka_unit_test(time_that_steps_back_does_no_harm),
        cmocka_unit_test(after_a_stall_clients_get_time_for_a_sign_of_life),
        cmocka_unit_test(a_host_that_is_always_late_still_ends_a_silent_client),
        cmocka_unit_test(the_rate_pauses_a_client_and_drops_nothing),
        cmocka_unit_test(what_is_no_message_is_charged_too),
        cmocka_unit_test(a_paused_client_is_not_silent),
        cmocka_unit_test(a_paused_client_may_end),
    };
    return RUN(tests);
}
