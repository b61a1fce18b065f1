#include "core/proto/mesh.h"
#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/base/number.h"

void gc_mesh_init(gc_mesh *m, gc_link_store *stores) {
    gc_arena a;
    memset(m, 0, sizeof *m);
    gc_arena_init(&a, m->tables, sizeof m->tables);
    gc_timers_init(&m->links, &a, GC_LINKS_MAX);
    gc_timers_init(&m->dials, &a, GC_PEERS_MAX);
    gc_timers_init(&m->ends, &a, GC_PEERS_MAX);
    gc_assert(m->ends.place != NULL);
    for (uint32_t slot = 0; slot < GC_LINKS_MAX; slot++) {
        gc_link_init(&m->slots[slot], &stores[slot]);
        gc_timers_add_owner(&m->links, slot);
    }
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        gc_timers_add_owner(&m->dials, i);
        gc_timers_add_owner(&m->ends, i);
        gc_mesh_add(m, i);
    }
}

void gc_mesh_add(gc_mesh *m, uint32_t peer) {
    m->ways[peer].link = m->ways[peer].attempt = GC_NONE;
    gc_dialer_init(&m->ways[peer].dialer);
}

void gc_mesh_remove(gc_mesh *m, uint32_t peer) {
    gc_assert(m->ways[peer].link == GC_NONE && m->ways[peer].attempt == GC_NONE);
    gc_dialer_linked(&m->ways[peer].dialer);
    gc_mesh_settle_peer(m, peer);
}

/* --- reading ---------------------------------------------------------------------------------- */

const gc_way *gc_mesh_way(const gc_mesh *m, uint32_t peer) {
    gc_assert(peer < GC_PEERS_MAX);
    return &m->ways[peer];
}

const gc_link *gc_mesh_link(const gc_mesh *m, uint32_t slot) {
    gc_assert(slot < GC_LINKS_MAX);
    return &m->slots[slot];
}

uint32_t gc_mesh_slot(const gc_mesh *m, uint32_t number) {
    return gc_link_find(m->slots, number);
}

static bool is_of_dial(const gc_mesh *m, uint32_t slot, const uint8_t dial[GC_DIAL_BYTES]) {
    return slot != GC_NONE && memcmp(m->slots[slot].dial, dial, GC_DIAL_BYTES) == 0;
}

uint32_t gc_mesh_find(const gc_mesh *m, uint32_t peer, const uint8_t dial[GC_DIAL_BYTES]) {
    const gc_way *w = gc_mesh_way(m, peer);
    return is_of_dial(m, w->attempt, dial) ? w->attempt
           : is_of_dial(m, w->link, dial)  ? w->link
                                           : GC_NONE;
}

const gc_link *gc_mesh_open_link(const gc_mesh *m, uint32_t peer) {
    uint32_t slot = gc_mesh_way(m, peer)->link;
    return slot == GC_NONE ? NULL : &m->slots[slot];
}

void gc_mesh_buffer(gc_mesh *m, const gc_step *s, uint32_t slot, uint32_t bytes) {
    gc_link_buffer(&m->slots[slot], bytes);
    gc_step_ready(s, m->slots[slot].peer);
}

void gc_mesh_measure(gc_mesh *m, const gc_step *s, uint32_t slot, uint32_t path, uint32_t rtt_ms) {
    gc_link_measure(&m->slots[slot], path, rtt_ms);
    gc_step_ready(s, m->slots[slot].peer);
}

bool gc_mesh_offered(const gc_mesh *m, uint32_t peer) {
    uint32_t slot = gc_mesh_way(m, peer)->attempt;
    return slot != GC_NONE && m->slots[slot].step == GC_LINK_STEP_OFFERED;
}

bool gc_mesh_takes_data(const gc_mesh *m, uint32_t peer) {
    bool own = peer != GC_NONE && gc_set_has(&m->data, peer);
    return own || gc_set_count(&m->data) < GC_MESH_DATA_MAX;
}

/* --- changing --------------------------------------------------------------------------------- */

static bool is_data(const gc_mesh *m, uint32_t slot) {
    return slot != GC_NONE && m->slots[slot].kind == GC_LINK_KIND_DATA;
}

/* After each change of a way, or of the kind of one of its links. */
static void note(gc_mesh *m, const gc_step *s, uint32_t peer) {
    const gc_way *w = &m->ways[peer];
    gc_set_put(&m->data, peer, is_data(m, w->link) || is_data(m, w->attempt));
    gc_step_mark(s, peer);
}

