#include "core/client/step.h"

void gc__step_ready(const gc_step *s, uint32_t peer) {
    gc_set_add(&s->ready->reports, peer);
    gc_set_add(&s->ready->shows, peer);
    gc_set_add(&s->ready->fates, peer);
    gc_set_add(&s->ready->frames, peer);
}

void gc__step_mark(const gc_step *s, uint32_t peer) {
    gc_set_add(&s->ready->unsettled, peer);
    gc__step_ready(s, peer);
}

void gc__step_unmark(const gc_step *s, uint32_t peer) {
    gc_set_remove(&s->ready->unsettled, peer);
    gc_set_remove(&s->ready->reports, peer);
    gc_set_remove(&s->ready->shows, peer);
    gc_set_remove(&s->ready->fates, peer);
    gc_set_remove(&s->ready->frames, peer);
}

bool gc__step_on(const gc_step *s) {
    return s->line->step == GC_SIGNALING_STEP_ON;
}
