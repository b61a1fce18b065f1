#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/client.h"

void gc__client_fail(gc_client *c, uint32_t reason, bool bye) {
    gc_signaling_client_stop(&c->signaling, &c->queue, bye, reason);
    c->failed = reason;
    c->rejoin_ms = GC_NEVER;
}

static void on_error(gc_client *c, uint32_t reason) {
    gc_signaling_client *s = &c->signaling;
    gc_signaling_client_error(s, reason);
    if (reason == GC_REASON_ID_TAKEN) {
        bool known = c->membership.has_direct;
        for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
            known = known || c->peers[i].use == GC_PEER_LIVE;
        }
        if (s->taken == 1 && !known) {
            gc_signaling_client_draw(s, &c->drbg);
        } else if (s->taken >= GC_ID_TAKEN_MAX) {
            gc__client_fail(c, reason, false);
        }
    } else if (reason == GC_REASON_BAD_KEY || reason == GC_REASON_REPLACED ||
               reason == GC_REASON_ORIGIN) {
        gc__client_fail(c, reason, false); /* it would be the same the next time */
    }
}

/* --- who is there ---------------------------------------------------------------------------- */

static void set_tag(gc_peer *p, const uint8_t *tag) {
    p->has_tag = tag != NULL;
    if (tag != NULL) {
        memcpy(p->tag, tag, GC_TAG_BYTES);
    }
}

static uint32_t know_member(gc_client *c, gc_span id) {
    uint32_t i = gc__client_know(c, id);
    if (i != GC_NONE) {
        gc_peer *p = &c->peers[i];
        p->member = p->present = true;
        p->absent = false;
        set_tag(p, gc_membership_room_tag(&c->membership));
    }
    return i;
}

/* We have come, or come back, and the other one is there: an offer of ours that went to an older
 * socket may be lost, so it is made again. */
static void dial_anew(gc_client *c, uint32_t i) {
    gc_peer *p = &c->peers[i];
    if (p->link != GC_NONE) {
        return;
    }
    if (p->attempt != GC_NONE && c->links[p->attempt].step == GC_LINK_OFFERED) {
        gc__client_drop_attempt(c, i, true);
    }
    if (p->attempt == GC_NONE) {
        p->redial_ms = GC_REDIAL_MS_MIN;
        gc__client_dial(c, i);
    }
}

static void on_room(gc_client *c, const gc_signal_in *in) {
    const uint8_t *tag = gc_membership_room_tag(&c->membership);
    uint8_t id[GC_ID_BYTES_MAX];
    uint32_t at = 0, len = 0;
    if (tag == NULL || memcmp(tag, in->tag, GC_TAG_BYTES) != 0) {
        c->ignored++;
        return;
    }
    if (in->reason != GC_REASON_NONE) {
        if (c->entered) {
            c->rejoin_ms = c->now_ms + GC_CLIENT_REJOIN_MS;
        } else {
            gc__client_fail(c, in->reason, true);
        }
        return;
    }
    c->entered = true;
    c->rejoin_ms = GC_NEVER;
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        c->peers[i].present = c->peers[i].present && !c->peers[i].member;
    }
    while (gc_signal_member(in, &at, id, &len)) {
        uint32_t i = know_member(c, gc_span_of(id, len));
        if (i != GC_NONE) {
            dial_anew(c, i);
        }
    }
}

static void dial_target(gc_client *c) {
    gc_span id = gc_membership_target(&c->membership);
    uint32_t i = id.len > 0 && !c->target_left ? gc__client_know(c, id) : GC_NONE;
    if (i != GC_NONE) {
        c->peers[i].target = true;
        set_tag(&c->peers[i], c->membership.has_tag ? c->membership.tag : NULL);
        dial_anew(c, i);
    }
}

