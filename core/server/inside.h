/* The inside of gc_server, shared by its parts and by tests: one table of connections, and the
 * nouns of core/proto/ that know more about a connection under the same number.
 *
 * Calls go down this list only; a part knows nothing of the parts above it.
 *
 *   core/gc_server.c            inputs, outputs, deadlines, settling
 *   core/server/admission.c     ids: OPEN, errors, take-over, waiting for a silent holder
 *   core/server/relay.c         messages of clients, held messages, EXPIRE
 *   core/server/rooms.c         rooms: answers and pushes
 *   core/server/liveness.c      what a deadline does; the price of a message
 *   core/server/delivery.c      frames into queues, limits of queue and memory
 *   core/server/connection.c    slots and handles, the end of a connection
 *   core/server/datagrams.c     UDP: services (STUN) and the queue of what they say
 *   core/server/{clock,waiting}.c  when each connection is due; who waits for an id
 *
 * Beside gc_server.c, and called by no part: core/gc_server_setup.c (the memory of a server),
 * core/gc_server_queries.c (what the HTTP side of a host asks), core/gc_server_check.c (the
 * invariants of all).
 *
 * What ends a connection inside a handler only marks it: it loses its id and its queue at once;
 * its room and who waits for its id are seen to by settle(), at the end of every input. So no
 * handler calls itself, however many clients one message makes us cut. */
#ifndef GC_SERVER_INSIDE_H
#define GC_SERVER_INSIDE_H

#include "core/base/drbg.h"
#include "core/proto/addresses.h"
#include "core/proto/block_pool.h"
#include "core/proto/connection.h"
#include "core/proto/held.h"
#include "core/proto/order.h"
#include "core/proto/penalties.h"
#include "core/proto/registry.h"
#include "core/proto/rooms.h"
#include "core/proto/server_output.h"
#include "core/proto/server_text.h"
#include "core/server/datagrams.h"

#define GC_STALL_MS     2000 /* a tick so late: the host was stopped, not its clients */
#define GC_HEAD_101_MAX 4096 /* response_head of gc_server_open() */
#define GC_SLOT_NONE    UINT32_MAX

/* What a connection asked for while it waits for its id. */
typedef struct gc_wait {
    uint32_t holder; /* slot + 1; 0 = waits for nobody */
    bool has_room;
    uint8_t room[GC_TAG_BYTES];
    gc_block_queue ice;
} gc_wait;

struct gc_server {
    uint64_t now_ms;
    gc_server_config config; /* without zeros */
    gc_connection_clock clock;
    uint32_t connection_count;
    uint32_t touched; /* slots below this were used at least once */
    gc_connection *connections;
    gc_wait *waits;
    gc_order free;    /* slots, longest free first */
    gc_order ready;   /* have outputs */
    gc_order unsent;  /* have unsent bytes, the one without an empty queue for longest first */
    gc_order doomed;  /* ended in this input, not settled */
    gc_timers timers; /* one a connection, see gc__clock_set() */
    gc_block_pool pool;
    gc_registry registry;
    gc_held held;
    gc_rooms rooms;
    gc_addresses addresses;
    gc_penalties *penalties;
    gc_datagrams *datagrams;
    gc_drbg drbg;
    gc_server_stats stats;
    uint8_t room_text[GC_ROOM_TEXT_BYTES]; /* scratch of rooms.c */
};

/* What admission needs of a request, also later than the call that brought it. */
typedef struct gc_admission {
    bool has_room;
    const uint8_t *room;
    const gc_span *ice; /* parts of a JSON array; none: [] */
    uint32_t ice_count;
} gc_admission;

/* --- clock.c */
/* Sets the timer of connection n to the earliest of its deadlines. A sign of life moves no timer:
 * gc__liveness_due() looks at it when the timer fires. */
void gc__clock_set(gc_server *s, uint32_t n);
/* Notes that the host comes back from a stall, when the first timer is overdue by GC_STALL_MS. To
 * be called before the timers that are due are taken. */
void gc__clock_wake(gc_server *s);

/* --- waiting.c */
/* Ends the waiting of n: frees what n asked for and takes n off the holder of the id. */
void gc__waiting_forget(gc_server *s, uint32_t n);

