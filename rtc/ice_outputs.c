#include "rtc/ice_outputs.h"

static bool poll_answer(gc_ice *ice, gc_ice_output *out) {
    if (ice->answer_len == 0) {
        return false;
    }
    *out = (gc_ice_output){.type = GC_ICE_SEND,
                           .base = ice->answer_base,
                           .addr = ice->answer_to,
                           .bytes = gc_span_of(ice->bytes, ice->answer_len)};
    ice->answer_len = 0;
    return true;
}

static bool poll_end(gc_ice *ice, gc_ice_output *out) {
    if (ice->told_end) {
        return false;
    }
    ice->told_end = true;
    *out = (gc_ice_output){.type = GC_ICE_FAILED, .reason = ice->reason};
    return true;
}

static bool poll_candidate(gc_ice *ice, gc_ice_output *out) {
    gc_candidate c;
    uint32_t base = gc_ice_own_next(&ice->own, ice->table.bases, &c);
    if (base == GC_ICE_BASES_MAX) {
        return false;
    }
    *out = (gc_ice_output){.type = GC_ICE_CANDIDATE, .base = base, .candidate = c};
    return true;
}

static bool poll_heard(gc_ice *ice, gc_ice_output *out) {
    uint32_t pair = gc_ice_pairs_next_heard(&ice->table);
    if (pair == GC_ICE_NO_PAIR) {
        return false;
    }
    *out = (gc_ice_output){.type = GC_ICE_HEARD,
                           .base = ice->table.pairs[pair].base,
                           .addr = *gc_ice_pairs_addr(&ice->table, pair)};
    return true;
}

static bool poll_selected(gc_ice *ice, gc_ice_output *out) {
    uint32_t pair = ice->choice.pair;
    if (pair == GC_ICE_NO_PAIR) {
        return false;
    }
    uint32_t base = ice->table.pairs[pair].base;
    uint32_t path = gc_ice_pairs_path(&ice->table, pair);
    const gc_addr *addr = gc_ice_pairs_addr(&ice->table, pair);
    if (base == ice->told_base && gc_candidate_same_addr(addr, &ice->told_addr) &&
        path == ice->told_path) {
        return false;
    }
    ice->told_base = base;
    ice->told_addr = *addr;
    ice->told_path = path;
    *out = (gc_ice_output){.type = GC_ICE_SELECTED,
                           .base = base,
                           .addr = *addr,
                           .path = path,
                           .rtt_ms = ice->table.pairs[pair].rtt_ms};
    return true;
}

/* Writes the check of a pair that is due. */
static bool poll_check(gc_ice *ice, gc_ice_output *out) {
    if (!gc_ice_credentials_known(&ice->generations.current.remote)) {
        return false;
    }
    uint32_t pair = gc_ice_checks_next(&ice->checks, &ice->table, ice->now_ms,
                                       gc_ice_choice_settled(&ice->choice, &ice->table));
    if (pair == GC_ICE_NO_PAIR) {
        return false;
    }
    gc_ice_checks_send(&ice->checks, &ice->table, pair, ice->now_ms);
    gc_ice_choice_make(&ice->choice, &ice->table, ice->now_ms); /* it may be in doubt now */
    const gc_ice_pair *p = &ice->table.pairs[pair];
    const gc_ice_check check = {
        .passenger = gc_ice_passenger_ride(&ice->passenger),
        .tie_breaker = ice->tie_breaker,
        .priority = gc_ice_pairs_priority(p->base, GC_CANDIDATE_PRFLX),
        .controlling = p->sent_controlling,
        .use_candidate = p->sent_nominating,
    };
    uint8_t transaction[GC_STUN_TRANSACTION_BYTES];
    gc_ice_pairs_transaction(&ice->table, pair, transaction);
    uint32_t len =
        gc_ice_message_check(ice->bytes, transaction, &check, &ice->generations.current.local,
                             &ice->generations.current.remote);
    *out = (gc_ice_output){.type = GC_ICE_SEND,
                           .base = p->base,
                           .addr = *gc_ice_pairs_addr(&ice->table, pair),
                           .bytes = gc_span_of(ice->bytes, len)};
    return len > 0;
}

static bool poll_question(gc_ice *ice, gc_ice_output *out) {
    uint32_t base;
    gc_addr to;
    uint32_t len = gc_ice_servers_poll(&ice->servers, ice->table.bases, ice->config.gate,
                                       ice->config.drbg, ice->now_ms, ice->bytes, &base, &to);
    *out = (gc_ice_output){
        .type = GC_ICE_SEND, .base = base, .addr = to, .bytes = gc_span_of(ice->bytes, len)};
    return len > 0;
}

bool gc_ice_outputs_next(gc_ice *ice, gc_ice_output *out) {
    if (ice->reason != GC_REASON_NONE) {
        return poll_end(ice, out);
    }
    return poll_answer(ice, out) || poll_candidate(ice, out) || poll_heard(ice, out) ||
           poll_selected(ice, out) || poll_check(ice, out) || poll_question(ice, out);
}
