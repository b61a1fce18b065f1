/* peer/stun_servers.c, with a name server of the test. */
#include "test/unit/patience.h"
#include "test/unit/name_server.h"
#include "test/unit/unit.h"

#include "core/base/error.h"
#include "host/alloc.h"
#include "peer/stun_servers.h"

#define PATIENCE_MS 8000

typedef struct world {
    uv_loop_t loop;
    uv_timer_t patience;
    name_server names;
    gc_stun_servers servers;
    uint32_t count, wanted;
    gc_addr found[16];
} world;

static const gc_addr some_v4 = {.family = 4, .ip = {192, 0, 2, 7}};
static const gc_addr some_v6 = {.family = 6, .ip = {0x20, 0x01, 0x0d, 0xb8, [15] = 7}};

static void on_found(void *context, const gc_addr *server) {
    world *w = context;
    w->found[w->count++] = *server;
    if (w->count == w->wanted) {
        uv_stop(&w->loop);
    }
}

static int setup(void **state) {
    world *w = calloc(1, sizeof *w);
    patience_open(&w->loop, &w->patience);
    name_server_open(&w->names, &w->loop);
    gc_stun_servers_open(&w->servers, &w->loop, w->names.address, on_found, w);
    *state = w;
    return 0;
}

static int teardown(void **state) {
    world *w = *state;
    gc_stun_servers_close(&w->servers);
    name_server_close(&w->names);
    patience_close(&w->patience);
    name_server_free(&w->names);
    free(w);
    return 0;
}

static void run(world *w, uint64_t patience_ms) {
    patience_run(&w->patience, patience_ms);
}

static void wait_for(world *w, uint32_t wanted) {
    w->wanted = wanted;
    if (w->count < wanted) {
        run(w, PATIENCE_MS);
    }
    assert_int_equal(w->count, wanted);
}

static void set(world *w, const char *url) {
    gc_stun_list list = {0};
    assert_int_equal(gc_stun_list_add(&list, text_span(url)), 0);
    gc_stun_servers_set(&w->servers, &list);
}

static const gc_addr *found_of(const world *w, uint8_t family) {
    for (uint32_t i = 0; i < w->count; i++) {
        if (w->found[i].family == family) {
            return &w->found[i];
        }
    }
    fail();
    return NULL;
}

static void a_name_gives_one_address_of_each_family(void **state) {
    world *w = *state;
    w->names.v4_count = 2;
    w->names.v6_count = 1;
    w->names.v4[0] = w->names.v4[1] = some_v4;
    w->names.v6[0] = some_v6;
    set(w, "stun:stun.gc-test.example:5000");
    wait_for(w, 2);
    assert_memory_equal(found_of(w, 4)->ip, some_v4.ip, sizeof some_v4.ip);
    assert_memory_equal(found_of(w, 6)->ip, some_v6.ip, sizeof some_v6.ip);
    assert_int_equal(w->found[0].port, 5000);
    assert_int_equal(w->found[1].port, 5000);
    run(w, 20);
    assert_int_equal(w->count, 2);
    uint32_t questions = w->names.questions;
    gc_stun_servers_ask(&w->servers); /* known: not asked again */
    run(w, 20);
    assert_int_equal(w->names.questions, questions);
}

static void an_address_is_there_at_once(void **state) {
    world *w = *state;
    set(w, "stun:192.0.2.7");
    assert_int_equal(w->count, 1);
    assert_memory_equal(w->found[0].ip, some_v4.ip, sizeof some_v4.ip);
    assert_int_equal(w->found[0].port, 3478);
    gc_stun_servers_ask(&w->servers);
    assert_int_equal(w->count, 1);
}

