/* peer/links.c; test/unit/peer_test.c, test/native and test/e2e have links that talk. */
#include "test/unit/unit.h"

#include "host/clock.h"
#include "host/crypto.h"
#include "peer/links.h"

typedef struct world {
    uv_loop_t loop;
    gc_crypto crypto;
    void *client_memory, *rtc_memory;
    gc_client *client;
    gc_rtc *rtc;
    gc_network network;
    gc_links links;
} world;

static void on_came(void *context) {
    (void)context;
}

static world *open_world(void) {
    static const uint8_t seed[32] = {7};
    gc_rtc_options rtc = {.links_max = 1, .loopback = true};
    world *w = calloc(1, sizeof *w);
    uv_loop_init(&w->loop);
    assert_int_equal(gc_host_crypto(&w->crypto), 0);
    w->client_memory = malloc(gc_client_size());
    w->client = gc_client_init(w->client_memory, gc_client_size(), &w->crypto, seed, 0);
    w->rtc_memory = aligned_alloc(64, (gc_rtc_size(&rtc) + 63) / 64 * 64);
    w->rtc = gc_rtc_init(w->rtc_memory, gc_rtc_size(&rtc), &rtc, seed, 0, gc_clock_unix_s());
    assert_non_null(w->rtc);
    gc_network_options network = {
        .loop = &w->loop, .rtc = w->rtc, .addresses = GC_ROUTES_LOOPBACK, .came = on_came};
    assert_int_equal(gc_network_open(&w->network, &network), 0);
    gc_links_open(&w->links, w->client, w->rtc, &w->network);
    return w;
}

static void close_world(world *w) {
    gc_network_close(&w->network);
    gc_rtc_end(w->rtc);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    gc_network_free(&w->network);
    assert_int_equal(uv_loop_close(&w->loop), 0);
    free(w->client_memory);
    free(w->rtc_memory);
    free(w);
}

static bool act(world *w, uint32_t type, uint32_t link) {
    gc_client_output o = {.type = type, .link = link, .value = GC_LINK_KIND_NATIVE};
    return gc_links_act(&w->links, &o);
}

static void drain(world *w) {
    for (int i = 0; gc_links_report(&w->links); i++) {
        assert_true(i < 1000);
    }
}

static void what_cannot_be_served_is_told_and_the_rest_is_carried(void **state) {
    (void)state;
    world *w = open_world();
    assert_false(act(w, GC_CLIENT_PEER, 1));
    assert_true(act(w, GC_CLIENT_LINK_OFFER, 1));
    assert_true(act(w, GC_CLIENT_LINK_OFFER, 2)); /* one too many */
    assert_int_equal(w->links.bridge.broken_count, 1);
    drain(w);
    assert_int_equal(w->links.bridge.broken_count, 0);
    close_world(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_served_is_told_and_the_rest_is_carried),
    };
    return RUN(tests);
}
