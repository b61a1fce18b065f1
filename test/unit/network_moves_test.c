/* peer/network.c while the addresses of this machine change, in a network namespace of the test:
 * one peer has the address of the default route, the other one stays on loopback. */
#include "test/unit/patience.h"
#include "test/unit/namespace.h"

#include "core/wire/frame.h"
#include "peer/network.h"
#include "rtc/mdns.h"

#include <arpa/inet.h>

#define LINK        3
#define PATIENCE_MS 10000
#define TEXTS_MAX   64
#define MOVER       0
#define STAYER      1

typedef struct world world;

typedef struct side {
    world *world;
    void *memory;
    gc_rtc *rtc;
    gc_network network;
    uv_timer_t timer;
    uint32_t opened, closed, messages, candidates;
    gc_addr from; /* the last datagram was sent from there */
} side;

typedef struct text {
    uint32_t to, type, len;
    uint8_t bytes[GC_SDP_BYTES_MAX];
} text;

struct world {
    uv_loop_t loop;
    uv_timer_t patience;
    uv_idle_t idle; /* passes on what is signaled */
    bool mute;      /* nothing is */
    text texts[TEXTS_MAX];
    uint32_t text_count;
    side sides[2];
};

static bool is_inside; /* a namespace */

/* --- two peers in one loop -------------------------------------------------------------------- */

static void post(side *s, const gc_rtc_output *out) {
    world *w = s->world;
    s->candidates += out->type == GC_RTC_CANDIDATE;
    if (w->mute) {
        return;
    }
    assert_true(w->text_count < TEXTS_MAX);
    text *t = &w->texts[w->text_count++];
    t->to = s == &w->sides[0] ? 1 : 0;
    t->type = out->type;
    t->len = out->bytes.len;
    memcpy(t->bytes, out->bytes.data, out->bytes.len);
}

static void on_timer(uv_timer_t *timer);

static void drain(void *context) {
    side *s = context;
    gc_rtc_output out;
    while (gc_rtc_poll(s->rtc, &out)) {
        if (out.type == GC_RTC_DESCRIPTION || out.type == GC_RTC_CANDIDATE) {
            post(s, &out);
        }
        if (out.type == GC_RTC_DATAGRAM) {
            s->from = s->network.bases.addresses[out.value];
        }
        s->opened += out.type == GC_RTC_OPENED;
        s->closed += out.type == GC_RTC_CLOSED;
        s->messages += out.type == GC_RTC_MESSAGE;
        gc_network_send(&s->network, &out);
    }
    uint64_t at_ms = gc_rtc_deadline(s->rtc), now_ms = uv_now(&s->world->loop);
    if (at_ms != GC_NEVER) {
        uv_timer_start(&s->timer, on_timer, at_ms > now_ms ? at_ms - now_ms : 0, 0);
    }
}

static void on_timer(uv_timer_t *timer) {
    side *s = timer->data;
    gc_rtc_tick(s->rtc, uv_now(&s->world->loop));
    drain(s);
}

static void on_idle(uv_idle_t *idle) {
    world *w = idle->data;
    for (uint32_t i = 0; i < w->text_count; i++) {
        const text *t = &w->texts[i];
        side *s = &w->sides[t->to];
        gc_span bytes = gc_span_of(t->bytes, t->len);
        uint64_t now_ms = uv_now(&w->loop);
        if (t->type == GC_RTC_CANDIDATE) {
            gc_rtc_candidate(s->rtc, now_ms, LINK, bytes);
        } else if (t->to == 1) {
            gc_network_prepare(&s->network);
            assert_int_equal(gc_rtc_answer(s->rtc, now_ms, LINK, GC_LINK_KIND_NATIVE, bytes), 0);
        } else {
            gc_rtc_remote(s->rtc, now_ms, LINK, GC_LINK_KIND_NATIVE, bytes);
        }
        drain(s);
    }
    w->text_count = 0;
}

static void open_side(world *w, uint32_t i) {
    const uint8_t seed[32] = {1, (uint8_t)i};
    gc_rtc_options options = {.links_max = 1, .loopback = true};
    side *s = &w->sides[i];
    size_t bytes = (gc_rtc_size(&options) + 63) / 64 * 64;
    s->world = w;
    s->memory = aligned_alloc(64, bytes);
    s->rtc = gc_rtc_init(s->memory, bytes, &options, seed, uv_now(&w->loop), 1800000000);
    assert_non_null(s->rtc);
    uv_timer_init(&w->loop, &s->timer);
    s->timer.data = s;
    gc_network_options network = {.loop = &w->loop,
                                  .rtc = s->rtc,
                                  .addresses = i == MOVER ? GC_ROUTES_DEFAULT : GC_ROUTES_LOOPBACK,
                                  .loopback = true,
                                  .came = drain,
                                  .context = s};
    assert_int_equal(gc_network_open(&s->network, &network), 0);
}

/* Runs until *number has this value, at most as long; tells whether it has. */
static bool run(world *w, const uint32_t *number, uint32_t value, uint64_t ms) {
    patience_start(&w->patience, ms);
    while (*number < value && uv_is_active((uv_handle_t *)&w->patience)) {
        uv_run(&w->loop, UV_RUN_ONCE);
    }
    return *number >= value;
}

