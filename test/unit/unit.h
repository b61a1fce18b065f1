/* What every unit test needs: cmocka with the headers it wants first, and spans of literals. */
#ifndef GC_TEST_UNIT_H
#define GC_TEST_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/span.h"

static inline gc_span text_span(const char *text) {
    return gc_span_of(text, (uint32_t)strlen(text));
}

/* A copy that ends where its memory ends, so that the sanitizer sees a read past the end. */
static inline uint8_t *exact_copy(const void *bytes, uint32_t len) {
    uint8_t *copy = malloc(len > 0 ? len : 1);
    assert_non_null(copy);
    if (len > 0) { /* memcpy of NULL is undefined even for no bytes */
        memcpy(copy, bytes, len);
    }
    return copy;
}

/* Zeroed memory that begins where an arena may, also on machines of 32 bits, where malloc() aligns
 * to 8 only. Give it back with free(). */
static inline void *arena_memory(size_t bytes) {
    void *memory = aligned_alloc(16, (bytes + 15) / 16 * 16);
    assert_non_null(memory);
    memset(memory, 0, bytes);
    return memory;
}

#define assert_span(span, expected)                                                                \
    do {                                                                                           \
        gc_span span_ = (span), expected_ = (expected);                                            \
        assert_int_equal(span_.len, expected_.len);                                                \
        if (span_.len > 0) {                                                                       \
            assert_memory_equal(span_.data, expected_.data, span_.len);                            \
        }                                                                                          \
    } while (0)

/* Bytes of lower-case hex text; returns how many. The text must be well formed. */
static inline uint32_t from_hex(const char *hex, uint8_t *out) {
    uint32_t len = 0;
    for (; hex[0] != '\0'; hex += 2) {
        unsigned byte = 0;
        assert_int_equal(sscanf(hex, "%2x", &byte), 1);
        out[len++] = (uint8_t)byte;
    }
    return len;
}

#define RUN(tests) cmocka_run_group_tests(tests, NULL, NULL)

#endif
