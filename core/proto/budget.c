#include "core/proto/budget.h"

#define THOUSAND 1000u

static uint32_t price_of(uint32_t len, bool news) {
    return (news ? GC_PEER_BUDGET_NEWS : 1) + len / GC_PEER_BUDGET_BYTES;
}

void gc_budget_fill(gc_budget *b) {
    *b = (gc_budget){0};
}

/* What is spent, in thousandths, once a frame of len bytes is paid at now_ms. */
static uint64_t spent_with(const gc_budget *b, uint32_t len, bool news, uint64_t now_ms) {
    uint64_t full_ms = (uint64_t)GC_PEER_BUDGET * THOUSAND / GC_PEER_BUDGET_PER_SECOND;
    uint64_t passed_ms = now_ms > b->at_ms ? now_ms - b->at_ms : 0;
    uint64_t back = passed_ms < full_ms ? passed_ms * GC_PEER_BUDGET_PER_SECOND : b->spent;
    uint64_t spent = b->spent > back ? b->spent - back : 0;
    return spent + (uint64_t)price_of(len, news) * THOUSAND;
}

bool gc_budget_spend(gc_budget *b, uint32_t len, bool news, uint64_t now_ms) {
    uint64_t wanted = spent_with(b, len, news, now_ms);
    if (wanted > (uint64_t)GC_PEER_BUDGET * THOUSAND) {
        return false;
    }
    *b = (gc_budget){.at_ms = now_ms, .spent = wanted};
    return true;
}

uint64_t gc_budget_pace(gc_budget *b, uint32_t len, bool news, uint64_t now_ms) {
    uint64_t own = (uint64_t)GC_PEER_BUDGET_OWN * THOUSAND;
    *b = (gc_budget){.at_ms = now_ms, .spent = spent_with(b, len, news, now_ms)};
    if (b->spent <= own) {
        return now_ms;
    }
    /* Thousandths of a frame come back each millisecond at the rate of frames each second. */
    return now_ms + (b->spent - own) / GC_PEER_BUDGET_PER_SECOND + GC_PEER_PAUSE_MS;
}