static void on_open(gc_client *c, const gc_signal_in *in) {
    if (!gc_signaling_client_open(&c->signaling, in->gc, c->now_ms)) {
        c->ignored++;
        return;
    }
    gc_span ice = gc_json_raw(&in->json, in->ice);
    if (ice.len > 0 && ice.len <= GC_ICE_BYTES_MAX) {
        gc_output_queue_put(&c->queue, GC_CLIENT_ICE_SERVERS, GC_NONE, 0, ice, gc_span_of(NULL, 0));
    }
    if (gc_membership_in_room(&c->membership)) {
        if (in->has_room) {
            on_room(c, in);
        } else {
            c->entered = true; /* a server without rooms: only direct links work */
        }
    } else {
        c->entered = true;
        dial_target(c);
    }
}

static bool is_our_room(const gc_client *c, const gc_signal_in *in) {
    const uint8_t *tag = gc_membership_room_tag(&c->membership);
    return tag != NULL && memcmp(tag, in->tag, GC_TAG_BYTES) == 0;
}

static void on_joined(gc_client *c, const gc_signal_in *in) {
    uint32_t i = is_our_room(c, in) ? know_member(c, gc_span_of(in->src, in->src_len)) : GC_NONE;
    if (i == GC_NONE) {
        c->ignored++;
        return;
    }
    gc_peer *p = &c->peers[i];
    p->redial_ms = GC_REDIAL_MS_MIN;
    if (p->attempt == GC_NONE) {
        p->dial_ms = c->now_ms + GC_DIAL_EXPECT_MS;
        return;
    }
    /* An offer of ours may have gone to its old socket: no longer wait for its answer than for
     * the newcomer's own offer. */
    gc_link *l = &c->links[p->attempt];
    if (l->step == GC_LINK_OFFERED && l->deadline_ms > c->now_ms + GC_DIAL_EXPECT_MS) {
        l->deadline_ms = c->now_ms + GC_DIAL_EXPECT_MS;
    }
}

static void on_left(gc_client *c, const gc_signal_in *in) {
    uint32_t i =
        is_our_room(c, in) ? gc__client_find(c, gc_span_of(in->src, in->src_len)) : GC_NONE;
    if (i == GC_NONE) {
        c->ignored++;
        return;
    }
    gc_peer *p = &c->peers[i];
    p->present = false;
    if (p->link != GC_NONE) {
        gc_link_probe(&c->links[p->link], c->now_ms);
    }
    if (p->attempt != GC_NONE && c->links[p->attempt].step != GC_LINK_CONNECTING) {
        gc__client_attempt_failed(c, i, GC_REASON_GONE, true);
    }
}

static void on_absent(gc_client *c, gc_span id) {
    uint32_t i = gc__client_find(c, id);
    if (i == GC_NONE) {
        c->ignored++;
        return;
    }
    gc_peer *p = &c->peers[i];
    p->present = false;
    p->absent = true;
    if (p->attempt != GC_NONE && c->links[p->attempt].step != GC_LINK_CONNECTING) {
        gc__client_attempt_failed(c, i, GC_REASON_ABSENT, true);
    }
    if (p->target) {
        /* GC-PRESENT says when; this is for a server that forgot about us. */
        p->dial_ms = c->now_ms + GC_REDIAL_MS_MAX;
    }
}

static void on_present(gc_client *c, gc_span id) {
    uint32_t i = gc__client_find(c, id);
    if (i == GC_NONE) {
        c->ignored++;
        return;
    }
    c->peers[i].present = true;
    c->peers[i].absent = false;
    dial_anew(c, i);
}

/* --- setting up links ------------------------------------------------------------------------ */

static bool read_sdp(gc_client *c, const gc_signal_in *in, gc_span *sdp) {
    uint32_t len = 0;
    if (gc_json_string(&in->json, in->sdp, c->bulk.sdp, sizeof c->bulk.sdp, &len) != 0 ||
        len == 0) {
        return false;
    }
    *sdp = gc_span_of(c->bulk.sdp, len);
    return true;
}

/* Ours stays when it is out and our id is the smaller one (glare). */
static bool ours_wins(const gc_client *c, const gc_peer *p) {
    return p->attempt != GC_NONE && c->links[p->attempt].step == GC_LINK_OFFERED &&
           gc_peer_after(p, gc__client_own(c));
}

