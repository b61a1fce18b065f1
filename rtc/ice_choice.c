#include "rtc/ice_choice.h"

void gc_ice_choice_init(gc_ice_choice *c) {
    *c = (gc_ice_choice){.pair = GC_ICE_NO_PAIR};
}

static bool has_valid(const gc_ice_choice *c, const gc_ice_pairs *t) {
    return c->pair != GC_ICE_NO_PAIR && t->pairs[c->pair].state == GC_ICE_PAIR_VALID;
}

bool gc_ice_choice_settled(const gc_ice_choice *c, const gc_ice_pairs *t) {
    return has_valid(c, t) && t->pairs[c->pair].nominated && !gc_ice_pairs_in_doubt(t, c->pair);
}

void gc_ice_choice_make(gc_ice_choice *c, gc_ice_pairs *t, uint64_t now_ms) {
    uint32_t best = gc_ice_pairs_best(t);
    if (!has_valid(c, t) || t->pairs[best].nominated || gc_ice_pairs_in_doubt(t, c->pair)) {
        c->pair = best;
    }
    if (c->pair == GC_ICE_NO_PAIR) {
        c->settled = false;
        return;
    }
    if (t->controlling && !t->pairs[c->pair].nominating) {
        gc_ice_pairs_nominate(t, c->pair, now_ms);
    }
    bool settled = gc_ice_choice_settled(c, t);
    if (!c->settled && settled) {
        gc_ice_pairs_rest(t);
    }
    c->settled = settled;
}

void gc_ice_choice_ask(const gc_ice_choice *c, gc_ice_pairs *t, uint64_t now_ms) {
    if (has_valid(c, t) && t->pairs[c->pair].sends == 0) {
        gc_ice_pairs_again(t, c->pair, now_ms);
    }
}
