/* Numbers: operations that C has no operator for. */
#ifndef GC_BASE_NUMBER_H
#define GC_BASE_NUMBER_H

#include <stdint.h>

/* Returns the smaller of two numbers: of two deadlines the earlier one, for GC_NEVER is the largest
 * number. */
static inline uint64_t gc_min_u64(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/* Returns the larger of two numbers. */
static inline uint64_t gc_max_u64(uint64_t a, uint64_t b) {
    return a > b ? a : b;
}

/* Returns the smaller of two numbers. */
static inline uint32_t gc_min_u32(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

/* Returns the larger of two numbers. */
static inline uint32_t gc_max_u32(uint32_t a, uint32_t b) {
    return a > b ? a : b;
}

#endif
