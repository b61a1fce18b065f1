/* Queues: the limit of a client, the limit of the server, writing in pieces. */
#include "test/unit/server_host.h"

#define PAIR OPEN(1, STOCK("a", "t")), GETS(1, OPENED), OPEN(2, STOCK("b", "t")), GETS(2, OPENED)

static uint32_t unsent_of(const host *h, uint32_t i) {
    gc_span spans[1024];
    uint32_t n = gc_server_unsent(h->s, h->clients[i].conn, spans, 1024);
    uint32_t len = 0;
    for (uint32_t k = 0; k < n; k++) {
        len += spans[k].len;
    }
    return len;
}

/* Frames of every length of head: RFC 6455 5.2. */
static void messages_of_every_length_arrive_whole(void **state) {
    (void)state;
    const uint32_t lens[] = {40,   90,   91,   92,    93,    94,    95,    96,    97,    1000,
                             1010, 1020, 2040, 65400, 65490, 65500, 65510, 65520, 65530, 65536};
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    run_on(&h, (step[]){PAIR, FINISH});
    for (uint32_t i = 0; i < sizeof lens / sizeof *lens; i++) {
        char *text = host_long_offer("b", lens[i]);
        host_say(&h, 1, text);
        const char *got = host_next(&h, 2);
        assert_non_null(got);
        assert_int_equal(strlen(got), lens[i] + sizeof "\"src\":\"a\"," - 1);
        free(text);
    }
    assert_int_equal(host_stats(&h).memory_used_bytes, 0);
    host_stop(&h);
}

/* A socket that takes any number of bytes at a time: the same messages. */
static void a_message_may_be_written_in_pieces(void **state) {
    (void)state;
    for (uint32_t step_bytes = 1; step_bytes < 3000; step_bytes = step_bytes * 3 + 1) {
        host h;
        gc_server_config config = {0};
        host_start(&h, &config);
        run_on(&h, (step[]){PAIR, DEAF(2), FINISH});
        char *text = host_long_offer("b", 2500);
        host_say(&h, 1, text);
        host_say(&h, 1, OFFER("b"));
        while (unsent_of(&h, 2) > 0) {
            client_write(&h, &h.clients[2], step_bytes);
            gc_server_check(h.s);
        }
        assert_int_equal(strlen(host_next(&h, 2)), 2510);
        run_on(&h, (step[]){GETS(2, GOT_OFFER("a", "b")), FINISH});
        assert_int_equal(host_stats(&h).queued_bytes, 0);
        free(text);
        host_stop(&h);
    }
}

static void write_is_given_once(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    run_on(&h, (step[]){PAIR, DEAF(2), SAY(1, OFFER("b")), FINISH});
    /* the host asserts that WRITE comes once: more bytes, and a little progress, give no other */
    run_on(&h, (step[]){SAY(1, OFFER("b")), FINISH});
    client_write(&h, &h.clients[2], 5);
    run_on(&h, (step[]){SAY(1, OFFER("b")), HEARS(2), GETS(2, GOT_OFFER("a", "b")),
                        GETS(2, GOT_OFFER("a", "b")), GETS(2, GOT_OFFER("a", "b")), DEAF(2),
                        SAY(1, OFFER("b")), FINISH});
    assert_true(h.clients[2].unsent);
    host_stop(&h);
}

/* What the server has to say to it fills its queue: here the answers to its own pings. */
static void a_reader_over_its_limit_is_cut(void **state) {
    (void)state;
    static const uint8_t payload[125];
    host h;
    gc_server_config config = {.message_bytes_max = 65536, .queue_bytes_max = 65536};
    host_start(&h, &config);
    run_on(&h, (step[]){PAIR, DEAF(2), FINISH});
    for (int i = 0; i < 516; i++) { /* of 127 bytes: 65,532 */
        gc_server_frame(h.s, h.now_ms, h.clients[2].conn, GC_WS_PING, gc_span_of(payload, 125), 0);
        host_drain(&h);
    }
    assert_false(h.clients[2].closed);
    gc_server_frame(h.s, h.now_ms, h.clients[2].conn, GC_WS_PING, gc_span_of(payload, 125), 0);
    host_drain(&h);
    assert_true(h.clients[2].closed && h.clients[2].closed_now);
    assert_int_equal(h.clients[2].reason, GC_REASON_SLOW);
    assert_int_equal(host_stats(&h).cut_total[GC_REASON_SLOW], 1);
    assert_false(h.clients[1].closed);
    host_stop(&h);
}

