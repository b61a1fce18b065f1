/* What must not wait: sends that end in time (I7) while faults go on, and after healing the bounds
 * of meeting, last words, leaving and of the server's forgetting. */
#include "sim/partial.h"
#include "sim/prompt.h"
#include "sim/world.h"
#include "core/base/assert.h"
#include "core/base/mem.h"

#define SWEEP_MS 500
#define FINE_MS  50    /* the same where meetings are measured */
#define LATE_MS  1000  /* on top of GC_UNDELIVERED_MS: the grain of timers */
#define MEET_MS  90000 /* redial delays of 30 s, a dial of 15 s, half open sockets */
#define WORDS_MS 30000 /* testing.md I3 */
#define FRESH_MS 15000 /* rooms over a stock server, from the last change */
#define STALE_MS 90000 /* the same when a slot's holder crashed, or a socket is half open */
#define EMPTY_MS (GC_ALIVE_MS + GC_PING_MS_MAX + 10000)
#define GONE_MS  (GC_LINK_SILENT_MS + GC_LINK_PING_MS + 5000)

static void enter(sim_world *w, sim_phase phase) {
    w->phase = phase;
    w->phase_ms = w->now_ms;
    sim_world_note(w, SIM_NO_NODE, phase == SIM_PHASE_MEETING ? SIM_MARK_HEALED : SIM_MARK_MESHED,
                   phase, 0, 0, GC_SPAN_NONE);
}

static void sweep_messages(sim_world *w) {
    sim_oracle *o = &w->oracle;
    while (o->first_pending < o->message_count &&
           (o->messages[o->first_pending].pending == 0 ||
            !o->lives[o->messages[o->first_pending].life].alive)) {
        o->first_pending++;
    }
    for (uint32_t i = o->first_pending; i < o->message_count; i++) {
        sim_message *m = &o->messages[i];
        const sim_life *l = &o->lives[m->life];
        bool late = m->pending > 0 && l->alive && !sim_node_frozen(w, l->node) &&
                    w->nodes[l->node].seen_ms > m->sent_ms + GC_UNDELIVERED_MS + LATE_MS;
        if (late && m->late) {
            sim_fail(w, SIM_INVARIANT_I7, l->node, i, m->pending, m->seq);
        }
        m->late = late;
    }
}

/* --- meeting ---------------------------------------------------------------------------------- */

static bool sees(const sim_world *w, uint32_t node, uint32_t life) {
    for (uint32_t i = 0; i < SIM_PEERS_MAX; i++) {
        const sim_peer *p = &w->nodes[node].peers[i];
        if (p->known && p->life == life && p->state == GC_PEER_OPEN) {
            return true;
        }
    }
    return false;
}

static bool here(const sim_world *w, uint32_t node) {
    return w->nodes[node].client != NULL && w->nodes[node].present;
}

/* Whether two people who are here should be linked. */
static bool belong(const sim_world *w, uint32_t a, uint32_t b) {
    const sim_node *x = &w->nodes[a], *y = &w->nodes[b];
    if (!here(w, a) || !here(w, b) || sim_is_hostile(w, a) || sim_is_hostile(w, b)) {
        return false;
    }
    if (x->guest || y->guest) {
        return (a == 0 && y->host_life == x->life) || (b == 0 && x->host_life == y->life);
    }
    return x->room == y->room;
}

static bool meshed(sim_world *w, uint32_t *node, uint32_t *other) {
    if (w->scenario.bad_key) {
        return true; /* nobody is let in: they need no more than to know why */
    }
    for (uint32_t a = 0; a < w->node_count; a++) {
        *node = a;
        *other = a;
        bool expected = w->nodes[a].comes_back && (!w->nodes[a].guest || here(w, 0));
        if (expected || (here(w, a) && w->nodes[a].state == GC_STATE_FAILED)) {
            return false;
        }
        for (uint32_t b = 0; b < w->node_count; b++) {
            if (a != b && belong(w, a, b) && !sees(w, a, w->nodes[b].life)) {
                *other = b;
                return false;
            }
        }
    }
    return true;
}

void sim_oracle_expect_meshed(sim_world *w) {
    uint32_t node = 0, other = 0;
    if (!meshed(w, &node, &other)) {
        sim_fail(w, SIM_INVARIANT_EXPECT, node, other, 0, 0);
    }
}

