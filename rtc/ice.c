#include "rtc/ice.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/number.h"
#include "rtc/ice_outputs.h"

/* RFC 8445 7.3.1.1, 7.2.5.1 */
#define ROLE_CONFLICT 487

static void draw_tie_breaker(gc_ice *ice) {
    uint64_t high = gc_drbg_below(ice->config.drbg, UINT32_MAX);
    ice->tie_breaker = high << 32 | gc_drbg_below(ice->config.drbg, UINT32_MAX);
}

void gc_ice_init(gc_ice *ice, uint64_t now_ms, const gc_ice_config *config) {
    memset(ice, 0, sizeof(*ice));
    ice->config = *config;
    ice->now_ms = now_ms;
    gc_ice_choice_init(&ice->choice);
    gc_ice_passenger_init(&ice->passenger);
    gc_ice_generations_init(&ice->generations, config->drbg);
    gc_ice_pairs_init(&ice->table, config->controlling);
    gc_ice_checks_init(&ice->checks, config->drbg, config->gate);
    draw_tie_breaker(ice);
}

const gc_ice_credentials *gc_ice_local(const gc_ice *ice) {
    return gc_ice_generations_local(&ice->generations);
}

/* --- what follows from each input ------------------------------------------------------------- */

static bool ended(const gc_ice *ice) {
    return ice->reason != GC_REASON_NONE;
}

static bool is_valid(const gc_ice *ice, uint32_t pair) {
    return ice->table.pairs[pair].state == GC_ICE_PAIR_VALID;
}

/* When the agent ends if no pair becomes valid. A pair that was lost with its base leaves the
 * peer's consent as it is: there is time to find another one. */
static uint64_t end_ms(const gc_ice *ice) {
    return ice->connected ? ice->consent_ms + GC_ICE_CONSENT_EXPIRES_MS : ice->config.expires_ms;
}

/* Why the agent ends if no pair is valid now; GC_REASON_NONE: it does not yet. */
static uint32_t reason_to_end(const gc_ice *ice) {
    if (ice->now_ms < end_ms(ice)) {
        return GC_REASON_NONE;
    }
    if (ice->connected) {
        return GC_REASON_GONE;
    }
    return gc_ice_pairs_targets(&ice->table) > 0 ? GC_REASON_ICE_FAILED : GC_REASON_TIMEOUT;
}

/* Lets the time pass, and settles what an input changed. */
static void settle(gc_ice *ice) {
    gc_ice_checks_expire(&ice->table, ice->now_ms);
    gc_ice_choice_make(&ice->choice, &ice->table, ice->now_ms);
    if (ice->choice.pair == GC_ICE_NO_PAIR) {
        ice->reason = reason_to_end(ice);
    }
}

/* Begins an input. Returns false if the agent has ended, be it right now. */
static bool begin(gc_ice *ice, uint64_t now_ms) {
    ice->now_ms = gc_max_u64(ice->now_ms, now_ms);
    if (!ended(ice)) {
        settle(ice);
    }
    return !ended(ice);
}

/* --- own addresses, the peer's description ---------------------------------------------------- */

int gc_ice_add_base(gc_ice *ice, uint64_t now_ms, uint32_t base, const gc_addr *addr) {
    gc_assert(base < GC_ICE_BASES_MAX);
    if (!gc_candidate_addressable(addr, ice->config.loopback)) {
        return GC_E_REFUSED;
    }
    if (begin(ice, now_ms) && !ice->config.relay_only) {
        gc_ice_pairs_add_base(&ice->table, base, addr);
        gc_ice_own_renew(&ice->own, base);
        gc_ice_servers_ask(&ice->servers, base);
    }
    return 0;
}

int gc_ice_add_relay(gc_ice *ice, uint64_t now_ms, uint32_t base, const gc_addr *addr) {
    gc_assert(base < GC_ICE_BASES_MAX);
    if (!gc_candidate_addressable(addr, ice->config.loopback)) {
        return GC_E_REFUSED;
    }
    if (begin(ice, now_ms)) {
        gc_ice_pairs_add_relay(&ice->table, base, addr);
        gc_ice_own_renew(&ice->own, base);
    }
    return 0;
}

