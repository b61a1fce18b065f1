#include "core/proto/server_config.h"

#include "core/proto/stun_responder.h"

/* 16 MiB a message: lengths stay far below 2^32. */
#define MESSAGE_BYTES_CEILING (1u << 24)

static uint32_t or_default(uint32_t value, uint32_t standard) {
    return value == 0 ? standard : value;
}

gc_server_config gc_server_config_complete(const gc_server_config *config) {
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

bool gc_server_config_makes_sense(const gc_server_config *c) {
    return c->connections_max > 0 && c->connections_max <= GC_CONNECTIONS_MAX &&
           c->stun_per_second <= GC_SOURCE_RATE_MAX &&
           c->message_bytes_max <= MESSAGE_BYTES_CEILING &&
           c->queue_bytes_max >= c->message_bytes_max &&
           c->memory_bytes_max >= 2 * (uint64_t)c->queue_bytes_max &&
           c->memory_bytes_max / GC_BLOCK_BYTES >= 2 * GC_HELD_PART &&
           c->memory_bytes_max / GC_BLOCK_BYTES < UINT32_MAX;
}

uint32_t gc_server_config_ping_ms(const gc_server_config *c) {
    uint32_t ping_ms = c->alive_timeout_ms / 3;
    if (ping_ms > GC_PING_MS_MAX) {
        ping_ms = GC_PING_MS_MAX;
    }
    return ping_ms + (ping_ms == 0);
}

uint32_t gc_server_config_connects_ahead(const gc_server_config *c) {
    uint32_t per_second = c->connects_per_second;
    uint64_t ahead = (uint64_t)GC_CONNECTS_AHEAD * c->per_address_max;
    if (ahead < per_second && per_second != UINT32_MAX) {
        ahead = per_second;
    }
    return ahead < UINT32_MAX ? (uint32_t)ahead : UINT32_MAX;
}
