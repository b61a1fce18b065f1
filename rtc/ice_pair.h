/* One pair of an ICE agent: an own address and one of the peer, and what became of the checks that
 * went out between them.
 *
 *   FREE --taken--> WAITING --sent--> CHECKING --answered--> VALID --consent lost--> FAILED
 *                      ^                  | no answer, error                            |
 *                      |                  +------------> FAILED                         |
 *                      +--------------------- a check came from there ------------------+
 *
 * A pair knows nothing of the others: what follows for them is in ice_pairs.h. All times are
 * monotonic milliseconds. Source: RFC 8445 6.1.2.6, 7.2.5. */
#ifndef GC_RTC_ICE_PAIR_H
#define GC_RTC_ICE_PAIR_H

#include <stdbool.h>
#include <stdint.h>

#define GC_ICE_PAIR_TRANSACTION_BYTES 12 /* RFC 8489 5 */
/* A pair is in doubt after so many questions without an answer. */
#define GC_ICE_DOUBT_SENDS 4

typedef enum gc_ice_pair_state {
    GC_ICE_PAIR_FREE,
    GC_ICE_PAIR_WAITING,
    GC_ICE_PAIR_CHECKING,
    GC_ICE_PAIR_VALID,
    GC_ICE_PAIR_FAILED,
} gc_ice_pair_state;

typedef struct gc_ice_pair {
    uint64_t priority;
    uint64_t due_ms;      /* when its next check is due, in all states but FREE and FAILED */
    uint64_t sent_ms;     /* its last check */
    uint64_t answered_ms; /* its last valid answer, while VALID */
    uint32_t rtt_ms;      /* of its last answer, 1 at least; 0: there was none */
    /* Random; each send carries it with a time hidden in its last two bytes, so that an answer
     * tells how long it took however often it was asked for. */
    uint8_t transaction[GC_ICE_PAIR_TRANSACTION_BYTES];
    uint8_t state; /* gc_ice_pair_state */
    uint8_t base;
    uint8_t target;
    uint8_t sends;         /* since the last answer; 0: no transaction is open */
    uint8_t local_type;    /* gc_candidate_type of our end, once it was answered */
    bool triggered;        /* its next check answers one of theirs and waits for no pace */
    bool heard;            /* an authentic check came on it */
    bool heard_told;       /* and the owner knows */
    bool nominating;       /* our checks of it carry USE-CANDIDATE */
    bool wanted;           /* the last of their checks with USE-CANDIDATE came on it */
    bool doubted;          /* VALID, and not answered when it was asked because of a rival */
    bool nominated;        /* VALID, and one side's USE-CANDIDATE was answered on it last */
    bool sent_nominating;  /* the open transaction carries USE-CANDIDATE */
    bool sent_controlling; /* our role in the open transaction */
} gc_ice_pair;

/* Notes that a check goes out. transaction: GC_ICE_PAIR_TRANSACTION_BYTES of a new one; NULL: the
 * open one again, of which there must be one (asserted). due_ms: when the next check is due if no
 * answer comes. controlling: our role. Not for a FAILED pair (asserted). */
void gc_ice_pair_sent(gc_ice_pair *p, uint64_t now_ms, uint64_t due_ms, const uint8_t *transaction,
                      bool controlling);
/* Writes the transaction of the check that was sent last, as the check carries it. */
void gc_ice_pair_transaction(const gc_ice_pair *p, uint8_t out[GC_ICE_PAIR_TRANSACTION_BYTES]);
/* Returns true if an answer with this transaction, GC_ICE_PAIR_TRANSACTION_BYTES, belongs to the
 * open one. */
bool gc_ice_pair_asked(const gc_ice_pair *p, const uint8_t *transaction);
/* Takes an answer to the open transaction, of which `transaction` tells the send: the pair is
 * VALID, without a doubt. due_ms: when to ask for consent next. */
void gc_ice_pair_answered(gc_ice_pair *p, uint64_t now_ms, uint64_t due_ms,
                          const uint8_t transaction[GC_ICE_PAIR_TRANSACTION_BYTES]);
/* Has the pair checked again, now; an open transaction goes on under its number. */
void gc_ice_pair_again(gc_ice_pair *p, uint64_t now_ms);
/* Has the pair checked again, now, with a new transaction. */
void gc_ice_pair_anew(gc_ice_pair *p, uint64_t now_ms);
/* Makes the pair FAILED: of no use until a check comes from there. */
void gc_ice_pair_fail(gc_ice_pair *p);

/* Returns true if nothing is lost with this pair: no check came on it and none of ours was
 * answered. */
bool gc_ice_pair_is_spare(const gc_ice_pair *p);
/* Returns true if a VALID pair was asked GC_ICE_DOUBT_SENDS times without an answer, or is
 * `doubted` since the last one. */
bool gc_ice_pair_in_doubt(const gc_ice_pair *p);
/* Returns true if a, VALID, is preferred to b, VALID, too: one that is not in doubt to one that is,
 * then a nominated one, then the higher priority. */
bool gc_ice_pair_is_better(const gc_ice_pair *a, const gc_ice_pair *b);

#endif
