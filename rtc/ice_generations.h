/* Generations of an ICE agent: the credentials of both sides, and what becomes of them when ICE
 * restarts. A restart makes new ones on both sides; the old ones stay in use until the new ones of
 * the peer are known, and checks that name them are answered also after that, for its description
 * may be on its way to the peer still.
 *
 *   current --restart--> current, next (ours alone) --the peer's--> former, current
 *
 * Source: RFC 8445 9, RFC 8839 4.4.1.1.1. */
#ifndef GC_RTC_ICE_GENERATIONS_H
#define GC_RTC_ICE_GENERATIONS_H

#include "rtc/ice_message.h"

typedef struct gc_ice_generation {
    gc_ice_credentials local;
    gc_ice_credentials remote; /* not known before the peer's description */
} gc_ice_generation;

typedef struct gc_ice_generations {
    gc_ice_generation current;
    gc_ice_generation next;   /* `local` is not known: no restart is under way */
    gc_ice_generation former; /* the same: there was none */
} gc_ice_generations;

/* Starts with new random credentials of ours, in zeroed memory. */
void gc_ice_generations_init(gc_ice_generations *g, gc_drbg *drbg);
/* Makes new credentials of ours. Returns 0, or GC_E_STATE: those of the peer are not known yet, or
 * a restart is under way. */
int gc_ice_generations_restart(gc_ice_generations *g, gc_drbg *drbg);
/* Returns true while a restart waits for the credentials of the peer. */
bool gc_ice_generations_restarting(const gc_ice_generations *g);
/* Returns the credentials of ours that a description of now tells. */
const gc_ice_credentials *gc_ice_generations_local(const gc_ice_generations *g);
/* Takes the peer's credentials, copied. *news: they begin the first generation, or a new one.
 * Returns 0, also for those that are known while no restart is under way; GC_E_SYNTAX for lengths
 * or characters that are not allowed; GC_E_STATE for others without a restart, and for the known
 * ones with one. Then nothing changed. */
int gc_ice_generations_remote(gc_ice_generations *g, gc_span ufrag, gc_span pwd, bool *news);
/* Reads a check for any generation, as gc_ice_message_read_check(), whose results are returned.
 * *which: the one that it names. */
int gc_ice_generations_read(const gc_ice_generations *g, const gc_stun_message *m,
                            gc_ice_check *check, uint32_t *code, const gc_ice_generation **which);

#endif
