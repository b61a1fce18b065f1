/* Memory and chance for tests of the server's nouns: an arena of zero bytes that ends where its
 * memory ends, and a small generator of numbers that are the same in every run. */
#ifndef GC_TEST_NOUN_H
#define GC_TEST_NOUN_H

#include "test/unit/unit.h"

#include "core/base/arena.h"

/* Calls init(arena) twice: to measure, then to place. Frees with noun_free(). */
#define NOUN_PLACE(memory, arena, init)                                                            \
    do {                                                                                           \
        gc_arena_measure(&(arena));                                                                \
        init;                                                                                      \
        size_t need_ = (arena).at;                                                                 \
        (memory) = aligned_alloc(16, (need_ + 15) / 16 * 16);                                      \
        assert_non_null(memory);                                                                   \
        memset((memory), 0, need_);                                                                \
        gc_arena_init(&(arena), (memory), need_);                                                  \
        init;                                                                                      \
        assert_int_equal((arena).at, need_);                                                       \
    } while (0)

/* xorshift64 (Marsaglia 2003); state must not be 0. */
static inline uint32_t chance(uint64_t *state, uint32_t bound) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)((*state >> 11) % bound);
}

#endif
