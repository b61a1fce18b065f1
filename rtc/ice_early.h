/* Remotes of an ICE agent that were heard before their description came: a peer that has our offer
 * sends checks while its answer is still on its way. Few are remembered, the first ones.
 * Source: RFC 8445 7.3, 7.3.1.4. */
#ifndef GC_RTC_ICE_EARLY_H
#define GC_RTC_ICE_EARLY_H

#include "core/base/addr.h"

#include <stdbool.h>

#define GC_ICE_EARLY_MAX 8

typedef struct gc_ice_early_remote {
    gc_addr from;
    uint32_t priority; /* that its check gave */
    uint8_t base;      /* where the check came */
    bool wanted;       /* one of its checks had USE-CANDIDATE */
} gc_ice_early_remote;

typedef struct gc_ice_early {
    gc_ice_early_remote remotes[GC_ICE_EARLY_MAX];
    uint32_t count;
} gc_ice_early;

/* Remembers that an authentic check came to this base from this address, if there is room; of a
 * known remote only whether it wants to be used. */
void gc_ice_early_put(gc_ice_early *e, uint32_t base, const gc_addr *from, uint32_t priority,
                      bool wanted);
/* Returns true if one from this address to this base is remembered. */
bool gc_ice_early_has(const gc_ice_early *e, uint32_t base, const gc_addr *from);
/* Forgets those that came to this base. */
void gc_ice_early_forget(gc_ice_early *e, uint32_t base);
/* Takes one that is remembered. Returns false if there is none. */
bool gc_ice_early_take(gc_ice_early *e, gc_ice_early_remote *out);

#endif
