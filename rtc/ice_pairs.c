#include "rtc/ice_pairs.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/number.h"
#include "core/proto/client_output.h"

void gc_ice_pairs_init(gc_ice_pairs *t, bool controlling) {
    t->controlling = controlling;
}

/* --- order ------------------------------------------------------------------------------------ */

uint32_t gc_ice_pairs_priority(uint32_t base, gc_candidate_type type) {
    gc_assert(base < GC_ICE_BASES_MAX);
    return gc_candidate_priority(type, UINT16_MAX - base);
}

/* RFC 8445 6.1.2.3; G is the candidate of the controlling side. */
static uint64_t priority_of(const gc_ice_pairs *t, const gc_ice_pair *p) {
    uint64_t ours = gc_ice_pairs_priority(p->base, t->bases[p->base].type);
    uint64_t theirs = t->targets[p->target].priority;
    uint64_t g = t->controlling ? ours : theirs;
    uint64_t d = t->controlling ? theirs : ours;
    return (gc_min_u64(g, d) << 32) + 2 * gc_max_u64(g, d) + (g > d ? 1 : 0);
}

void gc_ice_pairs_set_role(gc_ice_pairs *t, bool controlling) {
    t->controlling = controlling;
    for (uint32_t i = 0; i < t->used; i++) {
        gc_ice_pair *p = &t->pairs[i];
        if (p->state != GC_ICE_PAIR_FREE) {
            p->priority = priority_of(t, p);
        }
        p->nominating = false;
        p->wanted = false;
    }
}

/* --- pairs come and go ------------------------------------------------------------------------ */

/* A place for a pair of this priority: a free one, or that of the worst spare one that is worse. A
 * way that was heard gets that of one that failed, too. */
static gc_ice_pair *place_for(gc_ice_pairs *t, uint64_t priority, bool heard) {
    gc_ice_pair *worst = NULL, *failed = NULL;
    for (uint32_t i = 0; i < GC_ICE_PAIRS_MAX; i++) {
        gc_ice_pair *p = &t->pairs[i];
        if (p->state == GC_ICE_PAIR_FREE) {
            return p;
        }
        if (gc_ice_pair_is_spare(p) && (heard || p->priority < priority) &&
            (worst == NULL || p->priority < worst->priority)) {
            worst = p;
        }
        failed = heard && p->state == GC_ICE_PAIR_FAILED ? p : failed;
    }
    return worst != NULL ? worst : failed;
}

/* Makes the pair of both if there is a place. heard: the way is known to work at least to us.
 * Returns its index, or GC_ICE_NO_PAIR. */
static uint32_t add_pair(gc_ice_pairs *t, uint32_t base, uint32_t target, bool heard) {
    if (t->bases[base].addr.family != t->targets[target].addr.family) {
        return GC_ICE_NO_PAIR;
    }
    gc_ice_pair pair = {
        .state = GC_ICE_PAIR_WAITING, .base = (uint8_t)base, .target = (uint8_t)target};
    pair.priority = priority_of(t, &pair);
    gc_ice_pair *place = place_for(t, pair.priority, heard);
    if (place == NULL) {
        return GC_ICE_NO_PAIR;
    }
    *place = pair;
    uint32_t index = (uint32_t)(place - t->pairs);
    t->used = t->used > index ? t->used : index + 1;
    return index;
}

static void add_base(gc_ice_pairs *t, uint32_t base, const gc_addr *addr, gc_candidate_type type) {
    gc_assert(base < GC_ICE_BASES_MAX && t->bases[base].addr.family == 0);
    gc_assert(addr->family == 4 || addr->family == 6);
    t->bases[base] = (gc_ice_base){.addr = *addr, .type = type};
    for (uint32_t i = 0; i < GC_ICE_REMOTES_MAX; i++) {
        add_pair(t, base, i, false);
    }
}

