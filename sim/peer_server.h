/* The unmodified npm PeerServer (`peer` 1.0.2) at message level, with all that hurts: whoever was
 * silent for a minute keeps its id for that long, what is sent to its dead socket vanishes, nobody
 * is told who goes, a take-over gets no OPEN. Whole WebSocket frames come in; text frames go out.
 *
 *   socket --admission--> entry (an id, its token, its newest socket) --LEAVE, sweep, close--> gone
 *
 * Several sockets may speak for one entry: those that were taken over stay open. Source: `peer`
 * 1.0.2, dist/module.mjs: WebSocketServer, CheckBrokenConnections, MessagesExpire, Transmission. */
#ifndef SIM_PEER_SERVER_H
#define SIM_PEER_SERVER_H

#include "core/base/arena.h"
#include "core/base/limits.h"
#include "core/base/span.h"

#define SIM_STOCK_ALIVE_MS  60000 /* --alive_timeout */
#define SIM_STOCK_EXPIRE_MS 5000  /* --expire_timeout */

/* What npm calls a Client. It outlives its place in the list while a socket still speaks for it. */
typedef struct sim_stock_entry {
    bool used;
    bool listed;      /* under its id */
    uint32_t sockets; /* that speak for it */
    uint32_t socket;  /* the newest one, + 1; 0: it was taken away */
    uint64_t alive_ms;
    uint32_t id_len, token_len;
    uint8_t id[GC_ID_BYTES_MAX];
    uint8_t token[GC_TOKEN_BYTES_MAX];
} sim_stock_entry;

/* A message for an id that nobody holds, ready to be sent. */
typedef struct sim_stock_held {
    uint64_t queue_ms; /* when the queue of this id began */
    uint32_t src_len, dst_len, len;
    uint8_t src[GC_ID_BYTES_MAX];
    uint8_t dst[GC_ID_BYTES_MAX];
    uint8_t *text; /* of the world's pool */
} sim_stock_held;

typedef struct sim_peer_server {
    uint32_t concurrent_max;
    uint64_t sweep_ms, expire_ms; /* when the next ones are due */
    sim_stock_entry *entries;
    sim_stock_held *held;
    uint32_t entry_max, held_count, held_max;
} sim_peer_server;

struct sim_world;
struct sim_socket;

sim_peer_server *sim_peer_server_make(gc_arena *arena, uint32_t sockets, uint32_t concurrent_max);
void sim_peer_server_start(struct sim_world *w);
/* The process ends: all is forgotten. Its sockets are the caller's. */
void sim_peer_server_stop(struct sim_world *w);
/* A request has come: the response head goes out, then OPEN or why not. */
void sim_peer_server_open(struct sim_world *w, struct sim_socket *s, gc_span head, gc_span query);
/* One frame; opcode as in RFC 6455. */
void sim_peer_server_frame(struct sim_world *w, struct sim_socket *s, uint8_t opcode,
                           gc_span payload);
/* The socket has ended. */
void sim_peer_server_gone(struct sim_world *w, struct sim_socket *s);
/* Sweeps what is due. */
void sim_peer_server_wake(struct sim_world *w);
uint64_t sim_peer_server_deadline(const sim_peer_server *p);
/* Ids, held messages: 0 once all have left. */
uint32_t sim_peer_server_left(const sim_peer_server *p);
/* Whether a live client speaks into a dead connection, or a slot is held by one: who needs that one
 * waits for the sweep. */
bool sim_peer_server_stale(const struct sim_world *w);
/* The person that holds a slot; SIM_NONE when index is behind the last. */
uint32_t sim_peer_server_holder(const struct sim_world *w, uint32_t index);

#endif
