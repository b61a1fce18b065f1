/* Datagrams of gc_server: core/server/datagrams.c. */
#include "test/unit/server_host.h"
#include "test/unit/source.h"

#include "core/proto/stun_responder.h"
#include "core/wire/stun.h"
#include "host/crypto.h"

static const uint8_t transaction[12] = "abcdefghijkl";
static void *memory;

static gc_server *server_of(const gc_server_config *config) {
    static const uint8_t seed[32] = {3};
    size_t bytes = gc_server_size(config);
    gc_crypto crypto;
    assert_int_equal(gc_host_crypto(&crypto), 0);
    memory = arena_memory(bytes);
    return gc_server_init(memory, bytes, config, &crypto, seed, 1000);
}

static gc_server_stats stats_of(const gc_server *s) {
    gc_server_stats stats;
    gc_server_get_stats(s, &stats);
    return stats;
}

static void request(gc_server *s, uint64_t now_ms, uint32_t socket, const gc_addr *from) {
    uint8_t bytes[20];
    gc_stun_write_request(transaction, bytes);
    gc_server_datagram(s, now_ms, socket, from, gc_span_of(bytes, sizeof bytes));
    gc_server_check(s);
}

static void assert_answers(const gc_server_output *out, uint32_t socket, const gc_addr *asker) {
    gc_addr mapped;
    assert_int_equal(out->type, GC_SERVER_DATAGRAM);
    assert_int_equal(out->socket, socket);
    assert_memory_equal(out->to, asker, sizeof *asker);
    assert_int_equal(gc_stun_parse_response(out->bytes, transaction, &mapped), 0);
    assert_memory_equal(&mapped, asker, sizeof mapped);
}

/* Asks once and drains; returns how many answers came. */
static uint32_t ask(gc_server *s, uint64_t now_ms, uint32_t socket, const gc_addr *from) {
    gc_server_output out;
    uint32_t answers = 0;
    request(s, now_ms, socket, from);
    while (gc_server_poll(s, &out)) {
        assert_answers(&out, socket, from);
        answers++;
    }
    assert_int_equal(out.type, GC_SERVER_IDLE);
    gc_server_check(s);
    return answers;
}

static void answers_come_out_in_the_order_of_their_questions(void **state) {
    (void)state;
    const uint32_t count = GC_DATAGRAMS_QUEUED_MAX - 1; /* so that the queue wraps */
    gc_server *s = server_of(&(gc_server_config){0});
    gc_server_output out;
    for (uint32_t round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < count; i++) {
            gc_addr from = address(i % 2 == 0 ? 4 : 6, i + 1);
            request(s, 1000, 10 + i, &from);
        }
        for (uint32_t i = 0; i < count; i++) {
            gc_addr from = address(i % 2 == 0 ? 4 : 6, i + 1);
            assert_true(gc_server_poll(s, &out));
            assert_answers(&out, 10 + i, &from);
        }
        assert_false(gc_server_poll(s, &out));
    }
    free(memory);
}

static void a_full_queue_takes_no_question(void **state) {
    (void)state;
    gc_server *s = server_of(&(gc_server_config){0});
    gc_server_output out;
    for (uint32_t i = 0; i < GC_DATAGRAMS_QUEUED_MAX + 5; i++) {
        gc_addr from = address(4, i + 1);
        request(s, 1000, i, &from);
    }
    assert_true(stats_of(s).stun_answered_total == GC_DATAGRAMS_QUEUED_MAX);
    assert_true(stats_of(s).stun_limited_total == 0); /* and costs nobody its rate */
    for (uint32_t i = 0; i < GC_DATAGRAMS_QUEUED_MAX; i++) {
        assert_true(gc_server_poll(s, &out));
        assert_int_equal(out.socket, i);
    }
    assert_false(gc_server_poll(s, &out));
    free(memory);
}

static void long_and_empty_datagrams_are_met_with_silence(void **state) {
    (void)state;
    static uint8_t zeros[65535];
    const uint32_t lengths[] = {0,
                                1,
                                GC_STUN_REQUEST_BYTES_MAX,
                                GC_STUN_REQUEST_BYTES_MAX + 1,
                                GC_DATAGRAM_BYTES_MAX,
                                sizeof zeros};
    gc_server *s = server_of(&(gc_server_config){0});
    gc_addr from = address(4, 1);
    gc_server_output out;
    for (uint32_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        gc_server_datagram(s, 1000, 0, &from, gc_span_of(zeros, lengths[i]));
        assert_false(gc_server_poll(s, &out));
    }
    assert_true(stats_of(s).stun_ignored_total == 3); /* longer ones are no business of STUN */
    free(memory);
}

