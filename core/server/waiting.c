#include "core/server/inside.h"

void gc__waiting_forget(gc_server *s, uint32_t n) {
    gc_wait *w = &s->waits[n];
    gc_block_queue_clear(&s->pool, &w->ice);
    if (w->holder != 0) {
        if (gc_registry_at(&s->registry, w->holder - 1)->waiter == n + 1) {
            gc_registry_set_waiter(&s->registry, w->holder - 1, GC_IDENTITY_NONE);
        }
        w->holder = 0;
    }
}
