#include "core/proto/penalties.h"
#include "core/base/assert.h"
#include "core/base/mem.h"

void gc_penalties_init(gc_penalties *p, const uint8_t key[16], uint32_t per_second,
                       uint32_t ahead) {
    gc_assert(per_second > 0);
    memcpy(p->key, key, sizeof p->key);
    p->cost_us = 1000000 / per_second; /* 0 above a million */
    p->ahead_us = ahead * p->cost_us;
}

/* Until then it is remembered for something. */
static uint64_t badness(const gc_penalty *r) {
    uint64_t clean_ms = r->wait_ms != 0 ? r->until_ms + GC_PENALTY_MS_MAX : 0;
    uint64_t paid_ms = r->paid_us / 1000;
    return paid_ms > clean_ms ? paid_ms : clean_ms;
}

static gc_penalty *record_of(gc_penalties *p, const gc_addr *from) {
    uint64_t source = gc_addr_source_hash(from, p->key);
    gc_penalty *set = p->records[source % GC_PENALTY_SETS];
    gc_penalty *least = &set[0];
    for (uint32_t i = 0; i < GC_PENALTY_SET_SIZE; i++) {
        if (set[i].source == source) {
            return &set[i];
        }
        if (badness(&set[i]) < badness(least)) {
            least = &set[i];
        }
    }
    *least = (gc_penalty){.source = source};
    return least;
}

static void punish(gc_penalties *p, gc_penalty *r) {
    bool clean = r->wait_ms == 0 || r->until_ms + GC_PENALTY_MS_MAX <= p->now_ms;
    uint64_t twice = 2 * r->wait_ms;
    r->wait_ms = clean ? GC_PENALTY_MS_MIN : twice < GC_PENALTY_MS_MAX ? twice : GC_PENALTY_MS_MAX;
    r->until_ms = p->now_ms + r->wait_ms;
    p->given++;
}

/* False when it is refused, now or already. */
static bool take(gc_penalties *p, uint64_t now_ms, const gc_addr *from, uint32_t connects) {
    gc_assert(from->family == 4 || from->family == 6);
    p->now_ms = now_ms > p->now_ms ? now_ms : p->now_ms;
    if (p->cost_us == 0) {
        return true;
    }
    gc_penalty *r = record_of(p, from);
    if (r->until_ms > p->now_ms) {
        return false;
    }
    uint64_t now_us = p->now_ms * 1000;
    uint64_t paid_us = (r->paid_us > now_us ? r->paid_us : now_us) + connects * p->cost_us;
    if (paid_us > now_us + p->ahead_us) {
        punish(p, r);
        return false;
    }
    r->paid_us = paid_us;
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
