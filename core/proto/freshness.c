#include "core/proto/freshness.h"
#include "core/base/assert.h"
#include "core/base/mem.h"

bool gc_freshness_is_used(const gc_freshness *f, const uint8_t dial[GC_DIAL_BYTES]) {
    for (uint32_t i = 0; i < f->count; i++) {
        if (memcmp(f->dials[i], dial, GC_DIAL_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

void gc_freshness_use(gc_freshness *f, const uint8_t dial[GC_DIAL_BYTES]) {
    gc_assert(!gc_freshness_is_used(f, dial));
    memcpy(f->dials[f->next], dial, GC_DIAL_BYTES);
    f->next = (f->next + 1) % GC_DIALS_REMEMBERED;
    f->count += f->count < GC_DIALS_REMEMBERED ? 1 : 0;
}

bool gc_rising_take(gc_rising *r, uint32_t seq) {
    if (seq < r->next) {
        return false;
    }
    r->next = (uint64_t)seq + 1;
    return true;
}

bool gc_rising_give(gc_rising *r, uint32_t *seq) {
    if (r->next > UINT32_MAX) {
        return false;
    }
    *seq = (uint32_t)r->next++;
    return true;
}
