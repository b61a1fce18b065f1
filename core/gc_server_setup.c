/* The memory of a server: its configuration without zeros, and where each table is. */
#include "core/base/assert.h"
#include "core/gc_server.h"
#include "core/server/inside.h"

/* Places everything behind the server; with a measuring arena only counts. */
static void lay_out(gc_server *s, gc_arena *a, const uint8_t keys[80]) {
    uint32_t connections = s->config.connections_max;
    uint32_t blocks = (uint32_t)(s->config.memory_bytes_max / GC_BLOCK_BYTES);
    s->connections = gc_arena_take(a, connections, sizeof *s->connections);
    s->waits = gc_arena_take(a, connections, sizeof *s->waits);
    gc_order_init(&s->free, a, connections);
    gc_order_init(&s->ready, a, connections);
    gc_order_init(&s->unsent, a, connections);
    gc_order_init(&s->doomed, a, connections);
    gc_timers_init(&s->timers, a, connections);
    gc_registry_init(&s->registry, a, connections, keys);
    gc_rooms_init(&s->rooms, a, connections, keys + 48);
    gc_addresses_init(&s->addresses, a, connections, s->config.per_address_max, keys + 64);
    s->penalties = gc_arena_take(a, 1, sizeof *s->penalties);
    s->datagrams = gc_arena_take(a, 1, sizeof *s->datagrams);
    gc_held_init(&s->held, a, blocks / GC_HELD_PART, s->config.expire_timeout_ms);
    gc_block_pool_init(&s->pool, a, blocks);
}

/* The key is that of the addresses, and STUN has it too: all hash the same, and none shows it. */
static void init_penalties(gc_server *s, const uint8_t key[16]) {
    gc_penalties_init(s->penalties, key, s->config.connects_per_second,
                      gc_server_config_connects_ahead(&s->config));
}

size_t gc_server_size(const gc_server_config *config) {
    gc_server s; /* laid out over nothing: only its config is read */
    s.config = gc_server_config_complete(config);
    if (!gc_server_config_makes_sense(&s.config)) {
        return 0;
    }
    const uint8_t keys[80] = {0};
    gc_arena a;
    gc_arena_measure(&a);
    gc_arena_take(&a, 1, sizeof s);
    lay_out(&s, &a, keys);
    return a.at == SIZE_MAX ? 0 : a.at;
}

gc_server *gc_server_init(void *memory, size_t bytes, const gc_server_config *config,
                          const uint8_t seed[32], uint64_t now_ms) {
    size_t need = gc_server_size(config);
    if (memory == NULL || need == 0 || bytes < need) {
        return NULL;
    }
    gc_arena a;
    gc_arena_init(&a, memory, bytes);
    gc_server *s = gc_arena_take(&a, 1, sizeof *s);
    uint8_t keys[80];
    s->config = gc_server_config_complete(config);
    s->now_ms = now_ms;
    s->clock = (gc_connection_clock){.ping_ms = gc_server_config_ping_ms(&s->config),
                                     .alive_timeout_ms = s->config.alive_timeout_ms};
    gc_drbg_init(&s->drbg, seed);
    gc_drbg_bytes(&s->drbg, keys, sizeof keys);
    lay_out(s, &a, keys);
    init_penalties(s, keys + 64);
    gc__datagrams_init(s->datagrams, keys + 64, s->config.stun_per_second);
    gc_assert(a.at <= bytes && s->pool.blocks != NULL);
    return s;
}
