#include "rtc/ice_checks.h"
#include "core/base/timers.h"
#include "test/unit/unit.h"

static gc_ice_pairs t;
static gc_ice_checks c;
static gc_ice_gate gate;
static gc_drbg drbg;

static gc_addr addr(uint8_t last) {
    return (gc_addr){.family = 4, .ip = {198, 51, 100, last}, .port = 1000};
}

static void start(bool controlling) {
    const uint8_t seed[32] = {5};
    gc_drbg_init(&drbg, seed);
    memset(&t, 0, sizeof t);
    memset(&gate, 0, sizeof gate);
    gc_ice_gate_init(&gate, &drbg);
    gc_ice_pairs_init(&t, controlling);
    gc_ice_checks_init(&c, &drbg, &gate);
    const gc_addr own = {.family = 4, .ip = {10, 0, 0, 1}, .port = 9};
    gc_ice_pairs_add_base(&t, 0, &own);
}

static uint32_t add(uint8_t last, uint32_t priority) {
    gc_addr a = addr(last);
    assert_int_equal(gc_ice_pairs_add_target(&t, &a, GC_CANDIDATE_HOST, priority), 0);
    return gc_ice_pairs_find(&t, 0, &a);
}

/* Sends what may go now; GC_ICE_NO_PAIR for nothing. */
static uint32_t send_next(uint64_t now_ms, bool settled) {
    uint32_t pair = gc_ice_checks_next(&c, &t, now_ms, settled);
    if (pair != GC_ICE_NO_PAIR) {
        gc_ice_checks_send(&c, &t, pair, now_ms);
    }
    return pair;
}

static void answer(uint32_t pair, uint64_t now_ms) {
    const gc_addr own = t.bases[0].addr;
    uint8_t transaction[12];
    gc_ice_pairs_transaction(&t, pair, transaction);
    gc_ice_pairs_answered(&t, pair, now_ms, gc_ice_checks_consent_ms(&c, now_ms), transaction,
                          &own);
}

/* The best first, at once; the others at the floor; then nothing until a check is sent again. */
static void the_order(void **state) {
    (void)state;
    start(true);
    uint32_t worst = add(1, 10), best = add(2, 30), middle = add(3, 20);
    assert_int_equal(gc_ice_checks_deadline(&c, &t, 100, false), 100);
    assert_int_equal(send_next(100, false), best);
    assert_int_equal(send_next(100, false), GC_ICE_NO_PAIR);
    assert_int_equal(gc_ice_checks_deadline(&c, &t, 100, false), 100 + GC_ICE_GATE_FLOOR_MS);
    assert_int_equal(send_next(105, false), middle);
    assert_int_equal(send_next(110, false), worst);
    assert_int_equal(gc_ice_checks_deadline(&c, &t, 110, false), 600);
    gc_ice_pairs_heard(&t, worst, 120, false); /* triggered: before all others */
    gc_ice_pairs_heard(&t, best, 120, false);
    uint32_t late = add(4, 40);
    assert_int_equal(send_next(120, false), best);
    assert_int_equal(send_next(125, false), worst);
    assert_int_equal(send_next(130, false), late);
}

/* RFC 8421: the families take turns while each has something new. */
static void families_take_turns(void **state) {
    (void)state;
    start(true);
    const gc_addr own = {.family = 6, .ip = {0x20, 1, [15] = 9}, .port = 9};
    gc_ice_pairs_add_base(&t, 1, &own);
    for (uint8_t i = 0; i < 3; i++) {
        const gc_addr six = {.family = 6, .ip = {0x20, 1, [15] = i}, .port = 1};
        add(i, 10);
        assert_int_equal(gc_ice_pairs_add_target(&t, &six, GC_CANDIDATE_HOST, 1000), 0);
    }
    uint8_t families[6];
    for (uint32_t i = 0; i < 6; i++) {
        uint32_t pair = send_next(100 + 5 * i, false);
        assert_int_not_equal(pair, GC_ICE_NO_PAIR);
        families[i] = gc_ice_pairs_addr(&t, pair)->family;
    }
    assert_memory_equal(families, "\6\4\6\4\6\4", 6);
}

