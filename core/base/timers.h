/* Timers: a binary heap of (deadline, owner) over memory of the caller, at most one timer an
 * owner. Owners are small numbers 0..capacity-1. All operations are O(log n). */
#ifndef GC_BASE_TIMERS_H
#define GC_BASE_TIMERS_H

#include "core/base/arena.h"
#include <stdbool.h>

#define GC_NEVER UINT64_MAX

/* Bytes of an arena that the tables for `capacity` owners take. */
#define GC_TIMERS_BYTES(capacity)                                                                  \
    ((capacity) * (sizeof(uint64_t) + 2 * sizeof(uint32_t)) + 3 * (size_t)16)

typedef struct gc_timers {
    uint64_t *at_ms; /* by owner */
    uint32_t *heap;  /* owners */
    uint32_t *place; /* by owner: index in heap, or UINT32_MAX */
    uint32_t count;
    uint32_t capacity;
} gc_timers;

/* Starts without timers. Takes tables for the owners 0..capacity-1 from the arena, whose memory
 * stays the timers'; touches no page of it; with a measuring arena it only counts. An owner's entry
 * must be made ready by gc_timers_add_owner() before its first use. */
void gc_timers_init(gc_timers *t, gc_arena *a, uint32_t capacity);
/* Makes the entry of an owner (0..capacity-1) ready: it has no timer. */
void gc_timers_add_owner(gc_timers *t, uint32_t owner);
/* Sets, moves or (at_ms: GC_NEVER) removes the timer of an owner. */
void gc_timers_set(gc_timers *t, uint32_t owner, uint64_t at_ms);
/* Returns when the timer of an owner is due; GC_NEVER when it has none. */
uint64_t gc_timers_get(const gc_timers *t, uint32_t owner);
/* Returns the earliest deadline, or GC_NEVER. */
uint64_t gc_timers_deadline(const gc_timers *t);
/* Returns the owner of the earliest timer, ties: the smaller one; UINT32_MAX when there is none. */
uint32_t gc_timers_first(const gc_timers *t);
/* Takes the earliest timer that is due at now_ms, and sets *owner; ties: the smaller owner first.
 * Returns false when none is due. */
bool gc_timers_due(gc_timers *t, uint64_t now_ms, uint32_t *owner);

#endif
