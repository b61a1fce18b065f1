#include "core/client/peers.h"
#include "core/base/assert.h"
#include "core/base/number.h"
#include "core/base/reason.h"

#define SPARE_PLACES 2 /* kept free: an ended peer keeps its place until its end is reported */

/* The best right that a room of ours gives: a server with rooms lets in no more than there is room
 * for, so a peer that claims to be a member and is not on the server's list comes after those that
 * are. */
static enum gc_right best_right(const gc_step *s) {
    return s->line->gc ? GC_RIGHT_LISTED : GC_RIGHT_TAG;
}

/* Strangers may take what is free, but two places stay free of them: for those who come with the
 * best right, until settling has made room. A few of them have places even in a full room. */
static bool has_place(const gc_peers *ps, const gc_step *s, enum gc_right right) {
    uint32_t count = gc_people_count(&ps->people);
    return right >= best_right(s) || count < GC_PEERS_MAX - SPARE_PLACES ||
           gc_people_below(&ps->people, best_right(s)) < GC_GUESTS_MAX;
}

uint32_t gc__peers_know(gc_peers *ps, const gc_step *s, gc_span id, enum gc_right right) {
    uint32_t i = gc_people_find(&ps->people, id);
    if (i != GC_NONE || gc_span_equal(id, s->own)) {
        return i;
    }
    i = has_place(ps, s, right) ? gc_people_add(&ps->people, id) : GC_NONE;
    if (i == GC_NONE) {
        ps->crowded = s->ready->state = true;
        return GC_NONE;
    }
    gc_mesh_add(&ps->mesh, i);
    gc_conversations_add(&ps->conversations, i);
    gc_step_mark(s, i);
    return i;
}

uint32_t gc__peers_know_member(gc_peers *ps, const gc_step *s, gc_span id, enum gc_right right) {
    uint32_t i = gc__peers_know(ps, s, id, right);
    if (i != GC_NONE) {
        gc_people_join(&ps->people, i, s->room_tag);
        if (right == GC_RIGHT_LISTED) {
            gc_people_list(&ps->people, i);
        }
        gc_step_mark(s, i);
    }
    return i;
}

void gc__peers_list(gc_peers *ps, const gc_step *s, const gc_signal_in *in) {
    const gc_set *members = &ps->people.members;
    uint8_t id[GC_ID_BYTES_MAX];
    uint32_t at = 0, len = 0;
    for (uint32_t i = gc_set_first(members); i != GC_SET_END; i = gc_set_next(members, i + 1)) {
        gc_people_went(&ps->people, i);
        gc_step_mark(s, i);
    }
    while (gc_signal_member(in, &at, id, &len)) {
        uint32_t i = gc__peers_know_member(ps, s, gc_span_of(id, len), GC_RIGHT_LISTED);
        if (i != GC_NONE) {
            gc__peers_dial_anew(ps, s, i);
        }
    }
}

bool gc__peers_reachable(const gc_peers *ps, const gc_step *s, uint32_t peer) {
    const gc_person *p = gc_people_at(&ps->people, peer);
    return gc_step_on(s) &&
           (p->presence == GC_PRESENCE_PRESENT || p->standing == GC_STANDING_TARGET);
}

/* Tells whether we dial this peer before it dials us. */
static bool is_first(const gc_peers *ps, const gc_step *s, uint32_t peer) {
    return gc_people_after(&ps->people, peer, s->own);
}

/* Somebody with less than the best right, of whom nothing has ever come on a link. It is not
 * dialled for ever. */
static bool is_stranger(const gc_peers *ps, const gc_step *s, uint32_t peer) {
    return gc_people_right(&ps->people, peer) < best_right(s) &&
           !gc_conversations_with(&ps->conversations, peer)->met;
}

/* --- attempts --------------------------------------------------------------------------------- */

void gc__peers_dial(gc_peers *ps, const gc_step *s, uint32_t peer) {
    /* A bare dial is for either kind of peer. */
    bool either = !gc_people_at(&ps->people, peer)->has_tag;
    gc_mesh_dial(&ps->mesh, s, peer, either, ps->serialization);
}