void gc_ice_drop_base(gc_ice *ice, uint64_t now_ms, uint32_t base) {
    gc_assert(base < GC_ICE_BASES_MAX);
    if (begin(ice, now_ms)) {
        gc_ice_pairs_drop_base(&ice->table, base);
        gc_ice_early_forget(&ice->early, base);
        if (ice->told_base == base) {
            ice->told_addr = (gc_addr){0}; /* the next one with this number is another one */
        }
        if (ice->answer_base == base) {
            ice->answer_len = 0;
        }
        settle(ice);
    }
}

int gc_ice_add_server(gc_ice *ice, uint64_t now_ms, const gc_addr *server) {
    if (!gc_candidate_addressable(server, ice->config.loopback)) {
        return GC_E_REFUSED;
    }
    return !begin(ice, now_ms) || gc_ice_servers_add(&ice->servers, server) ? 0 : GC_E_REFUSED;
}

/* An authentic check came from this address, and the peer's credentials are known. */
static void hear(gc_ice *ice, uint32_t base, const gc_addr *from, uint32_t priority, bool wanted) {
    if (!gc_candidate_addressable(from, ice->config.loopback) ||
        gc_ice_pairs_add_target(&ice->table, from, GC_CANDIDATE_PRFLX, priority) != 0) {
        return;
    }
    uint32_t pair = gc_ice_pairs_make(&ice->table, base, from);
    if (pair != GC_ICE_NO_PAIR) {
        if (!ice->table.pairs[pair].heard && pair != ice->choice.pair) {
            gc_ice_choice_rival(&ice->choice, &ice->table, ice->now_ms);
        }
        gc_ice_pairs_heard(&ice->table, pair, ice->now_ms, wanted);
    }
}

/* RFC 8445 9: the check lists are flushed. The owner goes on with the pair in use until it hears of
 * another one, and consent on it counts for as long as it would have. */
static void begin_anew(gc_ice *ice) {
    gc_ice_pairs_restart(&ice->table, ice->choice.pair);
    gc_ice_choice_init(&ice->choice);
    ice->told_addr = (gc_addr){0};
}

int gc_ice_remote(gc_ice *ice, uint64_t now_ms, gc_span ufrag, gc_span pwd) {
    bool news, restarts = gc_ice_restarting(ice);
    int result = gc_ice_generations_remote(&ice->generations, ufrag, pwd, &news);
    if (result != 0 || !news || !begin(ice, now_ms)) {
        return result;
    }
    if (restarts) {
        begin_anew(ice);
    }
    gc_ice_early_remote e;
    while (gc_ice_early_take(&ice->early, &e)) {
        hear(ice, e.base, &e.from, e.priority, e.wanted);
    }
    return 0;
}

int gc_ice_restart(gc_ice *ice, uint64_t now_ms) {
    int result = begin(ice, now_ms) ? 0 : GC_E_CLOSED;
    if (result == 0) {
        result = gc_ice_generations_restart(&ice->generations, ice->config.drbg);
    }
    for (uint32_t base = 0; result == 0 && base < GC_ICE_BASES_MAX; base++) {
        gc_ice_own_renew(&ice->own, base);
        gc_ice_servers_ask(&ice->servers, base);
    }
    return result;
}

bool gc_ice_restarting(const gc_ice *ice) {
    return gc_ice_generations_restarting(&ice->generations);
}

void gc_ice_pace(gc_ice *ice, uint32_t theirs_ms) {
    gc_ice_checks_pace(&ice->checks, theirs_ms);
}

int gc_ice_add_candidate(gc_ice *ice, uint64_t now_ms, const gc_candidate *c) {
    if (c->named) {
        return GC_E_ARGUMENT;
    }
    if (!gc_candidate_addressable(&c->addr, ice->config.loopback)) {
        return GC_E_REFUSED;
    }
    /* A peer does not signal peer-reflexive ones: those that we hear take the place of others. */
    gc_candidate_type type = c->type == GC_CANDIDATE_PRFLX ? GC_CANDIDATE_SRFLX : c->type;
    bool taken = !begin(ice, now_ms) ||
                 gc_ice_pairs_add_target(&ice->table, &c->addr, type, c->priority) == 0;
    return taken ? 0 : GC_E_REFUSED;
}

