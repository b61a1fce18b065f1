/* What goes wrong, and when it is right again. Faults come while traffic goes on; healing ends all
 * of them at one moment. */
#include "sim/world.h"
#include "core/base/assert.h"
#include "core/base/mem.h"
#include "sim/network.h"

bool sim_node_frozen(const sim_world *w, uint32_t node) {
    return w->nodes[node].frozen_until_ms > w->now_ms;
}

static bool in(uint64_t bits, uint32_t node) {
    return (bits >> node % 64 & 1) != 0;
}

bool sim_path_ok(const sim_world *w, uint32_t from, uint32_t to) {
    for (uint32_t i = 0; i < SIM_PARTITIONS; i++) {
        const sim_partition *p = &w->partitions[i];
        if (p->active && p->within && in(p->a, from) && in(p->a, to)) {
            return false;
        }
        if (!p->active || p->server || p->within || in(p->a, from) == in(p->a, to)) {
            continue;
        }
        if (!p->one_way || in(p->a, from)) {
            return false;
        }
    }
    return true;
}

bool sim_server_path_ok(const sim_world *w, uint32_t node, bool up) {
    for (uint32_t i = 0; i < SIM_PARTITIONS; i++) {
        const sim_partition *p = &w->partitions[i];
        if (p->active && p->server && in(p->a, node) && (!p->one_way || up)) {
            return false;
        }
    }
    return true;
}

static void plan_heal(sim_world *w, uint32_t delay_ms, uint32_t kind, uint32_t which) {
    sim_world_plan(w, delay_ms,
                   (sim_event){.type = SIM_EVENT_HEAL, .node = SIM_NO_NODE, .a = kind, .b = which});
}

/* --- each kind -------------------------------------------------------------------------------- */

static void cut(sim_world *w, sim_partition p, uint32_t for_ms) {
    for (uint32_t i = 0; i < SIM_PARTITIONS; i++) {
        if (!w->partitions[i].active) {
            sim_world_changed(w, for_ms);
            w->partitions[i] = p;
            sim_world_note(w, SIM_NO_NODE, SIM_MARK_PARTITION, p.one_way, p.server + 2 * p.within,
                           p.a, GC_SPAN_NONE);
            plan_heal(w, for_ms, SIM_FAULT_PARTITION, i);
            if (!p.server) {
                sim_link_suspect(w, SIM_NONE);
            }
            return;
        }
    }
}

void sim_fault_partition(sim_world *w, uint64_t a, bool one_way, bool server, uint32_t for_ms) {
    cut(w, (sim_partition){.active = true, .one_way = one_way, .server = server, .a = a}, for_ms);
}

/* This node and another one. */
static void cut_pair(sim_world *w, uint32_t node, uint64_t some, uint32_t for_ms) {
    uint32_t other = (node + 1 + (uint32_t)(some % (w->node_count - 1))) % w->node_count;
    uint64_t both = (uint64_t)1 << node % 64 | (uint64_t)1 << other % 64;
    cut(w, (sim_partition){.active = true, .within = true, .a = both}, for_ms);
}

static void crash(sim_world *w, uint32_t node, uint32_t back_ms) {
    sim_node *n = &w->nodes[node];
    if (n->client == NULL) {
        return;
    }
    n->comes_back = back_ms > 0;
    if (back_ms > 0) {
        plan_heal(w, back_ms, SIM_FAULT_CRASH, node);
    }
    if (sim_rng_chance(&w->fault, 500)) {
        n->crash_after = sim_rng_between(&w->fault, 1, 8); /* in the middle of a drain */
    } else {
        sim_node_crash(w, node, sim_rng_chance(&w->fault, 500));
    }
}

void sim_fault_freeze(sim_world *w, uint32_t node, uint32_t for_ms) {
    if (w->nodes[node].client == NULL || sim_node_frozen(w, node) ||
        w->now_ms >= w->traffic_end_ms) {
        return;
    }
    uint64_t left_ms = w->traffic_end_ms - w->now_ms;
    for_ms = for_ms < left_ms ? for_ms : (uint32_t)left_ms; /* healing finds nobody frozen */
    w->nodes[node].frozen_until_ms = w->now_ms + for_ms;
    sim_world_changed(w, for_ms);
    sim_world_note(w, node, SIM_MARK_FREEZE, for_ms, 0, 0, GC_SPAN_NONE);
    sim_link_suspect(w, node);
}

