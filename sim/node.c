/* A process: one gc_client and the glue around it, as the page's JavaScript is. */
#include "sim/world.h"
#include "core/base/assert.h"
#include "sim/native.h"

#define CHECK_EVERY 16u /* inputs */

uint64_t sim_node_clock(const sim_world *w, uint32_t node) {
    const sim_node *n = &w->nodes[node];
    uint64_t now = w->now_ms + n->clock_ms;
    if (w->now_ms < n->back_until_ms) {
        now -= n->back_ms < now ? n->back_ms : now;
    }
    return now;
}

uint64_t sim_node_now(sim_world *w, uint32_t node) {
    sim_node *n = &w->nodes[node];
    uint64_t now = sim_node_clock(w, node);
    n->seen_ms = now > n->seen_ms ? now : n->seen_ms;
    return now;
}

void sim_node_start(sim_world *w, uint32_t node) {
    sim_node *n = &w->nodes[node];
    uint8_t seed[32];
    gc_assert(n->client == NULL && n->end_count == 0);
    for (uint32_t kind = 0; kind < GC_SIGNALING_SOCKETS; kind++) {
        gc_assert(n->sockets[kind] == SIM_NONE);
    }
    n->run++;
    n->life = SIM_NONE;
    n->crash_after = 0;
    n->seen_ms = 0;
    n->wake_at_ms = GC_NEVER;
    n->state = GC_STATE_IDLE;
    n->full = false;
    for (uint32_t i = 0; i < SIM_PEERS_MAX; i++) {
        n->peers[i].known = false;
    }
    sim_rng_bytes(&w->net, seed, sizeof seed);
    n->client =
        gc_client_init(n->memory, gc_client_size(), &w->crypto, seed, sim_node_now(w, node));
    gc_assert(n->client != NULL);
    if (w->native != NULL) {
        sim_native_start(w, node);
    }
    sim_world_note(w, node, SIM_MARK_START, n->run, 0, 0, GC_SPAN_NONE);
    sim_node_drain(w, node);
}

void sim_node_crash(sim_world *w, uint32_t node, bool silent) {
    sim_node *n = &w->nodes[node];
    if (n->client == NULL) {
        return;
    }
    sim_world_note(w, node, SIM_MARK_CRASH, n->run, silent, 0, GC_SPAN_NONE);
    sim_world_changed(w, 0);
    sim_oracle_ended(w, node, false);
    n->client = NULL;
    n->life = SIM_NONE;
    n->present = false;
    n->frozen_until_ms = 0;
    n->wake++;
    n->plan++;
    sim_socket_abandon(w, node, silent);
    sim_link_abandon(w, node, silent);
    if (w->native != NULL) {
        sim_native_stop(w, node);
    }
}

static void state_output(sim_world *w, uint32_t node, const gc_client_output *o) {
    sim_node *n = &w->nodes[node];
    n->state = o->value;
    n->signaling = o->value2;
    n->reason = o->reason;
    if (o->value == GC_STATE_FAILED) {
        sim_user_plan(w, node, 3000); /* a person reads the reason and tries again */
    }
}

static void link_output(sim_world *w, uint32_t node, const gc_client_output *o) {
    if (w->native != NULL) {
        sim_native_output(w, node, o);
    } else {
        sim_link_output(w, node, o);
    }
}

static bool link_report(sim_world *w, uint32_t node) {
    return w->native != NULL ? sim_native_report(w, node) : sim_link_report(w, node);
}

static void output(sim_world *w, uint32_t node, const gc_client_output *o) {
    switch (o->type) {
    case GC_CLIENT_SIGNALING_CONNECT:
        sim_socket_connect(w, node, o->value, o->text);
        break;
    case GC_CLIENT_SIGNALING_SEND:
        sim_socket_send(w, node, o->value, o->text);
        break;
    case GC_CLIENT_SIGNALING_CLOSE:
        sim_socket_close(w, node, o->value);
        break;
    case GC_CLIENT_ICE_SERVERS:
        break;
    case GC_CLIENT_LINK_OFFER:
    case GC_CLIENT_LINK_ANSWER:
    case GC_CLIENT_LINK_REMOTE:
    case GC_CLIENT_LINK_CANDIDATE:
    case GC_CLIENT_LINK_SEND:
    case GC_CLIENT_LINK_CLOSE:
        link_output(w, node, o);
        break;
    case GC_CLIENT_STATE:
        state_output(w, node, o);
        break;
    case GC_CLIENT_SENDABLE:
        if (w->nodes[node].full) {
            w->nodes[node].full = false;
            sim_user_plan(w, node, 1);
        }
        break;
    default:
        sim_oracle_output(w, node, o);
        break;
    }
}

uint64_t sim_node_when(const sim_world *w, uint32_t node, uint64_t seen_ms, uint64_t at_ms) {
    const sim_node *n = &w->nodes[node];
    uint64_t right_ms = n->back_until_ms + n->clock_ms;
    return w->now_ms < n->back_until_ms && at_ms > seen_ms && at_ms < right_ms ? right_ms : at_ms;
}

static void plan_wake(sim_world *w, uint32_t node) {
    sim_node *n = &w->nodes[node];
    uint64_t at = sim_node_when(w, node, n->seen_ms, gc_client_deadline(n->client));
    if (at == n->wake_at_ms) {
        return;
    }
    n->wake_at_ms = at;
    n->wake++;
    if (at != GC_NEVER) {
        uint64_t now = w->now_ms + n->clock_ms;
        sim_world_plan(w, at > now ? at - now : 0,
                       (sim_event){.type = SIM_EVENT_WAKE, .node = node, .a = n->wake});
    }
}

static void note_output(sim_world *w, uint32_t node, const gc_client_output *o) {
    sim_world_note(w, node, SIM_MARK_CLIENT + o->type,
                   o->type >= GC_CLIENT_PEER && o->type <= GC_CLIENT_UNDELIVERED ? o->peer
                                                                                 : o->link,
                   o->value, o->type == GC_CLIENT_STATE ? o->reason : o->number, o->text);
}

void sim_node_drain(sim_world *w, uint32_t node) {
    sim_node *n = &w->nodes[node];
    gc_client_output o;
    do {
        while (gc_client_poll(n->client, &o)) {
            note_output(w, node, &o);
            output(w, node, &o);
            if (n->crash_after > 0 && --n->crash_after == 0) {
                sim_node_crash(w, node, sim_rng_chance(&w->fault, 500));
                return;
            }
        }
    } while (link_report(w, node));
    if (++n->inputs % CHECK_EVERY == 0) {
        gc_client_check(n->client);
    }
    sim_oracle_drained(w, node);
    plan_wake(w, node);
    if (w->native != NULL) {
        sim_native_plan(w, node);
    }
}

void sim_node_wake(sim_world *w, uint32_t node, uint32_t wake) {
    sim_node *n = &w->nodes[node];
    if (n->client == NULL || wake != n->wake) {
        return;
    }
    n->wake_at_ms = GC_NEVER;
    gc_client_tick(n->client, sim_node_now(w, node));
    uint32_t run = n->run;
    sim_node_drain(w, node);
    if (n->client != NULL && n->run == run && n->wake_at_ms <= n->seen_ms) {
        sim_fail(w, SIM_INVARIANT_TIMER, node, 0, 0, n->wake_at_ms);
    }
}
