/* Links whose own addresses come and go, through the handle (rtc/rtc.c): nothing is signaled. */
#include "test/unit/rtc_network.h"
#include "test/unit/unit.h"

static const gc_rtc_options no_options;

static rtc_network *open_network(uint8_t seed) {
    rtc_network *n = rtc_network_make(seed, &no_options);
    rtc_network_open(n);
    n->mute = true;
    return n;
}

static void assert_alive(const rtc_network *n) {
    assert_int_equal(n->sides[0].closed, 0);
    assert_int_equal(n->sides[1].closed, 0);
}

/* Both hear each other within that time from now on. */
static void assert_talk(rtc_network *n, uint64_t within_ms) {
    uint32_t heard[2] = {n->sides[0].messages, n->sides[1].messages};
    rtc_network_say(n, 0);
    rtc_network_say(n, 1);
    rtc_network_run(n, within_ms);
    assert_int_equal(n->sides[0].messages, heard[0] + 1);
    assert_int_equal(n->sides[1].messages, heard[1] + 1);
    assert_alive(n);
}

/* The new socket has the number of the old one, or another; in either role. */
static void a_link_follows_to_the_new_address(void **state) {
    (void)state;
    for (uint32_t side = 0; side < 2; side++) {
        for (uint32_t base = 0; base < 2; base++) {
            rtc_network *n = open_network(1);
            for (uint8_t i = 0; i < 4; i++) {
                uint32_t old = i % 2 == 0 ? 0 : base, new = i % 2 == 0 ? base : 0;
                rtc_network_drop(n, side, old);
                rtc_network_add(n, side, new, (uint8_t)(10 + i));
                rtc_network_run(n, 2000);
                assert_talk(n, 400);
            }
            rtc_network_free(n);
        }
    }
}

/* Runs until side has heard one message more; returns how long that took. */
static uint64_t heard_after(rtc_network *n, uint32_t side, uint64_t most_ms) {
    uint64_t from_ms = n->now_ms;
    uint32_t messages = n->sides[side].messages;
    while (n->sides[side].messages == messages && n->now_ms - from_ms < most_ms) {
        rtc_network_run(n, 1);
    }
    return n->now_ms - from_ms;
}

/* Somebody who moved is heard, and hears, within two round trips and 100 ms, in either role. */
static void a_link_follows_in_two_round_trips(void **state) {
    (void)state;
    static const uint32_t delays[] = {1, 20, 50, 150};
    for (size_t i = 0; i < sizeof delays / sizeof delays[0]; i++) {
        for (uint32_t run = 0; run < 40; run++) {
            uint32_t mover = run & 1, speaker = run >> 1 & 1;
            rtc_network *n = rtc_network_make((uint8_t)run, &no_options);
            n->delay_ms = delays[i];
            rtc_network_open(n);
            n->mute = true;
            rtc_network_run(n, 1000 + 173 * run); /* anywhere between two questions for consent */
            rtc_network_drop(n, mover, 0);
            rtc_network_add(n, mover, 0, (uint8_t)(40 + run));
            rtc_network_say(n, speaker);
            assert_in_range(heard_after(n, !speaker, 5000), 1, 4 * delays[i] + 100);
            assert_alive(n);
            rtc_network_free(n);
        }
    }
}

/* The NAT of one side begins anew, which nobody sees. Whoever sends first finds out. */
static void a_nat_that_begins_anew(void **state) {
    (void)state;
    for (uint32_t run = 0; run < 40; run++) {
        uint32_t mover = run & 1;
        rtc_network *n = rtc_network_make((uint8_t)run, &no_options);
        rtc_network_side *s = &n->sides[mover];
        s->outside = (gc_addr){.family = 4, .ip = {203, 0, 113, 1}, .port = 4000};
        n->delay_ms = 20;
        rtc_network_open(n);
        rtc_network_run(n, 1000 + 97 * run);
        s->outside.port++;
        rtc_network_say(n, mover);
        rtc_network_say(n, !mover);
        assert_in_range(heard_after(n, !mover, 8000), 1, 1000);
        if (n->sides[mover].messages == 0) {
            assert_in_range(heard_after(n, mover, 8000), 1, 1000);
        }
        assert_alive(n);
        rtc_network_free(n);
    }
}

/* Messages that were sent meanwhile come when there is a network again. */
static void without_a_network_a_link_waits(void **state) {
    (void)state;
    for (uint32_t side = 0; side < 2; side++) {
        rtc_network *n = open_network(2);
        rtc_network_drop(n, side, 0);
        rtc_network_say(n, 0);
        rtc_network_say(n, 1);
        rtc_network_run(n, 10000);
        assert_int_equal(n->sides[0].messages + n->sides[1].messages, 0);
        assert_alive(n);
        rtc_network_add(n, side, 0, 9);
        rtc_network_run(n, 15000);
        assert_int_equal(n->sides[0].messages, 1);
        assert_int_equal(n->sides[1].messages, 1);
        assert_talk(n, 400);
        rtc_network_free(n);
    }
}

static void without_a_network_for_long_it_ends(void **state) {
    (void)state;
    rtc_network *n = open_network(3);
    rtc_network_drop(n, 0, 0);
    rtc_network_run(n, 40000);
    assert_int_equal(n->sides[0].closed, 1);
    assert_int_equal(n->sides[0].reason, GC_REASON_GONE);
    assert_int_equal(n->sides[1].closed, 1);
    rtc_network_free(n);
}

/* Also before anything is open, and links that begin later do not know it. */
static void one_that_was_dropped_is_offered_to_nobody(void **state) {
    (void)state;
    rtc_network *n = rtc_network_make(4, &no_options);
    rtc_network_add(n, 0, 1, 20);
    rtc_network_drop(n, 0, 0);
    rtc_network_drop(n, 0, 0);
    gc_rtc_drop_base(n->sides[0].rtc, n->now_ms, 5);
    rtc_network_open(n);
    assert_int_equal(n->sides[0].candidates, 1);
    assert_talk(n, 400);
    rtc_network_add(n, 0, 0, 21); /* a link that is open tells of one that comes */
    assert_int_equal(n->sides[0].candidates, 2);
    rtc_network_free(n);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_link_follows_to_the_new_address),
        cmocka_unit_test(a_link_follows_in_two_round_trips),
        cmocka_unit_test(a_nat_that_begins_anew),
        cmocka_unit_test(without_a_network_a_link_waits),
        cmocka_unit_test(without_a_network_for_long_it_ends),
        cmocka_unit_test(one_that_was_dropped_is_offered_to_nobody),
    };
    return RUN(tests);
}