void sim_fault_leave(sim_world *w, uint32_t node) {
    sim_node *n = &w->nodes[node];
    if (n->client == NULL || !n->present) {
        return;
    }
    sim_user_leave(w, node);
    if (sim_rng_chance(&w->fault, 700)) {
        n->comes_back = true;
        sim_user_plan(w, node, sim_rng_between(&w->fault, 1, 8000));
    }
}

void sim_fault_server(sim_world *w, uint32_t back_ms) {
    if (w->server.up) {
        sim_server_crash(w);
        plan_heal(w, back_ms, SIM_FAULT_SERVER_CRASH, 0);
    }
}

static void clock_jump(sim_world *w, uint32_t node) {
    sim_node *n = &w->nodes[node];
    uint32_t kind = sim_rng_below(&w->fault, 4);
    if (kind == 0) {
        n->clock_ms += sim_rng_between(&w->fault, 1000, 3600000);
    } else if (kind == 1) {
        n->clock_ms += sim_rng_between(&w->fault, 1, 5000);
    } else {
        /* It falls back and is right again soon: a reading of another core, a bad hypervisor. */
        n->back_ms = kind == 2 ? 3600000 : sim_rng_between(&w->fault, 1, 3000);
        n->back_until_ms = w->now_ms + sim_rng_between(&w->fault, 1, 2000);
    }
    sim_world_note(w, node, SIM_MARK_CLOCK, kind, 0, n->clock_ms, GC_SPAN_NONE);
    /* A host that wakes up looks at its timers, whatever it waited for. */
    sim_world_plan(w, 0, (sim_event){.type = SIM_EVENT_WAKE, .node = node, .a = n->wake});
}

void sim_fault_crash(sim_world *w, uint32_t node, bool silent, uint32_t back_ms) {
    w->nodes[node].comes_back = back_ms > 0;
    sim_node_crash(w, node, silent);
    if (back_ms > 0) {
        plan_heal(w, back_ms, SIM_FAULT_CRASH, node);
    }
}

void sim_fault_socket(sim_world *w, uint32_t node, uint32_t kind, uint32_t told_permille) {
    uint32_t socket = w->nodes[node].sockets[kind];
    if (socket != SIM_NONE) {
        sim_world_note(w, node, SIM_MARK_SOCKET_CUT, socket, told_permille, 0, GC_SPAN_NONE);
        sim_socket_cut(w, socket, told_permille);
    }
}

static gc_span id_of(const sim_world *w, uint32_t node) {
    return gc_client_id(w->nodes[node].client);
}

/* Who has the larger id dials GC_DIAL_EXPECT_MS after it was told, the other one at once. */
static void cut_for_glare(sim_world *w, uint32_t index) {
    const sim_end *end = &w->ends[index], *peer = sim_link_peer(w, end);
    if (peer == NULL || peer->lingering || id_of(w, end->node).len == 0 ||
        id_of(w, peer->node).len == 0) {
        return; /* a client that has left has no id */
    }
    uint32_t later = GC_DIAL_EXPECT_MS + sim_rng_below(&w->fault, 2 * w->scenario.latency_ms + 1);
    bool first = memcmp(id_of(w, end->node).data, id_of(w, peer->node).data, GC_OWN_ID_CHARS) < 0;
    sim_link_cut(w, index, first ? later : 0, first ? 0 : later);
}

void sim_fault_link(sim_world *w, uint32_t node, bool glare) {
    const sim_node *n = &w->nodes[node];
    if (n->end_count == 0) {
        return;
    }
    uint32_t end = n->ends[sim_rng_below(&w->fault, n->end_count)];
    if (glare && sim_rng_chance(&w->fault, 700)) {
        cut_for_glare(w, end);
    } else if (glare) {
        uint32_t own = sim_rng_below(&w->fault, 5);
        sim_link_cut(w, end, own, sim_rng_below(&w->fault, 5));
    } else {
        uint32_t own = sim_rng_between(&w->fault, 1000, SIM_LINK_SILENT_MS);
        sim_link_cut(w, end, own, sim_rng_between(&w->fault, 1000, SIM_LINK_SILENT_MS));
    }
}

