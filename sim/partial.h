/* Partial channels: in worlds that want them each two people have one more native link, beside that
 * of their cores and on the same path, whose channel gives messages up (gc_rtc_shape()). The seed
 * draws the form of each channel, ordered or not, limited by time or by retransmissions, and
 * whether the sides of a link know I-DATA, so that both FORWARD-TSN and I-FORWARD-TSN are sent.
 * These links have signaling of their own, which loses nothing.
 *
 *   5 s: offer --> open: both sides say things while there is traffic --healed--> last words
 *
 * What must hold: nothing is changed or comes twice; on an ordered channel nothing comes late, and
 * what is passed over was over its limit; no such link ends; once nothing is lost any more each
 * channel carries messages again and what waits to be sent is down to nothing; and something was
 * given up, or the world says nothing. The links of the cores beside them lose nothing: that is the
 * oracle's business. Source: RFC 3758 3.5 and 3.6, RFC 8260 2.3. */
#ifndef SIM_PARTIAL_H
#define SIM_PARTIAL_H

#include "rtc/rtc_output.h"
#include "sim/world.h"

/* Draws the channels, if the scenario has any, and plans their offers. */
void sim_partial_begin(sim_world *w);
/* SIM_EVENT_PARTIAL: a description or candidate has come, or something is to be said. */
void sim_partial_event(sim_world *w, const sim_event *e);
/* Takes an output of the links of a node. False: it is of a link of its core. */
bool sim_partial_report(sim_world *w, uint32_t node, const gc_rtc_output *o);
/* Says last words. True: all have come, and nothing waits; or the world has no such channels. */
bool sim_partial_words(sim_world *w);

#endif