static int setup(void **state) {
    world *w = calloc(1, sizeof *w);
    patience_open(&w->loop, &w->patience);
    uv_idle_init(&w->loop, &w->idle);
    w->idle.data = w;
    *state = w;
    if (!is_inside) {
        return 0;
    }
    namespace_ip("link set lo up");
    namespace_cable("left");
    namespace_cable("right");
    open_side(w, 0);
    open_side(w, 1);
    return 0;
}

static int teardown(void **state) {
    world *w = *state;
    for (uint32_t i = 0; i < 2 && is_inside; i++) {
        gc_network_close(&w->sides[i].network);
        uv_close((uv_handle_t *)&w->sides[i].timer, NULL);
    }
    uv_close((uv_handle_t *)&w->patience, NULL);
    uv_close((uv_handle_t *)&w->idle, NULL);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&w->loop), 0);
    for (uint32_t i = 0; i < 2 && is_inside; i++) {
        gc_network_free(&w->sides[i].network);
        gc_rtc_end(w->sides[i].rtc);
        free(w->sides[i].memory);
    }
    free(w);
    if (is_inside) {
        namespace_ip("link del left");
        namespace_ip("link del right");
    }
    return 0;
}

/* Links both, and signals nothing from then on. */
static void open_link(world *w) {
    side *s = &w->sides[0];
    uv_idle_start(&w->idle, on_idle);
    gc_network_prepare(&s->network);
    assert_int_equal(
        gc_rtc_offer(s->rtc, uv_now(&w->loop), LINK, GC_LINK_KIND_NATIVE, GC_SPAN_NONE), 0);
    drain(s);
    assert_true(run(w, &w->sides[0].opened, 1, PATIENCE_MS));
    assert_true(run(w, &w->sides[1].opened, 1, PATIENCE_MS));
    uv_idle_stop(&w->idle);
    w->mute = true;
}

static void say(side *s) {
    gc_rtc_send(s->rtc, uv_now(&s->world->loop), LINK, GC_CHANNEL_MESSAGE, GC_SPAN("hello"));
    drain(s);
}

/* Both hear each other. */
static void assert_talk(world *w) {
    uint32_t heard[2] = {w->sides[0].messages, w->sides[1].messages};
    say(&w->sides[0]);
    say(&w->sides[1]);
    assert_true(run(w, &w->sides[0].messages, heard[0] + 1, PATIENCE_MS));
    assert_true(run(w, &w->sides[1].messages, heard[1] + 1, PATIENCE_MS));
    assert_int_equal(w->sides[0].closed + w->sides[1].closed, 0);
}

static void assert_from_v4(world *w, uint8_t a, uint8_t b, uint8_t c, uint8_t d) {
    assert_talk(w);
    assert_memory_equal(w->sides[MOVER].from.ip, ((uint8_t[]){a, b, c, d}), 4);
}

/* --- what changes ----------------------------------------------------------------------------- */

/* The world of a test that needs a namespace of its own; skips it where there is none. */
static world *inside(void **state) {
    if (!is_inside) {
        skip();
    }
    return *state;
}

static void an_address_is_replaced(void **state) {
    world *w = inside(state);
    namespace_ip("addr add 10.1.0.1/24 dev left");
    namespace_ip("route add default via 10.1.0.9 dev left");
    open_link(w);
    assert_from_v4(w, 10, 1, 0, 1);
    namespace_ip("addr del 10.1.0.1/24 dev left");
    namespace_ip("addr add 10.1.0.2/24 dev left");
    namespace_ip("route add default via 10.1.0.9 dev left");
    assert_true(run(w, &w->sides[MOVER].candidates, 2, PATIENCE_MS));
    assert_from_v4(w, 10, 1, 0, 2);
}

/* As when a VPN comes up: the old address is still there, and nothing leaves from it. */
static void the_default_route_goes_elsewhere(void **state) {
    world *w = inside(state);
    namespace_ip("addr add 10.1.0.1/24 dev left");
    namespace_ip("addr add 10.2.0.1/24 dev right");
    namespace_ip("route add default via 10.1.0.9 dev left metric 100");
    open_link(w);
    assert_from_v4(w, 10, 1, 0, 1);
    for (uint32_t i = 0; i < 3; i++) {
        namespace_ip("route add default via 10.2.0.9 dev right metric 50");
        assert_true(run(w, &w->sides[MOVER].candidates, 2 + 2 * i, PATIENCE_MS));
        assert_from_v4(w, 10, 2, 0, 1);
        namespace_ip("route del default via 10.2.0.9 dev right metric 50");
        assert_true(run(w, &w->sides[MOVER].candidates, 3 + 2 * i, PATIENCE_MS));
        assert_from_v4(w, 10, 1, 0, 1);
    }
}

