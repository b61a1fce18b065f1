/* peer/network.c, on loopback, with STUN servers of the test. */
#include "test/unit/patience.h"
#include "test/unit/unit.h"

#include "host/net.h"
#include "peer/network.h"

#include <unistd.h>

#define PATIENCE_MS 5000

typedef struct world {
    uv_loop_t loop;
    uv_timer_t patience;
    void *memory;
    gc_rtc *rtc;
    gc_network network;
    gc_udp_group group;
    gc_udp servers[2]; /* STUN servers that are asked and say nothing */
    char lists[2][80]; /* naming one of them each */
    uint16_t ports[2];
    uint32_t asked[2];
    uint32_t candidates;
    gc_addr sent_to[32]; /* each once */
    uint32_t sent_count;
} world;

static void on_asked(gc_udp *u, const gc_udp_datagram *d) {
    world *w = u->group->context;
    (void)d;
    w->asked[u->number]++;
    uv_stop(&w->loop);
}

static void note_to(world *w, const gc_addr *to) {
    uint32_t i = 0;
    while (i < w->sent_count && memcmp(&w->sent_to[i], to, sizeof *to) != 0) {
        i++;
    }
    assert_true(i < 32);
    w->sent_to[i] = *to;
    w->sent_count += i == w->sent_count;
}

static void drain(void *context) {
    world *w = context;
    gc_rtc_output out;
    while (gc_rtc_poll(w->rtc, &out)) {
        w->candidates += out.type == GC_RTC_CANDIDATE;
        if (out.type == GC_RTC_DATAGRAM) {
            note_to(w, &out.to);
        }
        gc_network_send(&w->network, &out);
    }
}

static void open_server(world *w, uint32_t i) {
    gc_addr own = {.family = 4, .ip = {127, 0, 0, 1}};
    int fd = gc_net_bind_udp_to(&own);
    assert_int_equal(gc_udp_open(&w->servers[i], &w->group, fd, i), 0);
    w->ports[i] = own.port;
    snprintf(w->lists[i], sizeof w->lists[i], "[{\"urls\":\"stun:127.0.0.1:%u\"}]", own.port);
}

static int setup(void **state) {
    static const uint8_t seed[32] = {1};
    gc_rtc_options options = {.loopback = true};
    world *w = calloc(1, sizeof *w);
    patience_open(&w->loop, &w->patience);
    w->memory = aligned_alloc(64, (gc_rtc_size(&options) + 63) / 64 * 64);
    w->rtc = gc_rtc_init(w->memory, gc_rtc_size(&options), &options, seed, uv_now(&w->loop), 0);
    assert_non_null(w->rtc);
    assert_int_equal(gc_udp_group_open(&w->group, &w->loop, on_asked, w), 0);
    open_server(w, 0);
    open_server(w, 1);
    *state = w;
    return 0;
}

static int teardown(void **state) {
    world *w = *state;
    gc_network_close(&w->network);
    gc_udp_close(&w->servers[0]);
    gc_udp_close(&w->servers[1]);
    patience_close(&w->patience);
    gc_network_free(&w->network);
    gc_udp_group_free(&w->group);
    gc_rtc_end(w->rtc);
    free(w->memory);
    free(w);
    return 0;
}

static void open_network(world *w, bool loopback, const char *stun) {
    gc_network_options options = {.loop = &w->loop,
                                  .rtc = w->rtc,
                                  .addresses = GC_ROUTES_LOOPBACK,
                                  .loopback = loopback,
                                  .came = drain,
                                  .context = w};
    if (stun != NULL) {
        assert_int_equal(gc_stun_list_add(&options.stun, text_span(stun)), 0);
    }
    assert_int_equal(gc_network_open(&w->network, &options), 0);
}

static void make_link(world *w) {
    gc_network_prepare(&w->network);
    assert_int_equal(gc_rtc_offer(w->rtc, uv_now(&w->loop), 1, GC_LINK_KIND_NATIVE, GC_SPAN_NONE),
                     0);
    drain(w);
}

