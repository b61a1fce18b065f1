#include "core/proto/stalls.h"

#include "core/base/assert.h"

void gc_stalls_init(gc_stalls *s, gc_arena *a, uint32_t capacity) {
    s->items = gc_arena_take(a, capacity, sizeof *s->items);
    s->first = gc_arena_take(a, capacity, GC_STALL_LANES * sizeof *s->first);
}

bool gc_stalls_has(const gc_stalls *s, uint32_t sender) {
    return s->items[sender].lane != 0;
}

bool gc_stalls_add(gc_stalls *s, uint32_t sender, uint32_t receiver, uint32_t lane) {
    if (gc_stalls_has(s, sender)) {
        return false;
    }
    uint32_t number = receiver * GC_STALL_LANES + lane;
    uint32_t next = s->first[number];
    s->items[sender] = (gc_stall){.lane = number + 1, .next = next};
    if (next != 0) {
        s->items[next - 1].prev = sender + 1;
    }
    s->first[number] = sender + 1;
    return true;
}

bool gc_stalls_remove(gc_stalls *s, uint32_t sender, uint32_t *receiver, uint32_t *lane) {
    gc_stall *i = &s->items[sender];
    if (i->lane == 0) {
        return false;
    }
    *receiver = (i->lane - 1) / GC_STALL_LANES;
    *lane = (i->lane - 1) % GC_STALL_LANES;
    if (i->next != 0) {
        s->items[i->next - 1].prev = i->prev;
    }
    if (i->prev != 0) {
        s->items[i->prev - 1].next = i->next;
    } else {
        gc_assert(s->first[i->lane - 1] == sender + 1);
        s->first[i->lane - 1] = i->next;
    }
    *i = (gc_stall){0};
    return true;
}

uint32_t gc_stalls_take(gc_stalls *s, uint32_t receiver, uint32_t lane) {
    uint32_t first = s->first[receiver * GC_STALL_LANES + lane];
    if (first == 0) {
        return GC_STALL_NONE;
    }
    gc_stalls_remove(s, first - 1, &receiver, &lane);
    return first - 1;
}
