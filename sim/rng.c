#include "sim/rng.h"
#include "core/base/assert.h"

uint64_t sim_mix(uint64_t x) {
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

uint64_t sim_rng_next(sim_rng *r) {
    r->state += 0x9e3779b97f4a7c15u;
    return sim_mix(r->state);
}

void sim_rng_init(sim_rng *r, uint64_t seed, uint64_t stream) {
    r->state = sim_mix(seed + 0x9e3779b97f4a7c15u) ^ sim_mix(~stream);
    sim_rng_next(r);
}

uint32_t sim_rng_below(sim_rng *r, uint32_t bound) {
    gc_assert(bound >= 1);
    return (uint32_t)(sim_rng_next(r) >> 32) % bound;
}

uint32_t sim_rng_between(sim_rng *r, uint32_t low, uint32_t high) {
    gc_assert(low <= high);
    return low + sim_rng_below(r, high - low + 1);
}

bool sim_rng_chance(sim_rng *r, uint32_t permille) {
    return sim_rng_below(r, 1000) < permille;
}

void sim_rng_bytes(sim_rng *r, uint8_t *out, uint32_t len) {
    for (uint32_t i = 0; i < len; i++) {
        out[i] = (uint8_t)sim_rng_next(r);
    }
}
