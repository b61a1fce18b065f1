#include "rtc/ice_early.h"
#include "core/base/assert.h"
#include "rtc/candidate.h"
#include "rtc/ice_pairs.h"

static gc_ice_early_remote *find(gc_ice_early *e, uint32_t base, const gc_addr *from) {
    for (uint32_t i = 0; i < e->count; i++) {
        if (e->remotes[i].base == base && gc_candidate_same_addr(&e->remotes[i].from, from)) {
            return &e->remotes[i];
        }
    }
    return NULL;
}

void gc_ice_early_put(gc_ice_early *e, uint32_t base, const gc_addr *from, uint32_t priority,
                      bool wanted) {
    gc_assert(base < GC_ICE_BASES_MAX);
    gc_ice_early_remote *remote = find(e, base, from);
    if (remote == NULL) {
        if (e->count == GC_ICE_EARLY_MAX) {
            return;
        }
        remote = &e->remotes[e->count++];
        *remote = (gc_ice_early_remote){.from = *from, .priority = priority, .base = (uint8_t)base};
    }
    remote->wanted = remote->wanted || wanted;
}

bool gc_ice_early_has(const gc_ice_early *e, uint32_t base, const gc_addr *from) {
    for (uint32_t i = 0; i < e->count; i++) {
        if (e->remotes[i].base == base && gc_candidate_same_addr(&e->remotes[i].from, from)) {
            return true;
        }
    }
    return false;
}

void gc_ice_early_forget(gc_ice_early *e, uint32_t base) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < e->count; i++) {
        if (e->remotes[i].base != base) {
            e->remotes[kept++] = e->remotes[i];
        }
    }
    e->count = kept;
}

bool gc_ice_early_take(gc_ice_early *e, gc_ice_early_remote *out) {
    if (e->count == 0) {
        return false;
    }
    *out = e->remotes[--e->count];
    return true;
}
