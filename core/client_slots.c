#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/base/secret.h"
#include "core/client.h"

/* --- who is here ----------------------------------------------------------------------------- */

/* Hearsay leaves that many places to those who come themselves. */
#define HEARSAY_MAX GC_ROOM_MEMBERS_MAX

/* Somebody whom we may name: shown to be a member by a proof, and linked with us or heard of by its
 * own knock just now. */
static bool is_here(const gc_client *c, const gc_peer *p) {
    bool knocked = p->knocked_ms != GC_NEVER && c->now_ms < p->knocked_ms + GC_CLIENT_KNOCKED_MS;
    return p->use == GC_PEER_LIVE && p->member && p->vouched && (knocked || gc__client_is_open(p));
}

static uint32_t count_known(const gc_client *c) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        n += c->peers[i].use != GC_PEER_FREE;
    }
    return n;
}

static uint32_t count_here(const gc_client *c) {
    uint32_t n = 1;
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        n += is_here(c, &c->peers[i]);
    }
    return n;
}

/* --- saying it ------------------------------------------------------------------------------- */

static void send_to(gc_client *c, gc_slot_message *m, gc_span to) {
    gc_writer w = gc_output_queue_begin(&c->queue);
    if (c->signaling.step != GC_SIGNALING_STEP_ON ||
        gc_slot_prove(&c->crypto, c->slots.key, gc__client_own(c), to, m, m->proof) != 0) {
        return; /* whoever waits for it asks again, or asks another one */
    }
    gc_slot_write(&w, to, m);
    bool queued =
        gc_output_queue_end(&c->queue, GC_CLIENT_SIGNALING_SEND, GC_NONE, GC_SOCKET_OWN, &w);
    gc_assert(queued);
}

/* Names all who are here to one of them (but itself), or to whoever holds a slot. */
static void tell(gc_client *c, enum gc_slot_kind kind, const uint8_t nonce[GC_NONCE_BYTES],
                 gc_span to) {
    gc_slot_message m = {.kind = (uint8_t)kind};
    memcpy(m.nonce, nonce, sizeof m.nonce);
    for (uint32_t i = 0; i < GC_PEERS_MAX && kind != GC_SLOT_FULL; i++) {
        const gc_peer *p = &c->peers[i];
        if (is_here(c, p) && !gc_span_equal(gc_peer_id(p), to)) {
            (void)gc_slot_add(&m, gc_peer_id(p));
        }
    }
    send_to(c, &m, to);
}

static void tell_all(gc_client *c) {
    uint8_t nonce[GC_NONCE_BYTES];
    gc_drbg_bytes(&c->drbg, nonce, sizeof nonce);
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        if (is_here(c, &c->peers[i])) {
            tell(c, GC_SLOT_MEMBERS, nonce, gc_peer_id(&c->peers[i]));
        }
    }
}

void gc__client_slots_settle(gc_client *c) {
    gc_slots *s = &c->slots;
    uint32_t open = 0;
    if (s->step == GC_SLOTS_OFF) {
        return;
    }
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        open |= (uint32_t)(c->peers[i].member && gc__client_is_open(&c->peers[i])) << i;
    }
    if (open != c->slots_open) {
        c->slots_open = open;
        gc_slots_changed(s, c->now_ms);
    }
    uint32_t home = gc__client_find(c, gc_slots_home_id(s));
    gc_slots_home(s, &c->drbg, home != GC_NONE && gc__client_is_open(&c->peers[home]), c->now_ms);
    for (uint32_t i = 0; i < GC_SLOTS_MAX; i++) {
        if ((s->knock_due & 1u << i) != 0) {
            tell(c, GC_SLOT_KNOCK, s->nonce, gc_slots_id(s, i));
        }
    }
    s->knock_due = 0;
    if (s->push_due) {
        s->push_due = false;
        tell_all(c);
    }
}

/* --- hearing it ------------------------------------------------------------------------------ */

static bool is_proved(const gc_client *c, const gc_slot_message *m, gc_span from, gc_span to) {
    uint8_t proof[GC_PROOF_BYTES];
    return gc_slot_prove(&c->crypto, c->slots.key, from, to, m, proof) == 0 &&
           gc_bytes_equal_ct(proof, m->proof, sizeof proof);
}

bool gc__client_prove_offer(const gc_client *c, gc_span from, gc_span to,
                            const uint8_t dial[GC_DIAL_BYTES], uint8_t proof[GC_PROOF_BYTES]) {
    gc_slot_message m = {.kind = GC_SLOT_OFFER};
    _Static_assert(GC_DIAL_BYTES == GC_NONCE_BYTES, "a dial is the nonce of its OFFER");
    memcpy(m.nonce, dial, GC_NONCE_BYTES);
    return c->slots.step != GC_SLOTS_OFF &&
           gc_slot_prove(&c->crypto, c->slots.key, from, to, &m, proof) == 0;
}

/* A member whom a message with proof shows or names. Returns its index, or GC_NONE: it is
 * ourselves, or one too many. */
static uint32_t vouch(gc_client *c, gc_span id) {
    uint32_t i = gc__client_know_member(c, id);
    if (i != GC_NONE) {
        c->peers[i].vouched = true;
    }
    return i;
}

/* One that is new to us is dialled: by us at once if it knows that we come, else by the one whose
 * id is smaller. One that we know already is dialled when its time comes: it may be out of reach.
 */
