/* Slots, handles, addresses, and how a connection ends. */
#include "test/unit/server_host.h"
#include "test/unit/server_inside.h"

static void a_stale_handle_is_refused_and_harmless(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    host_open(&h, 1, STOCK("a", "t"));
    gc_conn old = h.clients[1].conn;
    host_die(&h, 1, GC_REASON_GONE);
    host_open(&h, 2, STOCK("a", "t"));
    assert_int_not_equal(h.clients[2].conn, old);
    const gc_conn stale[] = {old, GC_CONN_NONE, 1u << 20, UINT32_MAX, 5000, 1};
    for (uint32_t i = 0; i < sizeof stale / sizeof *stale; i++) {
        uint32_t reason;
        gc_span span;
        gc_signal_query q = {0};
        gc_server_open_request r = {.query = &q};
        assert_int_equal(gc_server_frame(h.s, h.now_ms, stale[i], GC_WS_TEXT, GC_SPAN("{}"), 0),
                         GC_E_CLOSED);
        assert_int_equal(gc_server_bad_frame(h.s, h.now_ms, stale[i], 1002, GC_REASON_BAD_FRAME),
                         GC_E_CLOSED);
        assert_int_equal(gc_server_open(h.s, h.now_ms, stale[i], &r), GC_E_STATE);
        assert_int_equal(gc_server_readdress(h.s, h.now_ms, stale[i], &h.clients[1].from, &reason),
                         GC_E_CLOSED);
        assert_int_equal(gc_server_unsent(h.s, stale[i], &span, 1), 0);
        gc_server_sent(h.s, h.now_ms, stale[i], 10);
        gc_server_request_done(h.s, h.now_ms, stale[i]);
        gc_server_close(h.s, h.now_ms, stale[i], GC_REASON_GONE);
        gc_server_check(h.s);
    }
    assert_int_equal(host_stats(&h).connections, 1);
    assert_int_equal(host_stats(&h).peers, 1);
    host_stop(&h);
}

static void slots_come_back_and_an_ended_handle_is_refused(void **state) {
    (void)state;
    host h;
    gc_server_config config = {.connections_max = 3, .connects_per_second = UINT32_MAX};
    host_start(&h, &config);
    for (int i = 0; i < 5000; i++) { /* more often than a handle has generations */
        assert_int_equal(host_accept(&h, 1), 0);
        gc_conn conn = h.clients[1].conn;
        assert_int_not_equal(conn, GC_CONN_NONE);
        host_die(&h, 1, GC_REASON_GONE);
        assert_int_equal(gc_server_frame(h.s, h.now_ms, conn, GC_WS_TEXT, GC_SPAN(""), 0),
                         GC_E_CLOSED);
    }
    assert_int_equal(server_slots_touched(h.s), 1);
    assert_int_equal(host_stats(&h).connects_total, 5000);
    host_stop(&h);
}

static void a_full_server_takes_no_connection(void **state) {
    (void)state;
    host h;
    gc_server_config config = {.connections_max = 2};
    host_start(&h, &config);
    assert_int_equal(host_accept(&h, 1), 0);
    assert_int_equal(host_accept(&h, 2), 0);
    assert_int_equal(host_accept(&h, 3), GC_E_REFUSED);
    assert_int_equal(h.clients[3].conn, GC_CONN_NONE);
    assert_int_equal(h.clients[3].reason, GC_REASON_SERVER_FULL);
    host_die(&h, 1, GC_REASON_GONE);
    assert_int_equal(host_accept(&h, 3), 0);
    assert_int_equal(host_stats(&h).rejected_total[GC_REASON_SERVER_FULL], 1);
    host_stop(&h);
}

static void there_are_spare_connections_for_requests(void **state) {
    (void)state;
    host h;
    gc_server_config config = {.concurrent_max = 1, .per_address_max = 5000};
    host_start(&h, &config);
    uint32_t n = 0;
    gc_conn conn;
    uint32_t reason;
    while (gc_server_accept(h.s, h.now_ms, &h.clients[0].from, &conn, &reason) == 0) {
        n++;
    }
    assert_int_equal(n, 1 + GC_SPARE_CONNECTIONS);
    gc_server_check(h.s);
    host_stop(&h);
}

