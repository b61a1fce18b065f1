#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/base/secret.h"
#include "core/client.h"
#include "core/wire/description.h"

/* candidates: how many it names. */
static bool read_sdp(gc_client *c, const gc_signal_in *in, gc_span *sdp, uint32_t *candidates) {
    uint32_t len = 0;
    if (gc_json_string(&in->json, in->sdp, c->bulk.sdp, sizeof c->bulk.sdp, &len) != 0 ||
        len == 0) {
        return false;
    }
    len = gc_description_cut_candidates(c->bulk.sdp, len, GC_CANDIDATES_MAX, candidates);
    *sdp = gc_span_of(c->bulk.sdp, len);
    return len > 0;
}

/* Those inside a description count like those that come alone. */
static void count_candidates(gc_link *l, uint32_t n) {
    while (n-- > 0) {
        (void)gc_link_count(l, GC_LINK_REMOTE);
    }
}

/* Ours stays when it is out and our id is the smaller one (glare). */
static bool ours_wins(const gc_client *c, const gc_peer *p) {
    return p->attempt != GC_NONE && c->links[p->attempt].step == GC_LINK_OFFERED &&
           gc_peer_after(p, gc__client_own(c));
}

/* Where the server has no rooms it sees every tag: a member shows by a proof that it is one. */
static bool is_proved(const gc_client *c, const gc_signal_in *in, gc_span from) {
    uint8_t proof[GC_PROOF_BYTES];
    return !gc__client_prove_offer(c, from, gc__client_own(c), in->dial, proof) ||
           (in->has_proof && gc_bytes_equal_ct(proof, in->proof, sizeof proof));
}

bool gc__client_on_offer(gc_client *c, const gc_signal_in *in) {
    gc_span from = gc_span_of(in->src, in->src_len), sdp;
    uint32_t candidates = 0;
    const uint8_t *tag = in->has_tag ? in->tag : NULL;
    gc_welcome as = gc_membership_welcome(&c->membership, tag, from);
    bool stock = in->data && !in->marked;
    if (as == GC_WELCOME_REFUSED || (as == GC_WELCOME_MEMBER && !is_proved(c, in, from)) ||
        !read_sdp(c, in, &sdp, &candidates) || (stock && !gc__client_takes_data(c, from))) {
        return false;
    }
    uint32_t i = gc__client_know(c, from);
    if (i == GC_NONE) {
        return false;
    }
    gc_peer *p = &c->peers[i];
    p->present = true;
    p->absent = p->hearsay = false;
    p->member = p->member || as == GC_WELCOME_MEMBER;
    p->vouched = p->vouched || as == GC_WELCOME_MEMBER;
    if (as == GC_WELCOME_TARGET) {
        p->target = true;
        c->target_left = false;
    }
    gc_peer_set_tag(p, tag);
    if (!gc_peer_remember(p, in->dial)) {
        return false;
    }
    if (!stock && ours_wins(c, p)) { /* a stock peer knows no such rule: its offer is answered */
        /* It knows nothing of ours yet; it may never, if ours went to a dead socket. */
        gc__client_hurry(c, p->attempt);
        return false;
    }
    if (!gc_peer_take_offer(p, c->now_ms)) {
        return false;
    }
    gc__client_drop_attempt(c, i, true);
    gc__client_answer(c, i, in, sdp);
    count_candidates(&c->links[p->attempt], candidates);
    return true;
}

/* The peer's link that this dial set up. */
static uint32_t slot_of_dial(const gc_client *c, const gc_signal_in *in) {
    uint32_t i = gc__client_find(c, gc_span_of(in->src, in->src_len));
    if (i == GC_NONE) {
        return GC_NONE;
    }
    const uint32_t slots[2] = {c->peers[i].attempt, c->peers[i].link};
    for (uint32_t n = 0; n < 2; n++) {
        if (slots[n] != GC_NONE && memcmp(c->links[slots[n]].dial, in->dial, GC_DIAL_BYTES) == 0) {
            return slots[n];
        }
    }
    return GC_NONE;
}

static void queue_candidate(gc_client *c, uint32_t slot, gc_span candidate, gc_span mid,
                            uint32_t index) {
    gc_output_queue_put(&c->queue, GC_CLIENT_LINK_CANDIDATE, gc_link_number(&c->links[slot], slot),
                        index, candidate, mid);
}

bool gc__client_on_answer(gc_client *c, const gc_signal_in *in) {
    uint32_t slot = slot_of_dial(c, in), candidates = 0;
    gc_span sdp;
    if (slot == GC_NONE || c->links[slot].step != GC_LINK_OFFERED ||
        !read_sdp(c, in, &sdp, &candidates) || !gc__client_settle_kind(c, slot, in)) {
        return false;
    }
    gc_link *l = &c->links[slot];
    c->peers[l->peer].hearsay = false;
    gc_output_queue_put(&c->queue, GC_CLIENT_LINK_REMOTE, gc_link_number(l, slot), l->kind, sdp,
                        gc_span_of(NULL, 0));
    l->step = GC_LINK_CONNECTING;
    count_candidates(l, candidates);
    /* gc__client_expect() may have left little time: but the offer has arrived. */
    uint64_t at_ms = c->now_ms + GC_LINK_OPEN_MS / 2;
    l->deadline_ms = l->deadline_ms > at_ms ? l->deadline_ms : at_ms;
    gc__client_release_remote(c, slot);
    return true;
}

void gc__client_release_remote(gc_client *c, uint32_t slot) {
    gc_link *l = &c->links[slot];
    gc_span candidate, mid;
    uint32_t at = 0, index = 0;
    while (gc_link_held(l, GC_LINK_REMOTE, &at, &candidate, &mid, &index)) {
        queue_candidate(c, slot, candidate, mid, index);
    }
    gc_link_release(l, GC_LINK_REMOTE);
}

bool gc__client_on_candidate(gc_client *c, const gc_signal_in *in) {
    uint32_t slot = slot_of_dial(c, in), len = 0, mid_len = 0;
    uint8_t text[GC_CANDIDATE_BYTES_MAX], mid[GC_MID_BYTES_MAX];
    if (slot == GC_NONE || gc_json_string(&in->json, in->candidate, text, sizeof text, &len) != 0 ||
        len == 0 ||
        (in->mid >= 0 && gc_json_string(&in->json, in->mid, mid, sizeof mid, &mid_len) != 0) ||
        !gc_link_count(&c->links[slot], GC_LINK_REMOTE)) {
        return false;
    }
    gc_link *l = &c->links[slot];
    gc_span candidate = gc_span_of(text, len), of = gc_span_of(mid, mid_len);
    if (l->step < GC_LINK_CONNECTING) {
        return gc_link_hold(l, GC_LINK_REMOTE, candidate, of, in->index);
    }
    queue_candidate(c, slot, candidate, of, in->index);
    return true;
}
