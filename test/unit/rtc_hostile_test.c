/* rtc/rtc.c: what strangers on the network can do to a link. */
#include "rtc/ice_passenger.h"
#include "test/unit/rtc_pair.h"

/* Checks come from an address that answers none: it may be a victim. */
static void an_address_that_only_asks_gets_little(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_make(1);
    w->one_way = true;
    rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
    rtc_pair_run(w, GC_LINK_OPEN_MS + 1000);
    assert_int_equal(w->sides[1].handshakes, 2);
    assert_int_equal(w->sides[0].handshakes, 0);
    assert_int_equal(w->sides[1].closed, 1);
    rtc_pair_free(w);
}

/* The addresses that the other side names may be victims: few checks carry a datagram of DTLS. */
static void checks_that_nobody_answers_carry_little(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_make(1);
    w->path.loss_percent = 100;
    rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
    rtc_pair_run(w, GC_LINK_OPEN_MS + 1000);
    assert_in_range(w->sides[1].carried, 2, GC_ICE_PASSENGER_RIDES_MAX);
    assert_int_equal(w->sides[0].carried, 0);
    assert_int_equal(w->sides[0].handshakes + w->sides[1].handshakes, 0);
    rtc_pair_free(w);
}

/* Checks that get lost or come again cost time at most, and carry nothing once a pair works. */
static void checks_that_are_lost_or_come_twice(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed < 60; seed++) {
        rtc_pair *w = rtc_pair_make(seed);
        w->path.delay_ms = 50;
        w->path.jitter_ms = (uint32_t)(seed % 3 * 20);
        w->path.loss_percent = (uint32_t)(seed % 2 * 30);
        w->path.duplicate_percent = 50;
        rtc_pair_offer(w, LINK, GC_LINK_KIND_NATIVE);
        rtc_pair_run(w, 10000);
        rtc_pair_assert_open(w, 1);
        assert_in_range(w->sides[1].carried, 1, GC_ICE_PASSENGER_RIDES_MAX);
        assert_int_equal(w->sides[0].carried, 0);
        uint32_t carried = w->sides[1].carried;
        rtc_pair_run(w, 20000);
        assert_int_equal(w->sides[1].carried, carried);
        rtc_pair_free(w);
    }
}

static void nothing_unauthentic_ends_a_link(void **state) {
    (void)state;
    rtc_pair *w = rtc_pair_open(5);
    uint8_t bytes[1300];
    uint64_t before = w->path.sent;
    for (uint32_t n = 0; n < 20000; n++) {
        uint32_t len = 1 + path_draw(&w->path, sizeof bytes - 1);
        for (uint32_t i = 0; i < len && i < 64; i++) {
            bytes[i] = (uint8_t)path_draw(&w->path, 256);
        }
        static const uint8_t firsts[] = {0, 1, 20, 21, 22, 23, 64, 128};
        bytes[0] = firsts[n % 8];
        if (bytes[0] >= 20 && bytes[0] <= 23 && len > 13) {
            static const uint8_t head[] = {254, 253, 0};
            memcpy(bytes + 1, head, 3);
            bytes[4] = (uint8_t)(n / 8 % 2);
            bytes[11] = (uint8_t)((len - 13) >> 8);
            bytes[12] = (uint8_t)(len - 13);
        }
        rtc_pair_give(w, n % 2, gc_span_of(bytes, len));
    }
    assert_true(w->path.sent - before < 100);
    rtc_pair_give(w, 0, GC_SPAN_NONE);
    gc_rtc_datagram(w->sides[0].rtc, w->now_ms, GC_RTC_BASES_MAX, &w->sides[1].address,
                    GC_SPAN("x"));
    rtc_pair_run(w, 5000);
    rtc_pair_assert_open(w, 1);
    rtc_pair_send(w, 0, LINK, 1, 1, 100);
    rtc_pair_run(w, 1000);
    assert_int_equal(w->sides[1].messages, 1);
    rtc_pair_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_that_only_asks_gets_little),
        cmocka_unit_test(checks_that_nobody_answers_carry_little),
        cmocka_unit_test(checks_that_are_lost_or_come_twice),
        cmocka_unit_test(nothing_unauthentic_ends_a_link),
    };
    return RUN(tests);
}