gc_link *gc_mesh_edit(gc_mesh *m, const gc_step *s, uint32_t slot) {
    gc_assert(gc_set_has(&m->used, slot));
    gc_set_add(&m->touched, slot);
    gc_step_mark(s, m->slots[slot].peer);
    return &m->slots[slot];
}

gc_link *gc_mesh_hear(gc_mesh *m, const gc_step *s, uint32_t slot) {
    gc_assert(m->slots[slot].step == GC_LINK_STEP_OPEN);
    gc_set_add(&m->touched, slot);
    gc_link_heard(&m->slots[slot], s->now_ms);
    return &m->slots[slot];
}

gc_dialer *gc_mesh_dialer(gc_mesh *m, const gc_step *s, uint32_t peer) {
    gc_assert(peer < GC_PEERS_MAX);
    gc_step_mark(s, peer);
    return &m->ways[peer].dialer;
}

static gc_link *take(gc_mesh *m, const gc_step *s, uint32_t peer, enum gc_link_step step,
                     const uint8_t dial[GC_DIAL_BYTES]) {
    uint32_t slot = gc_set_gap(&m->used, GC_LINKS_MAX);
    gc_way *w = &m->ways[peer];
    gc_assert(slot != GC_SET_END && w->attempt == GC_NONE); /* there are two for each peer */
    gc_set_add(&m->used, slot);
    gc_link_begin(&m->slots[slot], step, peer, dial, s->now_ms);
    w->attempt = slot;
    gc_dialer_linked(&w->dialer);
    return gc_mesh_edit(m, s, slot);
}

static void tell_host(gc_mesh *m, const gc_step *s, uint32_t slot, uint32_t type, gc_span text) {
    const gc_link *l = &m->slots[slot];
    gc_output_queue_put(s->queue, type, gc_link_number(l, slot), l->kind, text,
                        gc_span_of(NULL, 0));
}

void gc_mesh_dial(gc_mesh *m, const gc_step *s, uint32_t peer, bool either,
                  uint32_t serialization) {
    uint8_t dial[GC_DIAL_BYTES];
    gc_drbg_bytes(s->drbg, dial, sizeof dial);
    gc_link *l = take(m, s, peer, GC_LINK_STEP_OFFERING, dial);
    if (either) {
        gc_link_offer_either(l, serialization);
    }
    tell_host(m, s, m->ways[peer].attempt, GC_CLIENT_LINK_OFFER, gc_link_connection(l));
}

void gc_mesh_answer(gc_mesh *m, const gc_step *s, uint32_t peer, const gc_signal_in *in,
                    gc_span sdp) {
    gc_link *l = take(m, s, peer, GC_LINK_STEP_ANSWERING, in->dial);
    if (in->data && !in->marked) {
        gc_link_answer_data(l, gc_span_of(in->connection, in->connection_len), in->serialization);
    }
    note(m, s, peer);
    tell_host(m, s, m->ways[peer].attempt, GC_CLIENT_LINK_ANSWER, sdp);
}

bool gc_mesh_accept(gc_mesh *m, const gc_step *s, uint32_t slot, bool data) {
    const gc_link *offered = gc_mesh_link(m, slot);
    if (data && (offered->kind != GC_LINK_KIND_EITHER || !gc_mesh_takes_data(m, offered->peer))) {
        return false;
    }
    gc_link *l = gc_mesh_edit(m, s, slot);
    gc_link_be(l, data ? GC_LINK_KIND_DATA : GC_LINK_KIND_NATIVE);
    gc_link_accept(l, s->now_ms);
    note(m, s, l->peer);
    return true;
}

static void end_link(gc_mesh *m, const gc_step *s, uint32_t slot, bool tell) {
    if (tell) {
        gc_output_queue_put(s->queue, GC_CLIENT_LINK_CLOSE, gc_link_number(&m->slots[slot], slot),
                            0, gc_span_of(NULL, 0), gc_span_of(NULL, 0));
    }
    gc_link_end(&m->slots[slot]);
    gc_set_remove(&m->used, slot);
    gc_set_add(&m->touched, slot);
}

void gc_mesh_drop(gc_mesh *m, const gc_step *s, uint32_t peer, bool tell) {
    gc_way *w = &m->ways[peer];
    if (w->attempt != GC_NONE) {
        end_link(m, s, w->attempt, tell);
        w->attempt = GC_NONE;
        note(m, s, peer);
    }
}

