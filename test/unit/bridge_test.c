/* peer/bridge.c; test/unit/peer_test.c, test/native, test/e2e and the simulator have links that
 * talk over it. */
#include "test/unit/unit.h"

#include "host/clock.h"
#include "host/crypto.h"
#include "peer/bridge.h"

typedef struct world {
    gc_crypto crypto;
    void *client_memory, *rtc_memory;
    gc_client *client;
    gc_rtc *rtc;
    gc_bridge bridge;
} world;

static world *open_world(void) {
    static const uint8_t seed[32] = {7};
    gc_rtc_options rtc = {.links_max = 1};
    world *w = calloc(1, sizeof *w);
    assert_int_equal(gc_host_crypto(&w->crypto), 0);
    w->client_memory = malloc(gc_client_size());
    w->client = gc_client_init(w->client_memory, gc_client_size(), &w->crypto, seed, 0);
    w->rtc_memory = aligned_alloc(64, (gc_rtc_size(&rtc) + 63) / 64 * 64);
    w->rtc = gc_rtc_init(w->rtc_memory, gc_rtc_size(&rtc), &rtc, seed, 0, gc_clock_unix_s());
    assert_non_null(w->rtc);
    gc_bridge_open(&w->bridge, w->client, w->rtc);
    return w;
}

static void close_world(world *w) {
    gc_rtc_end(w->rtc);
    free(w->client_memory);
    free(w->rtc_memory);
    free(w);
}

static bool act(world *w, uint32_t type, uint32_t link) {
    gc_client_output o = {.type = type, .link = link, .value = GC_LINK_KIND_NATIVE};
    return gc_bridge_act(&w->bridge, 0, &o);
}

/* Returns how many things the transport had, and in `own` those that are not for the core. */
static uint32_t drain(world *w, uint32_t *own) {
    gc_rtc_output o;
    uint32_t count = 0;
    while (gc_bridge_tell_broken(&w->bridge, 0)) {
        assert_true(++count < 1000);
    }
    while (gc_rtc_poll(w->rtc, &o)) {
        *own += !gc_bridge_report(&w->bridge, 0, &o);
        assert_true(++count < 1000);
    }
    return count;
}

static void outputs_that_are_not_of_links_are_left(void **state) {
    (void)state;
    world *w = open_world();
    uint32_t own = 0;
    for (uint32_t type = 0; type < 64; type++) {
        bool ours = type == GC_CLIENT_LINK_OFFER || type == GC_CLIENT_LINK_ANSWER ||
                    type == GC_CLIENT_LINK_REMOTE || type == GC_CLIENT_LINK_CANDIDATE ||
                    type == GC_CLIENT_LINK_SEND || type == GC_CLIENT_LINK_CLOSE;
        assert_int_equal(act(w, type, 1), ours);
        drain(w, &own);
    }
    close_world(w);
}

static void reports_that_are_not_for_the_core_are_left(void **state) {
    (void)state;
    world *w = open_world();
    for (uint32_t type = 0; type < 64; type++) {
        bool own = type == GC_RTC_DATAGRAM || type == GC_RTC_MULTICAST || type == GC_RTC_UNUSED;
        bool known = type >= GC_RTC_DATAGRAM && type <= GC_RTC_UNUSED;
        gc_rtc_output o = {.type = type, .link = 1}; /* a link that the core does not have */
        assert_int_equal(gc_bridge_report(&w->bridge, 0, &o), known && !own);
    }
    close_world(w);
}

/* What the core waits for in vain would be waited for until its time is over. */
static void links_that_cannot_be_served_are_reported(void **state) {
    (void)state;
    world *w = open_world();
    uint32_t own = 0;
    assert_true(act(w, GC_CLIENT_LINK_OFFER, 1));
    drain(w, &own);
    assert_int_equal(w->bridge.broken_count, 0);
    assert_true(act(w, GC_CLIENT_LINK_OFFER, 2)); /* one too many */
    assert_int_equal(w->bridge.broken_count, 1);
    assert_int_equal(w->bridge.broken[0].link, 2);
    assert_int_equal(w->bridge.broken[0].reason, GC_REASON_ICE_FAILED);
    assert_true(act(w, GC_CLIENT_LINK_SEND, 1)); /* not open */
    assert_int_equal(w->bridge.broken[1].reason, GC_REASON_GONE);
    assert_true(drain(w, &own) >= 2);
    assert_int_equal(w->bridge.broken_count, 0);
    assert_true(act(w, GC_CLIENT_LINK_OFFER, 3)); /* that one has ended in the transport, too */
    assert_int_equal(w->bridge.broken_count, 0);
    close_world(w);
}

/* Nothing is written behind the list. */
static void no_more_links_are_noted_than_the_core_has(void **state) {
    (void)state;
    world *w = open_world();
    assert_true(act(w, GC_CLIENT_LINK_OFFER, 0));
    for (uint32_t i = 0; i < 2 * GC_LINKS_MAX; i++) {
        assert_true(act(w, GC_CLIENT_LINK_OFFER, 1));
    }
    assert_int_equal(w->bridge.broken_count, GC_LINKS_MAX);
    close_world(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outputs_that_are_not_of_links_are_left),
        cmocka_unit_test(reports_that_are_not_for_the_core_are_left),
        cmocka_unit_test(links_that_cannot_be_served_are_reported),
        cmocka_unit_test(no_more_links_are_noted_than_the_core_has),
    };
    return RUN(tests);
}
