/* server/sockets.c: what no client can bring about. test/server has the rest. */
#include "test/unit/unit.h"

#include "host/alloc.h"
#include "host/crypto.h"
#include "server/sockets.h"

#define CONNECTIONS 4

static gc_options options;
static gc_service service;
static void *memory;
static struct gc_http_socket *by_slot[CONNECTIONS];

static int setup(void **state) {
    gc_server_config config = {.concurrent_max = CONNECTIONS,
                               .connections_max = CONNECTIONS,
                               .memory_bytes_max = 16 << 20};
    const uint8_t seed[32] = {1};
    gc_crypto crypto;
    assert_int_equal(gc_host_crypto(&crypto), 0);
    size_t bytes = gc_server_size(&config);
    (void)state;
    service = (gc_service){.options = &options, .by_slot = by_slot, .slots = CONNECTIONS};
    memory = calloc(1, bytes + 16);
    uv_loop_init(&service.loop);
    service.loop.data = &service;
    service.core = gc_server_init((uint8_t *)memory + (16 - (uintptr_t)memory % 16) % 16, bytes,
                                  &config, &crypto, seed, gc_service_now_ms(&service));
    gc_sockets_open(&service);
    return service.core != NULL ? 0 : -1;
}

static int teardown(void **state) {
    (void)state;
    gc_sockets_close(&service);
    uv_run(&service.loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&service.loop), 0);
    free(memory);
    return 0;
}

/* libuv refuses a descriptor that is none. The socket is freed by the loop, so nothing may know it
 * any more when its handshake would be late. */
static void a_bad_descriptor_leaves_nothing_behind(void **state) {
    gc_addr from = {.family = 4, .ip = {127, 0, 0, 1}, .port = 5};
    gc_server_stats stats;
    (void)state;
    gc_sockets_accept(&service, -1, &from, false);
    gc_sockets_drain(&service);
    uv_run(&service.loop, UV_RUN_NOWAIT);
    uv_run(&service.loop, UV_RUN_NOWAIT);
    assert_int_equal(service.sockets, 0);
    for (uint32_t i = 0; i < CONNECTIONS; i++) {
        assert_null(by_slot[i]);
    }
    gc_server_get_stats(service.core, &stats);
    assert_int_equal(stats.connections, 0);
    assert_true(gc_server_deadline(service.core) == GC_NEVER);
    gc_server_check(service.core);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_bad_descriptor_leaves_nothing_behind, setup, teardown),
    };
    return RUN(tests);
}
