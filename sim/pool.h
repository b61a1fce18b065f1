/* Buffers of the world: powers of two from one arena, given back to lists by size. All memory of a
 * run comes from one block, so that the next seed starts by forgetting it. */
#ifndef SIM_POOL_H
#define SIM_POOL_H

#include "core/base/arena.h"
#include "core/base/span.h"

#define SIM_POOL_CLASSES   16 /* 64 B .. 2 MiB */
#define SIM_POOL_BYTES_MIN 64u

typedef struct sim_pool {
    gc_arena *arena;
    void *free[SIM_POOL_CLASSES];
    uint32_t taken; /* buffers out */
} sim_pool;

void sim_pool_init(sim_pool *p, gc_arena *arena);
/* Never NULL: a world that needs more than its memory is a broken world (asserted). */
uint8_t *sim_pool_take(sim_pool *p, uint32_t len);
/* len as it was taken; NULL is ignored. */
void sim_pool_give(sim_pool *p, uint8_t *data, uint32_t len);
uint8_t *sim_pool_copy(sim_pool *p, gc_span bytes);

#endif