/* RFC 8489 6.2.1: the pauses double (ours up to 2 s), 16 times the first after the last. */
static void no_answer(void **state) {
    (void)state;
    start(true);
    uint32_t pair = add(1, 10);
    static const uint64_t at_ms[] = {0, 500, 1500, 3500, 5500, 7500, 9500, 11500, 13500};
    uint64_t now_ms = 0;
    uint8_t transaction[12];
    for (uint32_t i = 0; i < GC_ICE_SENDS_MAX; i++) {
        assert_int_equal(now_ms, at_ms[i]);
        assert_int_equal(send_next(now_ms, false), pair);
        assert_true(i == 0 || memcmp(transaction, t.pairs[pair].transaction, 12) == 0);
        memcpy(transaction, t.pairs[pair].transaction, 12);
        now_ms = gc_ice_checks_deadline(&c, &t, now_ms, false);
    }
    assert_int_equal(now_ms, 13500 + GC_ICE_LAST_WAIT_MS);
    assert_int_equal(send_next(now_ms, false), GC_ICE_NO_PAIR);
    assert_false(gc_ice_checks_expire(&t, now_ms - 1));
    assert_int_equal(t.pairs[pair].state, GC_ICE_PAIR_CHECKING);
    assert_false(gc_ice_checks_expire(&t, now_ms)); /* it was never valid */
    assert_int_equal(t.pairs[pair].state, GC_ICE_PAIR_FAILED);
    assert_true(gc_ice_checks_deadline(&c, &t, now_ms, false) == GC_NEVER);
}

static void consent(void **state) {
    (void)state;
    start(false);
    uint32_t pair = add(1, 10);
    send_next(0, false);
    answer(pair, 20);
    uint64_t now_ms = 20, shortest = GC_NEVER, longest = 0;
    uint8_t transaction[12] = {0};
    for (uint32_t i = 0; i < 500; i++) {
        uint64_t next_ms = gc_ice_checks_deadline(&c, &t, now_ms, true);
        shortest = next_ms - now_ms < shortest ? next_ms - now_ms : shortest;
        longest = next_ms - now_ms > longest ? next_ms - now_ms : longest;
        now_ms = next_ms;
        assert_int_equal(send_next(now_ms, true), pair);
        assert_memory_not_equal(transaction, t.pairs[pair].transaction, 12); /* new each time */
        memcpy(transaction, t.pairs[pair].transaction, 12);
        answer(pair, now_ms);
    }
    assert_in_range(shortest, GC_ICE_CONSENT_MS_MIN, GC_ICE_CONSENT_MS_MIN + 100);
    assert_in_range(longest, GC_ICE_CONSENT_MS_MAX - 100, GC_ICE_CONSENT_MS_MAX);
    uint64_t last_ms = now_ms; /* from now on nobody answers */
    uint32_t asked = 0;
    while (!gc_ice_checks_expire(&t, now_ms)) {
        if (send_next(now_ms, true) == pair) {
            asked++;
            assert_memory_not_equal(transaction, t.pairs[pair].transaction, 10);
            memcpy(transaction, t.pairs[pair].transaction, 12);
        }
        now_ms = gc_ice_checks_deadline(&c, &t, now_ms, true);
    }
    assert_int_equal(now_ms, last_ms + GC_ICE_CONSENT_EXPIRES_MS);
    assert_in_range(asked, (30000 - GC_ICE_CONSENT_MS_MAX) / GC_ICE_RTO_MS,
                    (30000 - GC_ICE_CONSENT_MS_MIN) / GC_ICE_RTO_MS + 1);
}

