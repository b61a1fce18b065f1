#include "rtc/ice_choice.h"
#include "core/base/number.h"
#include "core/base/timers.h"

void gc_ice_choice_init(gc_ice_choice *c) {
    *c = (gc_ice_choice){.pair = GC_ICE_NO_PAIR,
                         .calm_ms = GC_NEVER,
                         .answer_ms = GC_NEVER,
                         .first_ms = GC_NEVER,
                         .relay_ms = GC_NEVER};
}

static bool has_valid(const gc_ice_choice *c, const gc_ice_pairs *t) {
    return c->pair != GC_ICE_NO_PAIR && t->pairs[c->pair].state == GC_ICE_PAIR_VALID;
}

bool gc_ice_choice_settled(const gc_ice_choice *c, const gc_ice_pairs *t) {
    return has_valid(c, t) && t->pairs[c->pair].nominated && !gc_ice_pairs_in_doubt(t, c->pair);
}

/* Decides about a pair that was asked because of a rival. */
static void judge(gc_ice_choice *c, gc_ice_pairs *t, uint64_t now_ms) {
    if (!has_valid(c, t) || t->pairs[c->pair].answered_ms >= c->asked_ms) {
        c->answer_ms = GC_NEVER;
    }
    if (c->answer_ms <= now_ms) {
        c->answer_ms = GC_NEVER;
        gc_ice_pairs_doubt(t, c->pair);
    }
}

static void use(gc_ice_choice *c, uint32_t pair) {
    if (pair != c->pair) {
        c->pair = pair;
        c->answer_ms = GC_NEVER;
    }
}

/* Has the controlling side nominate the pair in use, one through a relay when its time has come. */
static void nominate(gc_ice_choice *c, gc_ice_pairs *t, uint64_t now_ms) {
    c->relay_ms = GC_NEVER;
    if (!t->controlling || t->pairs[c->pair].nominating) {
        return;
    }
    uint32_t best = gc_ice_pairs_best(t);
    if (gc_ice_pairs_is_relayed(t, c->pair) && !gc_ice_pairs_is_relayed(t, best)) {
        use(c, best);
    }
    if (gc_ice_pairs_is_relayed(t, c->pair) && now_ms < c->first_ms + GC_ICE_CHOICE_RELAY_MS) {
        c->relay_ms = c->first_ms + GC_ICE_CHOICE_RELAY_MS;
        return;
    }
    gc_ice_pairs_nominate(t, c->pair, now_ms);
}

void gc_ice_choice_make(gc_ice_choice *c, gc_ice_pairs *t, uint64_t now_ms) {
    judge(c, t, now_ms);
    uint32_t best = gc_ice_pairs_best(t);
    if (!has_valid(c, t) || t->pairs[best].nominated || gc_ice_pairs_in_doubt(t, c->pair)) {
        use(c, best);
    }
    if (c->pair == GC_ICE_NO_PAIR) {
        c->settled = false;
        c->first_ms = c->relay_ms = GC_NEVER;
        return;
    }
    c->first_ms = gc_min_u64(c->first_ms, now_ms);
    nominate(c, t, now_ms);
    bool settled = gc_ice_choice_settled(c, t);
    if (!c->settled && settled) {
        gc_ice_pairs_rest(t);
        c->calm_ms = c->calm_ms == GC_NEVER ? now_ms + GC_ICE_CHOICE_CALM_MS : c->calm_ms;
    }
    c->settled = settled;
}

void gc_ice_choice_ask(const gc_ice_choice *c, gc_ice_pairs *t, uint64_t now_ms) {
    if (has_valid(c, t) && t->pairs[c->pair].sends == 0) {
        gc_ice_pairs_again(t, c->pair, now_ms);
    }
}

void gc_ice_choice_rival(gc_ice_choice *c, gc_ice_pairs *t, uint64_t now_ms) {
    if (now_ms < c->calm_ms || !has_valid(c, t)) {
        return;
    }
    c->calm_ms = now_ms + GC_ICE_CHOICE_CALM_MS;
    gc_ice_choice_ask(c, t, now_ms);
    c->asked_ms = now_ms;
    c->answer_ms = now_ms + t->pairs[c->pair].rtt_ms + GC_ICE_CHOICE_RIVAL_MS;
}

uint64_t gc_ice_choice_deadline(const gc_ice_choice *c) {
    return gc_min_u64(c->answer_ms, c->relay_ms);
}
