/* The shell around gc_server: what ghostchatd is, without a kernel; or around the model of a stock
 * PeerServer. */
#include "sim/world.h"
#include "core/base/assert.h"
#include "core/base/mem.h"

#define SEND_BUFFER_BYTES 65536u /* of a socket: what the kernel takes before it says EAGAIN */
#define CHECK_EVERY       64u    /* inputs; the check looks at everything */

uint64_t sim_server_now(sim_world *w) {
    return w->now_ms;
}

static void plan_wake(sim_world *w, uint64_t at_ms) {
    sim_server *s = &w->server;
    uint64_t now_ms = sim_server_now(w);
    if (at_ms == s->wake_at_ms) {
        return;
    }
    s->wake_at_ms = at_ms;
    s->wake++;
    if (at_ms != GC_NEVER) {
        sim_world_plan(
            w, at_ms > now_ms ? at_ms - now_ms : 0,
            (sim_event){.type = SIM_EVENT_SERVER_WAKE, .node = SIM_NO_NODE, .a = s->wake});
    }
}

static void start_stock(sim_world *w) {
    sim_server *s = &w->server;
    s->wake_at_ms = GC_NEVER;
    sim_peer_server_start(w);
    sim_world_note(w, SIM_NO_NODE, SIM_MARK_SERVER_START, ++s->starts, 0, 0, GC_SPAN_NONE);
    plan_wake(w, sim_peer_server_deadline(s->stock));
}

void sim_server_start(sim_world *w) {
    sim_server *s = &w->server;
    uint8_t seed[32];
    gc_assert(!s->up);
    s->up = true;
    sim_world_changed(w, 0);
    if (s->stock != NULL) {
        start_stock(w);
        return;
    }
    sim_rng_bytes(&w->net, seed, sizeof seed);
    memset(s->memory, 0, s->bytes);
    s->core = gc_server_init(s->memory, s->bytes, &s->config, &w->crypto, seed, sim_server_now(w));
    gc_assert(s->core != NULL);
    s->starts++;
    s->wake_at_ms = GC_NEVER;
    sim_world_note(w, SIM_NO_NODE, SIM_MARK_SERVER_START, s->starts, 0, 0, GC_SPAN_NONE);
    sim_server_drain(w);
}

void sim_server_crash(sim_world *w) {
    w->server.core = NULL;
    w->server.up = false;
    sim_world_changed(w, 0);
    w->server.wake++;
    sim_world_note(w, SIM_NO_NODE, SIM_MARK_SERVER_CRASH, w->server.starts, 0, 0, GC_SPAN_NONE);
    for (uint32_t i = 0; i < w->socket_count; i++) {
        if (w->sockets[i].used && w->sockets[i].server) {
            sim_socket_server_died(w, &w->sockets[i]);
        }
    }
    if (w->server.stock != NULL) {
        sim_peer_server_stop(w);
    }
}

static sim_socket *socket_of(sim_world *w, gc_conn conn) {
    for (uint32_t i = 0; i < w->socket_count; i++) {
        sim_socket *s = &w->sockets[i];
        if (s->used && s->accepted && s->conn == conn) {
            return s;
        }
    }
    return NULL;
}

static void finish(sim_world *w, sim_socket *s) {
    gc_conn conn = s->conn;
    uint32_t reason = s->close_reason;
    sim_socket_server_closed(w, s);
    gc_server_close(w->server.core, sim_server_now(w), conn, reason);
}

void sim_server_write(sim_world *w, sim_socket *s) {
    gc_span spans[4];
    while (s->down.in_flight < SEND_BUFFER_BYTES) {
        uint32_t count = gc_server_unsent(w->server.core, s->conn, spans, 4);
        if (count == 0) {
            break;
        }
        uint32_t sent = 0;
        for (uint32_t i = 0; i < count; i++) {
            sent += spans[i].len;
            sim_socket_bytes(w, s, false, spans[i]);
        }
        gc_server_sent(w->server.core, sim_server_now(w), s->conn, sent);
    }
    if (s->closing && gc_server_unsent(w->server.core, s->conn, spans, 1) == 0) {
        finish(w, s);
    }
}

static void output(sim_world *w, const gc_server_output *o) {
    if (o->type == GC_SERVER_DATAGRAM) {
        sim_datagram_output(w, o);
        return;
    }
    sim_socket *s = socket_of(w, o->conn);
    if (s == NULL) {
        return; /* accepted, but still inside gc_server_accept(): nothing can come yet */
    }
    sim_world_note(w, s->node, SIM_MARK_SERVER + o->type, (uint32_t)(s - w->sockets), o->reason,
                   o->now, GC_SPAN_NONE);
    switch (o->type) {
    case GC_SERVER_WRITE:
        sim_server_write(w, s);
        break;
    case GC_SERVER_MEASURE:
        /* What arrived at either end: bytes of the client, or its kernel's acknowledgements. */
        gc_server_measured(w->server.core, sim_server_now(w), s->conn,
                           (uint32_t)(s->up.want + s->down.want));
        break;
    case GC_SERVER_CLOSE:
        s->closing = true;
        s->close_reason = o->reason;
        if (o->now) {
            finish(w, s);
        } else {
            sim_server_write(w, s);
        }
        break;
    case GC_SERVER_PAUSE:
    case GC_SERVER_RESUME:
        s->paused = o->type == GC_SERVER_PAUSE;
        break;
    default:
        gc_assert(false);
    }
}

void sim_server_drain(sim_world *w) {
    sim_server *s = &w->server;
    gc_server_output o;
    while (gc_server_poll(s->core, &o)) {
        output(w, &o);
    }
    if (++s->inputs % CHECK_EVERY == 0) {
        gc_server_check(s->core);
    }
    plan_wake(w, gc_server_deadline(s->core));
}

void sim_server_wake(sim_world *w, uint32_t wake) {
    sim_server *s = &w->server;
    if (!s->up || wake != s->wake) {
        return;
    }
    s->wake_at_ms = GC_NEVER;
    if (s->stock != NULL) {
        sim_peer_server_wake(w);
        plan_wake(w, sim_peer_server_deadline(s->stock));
        return;
    }
    gc_server_tick(s->core, sim_server_now(w));
    sim_server_drain(w);
    if (s->wake_at_ms <= sim_server_now(w)) {
        sim_fail(w, SIM_INVARIANT_TIMER, SIM_NO_NODE, 0, 0, s->wake_at_ms);
    }
}