/* --- events ----------------------------------------------------------------------------------- */

static void plan_fault(sim_world *w, uint32_t kind) {
    uint32_t mean = w->scenario.fault_ms[kind];
    if (mean > 0) {
        sim_world_plan(w, sim_rng_between(&w->fault, mean / 2, mean + mean / 2),
                       (sim_event){.type = SIM_EVENT_FAULT, .node = SIM_NO_NODE, .a = kind});
    }
}

void sim_faults_start(sim_world *w) {
    for (uint32_t kind = 0; kind < SIM_FAULT_COUNT; kind++) {
        plan_fault(w, kind);
    }
    for (uint32_t i = 0; i < SIM_STEPS_MAX && w->scenario.steps[i].action != SIM_STEP_END; i++) {
        sim_world_plan(w, w->scenario.steps[i].at_ms,
                       (sim_event){.type = SIM_EVENT_STEP, .node = SIM_NO_NODE, .a = i});
    }
}

static void strike(sim_world *w, uint32_t kind) {
    uint32_t node = sim_rng_below(&w->fault, w->node_count);
    uint64_t some = sim_rng_next(&w->fault);
    uint32_t for_ms = sim_rng_between(&w->fault, 100, 40000);
    bool one_way = sim_rng_chance(&w->fault, 300);
    switch (kind) {
    case SIM_FAULT_SOCKET_LOSS:
        sim_fault_socket(w, node, GC_SIGNALING_SOCKET_OWN, 600);
        break;
    case SIM_FAULT_LINK_LOSS:
    case SIM_FAULT_GLARE:
        sim_fault_link(w, node, kind == SIM_FAULT_GLARE);
        break;
    case SIM_FAULT_PARTITION:
    case SIM_FAULT_SERVER_CUT:
        sim_fault_partition(w, some, one_way, kind == SIM_FAULT_SERVER_CUT, for_ms);
        break;
    case SIM_FAULT_PAIR:
        cut_pair(w, node, some, for_ms);
        break;
    case SIM_FAULT_SERVER_CRASH:
        sim_fault_server(w, 1 + for_ms / 4);
        break;
    case SIM_FAULT_CRASH:
        crash(w, node, sim_rng_chance(&w->fault, 750) ? 1 + for_ms / 2 : 0);
        break;
    case SIM_FAULT_LEAVE:
        if (!sim_node_frozen(w, node)) {
            sim_fault_leave(w, node);
        }
        break;
    case SIM_FAULT_FREEZE:
        sim_fault_freeze(w, node, for_ms);
        break;
    default:
        clock_jump(w, node);
        break;
    }
}

static void come_back(sim_world *w, uint32_t node) {
    sim_node *n = &w->nodes[node];
    if (n->client != NULL && n->crash_after > 0) {
        sim_node_crash(w, node, false); /* it was to end in a drain, but none came */
    }
    if (n->client == NULL) {
        sim_node_start(w, node);
        sim_user_plan(w, node, 1);
    }
}

static void heal(sim_world *w, uint32_t kind, uint32_t which) {
    if (kind == SIM_FAULT_PARTITION) {
        w->partitions[which].active = false;
    } else if (kind == SIM_FAULT_SERVER_CRASH && !w->server.up) {
        sim_server_start(w);
    } else if (kind == SIM_FAULT_CRASH && w->nodes[which].comes_back) {
        come_back(w, which);
    }
}

void sim_fault_event(sim_world *w, const sim_event *e) {
    if (w->phase != SIM_PHASE_TRAFFIC) {
        return;
    }
    if (e->type == SIM_EVENT_HEAL) {
        heal(w, e->a, e->b);
    } else {
        strike(w, e->a);
        plan_fault(w, e->a);
    }
}

/* --- steps of a scenario ---------------------------------------------------------------------- */

