#include "sim/prompt.h"
#include "core/base/number.h"
#include "rtc/dtls.h"
#include "sim/native.h"
#include "sim/network.h"

/* A link over a NAT that has moved may have no path any more, and nobody can know before consent
 * expires; unless the NATs let everybody in. */
static bool has_path(const sim_world *w, uint32_t node, uint64_t open_ms) {
    const sim_host *h = &w->network->hosts[node];
    return w->scenario.nats != SIM_NATS_MIXED || h->moved_ms < open_ms;
}

/* When the last open link of this node with that life began to be open; UINT64_MAX: it is not. */
static uint64_t open_since(const sim_world *w, uint32_t node, uint32_t life) {
    for (uint32_t i = 0; i < SIM_PEERS_MAX; i++) {
        const sim_peer *p = &w->nodes[node].peers[i];
        if (p->known && p->life == life && p->state == GC_PEER_OPEN) {
            return p->open_ms;
        }
    }
    return UINT64_MAX;
}

/* Since when nothing has stood between a message and this recipient; UINT64_MAX: something does. */
static uint64_t free_since(const sim_world *w, const sim_message *m, const sim_recipient *r) {
    const sim_life *lives = w->oracle.lives;
    if (r->shown || r->gap || r->state != SIM_PENDING || r->life == SIM_NONE ||
        !lives[m->life].alive || !lives[r->life].alive) {
        return UINT64_MAX;
    }
    uint64_t there = open_since(w, lives[m->life].node, r->life);
    uint64_t back = open_since(w, lives[r->life].node, m->life);
    if (!has_path(w, lives[m->life].node, there) || !has_path(w, lives[r->life].node, there)) {
        return UINT64_MAX;
    }
    return gc_max_u64(gc_max_u64(there, back), gc_max_u64(w->healed_ms, m->sent_world_ms));
}

static void sweep_messages(sim_world *w) {
    const sim_oracle *o = &w->oracle;
    for (uint32_t i = o->first_pending; i < o->message_count; i++) {
        const sim_message *m = &o->messages[i];
        for (uint32_t k = 0; k < m->count; k++) {
            uint64_t since_ms = free_since(w, m, &m->to[k]);
            uint64_t ms = since_ms < w->now_ms ? w->now_ms - since_ms : 0;
            w->prompt_ms = gc_max_u64(w->prompt_ms, ms);
            if (ms > SIM_PROMPT_MS) {
                sim_fail(w, SIM_INVARIANT_PROMPT, o->lives[m->life].node, i, m->to[k].life, m->seq);
            }
        }
    }
}

/* A wrong bit in what a handshake says in the clear and no signature covers, the list of ciphers or
 * the cipher that was chosen, is seen by both sides at its end alone (rtc/dtls.h): none of them can
 * begin again without the other, so its deadline ends it, and the next dial is a good one. The
 * checksum of UDP lets no single wrong bit through: only who writes the path can do that. */
static uint64_t dial_ms(const sim_world *w) {
    return w->scenario.spoil_permille == 0 ? SIM_DIAL_MS : GC_DTLS_HANDSHAKE_MS + SIM_DIAL_MS;
}

/* Both sides of a dial have each other's description: nothing is left to wait for. */
static void check_dials(sim_world *w, uint32_t a, uint32_t b) {
    const sim_dials *dials = sim_native_dials(w, a);
    for (uint32_t i = 0; i < dials->count; i++) {
        const sim_dial *own = &dials->dials[i];
        const sim_dial *other = sim_dials_match(sim_native_dials(w, b), own);
        if (other == NULL) {
            continue;
        }
        uint64_t since_ms = gc_max_u64(w->healed_ms, gc_max_u64(own->remote_ms, other->remote_ms));
        w->dial_ms = gc_max_u64(w->dial_ms, w->now_ms - since_ms);
        if (w->now_ms - since_ms > dial_ms(w)) {
            sim_fail(w, SIM_INVARIANT_DIAL, a, b, own->link, since_ms);
        }
    }
}

/* Behind NATs a candidate that signaling lost, in a fault that has ended, costs the link; so does a
 * name that was asked for in vain. */
static bool may_judge(const sim_world *w) {
    return w->scenario.nats == SIM_NATS_NONE && w->scenario.hidden == 0;
}

void sim_prompt_sweep(sim_world *w) {
    if (w->native == NULL || w->phase == SIM_PHASE_TRAFFIC) {
        return;
    }
    sweep_messages(w);
    for (uint32_t a = 0; may_judge(w) && a < w->node_count; a++) {
        for (uint32_t b = a + 1; b < w->node_count; b++) {
            check_dials(w, a, b);
        }
    }
}
