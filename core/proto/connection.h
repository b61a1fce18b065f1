/* One connection of a server: its state, when it is due, and which outputs its host has not polled
 * yet.
 *
 *   free --_start--> reading --_upgrade--> waiting --_admit--> open --.
 *     ^                 |                   ^  |                |     v
 *     |                 |                   '--|--_step_aside---'     |
 *     |                 '----------------------'---_end---------> closing
 *     '------------------------------------_free---------------------'
 *
 * A connection knows neither its slot nor other connections (core/proto/connections.h), nor the
 * bytes that are unsent to its client (core/proto/send_queues.h). All times are the server's
 * monotonic clock in milliseconds. */
#ifndef GC_PROTO_CONNECTION_H
#define GC_PROTO_CONNECTION_H

#include "core/proto/bucket.h"
#include "core/proto/server_output.h"

#define GC_CLOSING_MS     5000 /* for a client to take its last bytes */
#define GC_SHUTDOWN_MS    500  /* the same at the end of the server */
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
    GC_PENDING_MEASURE = 16,
};

typedef struct gc_connection {
    uint64_t since_ms; /* of the state: reading, waiting, closing; of an open one, which is stalled:
                          its bytes are not read until then; 0: not stalled */
    uint64_t last_ms;  /* sign of life */
    uint64_t pinged_ms; /* its client, or while it waits the kernel of the holder, was asked then */
    gc_bucket bucket;
    uint32_t generation;
    uint32_t address;    /* GC_ADDRESS_NONE: not counted */
    uint32_t room;       /* GC_ROOM_NONE: in none */
    uint32_t held_bytes; /* gc_held_cost() of its messages that are held */
    uint8_t state;
    uint8_t reason; /* of closing */
    uint8_t pending;
    bool gc;
    bool paused;
    bool now;     /* closing without its unsent bytes */
    bool served;  /* an HTTP request: what it waits for now need never come */
    bool offends; /* what it does wrong counts against its address */
} gc_connection;

/* The state that the deadlines of all connections depend on. */
typedef struct gc_connection_clock {
    uint64_t awake_ms; /* when the host last came back from a stall; 0: never */
    uint32_t ping_ms;  /* of silence, before a ping */
    uint32_t alive_timeout_ms;
    bool stopping; /* the server ends */
} gc_connection_clock;

/* --- states ----------------------------------------------------------------------------------- */

/* Starts a free connection in state reading, from this address (an entry of gc_addresses;
 * GC_ADDRESS_NONE: not counted). */
void gc_connection_start(gc_connection *c, uint64_t now_ms, uint32_t address);
/* Notes that an HTTP request of a reading connection was answered: its time starts again. */
void gc_connection_serve(gc_connection *c, uint64_t now_ms);
/* Replaces the address that the connection counts for by the one that a proxy names. From then on
 * it is the proxy's business how often that address may connect. */
void gc_connection_readdress(gc_connection *c, uint32_t address);
/* Takes the WebSocket of a reading connection: it waits for its id. gc: its client speaks gc. */
void gc_connection_upgrade(gc_connection *c, uint64_t now_ms, bool gc);
/* Sets since when a waiting connection waits: a page that asks again keeps its place. */
void gc_connection_wait_since(gc_connection *c, uint64_t since_ms);
/* Opens a waiting connection, which holds its id from now on. */
void gc_connection_admit(gc_connection *c, uint64_t now_ms);
/* Takes the id of an open connection away, which waits again until its end follows in the same
 * input. */
void gc_connection_step_aside(gc_connection *c);
/* Moves the room and the budget of messages from a connection to the one that takes its place in a
 * take-over. Afterwards `from` is in no room. */
void gc_connection_hand_over(gc_connection *to, gc_connection *from);
/* Ends a connection for `reason`, or, when it is closing already, makes its end immediate. now: its
 * unsent bytes are not waited for. Returns false when that changes nothing. */
bool gc_connection_end(gc_connection *c, uint64_t now_ms, uint32_t reason, bool now);
/* Frees a closing connection: what is left is its next generation. */
void gc_connection_free(gc_connection *c);

/* --- what is known of it ---------------------------------------------------------------------- */

/* Notes a sign of life: a message or a control frame came. */
void gc_connection_heard(gc_connection *c, uint64_t now_ms);
/* Notes that a sign of life is asked for: of the client, or, while the connection waits, of the
 * holder of its id. */
void gc_connection_pinged(gc_connection *c, uint64_t now_ms);
/* Notes the room that the connection is in; GC_ROOM_NONE: none. */
void gc_connection_enter(gc_connection *c, uint32_t room);
/* Adds the cost of a message that is held for somebody (gc_held_cost()) to its account. */
void gc_connection_hold(gc_connection *c, uint32_t cost);
/* Takes the cost of a held message off its account again. */
void gc_connection_refund(gc_connection *c, uint32_t cost);
/* Takes this many messages out of the budget of a connection, which refills by per_second; the
 * budget of a closing connection is left alone. Returns true when this pauses the connection: the
 * host needs the output GC_PENDING_PAUSE. */
bool gc_connection_charge(gc_connection *c, uint32_t per_second, uint64_t now_ms,
                          uint32_t messages);
/* Pauses an open connection until until_ms, because a receiver of its messages has no room: the
 * host needs the output GC_PENDING_PAUSE, also when the connection was paused already. */
void gc_connection_stall(gc_connection *c, uint64_t until_ms);
/* Ends what gc_connection_stall() began. The caller then calls gc_connection_resume(). */
void gc_connection_unstall(gc_connection *c);
/* Resumes a paused connection that is not closing when its budget allows it and it is not stalled:
 * the pause counts as a sign of life, and the time for a request starts again. Returns true when it
 * was resumed: the host needs the output GC_PENDING_RESUME. */
bool gc_connection_resume(gc_connection *c, uint64_t now_ms);

/* --- deadlines -------------------------------------------------------------------------------- */

/* Returns the earliest deadline in ms; GC_NEVER: none. */
uint64_t gc_connection_deadline(const gc_connection *c, const gc_connection_clock *clock);
/* Returns when a waiting connection has waited long enough for the holder of its id, in ms. */
uint64_t gc_connection_waited_ms(const gc_connection *c, const gc_connection_clock *clock);
/* Returns when an open connection is due for a ping, in ms. */
uint64_t gc_connection_ping_ms(const gc_connection *c, const gc_connection_clock *clock);
/* Returns when an open connection has been silent for too long, in ms. */
uint64_t gc_connection_silent_ms(const gc_connection *c, const gc_connection_clock *clock);

/* --- outputs ---------------------------------------------------------------------------------- */

/* Notes outputs (enum gc_connection_pending) that the host is to be given. PAUSE and RESUME take
 * each other back. */
void gc_connection_want(gc_connection *c, uint8_t pending);
/* Takes the next pending output into *out, all but its conn: PAUSE or RESUME, then MEASURE, WRITE,
 * CLOSE. Something must be pending. */
void gc_connection_take_output(gc_connection *c, gc_server_output *out);

#endif
