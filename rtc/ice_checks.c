#include "rtc/ice_checks.h"
#include "core/base/assert.h"
#include "core/base/number.h"
#include "core/base/timers.h"

/* The order in which checks that may go do go. */
enum rank {
    RANK_URGENT,
    RANK_AGAIN,
    RANK_NEW_BUT_ANSWERED, /* at another base */
    RANK_NEW_OTHER_FAMILY,
    RANK_NEW,
    RANK_NONE
};

void gc_ice_checks_init(gc_ice_checks *c, gc_drbg *drbg, gc_ice_gate *gate) {
    *c = (gc_ice_checks){.drbg = drbg, .gate = gate, .pace_ms = GC_ICE_PACE_MS};
}

void gc_ice_checks_pace(gc_ice_checks *c, uint32_t theirs_ms) {
    uint32_t most = theirs_ms < GC_ICE_CHECKS_PACE_MS_MAX ? theirs_ms : GC_ICE_CHECKS_PACE_MS_MAX;
    c->pace_ms = theirs_ms == 0 ? GC_ICE_PACE_MS : most;
    if (c->pace_ms < GC_ICE_CHECKS_PACE_OWN_MS) {
        c->pace_ms = GC_ICE_CHECKS_PACE_OWN_MS;
    }
}

static bool is_new(const gc_ice_pair *p) {
    return p->state == GC_ICE_PAIR_WAITING && !p->triggered;
}

/* True if its nomination by us was not answered yet. */
static bool is_nominating(const gc_ice_pairs *t, const gc_ice_pair *p) {
    return p->state == GC_ICE_PAIR_VALID && t->controlling && p->nominating && !p->nominated;
}

/* How often a check is sent at most. */
static uint32_t sends_max(const gc_ice_pair *p) {
    return p->heard ? GC_ICE_HEARD_SENDS_MAX : GC_ICE_SENDS_MAX;
}

static bool is_exhausted(const gc_ice_pair *p) {
    return p->state == GC_ICE_PAIR_CHECKING && !p->triggered && p->sends >= sends_max(p);
}

static enum rank rank_of(const gc_ice_checks *c, const gc_ice_pairs *t, const gc_ice_pair *p,
                         bool settled) {
    if (p->state == GC_ICE_PAIR_FREE || p->state == GC_ICE_PAIR_FAILED || is_exhausted(p) ||
        (settled && is_new(p))) {
        return RANK_NONE;
    }
    if (p->triggered || is_nominating(t, p)) {
        return RANK_URGENT;
    }
    if (!is_new(p)) {
        return RANK_AGAIN;
    }
    if (t->targets[p->target].answered) {
        return RANK_NEW_BUT_ANSWERED;
    }
    return t->targets[p->target].addr.family == c->last_family ? RANK_NEW : RANK_NEW_OTHER_FAMILY;
}

/* When the check of a pair that has a rank may go out. */
static uint64_t ready_ms(const gc_ice_checks *c, const gc_ice_pairs *t, const gc_ice_pair *p,
                         uint64_t now_ms) {
    const gc_ice_target *target = &t->targets[p->target];
    uint64_t at_ms = gc_max_u64(p->due_ms, now_ms);
    if (c->last_family != 0 && p->state != GC_ICE_PAIR_VALID) {
        at_ms = gc_max_u64(at_ms, gc_ice_gate_floor_ms(c->gate, now_ms));
    }
    if (is_new(p)) {
        at_ms = gc_max_u64(at_ms, target->pace_ms);
    }
    if (!target->answered) {
        at_ms = gc_max_u64(at_ms, gc_ice_gate_free_ms(c->gate, now_ms, &target->addr));
    }
    return at_ms;
}

