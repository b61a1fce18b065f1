#include "rtc/rtc_places.h"

#include "core/base/secret.h"

uint32_t gc_rtc_places_count(uint32_t links_max) {
    return links_max + GC_RTC_PLACES_CLOSING_MAX;
}

void gc_rtc_places_init(gc_rtc_places *t, gc_arena *a, uint32_t links_max) {
    *t = (gc_rtc_places){.links_max = links_max, .count = gc_rtc_places_count(links_max)};
    t->table = gc_arena_take(a, t->count, sizeof *t->table);
}

gc_rtc_place *gc_rtc_places_find(gc_rtc_places *t, uint32_t number) {
    for (uint32_t i = 0; i < t->touched; i++) {
        if (t->table[i].used && t->table[i].number == number && number != GC_NONE) {
            return &t->table[i];
        }
    }
    return NULL;
}

void gc_rtc_places_forget(gc_rtc_places *t, gc_rtc_place *l) {
    l->number = GC_NONE;
    l->forgotten = ++t->forgotten;
}

void gc_rtc_places_let_go(gc_rtc_place *l) {
    gc_peer_connection_end(&l->connection);
    l->used = l->ready = false;
    l->number = GC_NONE;
}

void gc_rtc_places_end(gc_rtc_places *t) {
    for (uint32_t i = 0; i < t->touched; i++) {
        if (t->table[i].used) {
            gc_rtc_places_let_go(&t->table[i]);
        }
        gc_bytes_wipe(&t->table[i], sizeof t->table[i]);
    }
}

static uint32_t count_named(const gc_rtc_places *t) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < t->touched; i++) {
        count += t->table[i].used && t->table[i].number != GC_NONE;
    }
    return count;
}

/* The place whose number was forgotten first: there is one, for more places are used than links. */
static gc_rtc_place *oldest_forgotten(gc_rtc_places *t) {
    gc_rtc_place *oldest = NULL;
    for (uint32_t i = 0; i < t->touched; i++) {
        gc_rtc_place *l = &t->table[i];
        if (l->number == GC_NONE && (oldest == NULL || l->forgotten < oldest->forgotten)) {
            oldest = l;
        }
    }
    gc_assert(oldest != NULL);
    return oldest;
}

static gc_rtc_place *free_place(gc_rtc_places *t, gc_sctp_pool *pool, gc_arena *a) {
    for (uint32_t i = 0; i < t->touched; i++) {
        if (!t->table[i].used) {
            return &t->table[i];
        }
    }
    if (t->touched < t->count) {
        gc_rtc_place *l = &t->table[t->touched++];
        gc_peer_connection_place(&l->connection, pool, a);
        return l;
    }
    gc_rtc_place *l = oldest_forgotten(t);
    gc_rtc_places_let_go(l);
    return l;
}

gc_rtc_place *gc_rtc_places_take(gc_rtc_places *t, uint32_t number, gc_sctp_pool *pool,
                                 gc_arena *a) {
    if (count_named(t) >= t->links_max) {
        return NULL;
    }
    gc_rtc_place *l = free_place(t, pool, a);
    l->number = number;
    l->used = l->ready = true;
    return l;
}

void gc_rtc_places_look_at(gc_rtc_places *t, uint32_t i) {
    t->table[i].ready = true;
    t->cursor = i;
}

gc_rtc_place *gc_rtc_places_next_ready(gc_rtc_places *t) {
    for (uint32_t n = 0; n < t->touched; n++) {
        uint32_t i = (t->cursor + n) % t->touched;
        if (t->table[i].ready) {
            t->cursor = i;
            return &t->table[i];
        }
    }
    return NULL;
}

void gc_rtc_places_drained(gc_rtc_places *t, gc_rtc_place *l) {
    l->ready = false;
    t->cursor = ((uint32_t)(l - t->table) + 1) % t->touched;
}