static void a_question_is_answered_in_the_drain_that_follows(void **state) {
    (void)state;
    gc_server *s = server_of(&(gc_server_config){0});
    for (uint32_t i = 1; i < 50; i++) {
        gc_addr from = address(i % 2 == 0 ? 4 : 6, i);
        assert_int_equal(ask(s, 1000, i % 3, &from), 1);
    }
    assert_true(gc_server_deadline(s) == GC_NEVER); /* datagrams leave nothing to be done later */
    free(memory);
}

static void each_address_has_the_rate_that_was_configured(void **state) {
    (void)state;
    const uint32_t rates[] = {1, 7, GC_STUN_RATE_PER_SECOND, 1000};
    for (uint32_t k = 0; k < sizeof rates / sizeof rates[0]; k++) {
        gc_server *s = server_of(&(gc_server_config){.stun_per_second = rates[k]});
        uint32_t answers[3] = {0};
        for (uint64_t ms = 0; ms < 10000; ms++) {
            for (uint32_t i = 0; i < 3; i++) {
                gc_addr from = address(i == 2 ? 6 : 4, i + 1);
                from.port = (uint16_t)(ms + 1); /* a port makes no other source */
                answers[i] += ask(s, 1000 + ms, 0, &from) + ask(s, 1000 + ms, 1, &from);
            }
        }
        for (uint32_t i = 0; i < 3; i++) {
            assert_in_range(answers[i], 10 * rates[k], (10 + GC_STUN_BURST_SECONDS) * rates[k]);
        }
        gc_server_stats stats = stats_of(s);
        assert_true(stats.stun_answered_total == answers[0] + answers[1] + answers[2]);
        assert_true(stats.stun_answered_total + stats.stun_limited_total == 60000);
        free(memory);
    }
}

static void a_rate_that_cannot_be_kept_makes_no_server(void **state) {
    (void)state;
    assert_true(gc_server_size(&(gc_server_config){.stun_per_second = GC_SOURCE_RATE_MAX}) > 0);
    assert_true(gc_server_size(&(gc_server_config){.stun_per_second = GC_SOURCE_RATE_MAX + 1}) ==
                0);
}

/* What datagrams need is there from the start, and no number of addresses makes it more. */
static void addresses_without_end_take_no_memory(void **state) {
    (void)state;
    gc_server *s = server_of(&(gc_server_config){0});
    uint64_t before = stats_of(s).memory_used_bytes;
    for (uint32_t i = 1; i < 50000; i++) {
        gc_addr from = address(4, i);
        assert_int_equal(ask(s, 1000, 0, &from), 1);
    }
    assert_true(stats_of(s).memory_used_bytes == before);
    free(memory);
}

static void clients_and_datagrams_do_not_disturb_each_other(void **state) {
    (void)state;
    gc_addr from = address(4, 1);
    gc_server_output out;
    host h;
    host_start(&h, &(gc_server_config){0});
    run_on(&h, (step[]){OPEN(1, OURS("a")), SKIP(1), OPEN(2, OURS("b")), SKIP(2), FINISH});
    request(h.s, h.now_ms, 5, &from);
    assert_true(gc_server_poll(h.s, &out));
    assert_answers(&out, 5, &from);
    run_on(&h, (step[]){SAY(1, OFFER("b")), GETS(2, GOT_OFFER("a", "b")), FINISH});
    host_stop(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_come_out_in_the_order_of_their_questions),
        cmocka_unit_test(a_full_queue_takes_no_question),
        cmocka_unit_test(long_and_empty_datagrams_are_met_with_silence),
        cmocka_unit_test(a_question_is_answered_in_the_drain_that_follows),
        cmocka_unit_test(each_address_has_the_rate_that_was_configured),
        cmocka_unit_test(a_rate_that_cannot_be_kept_makes_no_server),
        cmocka_unit_test(addresses_without_end_take_no_memory),
        cmocka_unit_test(clients_and_datagrams_do_not_disturb_each_other),
    };
    return RUN(tests);
}
