/* Scenarios that a seed draws: who is there, how the network is and which faults come how often.
 * Those with steps at fixed times are rows of a table (scenario.c). */
#ifndef SIM_SCENARIO_DRAW_H
#define SIM_SCENARIO_DRAW_H

#include "sim/rng.h"
#include "sim/scenario.h"

/* Draws the scenario of this name: "random" or one of sim_scenario_drawn(). Returns false, with
 * *out as it was, when no drawn one has it. */
bool sim_scenario_draw(const char *name, uint64_t seed, sim_scenario *out);
/* Returns the i-th name for --help; NULL at the end. "random" is the default and has none. */
const char *sim_scenario_drawn(uint32_t i);
/* Returns true when two names are the same. */
bool sim_scenario_is(const char *name, const char *other);

#endif
