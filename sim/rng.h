/* Draws of a seed. Each purpose (network, faults, users) has a stream of its own, so that one more
 * draw of a user does not change the weather. Source: Steele, Lea, Flood, "Fast splittable
 * pseudorandom number generators" (2014), splitmix64; seeds are mixed, never or-ed: 2 and 3 differ.
 */
#ifndef SIM_RNG_H
#define SIM_RNG_H

#include <stdbool.h>
#include <stdint.h>

typedef struct sim_rng {
    uint64_t state;
} sim_rng;

uint64_t sim_mix(uint64_t x);
void sim_rng_init(sim_rng *r, uint64_t seed, uint64_t stream);
uint64_t sim_rng_next(sim_rng *r);
/* 0..bound-1, bound >= 1. */
uint32_t sim_rng_below(sim_rng *r, uint32_t bound);
/* low..high, both included. */
uint32_t sim_rng_between(sim_rng *r, uint32_t low, uint32_t high);
bool sim_rng_chance(sim_rng *r, uint32_t permille);
void sim_rng_bytes(sim_rng *r, uint8_t *out, uint32_t len);

#endif
