/* core/server/datagrams.c, and gc_server's input and output of datagrams. */
#include "test/unit/server_host.h"
#include "test/unit/source.h"

#include "core/server/datagrams.h"
#include "core/wire/stun.h"

static const uint8_t key[16] = {9};
static const uint8_t transaction[12] = "abcdefghijkl";
static gc_datagrams part;

static int fresh(void **state) {
    (void)state;
    memset(&part, 0, sizeof part);
    gc__datagrams_init(&part, key, GC_STUN_RATE_PER_SECOND);
    return 0;
}

static void handle_request(uint64_t now_ms, uint32_t socket, const gc_addr *from) {
    uint8_t request[20];
    gc_stun_write_request(transaction, request);
    gc__datagrams_handle(&part, now_ms, socket, from, gc_span_of(request, sizeof request));
    gc__datagrams_check(&part);
}

static void assert_names(const gc_server_output *out, uint32_t socket, const gc_addr *asker) {
    gc_addr mapped;
    assert_int_equal(out->socket, socket);
    assert_memory_equal(out->to, asker, sizeof *asker);
    assert_int_equal(gc_stun_parse_response(out->bytes, transaction, &mapped), 0);
    assert_memory_equal(&mapped, asker, sizeof mapped);
}

static void answers_come_out_in_the_order_of_their_questions(void **state) {
    (void)state;
    gc_server_output out = {0};
    for (uint32_t round = 0; round < 3; round++) { /* the queue wraps */
        for (uint32_t i = 0; i < GC_DATAGRAMS_QUEUED_MAX - 1; i++) {
            gc_addr from = address(i % 2 == 0 ? 4 : 6, i + 1);
            handle_request(round, 10 + i, &from);
        }
        for (uint32_t i = 0; i < GC_DATAGRAMS_QUEUED_MAX - 1; i++) {
            gc_addr from = address(i % 2 == 0 ? 4 : 6, i + 1);
            assert_true(gc__datagrams_next(&part, &out));
            assert_names(&out, 10 + i, &from);
        }
        assert_false(gc__datagrams_next(&part, &out));
    }
}

static void a_full_queue_takes_no_question(void **state) {
    (void)state;
    gc_server_output out = {0};
    for (uint32_t i = 0; i < GC_DATAGRAMS_QUEUED_MAX + 5; i++) {
        gc_addr from = address(4, i + 1);
        handle_request(0, i, &from);
    }
    assert_int_equal(part.count, GC_DATAGRAMS_QUEUED_MAX);
    assert_int_equal(part.refused, 5);
    assert_int_equal(part.stun.answered, GC_DATAGRAMS_QUEUED_MAX); /* and costs nobody its rate */
    for (uint32_t i = 0; i < GC_DATAGRAMS_QUEUED_MAX; i++) {
        assert_true(gc__datagrams_next(&part, &out));
        assert_int_equal(out.socket, i);
    }
    assert_false(gc__datagrams_next(&part, &out));
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
    gc_addr from = address(4, 1);
    for (uint32_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        gc__datagrams_handle(&part, 0, 0, &from, gc_span_of(zeros, lengths[i]));
        assert_int_equal(part.count, 0);
    }
    assert_int_equal(part.stun.ignored, 3); /* longer ones are no business of STUN */
}

/* --- through gc_server --------------------------------------------------------------------------
 */

static void *memory;

static gc_server *server_of(const gc_server_config *config) {
    static const uint8_t seed[32] = {3};
    size_t bytes = gc_server_size(config);
    memory = calloc(1, bytes);
    assert_non_null(memory);
    return gc_server_init(memory, bytes, config, seed, 1000);
}

