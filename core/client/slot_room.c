#include "core/client/slot_room.h"
#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/base/reason.h"
#include "core/base/secret.h"

/* Hearsay leaves that many places to those who come themselves. */
#define HEARSAY_MAX GC_ROOM_MEMBERS_MAX

void gc__slot_room_wipe(gc_slot_room *r) {
    gc_slots_wipe(&r->slots);
    r->open = (gc_set){{0}};
}

int gc__slot_room_start(gc_slot_room *r, const gc_step *s, const uint8_t secret[GC_SECRET_BYTES]) {
    if (r->slots.step == GC_SLOTS_OFF) {
        int error = gc_slots_init(&r->slots, s->crypto, secret);
        if (error != 0) {
            return error;
        }
    }
    gc_slots_start(&r->slots, s->line, s->queue, s->drbg, s->now_ms);
    return 0;
}

/* --- who is here ------------------------------------------------------------------------------ */

/* A peer whom we may name: shown to be a member by a proof, and linked with us or heard of by its
 * own knock just now. */
static bool is_here(const gc_peers *ps, const gc_step *s, uint32_t peer) {
    uint64_t knocked_ms = gc_people_at(&ps->people, peer)->knocked_ms;
    bool knocked = knocked_ms != GC_NEVER && s->now_ms < knocked_ms + GC_SLOT_ROOM_KNOCKED_MS;
    return gc_set_has(&ps->people.vouched, peer) &&
           (knocked || gc_conversations_is_open(&ps->conversations, peer));
}

static uint32_t count_here(const gc_peers *ps, const gc_step *s) {
    const gc_set *vouched = &ps->people.vouched;
    uint32_t n = 1;
    for (uint32_t i = gc_set_first(vouched); i != GC_SET_END; i = gc_set_next(vouched, i + 1)) {
        n += is_here(ps, s, i);
    }
    return n;
}

/* --- saying it -------------------------------------------------------------------------------- */

static void send_to(const gc_slot_room *r, const gc_step *s, gc_slot_message *m, gc_span to) {
    gc_writer w = gc_output_queue_begin(s->queue);
    if (!gc_step_on(s) || gc_slots_prove(&r->slots, s->crypto, s->own, to, m) != 0) {
        return; /* the peer that waits for it asks again, or asks another one */
    }
    gc_slot_write(&w, to, m);
    bool queued = gc_output_queue_end(s->queue, GC_CLIENT_SIGNALING_SEND, GC_NONE,
                                      GC_SIGNALING_SOCKET_OWN, &w);
    gc_assert(queued);
}

/* Names all who are here to one of them (but itself), or to the holder of a slot. */
static void tell(const gc_slot_room *r, const gc_peers *ps, const gc_step *s,
                 enum gc_slot_kind kind, const uint8_t nonce[GC_NONCE_BYTES], gc_span to) {
    const gc_set *vouched = &ps->people.vouched;
    gc_slot_message m = {.kind = (uint8_t)kind};
    memcpy(m.nonce, nonce, sizeof m.nonce);
    for (uint32_t i = gc_set_first(vouched); i != GC_SET_END && kind != GC_SLOT_FULL;
         i = gc_set_next(vouched, i + 1)) {
        gc_span id = gc_people_id(&ps->people, i);
        if (is_here(ps, s, i) && !gc_span_equal(id, to)) {
            (void)gc_slot_add(&m, id);
        }
    }
    send_to(r, s, &m, to);
}

static void tell_all(const gc_slot_room *r, const gc_peers *ps, const gc_step *s) {
    const gc_set *vouched = &ps->people.vouched;
    uint8_t nonce[GC_NONCE_BYTES];
    gc_drbg_bytes(s->drbg, nonce, sizeof nonce);
    for (uint32_t i = gc_set_first(vouched); i != GC_SET_END; i = gc_set_next(vouched, i + 1)) {
        if (is_here(ps, s, i)) {
            tell(r, ps, s, GC_SLOT_MEMBERS, nonce, gc_people_id(&ps->people, i));
        }
    }
}

