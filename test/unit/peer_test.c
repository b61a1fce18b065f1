/* peer/peer.c: its life. test/native and test/e2e have it talk. */
#include "test/unit/patience.h"
#include "test/unit/unit.h"

#include "core/base/error.h"
#include "host/alloc.h"
#include "host/net.h"
#include "peer/peer.h"

#include <signal.h>
#include <unistd.h>

#define PATIENCE_MS 8000

typedef struct user {
    uv_loop_t *loop;
    gc_peer *peer;
    uint32_t wanted; /* gc_event_type at which the loop stops */
    uint32_t events[16];
    bool closes_at_event;
    bool closed;
} user;

static uv_loop_t loop;
static uv_timer_t patience;

static void on_closed(void *context) {
    user *u = context;
    u->closed = true;
}

static void on_event(void *context, const gc_event *e) {
    user *u = context;
    assert_false(u->closed);
    u->events[e->type]++;
    if (u->closes_at_event) {
        u->closes_at_event = false;
        gc_peer_close(u->peer, on_closed);
    }
    if (e->type == u->wanted) {
        uv_stop(&loop);
    }
}

static int setup(void **state) {
    (void)state;
    patience_open(&loop, &patience);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    uv_close((uv_handle_t *)&patience, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    return uv_loop_close(&loop);
}

static void open_user(user *u) {
    gc_peer_options options = {
        .loop = &loop, .event = on_event, .context = u, .addresses = GC_ROUTES_LOOPBACK};
    u->peer = gc_peer_open(&options);
    assert_non_null(u->peer);
}

static void close_user(user *u) {
    gc_peer_close(u->peer, on_closed);
    for (int i = 0; i < 3000 && !u->closed; i++) {
        uv_run(&loop, UV_RUN_NOWAIT);
        usleep(1000);
    }
    assert_true(u->closed);
}

/* A port of loopback on which nobody listens. */
static gc_span nowhere(void) {
    static char url[64];
    uint32_t port = 0;
    int fd = gc_net_listen("127.0.0.1", &port, url, sizeof url);
    close(fd);
    snprintf(url, sizeof url, "http://127.0.0.1:%u/", port);
    return text_span(url);
}

static void it_opens_and_closes(void **state) {
    (void)state;
    user u = {0};
    open_user(&u);
    assert_int_equal(gc_peer_id(u.peer).len, 0);
    assert_int_equal(gc_peer_leave(u.peer), GC_E_STATE);
    close_user(&u);
}

static void several_live_on_one_loop(void **state) {
    (void)state;
    user u[3] = {{0}};
    gc_client_options o = {.server = nowhere()};
    for (int i = 0; i < 3; i++) {
        open_user(&u[i]);
        assert_int_equal(gc_peer_join_room(u[i].peer, &o, GC_SPAN("coffee")), 0);
        assert_int_equal(gc_peer_id(u[i].peer).len, GC_OWN_ID_CHARS);
    }
    assert_memory_not_equal(gc_peer_id(u[0].peer).data, gc_peer_id(u[1].peer).data,
                            GC_OWN_ID_CHARS);
    u[2].wanted = GC_EVENT_TROUBLE;
    patience_run(&patience, PATIENCE_MS);
    assert_int_equal(u[2].events[GC_EVENT_TROUBLE], 1);
    for (int i = 0; i < 3; i++) {
        close_user(&u[i]);
    }
}

static void what_can_be_no_way_in_is_refused(void **state) {
    (void)state;
    user u = {0};
    gc_client_options o = {.server = nowhere()};
    open_user(&u);
    assert_int_equal(gc_peer_join_room(u.peer, &o, GC_SPAN_NONE), GC_E_SYNTAX);
    assert_int_equal(gc_peer_join_room(u.peer, &o, GC_SPAN("\xff")), GC_E_UTF8);
    assert_int_equal(gc_peer_join_link(u.peer, &o, GC_SPAN("coffee")), GC_E_SYNTAX);
    gc_client_options bad = {.server = GC_SPAN("coffee")};
    assert_int_equal(gc_peer_join_room(u.peer, &bad, GC_SPAN("coffee")), GC_E_ARGUMENT);
    assert_int_equal(gc_peer_join_link(u.peer, &o, GC_SPAN("http://h/room/coffee")), 0);
    assert_int_equal(gc_peer_join_room(u.peer, &o, GC_SPAN("coffee")), GC_E_STATE);
    assert_int_equal(gc_peer_leave(u.peer), 0);
    assert_int_equal(gc_peer_new_room(u.peer, &o), 0);
    uint64_t number;
    assert_int_equal(gc_peer_send(u.peer, GC_SPAN("hello"), &number), GC_E_STATE);
    close_user(&u);
}

static void without_a_relay_nobody_sees_an_address(void **state) {
    (void)state;
    gc_peer_options options = {.loop = &loop, .event = on_event, .relay_only = true};
    gc_client_options o = {.server = nowhere()};
    user u = {0};
    options.context = &u;
    u.peer = gc_peer_open(&options);
    assert_non_null(u.peer);
    assert_int_equal(gc_peer_join_room(u.peer, &o, GC_SPAN("coffee")), GC_E_REFUSED);
    assert_int_equal(gc_peer_join_link(u.peer, &o, GC_SPAN("http://h/room/coffee")), GC_E_REFUSED);
    assert_int_equal(gc_peer_join_link(u.peer, &o, GC_SPAN("http://h/join/ben")), GC_E_REFUSED);
    assert_int_equal(gc_peer_new_room(u.peer, &o), GC_E_REFUSED);
    assert_int_equal(gc_peer_id(u.peer).len, 0);
    close_user(&u);
}

static void it_may_be_closed_by_its_own_event(void **state) {
    (void)state;
    user u = {.closes_at_event = true};
    gc_client_options o = {.server = nowhere()};
    open_user(&u);
    assert_int_equal(gc_peer_new_room(u.peer, &o), 0);
    patience_start(&patience, PATIENCE_MS);
    while (!u.closed && uv_is_active((uv_handle_t *)&patience)) {
        uv_run(&loop, UV_RUN_ONCE);
    }
    assert_true(u.closed);
    uint32_t events = 0;
    for (size_t i = 0; i < 16; i++) {
        events += u.events[i];
    }
    assert_int_equal(events, 1);
}

static void without_memory_there_is_none(void **state) {
    (void)state;
    user u = {0};
    gc_peer_options options = {.loop = &loop, .event = on_event, .context = &u};
    for (unsigned long k = 1; k <= 2; k++) {
        gc_alloc_fail_at(k);
        assert_null(gc_peer_open(&options));
        gc_alloc_fail_at(0);
    }
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        T(it_opens_and_closes),
        T(several_live_on_one_loop),
        T(what_can_be_no_way_in_is_refused),
        T(without_a_relay_nobody_sees_an_address),
        T(it_may_be_closed_by_its_own_event),
        T(without_memory_there_is_none),
    };
    return RUN(tests);
}
