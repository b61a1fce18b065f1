/* Gate of ICE: when the next connectivity check may go to an address and port that answered none of
 * ours yet, and whether another datagram may. Signaling can name any address, and a check can come
 * under any, so an address that never asked for ours must see few of them however many links and
 * retries there are: the handle owns one gate for all its agents.
 *
 * Each address and port has a bucket: GC_ICE_GATE_BURST datagrams at once, then one in
 * GC_ICE_GATE_COST_MS, together at most GC_ICE_GATE_PER_SECOND in any second. Buckets are places in
 * a table by keyed hash, and nothing is ever put out of it: two addresses that meet in one place
 * share its rate, so no number of addresses buys a victim more. Beside that all checks of the
 * handle that look for a way keep GC_ICE_GATE_FLOOR_MS between each other. Those on a way that
 * works neither keep it nor count: the other side decides how many there are. Source: RFC 8445
 * 14.2, 19.5.1. */
#ifndef GC_RTC_ICE_GATE_H
#define GC_RTC_ICE_GATE_H

#include "core/base/addr.h"
#include "core/base/drbg.h"

#include <stdbool.h>

#define GC_ICE_GATE_PER_SECOND 20
#define GC_ICE_GATE_BURST      10
#define GC_ICE_GATE_COST_MS    100 /* 10 a second behind a burst of 10: 20 in the first second */
#define GC_ICE_GATE_FLOOR_MS   5   /* RFC 8445 14.2: Ta is never less, over the whole handle */
#define GC_ICE_GATE_BUCKETS    1024

typedef struct gc_ice_gate {
    uint8_t key[16];
    uint64_t floor_ms;                      /* no further check of any link before this */
    uint64_t spent_ms[GC_ICE_GATE_BUCKETS]; /* up to when a bucket has used its rate */
} gc_ice_gate;

/* Prepares g, which is zero. drbg: used now only, for the key of the hash. */
void gc_ice_gate_init(gc_ice_gate *g, gc_drbg *drbg);
/* Returns the time, at least now_ms, from which a check may go to this address. */
uint64_t gc_ice_gate_free_ms(const gc_ice_gate *g, uint64_t now_ms, const gc_addr *to);
/* Returns the time, at least now_ms, from which the floor between two checks permits one. */
uint64_t gc_ice_gate_floor_ms(const gc_ice_gate *g, uint64_t now_ms);
/* Counts a check that goes out now. answered: the address answered a check before, so its bucket
 * is left alone and only the floor is kept. */
void gc_ice_gate_spend(gc_ice_gate *g, uint64_t now_ms, const gc_addr *to, bool answered);
/* Counts a datagram other than a check, to an address that answered none, if it may go now; else
 * returns false: drop it. The floor is for checks alone. */
bool gc_ice_gate_pass(gc_ice_gate *g, uint64_t now_ms, const gc_addr *to);

#endif
