/* How long a message, and a link that both sides make, takes where nothing is wrong any more: a
 * deadline that somebody forgot costs no message, only time, and no other invariant sees that. It
 * asks of worlds with native links alone: there every timer of the transport is ours. */
#ifndef SIM_PROMPT_H
#define SIM_PROMPT_H

#include "sim/world.h"

/* From the moment at which the last fault had ended, both had an open link, and it was said. Of
 * what a path without losses needs, the longest parts are a NAT that has moved, whose owner asks
 * for consent every 4.4 s at most (rtc/ice_checks.h), and what was queued meanwhile, on a thin
 * line. */
#define SIM_PROMPT_MS 10000
/* From the moment at which the last fault had ended and each side had the other's description.
 * Where datagrams had wrong bits, a handshake may end by its deadline alone: so much more. */
#define SIM_DIAL_MS 5000

/* Looks at what has not arrived although nothing is wrong any more. */
void sim_prompt_sweep(sim_world *w);

#endif
