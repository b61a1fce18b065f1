#include "core/server/inside.h"

void gc__clock_set(gc_server *s, uint32_t n) {
    gc_timers_set(&s->timers, n, gc_connection_deadline(gc__connection_at(s, n), &s->clock));
}

void gc__clock_wake(gc_server *s) {
    uint64_t due_ms = gc_timers_deadline(&s->timers);
    if (due_ms != GC_NEVER && s->now_ms > due_ms + GC_STALL_MS) {
        s->clock.awake_ms = s->now_ms;
    }
}
