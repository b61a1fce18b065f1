#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/client.h"

void gc__client_fail(gc_client *c, uint32_t reason, bool bye) {
    gc_slots_stop(&c->slots, &c->queue, bye);
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

uint32_t gc__client_know_member(gc_client *c, gc_span id) {
    uint32_t i = gc__client_know(c, id);
    if (i != GC_NONE) {
        gc_peer *p = &c->peers[i];
        p->member = p->present = true;
        p->absent = false;
        gc_peer_set_tag(p, gc_membership_room_tag(&c->membership));
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
        uint32_t i = gc__client_know_member(c, gc_span_of(id, len));
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
        gc_peer_set_tag(&c->peers[i], c->membership.has_tag ? c->membership.tag : NULL);
        dial_anew(c, i);
    }
}

/* A server without the additions does not say who is there; what we offered before may be lost,
 * candidates too. */
static void enter_by_slots(gc_client *c) {
    gc__client_slots_start(c);
    for (uint32_t i = 0; i < GC_PEERS_MAX && c->failed == 0; i++) {
        const gc_peer *p = &c->peers[i];
        if (p->use != GC_PEER_LIVE || !p->member || !p->present) {
            continue;
        }
        if (p->attempt != GC_NONE && c->links[p->attempt].step != GC_LINK_OFFERED) {
            gc__client_hurry(c, p->attempt);
        } else {
            dial_anew(c, i);
        }
    }
}

static void on_open(gc_client *c, const gc_signal_in *in) {
    if (!gc_signaling_client_open(&c->signaling, in->gc, c->now_ms)) {
        c->ignored++;
        return;
    }
    gc_span ice = gc_json_raw(&in->json, in->ice);
    /* Another server has no say in it: the host knows its own. */
    if (in->gc && ice.len > 0 && ice.len <= GC_ICE_BYTES_MAX) {
        gc_output_queue_put(&c->queue, GC_CLIENT_ICE_SERVERS, GC_NONE, 0, ice, gc_span_of(NULL, 0));
    }
    if (!gc_membership_in_room(&c->membership)) {
        c->entered = true;
        dial_target(c);
    } else if (in->has_room) {
        gc_slots_stop(&c->slots, &c->queue, true); /* it may have been another server before */
        on_room(c, in);
    } else if (!in->gc) {
        enter_by_slots(c);
    }
}

/* A message for us, our own or somebody else's that was held: the id that we took over at a server
 * without the additions is ours. */
static void on_relayed(gc_client *c, bool echo) {
    bool ours = echo ? gc_signaling_client_echo(&c->signaling, c->now_ms)
                     : gc_signaling_client_relayed(&c->signaling, c->now_ms);
    if (ours && gc_membership_in_room(&c->membership)) {
        enter_by_slots(c);
    } else if (ours) {
        dial_target(c);
    }
}

static bool is_relayed(const gc_signal_in *in) {
    return in->type == GC_SIGNAL_OFFER || in->type == GC_SIGNAL_ANSWER ||
           in->type == GC_SIGNAL_CANDIDATE;
}

static bool is_our_room(const gc_client *c, const gc_signal_in *in) {
    const uint8_t *tag = gc_membership_room_tag(&c->membership);
    return tag != NULL && memcmp(tag, in->tag, GC_TAG_BYTES) == 0;
}

void gc__client_expect(gc_client *c, uint32_t i) {
    gc_peer *p = &c->peers[i];
    p->redial_ms = GC_REDIAL_MS_MIN;
    if (p->attempt == GC_NONE) {
        p->dial_ms = c->now_ms + GC_DIAL_EXPECT_MS;
        return;
    }
    /* An offer of ours may have gone to its old socket: no longer wait for its answer than for
     * the newcomer's own offer. */
    if (c->links[p->attempt].step == GC_LINK_OFFERED) {
        gc__client_hurry(c, p->attempt);
    }
}

static void on_joined(gc_client *c, const gc_signal_in *in) {
    uint32_t i =
        is_our_room(c, in) ? gc__client_know_member(c, gc_span_of(in->src, in->src_len)) : GC_NONE;
    if (i == GC_NONE) {
        c->ignored++;
        return;
    }
    gc__client_expect(c, i);
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
        /* GC-PRESENT says when; this is for a server that forgot about us. A server without the
         * additions says nothing: there an offer of ours always waits. */
        p->dial_ms = c->now_ms + (c->signaling.gc ? GC_REDIAL_MS_MAX : GC_REDIAL_MS_MIN);
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

void gc__client_signal(gc_client *c, gc_span text) {
    gc_signal_in *in = &c->bulk.signal;
    if (gc_signal_read(text, in) != 0) {
        c->ignored++;
        return;
    }
    gc_span id = gc_span_of(in->src, in->src_len);
    bool taken = true;
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
    if (is_relayed(in)) {
        bool echo = gc__client_is_echo(in, gc__client_own(c));
        on_relayed(c, echo);
        if (echo) {
            return;
        }
    }
    if (c->signaling.step != GC_SIGNALING_STEP_ON) {
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
            gc_slots_absent(&c->slots, &c->drbg, id, c->now_ms);
            on_absent(c, id);
        }
        break;
    case GC_SIGNAL_GC_PRESENT:
        on_present(c, id);
        break;
    case GC_SIGNAL_OFFER:
        taken = gc__client_on_offer(c, in);
        break;
    case GC_SIGNAL_ANSWER:
        taken = gc__client_on_answer(c, in);
        break;
    case GC_SIGNAL_CANDIDATE:
        taken = in->slot >= 0 ? gc__client_slot_message(c, in, GC_SOCKET_OWN)
                              : gc__client_on_candidate(c, in);
        break;
    default:
        break; /* GC-ALIVE has said what it is for; LEAVE ends no link; others are unknown */
    }
    c->ignored += !taken;
}
