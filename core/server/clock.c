#include "core/server/inside.h"

static uint64_t min_of(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static uint64_t max_of(uint64_t a, uint64_t b) {
    return a > b ? a : b;
}

/* While the host was stopped nothing was read, so nobody could show life: signs of it may wait in
 * the sockets. */
static uint64_t after_stall(const gc_server *s, uint64_t at_ms) {
    return s->awake_ms == 0 ? at_ms : max_of(at_ms, s->awake_ms + GC_STALL_GRACE_MS);
}

uint64_t gc__clock_silent_at(const gc_server *s, const gc_connection *c) {
    return after_stall(s, c->last_ms + s->config.alive_timeout_ms);
}

uint64_t gc__clock_ping_at(const gc_server *s, const gc_connection *c) {
    return max_of(c->last_ms, c->pinged_ms) + s->ping_ms;
}

uint64_t gc__clock_deadline(const gc_server *s, const gc_connection *c) {
    switch (c->state) {
    case GC_CONNECTION_READING:
        return c->since_ms + GC_HANDSHAKE_MS;
    case GC_CONNECTION_WAITING:
        return after_stall(s, c->since_ms + GC_TAKEOVER_WAIT_MS);
    case GC_CONNECTION_OPEN:
        /* What is not read cannot show life. */
        if (c->paused) {
            return gc_bucket_resume_ms(&c->bucket);
        }
        return min_of(gc__clock_ping_at(s, c), gc__clock_silent_at(s, c));
    case GC_CONNECTION_CLOSING:
        return c->now ? GC_NEVER : c->since_ms + (s->stopping ? GC_SHUTDOWN_MS : GC_CLOSING_MS);
    default:
        return GC_NEVER;
    }
}

void gc__clock_set(gc_server *s, uint32_t n) {
    gc_timers_set(&s->timers, n, gc__clock_deadline(s, gc__connection_at(s, n)));
}

void gc__clock_wake(gc_server *s) {
    uint64_t due_ms = gc_timers_deadline(&s->timers);
    if (due_ms != GC_NEVER && s->now_ms > due_ms + GC_STALL_MS) {
        s->awake_ms = s->now_ms;
    }
}
