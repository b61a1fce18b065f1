/* The memory of a server: its configuration without zeros, and where each table is. */
#include "core/base/assert.h"
#include "core/gc_server.h"
#include "core/server/inside.h"

/* By default an address's share holds what one sender may have, and 8 shares fill the pool, of
 * which queues leave at least half. */
_Static_assert(GC_HELD_BYTES_PER_FROM_MAX <=
                   GC_MEMORY_BYTES_MAX / (2 * GC_HELD_ORIGIN_PART * GC_HELD_PART),
               "one sender, and one address, cannot take all that may be held");
_Static_assert(GC_HELD_BYTES_FEW <= GC_MEMORY_BYTES_MAX / (2 * GC_HELD_ORIGIN_PART * GC_HELD_PART) /
                                        GC_PER_ADDRESS_MAX,
               "nor can all connections of one address, each with a few");

/* The other shared pools, against the product of what one address may take. The memory of queues:
 * all lanes of an address, at as many receivers as it may have itself. Tables of connections, ids
 * and rooms (a room has a member): its connections. Tables of addresses (penalties, STUN) replace
 * the least bad entry of a set. */
_Static_assert(GC_PER_ADDRESS_MAX *GC_LANES_PER_ADDRESS *(GC_QUEUE_BYTES_MAX / GC_SEND_SHARES) <=
                   GC_MEMORY_BYTES_MAX / 2,
               "what an address says to clients of its own leaves half of the memory to others");
_Static_assert(GC_PER_ADDRESS_MAX <= GC_CONCURRENT_MAX / 16,
               "an address takes 1/16 of the ids, and of the rooms");
_Static_assert(GC_PER_ADDRESS_MAX <= GC_SPARE_CONNECTIONS / 4,
               "an address takes 1/4 of the sockets that are no clients yet");
_Static_assert(GC_SOURCE_PLACES >= GC_CONCURRENT_MAX / 2,
               "half of all clients find an entry of their own address");

/* Places the tables of clients after the server in the arena; with a measuring arena only counts.
 */
static void lay_out_clients(gc_clients *cs, gc_arena *a, const uint8_t keys[80]) {
    uint32_t connections = cs->config.connections_max;
    gc_connection_clock clock = {.ping_ms = gc_server_config_ping_ms(&cs->config),
                                 .alive_timeout_ms = cs->config.alive_timeout_ms};
    gc_connections_init(&cs->connections, a, connections, &clock);
    gc_send_queues_init(&cs->queues, a, connections, &cs->pool, cs->config.queue_bytes_max);
    gc_waits_init(&cs->waits, a, connections, &cs->pool);
    gc_registry_init(&cs->registry, a, connections, keys);
    gc_addresses_init(&cs->addresses, a, connections, cs->config.per_address_max, keys + 64);
    cs->penalties = gc_arena_take(a, 1, sizeof *cs->penalties);
}

static uint32_t blocks_of(const gc_server_config *config) {
    return (uint32_t)(config->memory_bytes_max / GC_BLOCK_BYTES);
}

/* The pool is last: most of its pages are never touched. */
static void lay_out(gc_server *s, gc_arena *a, const uint8_t keys[80]) {
    const gc_server_config *config = &s->clients.config;
    lay_out_clients(&s->clients, a, keys);
    gc_rooms_init(&s->rooms.rooms, a, config->connections_max, keys + 48);
    s->datagrams = gc_arena_take(a, 1, sizeof *s->datagrams);
    gc_held_init(&s->relay.held, a, blocks_of(config) / GC_HELD_PART, config->expire_timeout_ms);
    gc_block_pool_init(&s->clients.pool, a, blocks_of(config));
}

/* Each part gets those below it that it calls. */
static void join_parts(gc_server *s) {
    s->rooms.clients = &s->clients;
    s->relay.clients = &s->clients;
    s->relay.rooms = &s->rooms;
    s->admission = (gc_admission){
        .clients = &s->clients, .rooms = &s->rooms, .relay = &s->relay, .crypto = &s->crypto};
}

/* The key is that of the addresses, and STUN has it too: all hash the same, and none shows it. */
static void init_penalties(gc_clients *cs, const uint8_t key[16]) {
    gc_penalties_init(cs->penalties, key, cs->config.connects_per_second,
                      gc_server_config_connects_ahead(&cs->config));
}

size_t gc_server_size(const gc_server_config *config) {
    gc_server s; /* laid out over nothing: only its config is read */
    s.clients.config = gc_server_config_complete(config);
    if (!gc_server_config_makes_sense(&s.clients.config)) {
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
                          const gc_crypto *crypto, const uint8_t seed[32], uint64_t now_ms) {
    size_t need = gc_server_size(config);
    if (memory == NULL || need == 0 || bytes < need) {
        return NULL;
    }
    gc_arena a;
    gc_arena_init(&a, memory, bytes);
    gc_server *s = gc_arena_take(&a, 1, sizeof *s);
    uint8_t keys[80];
    s->crypto = *crypto;
    s->clients.config = gc_server_config_complete(config);
    s->clients.now_ms = now_ms;
    gc_drbg_init(&s->drbg, seed);
    gc_drbg_bytes(&s->drbg, keys, sizeof keys);
    lay_out(s, &a, keys);
    join_parts(s);
    init_penalties(&s->clients, keys + 64);
    gc__datagrams_init(s->datagrams, keys + 64, s->clients.config.stun_per_second);
    gc_assert(a.at <= bytes && s->clients.pool.blocks != NULL);
    return s;
}
