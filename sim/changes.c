/* Episodes of worlds with a stock server: some things change within seconds, then nothing does, and
 * all who are there must be linked in time; then the next. Unlike the faults of other worlds they
 * aim: at those who hold slots. */
#include "sim/world.h"
#include "core/base/assert.h"

#define CHANGES_MAX   4
#define CHANGE_MS_MAX 6000 /* between two of them */

typedef enum change {
    LEAVE,
    LEAVE_HOLDER,
    RELOAD, /* the process ends and its sockets are closed; a new one comes at once */
    JOIN_TOGETHER,
    CRASH, /* its sockets are closed by its OS */
    CRASH_HOLDER,
    VANISH, /* its sockets stay, half open */
    VANISH_HOLDER,
    VANISH_HOLDERS, /* all of them, in one moment */
    SERVER,
    PARTITION,
    SERVER_CUT,
    SOCKET,      /* ends, or is half open */
    SOCKET_SLOT, /* the same, of a holder */
    LINK,
    FREEZE_HOLDER
} change;

/* What an episode may draw: more of what is common. */
static const uint8_t calm[] = {LEAVE,  LEAVE,        LEAVE_HOLDER, LEAVE_HOLDER, JOIN_TOGETHER,
                               RELOAD, LEAVE_HOLDER, CRASH,        CRASH_HOLDER};
static const uint8_t crashes[] = {VANISH, VANISH_HOLDER,  CRASH_HOLDER, LEAVE_HOLDER, VANISH_HOLDER,
                                  RELOAD, VANISH_HOLDERS, LEAVE,        JOIN_TOGETHER};
static const uint8_t network[] = {SERVER,        PARTITION, SERVER_CUT,   SOCKET,
                                  SOCKET_SLOT,   LINK,      SERVER,       VANISH_HOLDER,
                                  FREEZE_HOLDER, LEAVE,     LEAVE_HOLDER, RELOAD};

static uint8_t draw_change(sim_rng *r, uint32_t style) {
    if (style == 0) {
        return calm[sim_rng_below(r, sizeof calm)];
    }
    return style == 1 ? crashes[sim_rng_below(r, sizeof crashes)]
                      : network[sim_rng_below(r, sizeof network)];
}

static void invite_back(sim_world *w, uint32_t within_ms) {
    for (uint32_t i = 0; i < w->node_count; i++) {
        sim_node *n = &w->nodes[i];
        if (n->present) {
            sim_user_plan(w, i, sim_rng_between(&w->users, 1, 2 * w->scenario.send_ms));
            continue;
        }
        if (sim_rng_chance(&w->fault, 250)) {
            continue;
        }
        n->comes_back = true;
        if (n->client == NULL) {
            sim_node_start(w, i);
        }
        sim_user_plan(w, i, sim_rng_between(&w->fault, 1, within_ms));
    }
}

void sim_changes_begin(sim_world *w) {
    uint32_t draw = sim_rng_below(&w->fault, 100), style = draw < 50 ? 0 : draw < 75 ? 1 : 2;
    uint32_t count = sim_rng_between(&w->fault, w->episode == 0 ? 0 : 1, CHANGES_MAX);
    uint32_t at_ms = w->episode == 0 ? w->scenario.join_ms : 1;
    w->calm = style < 2;
    for (uint32_t i = 0; i < count; i++) {
        bool together = sim_rng_chance(&w->fault, 300);
        at_ms += sim_rng_between(&w->fault, 0, together ? 50 : CHANGE_MS_MAX);
        sim_world_plan(w, at_ms,
                       (sim_event){.type = SIM_EVENT_CHANGE,
                                   .node = SIM_NO_NODE,
                                   .a = draw_change(&w->fault, style)});
    }
    if (w->episode > 0) {
        invite_back(w, at_ms);
    }
    w->episode++;
    gc_assert(w->episode <= SIM_EPISODES_MAX);
    w->phase = SIM_PHASE_TRAFFIC;
    w->phase_ms = w->now_ms;
    w->traffic_end_ms = w->now_ms + at_ms + 1;
    w->meshed_ms = UINT64_MAX;
    w->stale = w->unnoticed = false;
    sim_world_note(w, SIM_NO_NODE, SIM_MARK_EPISODE, w->episode, style, at_ms, GC_SPAN_NONE);
}