/* A nomination is repeated until it is answered. */
static void a_nomination_is_lost(void **state) {
    (void)state;
    start(true);
    uint32_t pair = add(1, 10);
    send_next(0, false);
    answer(pair, 20);
    gc_ice_pairs_nominate(&t, pair, 20);
    static const uint64_t at_ms[] = {20, 520, 1020, 1520};
    for (uint32_t i = 0; i < 4; i++) {
        uint64_t now_ms = gc_ice_checks_deadline(&c, &t, i == 0 ? 20 : at_ms[i - 1], false);
        assert_int_equal(now_ms, at_ms[i]);
        assert_int_equal(send_next(now_ms, false), pair);
        assert_true(t.pairs[pair].sent_nominating);
    }
    answer(pair, 1540);
    assert_true(t.pairs[pair].nominated);
    assert_true(gc_ice_checks_deadline(&c, &t, 1540, false) >= 1540 + GC_ICE_CONSENT_MS_MIN);
}

static void nothing_new_while_settled(void **state) {
    (void)state;
    start(true);
    uint32_t pair = add(1, 10);
    assert_int_equal(send_next(0, true), GC_ICE_NO_PAIR);
    assert_true(gc_ice_checks_deadline(&c, &t, 0, true) == GC_NEVER);
    gc_ice_pairs_heard(&t, pair, 0, false); /* but theirs are answered */
    assert_int_equal(send_next(0, true), pair);
}

/* Whoever waits for a nomination waits for nobody else's checks. */
static void a_nomination_goes_at_once(void **state) {
    (void)state;
    start(true);
    uint32_t pair = add(1, 10);
    send_next(0, false);
    answer(pair, 1);
    gc_ice_pairs_nominate(&t, pair, 1);
    assert_int_equal(gc_ice_checks_deadline(&c, &t, 1, false), 1);
    assert_int_equal(send_next(1, false), pair);
    assert_true(t.pairs[pair].sent_nominating);
}

/* Two agents of a handle share the floor, and only the first check of each goes without it. */
static void the_floor_is_shared(void **state) {
    (void)state;
    start(true);
    add(1, 10);
    add(2, 9);
    gc_ice_checks other;
    gc_ice_checks_init(&other, &drbg, &gate);
    const gc_addr elsewhere = addr(77);
    gc_ice_gate_spend(&gate, 100, &elsewhere, false);
    assert_int_not_equal(send_next(100, false), GC_ICE_NO_PAIR);
    assert_int_equal(send_next(104, false), GC_ICE_NO_PAIR);
    gc_ice_gate_spend(&gate, 104, &elsewhere, false);
    assert_int_equal(send_next(108, false), GC_ICE_NO_PAIR);
    assert_int_not_equal(send_next(109, false), GC_ICE_NO_PAIR);
}

/* RFC 8445 14.2: the larger of both proposals; the default where one side proposes nothing. */
static void the_pace_is_agreed_on(void **state) {
    (void)state;
    static const uint32_t cases[][2] = {{0, GC_ICE_PACE_MS},
                                        {1, GC_ICE_CHECKS_PACE_OWN_MS},
                                        {GC_ICE_CHECKS_PACE_OWN_MS, GC_ICE_CHECKS_PACE_OWN_MS},
                                        {20, 20},
                                        {50, 50},
                                        {200, 200},
                                        {UINT32_MAX, GC_ICE_CHECKS_PACE_MS_MAX}};
    gc_ice_checks_init(&c, NULL, NULL);
    assert_int_equal(c.pace_ms, GC_ICE_PACE_MS);
    for (uint32_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        gc_ice_checks_pace(&c, cases[i][0]);
        assert_int_equal(c.pace_ms, cases[i][1]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pace_is_agreed_on),
        cmocka_unit_test(the_order),
        cmocka_unit_test(families_take_turns),
        cmocka_unit_test(no_answer),
        cmocka_unit_test(consent),
        cmocka_unit_test(a_nomination_is_lost),
        cmocka_unit_test(a_nomination_goes_at_once),
        cmocka_unit_test(nothing_new_while_settled),
        cmocka_unit_test(the_floor_is_shared),
    };
    return RUN(tests);
}