void gc__peers_dial_anew(gc_peers *ps, const gc_step *s, uint32_t peer) {
    if (gc_mesh_way(&ps->mesh, peer)->link != GC_NONE) {
        return;
    }
    if (gc_mesh_offered(&ps->mesh, peer)) {
        gc_mesh_drop(&ps->mesh, s, peer, true);
    }
    if (gc_mesh_way(&ps->mesh, peer)->attempt == GC_NONE) {
        gc_dialer_refresh(gc_mesh_dialer(&ps->mesh, s, peer));
        gc__peers_dial(ps, s, peer);
    }
}

void gc__peers_hurry(gc_peers *ps, const gc_step *s, uint32_t peer) {
    uint32_t slot = gc_mesh_way(&ps->mesh, peer)->attempt;
    if (slot != GC_NONE) {
        gc_link_hurry(gc_mesh_edit(&ps->mesh, s, slot), s->now_ms);
    }
}

void gc__peers_expect(gc_peers *ps, const gc_step *s, uint32_t peer) {
    bool tried = gc_mesh_way(&ps->mesh, peer)->attempt != GC_NONE;
    gc_dialer_expect(gc_mesh_dialer(&ps->mesh, s, peer), tried, s->now_ms);
    if (gc_mesh_offered(&ps->mesh, peer)) {
        gc__peers_hurry(ps, s, peer);
    }
}

void gc__peers_attempt_failed(gc_peers *ps, const gc_step *s, uint32_t peer, uint32_t reason,
                              bool tell) {
    const gc_way *w = gc_mesh_way(&ps->mesh, peer);
    gc_assert(w->attempt != GC_NONE);
    bool met = gc_conversations_with(&ps->conversations, peer)->met;
    reason = gc_link_trouble(gc_mesh_link(&ps->mesh, w->attempt), reason, met);
    gc_mesh_drop(&ps->mesh, s, peer, tell);
    gc_dialer *d = gc_mesh_dialer(&ps->mesh, s, peer);
    if (is_stranger(ps, s, peer) && gc_dialer_failed(d)) {
        gc_people_went(&ps->people, peer);
    }
    if (w->link == GC_NONE) {
        gc_people_trouble(&ps->people, peer, reason);
        gc_dialer_back_off(d, is_first(ps, s, peer), s->now_ms);
    }
}

void gc__peers_attempt_hopeless(gc_peers *ps, const gc_step *s, uint32_t peer, uint32_t reason) {
    uint32_t slot = gc_mesh_way(&ps->mesh, peer)->attempt;
    if (slot != GC_NONE && gc_mesh_link(&ps->mesh, slot)->step != GC_LINK_STEP_CONNECTING) {
        gc__peers_attempt_failed(ps, s, peer, reason, true);
    }
}

/* --- open links ------------------------------------------------------------------------------- */

void gc__peers_link_opened(gc_peers *ps, const gc_step *s, uint32_t slot) {
    const gc_link *l = gc_mesh_link(&ps->mesh, slot);
    uint32_t peer = l->peer;
    gc_people_heard(&ps->people, peer);
    if (gc_mesh_way(&ps->mesh, peer)->link != GC_NONE) {
        gc_conversations_replace(&ps->conversations, peer);
        gc_mesh_close(&ps->mesh, s, peer, true);
    }
    gc_mesh_open(&ps->mesh, s, slot);
    gc_conversations_link(&ps->conversations, s, peer, l, gc_people_id(&ps->people, peer));
    if (l->kind == GC_LINK_KIND_DATA) {
        gc_people_trouble(&ps->people, peer, GC_REASON_NONE); /* no START will say that it works */
    }
}

void gc__peers_link_lost(gc_peers *ps, const gc_step *s, uint32_t peer, uint32_t reason,
                         bool tell) {
    const gc_way *w = gc_mesh_way(&ps->mesh, peer);
    gc_assert(w->link != GC_NONE);
    uint64_t lived_ms = s->now_ms - gc_mesh_link(&ps->mesh, w->link)->opened_ms;
    gc_conversations_unlink(&ps->conversations, s, peer);
    gc_mesh_close(&ps->mesh, s, peer, tell);
    gc_people_trouble(&ps->people, peer, reason);
    if (w->attempt != GC_NONE) {
        return;
    }
    gc_dialer *d = gc_mesh_dialer(&ps->mesh, s, peer);
    if (lived_ms >= GC_DIALER_GOOD_LINK_MS) {
        gc_dialer_retry(d, is_first(ps, s, peer), s->now_ms);
    } else {
        gc_dialer_back_off(d, is_first(ps, s, peer), s->now_ms);
    }
}