/* Whoever gets more answers than it reads is not read until it has read most of them: its own burst
 * does not cut it. */
static void who_gets_more_answers_than_it_reads_waits(void **state) {
    (void)state;
    static const uint8_t payload[125];
    host h;
    gc_server_config config = {.rate_per_second = 1000000};
    host_start(&h, &config);
    run_on(&h, (step[]){PAIR, DEAF(1), FINISH});
    for (int i = 0; i < 5000; i++) {
        gc_server_frame(h.s, h.now_ms, h.clients[1].conn, GC_WS_PING, gc_span_of(payload, 125), 0);
        host_drain(&h);
        if (h.clients[1].paused) {
            assert_in_range(unsent_of(&h, 1), GC_QUEUE_BYTES_MAX / 2, GC_QUEUE_BYTES_MAX / 2 + 127);
            client_write(&h, &h.clients[1], GC_QUEUE_BYTES_MAX / 4 - 127);
            host_drain(&h);
            assert_true(h.clients[1].paused);
            client_write(&h, &h.clients[1], 1000);
            host_drain(&h);
        }
        assert_false(h.clients[1].paused);
    }
    run_on(&h, (step[]){LIVES(1), HEARS(1), SKIP(1), FINISH});
    host_stop(&h);
}

/* Who sends faster than another reads is told so; the other loses nothing and stays. */
static void a_flood_cuts_no_reader(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    run_on(&h, (step[]){PAIR, DEAF(2), FINISH});
    char *text = host_long_offer("b", 60000);
    for (int i = 0; i < 100; i++) {
        host_say(&h, 1, text);
        if (i % 10 == 9) { /* it reads, but slowly */
            client_write(&h, &h.clients[2], 1000);
            host_wait(&h, 3000);
        }
    }
    gc_server_stats st = host_stats(&h);
    assert_int_equal(st.relayed_total[GC_SIGNAL_OFFER], 3); /* in the queue, and its share */
    assert_int_equal(st.bad_total[GC_REASON_HELD_LIMIT], 97);
    assert_int_equal(st.cut_total[GC_REASON_SLOW], 0);
    run_on(&h, (step[]){GETS(1, EXPIRED("b", "a")), SKIP(1), HEARS(2), SKIP(2), SAY(1, OFFER("b")),
                        GETS(2, GOT_OFFER("a", "b")), LIVES(1), LIVES(2), FINISH});
    free(text);
    host_stop(&h);
}

static void say_as(host *h, uint32_t from, const char *text, uint32_t times) {
    for (uint32_t i = 0; i < times; i++) {
        host_say(h, from, text);
    }
}

/* Takes so many bytes for client 2, and counts the messages in them that client 3 has sent. */
static uint32_t read_slowly(host *h, uint32_t bytes) {
    uint32_t found = 0;
    client_write(h, &h->clients[2], bytes);
    host_drain(h);
    for (;;) {
        const char *got = host_next(h, 2);
        if (got == NULL) {
            return found;
        }
        found += strstr(got, "\"src\":\"c\"") != NULL;
    }
}

/* One floods, with short or with long messages; another one says something now and then: all of
 * that arrives, after little more than what was on its way already. */