/* --- whom it hits ----------------------------------------------------------------------------- */

static bool can(const sim_world *w, uint32_t node) {
    return w->nodes[node].client != NULL && w->nodes[node].present && !sim_node_frozen(w, node);
}

static uint32_t somebody(sim_world *w) {
    uint32_t node = sim_rng_below(&w->fault, w->node_count);
    for (uint32_t i = 0; i < w->node_count; i++) {
        if (can(w, (node + i) % w->node_count)) {
            return (node + i) % w->node_count;
        }
    }
    return SIM_NONE;
}

/* Somebody who holds a slot; anybody when nobody does. */
static uint32_t holder(sim_world *w) {
    uint32_t count = 0;
    while (sim_peer_server_holder(w, count) != SIM_NONE) {
        count++;
    }
    if (count == 0) {
        return somebody(w);
    }
    uint32_t node = sim_peer_server_holder(w, sim_rng_below(&w->fault, count));
    return can(w, node) ? node : somebody(w);
}

/* Everybody who is not here, in one millisecond. */
static void join_together(sim_world *w) {
    for (uint32_t i = 0; i < w->node_count; i++) {
        if (w->nodes[i].client != NULL && !w->nodes[i].present) {
            sim_user_join(w, i);
        }
    }
}

static void vanish_holders(sim_world *w) {
    uint32_t node;
    while ((node = sim_peer_server_holder(w, 0)) != SIM_NONE) {
        sim_fault_crash(w, node, true, 0);
    }
}

static uint32_t back_ms(sim_world *w) {
    uint32_t some = sim_rng_between(&w->fault, 1, 10000);
    return sim_rng_chance(&w->fault, 500) ? some : 0;
}

static bool hits_holder(uint32_t kind) {
    return kind == LEAVE_HOLDER || kind == CRASH_HOLDER || kind == VANISH_HOLDER ||
           kind == SOCKET_SLOT || kind == FREEZE_HOLDER;
}

static void hit(sim_world *w, uint32_t kind, uint32_t node) {
    switch (kind) {
    case LEAVE:
    case LEAVE_HOLDER:
        sim_fault_leave(w, node);
        break;
    case RELOAD:
        sim_fault_crash(w, node, false, sim_rng_between(&w->fault, 100, 1500));
        break;
    case CRASH:
    case CRASH_HOLDER:
        sim_fault_crash(w, node, false, back_ms(w));
        break;
    case VANISH:
    case VANISH_HOLDER:
        sim_fault_crash(w, node, true, back_ms(w));
        break;
    case SOCKET:
    case SOCKET_SLOT:
        sim_fault_socket(w, node,
                         kind == SOCKET ? GC_SIGNALING_SOCKET_OWN : GC_SIGNALING_SOCKET_SLOT, 500);
        break;
    case LINK:
        sim_fault_link(w, node, false);
        break;
    default:
        sim_fault_freeze(w, node, sim_rng_between(&w->fault, 500, 20000));
        break;
    }
}

void sim_change_event(sim_world *w, const sim_event *e) {
    uint32_t for_ms = sim_rng_between(&w->fault, 200, 8000);
    uint64_t some = sim_rng_next(&w->fault);
    bool one_way = sim_rng_chance(&w->fault, 300);
    if (w->phase != SIM_PHASE_TRAFFIC) {
        return;
    }
    switch (e->a) {
    case JOIN_TOGETHER:
        join_together(w);
        return;
    case VANISH_HOLDERS:
        vanish_holders(w);
        return;
    case SERVER:
        sim_fault_server(w, for_ms);
        return;
    case PARTITION:
    case SERVER_CUT:
        sim_fault_partition(w, some, one_way, e->a == SERVER_CUT, for_ms);
        return;
    default:
        break;
    }
    uint32_t node = hits_holder(e->a) ? holder(w) : somebody(w);
    if (node != SIM_NONE) {
        hit(w, e->a, node);
    }
}
