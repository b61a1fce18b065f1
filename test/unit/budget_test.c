/* core/proto/budget.c: what one peer may make us do */
#include "core/proto/budget.h"
#include "test/unit/unit.h"

static uint32_t spend_all(gc_budget *b, uint64_t now_ms) {
    uint32_t n = 0;
    while (gc_budget_spend(b, 0, false, now_ms)) {
        n++;
    }
    return n;
}

/* What a frame costs: so much less is left for frames of one. */
static uint32_t price_of(uint32_t len, bool news) {
    gc_budget b = {0};
    assert_true(gc_budget_spend(&b, len, news, 0));
    return GC_PEER_BUDGET - spend_all(&b, 0);
}

static void a_burst_passes_and_then_the_rate(void **state) {
    gc_budget b = {0};
    uint32_t taken = 0;
    (void)state;
    assert_int_equal(spend_all(&b, 0), GC_PEER_BUDGET);
    for (uint64_t now = 1; now <= 10000; now++) {
        taken += spend_all(&b, now);
    }
    assert_int_equal(taken, 10 * GC_PEER_BUDGET_PER_SECOND);
}

static void it_fills_and_not_beyond(void **state) {
    static const uint64_t later[] = {16000, 16001, 1000000, UINT64_MAX / 1000, UINT64_MAX};
    (void)state;
    for (size_t i = 0; i < sizeof later / sizeof later[0]; i++) {
        gc_budget b = {0};
        (void)spend_all(&b, 0);
        assert_int_equal(spend_all(&b, later[i]), GC_PEER_BUDGET);
    }
}

static void a_refused_frame_costs_nothing(void **state) {
    gc_budget b = {0};
    (void)state;
    assert_false(gc_budget_spend(&b, GC_PEER_BUDGET * GC_PEER_BUDGET_BYTES, false, 0));
    assert_false(gc_budget_spend(&b, UINT32_MAX, true, 0));
    assert_true(gc_budget_spend(&b, (GC_PEER_BUDGET - 1) * GC_PEER_BUDGET_BYTES, false, 0));
    assert_false(gc_budget_spend(&b, 0, false, 0));
}

static void a_clock_that_stands_still_gives_nothing_back(void **state) {
    gc_budget b = {0};
    (void)state;
    (void)spend_all(&b, 5000);
    assert_false(gc_budget_spend(&b, 0, false, 5000));
    assert_false(gc_budget_spend(&b, 0, false, 4000));
}

/* A paste of 200 of the longest messages, and all that an outbox holds sent again on a new link. */
static void honest_bursts_fit(void **state) {
    gc_budget b = {0};
    (void)state;
    for (uint32_t i = 0; i < 200; i++) {
        assert_true(gc_budget_spend(&b, GC_FRAME_BYTES_MAX, false, 0));
    }
    b = (gc_budget){0};
    for (uint32_t i = 0; i < GC_OUTBOX_MESSAGES_MAX; i++) {
        uint32_t len = GC_OUTBOX_BYTES_MAX / GC_OUTBOX_MESSAGES_MAX + 11;
        assert_true(gc_budget_spend(&b, len, false, 0));
        assert_true(gc_budget_spend(&b, 9, false, 0)); /* its acknowledgement */
    }
}

/* Whoever asks gc_budget_pace() before each frame never sends too much, whatever the frames are and
 * whatever the network holds up for 7.5 s; and half an hour of our rate goes through. */
static void who_paces_is_never_refused(void **state) {
    static const uint32_t lens[] = {1, 9, 1023, 1024, GC_FRAME_BYTES_MAX};
    (void)state;
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        for (uint64_t late_ms = 1; late_ms <= 7500; late_ms *= 3) {
            gc_budget own = {0}, peer = {0};
            uint64_t next = 0, price = price_of(lens[i], i == 1), spent = 0;
            for (uint64_t now = 0; now < 1800000; now = next) {
                next = gc_budget_pace(&own, lens[i], i == 1, now);
                assert_true(next >= now);
                assert_true(gc_budget_spend(&peer, lens[i], i == 1, now - now % late_ms + late_ms));
                spent += price;
            }
            assert_in_range(spent, 1800 * GC_PEER_BUDGET_OWN_PER_SECOND,
                            1801 * GC_PEER_BUDGET_OWN_PER_SECOND + GC_PEER_BUDGET_OWN);
        }
    }
}

/* The same for 20 hours at a peer whose clock is slower than ours, and at one whose clock stands
 * still for 7.5 s every three minutes: its machine sleeps. */
static void who_paces_is_never_refused_by_a_slow_clock(void **state) {
    static const struct {
        uint32_t slow_ppm, sleep_ms;
    } rows[] = {{50, 0}, {1000, 0}, {50000, 0}, {0, 7500}, {1000, 7500}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        gc_budget own = {0}, peer = {0};
        uint64_t slept = 0, sleep_at = 0;
        for (uint64_t now = 0; now < 72000000;) {
            if (now >= sleep_at) {
                sleep_at = now + 180000;
                now += rows[i].sleep_ms;
                slept += rows[i].sleep_ms;
            }
            uint64_t next = gc_budget_pace(&own, 20, false, now);
            assert_true(
                gc_budget_spend(&peer, 20, false, now - slept - now * rows[i].slow_ppm / 1000000));
            now = next;
        }
    }
}

static void a_pause_lasts_until_some_is_back(void **state) {
    gc_budget b = {0};
    (void)state;
    for (uint32_t i = 0; i < GC_PEER_BUDGET_OWN; i++) {
        assert_int_equal(gc_budget_pace(&b, 0, false, 70), 70);
    }
    /* The frame too much takes 1000 / 240 ms to come back. */
    assert_int_equal(gc_budget_pace(&b, 0, false, 70), 70 + 4 + GC_PEER_PAUSE_MS);
    gc_budget_fill(&b);
    assert_int_equal(gc_budget_pace(&b, 0, false, 70), 70);
}

static void frames_that_tell_something_cost_more(void **state) {
    (void)state;
    assert_int_equal(price_of(0, false), 1);
    assert_int_equal(price_of(GC_PEER_BUDGET_BYTES - 1, false), 1);
    assert_int_equal(price_of(GC_PEER_BUDGET_BYTES, false), 2);
    assert_int_equal(price_of(5, true), GC_PEER_BUDGET_NEWS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_passes_and_then_the_rate),
        cmocka_unit_test(it_fills_and_not_beyond),
        cmocka_unit_test(a_refused_frame_costs_nothing),
        cmocka_unit_test(a_clock_that_stands_still_gives_nothing_back),
        cmocka_unit_test(honest_bursts_fit),
        cmocka_unit_test(who_paces_is_never_refused),
        cmocka_unit_test(who_paces_is_never_refused_by_a_slow_clock),
        cmocka_unit_test(a_pause_lasts_until_some_is_back),
        cmocka_unit_test(frames_that_tell_something_cost_more),
    };
    return RUN(tests);
}
