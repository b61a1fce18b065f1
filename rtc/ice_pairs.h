/* The tables of an ICE agent: its bases (own addresses), the remote candidates, and the pairs of
 * both, in the order in which they are checked. It decides nothing about messages or time; the
 * agent (ice.h) does.
 *
 *   pair:  WAITING --check sent--> CHECKING --answer--> VALID --consent lost--> FAILED
 *             ^                       | no answer, error                          |
 *             |                       +-------------> FAILED                      |
 *             +------------------------- a check came from there -----------------+
 *
 * With one component nothing is frozen: each pair may be checked at once. Pairs are of one family.
 * Source: RFC 8445 6.1.2. */
#ifndef GC_RTC_ICE_PAIRS_H
#define GC_RTC_ICE_PAIRS_H

#include "core/base/addr.h"
#include "rtc/candidate.h"

#include <stdbool.h>
#include <stdint.h>

#define GC_ICE_BASES_MAX   8
#define GC_ICE_REMOTES_MAX 20  /* candidates of one peer, those learned from its checks included */
#define GC_ICE_PAIRS_MAX   100 /* RFC 8445 6.1.2.5; beyond it the worst goes */
#define GC_ICE_VALID_MAX   4   /* pairs kept alive: the one in use, and replacements */
#define GC_ICE_NONE        UINT32_MAX

typedef enum gc_ice_pair_state {
    GC_ICE_PAIR_FREE,
    GC_ICE_PAIR_WAITING,
    GC_ICE_PAIR_CHECKING,
    GC_ICE_PAIR_VALID,
    GC_ICE_PAIR_FAILED,
} gc_ice_pair_state;

typedef struct gc_ice_base {
    gc_addr addr;   /* family 0: not in use */
    gc_addr mapped; /* as a STUN server saw it; family 0: not known, or the same */
} gc_ice_base;

typedef struct gc_ice_target {
    gc_addr addr;
    uint64_t pace_ms; /* the next ordinary check to it goes no sooner */
    uint32_t priority;
    gc_candidate_type type;
    bool answered; /* one of our checks: it is no victim that somebody named */
} gc_ice_target;

typedef struct gc_ice_pair {
    uint64_t priority;
    uint64_t due_ms;      /* when to send its next check; GC_NEVER */
    uint64_t sent_ms;     /* its last check */
    uint64_t answered_ms; /* its last valid answer, while VALID */
    uint32_t rtt_ms;      /* of its last answer */
    uint8_t transaction[12];
    uint8_t state; /* gc_ice_pair_state */
    uint8_t base;
    uint8_t remote;
    uint8_t sends;      /* of this transaction */
    uint8_t local_type; /* gc_candidate_type: what our end of a valid pair turned out to be */
    bool asked;         /* a transaction is open */
    bool triggered;     /* its next check is the answer to one of theirs */
    bool heard;         /* an authenticated check came on it */
    bool heard_told;
    bool nominating;       /* our checks of it carry USE-CANDIDATE */
    bool wanted;           /* theirs did */
    bool nominated;        /* valid, and one side's USE-CANDIDATE was answered */
    bool sent_controlling; /* our role in the open transaction */
} gc_ice_pair;

typedef struct gc_ice_pairs {
    gc_ice_base bases[GC_ICE_BASES_MAX];
    gc_ice_target remotes[GC_ICE_REMOTES_MAX];
    gc_ice_pair pairs[GC_ICE_PAIRS_MAX];
    uint32_t remote_count;
    bool controlling; /* our role: it orders the pairs */
} gc_ice_pairs;

#endif