void gc__slot_room_settle(gc_slot_room *r, gc_peers *ps, const gc_step *s) {
    if (r->slots.step == GC_SLOTS_OFF) {
        return;
    }
    gc_set open = gc_set_and(&ps->people.members, &ps->conversations.open);
    if (!gc_set_equal(&open, &r->open)) {
        r->open = open;
        gc_slots_changed(&r->slots, s->now_ms);
    }
    uint32_t home = gc_people_find(&ps->people, gc_slots_home_id(&r->slots));
    gc_slots_home(&r->slots, s->drbg,
                  home != GC_NONE && gc_conversations_is_open(&ps->conversations, home), s->now_ms);
    uint32_t knocks = gc_slots_take_knocks(&r->slots);
    for (uint32_t i = 0; i < GC_SLOTS_MAX; i++) {
        if ((knocks >> i & 1u) != 0) {
            tell(r, ps, s, GC_SLOT_KNOCK, r->slots.nonce, gc_slots_id(&r->slots, i));
        }
    }
    if (gc_slots_take_push(&r->slots)) {
        tell_all(r, ps, s);
    }
}

/* --- hearing it ------------------------------------------------------------------------------- */

/* A member whom a message with proof shows (itself) or names. A peer that is new to us is dialled:
 * by us at once if it knows that we come, else by the one whose id is smaller. One that we know
 * already is dialled when its time comes: it may be out of reach. */
static void learn(gc_peers *ps, const gc_step *s, gc_span id, bool at_once, bool itself) {
    gc_people *pp = &ps->people;
    uint32_t known = gc_people_find(pp, id);
    bool fresh = known == GC_NONE || gc_people_at(pp, known)->presence != GC_PRESENCE_PRESENT;
    if (known == GC_NONE && !itself && gc_people_count(pp) >= HEARSAY_MAX) {
        return;
    }
    uint32_t i = gc__peers_know_member(ps, s, id, itself ? GC_RIGHT_TAG : GC_RIGHT_HEARSAY);
    if (i == GC_NONE) {
        return;
    }
    gc_people_vouch(pp, i, itself, known == GC_NONE);
    if (!fresh) {
        return;
    }
    gc_dialer_named(gc_mesh_dialer(&ps->mesh, s, i));
    const gc_way *w = gc_mesh_way(&ps->mesh, i);
    if (w->link != GC_NONE || w->attempt != GC_NONE) {
        return;
    }
    gc__peers_expect(ps, s, i);
    if (at_once || gc_people_after(pp, i, s->own)) {
        gc__peers_dial(ps, s, i);
    }
}

static void learn_all(gc_peers *ps, const gc_step *s, const gc_slot_message *m, bool at_once) {
    for (uint32_t n = 0; n < m->count; n++) {
        learn(ps, s, gc_span_of(m->id[n], m->id_len[n]), at_once, false);
    }
}

/* At the slot that we hold. */
static enum gc_slot_event on_knock(gc_slot_room *r, gc_peers *ps, const gc_step *s,
                                   const gc_slot_message *m, gc_span from) {
    if (r->slots.step != GC_SLOTS_HOLDER ||
        !gc_slots_is_proved(&r->slots, s->crypto, m, from, gc_slots_id(&r->slots, r->slots.at))) {
        return GC_SLOT_EVENT_IGNORED;
    }
    uint32_t known = gc_people_find(&ps->people, from);
    if ((known == GC_NONE || !is_here(ps, s, known)) && count_here(ps, s) >= GC_ROOM_MEMBERS_MAX) {
        tell(r, ps, s, GC_SLOT_FULL, m->nonce, from);
        return GC_SLOT_EVENT_TAKEN;
    }
    uint32_t i = gc__peers_know_member(ps, s, from, GC_RIGHT_TAG);
    if (i == GC_NONE) {
        return GC_SLOT_EVENT_IGNORED; /* its next knock finds a place: settling makes one */
    }
    gc_people_vouch(&ps->people, i, true, false);
    gc__peers_expect(ps, s, i);
    /* Only the knocker knows of us, so the others cannot dial us first. */
    learn_all(ps, s, m, true);
    gc_people_knock(&ps->people, i, s->now_ms);
    tell(r, ps, s, GC_SLOT_MEMBERS, m->nonce, from);
    return GC_SLOT_EVENT_TAKEN;
}

