/* rtc/rtc_dispatch.c: whose datagram it is. Two open links with one peer: rtc_places_test.c. */
#include "test/unit/rtc_pair.h"

#include "rtc/rtc_dispatch.h"

#define PLACES 3

static gc_rtc_dispatch dispatch;
static gc_rtc_places table;
static gc_rtc_place places[PLACES];
static gc_dtls_context no_session;
static const gc_addr peer = {.ip = {192, 0, 2, 7}, .port = 4001, .family = 4};
static const gc_addr stranger = {.ip = {192, 0, 2, 8}, .port = 4001, .family = 4};

/* Places of links that know no more than that an authentic check came from `peer`, to base 1, but
 * for the last. */
static void begin(void) {
    memset(&table, 0, sizeof table);
    memset(places, 0, sizeof places);
    table = (gc_rtc_places){.links_max = PLACES, .count = PLACES, .touched = PLACES};
    table.table = places;
    for (uint32_t i = 0; i < PLACES; i++) {
        gc_peer_connection *c = &places[i].connection;
        places[i].used = true;
        places[i].number = i;
        c->state = GC_PEER_CONNECTION_LINKING;
        gc_dtls_init(&c->dtls, &no_session);
        if (i < PLACES - 1) {
            gc_ice_early_put(&c->ice.early, 1, &peer, 1, false);
        }
    }
    memset(&dispatch, 0xa5, sizeof dispatch);
    gc_rtc_dispatch_init(&dispatch);
}

static void take(uint32_t base, const gc_addr *from, uint8_t first, uint32_t len) {
    static uint8_t bytes[GC_RTC_DATAGRAM_BYTES_MAX];
    bytes[0] = first;
    gc_rtc_dispatch_take(&dispatch, &table, 1000, base, from, gc_span_of(bytes, len));
}

static uint32_t held(uint32_t place) {
    return places[place].connection.dtls.held.count;
}

/* DTLS that has not begun holds what comes: so it is seen which link got it. */
static void one_after_the_other_gets_it(void **state) {
    (void)state;
    begin();
    take(1, &peer, 22, 100);
    assert_int_equal(held(0), 1);
    assert_true(places[0].ready);
    assert_int_equal(held(1), 0);
    assert_false(places[1].ready);
    assert_true(gc_rtc_dispatch_go_on(&dispatch, &table, 1000));
    assert_int_equal(held(0), 1);
    assert_int_equal(held(1), 1);
    assert_true(places[1].ready);
    assert_false(gc_rtc_dispatch_go_on(&dispatch, &table, 1000));
    assert_int_equal(held(2), 0);
}

static void a_link_that_has_gone_gets_nothing(void **state) {
    (void)state;
    begin();
    take(1, &peer, 22, 100);
    places[1].used = false;
    assert_true(gc_rtc_dispatch_go_on(&dispatch, &table, 1000));
    assert_false(gc_rtc_dispatch_go_on(&dispatch, &table, 1000));
    assert_int_equal(held(1), 0);
    assert_false(places[1].ready);
}

/* The newest is the one that is kept. */
static void one_is_kept(void **state) {
    (void)state;
    begin();
    take(1, &peer, 22, 100);
    take(1, &peer, 23, 101);
    assert_int_equal(held(0), 2);
    assert_int_equal(dispatch.len, 101);
    assert_int_equal(dispatch.bytes[0], 23);
    assert_true(gc_rtc_dispatch_go_on(&dispatch, &table, 1000));
    assert_false(gc_rtc_dispatch_go_on(&dispatch, &table, 1000));
    assert_int_equal(held(1), 1);
}

/* Each first byte, lengths from the shortest to the longest; from a stranger, and to another base.
 */
static void nobody_gets_the_rest(void **state) {
    (void)state;
    for (uint32_t first = 0; first < 256; first++) {
        static const uint32_t lens[] = {1, 2, 20, 1200, GC_RTC_DATAGRAM_BYTES_MAX};
        for (uint32_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
            begin();
            take(1, &stranger, (uint8_t)first, lens[i]);
            take(0, &peer, (uint8_t)first, lens[i]);
            assert_false(gc_rtc_dispatch_go_on(&dispatch, &table, 1000));
            assert_int_equal(held(0) + held(1) + held(2), 0);
            take(1, &peer, (uint8_t)first, lens[i]);
            bool dtls = first >= 20 && first <= 63;
            assert_int_equal(gc_rtc_dispatch_go_on(&dispatch, &table, 1000), dtls);
            assert_int_equal(held(2), 0);
            assert_true(dtls || held(0) + held(1) == 0);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_after_the_other_gets_it),
        cmocka_unit_test(a_link_that_has_gone_gets_nothing),
        cmocka_unit_test(one_is_kept),
        cmocka_unit_test(nobody_gets_the_rest),
    };
    return RUN(tests);
}
