/* Schedule of an ICE agent's checks: which pair is checked next, and when. Four rules hold back a
 * check that is due: new ones to one remote address and port keep the pace, all of the handle
 * keep the floor of the gate, those to an address that answered none yet the rate of the gate, and
 * while a nominated pair works no new pairs are tried. Checks that answer theirs wait for no pace.
 * The very first check of an agent does not wait for the floor, nor do those of VALID pairs: some
 * peers use no pair before it is nominated, and consent is rare.
 *
 * Of the checks that may go, one that answers theirs or nominates comes first, then those that are
 * sent again, then new ones in the order of priority, the families of addresses in turn, but first
 * to an address that answered another base: our side has moved.
 * Source: RFC 8445 6.1.4, 14; RFC 8421 4; RFC 7675 5.1. */
#ifndef GC_RTC_ICE_CHECKS_H
#define GC_RTC_ICE_CHECKS_H

#include "core/base/drbg.h"
#include "rtc/ice_gate.h"
#include "rtc/ice_pairs.h"

/* Where the peer proposes a pace as well (a=ice-pacing), the larger of both is that of both sides,
 * or else the default. RFC 8839 5.8, RFC 8445 14.2. */
#define GC_ICE_PACE_MS            50
#define GC_ICE_CHECKS_PACE_OWN_MS GC_ICE_GATE_FLOOR_MS
#define GC_ICE_CHECKS_PACE_MS_MAX                                                                  \
    1000                  /* who asks for more has few checks within the time to open */
#define GC_ICE_RTO_MS 500 /* RFC 8445 14.3: no less; it doubles */
/* RFC 8489 6.2.1: Rc sends (7 there), and 16 RTO after the last. Its pauses double up to 16 s,
 * which is more than a link has to open (GC_LINK_OPEN_MS): a path that comes back in the middle of
 * that time would be found only by another link. They end at 2 s, and Rc fills the time. */
#define GC_ICE_RTO_MS_MAX   2000
#define GC_ICE_SENDS_MAX    9
#define GC_ICE_LAST_WAIT_MS (16 * GC_ICE_RTO_MS)
/* Where a check of theirs was heard there is somebody who answers: the pauses do not double. */
#define GC_ICE_HEARD_SENDS_MAX 30
/* Consent is asked for no more often than every 4 s (RFC 7675 5.1), and hardly less, so that 25 s
 * without a network fit into the 30 s for which an answer counts. While an answer is missing the
 * question is repeated like a check, each time as a new transaction: of 30 packets lost in 100 each
 * way, six questions in a row find no answer once in 60 times, sixty never. */
#define GC_ICE_CONSENT_MS_MIN     4000
#define GC_ICE_CONSENT_MS_MAX     4400
#define GC_ICE_CONSENT_EXPIRES_MS 30000

typedef struct gc_ice_checks {
    gc_drbg *drbg;       /* the owner's */
    gc_ice_gate *gate;   /* the handle's */
    uint32_t pace_ms;    /* between two new checks to one address and port */
    uint8_t last_family; /* of the last new check; 0: none went out yet */
} gc_ice_checks;

/* Starts; both are used as long as c is. */
void gc_ice_checks_init(gc_ice_checks *c, gc_drbg *drbg, gc_ice_gate *gate);
/* Takes the pace that the peer proposes; 0: it proposes none. */
void gc_ice_checks_pace(gc_ice_checks *c, uint32_t theirs_ms);
/* Fails pairs whose last check or whose consent was not answered in time. Returns true if one that
 * was VALID failed. */
bool gc_ice_checks_expire(gc_ice_pairs *t, uint64_t now_ms);
/* Returns the pair whose check goes out now, or GC_ICE_NO_PAIR. settled: no new pairs. */
uint32_t gc_ice_checks_next(const gc_ice_checks *c, const gc_ice_pairs *t, uint64_t now_ms,
                            bool settled);
/* Returns when the next check may go out or a pair expires; GC_NEVER. It is above now_ms if nothing
 * is left to be sent and gc_ice_checks_expire() was called. */
uint64_t gc_ice_checks_deadline(const gc_ice_checks *c, const gc_ice_pairs *t, uint64_t now_ms,
                                bool settled);
/* Counts the check of this pair, which goes out now, and gives it a number where it is a new one.
 */
void gc_ice_checks_send(gc_ice_checks *c, gc_ice_pairs *t, uint32_t pair, uint64_t now_ms);
/* Returns when consent is asked for next after an answer that came now. */
uint64_t gc_ice_checks_consent_ms(gc_ice_checks *c, uint64_t now_ms);

#endif