/* Runs the loop until server i was asked, or for as long. */
static void run(world *w, uint32_t i, uint64_t ms) {
    patience_start(&w->patience, ms);
    while (w->asked[i] == 0 && uv_is_active((uv_handle_t *)&w->patience)) {
        uv_run(&w->loop, UV_RUN_ONCE);
    }
}

static void the_servers_of_the_core_are_asked_when_a_link_begins(void **state) {
    world *w = *state;
    open_network(w, true, NULL);
    gc_network_servers(&w->network, text_span(w->lists[0]));
    run(w, 0, 30);
    assert_int_equal(w->asked[0], 0);
    make_link(w);
    assert_true(w->candidates > 0);
    run(w, 0, PATIENCE_MS);
    assert_true(w->asked[0] > 0);
}

static void a_link_under_way_hears_of_servers_that_come_later(void **state) {
    world *w = *state;
    open_network(w, true, NULL);
    make_link(w);
    gc_network_servers(&w->network, text_span(w->lists[0]));
    run(w, 0, PATIENCE_MS);
    assert_true(w->asked[0] > 0);
}

static void a_later_list_replaces_the_earlier_one(void **state) {
    world *w = *state;
    open_network(w, true, NULL);
    gc_network_servers(&w->network, text_span(w->lists[0]));
    gc_network_servers(&w->network, text_span(w->lists[1]));
    make_link(w);
    run(w, 1, PATIENCE_MS);
    assert_true(w->asked[1] > 0);
    assert_int_equal(w->asked[0], 0);
}

static void servers_that_the_user_named_stay(void **state) {
    world *w = *state;
    char url[40];
    snprintf(url, sizeof url, "stun:127.0.0.1:%u", w->ports[1]);
    open_network(w, true, url);
    gc_network_servers(&w->network, text_span(w->lists[0]));
    make_link(w);
    run(w, 1, PATIENCE_MS);
    assert_true(w->asked[1] > 0);
    assert_int_equal(w->asked[0], 0);
}

static void this_machine_is_no_server_for_strangers_to_name(void **state) {
    world *w = *state;
    open_network(w, false, NULL);
    gc_network_servers(&w->network, text_span(w->lists[0]));
    make_link(w);
    run(w, 0, 50);
    assert_int_equal(w->asked[0], 0);
}

/* As many URLs as may be named, each a name that has both families. */
static void each_named_server_is_asked_in_each_family(void **state) {
    world *w = *state;
    gc_network_options options = {.loop = &w->loop,
                                  .rtc = w->rtc,
                                  .addresses = GC_ROUTES_LOOPBACK,
                                  .loopback = true,
                                  .came = drain,
                                  .context = w};
    for (uint32_t i = 0; i < GC_STUN_SERVERS_MAX; i++) {
        char url[40];
        snprintf(url, sizeof url, "stun:localhost:%u", i == 0 ? w->ports[0] : 1 + i);
        assert_int_equal(gc_stun_list_add(&options.stun, text_span(url)), 0);
    }
    assert_int_equal(gc_network_open(&w->network, &options), 0);
    make_link(w);
    uint32_t bases = 0;
    for (uint32_t i = 0; i < GC_BASES_MAX; i++) {
        bases += w->network.bases.addresses[i].family != 0;
    }
    assert_in_range(bases, 1, 2); /* 127.0.0.1, and ::1 where the machine has it */
    for (int i = 0; i < PATIENCE_MS && w->sent_count < GC_STUN_SERVERS_MAX * bases; i++) {
        usleep(1000);
        uv_run(&w->loop, UV_RUN_NOWAIT);
        gc_rtc_tick(w->rtc, uv_now(&w->loop));
        drain(w);
    }
    assert_int_equal(w->sent_count, GC_STUN_SERVERS_MAX * bases);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(the_servers_of_the_core_are_asked_when_a_link_begins),
        TEST(a_link_under_way_hears_of_servers_that_come_later),
        TEST(a_later_list_replaces_the_earlier_one),
        TEST(servers_that_the_user_named_stay),
        TEST(this_machine_is_no_server_for_strangers_to_name),
        TEST(each_named_server_is_asked_in_each_family),
    };
    return RUN(tests);
}