void gc_ice_pairs_add_base(gc_ice_pairs *t, uint32_t base, const gc_addr *addr) {
    add_base(t, base, addr, GC_CANDIDATE_HOST);
}

void gc_ice_pairs_add_relay(gc_ice_pairs *t, uint32_t base, const gc_addr *addr) {
    add_base(t, base, addr, GC_CANDIDATE_RELAY);
}

void gc_ice_pairs_drop_base(gc_ice_pairs *t, uint32_t base) {
    gc_assert(base < GC_ICE_BASES_MAX);
    t->bases[base] = (gc_ice_base){0};
    for (uint32_t i = 0; i < t->used; i++) {
        if (t->pairs[i].state != GC_ICE_PAIR_FREE && t->pairs[i].base == base) {
            t->pairs[i] = (gc_ice_pair){0};
        }
    }
}

void gc_ice_pairs_map_base(gc_ice_pairs *t, uint32_t base, const gc_addr *mapped) {
    gc_assert(base < GC_ICE_BASES_MAX && t->bases[base].addr.family != 0);
    t->bases[base].mapped = *mapped;
}

/* --- remote candidates ------------------------------------------------------------------------ */

uint32_t gc_ice_pairs_targets(const gc_ice_pairs *t) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < GC_ICE_REMOTES_MAX; i++) {
        count += t->targets[i].addr.family != 0;
    }
    return count;
}

static gc_ice_target *find_target(gc_ice_pairs *t, const gc_addr *addr) {
    for (uint32_t i = 0; i < GC_ICE_REMOTES_MAX; i++) {
        if (gc_candidate_same_addr(&t->targets[i].addr, addr)) {
            return &t->targets[i];
        }
    }
    return NULL;
}

/* True if no pair of this candidate is worth keeping. */
static bool is_spare_target(const gc_ice_pairs *t, uint32_t target) {
    for (uint32_t i = 0; i < t->used; i++) {
        const gc_ice_pair *p = &t->pairs[i];
        if (p->state != GC_ICE_PAIR_FREE && p->target == target && !gc_ice_pair_is_spare(p)) {
            return false;
        }
    }
    return !t->targets[target].answered;
}

/* True if no pair of this candidate works or is tried: the peer may have been there, and left. */
static bool is_past_target(const gc_ice_pairs *t, uint32_t target) {
    for (uint32_t i = 0; i < t->used; i++) {
        const gc_ice_pair *p = &t->pairs[i];
        bool lives = p->state != GC_ICE_PAIR_FREE && p->state != GC_ICE_PAIR_FAILED;
        if (lives && p->target == target) {
            return false;
        }
    }
    return true;
}

static void drop_target(gc_ice_pairs *t, gc_ice_target *target) {
    uint32_t index = (uint32_t)(target - t->targets);
    for (uint32_t i = 0; i < t->used; i++) {
        if (t->pairs[i].state != GC_ICE_PAIR_FREE && t->pairs[i].target == index) {
            t->pairs[i] = (gc_ice_pair){0};
        }
    }
    *target = (gc_ice_target){0};
}

void gc_ice_pairs_restart(gc_ice_pairs *t, uint32_t keep) {
    uint32_t kept = keep == GC_ICE_NO_PAIR ? GC_ICE_REMOTES_MAX : t->pairs[keep].target;
    for (uint32_t i = 0; i < GC_ICE_REMOTES_MAX; i++) {
        if (i != kept) {
            drop_target(t, &t->targets[i]);
        }
    }
    for (uint32_t i = 0; i < t->used; i++) {
        gc_ice_pair *p = &t->pairs[i];
        if (p->state != GC_ICE_PAIR_FREE) {
            *p = (gc_ice_pair){.state = GC_ICE_PAIR_WAITING,
                               .priority = p->priority,
                               .base = p->base,
                               .target = p->target,
                               .heard = p->heard || i == keep,
                               .heard_told = p->heard_told || i == keep};
        }
    }
}

