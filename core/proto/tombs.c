#include "core/proto/tombs.h"
#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/base/secret.h"

void gc_tombs_wipe(gc_tombs *t) {
    gc_bytes_wipe(t, sizeof *t);
}

/* Returns the place of a tomb; GC_TOMBS_MAX when there is none. */
static uint32_t find(const gc_tombs *t, gc_span id, const uint8_t session[GC_SESSION_BYTES]) {
    uint32_t kept = t->count < GC_TOMBS_MAX ? t->count : GC_TOMBS_MAX;
    for (uint32_t i = 0; i < kept; i++) {
        const gc_tomb *tomb = &t->tombs[i];
        if (memcmp(tomb->session, session, GC_SESSION_BYTES) == 0 &&
            gc_span_equal(gc_span_of(tomb->id, tomb->id_len), id)) {
            return i;
        }
    }
    return GC_TOMBS_MAX;
}

void gc_tombs_bury(gc_tombs *t, gc_span id, const uint8_t session[GC_SESSION_BYTES],
                   uint64_t shown) {
    gc_assert(id.len > 0 && id.len <= GC_ID_BYTES_MAX);
    uint32_t at = find(t, id, session);
    gc_tomb *tomb = &t->tombs[at < GC_TOMBS_MAX ? at : t->count++ % GC_TOMBS_MAX];
    memcpy(tomb->session, session, GC_SESSION_BYTES);
    memcpy(tomb->id, id.data, id.len);
    tomb->id_len = id.len;
    tomb->shown = shown;
}

uint64_t gc_tombs_shown(const gc_tombs *t, gc_span id, const uint8_t session[GC_SESSION_BYTES]) {
    uint32_t at = find(t, id, session);
    return at < GC_TOMBS_MAX ? t->tombs[at].shown : 0;
}
