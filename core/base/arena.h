/* An arena hands out pieces of one block of the caller's memory, and never takes one back. */
#ifndef GC_BASE_ARENA_H
#define GC_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

typedef struct gc_arena {
    uint8_t *data;
    size_t size;
    size_t at;
} gc_arena;

/* Starts with all `bytes` of memory free. memory is the caller's as long as any piece is used, and
 * aligned to 16 (asserted), as malloc, mmap and wasm's heap base are. */
void gc_arena_init(gc_arena *a, void *memory, size_t bytes);
/* Takes a piece for `count` items of `bytes` each, aligned to 16. Returns NULL, and takes nothing,
 * when the arena is too small or the product is not a size_t. `at` is rounded up before each piece.
 * The memory is not zeroed: untouched pages of a large reservation must stay untouched. */
void *gc_arena_take(gc_arena *a, size_t count, size_t bytes);

/* Starts an arena that only counts: each gc_arena_take() returns NULL, and `at` is the sum of all
 * that was asked for; SIZE_MAX when the sum is not a size_t. */
void gc_arena_measure(gc_arena *a);

#endif
