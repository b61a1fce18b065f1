/* The simulator as a function: a seed and a block of memory in, a verdict out. sim/main.c is the
 * native command around it, sim/wasm.c the entry for wasm. No time, no I/O, no global. */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "sim/world.h"

typedef struct sim_options {
    uint64_t seed;
    const char *scenario;                       /* NULL: random */
    void (*print)(void *context, gc_span line); /* NULL, or called with each line of the trace */
    void *context;
} sim_options;

typedef struct sim_result {
    uint64_t hash;
    uint64_t events;
    uint64_t end_ms; /* virtual */
    uint64_t shown, delivered, undelivered, gaps;
    uint64_t meeting_ms, words_ms, prompt_ms, dial_ms;
    sim_meeting meetings[SIM_EPISODES_MAX];
    uint32_t meeting_count;
    uint32_t persons;
    uint32_t broken; /* sim_invariant */
} sim_result;

/* Bytes that a scenario needs; 0 when its name is unknown. */
size_t sim_memory_bytes(const char *scenario);
/* Runs one world in `memory` (aligned to 16; any contents). The world lies at its start and can be
 * read afterwards, also after an assertion of the core has ended the run. */
void sim_run(void *memory, size_t bytes, const sim_options *options, sim_result *result);
/* Why and how the world ended: seed, invariant, the last lines of the trace. */
void sim_report(const sim_world *w, gc_writer *out);
#define SIM_REPORT_BYTES (SIM_TRACE_LINES * SIM_TRACE_LINE_BYTES + 4096)

#endif
