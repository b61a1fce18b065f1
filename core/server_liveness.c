#include "core/base/assert.h"
#include "core/server.h"
#include "core/wire/websocket.h"

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

static uint64_t silent_at(const gc_server *s, const gc_connection *c) {
    return after_stall(s, c->last_ms + s->config.alive_timeout_ms);
}

static uint64_t deadline_of(const gc_server *s, const gc_connection *c) {
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
        return min_of(max_of(c->last_ms, c->pinged_ms) + s->ping_ms, silent_at(s, c));
    case GC_CONNECTION_CLOSING:
        return c->now ? GC_NEVER : c->since_ms + (s->stopping ? GC_SHUTDOWN_MS : GC_CLOSING_MS);
    default:
        return GC_NEVER;
    }
}

void gc__clock(gc_server *s, uint32_t n) {
    gc_timers_set(&s->timers, n, deadline_of(s, gc__at(s, n)));
}

/* It may hear us although we do not hear it: as PeerServer, a close frame without a code. */
static void end_silent(gc_server *s, uint32_t n) {
    s->stats.cut_total[GC_REASON_SILENT]++;
    gc__close(s, n, 0, GC_REASON_SILENT);
}

static void on_open_due(gc_server *s, uint32_t n) {
    gc_connection *c = gc__at(s, n);
    if (c->paused) {
        if (gc_bucket_resume_ms(&c->bucket) <= s->now_ms) {
            c->paused = false;
            c->last_ms = s->now_ms;
            c->pending &= (uint8_t)~GC_PENDING_PAUSE;
            gc__wake(s, n, GC_PENDING_RESUME);
        }
    } else if (silent_at(s, c) <= s->now_ms) {
        end_silent(s, n);
    } else if (max_of(c->last_ms, c->pinged_ms) + s->ping_ms <= s->now_ms) {
        c->pinged_ms = s->now_ms;
        gc__send(s, n, GC_WS_PING, NULL, 0);
    }
}

static void on_due(gc_server *s, uint32_t n) {
    gc_connection *c = gc__at(s, n);
    if (deadline_of(s, c) > s->now_ms) {
        return; /* life since the timer was set, or a stall */
    }
    switch (c->state) {
    case GC_CONNECTION_READING:
        s->stats.rejected_total[GC_REASON_HANDSHAKE_TIMEOUT]++;
        if (!c->served) {
            gc__offend(s, n);
        }
        gc__end(s, n, GC_REASON_HANDSHAKE_TIMEOUT, true);
        break;
    case GC_CONNECTION_WAITING:
        /* The holder showed no life, else n would have been refused: settling admits n. */
        gc_assert(s->waits[n].holder != 0);
        end_silent(s, s->waits[n].holder - 1);
        break;
    case GC_CONNECTION_OPEN:
        on_open_due(s, n);
        break;
    default:
        gc_assert(c->state == GC_CONNECTION_CLOSING);
        gc__end(s, n, c->reason, true);
        break;
    }
}

void gc__liveness_tick(gc_server *s) {
    uint64_t due_ms = gc_timers_deadline(&s->timers);
    if (due_ms != GC_NEVER && s->now_ms > due_ms + GC_STALL_MS) {
        s->awake_ms = s->now_ms;
    }
    uint32_t n;
    while (gc_timers_due(&s->timers, s->now_ms, &n)) {
        on_due(s, n);
        gc__settle(s);
        gc__clock(s, n);
    }
}

void gc__charge(gc_server *s, uint32_t n, uint32_t messages) {
    gc_connection *c = gc__at(s, n);
    bool over = false;
    if (c->state != GC_CONNECTION_OPEN) {
        return;
    }
    for (uint32_t i = 0; i < messages; i++) {
        over = gc_bucket_take(&c->bucket, s->config.rate_per_second, s->now_ms);
    }
    if (over && !c->paused) {
        c->paused = true;
        c->pending &= (uint8_t)~GC_PENDING_RESUME;
        gc__wake(s, n, GC_PENDING_PAUSE);
        s->stats.throttled_total++;
        gc__clock(s, n);
    }
}

void gc__on_frame(gc_server *s, uint32_t n) {
    gc_connection *c = gc__at(s, n);
    c->last_ms = s->now_ms;
    if (c->state != GC_CONNECTION_OPEN) {
        return;
    }
    if (gc_registry_at(&s->registry, n)->waiter != 0) {
        gc__admission_alive(s, n);
    }
    gc__charge(s, n, 1);
}
