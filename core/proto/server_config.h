/* Server configuration: the choices of a server's owner, their defaults, and which choices make no
 * sense together. */
#ifndef GC_PROTO_SERVER_CONFIG_H
#define GC_PROTO_SERVER_CONFIG_H

#include "core/base/limits.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GC_CONNECTIONS_MAX 0xfffffu /* a handle has 20 bits for the slot */
/* Held messages take at most this part of the pool, so that they never starve live clients. */
#define GC_HELD_PART 4

/* Zero in a number means its default from limits.h. */
typedef struct gc_server_config {
    const char *key;              /* --key; borrowed for the server's life; NULL = "peerjs" */
    bool allow_discovery;         /* --allow-discovery */
    uint32_t alive_timeout_ms;    /* --alive-timeout */
    uint32_t expire_timeout_ms;   /* --expire-timeout */
    uint32_t concurrent_max;      /* --concurrent-limit: ids */
    uint32_t connections_max;     /* 0 = concurrent_max + GC_SPARE_CONNECTIONS */
    uint32_t per_address_max;     /* --per-address-limit */
    uint32_t rate_per_second;     /* --rate */
    uint32_t connects_per_second; /* --connect-rate, of one address; UINT32_MAX: any */
    uint32_t stun_per_second;     /* --stun-rate, of one address */
    uint32_t message_bytes_max;   /* --message-limit, up to 16 MiB */
    uint32_t queue_bytes_max;     /* --queue-limit */
    uint64_t memory_bytes_max;    /* --memory-limit: all queues and held messages together */
} gc_server_config;

/* Returns a copy of *config with the default in place of each zero (and of a missing key). The key
 * stays borrowed from its owner. */
gc_server_config gc_server_config_complete(const gc_server_config *config);
/* Tells whether a server can be made of a complete configuration: false for a queue smaller than a
 * message, less memory than two queues, or numbers above what handles and lengths can hold. */
bool gc_server_config_makes_sense(const gc_server_config *c);
/* Returns after how many ms of silence a client of a server with the complete configuration *c is
 * pinged: three times in its alive timeout, at least every GC_PING_MS_MAX, never 0. */
uint32_t gc_server_config_ping_ms(const gc_server_config *c);
/* Returns how many connections one address may make at once before their rate counts, by the
 * complete configuration *c: GC_CONNECTS_AHEAD times per_address_max, or a second's worth of
 * connects_per_second if that is more. */
uint32_t gc_server_config_connects_ahead(const gc_server_config *c);

#endif
