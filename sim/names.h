/* Multicast DNS between the hosts of a world without NATs: who hides its addresses gives a name in
 * their place, as browsers do, and answers for it. Questions and answers go to all other hosts, and
 * each copy may be lost. Source: RFC 6762; draft-ietf-mmusic-mdns-ice-candidates. */
#ifndef SIM_NAMES_H
#define SIM_NAMES_H

#include "sim/world.h"

#define SIM_NAME_CANDIDATE_BYTES 256

/* Tells whether this node hides its addresses. */
bool sim_names_hides(const sim_world *w, uint32_t node);
/* A candidate of a node, with a name for the address of a host. Returns it in `out`. */
gc_span sim_names_hide(const sim_world *w, uint32_t node, gc_span candidate,
                       uint8_t out[SIM_NAME_CANDIDATE_BYTES]);
/* A node asks the group. */
void sim_names_ask(sim_world *w, uint32_t node, gc_span question);
/* SIM_EVENT_NAME: a question or an answer has reached a host. */
void sim_names_event(sim_world *w, sim_event *e);

#endif
