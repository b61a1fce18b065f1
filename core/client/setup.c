#include "core/client/setup.h"
#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/base/reason.h"
#include "core/base/secret.h"
#include "core/proto/link_text.h"
#include "core/wire/description.h"

/* --- from the peer ---------------------------------------------------------------------------- */

/* candidates: how many the description names. */
static bool read_sdp(gc_setup_store *store, const gc_signal_in *in, gc_span *sdp,
                     uint32_t *candidates) {
    uint32_t len = 0;
    if (gc_json_string(&in->json, in->sdp, store->sdp, sizeof store->sdp, &len) != 0 || len == 0) {
        return false;
    }
    len = gc_description_cut_candidates(store->sdp, len, GC_CANDIDATES_MAX, candidates);
    *sdp = gc_span_of(store->sdp, len);
    return len > 0;
}

/* Our offer stays when it is out and our id is the smaller one (glare). */
static bool ours_wins(const gc_peers *ps, const gc_step *s, uint32_t peer) {
    return gc_mesh_offered(&ps->mesh, peer) && gc_people_after(&ps->people, peer, s->own);
}

/* A server without rooms sees every tag, so a member has to show a proof there. */
static bool is_proved(const gc_slots *r, const gc_step *s, const gc_signal_in *in, gc_span from) {
    uint8_t proof[GC_PROOF_BYTES];
    return !gc_slots_prove_offer(r, s->crypto, from, s->own, in->dial, proof) ||
           (in->has_proof && gc_bytes_equal_ct(proof, in->proof, sizeof proof));
}

static enum gc_right right_of(gc_welcome as) {
    return as == GC_WELCOME_TARGET   ? GC_RIGHT_TARGET
           : as == GC_WELCOME_MEMBER ? GC_RIGHT_TAG
                                     : GC_RIGHT_GUEST;
}

static void know_sender(gc_people *pp, uint32_t peer, const gc_signal_in *in, gc_welcome as) {
    gc_people_came(pp, peer);
    gc_people_heard(pp, peer);
    if (as == GC_WELCOME_MEMBER) {
        gc_people_vouch(pp, peer, true, false);
    } else if (as == GC_WELCOME_TARGET) {
        gc_people_aim(pp, peer);
    }
    gc_people_set_tag(pp, peer, in->has_tag ? in->tag : NULL);
}

enum gc_setup_event gc__setup_offer(gc_peers *ps, const gc_step *s, const gc_slots *r,
                                    gc_setup_store *store, const gc_signal_in *in, gc_welcome as) {
    gc_span from = gc_span_of(in->src, in->src_len), sdp;
    uint32_t candidates = 0;
    bool stock = in->data && !in->marked;
    if ((as == GC_WELCOME_MEMBER && !is_proved(r, s, in, from)) ||
        !read_sdp(store, in, &sdp, &candidates) ||
        (stock && !gc_mesh_takes_data(&ps->mesh, gc_people_find(&ps->people, from)))) {
        return GC_SETUP_REFUSED;
    }
    uint32_t i = gc__peers_know(ps, s, from, right_of(as));
    if (i == GC_NONE) {
        return GC_SETUP_REFUSED;
    }
    know_sender(&ps->people, i, in, as);
    gc_dialer *d = gc_mesh_dialer(&ps->mesh, s, i);
    if (!gc_dialer_remember(d, in->dial)) {
        return GC_SETUP_IGNORED;
    }
    if (!stock &&
        ours_wins(ps, s, i)) { /* a stock peer knows no such rule: its offer is answered */
        /* The peer knows nothing of our offer yet; it may never, if that went to a dead socket. */
        gc__peers_hurry(ps, s, i);
        return GC_SETUP_IGNORED;
    }
    bool stranger = as != GC_WELCOME_TARGET && !ps->conversations.conversations[i].met;
    if (!gc_dialer_take_offer(d, stranger ? &ps->mesh.strangers : NULL, s->now_ms)) {
        return GC_SETUP_IGNORED;
    }
    gc_mesh_drop(&ps->mesh, s, i, true);
    gc_mesh_answer(&ps->mesh, s, i, in, sdp);
    /* Candidates inside a description count like those that come alone. */
    gc_link *l = gc_mesh_edit(&ps->mesh, s, gc_mesh_way(&ps->mesh, i)->attempt);
    (void)gc_link_count(l, GC_LINK_SIDE_REMOTE, candidates);
    return GC_SETUP_TAKEN;
}

