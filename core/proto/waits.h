/* The requests of the connections that wait for an id: the holder of the id that each waits for,
 * the room that it is to enter and the ICE servers that it will get, kept until it is admitted or
 * gives up. The request itself is borrowed for one call only.
 *
 *   nothing --_park, _put_ice, _start--> waits for its holder --_take or _forget--> nothing
 *
 * A wait is named by the slot of its connection. The registry (core/proto/registry.h) keeps, beside
 * the holder of an id, the connection that waits for it. */
#ifndef GC_PROTO_WAITS_H
#define GC_PROTO_WAITS_H

#include "core/proto/block_pool.h"

#define GC_WAIT_NONE UINT32_MAX

typedef struct gc_wait {
    uint32_t holder;  /* slot + 1; 0 = waits for nobody */
    uint32_t packets; /* of the holder, when it was first measured */
    bool measured;
    bool has_room;
    uint8_t room[GC_TAG_BYTES];
    gc_block_queue ice;
} gc_wait;

typedef struct gc_waits {
    gc_wait *items;      /* by slot */
    gc_block_pool *pool; /* the server's */
} gc_waits;

/* Prepares `capacity` waits in zeroed memory of the arena, whose lifetime they share; with a
 * measuring arena only counts. pool: borrowed for as long. */
void gc_waits_init(gc_waits *w, gc_arena *a, uint32_t capacity, gc_block_pool *pool);
/* Returns the wait of connection n; valid until it changes. */
static inline const gc_wait *gc_waits_at(const gc_waits *w, uint32_t n) {
    return &w->items[n];
}
/* Returns the holder of the id that n waits for; GC_WAIT_NONE: n waits for nobody. */
uint32_t gc_waits_holder(const gc_waits *w, uint32_t n);

/* Keeps the tag of the room that n is to enter, copied; NULL: none. */
void gc_waits_park(gc_waits *w, uint32_t n, const uint8_t *room);
/* Keeps a part of the text of n's ICE servers, copied after the parts before it. The caller has
 * asked gc_block_queue_fits() for the end of gc_waits_at()->ice. */
void gc_waits_put_ice(gc_waits *w, uint32_t n, gc_span part);
/* Notes the holder of the id that n waits for, of whose packets nothing is known yet. */
void gc_waits_start(gc_waits *w, uint32_t n, uint32_t holder);
/* Takes the count of packets that have come from the holder that n waits for. Returns true when one
 * came since it was counted first: its kernel lives. */
bool gc_waits_measured(gc_waits *w, uint32_t n, uint32_t packets);

/* Ends the wait of n, which waits: *out is its request. Its ICE servers belong to the caller, which
 * gives them back by gc_waits_release(). */
void gc_waits_take(gc_waits *w, uint32_t n, gc_wait *out);
/* Returns up to max spans of the ICE servers of a wait that was taken, borrowed until it is
 * released. */
uint32_t gc_waits_ice(const gc_waits *w, const gc_wait *taken, gc_span *spans, uint32_t max);
/* Gives the blocks of a wait that was taken back to the pool. */
void gc_waits_release(gc_waits *w, gc_wait *taken);
/* Ends the wait of n, if it waits, and frees its request. Returns the holder that it waited for;
 * GC_WAIT_NONE: nobody. */
uint32_t gc_waits_forget(gc_waits *w, uint32_t n);

#endif