static void step_of(sim_world *w, uint32_t node, const sim_step *s) {
    switch (s->action) {
    case SIM_STEP_JOIN:
        sim_user_join(w, node);
        break;
    case SIM_STEP_SEND:
        for (uint32_t i = 0; i < s->value; i++) {
            sim_user_send(w, node);
        }
        break;
    case SIM_STEP_LEAVE:
        sim_user_leave(w, node);
        break;
    case SIM_STEP_CRASH:
    case SIM_STEP_VANISH:
        w->nodes[node].comes_back = s->value > 0;
        sim_node_crash(w, node, s->action == SIM_STEP_VANISH);
        plan_heal(w, s->value, SIM_FAULT_CRASH, node);
        break;
    case SIM_STEP_FREEZE:
        sim_fault_freeze(w, node, s->value);
        break;
    case SIM_STEP_CUT:
    case SIM_STEP_CUT_TOLD:
        sim_fault_socket(w, node, GC_SIGNALING_SOCKET_OWN,
                         s->action == SIM_STEP_CUT_TOLD ? 1000 : 0);
        break;
    case SIM_STEP_ISOLATE:
        sim_fault_partition(w, 1u << node, false, false, s->value);
        break;
    case SIM_STEP_ISOLATE_IN:
        sim_fault_partition(w, ~(uint64_t)(1u << node), true, false, s->value);
        break;
    case SIM_STEP_LINKS:
        for (uint32_t i = 0; i < w->nodes[node].end_count; i++) {
            sim_link_cut(w, w->nodes[node].ends[i], 0, 0);
        }
        break;
    case SIM_STEP_GLARE:
        for (uint32_t i = 0; i < w->nodes[node].end_count; i++) {
            cut_for_glare(w, w->nodes[node].ends[i]);
        }
        break;
    case SIM_STEP_CLOCK:
        w->nodes[node].clock_ms += s->value;
        break;
    default:
        gc_assert(false);
    }
}

void sim_fault_step(sim_world *w, uint32_t step) {
    const sim_step *s = &w->scenario.steps[step];
    switch (s->action) {
    case SIM_STEP_SERVER_CRASH:
        sim_fault_server(w, s->value);
        return;
    case SIM_STEP_MTU:
        w->scenario.mtu_bytes = s->value;
        return;
    case SIM_STEP_EXPECT_WIDEST:
        sim_network_expect_widest(w, s->value);
        return;
    case SIM_STEP_EXPECT_MESHED:
        sim_oracle_expect_meshed(w);
        return;
    case SIM_STEP_EXPECT_STEADY:
        w->steady = true;
        return;
    case SIM_STEP_EXPECT_AWAY:
        sim_oracle_expect_away(w, s->who);
        return;
    case SIM_STEP_EXPECT_ALONE:
        sim_oracle_expect_alone(w, s->who);
        return;
    case SIM_STEP_EXPECT_REASON:
        sim_oracle_expect_reason(w, s->who, s->value);
        return;
    case SIM_STEP_EXPECT_MAPPED:
        sim_oracle_expect_mapped(w);
        return;
    default:
        break;
    }
    for (uint32_t i = 0; i < w->node_count; i++) {
        if (s->who == SIM_ALL || s->who == i) {
            step_of(w, i, s);
        }
    }
}

/* --- healing ---------------------------------------------------------------------------------- */

void sim_faults_heal(sim_world *w) {
    for (uint32_t i = 0; i < SIM_PARTITIONS; i++) {
        w->partitions[i].active = false;
    }
    w->scenario.loss_permille = 0;
    /* Native links are told nothing: they have deadlines of their own. */
    w->unnoticed = (sim_rng_chance(&w->fault, 300) && !w->calm) || w->native != NULL;
    if (!w->unnoticed) {
        uint32_t links_ms = sim_link_tell(w), sockets_ms = sim_socket_tell(w);
        sim_world_changed(w, links_ms > sockets_ms ? links_ms : sockets_ms);
    }
    if (!w->server.up) {
        sim_server_start(w);
    }
    for (uint32_t i = 0; i < w->node_count; i++) {
        sim_node *n = &w->nodes[i];
        n->back_until_ms = 0;
        gc_assert(!sim_node_frozen(w, i));
        n->crash_after = 0;
        if (n->client == NULL) {
            if (n->comes_back) {
                come_back(w, i);
            }
        } else if (n->present) {
            n->comes_back = false;
        } else if (n->comes_back) {
            sim_user_plan(w, i, 1);
        } else {
            n->plan++; /* who is not here by now does not come */
        }
    }
}
