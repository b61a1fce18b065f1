#include "rtc/ice_servers.h"
#include "core/base/timers.h"
#include "core/wire/stun.h"
#include "test/unit/unit.h"

static gc_ice_servers s;
static gc_ice_base bases[GC_ICE_BASES_MAX];
static gc_ice_gate gate;
static gc_drbg drbg;

static gc_addr server(uint8_t last) {
    return (gc_addr){.family = 4, .ip = {203, 0, 113, last}, .port = 3478};
}

static void start(uint32_t base_count) {
    const uint8_t seed[32] = {4};
    gc_drbg_init(&drbg, seed);
    memset(&s, 0, sizeof s);
    memset(&gate, 0, sizeof gate);
    memset(bases, 0, sizeof bases);
    gc_ice_gate_init(&gate, &drbg);
    for (uint32_t i = 0; i < base_count; i++) {
        bases[i].addr = (gc_addr){.family = 4, .ip = {10, 0, 0, (uint8_t)i}, .port = 9};
        gc_ice_servers_ask(&s, i);
    }
}

/* Sends what may go now; returns its length. */
static uint32_t send_one(uint64_t now_ms, uint8_t out[20], uint32_t *base, gc_addr *to) {
    return gc_ice_servers_poll(&s, bases, &gate, &drbg, now_ms, out, base, to);
}

static uint64_t deadline(uint64_t now_ms) {
    return gc_ice_servers_deadline(&s, bases, &gate, now_ms);
}

static void each_base_asks_each_server(void **state) {
    (void)state;
    start(3);
    bases[2].addr.family = 6;
    assert_true(deadline(100) == GC_NEVER);
    const gc_addr a = server(1), b = server(2);
    assert_true(gc_ice_servers_add(&s, &a));
    assert_true(gc_ice_servers_add(&s, &b));
    assert_false(gc_ice_servers_add(&s, &a));
    uint8_t out[20];
    uint32_t asked = 0, base;
    gc_addr to;
    for (uint64_t now_ms = 100; now_ms < 120; now_ms += GC_ICE_GATE_FLOOR_MS) {
        assert_int_equal(send_one(now_ms, out, &base, &to), 20);
        asked |= 1u << (2 * base + (to.ip[3] == 2));
        assert_int_equal(send_one(now_ms, out, &base, &to), 0); /* the floor of the handle */
    }
    assert_int_equal(asked, 0xf);
    assert_int_equal(deadline(120), 600);
}

static void bounded(void **state) {
    (void)state;
    start(1);
    for (uint8_t i = 0; i < 100; i++) {
        const gc_addr a = server(i);
        assert_true(gc_ice_servers_add(&s, &a) == (i < GC_ICE_SERVERS_MAX));
    }
}

static void nobody_answers(void **state) {
    (void)state;
    start(1);
    const gc_addr a = server(1);
    gc_ice_servers_add(&s, &a);
    uint8_t out[20], first[20];
    uint32_t base, sends = 0;
    gc_addr to;
    uint64_t now_ms = 0;
    for (; now_ms != GC_NEVER; now_ms = deadline(now_ms)) {
        assert_int_equal(send_one(now_ms, out, &base, &to), 20);
        if (sends++ == 0) {
            memcpy(first, out, sizeof first);
        }
        assert_memory_equal(first, out, sizeof first);
        assert_true(now_ms <= 31500);
    }
    assert_int_equal(sends, GC_ICE_SERVER_SENDS_MAX);
    gc_ice_servers_ask(&s, 0); /* another address: everything again */
    assert_int_equal(deadline(50000), 50000);
}

static void answers(void **state) {
    (void)state;
    start(2);
    const gc_addr a = server(1), b = server(2),
                  seen = {.family = 4, .ip = {192, 0, 2, 7}, .port = 1};
    gc_ice_servers_add(&s, &a);
    uint8_t out[20], answer[GC_STUN_RESPONSE_BYTES_MAX];
    uint32_t base;
    gc_addr to, mapped;
    gc_stun_request r;
    gc_stun_message m;
    assert_int_equal(send_one(0, out, &base, &to), 20);
    assert_int_equal(gc_stun_parse_binding(gc_span_of(out, 20), &r), 0);
    uint32_t len = gc_stun_write_binding(&r, &seen, answer);
    assert_int_equal(gc_stun_message_read(gc_span_of(answer, len), &m), 0);
    assert_false(gc_ice_servers_answer(&s, 1 - base, &a, &m, &mapped)); /* of another base */
    assert_false(gc_ice_servers_answer(&s, base, &b, &m, &mapped));     /* from another address */
    answer[8] ^= 1;
    assert_false(gc_ice_servers_answer(&s, base, &a, &m, &mapped)); /* to another question */
    answer[8] ^= 1;
    assert_true(gc_ice_servers_answer(&s, base, &a, &m, &mapped));
    assert_memory_equal(&mapped, &seen, sizeof mapped);
    assert_false(gc_ice_servers_answer(&s, base, &a, &m, &mapped)); /* once */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_base_asks_each_server),
        cmocka_unit_test(bounded),
        cmocka_unit_test(nobody_answers),
        cmocka_unit_test(answers),
    };
    return RUN(tests);
}