static void a_flood_delays_nobody_else(void **state) {
    (void)state;
    const uint32_t lens[] = {60, 1000, 8000, 60000};
    for (uint32_t i = 0; i < sizeof lens / sizeof *lens; i++) {
        host h;
        gc_server_config config = {.rate_per_second = 1000000};
        host_start(&h, &config);
        run_on(&h, (step[]){PAIR, OPEN(3, STOCK("c", "t")), GETS(3, OPENED), DEAF(2), FINISH});
        char *text = host_long_offer("b", lens[i]);
        uint32_t arrived = 0;
        say_as(&h, 1, text, 5000);
        for (int round = 0; round < 30; round++) {
            host_say(&h, 3, OFFER("b"));
            say_as(&h, 1, text, 100);
            for (uint32_t read = 0; arrived <= (uint32_t)round && read < 40; read++) {
                arrived += read_slowly(&h, 5000);
                say_as(&h, 1, text, 50);
            }
            assert_int_equal(arrived, round + 1);
        }
        gc_server_stats st = host_stats(&h);
        assert_true(st.bad_total[GC_REASON_HELD_LIMIT] > 1000);
        assert_int_equal(st.cut_total[GC_REASON_SLOW] + st.cut_total[GC_REASON_MEMORY], 0);
        assert_true(st.memory_used_bytes < 320 * 1024);
        free(text);
        host_stop(&h);
    }
}

/* Whoever sends faster than another reads waits, and nothing is lost; what it says to somebody else
 * waits with it for GC_STALL_MS_MAX at most, once, until that reader has read all. */
static void who_sends_faster_than_another_reads_waits(void **state) {
    (void)state;
    host h;
    gc_server_config config = {.rate_per_second = 1000000};
    host_start(&h, &config);
    run_on(&h, (step[]){PAIR, DEAF(2), FINISH});
    char *text = host_long_offer("b", 9000);
    client *sender = &h.clients[1];
    say_as(&h, 1, text, 2); /* in front, and below what fills a lane */
    assert_false(sender->paused);
    host_say(&h, 1, text);
    assert_true(sender->paused);
    host_wait(&h, GC_STALL_MS_MAX - 1);
    assert_true(sender->paused);
    client_write(&h, &h.clients[2], 9100);
    host_drain(&h);
    assert_false(sender->paused);
    host_say(&h, 1, text);
    assert_true(sender->paused);
    host_wait(&h, GC_STALL_MS_MAX);
    assert_false(sender->paused);
    host_say(&h, 1, text); /* the reader has had its time */
    assert_false(sender->paused);
    run_on(&h, (step[]){HEARS(2), SKIP(2), DEAF(2), FINISH});
    say_as(&h, 1, text, 2);
    assert_false(sender->paused);
    host_say(&h, 1, text);
    assert_true(sender->paused);
    host_die(&h, 2, GC_REASON_GONE);
    assert_false(sender->paused);
    assert_int_equal(host_stats(&h).bad_total[GC_REASON_HELD_LIMIT], 0);
    run_on(&h, (step[]){SKIP(1), FINISH});
    free(text);
    host_stop(&h);
}

/* Two that flood each other wait for each other, and are not read: their answers to marks are not
 * waited for, or both would wait until their time is over. */
static void two_that_flood_each_other_get_on(void **state) {
    (void)state;
    host h;
    gc_server_config config = {.rate_per_second = 1000000};
    host_start(&h, &config);
    run_on(&h, (step[]){PAIR, DEAF(1), DEAF(2), FINISH});
    char *to_b = host_long_offer("b", 9000);
    char *to_a = host_long_offer("a", 9000);
    say_as(&h, 1, to_b, 8);
    say_as(&h, 2, to_a, 8);
    assert_true(h.clients[1].paused && h.clients[2].paused);
    for (uint32_t round = 0; round < 8; round++) {
        for (uint32_t i = 1; i <= 2; i++) { /* a PONG of one that is paused is not read */
            h.clients[i].mute = h.clients[i].paused;
            client_write(&h, &h.clients[i], UINT32_MAX);
            host_drain(&h);
        }
    }
    assert_false(h.clients[1].paused || h.clients[2].paused);
    run_on(&h, (step[]){HEARS(1), HEARS(2), SKIP(1), SKIP(2), FINISH});
    free(to_a);
    free(to_b);
    host_stop(&h);
}