/* The worst of the spare remote candidates, or of the past ones; NULL: there is none. */
static gc_ice_target *worst_target(gc_ice_pairs *t, bool past) {
    gc_ice_target *worst = NULL;
    for (uint32_t i = 0; i < GC_ICE_REMOTES_MAX; i++) {
        gc_ice_target *target = &t->targets[i];
        bool goes = past ? is_past_target(t, i) : is_spare_target(t, i);
        if (goes && (worst == NULL || target->priority < worst->priority)) {
            worst = target;
        }
    }
    return worst;
}

/* A place for a remote candidate; evict: where none is free, that of the worst spare one, else of
 * the worst past one. */
static gc_ice_target *target_place(gc_ice_pairs *t, bool evict) {
    for (uint32_t i = 0; i < GC_ICE_REMOTES_MAX; i++) {
        if (t->targets[i].addr.family == 0) {
            return &t->targets[i];
        }
    }
    gc_ice_target *worst = evict ? worst_target(t, false) : NULL;
    worst = evict && worst == NULL ? worst_target(t, true) : worst;
    if (worst != NULL) {
        drop_target(t, worst);
    }
    return worst;
}

/* The peer knows its candidate better than we do from a check. */
static void update_target(gc_ice_pairs *t, gc_ice_target *target, gc_candidate_type type,
                          uint32_t priority) {
    if (type == GC_CANDIDATE_PRFLX || target->type != GC_CANDIDATE_PRFLX) {
        return;
    }
    target->type = type;
    target->priority = priority;
    for (uint32_t i = 0; i < t->used; i++) {
        gc_ice_pair *p = &t->pairs[i];
        if (p->state != GC_ICE_PAIR_FREE && &t->targets[p->target] == target) {
            p->priority = priority_of(t, p);
        }
    }
}

int gc_ice_pairs_add_target(gc_ice_pairs *t, const gc_addr *addr, gc_candidate_type type,
                            uint32_t priority) {
    gc_assert(addr->family == 4 || addr->family == 6);
    gc_ice_target *target = find_target(t, addr);
    if (target != NULL) {
        update_target(t, target, type, priority);
        return 0;
    }
    target = target_place(t, type == GC_CANDIDATE_PRFLX);
    if (target == NULL) {
        return GC_E_FULL;
    }
    *target = (gc_ice_target){.addr = *addr, .type = type, .priority = priority};
    for (uint32_t i = 0; i < GC_ICE_BASES_MAX; i++) {
        add_pair(t, i, (uint32_t)(target - t->targets), false);
    }
    return 0;
}

/* --- finding ---------------------------------------------------------------------------------- */

uint32_t gc_ice_pairs_find(const gc_ice_pairs *t, uint32_t base, const gc_addr *addr) {
    for (uint32_t i = 0; i < t->used; i++) {
        const gc_ice_pair *p = &t->pairs[i];
        if (p->state != GC_ICE_PAIR_FREE && p->base == base &&
            gc_candidate_same_addr(&t->targets[p->target].addr, addr)) {
            return i;
        }
    }
    return GC_ICE_NO_PAIR;
}

uint32_t gc_ice_pairs_make(gc_ice_pairs *t, uint32_t base, const gc_addr *addr) {
    gc_assert(base < GC_ICE_BASES_MAX);
    uint32_t pair = gc_ice_pairs_find(t, base, addr);
    gc_ice_target *target = find_target(t, addr);
    if (pair == GC_ICE_NO_PAIR && target != NULL) {
        pair = add_pair(t, base, (uint32_t)(target - t->targets), true);
    }
    return pair;
}

uint32_t gc_ice_pairs_of(const gc_ice_pairs *t, const uint8_t *transaction) {
    for (uint32_t i = 0; i < t->used; i++) {
        const gc_ice_pair *p = &t->pairs[i];
        if (gc_ice_pair_asked(p, transaction)) {
            return i;
        }
    }
    return GC_ICE_NO_PAIR;
}