static void learn(gc_client *c, gc_span id, bool at_once, bool itself) {
    uint32_t known = gc__client_find(c, id);
    bool fresh = known == GC_NONE || !c->peers[known].present;
    if (known == GC_NONE && !itself && count_known(c) >= HEARSAY_MAX) {
        return;
    }
    uint32_t i = vouch(c, id);
    if (i == GC_NONE) {
        return;
    }
    gc_peer *p = &c->peers[i];
    p->hearsay = !itself && (known == GC_NONE || p->hearsay);
    if (!fresh) {
        return;
    }
    p->failures = 0;
    if (p->link != GC_NONE || p->attempt != GC_NONE) {
        return;
    }
    gc__client_expect(c, i);
    if (at_once || gc_peer_after(p, gc__client_own(c))) {
        gc__client_dial(c, i);
    }
}

static void learn_all(gc_client *c, const gc_slot_message *m, bool at_once) {
    for (uint32_t n = 0; n < m->count; n++) {
        learn(c, gc_span_of(m->id[n], m->id_len[n]), at_once, false);
    }
}

/* At the slot that we hold. */
static bool on_knock(gc_client *c, const gc_slot_message *m, gc_span from) {
    gc_slots *s = &c->slots;
    if (s->step != GC_SLOTS_HOLDER || !is_proved(c, m, from, gc_slots_id(s, s->at))) {
        return false;
    }
    uint32_t known = gc__client_find(c, from);
    if ((known == GC_NONE || !is_here(c, &c->peers[known])) &&
        count_here(c) >= GC_ROOM_MEMBERS_MAX) {
        tell(c, GC_SLOT_FULL, m->nonce, from);
        return true;
    }
    uint32_t i = vouch(c, from);
    if (i == GC_NONE) {
        return false; /* its next knock finds a place: settling makes one */
    }
    c->peers[i].hearsay = false;
    gc__client_expect(c, i);
    learn_all(c, m, true); /* nobody but the knocker knows of us: they do not come by themselves */
    c->peers[i].knocked_ms = c->now_ms;
    tell(c, GC_SLOT_MEMBERS, m->nonce, from);
    return true;
}

static bool on_members(gc_client *c, const gc_slot_message *m, gc_span from) {
    if (!is_proved(c, m, from, gc__client_own(c))) {
        return false;
    }
    bool asked = gc_slots_answered(&c->slots, &c->drbg, m->nonce, from, c->now_ms);
    if (m->kind == GC_SLOT_FULL) {
        if (asked && !c->entered) {
            gc__client_fail(c, GC_REASON_ROOM_FULL, true);
        }
        return true;
    }
    c->entered = c->entered || asked;
    learn(c, from, asked, true);
    learn_all(c, m, asked);
    return true;
}

bool gc__client_slot_message(gc_client *c, const gc_signal_in *in, uint32_t socket) {
    gc_span from = gc_span_of(in->src, in->src_len);
    gc_slot_message m;
    if (c->slots.step == GC_SLOTS_OFF || gc_slot_read(in, &m) != 0) {
        return false;
    }
    switch (m.kind) {
    case GC_SLOT_KNOCK:
        return socket == GC_SOCKET_SLOT && on_knock(c, &m, from);
    case GC_SLOT_MEMBERS:
    case GC_SLOT_FULL:
        return socket == GC_SOCKET_OWN && on_members(c, &m, from);
    default:
        return m.kind == GC_SLOT_ECHO; /* it was heard, which is all */
    }
}

bool gc__client_is_echo(const gc_signal_in *in, gc_span own) {
    gc_slot_message m;
    return in->slot >= 0 && gc_span_equal(gc_span_of(in->src, in->src_len), own) &&
           gc_slot_read(in, &m) == 0 && m.kind == GC_SLOT_ECHO;
}

/* --- the slot's socket ----------------------------------------------------------------------- */

static void on_slot_open(gc_client *c) {
    if (gc_slots_open(&c->slots, &c->drbg, c->now_ms)) {
        c->entered = true;
    }
}

void gc__client_slot_signal(gc_client *c, gc_span text) {
    gc_slots *s = &c->slots;
    gc_signal_in *in = &c->bulk.signal;
    if (gc_signal_read(text, in) != 0) {
        c->ignored++;
        return;
    }
    switch (in->type) {
    case GC_SIGNAL_OPEN:
        if (gc_signaling_client_open(&s->signaling, false, c->now_ms)) {
            on_slot_open(c);
        }
        break;
    case GC_SIGNAL_ERROR:
        gc_slots_refused(s, &c->queue, &c->drbg, in->reason, c->now_ms);
        break;
    case GC_SIGNAL_ID_TAKEN:
        gc_slots_refused(s, &c->queue, &c->drbg, GC_REASON_ID_TAKEN, c->now_ms);
        break;
    case GC_SIGNAL_CANDIDATE:
        if (gc__client_is_echo(in, gc_slots_id(s, s->at))) {
            if (gc_signaling_client_echo(&s->signaling, c->now_ms)) {
                on_slot_open(c);
            }
        } else if (in->slot < 0 || !gc__client_slot_message(c, in, GC_SOCKET_SLOT)) {
            c->ignored++;
        }
        break;
    default:
        break;
    }
}

void gc__client_slots_start(gc_client *c) {
    gc_slots *s = &c->slots;
    if (s->step == GC_SLOTS_OFF && gc_slots_init(s, &c->crypto, c->membership.secret) != 0) {
        gc__client_fail(c, GC_REASON_NONE, true);
        return;
    }
    gc_slots_start(s, &c->signaling, &c->queue, &c->drbg, c->now_ms);
}
