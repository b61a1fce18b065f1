/* Looks: what a reader sees of a name. Two names that a reader takes for the same have the same
 * looks: letters of other scripts that look alike, capitals, marks, and characters that nobody sees
 * make no difference. The same as web/looks.js. */
#ifndef GC_CLI_LOOKS_H
#define GC_CLI_LOOKS_H

#include "core/base/span.h"

/* Longer looks are cut: two names that differ behind that are taken for the same. */
#define GC_LOOKS_BYTES_MAX 256

typedef struct gc_looks {
    uint32_t len; /* 0: nothing in the name can be seen */
    uint8_t bytes[GC_LOOKS_BYTES_MAX];
} gc_looks;

/* Returns the looks of a name, valid UTF-8. When memory is short they are the name itself. */
gc_looks gc_looks_of(gc_span name);
/* Tells whether a reader takes two names for the same. */
bool gc_looks_equal(const gc_looks *a, const gc_looks *b);

#endif
