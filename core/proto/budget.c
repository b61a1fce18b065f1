#include "core/proto/budget.h"
#include "core/base/number.h"

#define THOUSAND 1000u

static uint32_t price_of(uint32_t len, bool news) {
    return (news ? GC_PEER_BUDGET_NEWS : 1) + len / GC_PEER_BUDGET_BYTES;
}

void gc_budget_fill(gc_budget *b) {
    *b = (gc_budget){0};
}

/* The work still spent at now_ms, in thousandths, when so many frames come back each second. */
static uint64_t spent_at(const gc_budget *b, uint32_t per_second, uint64_t now_ms) {
    uint64_t passed_ms = now_ms > b->at_ms ? now_ms - b->at_ms : 0;
    uint64_t full_ms = b->spent / per_second + 1; /* after this all has come back */
    return b->spent - gc_min_u64(b->spent, gc_min_u64(passed_ms, full_ms) * per_second);
}

bool gc_budget_spend(gc_budget *b, uint32_t len, bool news, uint64_t now_ms) {
    uint64_t spent = spent_at(b, GC_PEER_BUDGET_PER_SECOND, now_ms);
    uint64_t wanted = spent + (uint64_t)price_of(len, news) * THOUSAND;
    if (wanted > (uint64_t)GC_PEER_BUDGET * THOUSAND) {
        return false;
    }
    *b = (gc_budget){.at_ms = now_ms, .spent = wanted};
    return true;
}

uint64_t gc_budget_pace(gc_budget *b, uint32_t len, bool news, uint64_t now_ms) {
    uint64_t own = (uint64_t)GC_PEER_BUDGET_OWN * THOUSAND;
    uint64_t spent = spent_at(b, GC_PEER_BUDGET_OWN_PER_SECOND, now_ms);
    *b = (gc_budget){.at_ms = now_ms, .spent = spent + (uint64_t)price_of(len, news) * THOUSAND};
    if (b->spent <= own) {
        return now_ms;
    }
    /* Thousandths of a frame come back each millisecond at the rate of frames each second. */
    return now_ms + (b->spent - own) / GC_PEER_BUDGET_OWN_PER_SECOND + GC_PEER_PAUSE_MS;
}
