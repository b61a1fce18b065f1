/* core/proto/stun_responder.c */
#include "test/unit/source.h"
#include "test/unit/unit.h"

#include "core/proto/stun_responder.h"

#define RATE  20
#define BURST (GC_STUN_BURST_SECONDS * RATE)

static const uint8_t key[16] = {7};
static const uint8_t transaction[12] = "abcdefghijkl";
static gc_stun_responder responder;

static int fresh(void **state) {
    (void)state;
    memset(&responder, 0, sizeof responder);
    gc_stun_responder_init(&responder, key, RATE);
    return 0;
}

static uint32_t ask(uint64_t now_ms, const gc_addr *from) {
    uint8_t request[20];
    uint8_t out[GC_STUN_RESPONSE_BYTES_MAX];
    uint32_t len = gc_stun_write_request(transaction, request);
    return gc_stun_responder_handle(&responder, now_ms, from, gc_span_of(request, len), out);
}

static void a_request_is_answered_with_its_address(void **state) {
    (void)state;
    uint8_t request[20];
    uint8_t out[GC_STUN_RESPONSE_BYTES_MAX];
    gc_addr mapped;
    for (uint8_t family = 4; family <= 6; family += 2) {
        gc_addr from = address(family, 5);
        gc_stun_write_request(transaction, request);
        uint32_t len = gc_stun_responder_handle(&responder, 0, &from, gc_span_of(request, 20), out);
        assert_int_equal(len, family == 4 ? 32 : 44);
        assert_int_equal(gc_stun_parse_response(gc_span_of(out, len), transaction, &mapped), 0);
        assert_memory_equal(&mapped, &from, sizeof from);
    }
    assert_int_equal(responder.answered, 2);
}

static void what_is_no_request_is_not_answered(void **state) {
    (void)state;
    uint8_t request[21] = {0};
    uint8_t out[GC_STUN_RESPONSE_BYTES_MAX];
    gc_addr from = address(4, 5);
    gc_stun_write_request(transaction, request);
    for (uint32_t len = 0; len <= 21; len++) {
        uint8_t *copy = exact_copy(request, len);
        uint32_t n = gc_stun_responder_handle(&responder, 0, &from, gc_span_of(copy, len), out);
        assert_int_equal(n, len == 20 ? 32 : 0);
        free(copy);
    }
    assert_int_equal(responder.ignored, 21);
}

static void one_source_is_answered_at_a_rate(void **state) {
    (void)state;
    gc_addr from = address(4, 1);
    gc_addr other = address(4, 2);
    for (int i = 0; i < BURST; i++) {
        assert_int_equal(ask(1000, &from), 32);
    }
    assert_int_equal(ask(1000, &from), 0);
    assert_int_equal(ask(1000, &other), 32); /* nobody else's business */
    from.port++;
    assert_int_equal(ask(1000, &from), 0); /* the port does not make another source */
    uint32_t answered = 0;
    for (uint64_t t = 1001; t <= 2000; t++) {
        answered += ask(t, &from) != 0;
    }
    assert_int_equal(answered, RATE);
    assert_int_equal(ask(500, &from), 0); /* a step back is clamped */
    assert_true(responder.dropped > 0);
}

/* 16 pages in one office, each with 15 links, ask again every 10 s for each link, and may all do it
 * in the same second; a lab of such rooms fits too. */
static void a_company_behind_one_address_is_answered(void **state) {
    (void)state;
    gc_addr from = address(4, 1);
    gc_stun_responder_init(&responder, key, GC_STUN_RATE_PER_SECOND);
    for (uint64_t round = 0; round < 10; round++) {
        for (uint32_t i = 0; i < 16 * 15 * 10; i++) {
            from.port = (uint16_t)(1024 + i);
            assert_int_equal(ask(1000 + 10000 * round, &from), 32);
        }
    }
    assert_int_equal(responder.dropped, 0);
}

/* IPv6: one customer has a /64. */
static void an_ipv6_64_is_one_source(void **state) {
    (void)state;
    gc_addr from = address(6, 1);
    for (int i = 0; i < BURST; i++) {
        from.ip[15] = (uint8_t)i;
        assert_int_equal(ask(0, &from), 44);
    }
    from.ip[15] = 200;
    assert_int_equal(ask(0, &from), 0);
    from.ip[7]++;
    assert_int_equal(ask(0, &from), 44);
}

/* The table is bounded: many sources take the places of idle ones, and a source that used up its
 * rate is not forgiven while there are idle ones to evict. */
static void many_sources_do_not_wash_out_a_greedy_one(void **state) {
    (void)state;
    gc_addr greedy = address(4, 0xffffff);
    for (int i = 0; i < BURST; i++) {
        ask(0, &greedy);
    }
    assert_int_equal(ask(0, &greedy), 0);
    for (uint32_t n = 0; n < 100000; n++) {
        gc_addr from = address(4, n);
        assert_int_equal(ask(0, &from), 32);
    }
    assert_int_equal(ask(0, &greedy), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_request_is_answered_with_its_address, fresh),
        cmocka_unit_test_setup(what_is_no_request_is_not_answered, fresh),
        cmocka_unit_test_setup(one_source_is_answered_at_a_rate, fresh),
        cmocka_unit_test_setup(a_company_behind_one_address_is_answered, fresh),
        cmocka_unit_test_setup(an_ipv6_64_is_one_source, fresh),
        cmocka_unit_test_setup(many_sources_do_not_wash_out_a_greedy_one, fresh),
    };
    return RUN(tests);
}
