/* host/route_watch.c, in a network namespace of the test. */
#include "test/unit/patience.h"
#include "test/unit/namespace.h"

#include "host/route_watch.h"

typedef struct world {
    uv_loop_t loop;
    uv_timer_t patience;
    gc_route_watch watch;
    uint32_t told;
    uint64_t told_ms[16];
} world;

static bool is_inside; /* a namespace */

static void on_change(void *context) {
    world *w = context;
    if (w->told < 16) {
        w->told_ms[w->told] = uv_now(&w->loop);
    }
    w->told++;
}

static void run(world *w, uint64_t ms) {
    patience_run(&w->patience, ms);
}

static int setup(void **state) {
    world *w = calloc(1, sizeof *w);
    patience_open(&w->loop, &w->patience);
    assert_int_equal(gc_route_watch_open(&w->watch, &w->loop, on_change, w), 0);
    *state = w;
    return 0;
}

static int teardown(void **state) {
    world *w = *state;
    gc_route_watch_close(&w->watch);
    gc_route_watch_close(&w->watch);
    patience_close(&w->patience);
    free(w);
    return 0;
}

static void each_kind_of_change_is_told(void **state) {
    world *w = *state;
    static const char *const changes[] = {
        "link set lo up",
        "addr add 10.1.0.1/24 dev lo",
        "-6 addr add fd01::1/64 dev lo nodad",
        "route add default via 10.1.0.2 dev lo",
        "-6 route add default dev lo",
        "rule add from 10.1.0.1 table 7",
        "-6 rule add from fd01::1 table 7",
        "addr del 10.1.0.1/24 dev lo",
        "link set lo down",
    };
    if (!is_inside) {
        skip();
    }
    run(w, 2 * GC_ROUTE_WATCH_MS);
    assert_int_equal(w->told, 0); /* nothing happened yet */
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        w->told = 0;
        namespace_ip(changes[i]);
        run(w, 3 * GC_ROUTE_WATCH_MS);
        assert_in_range(w->told, 1, 3);
    }
}

/* The first is told at once, and the last one too, however many there are. */
static void many_changes_are_told_together(void **state) {
    world *w = *state;
    if (!is_inside) {
        skip();
    }
    for (uint32_t i = 0; i < 20; i++) {
        namespace_ip(i % 2 == 0 ? "link set lo up" : "link set lo down");
        run(w, 1);
    }
    run(w, 3 * GC_ROUTE_WATCH_MS);
    assert_in_range(w->told, 2, 16);
    for (uint32_t i = 1; i < w->told; i++) {
        assert_true(w->told_ms[i] - w->told_ms[i - 1] >= GC_ROUTE_WATCH_MS);
    }
    w->told = 0;
    gc_route_watch_again(&w->watch);
    namespace_ip("link set lo up");
    run(w, 3 * GC_ROUTE_WATCH_MS);
    assert_in_range(w->told, 1, 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_kind_of_change_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(many_changes_are_told_together, setup, teardown),
    };
    is_inside = namespace_enter();
    return RUN(tests);
}