static bool on_offer(gc_client *c, const gc_signal_in *in) {
    gc_span from = gc_span_of(in->src, in->src_len), sdp;
    const uint8_t *tag = in->has_tag ? in->tag : NULL;
    gc_welcome as = gc_membership_welcome(&c->membership, tag, from);
    if (as == GC_WELCOME_REFUSED || !read_sdp(c, in, &sdp)) {
        return false;
    }
    uint32_t i = gc__client_know(c, from);
    if (i == GC_NONE) {
        return false;
    }
    gc_peer *p = &c->peers[i];
    p->present = true;
    p->absent = false;
    p->member = p->member || as == GC_WELCOME_MEMBER;
    if (as == GC_WELCOME_TARGET) {
        p->target = true;
        c->target_left = false;
    }
    set_tag(p, tag);
    if (!gc_peer_remember(p, in->dial) || ours_wins(c, p)) {
        return false;
    }
    gc__client_drop_attempt(c, i, true);
    gc__client_answer(c, i, in->dial, sdp);
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

static bool on_answer(gc_client *c, const gc_signal_in *in) {
    uint32_t slot = slot_of_dial(c, in);
    gc_span sdp;
    if (slot == GC_NONE || c->links[slot].step != GC_LINK_OFFERED || !read_sdp(c, in, &sdp)) {
        return false;
    }
    gc_link *l = &c->links[slot];
    gc_output_queue_put(&c->queue, GC_CLIENT_LINK_REMOTE, gc_link_number(l, slot), 0, sdp,
                        gc_span_of(NULL, 0));
    l->step = GC_LINK_CONNECTING;
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

static bool on_candidate(gc_client *c, const gc_signal_in *in) {
    uint32_t slot = slot_of_dial(c, in), len = 0, mid_len = 0;
    uint8_t text[GC_CANDIDATE_BYTES_MAX], mid[GC_MID_BYTES_MAX];
    if (slot == GC_NONE || gc_json_string(&in->json, in->candidate, text, sizeof text, &len) != 0 ||
        len == 0 || gc_json_string(&in->json, in->mid, mid, sizeof mid, &mid_len) != 0 ||
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

void gc__client_signal(gc_client *c, gc_span text) {
    gc_signal_in *in = &c->bulk.signal;
    if (gc_signal_read(text, in) != 0) {
        c->ignored++;
        return;
    }
    gc_span id = gc_span_of(in->src, in->src_len);
    bool on = c->signaling.step == GC_SIGNALING_STEP_ON, taken = true;
    switch (in->type) {
    case GC_SIGNAL_OPEN:
        on_open(c, in);
        return;
    case GC_SIGNAL_ERROR:
        on_error(c, in->reason);
        return;
    case GC_SIGNAL_ID_TAKEN:
        on_error(c, GC_REASON_ID_TAKEN);
        return;
    case GC_SIGNAL_INVALID_KEY:
        on_error(c, GC_REASON_BAD_KEY);
        return;
    default:
        break;
    }
    if (!on) {
        c->ignored++;
        return;
    }
    switch (in->type) {
    case GC_SIGNAL_GC_ROOM:
        on_room(c, in);
        break;
    case GC_SIGNAL_GC_JOINED:
        on_joined(c, in);
        break;
    case GC_SIGNAL_GC_LEFT:
        on_left(c, in);
        break;
    case GC_SIGNAL_GC_ABSENT:
        on_absent(c, id);
        break;
    case GC_SIGNAL_EXPIRE:
        /* Our server has said GC-ABSENT long before; a stock one says only this. */
        if (!c->signaling.gc) {
            on_absent(c, id);
        }
        break;
    case GC_SIGNAL_GC_PRESENT:
        on_present(c, id);
        break;
    case GC_SIGNAL_OFFER:
        taken = on_offer(c, in);
        break;
    case GC_SIGNAL_ANSWER:
        taken = on_answer(c, in);
        break;
    case GC_SIGNAL_CANDIDATE:
        taken = on_candidate(c, in);
        break;
    default:
        break; /* GC-ALIVE has said what it is for; LEAVE ends no link; others are unknown */
    }
    c->ignored += !taken;
}