static enum gc_slot_event on_members(gc_slot_room *r, gc_peers *ps, const gc_step *s,
                                     const gc_slot_message *m, gc_span from) {
    if (!gc_slots_is_proved(&r->slots, s->crypto, m, from, s->own)) {
        return GC_SLOT_EVENT_IGNORED;
    }
    bool asked = gc_slots_answered(&r->slots, s->drbg, m->nonce, from, s->now_ms);
    if (m->kind == GC_SLOT_FULL) {
        return asked ? GC_SLOT_EVENT_FULL : GC_SLOT_EVENT_TAKEN;
    }
    learn(ps, s, from, asked, true);
    learn_all(ps, s, m, asked);
    return asked ? GC_SLOT_EVENT_ENTERED : GC_SLOT_EVENT_TAKEN;
}

static enum gc_slot_event on_message(gc_slot_room *r, gc_peers *ps, const gc_step *s,
                                     const gc_signal_in *in, enum gc_signaling_socket socket) {
    gc_span from = gc_span_of(in->src, in->src_len);
    gc_slot_message m;
    if (r->slots.step == GC_SLOTS_OFF || gc_slot_read(in, &m) != 0) {
        return GC_SLOT_EVENT_IGNORED;
    }
    if (m.kind == GC_SLOT_KNOCK && socket == GC_SIGNALING_SOCKET_SLOT) {
        return on_knock(r, ps, s, &m, from);
    }
    if ((m.kind == GC_SLOT_MEMBERS || m.kind == GC_SLOT_FULL) &&
        socket == GC_SIGNALING_SOCKET_OWN) {
        return on_members(r, ps, s, &m, from);
    }
    /* An echo was heard, which is all that it is for. */
    return m.kind == GC_SLOT_ECHO ? GC_SLOT_EVENT_TAKEN : GC_SLOT_EVENT_IGNORED;
}

enum gc_slot_event gc__slot_room_message(gc_slot_room *r, gc_peers *ps, const gc_step *s,
                                         const gc_signal_in *in) {
    return on_message(r, ps, s, in, GC_SIGNALING_SOCKET_OWN);
}

bool gc__slot_room_is_echo(const gc_signal_in *in, gc_span own) {
    gc_slot_message m;
    return in->slot >= 0 && gc_span_equal(gc_span_of(in->src, in->src_len), own) &&
           gc_slot_read(in, &m) == 0 && m.kind == GC_SLOT_ECHO;
}

/* --- the slot's socket ------------------------------------------------------------------------ */

static enum gc_slot_event on_open(gc_slot_room *r, const gc_step *s, bool on) {
    bool ours = on && gc_slots_open(&r->slots, s->drbg, s->now_ms);
    return ours ? GC_SLOT_EVENT_ENTERED : GC_SLOT_EVENT_TAKEN;
}

static enum gc_slot_event on_refusal(gc_slot_room *r, const gc_step *s, uint32_t reason) {
    gc_slots_refused(&r->slots, s->queue, s->drbg, reason, s->now_ms);
    return GC_SLOT_EVENT_TAKEN;
}

enum gc_slot_event gc__slot_room_signal(gc_slot_room *r, gc_peers *ps, const gc_step *s,
                                        gc_signal_in *in, gc_span text) {
    gc_slots *slots = &r->slots;
    if (gc_signal_read(text, in) != 0) {
        return GC_SLOT_EVENT_IGNORED;
    }
    switch (in->type) {
    case GC_SIGNAL_OPEN:
        return on_open(r, s, gc_signaling_client_open(gc_slots_line(slots), false, s->now_ms));
    case GC_SIGNAL_ERROR:
        return on_refusal(r, s, in->reason);
    case GC_SIGNAL_ID_TAKEN:
        return on_refusal(r, s, GC_REASON_ID_TAKEN);
    case GC_SIGNAL_CANDIDATE:
        if (gc__slot_room_is_echo(in, gc_slots_id(slots, slots->at))) {
            return on_open(r, s, gc_signaling_client_echo(gc_slots_line(slots), s->now_ms));
        }
        return in->slot < 0 ? GC_SLOT_EVENT_IGNORED
                            : on_message(r, ps, s, in, GC_SIGNALING_SOCKET_SLOT);
    default:
        return GC_SLOT_EVENT_TAKEN;
    }
}
