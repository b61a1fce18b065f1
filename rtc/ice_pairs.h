/* The tables of an ICE agent: its bases (own addresses), the remote candidates, and the pairs of
 * both in the order in which they are preferred. Other parts of the agent decide when a pair is
 * checked (ice_checks.h) and what a message means (ice.h); the tables keep what follows from it.
 * The life of one pair is in ice_pair.h.
 *
 * With one component nothing is frozen: each pair may be checked at once. Pairs are of one family.
 * Pairs are known by their index, which a pair keeps as long as it lives.
 * Source: RFC 8445 6.1.2, 7.2.5, 7.3.1. */
#ifndef GC_RTC_ICE_PAIRS_H
#define GC_RTC_ICE_PAIRS_H

#include "core/base/addr.h"
#include "rtc/candidate.h"
#include "rtc/ice_pair.h"
#include "rtc/limits.h"

#define GC_ICE_BASES_MAX   GC_RTC_BASES_MAX
#define GC_ICE_REMOTES_MAX 20  /* candidates of one peer, those learned from its checks included */
#define GC_ICE_PAIRS_MAX   100 /* RFC 8445 6.1.2.5; beyond it the worst goes */
#define GC_ICE_VALID_MAX   4   /* pairs kept alive: the one in use, and replacements */
#define GC_ICE_NO_PAIR     UINT32_MAX

typedef struct gc_ice_base {
    gc_addr addr;           /* family 0: not in use */
    gc_addr mapped;         /* as a STUN server saw it; family 0: not known */
    gc_candidate_type type; /* HOST: of a socket of ours; RELAY: a TURN server relays it for us */
} gc_ice_base;

typedef struct gc_ice_target {
    gc_addr addr;     /* family 0: free */
    uint64_t pace_ms; /* the next new check to it goes no sooner */
    uint32_t priority;
    gc_candidate_type type;
    bool answered; /* one of our checks: it takes part in ICE */
} gc_ice_target;

typedef struct gc_ice_pairs {
    gc_ice_base bases[GC_ICE_BASES_MAX];
    gc_ice_target targets[GC_ICE_REMOTES_MAX];
    gc_ice_pair pairs[GC_ICE_PAIRS_MAX];
    uint32_t used;    /* all pairs from this index on are FREE: most agents have two or three */
    bool controlling; /* our role: it decides in which order pairs are preferred */
} gc_ice_pairs;

/* Prepares t, which is zero. */
void gc_ice_pairs_init(gc_ice_pairs *t, bool controlling);
/* Changes our role, with what follows from it: the priorities of all pairs; nobody nominates. */
void gc_ice_pairs_set_role(gc_ice_pairs *t, bool controlling);

/* Adds an own address under a free number (asserted), and its pairs. */
void gc_ice_pairs_add_base(gc_ice_pairs *t, uint32_t base, const gc_addr *addr);
/* The same for an address that a TURN server relays: a relay candidate is its own base (RFC 8445
 * 5.1.1.2), and its pairs come after all others. */
void gc_ice_pairs_add_relay(gc_ice_pairs *t, uint32_t base, const gc_addr *addr);
/* Removes an own address with its pairs; nothing happens when there is none of this number, below
 * GC_ICE_BASES_MAX (asserted). */
void gc_ice_pairs_drop_base(gc_ice_pairs *t, uint32_t base);
/* Forgets all remote candidates but that of the pair `keep` (GC_ICE_NO_PAIR: all), whose pairs are
 * to be checked as if they were new; datagrams that come on them still belong to the peer. */
void gc_ice_pairs_restart(gc_ice_pairs *t, uint32_t keep);
/* Remembers how the network sees a base that is in use (asserted). */
void gc_ice_pairs_map_base(gc_ice_pairs *t, uint32_t base, const gc_addr *mapped);
/* Returns the priority of our end of a pair at this base as a candidate of this type. */
uint32_t gc_ice_pairs_priority(uint32_t base, gc_candidate_type type);

/* Adds a remote candidate and its pairs. One with the same address is kept; a candidate that was
 * signaled replaces what was learned about it from a check (RFC 8838 11.4). One that was learned
 * from a check (type PRFLX) takes, in a full table, the place of the worst from which no check came
 * and which answered none, else of the worst at which no pair works or is tried any more: a peer
 * may move as often as it likes. Returns 0, or GC_E_FULL when there is no place. */
int gc_ice_pairs_add_target(gc_ice_pairs *t, const gc_addr *addr, gc_candidate_type type,
                            uint32_t priority);
/* Returns how many remote candidates there are. */
uint32_t gc_ice_pairs_targets(const gc_ice_pairs *t);