/* Nobody is asked for it: a name server that knows it would be wrong. */
static void localhost_is_this_machine(void **state) {
    world *w = *state;
    static const char *const urls[] = {"stun:localhost:5000", "stun:Turn.LOCALHOST:5000"};
    const gc_addr v6 = {.family = 6, .ip = {[15] = 1}, .port = 5000};
    const gc_addr v4 = {.family = 4, .ip = {127, 0, 0, 1}, .port = 5000};
    w->names.v4_count = 1;
    w->names.v4[0] = some_v4;
    for (uint32_t i = 0; i < 2; i++) {
        w->count = 0;
        set(w, urls[i]);
        assert_int_equal(w->count, 2);
        assert_memory_equal(found_of(w, 6), &v6, sizeof v6);
        assert_memory_equal(found_of(w, 4), &v4, sizeof v4);
        assert_null(w->servers.servers[0].resolver);
        gc_stun_servers_ask(&w->servers); /* known */
        assert_int_equal(w->count, 2);
    }
    run(w, 20);
    assert_int_equal(w->names.questions, 0);
}

/* Both families are answered, empty; then the name comes to be known. */
static void a_name_that_was_not_found_is_asked_for_again(void **state) {
    world *w = *state;
    set(w, "stun:stun.gc-test.example");
    for (int i = 0; i < 100 && w->servers.servers[0].answers < 2; i++) {
        run(w, 20);
    }
    assert_int_equal(w->count, 0);
    assert_null(w->servers.servers[0].resolver);
    w->names.v4_count = 1;
    w->names.v4[0] = some_v4;
    gc_stun_servers_ask(&w->servers);
    wait_for(w, 1);
}

static void a_question_under_way_is_not_doubled(void **state) {
    world *w = *state;
    w->names.v4_silent = w->names.v6_silent = true;
    set(w, "stun:stun.gc-test.example");
    const gc_resolver *resolver = w->servers.servers[0].resolver;
    assert_non_null(resolver);
    run(w, 50);
    gc_stun_servers_ask(&w->servers);
    assert_ptr_equal(w->servers.servers[0].resolver, resolver);
}

static void servers_that_were_replaced_are_silent(void **state) {
    world *w = *state;
    w->names.v4_count = 1;
    w->names.v4[0] = some_v4;
    set(w, "stun:old.gc-test.example:1");
    set(w, "stun:192.0.2.7:2");
    run(w, 100);
    assert_int_equal(w->count, 1);
    assert_int_equal(w->found[0].port, 2);
    gc_stun_list none = {0};
    gc_stun_servers_set(&w->servers, &none);
    gc_stun_servers_ask(&w->servers);
    assert_int_equal(w->count, 1);
}

static void there_is_room_for_some(void **state) {
    world *w = *state;
    gc_stun_list list = {0};
    for (uint32_t i = 0; i < GC_STUN_SERVERS_MAX; i++) {
        assert_int_equal(gc_stun_list_add(&list, GC_SPAN("h")), GC_E_SYNTAX);
        assert_int_equal(gc_stun_list_add(&list, GC_SPAN("stun:192.0.2.7")), 0);
    }
    assert_int_equal(gc_stun_list_add(&list, GC_SPAN("stun:192.0.2.7")), GC_E_FULL);
    gc_stun_servers_set(&w->servers, &list);
    assert_int_equal(w->count, GC_STUN_SERVERS_MAX);
}

static void an_address_of_nobody_is_refused(void **state) {
    (void)state;
    static const char *const urls[] = {"stun:224.0.0.1", "stun:0.0.0.0", "stun:255.255.255.255",
                                       "stun:[ff02::1]"};
    gc_stun_list list = {0};
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(gc_stun_list_add(&list, text_span(urls[i])), GC_E_ARGUMENT);
    }
    assert_int_equal(list.count, 0);
}

static void without_memory_the_next_try_may_do(void **state) {
    world *w = *state;
    w->names.v4_count = 1;
    w->names.v4[0] = some_v4;
    gc_alloc_fail_at(1);
    set(w, "stun:stun.gc-test.example");
    gc_alloc_fail_at(0);
    assert_int_equal(w->count, 0);
    gc_stun_servers_ask(&w->servers);
    wait_for(w, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_name_gives_one_address_of_each_family),
        TEST(an_address_is_there_at_once),
        TEST(localhost_is_this_machine),
        TEST(a_name_that_was_not_found_is_asked_for_again),
        TEST(a_question_under_way_is_not_doubled),
        TEST(servers_that_were_replaced_are_silent),
        TEST(there_is_room_for_some),
        TEST(an_address_of_nobody_is_refused),
        TEST(without_memory_the_next_try_may_do),
    };
    return RUN(tests);
}
