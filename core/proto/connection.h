/* One connection of a server: its state, when it is due, and what its host is still to be told.
 *
 *   free --accepted--> reading --upgrade--> waiting --admitted--> open --.
 *     ^                   |                    |                         v
 *     |                   '--------------------'---------------------> closing
 *     '--------------------------------(host closes)---------------------'
 *
 * It knows neither its slot nor other connections: who is free, ready or doomed is the server's. */
#ifndef GC_PROTO_CONNECTION_H
#define GC_PROTO_CONNECTION_H

#include "core/proto/block_pool.h"
#include "core/proto/bucket.h"
#include "core/proto/server_output.h"

#define GC_CLOSING_MS     5000 /* for a client to take its last bytes */
#define GC_SHUTDOWN_MS    500  /* the same at the end of the server */
#define GC_SLOW_MS        2000 /* takes nothing for so long: it, not who sends, is slow */
#define GC_STALL_GRACE_MS 5000 /* for a sign of life after a stall */

enum gc_connection_state {
    GC_CONNECTION_FREE = 0,
    GC_CONNECTION_READING, /* no WebSocket yet */
    GC_CONNECTION_WAITING, /* WebSocket, no id yet: its holder is asked for a sign of life */
    GC_CONNECTION_OPEN,    /* holds its id */
    GC_CONNECTION_CLOSING, /* ended by us; the host has not closed the socket yet */
};

/* Outputs not polled yet. */
enum gc_connection_pending {
    GC_PENDING_PAUSE = 1,
    GC_PENDING_RESUME = 2,
    GC_PENDING_WRITE = 4,
    GC_PENDING_CLOSE = 8,
};

typedef struct gc_connection {
    uint64_t since_ms; /* of the state: reading, waiting, closing */
    uint64_t last_ms;  /* sign of life */
    uint64_t pinged_ms;
    uint64_t took_ms; /* when it last took bytes, or got the first of those unsent */
    gc_bucket bucket;
    gc_block_queue queue; /* unsent bytes */
    uint32_t generation;
    uint32_t address;    /* GC_ADDRESS_NONE: not counted */
    uint32_t room;       /* GC_ROOM_NONE: in none */
    uint32_t held_bytes; /* gc_held_cost() of its messages that are held */
    uint8_t state;
    uint8_t reason; /* of closing */
    uint8_t pending;
    bool gc;
    bool paused;
    bool write_given; /* WRITE was polled and bytes are unsent since */
    bool now;         /* closing without its unsent bytes */
    bool served;      /* an HTTP request: what it waits for now need never come */
    bool offends;     /* what it does wrong counts against its address */
} gc_connection;

/* What the deadlines of all connections depend on. */
typedef struct gc_connection_clock {
    uint64_t awake_ms; /* when the host last came back from a stall; 0: never */
    uint32_t ping_ms;  /* of silence, before a ping */
    uint32_t alive_timeout_ms;
    bool stopping; /* the server ends */
} gc_connection_clock;

/* Returns the handle of a slot (below GC_CONNECTIONS_MAX) in its generation; gc_conn_slot() reads
 * it. */
gc_conn gc_conn_of(uint32_t slot, uint32_t generation);

/* Starts a free connection in state reading, from this address (GC_ADDRESS_NONE: not counted). */
void gc_connection_start(gc_connection *c, uint64_t now_ms, uint32_t address);

/* Returns the earliest deadline in ms; GC_NEVER: none. */
uint64_t gc_connection_deadline(const gc_connection *c, const gc_connection_clock *clock);
/* Returns when an open connection is due for a ping, in ms. */
uint64_t gc_connection_ping_ms(const gc_connection *c, const gc_connection_clock *clock);
/* Returns when an open connection has been silent for too long, in ms. */
uint64_t gc_connection_silent_ms(const gc_connection *c, const gc_connection_clock *clock);

/* Returns false when `bytes` more from others would fill the queue (of queue_bytes_max), though the
 * connection takes what it gets: the sender is too fast then. Half of the queue stays for what the
 * server itself has to say. */
bool gc_connection_takes(const gc_connection *c, uint32_t queue_bytes_max, uint64_t now_ms,
                         uint32_t bytes);
/* Takes the next pending output into *out, all but its conn. Returns false when what was pending
 * has come to nothing. Something must be pending. */
bool gc_connection_take_output(gc_connection *c, gc_server_output *out);

#endif
