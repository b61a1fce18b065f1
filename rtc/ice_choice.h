/* Choice of an ICE agent: which of its VALID pairs is in use. A VALID pair carries data before it
 * is nominated (RFC 8445 12.1); it is left for a nominated one, when it fails, and when it is in
 * doubt while another one is not.
 *
 *   none --a pair is VALID--> in use --nominated by either side, and not in doubt--> settled
 *     ^_______________________|  ^____________in doubt, or another one wanted___________|
 *
 * While a nominated pair works no new pairs are tried: the choice is settled. */
#ifndef GC_RTC_ICE_CHOICE_H
#define GC_RTC_ICE_CHOICE_H

#include "rtc/ice_pairs.h"

typedef struct gc_ice_choice {
    uint32_t pair; /* in use; GC_ICE_NO_PAIR */
    bool settled;  /* when that was looked at last */
} gc_ice_choice;

/* Starts without a pair. */
void gc_ice_choice_init(gc_ice_choice *c);
/* Chooses, after the table changed. The controlling side nominates the pair. */
void gc_ice_choice_make(gc_ice_choice *c, gc_ice_pairs *t, uint64_t now_ms);
/* Returns true while a nominated pair works. */
bool gc_ice_choice_settled(const gc_ice_choice *c, const gc_ice_pairs *t);
/* Has the pair in use checked now, unless a check of it is under way. */
void gc_ice_choice_ask(const gc_ice_choice *c, gc_ice_pairs *t, uint64_t now_ms);

#endif
