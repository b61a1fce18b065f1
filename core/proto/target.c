#include "core/proto/target.h"
#include "core/base/reason.h"
#include "core/base/timers.h"

void gc_target_init(gc_target *t) {
    *t = (gc_target){.look_ms = GC_NEVER};
}

bool gc_target_end(gc_target *t, uint32_t reason, bool returns, uint64_t now_ms) {
    bool again = t->ends > 0 && now_ms - t->end_ms < GC_TARGET_ENDS_MS;
    t->ends = again ? t->ends + 1 : 1;
    t->end_ms = now_ms;
    bool looks = returns && t->ends < GC_TARGET_ENDS_MAX;
    t->look_ms = looks ? now_ms + GC_TARGET_LOOK_MS : GC_NEVER;
    t->left = looks ? GC_REASON_NONE : reason;
    return looks;
}

void gc_target_want(gc_target *t) {
    t->left = GC_REASON_NONE;
    t->look_ms = GC_NEVER;
}

bool gc_target_is_due(const gc_target *t, uint64_t now_ms) {
    return now_ms >= t->look_ms;
}

uint32_t gc_target_trouble(const gc_target *t) {
    return t->look_ms != GC_NEVER ? GC_REASON_LEFT : t->left;
}