void gc_mesh_open(gc_mesh *m, const gc_step *s, uint32_t slot) {
    gc_link *l = gc_mesh_edit(m, s, slot);
    gc_way *w = &m->ways[l->peer];
    gc_assert(w->attempt == slot && w->link == GC_NONE);
    w->attempt = GC_NONE;
    w->link = slot;
    gc_link_open(l, s->now_ms);
    note(m, s, l->peer);
}

void gc_mesh_close(gc_mesh *m, const gc_step *s, uint32_t peer, bool tell) {
    gc_way *w = &m->ways[peer];
    gc_assert(w->link != GC_NONE);
    end_link(m, s, w->link, tell);
    w->link = GC_NONE;
    note(m, s, peer);
}

void gc_mesh_rename(gc_mesh *m, const gc_step *s) {
    for (uint32_t slot = gc_set_first(&m->used); slot != GC_SET_END;
         slot = gc_set_next(&m->used, slot + 1)) {
        if (m->slots[slot].step == GC_LINK_STEP_OPEN) {
            gc_link_rename(gc_mesh_edit(m, s, slot));
        }
    }
}

/* --- time ------------------------------------------------------------------------------------- */

void gc_mesh_settle_peer(gc_mesh *m, uint32_t peer) {
    const gc_dialer *d = &m->ways[peer].dialer;
    gc_timers_set(&m->dials, peer, d->dial_ms);
    gc_timers_set(&m->ends, peer, d->forget_ms);
}

static gc_set take_due(gc_timers *t, uint64_t now_ms) {
    gc_set due = {{0}};
    uint32_t n = 0;
    while (gc_timers_due(t, now_ms, &n)) {
        gc_set_add(&due, n);
    }
    return due;
}

gc_set gc_mesh_due_links(gc_mesh *m, uint64_t now_ms) {
    gc_set due = take_due(&m->links, now_ms);
    m->touched = gc_set_or(&m->touched, &due);
    return due;
}

gc_set gc_mesh_due_dials(gc_mesh *m, uint64_t now_ms) {
    return take_due(&m->dials, now_ms);
}

gc_set gc_mesh_settle(gc_mesh *m, uint64_t now_ms) {
    for (uint32_t slot = gc_set_first(&m->touched); slot != GC_SET_END;
         slot = gc_set_next(&m->touched, slot + 1)) {
        gc_timers_set(&m->links, slot, gc_link_deadline(&m->slots[slot]));
    }
    m->touched = (gc_set){{0}};
    return take_due(&m->ends, now_ms);
}

uint32_t gc_mesh_first_end(const gc_mesh *m) {
    return gc_timers_first(&m->ends);
}

uint64_t gc_mesh_deadline(const gc_mesh *m) {
    uint64_t links = gc_timers_deadline(&m->links);
    uint64_t dials = gc_timers_deadline(&m->dials);
    uint64_t ends = gc_timers_deadline(&m->ends);
    return gc_min_u64(gc_min_u64(links, dials), ends);
}

void gc_mesh_check(const gc_mesh *m) {
    uint32_t held = 0;
    gc_assert(gc_set_is_empty(&m->touched));
    for (uint32_t slot = 0; slot < GC_LINKS_MAX; slot++) {
        const gc_link *l = &m->slots[slot];
        gc_assert(gc_set_has(&m->used, slot) == (l->step != GC_LINK_STEP_FREE));
        gc_assert(gc_timers_get(&m->links, slot) == gc_link_deadline(l));
        gc_assert(l->held_len <= GC_LINK_HELD_BYTES);
    }
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        const gc_way *w = &m->ways[i];
        if (w->attempt != GC_NONE) {
            const gc_link *l = gc_mesh_link(m, w->attempt);
            gc_assert(l->peer == i && l->step != GC_LINK_STEP_FREE && l->step != GC_LINK_STEP_OPEN);
        }
        if (w->link != GC_NONE) {
            const gc_link *l = gc_mesh_link(m, w->link);
            gc_assert(l->peer == i && l->step == GC_LINK_STEP_OPEN);
        }
        held += (w->link != GC_NONE) + (w->attempt != GC_NONE);
        gc_assert(gc_set_has(&m->data, i) == (is_data(m, w->link) || is_data(m, w->attempt)));
        gc_assert(gc_timers_get(&m->dials, i) == w->dialer.dial_ms);
        gc_assert(gc_timers_get(&m->ends, i) == w->dialer.forget_ms);
    }
    gc_assert(held == gc_set_count(&m->used));
    gc_assert(gc_set_count(&m->data) <= GC_MESH_DATA_MAX);
}
