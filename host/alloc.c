#include "host/alloc.h"

#include <stdlib.h>

static unsigned long calls_left; /* 0: never fail; 1: the next call fails, and all after it */

static int refuse(void) {
    if (calls_left > 1) {
        calls_left--;
        return 0;
    }
    return calls_left == 1;
}

void *gc_alloc(size_t bytes) {
    return refuse() ? NULL : malloc(bytes);
}

void *gc_realloc(void *block, size_t bytes) {
    return refuse() ? NULL : realloc(block, bytes);
}

void gc_free(void *block) {
    free(block);
}

void gc_alloc_fail_at(unsigned long k) {
    calls_left = k;
}
