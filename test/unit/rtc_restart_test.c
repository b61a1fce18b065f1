/* Links whose ICE begins anew, through the handle (rtc/rtc.c). */
#include "core/base/error.h"
#include "test/unit/rtc_network.h"
#include "test/unit/unit.h"

static const gc_rtc_options no_options;

static rtc_network *open_network(uint8_t seed) {
    rtc_network *n = rtc_network_make(seed, &no_options);
    rtc_network_open(n);
    return n;
}

static void restart(rtc_network *n, uint32_t side) {
    n->renews = true;
    n->restarter = side;
    assert_int_equal(gc_rtc_restart(n->sides[side].rtc, n->now_ms, RTC_NETWORK_LINK), 0);
    rtc_network_drain(n, side);
}

static void assert_talk(rtc_network *n, uint64_t within_ms) {
    uint32_t heard[2] = {n->sides[0].messages, n->sides[1].messages};
    rtc_network_say(n, 0);
    rtc_network_say(n, 1);
    rtc_network_run(n, within_ms);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(n->sides[i].messages, heard[i] + 1);
        assert_int_equal(n->sides[i].opened, 1);
        assert_int_equal(n->sides[i].closed, 0);
    }
}

/* Messages come on time all the while, whichever side begins. */
static void data_go_on_through_restarts(void **state) {
    (void)state;
    for (uint32_t side = 0; side < 2; side++) {
        rtc_network *n = open_network(1);
        for (uint32_t i = 1; i <= 5; i++) {
            restart(n, side);
            for (uint32_t k = 0; k < 10; k++) {
                assert_talk(n, 60);
            }
            assert_int_equal(n->sides[0].descriptions, 1 + i);
            assert_int_equal(n->sides[1].descriptions, 1 + i);
            assert_int_equal(n->sides[0].candidates, 1 + i);
            assert_int_equal(n->sides[1].candidates, 1 + i);
        }
        rtc_network_run(n, 60000);
        assert_talk(n, 60);
        rtc_network_free(n);
    }
}

static void two_who_moved_find_each_other(void **state) {
    (void)state;
    for (uint32_t side = 0; side < 2; side++) {
        rtc_network *n = open_network(2);
        n->mute = true;
        for (uint32_t i = 0; i < 2; i++) {
            rtc_network_drop(n, i, 0);
            rtc_network_add(n, i, 0, (uint8_t)(30 + i));
        }
        rtc_network_say(n, 0);
        rtc_network_say(n, 1);
        rtc_network_run(n, 12000);
        assert_int_equal(n->sides[0].messages + n->sides[1].messages, 0);
        n->mute = false;
        restart(n, side);
        rtc_network_run(n, 1000);
        assert_int_equal(n->sides[0].messages, 1);
        assert_int_equal(n->sides[1].messages, 1);
        assert_talk(n, 60);
        rtc_network_free(n);
    }
}

/* The offer of the side that made the first one counts. */
static void restarts_that_cross(void **state) {
    (void)state;
    rtc_network *n = open_network(3);
    restart(n, 0);
    n->restarter = 2;
    assert_int_equal(gc_rtc_restart(n->sides[1].rtc, n->now_ms, RTC_NETWORK_LINK), 0);
    assert_int_equal(gc_rtc_restart(n->sides[1].rtc, n->now_ms, RTC_NETWORK_LINK), GC_E_STATE);
    rtc_network_drain(n, 1);
    rtc_network_run(n, n->delay_ms); /* both offers have come */
    n->restarter = 0;
    rtc_network_run(n, 500);
    assert_int_equal(n->sides[0].descriptions, 2);
    assert_int_equal(n->sides[1].descriptions, 3);
    assert_talk(n, 60);
    assert_int_equal(gc_rtc_restart(n->sides[1].rtc, n->now_ms, RTC_NETWORK_LINK), 0);
    rtc_network_free(n);
}

static void a_restart_without_an_answer(void **state) {
    (void)state;
    rtc_network *n = open_network(4);
    n->mute = true;
    restart(n, 0);
    rtc_network_run(n, 60000);
    assert_talk(n, 60);
    rtc_network_free(n);
}

/* Changes the byte after the first `head` of a text. */
static gc_span changed(rtc_network_text *t, const char *head, uint8_t to) {
    size_t len = strlen(head);
    for (uint32_t i = 0; i + len < t->len; i++) {
        if (memcmp(t->bytes + i, head, len) == 0) {
            uint8_t *at = &t->bytes[i + len];
            *at = *at == to ? to + 1 : to;
            return gc_span_of(t->bytes, t->len);
        }
    }
    fail();
    return GC_SPAN_NONE;
}

/* A restart changes the credentials of ICE, and nothing else. */
static void offers_that_change_more(void **state) {
    (void)state;
    static const char *const heads[] = {"sha-256 ", "a=mid:", "v=", "a=setup:", "a=sctp-port:"};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        rtc_network *n = open_network(5);
        restart(n, 1);
        gc_rtc_renew(n->sides[0].rtc, n->now_ms, RTC_NETWORK_LINK,
                     changed(&n->texts[0], heads[i], '1'));
        rtc_network_drain(n, 0);
        assert_int_equal(n->sides[0].closed, 1);
        assert_int_equal(n->sides[0].reason, GC_REASON_PROTOCOL);
        rtc_network_free(n);
    }
}

static void before_a_link_is_described_there_is_none(void **state) {
    (void)state;
    rtc_network *n = rtc_network_make(6, &no_options);
    gc_rtc *rtc = n->sides[0].rtc;
    assert_int_equal(gc_rtc_restart(rtc, n->now_ms, RTC_NETWORK_LINK), 0); /* nobody's number */
    assert_int_equal(
        gc_rtc_offer(rtc, n->now_ms, RTC_NETWORK_LINK, GC_LINK_KIND_NATIVE, GC_SPAN_NONE), 0);
    assert_int_equal(gc_rtc_restart(rtc, n->now_ms, RTC_NETWORK_LINK), GC_E_STATE);
    gc_rtc_renew(rtc, n->now_ms, RTC_NETWORK_LINK, GC_SPAN("v=0"));
    rtc_network_drain(n, 0);
    assert_int_equal(n->sides[0].closed, 0);
    assert_int_equal(n->sides[0].descriptions, 1);
    rtc_network_free(n);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_go_on_through_restarts),
        cmocka_unit_test(two_who_moved_find_each_other),
        cmocka_unit_test(restarts_that_cross),
        cmocka_unit_test(a_restart_without_an_answer),
        cmocka_unit_test(offers_that_change_more),
        cmocka_unit_test(before_a_link_is_described_there_is_none),
    };
    return RUN(tests);
}