static void an_interface_goes_down(void **state) {
    world *w = inside(state);
    namespace_ip("addr add 10.1.0.1/24 dev left");
    namespace_ip("addr add 10.2.0.1/24 dev right");
    namespace_ip("route add default via 10.1.0.9 dev left metric 50");
    namespace_ip("route add default via 10.2.0.9 dev right metric 100");
    open_link(w);
    assert_from_v4(w, 10, 1, 0, 1);
    namespace_ip("link set left down");
    assert_true(run(w, &w->sides[MOVER].candidates, 2, PATIENCE_MS));
    assert_from_v4(w, 10, 2, 0, 1);
}

/* The link waits, and what was sent meanwhile arrives. */
static void for_a_while_there_is_no_address(void **state) {
    world *w = inside(state);
    namespace_ip("addr add 10.1.0.1/24 dev left");
    namespace_ip("route add default via 10.1.0.9 dev left");
    open_link(w);
    namespace_ip("addr del 10.1.0.1/24 dev left");
    assert_false(run(w, &w->sides[MOVER].candidates, 2, 100));
    say(&w->sides[MOVER]);
    say(&w->sides[STAYER]);
    assert_false(run(w, &w->sides[STAYER].messages, 1, 500));
    namespace_ip("addr add 10.1.0.2/24 dev left");
    namespace_ip("route add default via 10.1.0.9 dev left");
    assert_true(run(w, &w->sides[STAYER].messages, 1, PATIENCE_MS));
    assert_true(run(w, &w->sides[MOVER].messages, 1, PATIENCE_MS));
    assert_from_v4(w, 10, 1, 0, 2);
}

/* A route that comes back at once, as one that is renewed, changes nothing. */
static void without_a_route_an_address_stays(void **state) {
    world *w = inside(state);
    namespace_ip("addr add 10.1.0.1/24 dev left");
    namespace_ip("route add default via 10.1.0.9 dev left");
    open_link(w);
    uint16_t port = w->sides[MOVER].from.port;
    namespace_ip("route del default");
    assert_false(run(w, &w->sides[MOVER].candidates, 2, 200));
    assert_talk(w);
    namespace_ip("route add default via 10.1.0.9 dev left");
    assert_false(run(w, &w->sides[MOVER].candidates, 2, 200));
    assert_talk(w);
    assert_int_equal(w->sides[MOVER].from.port, port);
}

/* RFC 8981: others see a temporary address, never the stable one beside it, and the kernel replaces
 * it from time to time. */
static void the_temporary_address_is_replaced(void **state) {
    world *w = inside(state);
    static const uint8_t stable[16] = {0xfd, 0x01, [15] = 1};
    char line[256], ip[INET6_ADDRSTRLEN];
    namespace_set("ipv6/conf/left/use_tempaddr", "2");
    namespace_set("ipv6/conf/left/accept_dad", "0");
    namespace_ip("-6 addr add fd01::1/64 dev left mngtmpaddr nodad");
    namespace_ip("-6 route add default dev left");
    run(w, &w->sides[0].opened, 1, 300); /* until it is there */
    open_link(w);
    assert_talk(w);
    gc_addr first = w->sides[MOVER].from;
    assert_int_equal(first.family, 6);
    assert_memory_not_equal(first.ip, stable, 16);
    inet_ntop(AF_INET6, first.ip, ip, sizeof ip);
    snprintf(line, sizeof line, "-6 addr change %s/64 dev left preferred_lft 1 valid_lft 1000", ip);
    namespace_ip(line);
    assert_true(run(w, &w->sides[MOVER].candidates, 2, PATIENCE_MS));
    assert_talk(w);
    assert_memory_not_equal(w->sides[MOVER].from.ip, first.ip, 16);
    assert_memory_not_equal(w->sides[MOVER].from.ip, stable, 16);
}

static uint32_t groups(const gc_bases *b) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < GC_BASES_MAX; i++) {
        count += b->has_group[i];
    }
    return count;
}

/* Sockets beside the bases are there only while names are asked for. */
static void questions_to_the_local_network_end(void **state) {
    world *w = inside(state);
    gc_network *n = &w->sides[MOVER].network;
    namespace_ip("addr add 10.1.0.1/24 dev left");
    namespace_ip("route add default via 10.1.0.9 dev left");
    open_link(w);
    const gc_rtc_output ask = {.type = GC_RTC_MULTICAST, .bytes = GC_SPAN("a question")};
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(groups(&n->bases), 0);
        gc_network_send(n, &ask);
        assert_int_equal(groups(&n->bases), 1);
        assert_in_range(uv_timer_get_due_in(&n->asked), 1, GC_MDNS_LOST_MS);
        gc_bases_quiet(&n->bases); /* what the timer does */
        gc_network_send(n, &ask);  /* the sockets are not closed yet: the question is lost */
        assert_int_equal(groups(&n->bases), 0);
        run(w, &w->sides[MOVER].closed, 1, 20);
    }
    assert_talk(w);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(an_address_is_replaced),
        TEST(the_default_route_goes_elsewhere),
        TEST(an_interface_goes_down),
        TEST(for_a_while_there_is_no_address),
        TEST(questions_to_the_local_network_end),
        TEST(without_a_route_an_address_stays),
        TEST(the_temporary_address_is_replaced),
    };
    is_inside = namespace_enter();
    return RUN(tests);
}