/* --- checks of the peer ----------------------------------------------------------------------- */

/* RFC 8445 7.3.1.1: if both sides have one role, the larger tie-breaker keeps or becomes the
 * controlling one. Returns false if it is the peer that has to change. */
static bool agree_on_roles(gc_ice *ice, const gc_ice_check *check) {
    if (check->controlling != ice->table.controlling) {
        return true;
    }
    bool larger = ice->tie_breaker >= check->tie_breaker;
    if (larger == ice->table.controlling) {
        return false;
    }
    gc_ice_pairs_set_role(&ice->table, larger);
    return true;
}

static void take_check(gc_ice *ice, uint32_t base, const gc_addr *from, const gc_ice_check *check,
                       const gc_ice_generation *which) {
    if (!gc_ice_credentials_known(&which->remote)) {
        gc_ice_early_put(&ice->early, base, from, check->priority, check->use_candidate);
    } else if (which == &ice->generations.current) {
        hear(ice, base, from, check->priority, check->use_candidate);
    }
}

static int on_request(gc_ice *ice, uint32_t base, const gc_addr *from, const gc_stun_message *m) {
    gc_ice_check check;
    const gc_ice_generation *which;
    uint32_t code;
    int result = gc_ice_generations_read(&ice->generations, m, &check, &code, &which);
    if (result != 0) {
        return result;
    }
    if (code == 0 && !agree_on_roles(ice, &check)) {
        code = ROLE_CONFLICT;
    }
    if (code == 0) {
        take_check(ice, base, from, &check, which);
        ice->came = check.passenger;
        ice->answer_len = gc_ice_message_success(ice->bytes, m->transaction, from, &which->local);
    } else {
        ice->answer_len = gc_ice_message_refusal(ice->bytes, m, code, &which->local);
    }
    ice->answer_base = base;
    ice->answer_to = *from;
    return 0;
}

/* --- answers of the peer ---------------------------------------------------------------------- */

/* RFC 8445 7.2.5.1: we change our role, unless that happened since the check, and ask again. */
static void on_conflict(gc_ice *ice, uint32_t pair) {
    if (ice->table.pairs[pair].sent_controlling == ice->table.controlling) {
        gc_ice_pairs_set_role(&ice->table, !ice->table.controlling);
        draw_tie_breaker(ice);
    }
    gc_ice_pairs_anew(&ice->table, pair, ice->now_ms);
}

/* A pair works that did not before, beside the one in use: that one is asked now, so that it is not
 * in use for long if it is dead. */
static void question(gc_ice *ice, uint32_t pair) {
    if (!is_valid(ice, pair)) {
        gc_ice_choice_ask(&ice->choice, &ice->table, ice->now_ms);
    }
}

/* An answer that belongs to no check may be one of a STUN server. */
static int on_server(gc_ice *ice, uint32_t base, const gc_addr *from, const gc_stun_message *m) {
    gc_addr mapped;
    if (!gc_ice_servers_answer(&ice->servers, base, from, m, &mapped)) {
        return GC_E_NOT_FOUND;
    }
    if (!gc_candidate_same_addr(&mapped, &ice->table.bases[base].mapped)) {
        gc_ice_own_remap(&ice->own, base);
    }
    gc_ice_pairs_map_base(&ice->table, base, &mapped);
    return 0;
}

static int on_response(gc_ice *ice, uint32_t base, const gc_addr *from, const gc_stun_message *m) {
    gc_addr mapped;
    uint32_t code;
    uint32_t pair = gc_ice_pairs_of(&ice->table, m->transaction);
    if (pair == GC_ICE_NO_PAIR) {
        return on_server(ice, base, from, m);
    }
    /* RFC 8445 7.2.5.2.1 fails the pair if the answer comes from elsewhere. Whoever sees our
     * packets could do that to a pair by a copy under a false address: so it fails by its time
     * alone. */
    if (ice->table.pairs[pair].base != base ||
        !gc_candidate_same_addr(gc_ice_pairs_addr(&ice->table, pair), from) ||
        gc_ice_message_read_answer(m, &ice->generations.current.remote, &mapped, &code) != 0) {
        return GC_E_REFUSED;
    }
    if (code == ROLE_CONFLICT) {
        on_conflict(ice, pair);
    } else if (code != 0) {
        gc_ice_pairs_fail(&ice->table, pair);
    } else {
        question(ice, pair);
        ice->connected = true;
        gc_ice_passenger_unload(&ice->passenger);
        ice->consent_ms = ice->now_ms;
        gc_ice_pairs_answered(&ice->table, pair, ice->now_ms,
                              gc_ice_checks_consent_ms(&ice->checks, ice->now_ms), m->transaction,
                              &mapped);
    }
    return 0;
}