/* Connections that only ask for pages count too. */
static void an_address_has_a_limit_of_connections(void **state) {
    (void)state;
    host h;
    gc_server_config config = {.per_address_max = 2};
    host_start(&h, &config);
    h.clients[2].from = h.clients[3].from = h.clients[1].from;
    assert_int_equal(host_accept(&h, 1), 0);
    host_open(&h, 2, STOCK("a", "t"));
    assert_int_equal(host_accept(&h, 3), GC_E_REFUSED);
    assert_int_equal(h.clients[3].reason, GC_REASON_ADDRESS_LIMIT);
    assert_int_equal(host_accept(&h, 4), 0);
    host_die(&h, 1, GC_REASON_BAD_REQUEST);
    assert_int_equal(host_accept(&h, 3), 0);
    assert_int_equal(host_stats(&h).rejected_total[GC_REASON_ADDRESS_LIMIT], 1);
    assert_int_equal(host_stats(&h).rejected_total[GC_REASON_BAD_REQUEST], 1);
    host_stop(&h);
}

/* Connects and leaves until it is refused; returns how often it was let in. */
static uint32_t storm(host *h, uint32_t i) {
    uint32_t n = 0;
    while (n < 5000 && host_accept(h, i) == 0) {
        host_die(h, i, GC_REASON_GONE);
        n++;
    }
    return n;
}

static void an_address_that_connects_without_end_is_refused(void **state) {
    (void)state;
    host h;
    gc_server_config config = {.per_address_max = 4, .connects_per_second = 40};
    host_start(&h, &config);
    assert_int_equal(host_accept(&h, 2), 0);
    assert_int_equal(storm(&h, 1), 40); /* a second's worth is more than 8 times 4 */
    assert_int_equal(h.clients[1].reason, GC_REASON_ADDRESS_LIMIT);
    assert_int_equal(storm(&h, 3), 40);
    h.clients[4].from = (gc_addr){0};
    assert_int_equal(storm(&h, 4), 5000); /* a proxy's */
    assert_int_equal(host_stats(&h).penalties_total, 2);
    assert_int_equal(host_stats(&h).penalized_total, 2);
    assert_int_equal(host_stats(&h).rejected_total[GC_REASON_ADDRESS_LIMIT], 2);
    host_wait(&h, GC_PENALTY_MS_MIN - 1);
    assert_int_equal(host_accept(&h, 1), GC_E_REFUSED);
    host_wait(&h, 1);
    assert_int_equal(storm(&h, 1), 40);
    host_stop(&h);

    config.connects_per_second = UINT32_MAX;
    host_start(&h, &config);
    assert_int_equal(storm(&h, 1), 5000);
    host_stop(&h);
}

/* What is wrong counts as 8 connections, once for each connection that the server ends for it. */
static void offences_count_against_the_address(void **state) {
    (void)state;
    host h;
    gc_server_config config = {.connects_per_second = 100, .per_address_max = 2};
    enum { MALFORMED, BAD_FRAME, LATE, IDLE, GOOD, PROXIED, COUNT };
    for (int how = 0; how < COUNT; how++) {
        host_start(&h, &config);
        gc_addr real = {.family = 4, .ip = {9, 9, 9, 9}};
        uint32_t reason;
        host_open(&h, 1, STOCK("a", "t"));
        if (how == LATE || how == IDLE || how == MALFORMED || how == PROXIED) {
            host_die(&h, 1, GC_REASON_GONE);
            assert_int_equal(host_accept(&h, 1), 0);
        }
        if (how == PROXIED) {
            gc_server_readdress(h.s, h.now_ms, h.clients[1].conn, &real, &reason);
            h.clients[2].from = real;
        }
        if (how == IDLE) { /* between requests: nobody has to ask for more */
            gc_server_request_done(h.s, h.now_ms, h.clients[1].conn);
        }
        host_wait(&h, GC_HANDSHAKE_MS - 1); /* what came before is forgotten */
        if (how == MALFORMED || how == PROXIED) {
            gc_server_offend(h.s, h.now_ms, h.clients[1].conn);
            host_die(&h, 1, GC_REASON_BAD_REQUEST);
            gc_server_offend(h.s, h.now_ms, h.clients[1].conn); /* gone: nobody's */
        } else if (how == BAD_FRAME) {
            for (int i = 0; i < 3; i++) {
                gc_server_bad_frame(h.s, h.now_ms, h.clients[1].conn, GC_WS_PROTOCOL,
                                    GC_REASON_BAD_FRAME);
            }
            host_drain(&h);
        } else if (how == LATE || how == IDLE) {
            host_wait(&h, 1);
        }
        if (how != PROXIED) {
            h.clients[2].from = h.clients[1].from;
        }
        bool counts = how == MALFORMED || how == BAD_FRAME || how == LATE;
        assert_int_equal(storm(&h, 2), counts ? 100 - GC_OFFENCE_CONNECTS : 100);
        host_stop(&h);
    }
}

