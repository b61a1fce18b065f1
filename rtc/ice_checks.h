/* Schedule of an ICE agent's checks: which pair is checked next, and when. Four rules hold back a
 * check that is due:
 *   pace      between two new checks to one remote address and port, whose length both sides agree
 *             on. A check that answers one of the peer's (triggered) does not wait for it
 *   floor     GC_ICE_GATE_FLOOR_MS between any two checks of the handle (ice_gate.h). The very
 *             first check of an agent does not wait for it, nor do checks of VALID pairs: some
 *             peers use no pair before it is nominated, and questions for consent are rare
 *   rate      of the gate, to an address that answered none of ours yet
 *   settled   while a nominated pair works no pair is tried that was not tried before
 *
 * Of the checks that may go, these come first, in this order: one that answers the peer's, or
 * nominates; one that is sent again; a new one to an address that answered another base of ours,
 * which means that our side has moved; other new ones, IPv4 and IPv6 in turn, by priority.
 * Source: RFC 8445 6.1.4, 14; RFC 8421 4; RFC 7675 5.1. */
#ifndef GC_RTC_ICE_CHECKS_H
#define GC_RTC_ICE_CHECKS_H

#include "core/base/drbg.h"
#include "rtc/ice_gate.h"
#include "rtc/ice_pairs.h"

/* The pace: our side proposes GC_ICE_CHECKS_PACE_OWN_MS. If the peer proposes one, too
 * (a=ice-pacing), the larger of both is that of both sides, at most GC_ICE_CHECKS_PACE_MS_MAX: with
 * a longer one a link could not open in its time. If it proposes none, its side does not know of
 * ours, and the default holds. RFC 8839 5.5, RFC 8445 14.2. */
#define GC_ICE_PACE_MS            50
#define GC_ICE_CHECKS_PACE_OWN_MS GC_ICE_GATE_FLOOR_MS
#define GC_ICE_CHECKS_PACE_MS_MAX 1000
#define GC_ICE_RTO_MS             500 /* RFC 8445 14.3: no less; it doubles */
/* A check that nobody answers is sent GC_ICE_SENDS_MAX times, and its pair fails
 * GC_ICE_LAST_WAIT_MS after the last. RFC 8489 6.2.1 has 7 sends (Rc), and pauses that double up to
 * 16 s, which is more than a link has to open (GC_LINK_OPEN_MS): a path that comes back in the
 * middle of that time would be found only by another link. Here they double up to
 * GC_ICE_RTO_MS_MAX, and there are as many sends as fill the time. */
#define GC_ICE_RTO_MS_MAX   2000
#define GC_ICE_SENDS_MAX    9
#define GC_ICE_LAST_WAIT_MS (16 * GC_ICE_RTO_MS)
/* Sends on a pair on which a check of the peer came: there is somebody who answers, so the pauses
 * stay at GC_ICE_RTO_MS. */
#define GC_ICE_HEARD_SENDS_MAX 30
/* A VALID pair is asked for consent GC_ICE_CONSENT_MS_MIN to _MAX after each answer, at random, and
 * fails when none came for GC_ICE_CONSENT_EXPIRES_MS. RFC 7675 5.1 permits a question every 4 s at
 * most; we wait hardly longer, so that a network may be away for 25 s of the 30. A question that
 * finds no answer is repeated after a pause as a check is, but as a new transaction: where 30 of
 * 100 packets are lost each way, six questions without an answer happen once in 60 times, and sixty
 * never. */
#define GC_ICE_CONSENT_MS_MIN     4000
#define GC_ICE_CONSENT_MS_MAX     4400
#define GC_ICE_CONSENT_EXPIRES_MS 30000

typedef struct gc_ice_checks {
    gc_drbg *drbg;       /* the owner's */
    gc_ice_gate *gate;   /* the handle's */
    uint32_t pace_ms;    /* between two new checks to one address and port */
    uint8_t last_family; /* of the last new check; 0: none went out yet */
} gc_ice_checks;

/* Starts with the default pace. drbg, gate: used as long as c is. */
void gc_ice_checks_init(gc_ice_checks *c, gc_drbg *drbg, gc_ice_gate *gate);
/* Takes the pace in ms that the peer proposes, any number; 0: it proposes none. */
void gc_ice_checks_pace(gc_ice_checks *c, uint32_t theirs_ms);
/* Fails pairs whose last check, or last question for consent, was not answered in time. Returns
 * true if one of them was VALID. */
bool gc_ice_checks_expire(gc_ice_pairs *t, uint64_t now_ms);
/* Returns the pair whose check goes out now, or GC_ICE_NO_PAIR. settled: the rule above holds. */
uint32_t gc_ice_checks_next(const gc_ice_checks *c, const gc_ice_pairs *t, uint64_t now_ms,
                            bool settled);
/* Returns when the next check may go out or a pair expires; GC_NEVER. It is above now_ms if nothing
 * is left to be sent and gc_ice_checks_expire() was called. */
uint64_t gc_ice_checks_deadline(const gc_ice_checks *c, const gc_ice_pairs *t, uint64_t now_ms,
                                bool settled);
/* Notes that the check of this pair goes out now: the pace and the gate count it, the pair knows
 * when it is due again, and has a new transaction unless this is an old check that is sent again.
 * pair: of gc_ice_checks_next(). */
void gc_ice_checks_send(gc_ice_checks *c, gc_ice_pairs *t, uint32_t pair, uint64_t now_ms);
/* Returns when consent is asked for next after an answer that came now. */
uint64_t gc_ice_checks_consent_ms(gc_ice_checks *c, uint64_t now_ms);

#endif