/* --- connection.c */
static inline gc_connection *gc__connection_at(gc_server *s, uint32_t n) {
    return &s->connections[n];
}
gc_conn gc__connection_handle(const gc_server *s, uint32_t n);
/* GC_SLOT_NONE for a stale or foreign handle. */
uint32_t gc__connection_slot(const gc_server *s, gc_conn conn);
uint32_t gc__connection_make(gc_server *s, uint32_t address);
/* The host has closed the socket. The connection must have ended and be settled. */
void gc__connection_free(gc_server *s, uint32_t n);
void gc__connection_wake(gc_server *s, uint32_t n, uint8_t pending);
/* Ends a connection: its id is free at once. now: its unsent bytes are dropped. */
void gc__connection_end(gc_server *s, uint32_t n, uint32_t reason, bool now);
/* Ends it now and counts it in cut_total. */
void gc__connection_cut(gc_server *s, uint32_t n, uint32_t reason);
/* It broke the protocol: counts against its address. */
void gc__connection_offend(gc_server *s, uint32_t n);

/* --- delivery.c */
/* Queues a frame to a connection. False when it is closing, or is cut instead: `slow` over its
 * queue limit, `memory` when even its own queue was the one that waited longest. Others whose
 * queues waited longer may be cut for it. */
bool gc__delivery_send(gc_server *s, uint32_t n, uint8_t opcode, const gc_span *parts,
                       uint32_t count);
/* Queues a text of the server. */
bool gc__delivery_send_text(gc_server *s, uint32_t n, const gc_server_text *t);
/* Queues bytes that are no frame: the head of the 101 response. */
bool gc__delivery_send_raw(gc_server *s, uint32_t n, gc_span bytes);
/* The same checks and cuts for bytes that go elsewhere than into a client's queue. */
bool gc__delivery_make_room(gc_server *s, uint32_t n, const gc_block_queue *q, uint32_t bytes);
/* Bytes came into n's queue. */
void gc__delivery_queued(gc_server *s, uint32_t n, uint32_t bytes);
/* Ends connection n after a close frame with this code (RFC 6455 7.4); code 0: without a code. */
void gc__delivery_close(gc_server *s, uint32_t n, uint16_t code, uint32_t reason);
/* Counts that a message of n was dropped for this reason, and reports it to n (GC-BAD) when n has
 * nothing unread. */
void gc__delivery_tell_bad(gc_server *s, uint32_t n, uint32_t reason);
/* --- admission.c */
void gc__admission_open(gc_server *s, uint32_t n, const gc_server_open_request *r);
/* n, which waited, gets the id that has become free. */
void gc__admission_resume(gc_server *s, uint32_t n);
/* The holder n lives: whoever waits for its id is refused. */
void gc__admission_alive(gc_server *s, uint32_t n);

/* --- rooms.c */
/* Enters the room and leaves any other. False when it is full: then n is in none. */
bool gc__room_enter(gc_server *s, uint32_t n, const uint8_t tag[GC_TAG_BYTES]);
void gc__room_leave(gc_server *s, uint32_t n);
/* Tells the others of n's room that n has entered. */
void gc__room_announce(gc_server *s, uint32_t n);
/* ROOM for n, who is in that room or (entered = false) found it full. Valid until the next call. */
gc_span gc__room_text(gc_server *s, uint32_t n, const uint8_t tag[GC_TAG_BYTES], bool entered);
void gc__room_join(gc_server *s, uint32_t n, gc_span payload);

/* --- relay.c */
void gc__relay_message(gc_server *s, uint32_t n, gc_span text);
/* n's id was just registered: messages that were held for it, and those who watch for it. */
void gc__relay_arrived(gc_server *s, uint32_t n);
/* Expires what is due. */
void gc__relay_tick(gc_server *s);

/* --- liveness.c */
/* Takes so many messages out of an open client's bucket; over the rate it is paused. */
void gc__liveness_charge(gc_server *s, uint32_t n, uint32_t messages);
/* Notes a sign of life: a message or a control frame of n came. */
void gc__liveness_sign(gc_server *s, uint32_t n);
/* Does what is due for n after its timer fired: pings, resumes, or ends a connection (n itself, or
 * the silent holder of the id that n waits for). Does nothing when life since has moved the
 * deadline. The caller settles and sets the clock of n again. */
void gc__liveness_due(gc_server *s, uint32_t n);

#endif