/* Behind a proxy all come from one address, until their requests name others. */
static void a_connection_can_get_another_address(void **state) {
    (void)state;
    host h;
    gc_server_config config = {.per_address_max = 2};
    host_start(&h, &config);
    gc_addr one = {.family = 6, .ip = {0x20, 1}}, two = {.family = 4, .ip = {9, 9, 9, 9}};
    for (uint32_t i = 1; i <= 5; i++) {
        h.clients[i].from = (gc_addr){0}; /* not known yet */
        assert_int_equal(host_accept(&h, i), 0);
    }
    uint32_t reason;
    assert_int_equal(gc_server_readdress(h.s, h.now_ms, h.clients[1].conn, &one, &reason), 0);
    assert_int_equal(gc_server_readdress(h.s, h.now_ms, h.clients[2].conn, &one, &reason), 0);
    assert_int_equal(gc_server_readdress(h.s, h.now_ms, h.clients[3].conn, &one, &reason),
                     GC_E_REFUSED);
    assert_int_equal(reason, GC_REASON_ADDRESS_LIMIT);
    gc_server_check(h.s);
    host_die(&h, 3, reason);
    assert_int_equal(gc_server_readdress(h.s, h.now_ms, h.clients[4].conn, &two, &reason), 0);
    /* the same address again, while it has its maximum */
    assert_int_equal(gc_server_readdress(h.s, h.now_ms, h.clients[1].conn, &one, &reason), 0);
    /* and away from it */
    assert_int_equal(gc_server_readdress(h.s, h.now_ms, h.clients[1].conn, &two, &reason), 0);
    assert_int_equal(gc_server_readdress(h.s, h.now_ms, h.clients[5].conn, &one, &reason), 0);
    gc_server_check(h.s);
    host_stop(&h);
}

static void inputs_in_the_wrong_state_are_refused(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    host_accept(&h, 1);
    gc_conn conn = h.clients[1].conn;
    assert_int_equal(gc_server_frame(h.s, h.now_ms, conn, GC_WS_TEXT, GC_SPAN("{}"), 0),
                     GC_E_STATE);
    host_upgrade(&h, 1, STOCK("a", "t"));
    gc_signal_query q = {0};
    gc_server_open_request r = {.query = &q};
    assert_int_equal(gc_server_open(h.s, h.now_ms, conn, &r), GC_E_STATE);
    gc_server_request_done(h.s, h.now_ms, conn);
    run_on(&h, (step[]){GETS(1, OPENED), WAIT(10000), LIVES(1), FINISH});
    host_stop(&h);
}

static void a_bad_frame_closes_its_sender(void **state) {
    (void)state;
    const struct {
        uint16_t code;
        uint32_t reason;
    } rows[] = {{GC_WS_PROTOCOL, GC_REASON_BAD_FRAME},
                {GC_WS_TOO_BIG, GC_REASON_TOO_BIG},
                {GC_WS_BAD_DATA, GC_REASON_BAD_UTF8}};
    for (uint32_t i = 0; i < 3; i++) {
        host h;
        gc_server_config config = {0};
        host_start(&h, &config);
        run_on(&h, (step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), FINISH});
        gc_server_bad_frame(h.s, h.now_ms, h.clients[1].conn, rows[i].code, rows[i].reason);
        host_drain(&h);
        run_on(&h, (step[]){CLOSED(1, rows[i].code), FINISH});
        assert_int_equal(host_stats(&h).cut_total[rows[i].reason], 1);
        assert_int_equal(host_stats(&h).connections, 0);
        host_stop(&h);
    }
}

