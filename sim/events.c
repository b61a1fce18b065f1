#include "sim/events.h"
#include "core/base/assert.h"

void sim_events_init(sim_events *q, gc_arena *arena, uint32_t capacity) {
    *q = (sim_events){.heap = gc_arena_take(arena, capacity, sizeof(sim_event)),
                      .capacity = capacity};
    gc_assert(q->heap != NULL);
}

static bool before(const sim_event *x, const sim_event *y) {
    return x->at_ms != y->at_ms ? x->at_ms < y->at_ms : x->serial < y->serial;
}

void sim_events_push(sim_events *q, sim_event e) {
    gc_assert(q->count < q->capacity);
    e.serial = q->serial++;
    uint32_t at = q->count++;
    while (at > 0 && before(&e, &q->heap[(at - 1) / 2])) {
        q->heap[at] = q->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    q->heap[at] = e;
}

bool sim_events_pop(sim_events *q, sim_event *out) {
    if (q->count == 0) {
        return false;
    }
    *out = q->heap[0];
    sim_event last = q->heap[--q->count];
    uint32_t at = 0;
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= q->count) {
            break;
        }
        if (child + 1 < q->count && before(&q->heap[child + 1], &q->heap[child])) {
            child++;
        }
        if (!before(&q->heap[child], &last)) {
            break;
        }
        q->heap[at] = q->heap[child];
        at = child;
    }
    q->heap[at] = last;
    return true;
}

const char *sim_event_word(uint32_t type) {
    static const char *const words[] = {
#define X(name, word) word,
        SIM_EVENTS(X)
#undef X
    };
    gc_assert(type < SIM_EVENT_COUNT);
    return words[type];
}
