#include "core/proto/step.h"

void gc_step_ready(const gc_step *s, uint32_t peer) {
    gc_set_add(&s->ready->reports, peer);
    gc_set_add(&s->ready->shows, peer);
    gc_set_add(&s->ready->fates, peer);
    gc_set_add(&s->ready->frames, peer);
    s->ready->state = true;
}

void gc_step_mark(const gc_step *s, uint32_t peer) {
    gc_set_add(&s->ready->unsettled, peer);
    gc_step_ready(s, peer);
}

void gc_step_unmark(const gc_step *s, uint32_t peer) {
    gc_set_remove(&s->ready->unsettled, peer);
    gc_set_remove(&s->ready->reports, peer);
    gc_set_remove(&s->ready->shows, peer);
    gc_set_remove(&s->ready->fates, peer);
    gc_set_remove(&s->ready->frames, peer);
}

bool gc_step_on(const gc_step *s) {
    return s->line->step == GC_SIGNALING_STEP_ON;
}
