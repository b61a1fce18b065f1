/* The memory of a server: its configuration without zeros, and where each table is. */
#include "core/base/assert.h"
#include "core/gc_server.h"
#include "core/server/inside.h"

/* Held messages take at most this part of the pool, so that they never starve live clients. */
#define HELD_PART 4
/* 16 MiB a message: lengths stay far below 2^32. */
#define MESSAGE_BYTES_CEILING (1u << 24)

static uint32_t or_default(uint32_t value, uint32_t standard) {
    return value == 0 ? standard : value;
}

static gc_server_config without_zeros(const gc_server_config *config) {
    gc_server_config c = *config;
    if (c.key == NULL) {
        c.key = "peerjs";
    }
    c.alive_timeout_ms = or_default(c.alive_timeout_ms, GC_ALIVE_MS);
    c.expire_timeout_ms = or_default(c.expire_timeout_ms, GC_EXPIRE_MS);
    c.concurrent_max = or_default(c.concurrent_max, GC_CONCURRENT_MAX);
    if (c.connections_max == 0 && c.concurrent_max <= GC_CONNECTIONS_MAX) {
        c.connections_max = c.concurrent_max + GC_SPARE_CONNECTIONS;
    }
    c.per_address_max = or_default(c.per_address_max, GC_PER_ADDRESS_MAX);
    c.connects_per_second = or_default(c.connects_per_second, GC_CONNECTS_PER_SECOND);
    c.rate_per_second = or_default(c.rate_per_second, GC_RATE_PER_SECOND);
    c.stun_per_second = or_default(c.stun_per_second, GC_STUN_RATE_PER_SECOND);
    c.message_bytes_max = or_default(c.message_bytes_max, GC_MESSAGE_BYTES_MAX);
    c.queue_bytes_max = or_default(c.queue_bytes_max, GC_QUEUE_BYTES_MAX);
    c.memory_bytes_max = c.memory_bytes_max == 0 ? GC_MEMORY_BYTES_MAX : c.memory_bytes_max;
    return c;
}

static bool makes_sense(const gc_server_config *c) {
    return c->connections_max > 0 && c->connections_max <= GC_CONNECTIONS_MAX &&
           c->stun_per_second <= GC_STUN_RATE_MAX &&
           c->message_bytes_max <= MESSAGE_BYTES_CEILING &&
           c->queue_bytes_max >= c->message_bytes_max &&
           c->memory_bytes_max >= 2 * (uint64_t)c->queue_bytes_max &&
           c->memory_bytes_max / GC_BLOCK_BYTES >= 2 * HELD_PART &&
           c->memory_bytes_max / GC_BLOCK_BYTES < UINT32_MAX;
}

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
    gc_held_init(&s->held, a, blocks / HELD_PART, s->config.expire_timeout_ms);
    gc_block_pool_init(&s->pool, a, blocks);
}

/* The key is that of the addresses, and STUN has it too: all hash the same, and none shows it. */
static void init_penalties(gc_server *s, const uint8_t key[16]) {
    uint32_t per_second = s->config.connects_per_second;
    uint64_t ahead = (uint64_t)GC_CONNECTS_AHEAD * s->config.per_address_max;
    if (ahead < per_second && per_second != UINT32_MAX) {
        ahead = per_second;
    }
    gc_penalties_init(s->penalties, key, per_second,
                      ahead < UINT32_MAX ? (uint32_t)ahead : UINT32_MAX);
}

size_t gc_server_size(const gc_server_config *config) {
    gc_server s; /* laid out over nothing: only its config is read */
    s.config = without_zeros(config);
    if (!makes_sense(&s.config)) {
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
    s->config = without_zeros(config);
    s->now_ms = now_ms;
    s->ping_ms = s->config.alive_timeout_ms / 3;
    if (s->ping_ms > GC_PING_MS_MAX) {
        s->ping_ms = GC_PING_MS_MAX;
    }
    s->ping_ms += s->ping_ms == 0;
    gc_drbg_init(&s->drbg, seed);
    gc_drbg_bytes(&s->drbg, keys, sizeof keys);
    lay_out(s, &a, keys);
    init_penalties(s, keys + 64);
    gc__datagrams_init(s->datagrams, keys + 64, s->config.stun_per_second);
    gc_assert(a.at <= bytes && s->pool.blocks != NULL);
    return s;
}
