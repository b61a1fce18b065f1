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

/* Starts empty, with tables for `capacity` slots out of the arena. Its memory must be zero where it
 * was never written (fresh mmap, or cleared by the caller). With a measuring arena this only counts
 * the bytes that it would take. */
void gc_map_init(gc_map *m, gc_arena *a, uint32_t capacity);
/* Adds a slot (0..capacity-1, not in the map) under the hash of its key. */
void gc_map_add(gc_map *m, uint64_t hash, uint32_t slot);
/* Removes a slot, which must be in the map under this hash (asserted). */
void gc_map_remove(gc_map *m, uint64_t hash, uint32_t slot);
/* Each finds a slot of exactly this hash: the newest one, and the one added before `slot`. Returns
 * GC_MAP_END when there is none. */
uint32_t gc_map_first(const gc_map *m, uint64_t hash);
uint32_t gc_map_next(const gc_map *m, uint32_t slot);

#endif
