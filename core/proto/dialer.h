/* Dialer: when one person is dialled next, when it is given up, and which dials were seen.
 *
 *   linked (nothing is due) --no link--> dialling at dial_ms --cannot be reached--> given up at
 *      ^---------- a link is tried ---------'        ^------ can be reached ----------forget_ms
 *
 * At most one of the two times is set once the owner has settled a person.
 * Source: ghostchat-protocol.7, "Setting up a link", "Life". */
#ifndef GC_PROTO_DIALER_H
#define GC_PROTO_DIALER_H

#include "core/base/limits.h"
#include "core/base/timers.h"

#define GC_DIALER_DIALS_MAX 8 /* remembered, so that an old OFFER is not taken again */
/* Offers of one person that are answered within GC_DIALER_OFFERS_MS: each costs a connection of the
 * transport. One that redials needs 4, and one more for each time that its server restarts. */
#define GC_DIALER_OFFERS_MAX 8
#define GC_DIALER_OFFERS_MS  10000
/* A stranger, to whom no link has ever opened, is dialled this many times before it counts as gone:
 * a list may name ids that never were, and anybody may call with a description that leads nowhere.
 */
#define GC_DIALER_STRANGER_DIALS 3
/* A link that lived for this time was a good one: the next dial follows at once. */
#define GC_DIALER_GOOD_LINK_MS 10000

/* The offers of all strangers together that are answered: this many at once, enough for a room that
 * comes in and as many more, and then one in each GC_DIALER_STRANGER_MS. Ids cost nothing, so a
 * limit per id would not be a limit. */
#define GC_DIALER_STRANGER_OFFERS (2 * GC_PEERS_MAX)
#define GC_DIALER_STRANGER_MS     500

/* The answers that all strangers together have had. Zero bytes: none. */
typedef struct gc_dialer_strangers {
    uint64_t paid_ms; /* the time up to which their offers are paid for */
} gc_dialer_strangers;

typedef struct gc_dialer {
    uint64_t dial_ms;   /* when to dial; GC_NEVER */
    uint64_t forget_ms; /* when to give up; GC_NEVER */
    uint32_t redial_ms; /* the delay after the next failure */
    uint32_t failures;  /* of a stranger, since it was named last */
    uint8_t dials[GC_DIALER_DIALS_MAX][GC_DIAL_BYTES];
    uint32_t dials_count; /* ever */
    uint32_t offers;      /* answered since offers_ms */
    uint64_t offers_ms;
} gc_dialer;

/* Starts over, for somebody who became known: nothing is due. */
void gc_dialer_init(gc_dialer *d);
/* Remembers a dial. Returns false when it was there already. */
bool gc_dialer_remember(gc_dialer *d, const uint8_t dial[GC_DIAL_BYTES]);
/* Counts an offer that is to be answered at now_ms. strangers: the account of all strangers when
 * the sender is a stranger, to whom no link has ever opened; else NULL. Returns false when there
 * were too many offers: ignore this one. */
bool gc_dialer_take_offer(gc_dialer *d, gc_dialer_strangers *strangers, uint64_t now_ms);
/* Notes that a link is tried or open: nothing is due. */
void gc_dialer_linked(gc_dialer *d);
/* Sets the next dial after a failed one: after a delay that doubles up to GC_REDIAL_MS_MAX, and
 * GC_DIAL_EXPECT_MS later on the side that does not dial first. */
void gc_dialer_back_off(gc_dialer *d, bool first, uint64_t now_ms);
/* Sets the next dial after the end of a link that was good: at once on the side that dials first.
 */
void gc_dialer_retry(gc_dialer *d, bool first, uint64_t now_ms);
/* Notes that things changed for the better: delays start over. */
void gc_dialer_refresh(gc_dialer *d);
/* Notes that the person is about to dial us: delays start over, and unless `tried` (a link is being
 * set up) we dial only if it has not within GC_DIAL_EXPECT_MS. */
void gc_dialer_expect(gc_dialer *d, bool tried, uint64_t now_ms);
/* Sets when to dial, at at_ms. */
void gc_dialer_set(gc_dialer *d, uint64_t at_ms);
/* Notes that the person can be reached: it is not given up, and dialled at some time. */
void gc_dialer_reach(gc_dialer *d, bool first, uint64_t now_ms);
/* Notes that the person cannot be reached: it is not dialled. wait: for ever, without giving up;
 * else it is given up after keep_ms, counted from the first of these calls in a row. Returns true
 * when that time is over. */
bool gc_dialer_lose(gc_dialer *d, bool wait, uint32_t keep_ms, uint64_t now_ms);
/* Notes that a list named the person: its failures count from here. */
void gc_dialer_named(gc_dialer *d);
/* Counts a failed dial of a stranger. Returns true when it was one too many. */
bool gc_dialer_failed(gc_dialer *d);

#endif
