/* The table of a server's connections: which slots are free, which connections have outputs, which
 * have ended and are not settled yet, and when each is due.
 *
 *   slot:  untouched or free --_add--> in use --_end--> ended --_take_ended--> --_free--> free
 *
 * A connection is named by its slot inside the server and by its handle (slot and generation)
 * outside, so that a call that comes late for a freed slot is noticed. The connection itself is
 * described in core/proto/connection.h. All times are the server's clock in milliseconds. */
#ifndef GC_PROTO_CONNECTIONS_H
#define GC_PROTO_CONNECTIONS_H

#include "core/base/timers.h"
#include "core/proto/connection.h"
#include "core/proto/order.h"

#define GC_SLOT_NONE UINT32_MAX
#define GC_STALL_MS  2000 /* a tick so late: the host was stopped, not its clients */

typedef struct gc_connections {
    gc_connection *items; /* by slot */
    uint32_t capacity;
    uint32_t count;   /* slots in use */
    uint32_t touched; /* slots below this were used at least once */
    gc_order free;    /* slots, longest free first */
    gc_order ready;   /* have outputs */
    gc_order ended;   /* ended in this input, not settled */
    gc_timers timers; /* one a connection, see gc_connections_time() */
    gc_connection_clock clock;
} gc_connections;

/* Prepares a table of `capacity` slots (up to GC_CONNECTIONS_MAX) in zeroed memory of the arena,
 * whose lifetime it shares; with a measuring arena only counts. Touches no slot. clock: copied. */
void gc_connections_init(gc_connections *t, gc_arena *a, uint32_t capacity,
                         const gc_connection_clock *clock);

/* Returns the connection of slot n, which was touched; valid as long as the table. */
static inline gc_connection *gc_connections_at(const gc_connections *t, uint32_t n) {
    return &t->items[n];
}
/* Returns the handle of slot n in its present generation. */
gc_conn gc_connections_conn(const gc_connections *t, uint32_t n);
/* Returns the slot of a handle; GC_SLOT_NONE for GC_CONN_NONE and for one that is stale or was
 * never given out. */
uint32_t gc_connections_find(const gc_connections *t, gc_conn conn);

/* Starts a connection from this address (GC_ADDRESS_NONE: not counted) in the slot that has been
 * free for longest. The table must not be full. Returns the slot. */
uint32_t gc_connections_add(gc_connections *t, uint64_t now_ms, uint32_t address);
/* Ends connection n as gc_connection_end() does, and notes it for gc_connections_take_ended() when
 * it was not closing yet. Returns false when that changed nothing. */
bool gc_connections_end(gc_connections *t, uint32_t n, uint64_t now_ms, uint32_t reason, bool now);
/* Takes the connection that ended first and is not settled; GC_SLOT_NONE: there is none. */
uint32_t gc_connections_take_ended(gc_connections *t);
/* Frees the slot of a connection that is closing and settled. */
void gc_connections_free(gc_connections *t, uint32_t n);

/* Notes outputs of connection n (enum gc_connection_pending) for the host. */
void gc_connections_want(gc_connections *t, uint32_t n, uint8_t pending);
/* Takes the next output, of the connection that has waited longest, into *out (type, conn, reason,
 * now). Returns the slot; GC_SLOT_NONE, with *out unchanged, when no connection has one. */
uint32_t gc_connections_take_output(gc_connections *t, gc_server_output *out);

/* Sets the timer of connection n to the earliest of its deadlines. A sign of life moves no timer:
 * the caller that takes a due connection asks gc_connection_deadline() again. */
void gc_connections_time(gc_connections *t, uint32_t n);
/* Takes a connection whose timer has fired into *n; its timer is to be set again. Returns false
 * when there is none. */
bool gc_connections_due(gc_connections *t, uint64_t now_ms, uint32_t *n);
/* Notes that the host comes back from a stall, when the first timer is overdue by more than
 * GC_STALL_MS. To be called before the timers that are due are taken. */
void gc_connections_note_stall(gc_connections *t, uint64_t now_ms);
/* Notes that the server ends: closing connections have GC_SHUTDOWN_MS. Timers are set anew by the
 * caller. */
void gc_connections_stop(gc_connections *t);
/* Returns when the first timer fires; GC_NEVER: none is set. */
uint64_t gc_connections_deadline(const gc_connections *t);

/* Aborts (gc_assert) unless slots, orders and timers agree between two inputs. */
void gc_connections_check(const gc_connections *t);

#endif