/* A goodbye comes after everything that was said before, whoever said it. */
static void what_waits_goes_out_before_the_close_frame(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    run_on(&h, (step[]){PAIR, OPEN(3, STOCK("c", "t")), GETS(3, OPENED), DEAF(2), FINISH});
    char *text = host_long_offer("b", 30000);
    say_as(&h, 1, text, 2);
    say_as(&h, 3, text, 1);
    gc_server_shutdown(h.s, h.now_ms);
    host_drain(&h);
    client_write(&h, &h.clients[2], UINT32_MAX);
    for (int i = 0; i < 3; i++) {
        assert_non_null(strstr(host_next(&h, 2), "OFFER"));
    }
    run_on(&h, (step[]){CLOSED(2, 1012), FINISH});
    free(text);
    host_stop(&h);
}

/* "queued > 0 and sum > limit": one legal message never cuts who has nothing queued. */
static void one_largest_message_always_passes(void **state) {
    (void)state;
    host h;
    gc_server_config config = {.message_bytes_max = 65536, .queue_bytes_max = 65536};
    host_start(&h, &config);
    run_on(&h, (step[]){PAIR, DEAF(2), FINISH});
    char *text = host_long_offer("b", 65536);
    host_say(&h, 1, text);
    assert_false(h.clients[2].closed);
    assert_true(unsent_of(&h, 2) > 65536);
    host_say(&h, 1, OFFER("b")); /* its share: a second one always passes too */
    assert_false(h.clients[2].closed);
    free(text);
    host_stop(&h);
}

static void a_flush_cuts_no_newcomer(void **state) {
    (void)state;
    host h;
    gc_server_config config = {.message_bytes_max = 32768, .queue_bytes_max = 32768};
    host_start(&h, &config);
    run_on(&h, (step[]){OPEN(1, STOCK("a", "t")), GETS(1, OPENED), FINISH});
    char *text = host_long_offer("b", 32000);
    host_say(&h, 1, text);
    host_say(&h, 1, text);
    host_accept(&h, 2);
    h.clients[2].deaf = true;
    host_upgrade(&h, 2, STOCK("b", "t"));
    assert_false(h.clients[2].closed);
    assert_true(unsent_of(&h, 2) > 64000);
    run_on(&h, (step[]){HEARS(2), GETS(2, OPENED), SKIP(2), LIVES(2), FINISH});
    assert_int_equal(h.clients[2].inbox_len, 3);
    free(text);
    host_stop(&h);
}

/* 300 MiB in 64 KiB frames to a reader that never reads: what waits for it stays within shares. */
static void a_flood_fills_no_more_than_its_share(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    run_on(&h, (step[]){PAIR, DEAF(2), FINISH});
    char *text = host_long_offer("b", 65000);
    uint64_t most = 0;
    for (int i = 0; i < 4800; i++) {
        host_say(&h, 1, text);
        gc_server_stats st = host_stats(&h);
        most = st.memory_used_bytes > most ? st.memory_used_bytes : most;
        h.now_ms += 5;
        host_wait(&h, 0);
    }
    assert_false(h.clients[2].closed);
    assert_in_range(most, 195000, 210 * 1024);
    assert_false(h.clients[1].closed);
    free(text);
    host_stop(&h);
}

/* The pool is empty: who has not emptied its queue for longest goes, not who reads, and not who
 * came last. */
static void a_full_memory_cuts_the_one_that_waits_longest(void **state) {
    (void)state;
    host h;
    gc_server_config config = {
        .message_bytes_max = 65536, .queue_bytes_max = 131072, .memory_bytes_max = 262144};
    host_start(&h, &config);
    run_on(&h, (step[]){PAIR, OPEN(3, STOCK("c", "t")), GETS(3, OPENED), OPEN(4, STOCK("d", "t")),
                        GETS(4, OPENED), DEAF(2), DEAF(3), DEAF(4), FINISH});
    const char *order[] = {"c", "b", "d", "c", "d", "b"};
    char *texts[6];
    for (int i = 0; i < 6; i++) {
        texts[i] = host_long_offer(order[i], 50000);
    }
    for (int i = 0; i < 4; i++) {
        host_say(&h, 1, texts[i]);
        host_wait(&h, 10);
    }
    /* c shows a little progress all the time: that does not save it */
    client_write(&h, &h.clients[3], 10);
    assert_false(h.clients[3].closed);
    host_say(&h, 1, texts[4]);
    assert_false(h.clients[3].closed);
    host_say(&h, 1, texts[5]);
    assert_true(h.clients[3].closed);
    assert_int_equal(h.clients[3].reason, GC_REASON_MEMORY);
    assert_int_equal(host_stats(&h).cut_total[GC_REASON_MEMORY], 1);
    run_on(&h,
           (step[]){LIVES(1), LIVES(2), LIVES(4), HEARS(4), HEARS(2), SKIP(2), SKIP(4), FINISH});
    for (int i = 0; i < 6; i++) {
        free(texts[i]);
    }
    host_stop(&h);
}