/* Asks once and drains; returns how many answers came. */
static uint32_t ask(gc_server *s, uint64_t now_ms, uint32_t socket, const gc_addr *from) {
    uint8_t request[20];
    gc_server_output out;
    uint32_t answers = 0;
    gc_stun_write_request(transaction, request);
    gc_server_datagram(s, now_ms, socket, from, gc_span_of(request, sizeof request));
    while (gc_server_poll(s, &out)) {
        assert_int_equal(out.type, GC_SERVER_DATAGRAM);
        assert_names(&out, socket, from);
        answers++;
    }
    assert_int_equal(out.type, GC_SERVER_IDLE);
    gc_server_check(s);
    return answers;
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
        gc_server_stats stats;
        uint32_t answers[3] = {0};
        for (uint64_t ms = 0; ms < 10000; ms++) {
            for (uint32_t i = 0; i < 3; i++) {
                gc_addr from = address(i == 2 ? 6 : 4, i + 1);
                from.port = (uint16_t)(ms + 1); /* a port makes no other source */
                answers[i] += ask(s, 1000 + ms, 0, &from) + ask(s, 1000 + ms, 1, &from);
            }
        }
        for (uint32_t i = 0; i < 3; i++) {
            assert_in_range(answers[i], 10 * rates[k], 10 * rates[k] + GC_STUN_BURST);
        }
        gc_server_get_stats(s, &stats);
        assert_true(stats.stun_answered_total == answers[0] + answers[1] + answers[2]);
        assert_true(stats.stun_answered_total + stats.stun_limited_total == 60000);
        free(memory);
    }
}

static void a_rate_that_cannot_be_kept_makes_no_server(void **state) {
    (void)state;
    assert_true(gc_server_size(&(gc_server_config){.stun_per_second = GC_STUN_RATE_MAX}) > 0);
    assert_true(gc_server_size(&(gc_server_config){.stun_per_second = GC_STUN_RATE_MAX + 1}) == 0);
}

/* What datagrams need is there from the start, and no number of addresses makes it more. */
static void addresses_without_end_take_no_memory(void **state) {
    (void)state;
    gc_server *s = server_of(&(gc_server_config){0});
    gc_server_stats before, after;
    gc_server_get_stats(s, &before);
    for (uint32_t i = 1; i < 50000; i++) {
        gc_addr from = address(4, i);
        assert_int_equal(ask(s, 1000, 0, &from), 1);
    }
    gc_server_get_stats(s, &after);
    assert_true(after.memory_used_bytes == before.memory_used_bytes);
    assert_in_range(sizeof(gc_datagrams), 1, 128u << 10);
    free(memory);
}

static void clients_and_datagrams_do_not_disturb_each_other(void **state) {
    (void)state;
    uint8_t request[20];
    gc_addr from = address(4, 1);
    gc_server_output out;
    host h;
    gc_stun_write_request(transaction, request);
    host_start(&h, &(gc_server_config){0});
    run_on(&h, (step[]){OPEN(1, OURS("a")), SKIP(1), OPEN(2, OURS("b")), SKIP(2), FINISH});
    gc_server_datagram(h.s, h.now_ms, 5, &from, gc_span_of(request, sizeof request));
    assert_true(gc_server_poll(h.s, &out));
    assert_names(&out, 5, &from);
    run_on(&h, (step[]){SAY(1, OFFER("b")), GETS(2, GOT_OFFER("a", "b")), FINISH});
    host_stop(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(answers_come_out_in_the_order_of_their_questions, fresh),
        cmocka_unit_test_setup(a_full_queue_takes_no_question, fresh),
        cmocka_unit_test_setup(long_and_empty_datagrams_are_met_with_silence, fresh),
        cmocka_unit_test(a_question_is_answered_in_the_drain_that_follows),
        cmocka_unit_test(each_address_has_the_rate_that_was_configured),
        cmocka_unit_test(a_rate_that_cannot_be_kept_makes_no_server),
        cmocka_unit_test(addresses_without_end_take_no_memory),
        cmocka_unit_test(clients_and_datagrams_do_not_disturb_each_other),
    };
    return RUN(tests);
}
