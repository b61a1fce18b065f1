/* Server output: the types of gc_server's inputs, outputs and counters. This header is below
 * gc_server.h because the parts that make outputs include it. */
#ifndef GC_PROTO_SERVER_OUTPUT_H
#define GC_PROTO_SERVER_OUTPUT_H

#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/base/span.h"
#include "core/proto/server_config.h"
#include "core/wire/peerjs.h"

typedef struct gc_server gc_server;

/* A connection: slot and generation, so that a late call for a freed slot is noticed.
 * GC_CONN_NONE is never a connection. */
typedef uint32_t gc_conn;
#define GC_CONN_NONE 0u
/* Returns the slot of a connection alone, 0..connections_max-1: an index for the host's own table
 * of sockets. conn: any connection that gc_server gave, ended or not; not GC_CONN_NONE. */
uint32_t gc_conn_slot(gc_conn conn);

typedef struct gc_server_open_request {
    gc_span response_head; /* the 101 response: sent first, in one piece with the answer */
    const gc_signal_query *query;
    int query_error;     /* of gc_signal_query_parse(): on an error the client is refused */
    gc_span ice_servers; /* JSON array for a client that speaks gc, e.g. [{"urls":"stun:h:3478"}];
                            up to GC_ICE_BYTES_MAX; empty: none */
} gc_server_open_request;

#define GC_DATAGRAM_BYTES_MAX 1500 /* of the payload, so that it fits a packet of most networks */
/* Datagrams that wait to be polled. STUN says at most one for each that comes in, and the host
 * polls it before the next one: more are room for a service that says several things at once. */
#define GC_DATAGRAMS_QUEUED_MAX 4

enum gc_server_output_type {
    GC_SERVER_IDLE = 0,
    GC_SERVER_WRITE,  /* conn has unsent bytes: write gc_server_unsent(), then gc_server_sent(),
                         until nothing is unsent. Given once until then; if the socket is full, go
                         on when it is writable again */
    GC_SERVER_CLOSE,  /* close the socket once its unsent bytes are written (at once when `now` is
                         set), then call gc_server_close(). reason says why */
    GC_SERVER_PAUSE,  /* stop reading this socket; `now`: give nothing of it to the server any more
                         that was read already, if that can be kept until RESUME */
    GC_SERVER_RESUME, /* read it again */
    GC_SERVER_DATAGRAM, /* send `bytes` to the address `to` from that UDP socket, once, or drop them
                           when the kernel does not take them; the other fields say nothing */
    GC_SERVER_MEASURE,  /* call gc_server_measured() for conn, in this drain */
};

typedef struct gc_server_output {
    uint32_t type;
    gc_conn conn;
    uint32_t reason;
    bool now;
    uint32_t socket; /* these three of a datagram only */
    const gc_addr *to;
    gc_span bytes; /* up to GC_DATAGRAM_BYTES_MAX */
} gc_server_output;

/* Counters and gauges for /metrics. */
typedef struct gc_server_stats {
    uint64_t connections, connects_total, peers, rooms, room_members;
    uint64_t relayed_total[GC_SIGNAL_COUNT];
    uint64_t relay_bytes_total, queued_bytes, held_messages, held_bytes;
    uint64_t expired_total, id_taken_total, takeovers_total, absent_total, throttled_total;
    uint64_t
        rejected_total[GC_REASON_COUNT]; /* by reason: refused before or instead of admission */
    uint64_t cut_total[GC_REASON_COUNT]; /* by reason: an open connection was ended by us */
    uint64_t
        bad_total[GC_REASON_COUNT]; /* by reason: an input was ignored or answered with an error */
    uint64_t memory_used_bytes;     /* blocks in use */
    uint64_t penalties_total;       /* times that an address was refused for a while */
    uint64_t penalized_total;       /* connections refused because of a penalty */
    uint64_t stun_answered_total;
    uint64_t stun_limited_total; /* requests over the rate of their address */
    uint64_t stun_ignored_total; /* datagrams that were not a STUN request */
} gc_server_stats;

#endif
