/* What is left to gc_server itself: sizes, shutdown, what HTTP asks, stats. */
#include "test/unit/server_host.h"

#include "host/crypto.h"

#include <sys/mman.h>

static void a_size_follows_from_the_configuration(void **state) {
    (void)state;
    gc_server_config config = {0};
    size_t standard = gc_server_size(&config);
    assert_in_range(standard, GC_MEMORY_BYTES_MAX, GC_MEMORY_BYTES_MAX + (48u << 20));
    const gc_server_config nonsense[] = {
        {.queue_bytes_max = 1000},      /* below a message */
        {.message_bytes_max = 1 << 20}, /* above the queue */
        {.message_bytes_max = (1 << 24) + 1, .queue_bytes_max = 1u << 30},
        {.memory_bytes_max = 300000}, /* below two queues */
        {.concurrent_max = 2000000},  /* above what handles name */
        {.connections_max = 2000000},
        {.memory_bytes_max = UINT64_MAX},
    };
    for (uint32_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
        assert_int_equal(gc_server_size(&nonsense[i]), 0);
    }
    gc_server_config most = {.message_bytes_max = 1 << 24, .queue_bytes_max = 1 << 25};
    assert_true(gc_server_size(&most) > 0);
}

static void too_little_memory_is_refused(void **state) {
    (void)state;
    gc_server_config config = {.concurrent_max = 10, .memory_bytes_max = 1 << 20};
    const uint8_t seed[32] = {0};
    gc_crypto crypto;
    assert_int_equal(gc_host_crypto(&crypto), 0);
    size_t size = gc_server_size(&config);
    void *memory = arena_memory(size);
    assert_null(gc_server_init(memory, size - 1, &config, &crypto, seed, 0));
    assert_null(gc_server_init(NULL, size, &config, &crypto, seed, 0));
    config.queue_bytes_max = 1;
    assert_null(gc_server_init(memory, size, &config, &crypto, seed, 0));
    config.queue_bytes_max = 0;
    gc_server *s = gc_server_init(memory, size, &config, &crypto, seed, 0);
    assert_non_null(s);
    gc_server_check(s);
    assert_int_equal(gc_server_deadline(s), GC_NEVER);
    free(memory);
}

/* An idle connection costs at most 450 bytes of memory that was ever touched. */
static void an_idle_connection_touches_few_bytes(void **state) {
    (void)state;
    enum { COUNT = 5000 };
    gc_server_config config = {.per_address_max = COUNT};
    host h;
    host_start(&h, &config);
    const size_t page = 4096, pages = (h.size + page - 1) / page;
    unsigned char *resident = malloc(pages);
    size_t touched[2] = {0};
    assert_non_null(resident);
    for (int round = 0; round < 2; round++) {
        assert_int_equal(mincore(h.memory, h.size, resident), 0);
        for (size_t i = 0; i < pages; i++) {
            touched[round] += resident[i] & 1;
        }
        for (uint32_t i = 0; round == 0 && i < COUNT; i++) {
            char query[128];
            snprintf(query, sizeof query, STOCK("3fa85f64-5717-4562-b3fc-%012u", "k3j5h2g7f8"), i);
            host_open(&h, 0, query);
            h.clients[0].conn = GC_CONN_NONE; /* it stays, and says nothing */
        }
    }
    double each = (double)((touched[1] - touched[0]) * page) / COUNT;
    print_message("# %.0f bytes of an idle connection touched, %zu of an empty server\n", each,
                  touched[0] * page);
    assert_true(each <= 450);
    assert_true(touched[0] * page < 64 * 1024);
    free(resident);
    host_stop(&h);
}

static void a_shutdown_closes_all_connections(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    run_on(&h,
           (step[]){OPEN(1, OURS_IN("a", TAG_A)), SKIP(1), OPEN(2, OURS_IN("b", TAG_A)), SKIP(1),
                    SKIP(2), OPEN(3, STOCK("c", "t")), SKIP(3), DEAF(3), OPEN(4, STOCK("d", "t")),
                    SKIP(4), MUTE(4), OPEN(5, STOCK("d", "u")), FINISH});
    host_accept(&h, 6);
    gc_server_shutdown(h.s, h.now_ms);
    host_drain(&h);
    run_on(&h, (step[]){CLOSED(1, 1012), CLOSED(2, 1012), CLOSED(4, 1012), CLOSED(5, 1012),
                        CLOSED(6, -1), FINISH});
    assert_int_equal(host_accept(&h, 7), GC_E_REFUSED);
    assert_int_equal(host_stats(&h).connections, 1);
    host_wait(&h, 500); /* the deaf one gets no second */
    assert_int_equal(host_stats(&h).connections, 0);
    assert_int_equal(h.clients[3].reason, GC_REASON_SERVER_RESTART);
    host_stop(&h);
}

