#include "core/base/set.h"
#include "core/base/assert.h"

void gc_set_add(gc_set *s, uint32_t n) {
    gc_assert(n < GC_SET_MAX);
    s->words[n / 32] |= 1u << n % 32;
}

void gc_set_remove(gc_set *s, uint32_t n) {
    gc_assert(n < GC_SET_MAX);
    s->words[n / 32] &= ~(1u << n % 32);
}

void gc_set_put(gc_set *s, uint32_t n, bool in) {
    if (in) {
        gc_set_add(s, n);
    } else {
        gc_set_remove(s, n);
    }
}

bool gc_set_has(const gc_set *s, uint32_t n) {
    gc_assert(n < GC_SET_MAX);
    return (s->words[n / 32] >> n % 32 & 1u) != 0;
}

uint32_t gc_set_next(const gc_set *s, uint32_t from) {
    for (uint32_t w = from / 32; w < GC_SET_WORDS; w++) {
        uint32_t bits = s->words[w];
        if (w == from / 32) {
            bits &= UINT32_MAX << from % 32;
        }
        if (bits != 0) {
            return w * 32 + (uint32_t)__builtin_ctz(bits);
        }
    }
    return GC_SET_END;
}

uint32_t gc_set_first(const gc_set *s) {
    return gc_set_next(s, 0);
}

uint32_t gc_set_last(const gc_set *s) {
    for (uint32_t w = GC_SET_WORDS; w > 0; w--) {
        if (s->words[w - 1] != 0) {
            return w * 32 - 1 - (uint32_t)__builtin_clz(s->words[w - 1]);
        }
    }
    return GC_SET_END;
}

bool gc_set_is_empty(const gc_set *s) {
    return gc_set_first(s) == GC_SET_END;
}

uint32_t gc_set_count(const gc_set *s) {
    uint32_t n = 0;
    for (uint32_t w = 0; w < GC_SET_WORDS; w++) {
        for (uint32_t bits = s->words[w]; bits != 0; bits &= bits - 1) {
            n++; /* a popcount instruction cannot be taken for granted, and the core calls nobody */
        }
    }
    return n;
}

bool gc_set_equal(const gc_set *a, const gc_set *b) {
    uint32_t differs = 0;
    for (uint32_t w = 0; w < GC_SET_WORDS; w++) {
        differs |= a->words[w] ^ b->words[w];
    }
    return differs == 0;
}

gc_set gc_set_and(const gc_set *a, const gc_set *b) {
    gc_set both;
    for (uint32_t w = 0; w < GC_SET_WORDS; w++) {
        both.words[w] = a->words[w] & b->words[w];
    }
    return both;
}

gc_set gc_set_or(const gc_set *a, const gc_set *b) {
    gc_set either;
    for (uint32_t w = 0; w < GC_SET_WORDS; w++) {
        either.words[w] = a->words[w] | b->words[w];
    }
    return either;
}

uint32_t gc_set_gap(const gc_set *s, uint32_t limit) {
    for (uint32_t w = 0; w < GC_SET_WORDS; w++) {
        if (s->words[w] != UINT32_MAX) {
            uint32_t n = w * 32 + (uint32_t)__builtin_ctz(~s->words[w]);
            return n < limit ? n : GC_SET_END;
        }
    }
    return GC_SET_END;
}
