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

/* memory: aligned to 16 (asserted), as malloc, mmap and wasm's heap base are. */
void gc_arena_init(gc_arena *a, void *memory, size_t bytes);
/* `count` items of `bytes` each, aligned to 16; NULL when the arena is too small, or the
 * product is no size_t; then nothing was taken. `at` is rounded up before each piece.
 * The memory is not zeroed: untouched pages of a large reservation must stay untouched. */
void *gc_arena_take(gc_arena *a, size_t count, size_t bytes);

/* Sizing: the same calls on an arena with data == NULL and size SIZE_MAX only count; `at` is the
 * sum, SIZE_MAX when it is none. They return NULL. */
void gc_arena_measure(gc_arena *a);

#endif
