#include "rtc/rtc_dispatch.h"

#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"

void gc_rtc_dispatch_init(gc_rtc_dispatch *d) {
    d->next = GC_NONE;
}

static void take_stun(gc_rtc_places *t, uint64_t now_ms, uint32_t base, const gc_addr *from,
                      gc_span bytes) {
    for (uint32_t i = 0; i < t->touched; i++) {
        gc_rtc_place *l = &t->table[i];
        if (l->used &&
            gc_peer_connection_stun(&l->connection, now_ms, base, from, bytes) != GC_E_NOT_FOUND) {
            l->ready = true;
            return;
        }
    }
}

/* The next place, from `i` on, that takes DTLS from there; GC_NONE: there is none. */
static uint32_t next_taker(const gc_rtc_places *t, uint32_t i, uint32_t base, const gc_addr *from) {
    for (; i < t->touched; i++) {
        const gc_rtc_place *l = &t->table[i];
        if (l->used && gc_peer_connection_accepts(&l->connection, base, from)) {
            return i;
        }
    }
    return GC_NONE;
}

static void give_dtls(gc_rtc_places *t, uint64_t now_ms, uint32_t i, gc_span bytes) {
    gc_rtc_places_look_at(t, i);
    gc_peer_connection_dtls(&t->table[i].connection, now_ms, bytes);
}

static void take_dtls(gc_rtc_dispatch *d, gc_rtc_places *t, uint64_t now_ms, uint32_t base,
                      const gc_addr *from, gc_span bytes) {
    uint32_t first = next_taker(t, 0, base, from);
    if (first == GC_NONE) {
        return;
    }
    d->next = next_taker(t, first + 1, base, from);
    if (d->next != GC_NONE) {
        d->base = base;
        d->from = *from;
        d->len = bytes.len;
        memcpy(d->bytes, bytes.data, bytes.len);
    }
    gc_peer_connection_came_from(&t->table[first].connection, now_ms, base, from);
    give_dtls(t, now_ms, first, bytes);
}

void gc_rtc_dispatch_take(gc_rtc_dispatch *d, gc_rtc_places *t, uint64_t now_ms, uint32_t base,
                          const gc_addr *from, gc_span bytes) {
    gc_assert(base < GC_ICE_BASES_MAX);
    gc_assert(bytes.len > 0 && bytes.len <= sizeof d->bytes);
    uint8_t first = bytes.data[0];
    if (first <= 3) {
        take_stun(t, now_ms, base, from, bytes);
    } else if (first >= 20 && first <= 63) {
        take_dtls(d, t, now_ms, base, from, bytes);
    }
}

bool gc_rtc_dispatch_go_on(gc_rtc_dispatch *d, gc_rtc_places *t, uint64_t now_ms) {
    uint32_t i = d->next;
    if (i == GC_NONE) {
        return false;
    }
    d->next = next_taker(t, i + 1, d->base, &d->from);
    if (t->table[i].used) {
        give_dtls(t, now_ms, i, gc_span_of(d->bytes, d->len));
    }
    return true;
}