static void new_ids_are_uuids_and_differ(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    uint8_t id[36], last[36] = {0};
    for (int i = 0; i < 100; i++) {
        gc_server_new_id(h.s, id);
        assert_int_not_equal(memcmp(id, last, 36), 0);
        memcpy(last, id, 36);
        for (int k = 0; k < 36; k++) {
            bool dash = k == 8 || k == 13 || k == 18 || k == 23;
            assert_true(dash ? id[k] == '-' : strchr("0123456789abcdef", id[k]) != NULL);
        }
        assert_int_equal(id[14], '4');
        assert_true(strchr("89ab", id[19]) != NULL);
    }
    host_stop(&h);
}

static void discovery_lists_ids_where_it_is_allowed(void **state) {
    (void)state;
    host h;
    gc_server_config config = {.allow_discovery = true};
    host_start(&h, &config);
    assert_true(gc_server_discovery_allowed(h.s));
    uint32_t cursor = 0;
    gc_span id;
    assert_false(gc_server_next_id(h.s, &cursor, &id));
    run_on(&h, (step[]){OPEN(1, STOCK("a", "t")), SKIP(1), OPEN(2, STOCK("b", "t")), SKIP(2),
                        OPEN(3, STOCK("c", "t")), SKIP(3), DIE(2), FINISH});
    host_accept(&h, 4);
    cursor = 0;
    assert_true(gc_server_next_id(h.s, &cursor, &id));
    assert_span(id, GC_SPAN("a"));
    assert_true(gc_server_next_id(h.s, &cursor, &id));
    assert_span(id, GC_SPAN("c"));
    assert_false(gc_server_next_id(h.s, &cursor, &id));
    host_stop(&h);
}

static void the_statistics_count_what_happened(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    run_on(&h, (step[]){OPEN(1, OURS_IN("a", TAG_A)), SKIP(1), OPEN(2, OURS_IN("b", TAG_B)),
                        SKIP(2), SAY(1, OFFER("b")), SAY(1, OFFER("x")), SKIP(1), SKIP(2), DEAF(2),
                        SAY(1, OFFER("b")), FINISH});
    gc_server_stats st = host_stats(&h);
    uint64_t frame = sizeof GOT_OFFER("a", "b") - 1 + 2;
    assert_int_equal(st.connections, 2);
    assert_int_equal(st.peers, 2);
    assert_int_equal(st.rooms, 2);
    assert_int_equal(st.room_members, 2);
    assert_int_equal(st.relayed_total[GC_SIGNAL_OFFER], 2);
    assert_int_equal(st.relay_bytes_total, 2 * frame);
    assert_int_equal(st.queued_bytes, frame);
    assert_int_equal(st.held_messages, 1);
    assert_int_equal(st.held_bytes, frame);
    assert_int_equal(st.absent_total, 1);
    assert_int_equal(st.memory_used_bytes, 2 * GC_BLOCK_BYTES);
    run_on(&h, (step[]){WAIT(6200), SKIP(1), FINISH});
    st = host_stats(&h);
    assert_int_equal(st.expired_total, 1);
    assert_int_equal(st.held_messages, 0);
    host_stop(&h);
}

/* The same inputs give the same bytes: the simulator depends on it. */
static void the_same_inputs_give_the_same_outputs(void **state) {
    (void)state;
    uint8_t ids[2][36];
    for (int round = 0; round < 2; round++) {
        host h;
        gc_server_config config = {0};
        host_start(&h, &config);
        run_on(&h, (step[]){OPEN(1, OURS_IN("a", TAG_A)), SKIP(1), FINISH});
        gc_server_new_id(h.s, ids[round]);
        host_stop(&h);
    }
    assert_memory_equal(ids[0], ids[1], 36);
}