void sim_oracle_expect_away(sim_world *w, uint32_t node) {
    for (uint32_t i = 0; i < SIM_PEERS_MAX; i++) {
        const sim_peer *p = &w->nodes[node].peers[i];
        if (p->known && p->state == GC_PEER_AWAY) {
            return;
        }
    }
    sim_fail(w, SIM_INVARIANT_EXPECT, node, node, 0, 0);
}

void sim_oracle_expect_alone(sim_world *w, uint32_t node) {
    for (uint32_t i = 0; i < SIM_PEERS_MAX; i++) {
        if (w->nodes[node].peers[i].known) {
            sim_fail(w, SIM_INVARIANT_EXPECT, node, i, w->nodes[node].peers[i].state, 0);
        }
    }
}

void sim_oracle_expect_reason(sim_world *w, uint32_t node, uint32_t reason) {
    for (uint32_t i = 0; i < w->node_count; i++) {
        if ((node == SIM_ALL || node == i) && w->nodes[i].reason != reason) {
            sim_fail(w, SIM_INVARIANT_EXPECT, i, reason, w->nodes[i].reason, 0);
        }
    }
}

static bool has_company(const sim_world *w, uint32_t node) {
    for (uint32_t b = 0; b < w->node_count && !w->scenario.bad_key; b++) {
        if (b != node && belong(w, node, b)) {
            return true;
        }
    }
    return false;
}

/* A crashed process whose connection is half open keeps its place in a room until the server gives
 * it up; with them the room may be full, and who stands outside must wait for that. */
static uint64_t meet_ms(const sim_world *w) {
    uint32_t places = 0;
    for (uint32_t i = 0; i < w->oracle.life_count; i++) {
        const sim_life *l = &w->oracle.lives[i];
        places += l->alive || (!l->left && l->ended_ms + EMPTY_MS > w->phase_ms);
    }
    return places > GC_ROOM_MEMBERS_MAX && w->node_count <= GC_ROOM_MEMBERS_MAX ? EMPTY_MS + MEET_MS
                                                                                : MEET_MS;
}

static uint64_t meet_until_ms(const sim_world *w) {
    if (w->episode == 0) {
        return w->phase_ms + meet_ms(w);
    }
    return w->changed_ms + (w->stale || w->unnoticed ? STALE_MS : FRESH_MS);
}

static void meeting(sim_world *w) {
    uint32_t node = 0, other = 0;
    w->stale = w->stale || (w->server.stock != NULL && sim_peer_server_stale(w));
    if (!meshed(w, &node, &other)) {
        if (w->now_ms > meet_until_ms(w)) {
            sim_fail(w, SIM_INVARIANT_MESH, node, other, 0, w->phase_ms);
        }
        return;
    }
    if (w->now_ms < w->changed_ms) {
        return; /* not everybody knows yet what is broken */
    }
    w->meeting_ms = w->now_ms - w->phase_ms;
    w->meshed_ms = w->now_ms;
    if (w->episode > 0) {
        w->meetings[w->meeting_count++] = (sim_meeting){.ms = (uint32_t)(w->now_ms - w->changed_ms),
                                                        .stale = w->stale || w->unnoticed};
    }
    if (w->episode < w->scenario.episodes) {
        sim_changes_begin(w);
        return;
    }
    enter(w, SIM_PHASE_WORDS);
    for (uint32_t i = 0; i < w->node_count; i++) {
        w->nodes[i].words = here(w, i) && has_company(w, i) ? 2 : 0;
    }
}

/* --- last words ------------------------------------------------------------------------------- */

/* The first message between two who live that has not ended; SIM_NONE when there is none. */
static uint32_t unfinished(const sim_world *w) {
    const sim_oracle *o = &w->oracle;
    for (uint32_t i = o->first_pending; i < o->message_count; i++) {
        const sim_message *m = &o->messages[i];
        for (uint32_t k = 0; k < m->count && o->lives[m->life].alive; k++) {
            uint32_t to = m->to[k].life;
            if (m->to[k].state == SIM_PENDING && to != SIM_NONE && o->lives[to].alive &&
                !sim_is_hostile(w, o->lives[to].node)) {
                return i;
            }
        }
    }
    return SIM_NONE;
}

