/* host/connector.c, over loopback. */
#include "test/unit/patience.h"
#include "test/unit/name_server.h"
#include "test/unit/unit.h"

#include "host/alloc.h"
#include "host/connector.h"
#include "host/net.h"

#include <unistd.h>

#define PATIENCE_MS 8000
#define BACKLOG_MAX 16

typedef struct attempt {
    uv_loop_t loop;
    uv_timer_t patience;
    name_server names;
    gc_connector *connector;
    int listener;
    uint32_t port;
    bool done;
    int fd, error;
    uint64_t began_ms, took_ms;
} attempt;

static void on_done(void *context, int fd, int error) {
    attempt *t = context;
    assert_false(t->done);
    t->done = true;
    t->connector = NULL;
    t->fd = fd;
    t->error = error;
    t->took_ms = uv_now(&t->loop) - t->began_ms;
    uv_stop(&t->loop);
}

static int setup(void **state) {
    char error[200];
    attempt *t = calloc(1, sizeof *t);
    patience_open(&t->loop, &t->patience);
    name_server_open(&t->names, &t->loop);
    t->listener = gc_net_listen("127.0.0.1", &t->port, error, sizeof error);
    t->fd = -1;
    *state = t;
    return t->listener >= 0 ? 0 : -1;
}

static void start(attempt *t, const char *host) {
    gc_connector_options options = {host, (uint16_t)t->port, t->names.address};
    uv_update_time(&t->loop);
    t->began_ms = uv_now(&t->loop);
    t->connector = gc_connector_start(&t->loop, &options, on_done, t);
    assert_non_null(t->connector);
    assert_false(t->done);
}

static void run(attempt *t, const char *host) {
    start(t, host);
    patience_run(&t->patience, PATIENCE_MS);
    assert_true(t->done);
}

static int teardown(void **state) {
    attempt *t = *state;
    if (t->connector != NULL) {
        gc_connector_end(t->connector);
    }
    if (t->fd >= 0) {
        close(t->fd);
    }
    close(t->listener);
    name_server_close(&t->names);
    patience_close(&t->patience);
    name_server_free(&t->names);
    free(t);
    return 0;
}

static void expect_peer(const attempt *t, uint8_t family) {
    struct sockaddr_storage name;
    socklen_t len = sizeof name;
    gc_addr a;
    assert_true(t->fd >= 0);
    assert_int_equal(getpeername(t->fd, (struct sockaddr *)&name, &len), 0);
    assert_true(gc_net_from_sockaddr((struct sockaddr *)&name, &a));
    assert_int_equal(a.family, family);
    assert_int_equal(a.port, t->port);
}

static void a_numeric_address_needs_no_names(void **state) {
    attempt *t = *state;
    run(t, "127.0.0.1");
    expect_peer(t, 4);
    assert_int_equal(t->names.questions, 0);
}

/* Only IPv4 listens, so the refusal of IPv6 is followed at once. */
static void localhost_is_this_machine_in_both_families(void **state) {
    attempt *t = *state;
    run(t, "LOCALHOST");
    expect_peer(t, 4);
    assert_int_equal(t->names.questions, 0);
    assert_true(t->took_ms < GC_CONNECTOR_STAGGER_MS);
}

static void a_refusal_is_reported(void **state) {
    attempt *t = *state;
    close(t->listener);
    t->listener = -1;
    run(t, "127.0.0.1");
    assert_int_equal(t->fd, -1);
    assert_int_equal(t->error, UV_ECONNREFUSED);
}

static const gc_addr loopback4 = {.family = 4, .ip = {127, 0, 0, 1}};
static const gc_addr loopback6 = {.family = 6, .ip = {[15] = 1}};

static void a_name_is_asked_for(void **state) {
    attempt *t = *state;
    t->names.v4_count = 1;
    t->names.v4[0] = loopback4;
    run(t, "chat.gc-test.example");
    expect_peer(t, 4);
    assert_true(t->names.questions >= 2);
}

static void a_name_that_nobody_knows_is_reported(void **state) {
    attempt *t = *state;
    run(t, "nobody.gc-test.example");
    assert_int_equal(t->fd, -1);
    assert_int_equal(t->error, UV_EAI_NONAME);
}

