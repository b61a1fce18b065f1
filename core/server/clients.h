/* The clients of a server: the tables that share a slot number - connection, unsent bytes, id, what
 * it waits for - and the addresses that the connections count for; here is the one event that
 * changes them all, the end of a connection.
 *
 * A handler that ends a connection only marks it: the connection loses its id and its queue at
 * once, but its room and the client that waits for its id are seen to at the end of the input
 * (settle() of core/gc_server.c). So no handler calls itself, however many clients one message
 * makes the server cut. */
#ifndef GC_CORE_SERVER_CLIENTS_H
#define GC_CORE_SERVER_CLIENTS_H

#include "core/proto/addresses.h"
#include "core/proto/connections.h"
#include "core/proto/penalties.h"
#include "core/proto/registry.h"
#include "core/proto/send_queues.h"
#include "core/proto/server_config.h"
#include "core/proto/waits.h"

typedef struct gc_clients {
    uint64_t now_ms;         /* of the input */
    gc_server_config config; /* without zeros */
    gc_connections connections;
    gc_send_queues queues;
    gc_registry registry;
    gc_waits waits;
    gc_block_pool pool;
    gc_addresses addresses;
    gc_penalties *penalties;
    gc_server_stats stats;
} gc_clients;

/* Returns the connection of slot n; valid as long as the server. */
static inline gc_connection *gc__clients_at(const gc_clients *cs, uint32_t n) {
    return gc_connections_at(&cs->connections, n);
}
/* Returns the id that connection n holds or asked for, borrowed until it is named anew. */
static inline gc_span gc__clients_id(const gc_clients *cs, uint32_t n) {
    return gc_identity_id(gc_registry_at(&cs->registry, n));
}
/* Ends connection n for `reason`: its id is free at once. now: its unsent bytes are dropped. */
void gc__clients_end(gc_clients *cs, uint32_t n, uint32_t reason, bool now);
/* Ends connection n now, and counts it in cut_total unless it was closing already. */
void gc__clients_cut(gc_clients *cs, uint32_t n, uint32_t reason);
/* Frees the slot of connection n, whose socket the host has closed, and takes it off its address.
 * It must have ended and be settled. */
void gc__clients_free(gc_clients *cs, uint32_t n);
/* Tells the host not to read connection n, which is paused, for now. */
void gc__clients_pause(gc_clients *cs, uint32_t n);
/* Tells the host to read connection n again, if it is paused and may be read. Returns whether it
 * may. */
bool gc__clients_resume(gc_clients *cs, uint32_t n);
/* Lets the senders on whose lanes there is room again be read. */
void gc__clients_wake(gc_clients *cs);
/* Counts against the address of connection n that it broke the protocol. */
void gc__clients_offend(gc_clients *cs, uint32_t n);

#endif
