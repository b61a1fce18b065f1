/* Choice of an ICE agent: which of its VALID pairs is in use. A VALID pair carries data before it
 * is nominated (RFC 8445 12.1); it is left for a nominated one, when it fails, and when it is in
 * doubt while another one is not.
 *
 *   none --a pair is VALID--> in use --nominated by either side, and not in doubt--> settled
 *     ^_______________________|  ^____________in doubt, or another one wanted___________|
 *
 * The controlling side nominates at once, but a pair through a relay only GC_ICE_CHOICE_RELAY_MS
 * after the first pair was VALID: a direct one that is VALID by then takes its place.
 *
 * While a nominated pair works no new pairs are tried: the choice is settled. When the peer asks on
 * a pair on which it never asked before, it may have moved, and the controlled side cannot say so.
 * The pair in use is asked at once then: without an answer after its round trip and
 * GC_ICE_CHOICE_RIVAL_MS it is in doubt, and the other pair, which was checked meanwhile, takes its
 * place. */
#ifndef GC_RTC_ICE_CHOICE_H
#define GC_RTC_ICE_CHOICE_H

#include "rtc/ice_pairs.h"

#define GC_ICE_CHOICE_RIVAL_MS 50
/* After the first nomination checks of other pairs are still under way: the peer did not move. And
 * however often the peer asks elsewhere, the pair in use is asked no more often than this. */
#define GC_ICE_CHOICE_CALM_MS 1000
/* Of a relay the round trip is longer, but it works where direct ways are still looked for. */
#define GC_ICE_CHOICE_RELAY_MS 500

typedef struct gc_ice_choice {
    uint32_t pair;      /* in use; GC_ICE_NO_PAIR */
    bool settled;       /* when that was looked at last */
    uint64_t calm_ms;   /* rivals count from then on; GC_NEVER: it was not settled yet */
    uint64_t asked_ms;  /* because of a rival */
    uint64_t answer_ms; /* without an answer by then the pair is in doubt; GC_NEVER */
    uint64_t first_ms;  /* since when there is a pair in use; GC_NEVER: there is none */
    uint64_t relay_ms;  /* when the pair in use, which leads through a relay, is nominated; GC_NEVER
                         */
} gc_ice_choice;

/* Starts without a pair. */
void gc_ice_choice_init(gc_ice_choice *c);
/* Chooses, after the table changed. The controlling side nominates the pair. */
void gc_ice_choice_make(gc_ice_choice *c, gc_ice_pairs *t, uint64_t now_ms);
/* Takes that the peer asked on a pair, not the one in use, on which it never asked before. */
void gc_ice_choice_rival(gc_ice_choice *c, gc_ice_pairs *t, uint64_t now_ms);
/* Returns when gc_ice_choice_make() must be called next; GC_NEVER. */
uint64_t gc_ice_choice_deadline(const gc_ice_choice *c);
/* Returns true while a nominated pair works. */
bool gc_ice_choice_settled(const gc_ice_choice *c, const gc_ice_pairs *t);
/* Has the pair in use checked now, unless a check of it is under way. */
void gc_ice_choice_ask(const gc_ice_choice *c, gc_ice_pairs *t, uint64_t now_ms);

#endif