/* The slot of the sender's link that this dial set up, or GC_NONE. */
static uint32_t slot_of_dial(const gc_peers *ps, const gc_signal_in *in) {
    uint32_t i = gc_people_find(&ps->people, gc_span_of(in->src, in->src_len));
    return i == GC_NONE ? GC_NONE : gc_mesh_find(&ps->mesh, i, in->dial);
}

static void give_candidate(const gc_step *s, const gc_link *l, uint32_t slot, gc_span candidate,
                           gc_span mid, uint32_t index) {
    gc_output_queue_put(s->queue, GC_CLIENT_LINK_CANDIDATE, gc_link_number(l, slot), index,
                        candidate, mid);
}

/* The transport knows the other side's description: held candidates go to it. */
static void release_remote(const gc_step *s, gc_link *l, uint32_t slot) {
    gc_span candidate, mid;
    uint32_t at = 0, index = 0;
    while (gc_link_held(l, GC_LINK_SIDE_REMOTE, &at, &candidate, &mid, &index)) {
        give_candidate(s, l, slot, candidate, mid, index);
    }
    gc_link_release(l, GC_LINK_SIDE_REMOTE);
}

enum gc_setup_event gc__setup_answer(gc_peers *ps, const gc_step *s, gc_setup_store *store,
                                     const gc_signal_in *in) {
    uint32_t slot = slot_of_dial(ps, in), candidates = 0;
    gc_span sdp;
    if (slot == GC_NONE || gc_mesh_link(&ps->mesh, slot)->step != GC_LINK_STEP_OFFERED ||
        !read_sdp(store, in, &sdp, &candidates) || !gc_mesh_accept(&ps->mesh, s, slot, in->data)) {
        return GC_SETUP_REFUSED;
    }
    gc_link *l = gc_mesh_edit(&ps->mesh, s, slot);
    gc_people_heard(&ps->people, l->peer);
    gc_output_queue_put(s->queue, GC_CLIENT_LINK_REMOTE, gc_link_number(l, slot), l->kind, sdp,
                        gc_span_of(NULL, 0));
    (void)gc_link_count(l, GC_LINK_SIDE_REMOTE, candidates);
    release_remote(s, l, slot);
    return GC_SETUP_TAKEN;
}

enum gc_setup_event gc__setup_candidate(gc_peers *ps, const gc_step *s, const gc_signal_in *in) {
    uint32_t slot = slot_of_dial(ps, in), len = 0, mid_len = 0;
    uint8_t text[GC_CANDIDATE_BYTES_MAX], mid[GC_MID_BYTES_MAX];
    if (slot == GC_NONE || gc_json_string(&in->json, in->candidate, text, sizeof text, &len) != 0 ||
        len == 0 ||
        (in->mid >= 0 && gc_json_string(&in->json, in->mid, mid, sizeof mid, &mid_len) != 0)) {
        return GC_SETUP_REFUSED;
    }
    gc_link *l = gc_mesh_edit(&ps->mesh, s, slot);
    gc_span candidate = gc_span_of(text, len), of = gc_span_of(mid, mid_len);
    if (!gc_link_count(l, GC_LINK_SIDE_REMOTE, 1)) {
        return GC_SETUP_REFUSED;
    }
    if (l->step < GC_LINK_STEP_CONNECTING) {
        return gc_link_hold(l, GC_LINK_SIDE_REMOTE, candidate, of, in->index) ? GC_SETUP_TAKEN
                                                                              : GC_SETUP_REFUSED;
    }
    give_candidate(s, l, slot, candidate, of, in->index);
    return GC_SETUP_TAKEN;
}

