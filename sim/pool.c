#include "sim/pool.h"
#include "core/base/assert.h"
#include "core/base/mem.h"

void sim_pool_init(sim_pool *p, gc_arena *arena) {
    *p = (sim_pool){.arena = arena};
}

static uint32_t class_of(uint32_t len) {
    uint32_t class = 0;
    while (SIM_POOL_BYTES_MIN << class < len) {
        class ++;
    }
    gc_assert(class < SIM_POOL_CLASSES);
    return class;
}

uint8_t *sim_pool_take(sim_pool *p, uint32_t len) {
    uint32_t class = class_of(len);
    p->taken++;
    void *data = p->free[class];
    if (data != NULL) {
        memcpy(&p->free[class], data, sizeof(void *));
        return data;
    }
    data = gc_arena_take(p->arena, 1, SIM_POOL_BYTES_MIN << class);
    gc_assert(data != NULL);
    return data;
}

void sim_pool_give(sim_pool *p, uint8_t *data, uint32_t len) {
    if (data == NULL) {
        return;
    }
    uint32_t class = class_of(len);
    gc_assert(p->taken > 0);
    p->taken--;
    memcpy(data, &p->free[class], sizeof(void *));
    p->free[class] = data;
}

uint8_t *sim_pool_copy(sim_pool *p, gc_span bytes) {
    uint8_t *data = sim_pool_take(p, bytes.len);
    if (bytes.len > 0) {
        memcpy(data, bytes.data, bytes.len);
    }
    return data;
}
