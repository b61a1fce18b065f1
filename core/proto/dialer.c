#include "core/proto/dialer.h"
#include "core/base/mem.h"

void gc_dialer_init(gc_dialer *d) {
    *d = (gc_dialer){.redial_ms = GC_REDIAL_MS_MIN, .dial_ms = GC_NEVER, .forget_ms = GC_NEVER};
}

bool gc_dialer_remember(gc_dialer *d, const uint8_t dial[GC_DIAL_BYTES]) {
    uint32_t kept = d->dials_count < GC_DIALER_DIALS_MAX ? d->dials_count : GC_DIALER_DIALS_MAX;
    for (uint32_t i = 0; i < kept; i++) {
        if (memcmp(d->dials[i], dial, GC_DIAL_BYTES) == 0) {
            return false;
        }
    }
    memcpy(d->dials[d->dials_count++ % GC_DIALER_DIALS_MAX], dial, GC_DIAL_BYTES);
    return true;
}

static bool strangers_may(gc_dialer_strangers *all, uint64_t now_ms) {
    uint64_t paid_ms = (all->paid_ms > now_ms ? all->paid_ms : now_ms) + GC_DIALER_STRANGER_MS;
    if (paid_ms > now_ms + GC_DIALER_STRANGER_OFFERS * GC_DIALER_STRANGER_MS) {
        return false;
    }
    all->paid_ms = paid_ms;
    return true;
}

bool gc_dialer_take_offer(gc_dialer *d, gc_dialer_strangers *strangers, uint64_t now_ms) {
    if (now_ms - d->offers_ms >= GC_DIALER_OFFERS_MS) {
        d->offers_ms = now_ms;
        d->offers = 0;
    }
    if (d->offers == GC_DIALER_OFFERS_MAX ||
        (strangers != NULL && !strangers_may(strangers, now_ms))) {
        return false;
    }
    d->offers++;
    return true;
}

void gc_dialer_linked(gc_dialer *d) {
    d->dial_ms = d->forget_ms = GC_NEVER;
}

void gc_dialer_back_off(gc_dialer *d, bool first, uint64_t now_ms) {
    d->dial_ms = now_ms + d->redial_ms + (first ? 0 : GC_DIAL_EXPECT_MS);
    d->redial_ms = d->redial_ms * 2 < GC_REDIAL_MS_MAX ? d->redial_ms * 2 : GC_REDIAL_MS_MAX;
}

void gc_dialer_retry(gc_dialer *d, bool first, uint64_t now_ms) {
    gc_dialer_refresh(d);
    d->dial_ms = now_ms + (first ? 1 : GC_DIAL_EXPECT_MS);
}

void gc_dialer_refresh(gc_dialer *d) {
    d->redial_ms = GC_REDIAL_MS_MIN;
}

void gc_dialer_expect(gc_dialer *d, bool tried, uint64_t now_ms) {
    gc_dialer_refresh(d);
    if (!tried) {
        d->dial_ms = now_ms + GC_DIAL_EXPECT_MS;
    }
}

void gc_dialer_set(gc_dialer *d, uint64_t at_ms) {
    d->dial_ms = at_ms;
}

void gc_dialer_reach(gc_dialer *d, bool first, uint64_t now_ms) {
    d->forget_ms = GC_NEVER;
    if (d->dial_ms == GC_NEVER) {
        gc_dialer_back_off(d, first, now_ms);
    }
}

bool gc_dialer_lose(gc_dialer *d, bool wait, uint32_t keep_ms, uint64_t now_ms) {
    d->dial_ms = GC_NEVER;
    if (wait) {
        return false;
    }
    if (d->forget_ms == GC_NEVER) {
        d->forget_ms = now_ms + keep_ms;
    }
    return d->forget_ms <= now_ms;
}

void gc_dialer_named(gc_dialer *d) {
    d->failures = 0;
}

bool gc_dialer_failed(gc_dialer *d) {
    return ++d->failures >= GC_DIALER_STRANGER_DIALS;
}