/* --- from our own transport ------------------------------------------------------------------- */

static void send_candidate(const gc_peers *ps, const gc_step *s, const gc_link *l,
                           gc_span candidate, gc_span mid, uint32_t index) {
    gc_writer w = gc_output_queue_begin(s->queue);
    gc_link_text_candidate(l, &w, gc_people_id(&ps->people, l->peer), candidate, mid, index);
    if (gc_step_on(s)) {
        (void)gc_output_queue_end(s->queue, GC_CLIENT_SIGNALING_SEND, GC_NONE,
                                  GC_SIGNALING_SOCKET_OWN, &w);
    }
}

static void send_description(gc_peers *ps, const gc_step *s, const gc_slots *r, const gc_link *l,
                             gc_span sdp) {
    const gc_person *p = gc_people_at(&ps->people, l->peer);
    gc_span to = gc_people_id(&ps->people, l->peer);
    uint8_t proof[GC_PROOF_BYTES];
    bool offers = l->step == GC_LINK_STEP_OFFERING;
    if (offers) {
        (void)gc_dialer_remember(gc_mesh_dialer(&ps->mesh, s, l->peer), l->dial);
    }
    bool proved = offers && l->kind == GC_LINK_KIND_NATIVE &&
                  gc_set_has(&ps->people.members, l->peer) &&
                  gc_slots_prove_offer(r, s->crypto, s->own, to, l->dial, proof);
    gc_writer w = gc_output_queue_begin(s->queue);
    gc_link_text_description(l, &w, to, p->has_tag ? p->tag : NULL, proved ? proof : NULL, sdp);
    bool queued = gc_output_queue_end(s->queue, GC_CLIENT_SIGNALING_SEND, GC_NONE,
                                      GC_SIGNALING_SOCKET_OWN, &w);
    gc_assert(queued);
}

void gc__setup_describe(gc_peers *ps, const gc_step *s, const gc_slots *r, uint32_t slot,
                        gc_span sdp) {
    gc_link *l = gc_mesh_edit(&ps->mesh, s, slot);
    gc_span candidate, mid;
    uint32_t at = 0, index = 0;
    if (!gc_step_on(s)) {
        gc__peers_attempt_failed(ps, s, l->peer, GC_REASON_SERVER_UNREACHABLE, true);
        return;
    }
    if (gc_description_has_candidate(sdp)) {
        (void)gc_link_count(l, GC_LINK_SIDE_LOCAL, 1);
    }
    send_description(ps, s, r, l, sdp);
    while (gc_link_held(l, GC_LINK_SIDE_LOCAL, &at, &candidate, &mid, &index)) {
        send_candidate(ps, s, l, candidate, mid, index);
    }
    gc_link_release(l, GC_LINK_SIDE_LOCAL);
    gc_link_describe(l);
    if (l->step == GC_LINK_STEP_CONNECTING) {
        release_remote(s, l, slot);
    }
}

void gc__setup_offer_candidate(gc_peers *ps, const gc_step *s, uint32_t slot, gc_span candidate,
                               gc_span mid, uint32_t index) {
    gc_link *l = gc_mesh_edit(&ps->mesh, s, slot);
    if (!gc_link_count(l, GC_LINK_SIDE_LOCAL, 1)) {
        return; /* there were enough */
    }
    if (l->step == GC_LINK_STEP_OFFERING || l->step == GC_LINK_STEP_ANSWERING) {
        (void)gc_link_hold(l, GC_LINK_SIDE_LOCAL, candidate, mid, index);
    } else {
        send_candidate(ps, s, l, candidate, mid, index);
    }
}
