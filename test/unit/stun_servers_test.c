/* peer/stun_servers.c */
#include "test/unit/name_server.h"
#include "test/unit/unit.h"

#include "core/base/error.h"
#include "peer/stun_servers.h"

#define PATIENCE_MS 5000

typedef struct world {
    uv_loop_t loop;
    uv_timer_t patience;
    name_server names;
    gc_stun_servers servers;
    uint32_t found, wanted;
    gc_addr last[8];
} world;

static void on_found(void *context, const gc_addr *server) {
    world *w = context;
    w->last[w->found++ % 8] = *server;
    if (w->found == w->wanted) {
        uv_stop(&w->loop);
    }
}

static void on_patience(uv_timer_t *timer) {
    uv_stop(timer->loop);
}

static int setup(void **state) {
    world *w = calloc(1, sizeof *w);
    uv_loop_init(&w->loop);
    uv_timer_init(&w->loop, &w->patience);
    name_server_open(&w->names, &w->loop);
    gc_stun_servers_open(&w->servers, &w->loop, w->names.address, on_found, w);
    *state = w;
    return 0;
}

static int teardown(void **state) {
    world *w = *state;
    gc_stun_servers_end(&w->servers);
    gc_stun_servers_end(&w->servers);
    name_server_close(&w->names);
    uv_close((uv_handle_t *)&w->patience, NULL);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&w->loop), 0);
    name_server_free(&w->names);
    free(w);
    return 0;
}

static void numeric_addresses_are_found_at_once(void **state) {
    world *w = *state;
    assert_int_equal(gc_stun_servers_add(&w->servers, GC_SPAN("stun:192.0.2.1:99")), 0);
    assert_int_equal(gc_stun_servers_add(&w->servers, GC_SPAN("STUN:[2001:db8::1]")), 0);
    assert_int_equal(w->found, 2);
    assert_int_equal(w->last[0].port, 99);
    assert_int_equal(w->last[1].family, 6);
    assert_int_equal(w->last[1].port, GC_STUN_SERVERS_PORT);
}

static void names_are_asked_for(void **state) {
    world *w = *state;
    w->names.v4_count = 2;
    w->names.v4[0] = w->names.v4[1] = (gc_addr){.family = 4, .ip = {192, 0, 2, 1}};
    w->names.v6_count = 1;
    w->names.v6[0] = (gc_addr){.family = 6, .ip = {0x20, 1, 0x0d, 0xb8}};
    w->wanted = 2;
    assert_int_equal(gc_stun_servers_add(&w->servers, GC_SPAN("stun:s.gc-test.example:5")), 0);
    uv_timer_start(&w->patience, on_patience, PATIENCE_MS, 0);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    assert_int_equal(w->found, 2); /* one of each family */
    assert_int_equal(w->last[0].port, 5);
    assert_int_equal(w->last[1].port, 5);
}

static void other_urls_are_refused(void **state) {
    world *w = *state;
    static const char *const bad[] = {"",         "stun:",      "stuns:h",  "turn:h",
                                      "stun://h", "stun:h?x=1", "stun:h:0", "h:3478"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(gc_stun_servers_add(&w->servers, text_span(bad[i])), GC_E_SYNTAX);
    }
    for (int i = 0; i <= GC_STUN_SERVERS_MAX; i++) {
        assert_int_equal(gc_stun_servers_add(&w->servers, GC_SPAN("stun:192.0.2.1")),
                         i < GC_STUN_SERVERS_MAX ? 0 : GC_E_FULL);
    }
}

static void lists_of_ice_servers_are_read(void **state) {
    world *w = *state;
    gc_stun_servers_add_json(
        &w->servers, GC_SPAN("[{\"urls\":\"stun:192.0.2.1\"},{\"urls\":[\"turn:192.0.2.2\","
                             "\"stun:192.0.2.3:4\",7,[\"stun:192.0.2.9\"]],\"username\":\"x\"},"
                             "{\"url\":\"stun:192.0.2.4\"},3,[],{\"urls\":{}}]"));
    assert_int_equal(w->found, 2);
    assert_int_equal(w->last[0].ip[3], 1);
    assert_int_equal(w->last[1].ip[3], 3);
    assert_int_equal(w->last[1].port, 4);
    static const char *const none[] = {"", "[]", "{}", "[", "null", "{\"urls\":[]}"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        gc_stun_servers_add_json(&w->servers, text_span(none[i]));
    }
    assert_int_equal(w->found, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numeric_addresses_are_found_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(names_are_asked_for, setup, teardown),
        cmocka_unit_test_setup_teardown(other_urls_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(lists_of_ice_servers_are_read, setup, teardown),
    };
    return RUN(tests);
}