uint32_t gc_ice_checks_next(const gc_ice_checks *c, const gc_ice_pairs *t, uint64_t now_ms,
                            bool settled) {
    uint32_t best = GC_ICE_NO_PAIR;
    enum rank best_rank = RANK_NONE;
    for (uint32_t i = 0; i < t->used; i++) {
        const gc_ice_pair *p = &t->pairs[i];
        enum rank rank = rank_of(c, t, p, settled);
        bool better = rank < best_rank || (rank == best_rank && rank != RANK_NONE &&
                                           p->priority > t->pairs[best].priority);
        if (better && p->due_ms <= now_ms && ready_ms(c, t, p, now_ms) <= now_ms) {
            best = i;
            best_rank = rank;
        }
    }
    return best;
}

/* When a pair ends if nothing comes. */
static uint64_t expires_ms(const gc_ice_pair *p) {
    if (p->state == GC_ICE_PAIR_VALID) {
        return p->answered_ms + GC_ICE_CONSENT_EXPIRES_MS;
    }
    return is_exhausted(p) ? p->due_ms : GC_NEVER;
}

uint64_t gc_ice_checks_deadline(const gc_ice_checks *c, const gc_ice_pairs *t, uint64_t now_ms,
                                bool settled) {
    uint64_t at_ms = GC_NEVER;
    for (uint32_t i = 0; i < t->used; i++) {
        const gc_ice_pair *p = &t->pairs[i];
        at_ms = gc_min_u64(at_ms, expires_ms(p));
        if (p->due_ms < at_ms && rank_of(c, t, p, settled) != RANK_NONE) {
            at_ms = gc_min_u64(at_ms, ready_ms(c, t, p, now_ms));
        }
    }
    return at_ms;
}

bool gc_ice_checks_expire(gc_ice_pairs *t, uint64_t now_ms) {
    bool lost = false;
    for (uint32_t i = 0; i < t->used; i++) {
        if (expires_ms(&t->pairs[i]) <= now_ms) {
            lost = lost || t->pairs[i].state == GC_ICE_PAIR_VALID;
            gc_ice_pairs_fail(t, i);
        }
    }
    return lost;
}

uint64_t gc_ice_checks_consent_ms(gc_ice_checks *c, uint64_t now_ms) {
    return now_ms + GC_ICE_CONSENT_MS_MIN +
           gc_drbg_below(c->drbg, GC_ICE_CONSENT_MS_MAX - GC_ICE_CONSENT_MS_MIN + 1);
}

/* When to check again if no answer comes. */
static uint64_t again_ms(const gc_ice_pair *p, uint64_t now_ms) {
    if (p->state == GC_ICE_PAIR_VALID) {
        return now_ms + gc_max_u64(GC_ICE_RTO_MS, 2 * (uint64_t)p->rtt_ms);
    }
    uint32_t sends = p->state == GC_ICE_PAIR_WAITING ? 1 : p->sends + 1u;
    if (sends >= sends_max(p)) {
        return now_ms + GC_ICE_LAST_WAIT_MS;
    }
    uint64_t doubled_ms = (uint64_t)GC_ICE_RTO_MS << (sends - 1);
    return now_ms + (p->heard ? GC_ICE_RTO_MS : gc_min_u64(doubled_ms, GC_ICE_RTO_MS_MAX));
}

void gc_ice_checks_send(gc_ice_checks *c, gc_ice_pairs *t, uint32_t pair, uint64_t now_ms) {
    const gc_ice_pair *p = &t->pairs[pair];
    const gc_ice_target *target = &t->targets[p->target];
    bool again = p->state == GC_ICE_PAIR_CHECKING && p->sends > 0;
    uint8_t transaction[sizeof p->transaction];
    if (!again) {
        gc_drbg_bytes(c->drbg, transaction, sizeof transaction);
    }
    if (is_new(p) || c->last_family == 0) {
        c->last_family = target->addr.family;
    }
    if (p->state != GC_ICE_PAIR_VALID) { /* else the other side could hold up all other links */
        gc_ice_gate_spend(c->gate, now_ms, &target->addr, target->answered);
    }
    gc_ice_pairs_pace(t, pair, now_ms + c->pace_ms);
    gc_ice_pairs_sent(t, pair, now_ms, again_ms(p, now_ms), again ? NULL : transaction);
}