/* START is the first frame of a link: without it BYE would be a fault of ours. */
static void say_bye(const gc_peers *ps, const gc_step *s, uint32_t peer, uint32_t reason) {
    uint32_t slot = gc_mesh_way(&ps->mesh, peer)->link;
    const gc_link *l = gc_mesh_link(&ps->mesh, slot);
    if (l->start_due || l->kind == GC_LINK_KIND_DATA) {
        return;
    }
    gc_writer w = gc_output_queue_begin(s->queue);
    uint8_t channel = gc_conversations_bye(&w, reason);
    bool queued =
        gc_output_queue_end(s->queue, GC_CLIENT_LINK_SEND, gc_link_number(l, slot), channel, &w);
    gc_assert(queued);
}

void gc__peers_end(gc_peers *ps, const gc_step *s, uint32_t peer, uint32_t reason, bool bye,
                   bool final) {
    gc_mesh_drop(&ps->mesh, s, peer, true);
    bool linked = gc_mesh_way(&ps->mesh, peer)->link != GC_NONE;
    if (linked && bye) {
        say_bye(ps, s, peer, reason);
    }
    gc_conversations_end(&ps->conversations, s, peer, reason, final);
    if (linked) {
        gc_mesh_close(&ps->mesh, s, peer, true);
    }
    gc_mesh_remove(&ps->mesh, peer);
    gc_people_end(&ps->people, peer, reason);
}

void gc__peers_free(gc_peers *ps, const gc_step *s, uint32_t peer, bool remember) {
    if (remember) {
        gc_conversations_bury(&ps->conversations, peer, gc_people_id(&ps->people, peer));
    }
    gc_conversations_add(&ps->conversations, peer);
    gc_step_unmark(s, peer);
    gc_people_free(&ps->people, peer);
}

/* --- what follows from what is known ---------------------------------------------------------- */

/* How long one who cannot be reached is kept: as long as messages between us may be open. Somebody
 * who never was here and is gone by the server's word is forgotten at once. */
static uint32_t keep_ms(const gc_peers *ps, const gc_step *s, uint32_t peer) {
    bool here = gc_people_at(&ps->people, peer)->presence == GC_PRESENCE_PRESENT;
    bool open = gc_conversations_with(&ps->conversations, peer)->met ||
                gc_set_has(&ps->conversations.behind, peer);
    return !here && gc_step_on(s) && !open ? 0 : GC_UNDELIVERED_MS;
}

static void settle_peer(gc_peers *ps, const gc_step *s, uint32_t peer, bool wait) {
    const gc_way *w = gc_mesh_way(&ps->mesh, peer);
    gc_dialer *d = gc_mesh_dialer(&ps->mesh, s, peer);
    const gc_person *p = gc_people_at(&ps->people, peer);
    if (w->link != GC_NONE || w->attempt != GC_NONE) {
        gc_dialer_linked(d);
    } else if (gc__peers_reachable(ps, s, peer)) {
        gc_dialer_reach(d, is_first(ps, s, peer), s->now_ms);
    } else if (gc_dialer_lose(d, wait && p->standing == GC_STANDING_TARGET, keep_ms(ps, s, peer),
                              s->now_ms)) {
        uint32_t trouble = p->trouble != GC_REASON_NONE ? p->trouble : GC_REASON_GONE;
        gc__peers_end(ps, s, peer, trouble, false, false);
        return;
    }
    gc_mesh_settle_peer(&ps->mesh, peer);
}

/* Returns the peer with the least right to its place when there is one too many: strangers without
 * a link come first, then peers that are gone, by the end of their time, and strangers with a link
 * last. GC_NONE: every peer may stay. */
static uint32_t one_too_many(const gc_peers *ps, const gc_step *s) {
    enum gc_right best = best_right(s);
    uint32_t stranger = gc_people_below(&ps->people, best) > GC_GUESTS_MAX
                            ? gc_people_weakest(&ps->people, best, &ps->conversations.open)
                            : GC_NONE;
    bool linked = stranger != GC_NONE && gc_set_has(&ps->conversations.open, stranger);
    uint32_t gone = gc_mesh_first_end(&ps->mesh);
    if (gone != GC_NONE && (stranger == GC_NONE || linked)) {
        return gone;
    }
    return stranger != GC_NONE ? stranger : gc_set_last(&ps->people.hearsay);
}