/* RFC 8305 3: a name server that never answers for IPv6 costs 50 ms. */
static void a_lost_answer_for_ipv6_is_not_waited_for(void **state) {
    attempt *t = *state;
    t->names.v4_count = 1;
    t->names.v4[0] = loopback4;
    t->names.v6_silent = true;
    run(t, "chat.gc-test.example");
    expect_peer(t, 4);
    assert_true(t->took_ms >= GC_CONNECTOR_NAME_MS && t->took_ms < 1000);
}

/* RFC 8305 5. A queue of accepted connections that is full takes no further one, so the first
 * address answers nothing. */
static void a_silent_address_is_overtaken_by_the_next(void **state) {
    attempt *t = *state;
    char error[200];
    int waiting[BACKLOG_MAX], full;
    uint32_t port = t->port;
    struct sockaddr_storage name;
    full = gc_net_listen("::1", &port, error, sizeof error);
    if (full < 0) {
        return; /* no IPv6 here */
    }
    assert_int_equal(listen(full, 0), 0);
    gc_addr to = loopback6;
    to.port = (uint16_t)port;
    socklen_t len = gc_net_to_sockaddr(&to, &name);
    for (int i = 0; i < BACKLOG_MAX; i++) {
        waiting[i] = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0);
        connect(waiting[i], (struct sockaddr *)&name, len);
    }
    t->names.v4_count = t->names.v6_count = 1;
    t->names.v4[0] = loopback4;
    t->names.v6[0] = loopback6;
    run(t, "chat.gc-test.example");
    expect_peer(t, 4);
    assert_true(t->took_ms >= GC_CONNECTOR_STAGGER_MS - 1);
    assert_true(t->took_ms < 4 * GC_CONNECTOR_STAGGER_MS);
    for (int i = 0; i < BACKLOG_MAX; i++) {
        close(waiting[i]);
    }
    close(full);
}

static void it_can_be_ended_at_any_time(void **state) {
    attempt *t = *state;
    t->names.v4_silent = t->names.v6_silent = true;
    static const char *const hosts[] = {"127.0.0.1", "chat.gc-test.example", "", "localhost"};
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        for (int turns = 0; turns < 3; turns++) {
            start(t, hosts[i]);
            for (int turn = 0; turn < turns && !t->done; turn++) {
                uv_run(&t->loop, UV_RUN_NOWAIT);
            }
            if (t->connector != NULL) {
                gc_connector_end(t->connector);
            }
            if (t->fd >= 0) {
                close(t->fd);
                t->fd = -1;
            }
            t->done = false;
            t->connector = NULL;
        }
    }
}

static void a_host_that_cannot_be_is_none(void **state) {
    attempt *t = *state;
    char name[300] = {0};
    memset(name, 'a', 254);
    run(t, name);
    assert_int_equal(t->error, UV_EAI_NONAME);
}

static void short_memory_is_an_end(void **state) {
    attempt *t = *state;
    gc_connector_options options = {"chat.gc-test.example", 1, t->names.address};
    gc_alloc_fail_at(1);
    assert_null(gc_connector_start(&t->loop, &options, on_done, t));
    gc_alloc_fail_at(2);
    run(t, "chat.gc-test.example");
    gc_alloc_fail_at(0);
    assert_int_equal(t->fd, -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_numeric_address_needs_no_names, setup, teardown),
        cmocka_unit_test_setup_teardown(localhost_is_this_machine_in_both_families, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_refusal_is_reported, setup, teardown),
        cmocka_unit_test_setup_teardown(a_name_is_asked_for, setup, teardown),
        cmocka_unit_test_setup_teardown(a_name_that_nobody_knows_is_reported, setup, teardown),
        cmocka_unit_test_setup_teardown(a_lost_answer_for_ipv6_is_not_waited_for, setup, teardown),
        cmocka_unit_test_setup_teardown(a_silent_address_is_overtaken_by_the_next, setup, teardown),
        cmocka_unit_test_setup_teardown(it_can_be_ended_at_any_time, setup, teardown),
        cmocka_unit_test_setup_teardown(a_host_that_cannot_be_is_none, setup, teardown),
        cmocka_unit_test_setup_teardown(short_memory_is_an_end, setup, teardown),
    };
    return RUN(tests);
}