int gc_ice_datagram(gc_ice *ice, uint64_t now_ms, uint32_t base, const gc_addr *from,
                    gc_span datagram) {
    gc_stun_message m;
    gc_assert(base < GC_ICE_BASES_MAX);
    if (!begin(ice, now_ms)) {
        return GC_E_CLOSED;
    }
    if (gc_stun_message_read(datagram, &m) != 0) {
        return GC_E_SYNTAX;
    }
    if (m.method != GC_STUN_BINDING || m.class == GC_STUN_INDICATION ||
        ice->table.bases[base].addr.family == 0) {
        return GC_E_NOT_FOUND;
    }
    if (ice->answer_len > 0) {
        return GC_E_FULL;
    }
    ice->came = GC_SPAN_NONE;
    int result = m.class == GC_STUN_REQUEST ? on_request(ice, base, from, &m)
                                            : on_response(ice, base, from, &m);
    if (result == 0) {
        settle(ice);
    }
    return result;
}

gc_span gc_ice_passenger_came(const gc_ice *ice) {
    return ice->came;
}

void gc_ice_carry(gc_ice *ice, gc_span datagram) {
    if (ice->connected) {
        gc_ice_passenger_unload(&ice->passenger);
    } else {
        gc_ice_passenger_load(&ice->passenger, datagram);
    }
}

void gc_ice_tick(gc_ice *ice, uint64_t now_ms) {
    begin(ice, now_ms);
}

void gc_ice_ask(gc_ice *ice, uint64_t now_ms) {
    if (begin(ice, now_ms)) {
        gc_ice_choice_ask(&ice->choice, &ice->table, ice->now_ms);
    }
}

void gc_ice_elsewhere(gc_ice *ice, uint64_t now_ms) {
    if (begin(ice, now_ms)) {
        gc_ice_choice_rival(&ice->choice, &ice->table, ice->now_ms);
    }
}

/* --- outputs ---------------------------------------------------------------------------------- */

bool gc_ice_poll(gc_ice *ice, gc_ice_output *out) {
    return gc_ice_outputs_next(ice, out);
}

uint64_t gc_ice_deadline(const gc_ice *ice) {
    if (ended(ice)) {
        return GC_NEVER;
    }
    uint64_t at_ms =
        gc_ice_servers_deadline(&ice->servers, ice->table.bases, ice->config.gate, ice->now_ms);
    if (gc_ice_credentials_known(&ice->generations.current.remote)) {
        at_ms = gc_min_u64(
            at_ms, gc_ice_checks_deadline(&ice->checks, &ice->table, ice->now_ms,
                                          gc_ice_choice_settled(&ice->choice, &ice->table)));
    }
    at_ms = gc_min_u64(at_ms, gc_ice_choice_deadline(&ice->choice));
    return ice->choice.pair == GC_ICE_NO_PAIR ? gc_min_u64(at_ms, end_ms(ice)) : at_ms;
}

/* --- asking ----------------------------------------------------------------------------------- */

bool gc_ice_accepts(const gc_ice *ice, uint32_t base, const gc_addr *from) {
    if (gc_ice_early_has(&ice->early, base, from)) {
        return true;
    }
    uint32_t pair = gc_ice_pairs_find(&ice->table, base, from);
    return pair != GC_ICE_NO_PAIR && (ice->table.pairs[pair].heard || is_valid(ice, pair));
}

bool gc_ice_connected(const gc_ice *ice) {
    return ice->choice.pair != GC_ICE_NO_PAIR;
}

uint32_t gc_ice_rtt_ms(const gc_ice *ice) {
    return ice->choice.pair == GC_ICE_NO_PAIR ? 0 : ice->table.pairs[ice->choice.pair].rtt_ms;
}
