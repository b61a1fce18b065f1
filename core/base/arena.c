#include "core/base/arena.h"

#include "core/base/assert.h"

#define ALIGNMENT 16u

void gc_arena_init(gc_arena *a, void *memory, size_t bytes) {
    /* Else the sum of a measuring arena would not be enough. */
    gc_assert(memory != NULL && (uintptr_t)memory % ALIGNMENT == 0);
    *a = (gc_arena){.data = memory, .size = bytes};
}

void gc_arena_measure(gc_arena *a) {
    *a = (gc_arena){.size = SIZE_MAX};
}

void *gc_arena_take(gc_arena *a, size_t count, size_t bytes) {
    gc_assert(a->at <= a->size);
    size_t need, start, end;
    if (__builtin_mul_overflow(count, bytes, &need) ||
        __builtin_add_overflow(a->at, (size_t)(ALIGNMENT - 1), &start) ||
        __builtin_add_overflow(start & ~(size_t)(ALIGNMENT - 1), need, &end) || end > a->size) {
        if (a->data == NULL) {
            a->at = SIZE_MAX; /* a sum that no memory can meet */
        }
        return NULL;
    }
    a->at = end;
    return a->data == NULL ? NULL : a->data + (end - need);
}
