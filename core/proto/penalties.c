#include "core/proto/penalties.h"
#include "core/base/number.h"

void gc_penalties_init(gc_penalties *p, const uint8_t key[16], uint32_t per_second,
                       uint32_t ahead) {
    gc_source_rates_init(&p->rates, key, per_second, ahead);
}

static void punish(gc_penalties *p, uint32_t place, uint64_t now_ms) {
    gc_penalty *r = &p->records[place];
    bool clean = r->wait_ms == 0 || r->until_ms + GC_PENALTY_MS_MAX <= now_ms;
    r->wait_ms = clean ? GC_PENALTY_MS_MIN : gc_min_u64(2 * r->wait_ms, GC_PENALTY_MS_MAX);
    r->until_ms = now_ms + r->wait_ms;
    gc_source_rates_keep(&p->rates, place, r->until_ms + GC_PENALTY_MS_MAX);
    p->given++;
}

/* False when it is refused, now or already. */
static bool take(gc_penalties *p, uint64_t now_ms, const gc_addr *from, uint32_t connects) {
    bool fresh = false;
    now_ms = gc_source_rates_step(&p->rates, now_ms);
    if (p->rates.cost_us == 0) {
        return true;
    }
    uint32_t place = gc_source_rates_find(&p->rates, from, &fresh);
    if (fresh) {
        p->records[place] = (gc_penalty){0};
    }
    if (p->records[place].until_ms > now_ms) {
        return false;
    }
    if (!gc_source_rates_take(&p->rates, place, connects)) {
        punish(p, place, now_ms);
        return false;
    }
    return true;
}

bool gc_penalties_admit(gc_penalties *p, uint64_t now_ms, const gc_addr *from) {
    bool admitted = take(p, now_ms, from, 1);
    p->refused += !admitted;
    return admitted;
}

void gc_penalties_offend(gc_penalties *p, uint64_t now_ms, const gc_addr *from) {
    take(p, now_ms, from, GC_OFFENCE_CONNECTS);
}
