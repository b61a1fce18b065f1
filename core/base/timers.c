#include "core/base/timers.h"

#include "core/base/assert.h"

#define NOWHERE UINT32_MAX

void gc_timers_init(gc_timers *t, gc_arena *a, uint32_t capacity) {
    gc_assert(capacity < NOWHERE);
    *t = (gc_timers){.capacity = capacity};
    t->at_ms = gc_arena_take(a, capacity, sizeof *t->at_ms);
    t->heap = gc_arena_take(a, capacity, sizeof *t->heap);
    t->place = gc_arena_take(a, capacity, sizeof *t->place);
}

void gc_timers_add_owner(gc_timers *t, uint32_t owner) {
    gc_assert(owner < t->capacity);
    t->at_ms[owner] = GC_NEVER;
    t->place[owner] = NOWHERE;
}

/* Owners break ties, so that the order never depends on the history of the heap. */
static bool earlier(const gc_timers *t, uint32_t a, uint32_t b) {
    return t->at_ms[a] != t->at_ms[b] ? t->at_ms[a] < t->at_ms[b] : a < b;
}

static void put(gc_timers *t, uint32_t place, uint32_t owner) {
    t->heap[place] = owner;
    t->place[owner] = place;
}

static void lift(gc_timers *t, uint32_t place, uint32_t owner) {
    while (place > 0) {
        uint32_t parent = (place - 1) / 2;
        if (!earlier(t, owner, t->heap[parent])) {
            break;
        }
        put(t, place, t->heap[parent]);
        place = parent;
    }
    put(t, place, owner);
}

static void sink(gc_timers *t, uint32_t place, uint32_t owner) {
    for (;;) {
        uint64_t child = 2 * (uint64_t)place + 1;
        if (child >= t->count) {
            break;
        }
        if (child + 1 < t->count && earlier(t, t->heap[child + 1], t->heap[child])) {
            child++;
        }
        if (!earlier(t, t->heap[child], owner)) {
            break;
        }
        put(t, place, t->heap[child]);
        place = (uint32_t)child;
    }
    put(t, place, owner);
}

/* Restores the order around a place whose owner is new there. */
static void settle(gc_timers *t, uint32_t place, uint32_t owner) {
    lift(t, place, owner);
    sink(t, t->place[owner], owner);
}

static void take_out(gc_timers *t, uint32_t owner) {
    uint32_t place = t->place[owner];
    gc_assert(place < t->count && t->heap[place] == owner);
    t->place[owner] = NOWHERE;
    t->at_ms[owner] = GC_NEVER;
    t->count--;
    if (place < t->count) {
        settle(t, place, t->heap[t->count]);
    }
}

void gc_timers_set(gc_timers *t, uint32_t owner, uint64_t at_ms) {
    gc_assert(owner < t->capacity);
    bool waits = t->place[owner] != NOWHERE;
    if (at_ms == GC_NEVER) {
        if (waits) {
            take_out(t, owner);
        }
        return;
    }
    gc_assert(waits || t->count < t->capacity);
    t->at_ms[owner] = at_ms;
    settle(t, waits ? t->place[owner] : t->count++, owner);
}

uint64_t gc_timers_get(const gc_timers *t, uint32_t owner) {
    gc_assert(owner < t->capacity);
    return t->at_ms[owner];
}

uint64_t gc_timers_deadline(const gc_timers *t) {
    return t->count == 0 ? GC_NEVER : t->at_ms[t->heap[0]];
}

uint32_t gc_timers_first(const gc_timers *t) {
    return t->count == 0 ? NOWHERE : t->heap[0];
}

bool gc_timers_due(gc_timers *t, uint64_t now_ms, uint32_t *owner) {
    if (t->count == 0 || t->at_ms[t->heap[0]] > now_ms) {
        return false;
    }
    *owner = t->heap[0];
    take_out(t, *owner);
    return true;
}