/* Whatever two dozen clients that never read are sent, the pool's limit holds, and one that reads
 * gets all of its messages. */
static void the_limit_of_memory_holds(void **state) {
    (void)state;
    host h;
    gc_server_config config = {.queue_bytes_max = 131072, .memory_bytes_max = 524288};
    host_start(&h, &config);
    uint64_t rng = 9;
    host_open(&h, 0, STOCK("s", "t"));
    host_open(&h, 1, STOCK("r", "t"));
    uint32_t to_reader = 0;
    for (int i = 0; i < 2000; i++) {
        rng = rng * 6364136223846793005u + 1442695040888963407u;
        uint32_t n = 2 + (uint32_t)(rng >> 60), len = 100 + (uint32_t)(rng >> 40) % 60000;
        char query[64], dst[8];
        if (h.clients[n].conn == GC_CONN_NONE) {
            snprintf(query, sizeof query, STOCK("n%u", "t"), n);
            assert_int_equal(host_accept(&h, n), 0);
            h.clients[n].deaf = true;
            host_upgrade(&h, n, query);
        }
        snprintf(dst, sizeof dst, "n%u", n);
        char *text = host_long_offer(dst, len);
        host_say(&h, 0, text);
        free(text);
        host_say(&h, 0, OFFER("r"));
        to_reader++;
        assert_true(host_stats(&h).memory_used_bytes <= 524288);
        h.now_ms += 10;
        host_wait(&h, 0);
    }
    assert_int_equal(h.clients[1].inbox_len, 1 + to_reader);
    assert_true(host_stats(&h).cut_total[GC_REASON_MEMORY] > 0);
    assert_false(h.clients[0].closed);
    host_stop(&h);
}

static void a_message_too_big_from_a_careless_host_is_refused(void **state) {
    (void)state;
    host h;
    gc_server_config config = {.message_bytes_max = 1000};
    host_start(&h, &config);
    run_on(&h, (step[]){PAIR, FINISH});
    char *text = host_long_offer("b", 1001);
    host_say(&h, 1, text);
    run_on(&h, (step[]){CLOSED(1, 1009), NOTHING(2), FINISH});
    free(text);
    host_stop(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_of_every_length_arrive_whole),
        cmocka_unit_test(a_message_may_be_written_in_pieces),
        cmocka_unit_test(write_is_given_once),
        cmocka_unit_test(a_reader_over_its_limit_is_cut),
        cmocka_unit_test(who_gets_more_answers_than_it_reads_waits),
        cmocka_unit_test(a_flood_cuts_no_reader),
        cmocka_unit_test(a_flood_delays_nobody_else),
        cmocka_unit_test(who_sends_faster_than_another_reads_waits),
        cmocka_unit_test(two_that_flood_each_other_get_on),
        cmocka_unit_test(what_waits_goes_out_before_the_close_frame),
        cmocka_unit_test(one_largest_message_always_passes),
        cmocka_unit_test(a_flush_cuts_no_newcomer),
        cmocka_unit_test(a_flood_fills_no_more_than_its_share),
        cmocka_unit_test(a_full_memory_cuts_the_one_that_waits_longest),
        cmocka_unit_test(the_limit_of_memory_holds),
        cmocka_unit_test(a_message_too_big_from_a_careless_host_is_refused),
    };
    return RUN(tests);
}