uint32_t gc_ice_pairs_best(const gc_ice_pairs *t) {
    uint32_t best = GC_ICE_NO_PAIR;
    for (uint32_t i = 0; i < t->used; i++) {
        if (t->pairs[i].state == GC_ICE_PAIR_VALID &&
            (best == GC_ICE_NO_PAIR || gc_ice_pair_is_better(&t->pairs[i], &t->pairs[best]))) {
            best = i;
        }
    }
    return best;
}

/* --- what happens to a pair ------------------------------------------------------------------- */

static gc_ice_pair *pair_at(gc_ice_pairs *t, uint32_t pair) {
    gc_assert(pair < GC_ICE_PAIRS_MAX && t->pairs[pair].state != GC_ICE_PAIR_FREE);
    return &t->pairs[pair];
}

void gc_ice_pairs_again(gc_ice_pairs *t, uint32_t pair, uint64_t now_ms) {
    gc_ice_pair_again(pair_at(t, pair), now_ms);
}

void gc_ice_pairs_anew(gc_ice_pairs *t, uint32_t pair, uint64_t now_ms) {
    gc_ice_pair_anew(pair_at(t, pair), now_ms);
}

void gc_ice_pairs_sent(gc_ice_pairs *t, uint32_t pair, uint64_t now_ms, uint64_t due_ms,
                       const uint8_t *transaction) {
    gc_ice_pair_sent(pair_at(t, pair), now_ms, due_ms, transaction, t->controlling);
}

void gc_ice_pairs_pace(gc_ice_pairs *t, uint32_t pair, uint64_t pace_ms) {
    t->targets[pair_at(t, pair)->target].pace_ms = pace_ms;
}

uint32_t gc_ice_pairs_next_heard(gc_ice_pairs *t) {
    for (uint32_t i = 0; i < t->used; i++) {
        if (t->pairs[i].heard && !t->pairs[i].heard_told) {
            t->pairs[i].heard_told = true;
            return i;
        }
    }
    return GC_ICE_NO_PAIR;
}

void gc_ice_pairs_heard(gc_ice_pairs *t, uint32_t pair, uint64_t now_ms, bool want) {
    gc_ice_pair *p = pair_at(t, pair);
    p->heard = true;
    if (want && !t->controlling) {
        for (uint32_t i = 0; i < t->used; i++) {
            t->pairs[i].wanted = i == pair;
            t->pairs[i].nominated = t->pairs[i].nominated && i == pair;
        }
        p->nominated = p->state == GC_ICE_PAIR_VALID;
    }
    if (p->state != GC_ICE_PAIR_VALID) {
        gc_ice_pairs_again(t, pair, now_ms);
    }
}

/* RFC 8445 7.2.5.3.1: an address that is none of our candidates is a peer-reflexive one. Whatever
 * the remote saw of a relay, the way leads through the relay. */
static gc_candidate_type type_of(const gc_ice_base *base, const gc_addr *mapped) {
    if (base->type == GC_CANDIDATE_RELAY) {
        return GC_CANDIDATE_RELAY;
    }
    if (gc_candidate_same_addr(&base->addr, mapped)) {
        return GC_CANDIDATE_HOST;
    }
    return gc_candidate_same_addr(&base->mapped, mapped) ? GC_CANDIDATE_SRFLX : GC_CANDIDATE_PRFLX;
}

/* Keeps the number of VALID pairs bounded: the worst but this one fails. */
static void keep_valid(gc_ice_pairs *t, uint32_t pair) {
    uint32_t count = 0;
    uint32_t worst = GC_ICE_NO_PAIR;
    for (uint32_t i = 0; i < t->used; i++) {
        if (t->pairs[i].state != GC_ICE_PAIR_VALID) {
            continue;
        }
        count++;
        if (i != pair &&
            (worst == GC_ICE_NO_PAIR || gc_ice_pair_is_better(&t->pairs[worst], &t->pairs[i]))) {
            worst = i;
        }
    }
    if (count > GC_ICE_VALID_MAX) {
        gc_ice_pairs_fail(t, worst);
    }
}