/* Returns the pair between this base and address, or GC_ICE_NO_PAIR. */
uint32_t gc_ice_pairs_find(const gc_ice_pairs *t, uint32_t base, const gc_addr *addr);
/* Returns the pair whose open transaction this is (12 bytes), or GC_ICE_NO_PAIR. */
uint32_t gc_ice_pairs_of(const gc_ice_pairs *t, const uint8_t *transaction);
/* Returns the preferred VALID pair, or GC_ICE_NO_PAIR. A pair that is not in doubt is preferred to
 * one that is, then a nominated one, then the higher priority. */
uint32_t gc_ice_pairs_best(const gc_ice_pairs *t);
/* Finds the pair of a base and a remote candidate on which a check came, or makes it in the place
 * of one that was not heard, or failed. Returns GC_ICE_NO_PAIR if both are of two families, or all
 * were heard.
 */
uint32_t gc_ice_pairs_make(gc_ice_pairs *t, uint32_t base, const gc_addr *addr);

/* Takes that a check of theirs came on this pair: it is checked next, unless it is VALID. want:
 * with USE-CANDIDATE, which counts while we are controlled. */
void gc_ice_pairs_heard(gc_ice_pairs *t, uint32_t pair, uint64_t now_ms, bool want);
/* Returns a pair on which a check of theirs came that was not returned here before, or
 * GC_ICE_NO_PAIR. */
uint32_t gc_ice_pairs_next_heard(gc_ice_pairs *t);
/* Writes the transaction of the check that was sent last. */
void gc_ice_pairs_transaction(const gc_ice_pairs *t, uint32_t pair, uint8_t out[12]);
/* Takes an answer to the open transaction. transaction: that of the answer. mapped: our address as
 * the remote saw it. The pair is VALID, and nominated if either side asked for that. The worst of
 * more than GC_ICE_VALID_MAX VALID pairs, but not this one, fails. due_ms: when to ask for consent
 * next. */
void gc_ice_pairs_answered(gc_ice_pairs *t, uint32_t pair, uint64_t now_ms, uint64_t due_ms,
                           const uint8_t transaction[12], const gc_addr *mapped);
/* Has us nominate this VALID pair, and no other, while we are controlling (both asserted): its next
 * check, now, carries USE-CANDIDATE. Source: RFC 8445 8.1.1. */
void gc_ice_pairs_nominate(gc_ice_pairs *t, uint32_t pair, uint64_t now_ms);
/* Notes that a check of this pair goes out. transaction: 12 bytes if it is new; NULL for the open
 * one again. due_ms: when the next one is due if no answer comes. */
void gc_ice_pairs_sent(gc_ice_pairs *t, uint32_t pair, uint64_t now_ms, uint64_t due_ms,
                       const uint8_t *transaction);
/* Holds back new checks to the remote address of this pair until pace_ms. */
void gc_ice_pairs_pace(gc_ice_pairs *t, uint32_t pair, uint64_t pace_ms);
/* Has the pair checked again, now; an open transaction goes on under its number. */
void gc_ice_pairs_again(gc_ice_pairs *t, uint32_t pair, uint64_t now_ms);
/* Has the pair checked again, now, with a new transaction. */
void gc_ice_pairs_anew(gc_ice_pairs *t, uint32_t pair, uint64_t now_ms);
/* Puts a VALID pair in doubt until its next answer. */
void gc_ice_pairs_doubt(gc_ice_pairs *t, uint32_t pair);
/* Makes the pair FAILED: of no use until a check comes from there. */
void gc_ice_pairs_fail(gc_ice_pairs *t, uint32_t pair);
/* Has checks that wait for an answer not sent again; an answer that comes counts. */
void gc_ice_pairs_rest(gc_ice_pairs *t);

/* Returns true if a VALID pair was asked GC_ICE_DOUBT_SENDS times without an answer, or
 * gc_ice_pairs_doubt() was called since the last one. */
bool gc_ice_pairs_in_doubt(const gc_ice_pairs *t, uint32_t pair);
/* Returns the path of a VALID pair (gc_path of core/proto/client_output.h), named after the less
 * direct of its ends. */
uint32_t gc_ice_pairs_path(const gc_ice_pairs *t, uint32_t pair);
/* Returns the address of the remote end. */
const gc_addr *gc_ice_pairs_addr(const gc_ice_pairs *t, uint32_t pair);
/* Returns true if a relay is at either end of a VALID pair. */
bool gc_ice_pairs_is_relayed(const gc_ice_pairs *t, uint32_t pair);

#endif
