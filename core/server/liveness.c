#include "core/base/assert.h"
#include "core/server/inside.h"
#include "core/wire/websocket.h"

/* It may hear us although we do not hear it: as PeerServer, a close frame without a code. */
static void end_silent(gc_server *s, uint32_t n) {
    s->stats.cut_total[GC_REASON_SILENT]++;
    gc__delivery_close(s, n, 0, GC_REASON_SILENT);
}

static void on_open_due(gc_server *s, uint32_t n) {
    gc_connection *c = gc__connection_at(s, n);
    if (c->paused) {
        if (gc_bucket_resume_ms(&c->bucket) <= s->now_ms) {
            c->paused = false;
            c->last_ms = s->now_ms;
            c->pending &= (uint8_t)~GC_PENDING_PAUSE;
            gc__connection_wake(s, n, GC_PENDING_RESUME);
        }
    } else if (gc_connection_silent_ms(c, &s->clock) <= s->now_ms) {
        end_silent(s, n);
    } else if (gc_connection_ping_ms(c, &s->clock) <= s->now_ms) {
        c->pinged_ms = s->now_ms;
        gc__delivery_send(s, n, GC_WS_PING, NULL, 0);
    }
}

void gc__liveness_due(gc_server *s, uint32_t n) {
    gc_connection *c = gc__connection_at(s, n);
    if (gc_connection_deadline(c, &s->clock) > s->now_ms) {
        return; /* life since the timer was set, or a stall */
    }
    switch (c->state) {
    case GC_CONNECTION_READING:
        s->stats.rejected_total[GC_REASON_HANDSHAKE_TIMEOUT]++;
        if (!c->served) {
            gc__connection_offend(s, n);
        }
        gc__connection_end(s, n, GC_REASON_HANDSHAKE_TIMEOUT, true);
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
        gc__connection_end(s, n, c->reason, true);
        break;
    }
}

void gc__liveness_charge(gc_server *s, uint32_t n, uint32_t messages) {
    gc_connection *c = gc__connection_at(s, n);
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
        gc__connection_wake(s, n, GC_PENDING_PAUSE);
        s->stats.throttled_total++;
        gc__clock_set(s, n);
    }
}

void gc__liveness_sign(gc_server *s, uint32_t n) {
    gc__connection_at(s, n)->last_ms = s->now_ms;
}
