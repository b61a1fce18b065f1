/* Stalls: the senders that the server does not read for now, because their lane to a slow client
 * (core/proto/backlog.h) is full. A sender waits for one lane at a time; it is named by the slot of
 * its connection, a lane by the slot of the receiver and its number there.
 *
 *   not waiting --_add--> waits for a lane --_take (the lane has room), _remove--> not waiting */
#ifndef GC_PROTO_STALLS_H
#define GC_PROTO_STALLS_H

#include "core/base/arena.h"
#include "core/proto/backlog.h"

#define GC_STALL_NONE  UINT32_MAX
#define GC_STALL_OWN   GC_LANES /* in place of a lane: the server's messages to the sender itself */
#define GC_STALL_LANES (GC_LANES + 1) /* for which somebody may wait at one client */

typedef struct gc_stall {
    uint32_t lane; /* its number among the lanes of all receivers, + 1; 0: waits for none */
    uint32_t next; /* the next sender that waits for the same lane: slot + 1 */
    uint32_t prev;
} gc_stall;

typedef struct gc_stalls {
    gc_stall *items; /* by slot of the sender */
    uint32_t *first; /* the first sender that waits for a lane: slot + 1; by the number of the lane
                        among all */
} gc_stalls;

/* Prepares for `capacity` slots, where nobody waits, in zeroed memory of the arena, whose lifetime
 * it shares; with a measuring arena only counts. */
void gc_stalls_init(gc_stalls *s, gc_arena *a, uint32_t capacity);
/* Notes that a sender waits for a lane of the receiver. Returns false, and changes nothing, when it
 * waits already. */
bool gc_stalls_add(gc_stalls *s, uint32_t sender, uint32_t receiver, uint32_t lane);
/* Takes one of those that wait for a lane; GC_STALL_NONE: nobody does. */
uint32_t gc_stalls_take(gc_stalls *s, uint32_t receiver, uint32_t lane);
/* Ends the wait of a sender. Returns false when it did not wait; else the lane that it waited for
 * is in *receiver and *lane. */
bool gc_stalls_remove(gc_stalls *s, uint32_t sender, uint32_t *receiver, uint32_t *lane);
/* Returns true when the sender waits. */
bool gc_stalls_has(const gc_stalls *s, uint32_t sender);

#endif