/* After our close frame nothing that the client says counts. */
static void a_closing_connection_is_deaf(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    run_on(&h, (step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), OPEN(2, STOCK("b", "t")),
                        GETS(2, OPENED), DEAF(1), FINISH});
    gc_server_bad_frame(h.s, h.now_ms, h.clients[1].conn, 1002, GC_REASON_BAD_FRAME);
    host_drain(&h);
    assert_int_equal(host_stats(&h).connections, 2);
    assert_int_equal(host_stats(&h).peers, 1);
    assert_int_equal(
        gc_server_frame(h.s, h.now_ms, h.clients[1].conn, GC_WS_TEXT, text_span(OFFER("b")), 0), 0);
    gc_server_bad_frame(h.s, h.now_ms, h.clients[1].conn, 1002, GC_REASON_BAD_FRAME);
    assert_int_equal(host_stats(&h).cut_total[GC_REASON_BAD_FRAME], 1);
    run_on(&h, (step[]){NOTHING(2), HEARS(1), CLOSED(1, 1002), FINISH});
    assert_int_equal(host_stats(&h).connections, 1);
    host_stop(&h);
}

static void a_client_that_takes_no_close_frame_is_dropped(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    run_on(&h, (step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), DEAF(1), BYE(1, 1000),
                        WAIT(4999), FINISH});
    assert_true(h.clients[1].closed && !h.clients[1].closed_now);
    host_wait(&h, 1);
    assert_true(h.clients[1].closed_now);
    assert_int_equal(host_stats(&h).connections, 0);
    assert_int_equal(host_stats(&h).memory_used_bytes, 0);
    host_stop(&h);
}

static void the_host_s_reason_is_counted(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    host_accept(&h, 1);
    host_die(&h, 1, GC_REASON_ORIGIN);
    host_open(&h, 1, STOCK("a", "t"));
    host_die(&h, 1, GC_REASON_BAD_FRAME);
    host_open(&h, 1, STOCK("a", "t"));
    host_die(&h, 1, GC_REASON_GONE);
    gc_server_stats st = host_stats(&h);
    assert_int_equal(st.rejected_total[GC_REASON_ORIGIN], 1);
    assert_int_equal(st.cut_total[GC_REASON_BAD_FRAME], 1);
    assert_int_equal(st.cut_total[GC_REASON_GONE], 0);
    host_stop(&h);
}

/* Sockets of one loop turn may all go before the host drains. */
static void a_connection_may_close_before_the_drain(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    for (uint32_t i = 0; i < 4; i++) {
        char query[128];
        snprintf(query, sizeof query, OURS_IN("m%u", TAG_A), i);
        host_open(&h, i, query);
    }
    for (uint32_t i = 0; i < 3; i++) {
        gc_conn conn = h.clients[i].conn;
        h.clients[i].conn = GC_CONN_NONE;
        gc_server_close(h.s, h.now_ms, conn, GC_REASON_GONE);
        gc_server_check(h.s);
    }
    h.clients[3].inbox_at = h.clients[3].inbox_len;
    host_drain(&h); /* asserts that no output names a connection that is gone */
    run_on(&h, (step[]){SKIP(0), SKIP(1), SKIP(2), GETS(3, GONE(TAG_A, "m0")),
                        GETS(3, GONE(TAG_A, "m1")), GETS(3, GONE(TAG_A, "m2")), FINISH});
    host_stop(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stale_handle_is_refused_and_harmless),
        cmocka_unit_test(slots_come_back_and_an_ended_handle_is_refused),
        cmocka_unit_test(a_full_server_takes_no_connection),
        cmocka_unit_test(there_are_spare_connections_for_requests),
        cmocka_unit_test(an_address_has_a_limit_of_connections),
        cmocka_unit_test(an_address_that_connects_without_end_is_refused),
        cmocka_unit_test(offences_count_against_the_address),
        cmocka_unit_test(a_connection_can_get_another_address),
        cmocka_unit_test(inputs_in_the_wrong_state_are_refused),
        cmocka_unit_test(a_bad_frame_closes_its_sender),
        cmocka_unit_test(a_closing_connection_is_deaf),
        cmocka_unit_test(a_client_that_takes_no_close_frame_is_dropped),
        cmocka_unit_test(the_host_s_reason_is_counted),
        cmocka_unit_test(a_connection_may_close_before_the_drain),
    };
    return RUN(tests);
}
