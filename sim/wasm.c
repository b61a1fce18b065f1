/* The simulator's entry for wasm: no import, one block of memory, two functions. */
#include "core/base/assert.h"
#include "sim/names.h"
#include "sim/native.h"
#include "sim/network.h"
#include "sim/partial.h"
#include "sim/prompt.h"
#include "sim/strangers.h"
#include "sim/sim.h"

/* Room for the random scenario and the rows of up to 16 people; --initial-memory holds it. */
#define MEMORY_BYTES (320u << 20)

static _Alignas(16) uint8_t memory[MEMORY_BYTES];
static sim_result result;

/* What JavaScript reads, in halves: a u64 would be a BigInt. */
typedef struct wasm_result {
    uint32_t hash_low, hash_high, broken, events;
} wasm_result;
static wasm_result shown;
_Static_assert(sizeof(wasm_result) == 16, "test/wasm/sim.mjs reads four u32");

/* scenario: its place in the table, or UINT32_MAX for random. Returns NULL when it needs more
 * memory than there is. */
__attribute__((export_name("sim_run"))) wasm_result *
sim_wasm_run(uint32_t seed_low, uint32_t seed_high, uint32_t scenario);
wasm_result *sim_wasm_run(uint32_t seed_low, uint32_t seed_high, uint32_t scenario) {
    sim_options o = {.seed = (uint64_t)seed_high << 32 | seed_low,
                     .scenario = scenario == UINT32_MAX ? NULL : sim_scenario_name(scenario)};
    if (sim_memory_bytes(o.scenario) > MEMORY_BYTES) {
        return NULL;
    }
    sim_run(memory, MEMORY_BYTES, &o, &result);
    shown = (wasm_result){.hash_low = (uint32_t)result.hash,
                          .hash_high = (uint32_t)(result.hash >> 32),
                          .broken = result.broken,
                          .events = (uint32_t)result.events};
    return &shown;
}

/* The name of a row of the table, zero-terminated; NULL behind the last. */
__attribute__((export_name("sim_name"))) const char *sim_wasm_name(uint32_t scenario);
const char *sim_wasm_name(uint32_t scenario) {
    return sim_scenario_name(scenario);
}

/* --- no OpenSSL: no world here has native links ----------------------------------------------- */

size_t sim_native_bytes(uint32_t nodes) {
    (void)nodes;
    return MEMORY_BYTES; /* more than there is: sim_run() refuses */
}

void sim_native_begin(sim_world *w) {
    (void)w;
    gc_assert(false);
}

void sim_native_end(sim_world *w) {
    sim_native_begin(w);
}

void sim_native_start(sim_world *w, uint32_t node) {
    (void)node;
    sim_native_begin(w);
}

void sim_native_stop(sim_world *w, uint32_t node) {
    sim_native_start(w, node);
}

void sim_native_output(sim_world *w, uint32_t node, const gc_client_output *o) {
    (void)o;
    sim_native_start(w, node);
}

bool sim_native_report(sim_world *w, uint32_t node) {
    sim_native_start(w, node);
    return false;
}

void sim_native_plan(sim_world *w, uint32_t node) {
    sim_native_start(w, node);
}

void sim_native_wake(sim_world *w, uint32_t node, uint32_t wake) {
    (void)wake;
    sim_native_start(w, node);
}

void sim_network_event(sim_world *w, sim_event *e) {
    (void)e;
    sim_native_begin(w);
}

void sim_network_answer(sim_world *w, const gc_addr *to, gc_span bytes) {
    (void)to;
    (void)bytes;
    sim_native_begin(w);
}

void sim_prompt_sweep(sim_world *w) {
    (void)w; /* it asks of native links alone */
}

void sim_names_event(sim_world *w, sim_event *e) {
    (void)e;
    sim_native_begin(w);
}

void sim_strangers_begin(sim_world *w) {
    sim_native_begin(w);
}

void sim_strangers_event(sim_world *w) {
    sim_native_begin(w);
}

void sim_partial_begin(sim_world *w) {
    sim_native_begin(w);
}

void sim_partial_event(sim_world *w, const sim_event *e) {
    (void)e;
    sim_native_begin(w);
}

bool sim_partial_words(sim_world *w) {
    (void)w; /* no link here has such a channel */
    return true;
}

void sim_network_expect_widest(sim_world *w, uint32_t bytes) {
    (void)bytes;
    sim_native_begin(w);
}

void sim_network_move(sim_world *w) {
    sim_native_begin(w);
}