void gc_ice_pairs_transaction(const gc_ice_pairs *t, uint32_t pair, uint8_t out[12]) {
    gc_ice_pair_transaction(&t->pairs[pair], out);
}

void gc_ice_pairs_answered(gc_ice_pairs *t, uint32_t pair, uint64_t now_ms, uint64_t due_ms,
                           const uint8_t transaction[12], const gc_addr *mapped) {
    gc_ice_pair *p = pair_at(t, pair);
    bool by_us = t->controlling && p->nominating && p->sent_nominating;
    gc_ice_pair_answered(p, now_ms, due_ms, transaction);
    p->local_type = (uint8_t)type_of(&t->bases[p->base], mapped);
    t->targets[p->target].answered = true;
    if (by_us || p->wanted) {
        for (uint32_t i = 0; i < t->used; i++) {
            t->pairs[i].nominated = i == pair;
        }
    }
    keep_valid(t, pair);
}

void gc_ice_pairs_nominate(gc_ice_pairs *t, uint32_t pair, uint64_t now_ms) {
    gc_ice_pair *p = pair_at(t, pair);
    gc_assert(t->controlling && p->state == GC_ICE_PAIR_VALID);
    for (uint32_t i = 0; i < t->used; i++) {
        t->pairs[i].nominating = i == pair;
    }
    p->due_ms = now_ms;
}

void gc_ice_pairs_doubt(gc_ice_pairs *t, uint32_t pair) {
    gc_ice_pair *p = pair_at(t, pair);
    p->doubted = p->state == GC_ICE_PAIR_VALID;
}

void gc_ice_pairs_fail(gc_ice_pairs *t, uint32_t pair) {
    gc_ice_pair_fail(pair_at(t, pair));
}

void gc_ice_pairs_rest(gc_ice_pairs *t) {
    for (uint32_t i = 0; i < t->used; i++) {
        if (t->pairs[i].state == GC_ICE_PAIR_CHECKING && !t->pairs[i].triggered) {
            t->pairs[i].state = GC_ICE_PAIR_WAITING;
        }
    }
}

/* --- asking ----------------------------------------------------------------------------------- */

const gc_addr *gc_ice_pairs_addr(const gc_ice_pairs *t, uint32_t pair) {
    gc_assert(pair < GC_ICE_PAIRS_MAX && t->pairs[pair].state != GC_ICE_PAIR_FREE);
    return &t->targets[t->pairs[pair].target].addr;
}

bool gc_ice_pairs_in_doubt(const gc_ice_pairs *t, uint32_t pair) {
    gc_assert(pair < GC_ICE_PAIRS_MAX);
    return gc_ice_pair_in_doubt(&t->pairs[pair]);
}

uint32_t gc_ice_pairs_path(const gc_ice_pairs *t, uint32_t pair) {
    static const uint32_t order[][2] = {{GC_CANDIDATE_RELAY, GC_PATH_RELAY},
                                        {GC_CANDIDATE_SRFLX, GC_PATH_SRFLX},
                                        {GC_CANDIDATE_PRFLX, GC_PATH_PRFLX}};
    gc_assert(pair < GC_ICE_PAIRS_MAX && t->pairs[pair].state == GC_ICE_PAIR_VALID);
    const gc_ice_pair *p = &t->pairs[pair];
    for (uint32_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        if (p->local_type == order[i][0] || t->targets[p->target].type == order[i][0]) {
            return order[i][1];
        }
    }
    return GC_PATH_HOST;
}

bool gc_ice_pairs_is_relayed(const gc_ice_pairs *t, uint32_t pair) {
    return gc_ice_pairs_path(t, pair) == GC_PATH_RELAY;
}