/* Random inputs from eight clients, with every invariant checked after each. */
static void many_steps_at_random_keep_the_invariants(void **state) {
    (void)state;
    gc_server_config config = {.concurrent_max = 6,
                               .connections_max = 7,
                               .alive_timeout_ms = 20000,
                               .message_bytes_max = 2048,
                               .queue_bytes_max = 4096,
                               .memory_bytes_max = 10 * 1024,
                               .rate_per_second = 1};
    const char *ids[] = {"a", "b", "c", "%22"};
    const char *texts[] = {OFFER("a"),
                           OFFER("b"),
                           OFFER("c"),
                           OFFER("nobody"),
                           "{\"type\":\"LEAVE\",\"dst\":\"a\"}",
                           "{\"type\":\"LEAVE\"}",
                           "{\"type\":\"HEARTBEAT\"}",
                           "{\"type\":\"GC-LEAVE\"}",
                           "junk",
                           "{\"type\":\"GC-JOIN\",\"payload\":{\"room\":\"" TAG_A "\"}}",
                           "{\"type\":\"GC-JOIN\",\"payload\":{\"room\":\"" TAG_B "\"}}"};
    host h;
    host_start(&h, &config);
    uint64_t rng = 4242;
    char big[1500] = "{\"type\":\"CANDIDATE\",\"dst\":\"a\",\"payload\":\"";
    memset(big + strlen(big), 'x', 1200);
    memcpy(big + strlen(big), "\"}", 3);
    for (int i = 0; i < 60000; i++) {
        rng = rng * 6364136223846793005u + 1442695040888963407u;
        uint32_t r = (uint32_t)(rng >> 33), n = r % 8, op = r / 8 % 16, arg = r / 128;
        client *c = &h.clients[n];
        if (c->conn == GC_CONN_NONE) {
            char query[200];
            snprintf(query, sizeof query, "key=peerjs&id=%s&token=%u%s%s", ids[arg % 4],
                     arg / 4 % 2, arg & 8 ? "&gc=1" : "",
                     arg & 16   ? "&room=" TAG_A
                     : arg & 32 ? "&room=" TAG_B
                                : "");
            if (host_accept(&h, n) == 0 && arg % 7 > 0) {
                c->deaf = arg & 64;
                c->mute = arg & 128;
                c->vanished = (arg & 896) == 896;
                host_upgrade(&h, n, query);
            }
        } else if (c->closed || (op == 0 && arg % 3 == 0)) {
            host_die(&h, n, GC_REASON_GONE);
        } else if (op == 1) {
            host_wait(&h, arg % 4000);
        } else if (op == 2 && !c->closed) {
            client_write(&h, c, arg % 900);
            host_drain(&h);
        } else if (c->vanished) {
            host_wait(&h, 500);
        } else if (op < 6) {
            host_say(&h, n, big);
        } else if (op == 6) { /* what the server says to it is the only thing that makes it slow */
            for (uint32_t k = 0; k < 30 && !c->closed; k++) {
                gc_server_frame(h.s, h.now_ms, c->conn, GC_WS_PING,
                                gc_span_of((const uint8_t *)big, 125), 0);
                host_drain(&h);
            }
        } else {
            host_say(&h, n, texts[arg % (sizeof texts / sizeof *texts)]);
        }
        for (uint32_t k = 0; k < 8; k++) {
            while (h.clients[k].inbox_at < h.clients[k].inbox_len) {
                h.clients[k].inbox_at++;
            }
        }
    }
    gc_server_stats st = host_stats(&h);
    print_message(
        "# %u take-overs, %u taken, %u expired, cut %u slow %u memory %u silent, %u held\n",
        (unsigned)st.takeovers_total, (unsigned)st.id_taken_total, (unsigned)st.expired_total,
        (unsigned)st.cut_total[GC_REASON_SLOW], (unsigned)st.cut_total[GC_REASON_MEMORY],
        (unsigned)st.cut_total[GC_REASON_SILENT], (unsigned)st.throttled_total);
    /* the walk was worth it */
    assert_true(st.takeovers_total > 100 && st.id_taken_total > 100 && st.expired_total > 100);
    assert_true(st.cut_total[GC_REASON_SLOW] > 10 && st.cut_total[GC_REASON_MEMORY] > 10);
    assert_true(st.cut_total[GC_REASON_SILENT] > 10 && st.throttled_total > 10);
    host_stop(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_size_follows_from_the_configuration),
        cmocka_unit_test(too_little_memory_is_refused),
        cmocka_unit_test(an_idle_connection_touches_few_bytes),
        cmocka_unit_test(a_shutdown_closes_all_connections),
        cmocka_unit_test(new_ids_are_uuids_and_differ),
        cmocka_unit_test(discovery_lists_ids_where_it_is_allowed),
        cmocka_unit_test(the_statistics_count_what_happened),
        cmocka_unit_test(the_same_inputs_give_the_same_outputs),
        cmocka_unit_test(many_steps_at_random_keep_the_invariants),
    };
    return RUN(tests);
}
