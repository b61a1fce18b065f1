#include "core/base/map.h"

#include "core/base/assert.h"

void gc_map_init(gc_map *m, gc_arena *a, uint32_t capacity) {
    gc_assert(capacity > 0 && capacity <= 1u << 31);
    uint32_t chains = 1;
    while (chains < capacity) {
        chains <<= 1;
    }
    *m = (gc_map){.mask = chains - 1, .capacity = capacity};
    m->heads = gc_arena_take(a, chains, sizeof *m->heads);
    m->nexts = gc_arena_take(a, capacity, sizeof *m->nexts);
    m->hashes = gc_arena_take(a, capacity, sizeof *m->hashes);
}

void gc_map_add(gc_map *m, uint64_t hash, uint32_t slot) {
    gc_assert(slot < m->capacity && m->count < m->capacity);
    uint32_t *head = &m->heads[hash & m->mask];
    m->hashes[slot] = hash;
    m->nexts[slot] = *head;
    *head = slot + 1;
    m->count++;
}

void gc_map_remove(gc_map *m, uint64_t hash, uint32_t slot) {
    gc_assert(slot < m->capacity && m->hashes[slot] == hash);
    uint32_t *link = &m->heads[hash & m->mask];
    while (*link != slot + 1) {
        gc_assert(*link != 0); /* the slot was never added */
        link = &m->nexts[*link - 1];
    }
    *link = m->nexts[slot];
    m->nexts[slot] = 0;
    m->count--;
}

/* The first slot of this hash in the rest of a chain: other hashes share it. */
static uint32_t find(const gc_map *m, uint32_t link, uint64_t hash) {
    while (link != 0 && m->hashes[link - 1] != hash) {
        link = m->nexts[link - 1];
    }
    return link == 0 ? GC_MAP_END : link - 1;
}

uint32_t gc_map_first(const gc_map *m, uint64_t hash) {
    return find(m, m->heads[hash & m->mask], hash);
}

uint32_t gc_map_next(const gc_map *m, uint32_t slot) {
    gc_assert(slot < m->capacity);
    return find(m, m->nexts[slot], m->hashes[slot]);
}
