/* A map from keyed 64-bit hashes of keys to small numbers (indices of the owner's own slots).
 * Chained; the slots' links live in the map. The owner compares the real keys:
 *     for (i = gc_map_first(m, h); i != GC_MAP_END; i = gc_map_next(m, i)) if (same(i, key)) ...
 * Sized once for `capacity` slots: no growth, no sweep. Order in a chain is newest first. */
#ifndef GC_BASE_MAP_H
#define GC_BASE_MAP_H

#include "core/base/arena.h"

#define GC_MAP_END UINT32_MAX

typedef struct gc_map {
    uint32_t *heads;  /* power of two, zero means empty, else slot + 1 */
    uint32_t *nexts;  /* by slot, the same coding */
    uint64_t *hashes; /* by slot */
    uint32_t mask;
    uint32_t capacity;
    uint32_t count;
} gc_map;

/* Memory from the arena must be zero where never written (fresh mmap, or cleared by the caller);
 * with a measuring arena only counts. */
void gc_map_init(gc_map *m, gc_arena *a, uint32_t capacity);
/* slot: 0..capacity-1, not in the map. */
void gc_map_add(gc_map *m, uint64_t hash, uint32_t slot);
/* The slot must be in the map under this hash (asserted). */
void gc_map_remove(gc_map *m, uint64_t hash, uint32_t slot);
/* The newest slot of exactly this hash, and the next older one of the same hash; GC_MAP_END. */
uint32_t gc_map_first(const gc_map *m, uint64_t hash);
uint32_t gc_map_next(const gc_map *m, uint32_t slot);

#endif
