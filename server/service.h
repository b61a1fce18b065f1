/* The service: the state that all connections of one ghostchatd share, and that the pages about it
 * (metrics, config.json) read. It owns no behaviour: daemon.c opens and frees it, sockets.c runs
 * it. Ids, rooms, queues and limits belong to gc_server. */
#ifndef GC_SERVER_SERVICE_H
#define GC_SERVER_SERVICE_H

#include "core/gc_server.h"
#include "host/list.h"
#include "host/stream.h"
#include "host/ws_accept.h"
#include "server/answer.h"
#include "server/assets.h"
#include "server/datagram_sockets.h"
#include "server/options.h"

#define GC_SCRATCH_BYTES (64u << 10) /* one read of a socket: shared by all connections */

struct gc_http_socket;

typedef struct gc_service {
    uv_loop_t loop; /* loop.data is the service */
    const gc_options *options;
    gc_server *core;
    gc_asset_set assets;
    SSL_CTX *tls; /* or NULL */
    gc_datagram_sockets datagrams;
    gc_answer answer; /* the one being made */

    struct gc_http_socket **by_slot; /* gc_conn_slot() -> its socket, or NULL */
    uint32_t slots;                  /* how many entries by_slot has */
    uint32_t sockets;                /* sockets that are not closed yet */
    gc_stream_group group;
    gc_list lingering;   /* gc_http_socket.place, oldest first */
    gc_list yielded;     /* the same, of those that had their turn and have more to do */
    uv_idle_t next_turn; /* runs while `yielded` is not empty */
    bool stopping;       /* answers close their connections */

    uint8_t *scratch;    /* GC_SCRATCH_BYTES */
    uint64_t kept_bytes; /* partial and unread input, unsent answers of all connections */
    uint64_t kept_bytes_max;
    gc_ws_accept accept; /* of WebSocket handshakes */

    /* Warnings that were given: each is given once. */
    bool proxy_noticed;
    bool proxy_silence_noticed;
    bool upgrade_noticed;
    bool origin_noticed;
    uint64_t http_requests;
    uint64_t accept_pauses; /* because no descriptor was free */
    uint64_t loop_lag_ms;   /* of the last timer */
} gc_service;

/* Returns the loop's time of this wake-up, monotonic. */
static inline uint64_t gc_service_now_ms(gc_service *service) {
    return uv_now(&service->loop);
}

#endif