/* What is said to be not delivered between two who are here was not shown. */
static void check_late(sim_world *w) {
    const sim_oracle *o = &w->oracle;
    for (uint32_t i = 0; i < o->message_count; i++) {
        const sim_message *m = &o->messages[i];
        for (uint32_t k = 0; k < m->count && o->lives[m->life].alive; k++) {
            const sim_recipient *r = &m->to[k];
            if (r->state == SIM_UNDELIVERED && r->shown && !r->over && o->lives[r->life].alive &&
                !sim_is_hostile(w, o->lives[r->life].node)) {
                sim_fail(w, SIM_INVARIANT_LATE, o->lives[m->life].node, r->life, i, m->seq);
            }
        }
    }
}

static void check_gone(sim_world *w) {
    for (uint32_t i = 0; i < w->node_count; i++) {
        for (uint32_t k = 0; k < SIM_PEERS_MAX && here(w, i); k++) {
            const sim_peer *p = &w->nodes[i].peers[k];
            if (!p->known || p->state != GC_PEER_OPEN || p->life == SIM_NONE) {
                continue;
            }
            const sim_life *l = &w->oracle.lives[p->life];
            if (!l->alive && l->ended_ms + GONE_MS < w->now_ms) {
                sim_fail(w, SIM_INVARIANT_GONE, i, k, p->life, l->ended_ms);
            }
        }
    }
}

static void words(sim_world *w) {
    bool all_said = true;
    for (uint32_t i = 0; i < w->node_count; i++) {
        sim_node *n = &w->nodes[i];
        while (n->words > 0 && here(w, i) && sim_user_send(w, i)) {
            n->words--;
        }
        all_said = all_said && n->words == 0;
    }
    uint32_t open = unfinished(w);
    all_said = sim_partial_words(w) && all_said;
    if (!all_said || open != SIM_NONE) {
        if (w->now_ms > w->phase_ms + (w->unnoticed ? MEET_MS : WORDS_MS)) {
            sim_fail(w, SIM_INVARIANT_WORDS, SIM_NO_NODE, open, all_said, w->phase_ms);
        }
        return;
    }
    w->words_ms = w->now_ms - w->phase_ms;
    check_gone(w);
    check_late(w);
    enter(w, SIM_PHASE_LEAVING);
    for (uint32_t i = 0; i < w->node_count; i++) {
        sim_user_leave(w, i);
    }
}

/* --- leaving ---------------------------------------------------------------------------------- */

static void leaving_stock(sim_world *w) {
    uint32_t left = sim_peer_server_left(w->server.stock);
    for (uint32_t i = 0; i < w->socket_count; i++) {
        left += w->sockets[i].used;
    }
    if (left == 0) {
        enter(w, SIM_PHASE_DONE);
    } else if (w->now_ms > w->phase_ms + EMPTY_MS) {
        sim_fail(w, SIM_INVARIANT_EMPTY, SIM_NO_NODE, left, 0, left);
    }
}

static void leaving(sim_world *w) {
    if (w->server.stock != NULL) {
        leaving_stock(w);
        return;
    }
    gc_server_stats s;
    gc_server_get_stats(w->server.core, &s);
    uint64_t left = s.connections + s.peers + s.rooms + s.room_members + s.queued_bytes +
                    s.held_messages + s.held_bytes;
    if (left == 0) {
        enter(w, SIM_PHASE_DONE);
    } else if (w->now_ms > w->phase_ms + EMPTY_MS) {
        sim_fail(w, SIM_INVARIANT_EMPTY, SIM_NO_NODE, (uint32_t)s.connections, (uint32_t)s.peers,
                 left);
    }
}

void sim_oracle_sweep(sim_world *w) {
    sweep_messages(w);
    sim_prompt_sweep(w);
    switch (w->phase) {
    case SIM_PHASE_TRAFFIC:
        if (w->now_ms >= w->traffic_end_ms) {
            w->steady = false;
            sim_faults_heal(w);
            w->healed_ms = w->now_ms;
            enter(w, SIM_PHASE_MEETING);
        }
        break;
    case SIM_PHASE_MEETING:
        meeting(w);
        break;
    case SIM_PHASE_WORDS:
        words(w);
        break;
    case SIM_PHASE_LEAVING:
        leaving(w);
        break;
    default:
        return;
    }
    bool fine = w->episode > 0 && w->phase <= SIM_PHASE_MEETING;
    sim_world_plan(w, fine ? FINE_MS : SWEEP_MS,
                   (sim_event){.type = SIM_EVENT_SWEEP, .node = SIM_NO_NODE});
}
