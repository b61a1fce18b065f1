/* peer/peer.c with relay_only: behind the door that refuses every way in (is_shut()) nothing shows
 * an own address either. The test goes past that door, to the links inside. */
#include "test/unit/name_server.h"
#include "test/unit/patience.h"
#include "test/unit/peer_inside.h"

#include "host/net.h"
#include "rtc/sdp.h"

#include <sys/socket.h>
#include <unistd.h>

#define LINK 3

/* The network beside the peer: whatever it sends arrives here. */
typedef struct outside {
    int sockets[2]; /* that of another peer, that of a STUN server */
    gc_addr addresses[2];
    uint32_t came[2]; /* datagrams */
    name_server names;
    uint32_t descriptions, candidates, datagrams, multicasts; /* that the links gave out */
} outside;

static uv_loop_t loop;
static uv_timer_t patience;
static outside out;

static void open_outside(void) {
    memset(&out, 0, sizeof out);
    for (int i = 0; i < 2; i++) {
        out.addresses[i] = (gc_addr){.family = 4, .ip = {127, 0, 0, 1}};
        out.sockets[i] = gc_net_bind_udp_to(&out.addresses[i]);
        assert_true(out.sockets[i] >= 0);
    }
    name_server_open(&out.names, &loop);
}

static int setup(void **state) {
    (void)state;
    patience_open(&loop, &patience);
    open_outside();
    return 0;
}

static int teardown(void **state) {
    (void)state;
    close(out.sockets[0]);
    close(out.sockets[1]);
    name_server_close(&out.names);
    uv_run(&loop, UV_RUN_NOWAIT);
    name_server_free(&out.names);
    patience_close(&patience);
    return 0;
}

static void on_event(void *context, const gc_event *e) {
    (void)context;
    (void)e;
}

static gc_peer *open_peer(bool relay_only, gc_span stun) {
    gc_peer_options options = {.loop = &loop,
                               .event = on_event,
                               .addresses = GC_ROUTES_LOOPBACK,
                               .relay_only = relay_only,
                               .loopback = true,
                               .name_servers = out.names.address};
    if (stun.len > 0) {
        assert_int_equal(gc_stun_list_add(&options.stun, stun), 0);
    }
    gc_peer *p = gc_peer_open(&options);
    assert_non_null(p);
    return p;
}

static void on_closed(void *context) {
    (void)context;
    patience_end(&patience);
}

static void close_peer(gc_peer *p) {
    gc_peer_close(p, on_closed);
    patience_run(&patience, 8000);
}

/* What the links give out goes where peer/links.c has it go, but for questions to the group, which
 * would leave this machine. */
static void drain(gc_peer *p) {
    gc_rtc_output o;
    while (gc_rtc_poll(peer_rtc(p), &o)) {
        out.descriptions += o.type == GC_RTC_DESCRIPTION;
        out.candidates += o.type == GC_RTC_CANDIDATE;
        out.datagrams += o.type == GC_RTC_DATAGRAM;
        out.multicasts += o.type == GC_RTC_MULTICAST;
        if (o.type == GC_RTC_DATAGRAM) {
            gc_network_send(peer_network(p), &o);
        }
    }
}

/* The core has a link answered: somebody offers it from an address and under a name. */
static void answer(gc_peer *p) {
    uint8_t sdp[GC_SDP_BYTES_MAX];
    char text[160];
    gc_sdp_local local = {.ufrag = GC_SPAN("abcdefgh"),
                          .pwd = GC_SPAN("0123456789012345678901"),
                          .mid = GC_SPAN("0"),
                          .message_bytes_max = 1000};
    gc_writer w;
    gc_writer_init(&w, sdp, sizeof sdp);
    gc_sdp_write(&local, &w);
    gc_client_output o = {.type = GC_CLIENT_LINK_ANSWER,
                          .link = LINK,
                          .value = GC_LINK_KIND_NATIVE,
                          .text = gc_writer_done(&w)};
    assert_true(gc_links_act(peer_links(p), &o));
    snprintf(text, sizeof text, "candidate:1 1 udp 2130706431 127.0.0.1 %u typ host",
             out.addresses[0].port);
    const gc_span candidates[] = {text_span(text),
                                  GC_SPAN("candidate:2 1 udp 2113937151 "
                                          "c2d3b1a0-0f1e-4d2c-8b3a-0123456789ab.local 4242 typ "
                                          "host")};
    for (int i = 0; i < 2; i++) {
        o = (gc_client_output){
            .type = GC_CLIENT_LINK_CANDIDATE, .link = LINK, .text = candidates[i]};
        assert_true(gc_links_act(peer_links(p), &o));
    }
}

static void count_what_came(void) {
    uint8_t bytes[2048];
    for (int i = 0; i < 2; i++) {
        while (recv(out.sockets[i], bytes, sizeof bytes, MSG_DONTWAIT) > 0) {
            out.came[i]++;
        }
    }
}

/* A link from its beginning to its end, in virtual time; the sockets have a turn of the loop beside
 * each step. */
static void link_whole(gc_peer *p) {
    uint64_t now_ms = uv_now(&loop);
    answer(p);
    drain(p);
    for (uint64_t ms = 0; ms <= GC_LINK_OPEN_MS + 1000; ms += 20) {
        gc_rtc_tick(peer_rtc(p), now_ms + ms);
        drain(p);
        uv_run(&loop, UV_RUN_NOWAIT);
        count_what_came();
    }
}

/* relay_only: the way of the test into the peer is the same with and without. */
static void try_a_link(bool relay_only) {
    char url[64];
    snprintf(url, sizeof url, "stun:127.0.0.1:%u", out.addresses[1].port);
    gc_peer *p = open_peer(relay_only, text_span(url));
    link_whole(p);
    assert_int_equal(out.descriptions, 1);
    close_peer(p);
}

static void who_shows_addresses_is_seen(void **state) {
    (void)state;
    try_a_link(false);
    assert_true(out.candidates > 0);
    assert_true(out.multicasts > 0);
    assert_true(out.datagrams > 0);
    assert_true(out.came[0] > 0);
    assert_true(out.came[1] > 0);
}

static void behind_the_door_nothing_is_shown(void **state) {
    (void)state;
    try_a_link(true);
    assert_int_equal(out.candidates, 0);
    assert_int_equal(out.multicasts, 0);
    assert_int_equal(out.datagrams, 0);
    assert_int_equal(out.came[0], 0);
    assert_int_equal(out.came[1], 0);
}

/* Names of STUN servers: of a person, and of the server of the room. */
static void ask_for_names(bool relay_only, bool named) {
    gc_peer *p = open_peer(relay_only, named ? GC_SPAN("stun:stun.example") : GC_SPAN_NONE);
    gc_network_servers(peer_network(p), GC_SPAN("[{\"urls\":\"stun:other.example\"}]"));
    answer(p);
    drain(p);
    patience_run(&patience, 200);
    close_peer(p);
}

static void names_of_servers_are_looked_up_or_not(void **state) {
    (void)state;
    ask_for_names(true, true);
    assert_int_equal(out.names.questions, 0);
    ask_for_names(true, false);
    assert_int_equal(out.names.questions, 0);
    ask_for_names(false, true);
    assert_int_equal(out.names.questions, 2);
    ask_for_names(false, false);
    assert_int_equal(out.names.questions, 4);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        T(who_shows_addresses_is_seen),
        T(behind_the_door_nothing_is_shown),
        T(names_of_servers_are_looked_up_or_not),
    };
    return RUN(tests);
}