/* Room is made before it is needed: pages that are opened again and again come with new ids, and
 * strangers come as they like. */
static void keep_places_free(gc_peers *ps, const gc_step *s) {
    if (ps->crowded && has_place(ps, s, GC_RIGHT_GUEST)) {
        ps->crowded = false;
        s->ready->state = true;
    }
    bool many = gc_people_count(&ps->people) > GC_PEERS_MAX - SPARE_PLACES;
    uint32_t out = many ? one_too_many(ps, s) : GC_NONE;
    if (out != GC_NONE) {
        bool gone = out == gc_mesh_first_end(&ps->mesh);
        gc__peers_end(ps, s, out, gone ? GC_REASON_GONE : GC_REASON_PEERS_FULL, !gone, false);
    }
}

/* The line to the server came or went, or a target is waited for no longer: that concerns all. */
static void unsettle_all(gc_peers *ps, const gc_step *s, bool on, bool wait) {
    ps->on = on;
    ps->wait = wait;
    s->ready->unsettled = gc_set_or(&s->ready->unsettled, &ps->people.live);
}

/* Everybody takes the state that is known now. A peer that is given up meanwhile leaves the table,
 * so the places are looked at last. */
static void settle_marked(gc_peers *ps, const gc_step *s, gc_set marked, bool wait) {
    marked = gc_set_and(&marked, &ps->people.live);
    for (uint32_t i = gc_set_first(&marked); i != GC_SET_END; i = gc_set_next(&marked, i + 1)) {
        settle_peer(ps, s, i, wait);
    }
    keep_places_free(ps, s);
    s->ready->unsettled = (gc_set){{0}};
}

void gc__peers_settle(gc_peers *ps, const gc_step *s, bool wait) {
    bool on = s->line->step == GC_SIGNALING_STEP_ON;
    if (ps->on != on || ps->wait != wait) {
        unsettle_all(ps, s, on, wait);
    }
    gc_set over = gc_mesh_settle(&ps->mesh, s->now_ms);
    gc_set marked = gc_set_or(&s->ready->unsettled, &over);
    if (!gc_set_is_empty(&marked)) {
        settle_marked(ps, s, marked, wait);
        over = gc_mesh_settle(&ps->mesh, s->now_ms);
        gc_assert(
            gc_set_is_empty(&over)); /* a peer that is to be given up at once is gone by now */
    }
}

/* --- time ------------------------------------------------------------------------------------- */

void gc__peers_tick_links(gc_peers *ps, const gc_step *s) {
    gc_set due = gc_mesh_due_links(&ps->mesh, s->now_ms);
    for (uint32_t slot = gc_set_first(&due); slot != GC_SET_END;
         slot = gc_set_next(&due, slot + 1)) {
        gc_link *l = gc_mesh_edit(&ps->mesh, s, slot);
        if (gc_link_tick(l, s->now_ms)) {
            continue;
        }
        if (l->step == GC_LINK_STEP_OPEN) {
            gc__peers_link_lost(ps, s, l->peer, GC_REASON_GONE, true);
        } else {
            gc__peers_attempt_failed(ps, s, l->peer, GC_REASON_TIMEOUT, true);
        }
    }
}

void gc__peers_tick_dials(gc_peers *ps, const gc_step *s) {
    gc_conversations_tick(&ps->conversations, s);
    gc_set due = gc_mesh_due_dials(&ps->mesh, s->now_ms);
    for (uint32_t i = gc_set_first(&due); i != GC_SET_END; i = gc_set_next(&due, i + 1)) {
        gc_step_mark(s, i);
        if (gc__peers_reachable(ps, s, i)) {
            gc__peers_dial(ps, s, i);
        }
    }
}

uint64_t gc__peers_deadline(const gc_peers *ps, uint64_t now_ms) {
    uint64_t mesh = gc_mesh_deadline(&ps->mesh);
    uint64_t conversations = gc_conversations_deadline(&ps->conversations, now_ms);
    return gc_min_u64(mesh, conversations);
}
