#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/client.h"

static const gc_span nothing = {NULL, 0};

uint32_t gc__client_find(const gc_client *c, gc_span id) {
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        if (c->peers[i].use == GC_PEER_LIVE && gc_span_equal(gc_peer_id(&c->peers[i]), id)) {
            return i;
        }
    }
    return GC_NONE;
}

uint32_t gc__client_know(gc_client *c, gc_span id) {
    uint32_t found = gc__client_find(c, id);
    if (found != GC_NONE || gc_span_equal(id, gc__client_own(c))) {
        return found;
    }
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        if (c->peers[i].use == GC_PEER_FREE) {
            gc_peer_begin(&c->peers[i], id, &c->bulk.inboxes[i], c->outbox.next);
            return i;
        }
    }
    return GC_NONE;
}

/* --- attempts -------------------------------------------------------------------------------- */

static gc_link *take_link(gc_client *c, uint32_t peer, enum gc_link_step step,
                          const uint8_t dial[GC_DIAL_BYTES]) {
    uint32_t slot = 0;
    while (slot < GC_LINKS_MAX && c->links[slot].step != GC_LINK_FREE) {
        slot++;
    }
    gc_assert(slot < GC_LINKS_MAX); /* two for each peer */
    gc_link_begin(&c->links[slot], step, peer, dial, c->now_ms);
    c->peers[peer].attempt = slot;
    c->peers[peer].dial_ms = c->peers[peer].forget_ms = GC_NEVER;
    return &c->links[slot];
}

void gc__client_dial(gc_client *c, uint32_t peer) {
    uint8_t dial[GC_DIAL_BYTES];
    gc_assert(c->peers[peer].use == GC_PEER_LIVE && c->peers[peer].attempt == GC_NONE);
    gc_drbg_bytes(&c->drbg, dial, sizeof dial);
    gc_link *l = take_link(c, peer, GC_LINK_OFFERING, dial);
    gc_span label = c->peers[peer].has_tag ? nothing : gc__client_dial_either(c, l);
    gc_output_queue_put(&c->queue, GC_CLIENT_LINK_OFFER, gc_link_number(l, c->peers[peer].attempt),
                        l->kind, label, nothing);
}

void gc__client_answer(gc_client *c, uint32_t peer, const gc_signal_in *in, gc_span sdp) {
    gc_assert(c->peers[peer].attempt == GC_NONE);
    gc_link *l = take_link(c, peer, GC_LINK_ANSWERING, in->dial);
    if (in->data && !in->marked) {
        gc__client_answer_data(l, in);
    }
    gc_output_queue_put(&c->queue, GC_CLIENT_LINK_ANSWER, gc_link_number(l, c->peers[peer].attempt),
                        l->kind, sdp, nothing);
}

static void end_link(gc_client *c, uint32_t slot, bool tell) {
    if (tell) {
        uint32_t link = gc_link_number(&c->links[slot], slot);
        gc_output_queue_put(&c->queue, GC_CLIENT_LINK_CLOSE, link, 0, nothing, nothing);
    }
    gc__client_data_ended(c, slot);
    gc_link_end(&c->links[slot]);
}

void gc__client_drop_attempt(gc_client *c, uint32_t peer, bool tell) {
    gc_peer *p = &c->peers[peer];
    if (p->attempt != GC_NONE) {
        end_link(c, p->attempt, tell);
        p->attempt = GC_NONE;
    }
}

void gc__client_hurry(gc_client *c, uint32_t slot) {
    gc_link *l = &c->links[slot];
    uint64_t at_ms = c->now_ms + GC_DIAL_EXPECT_MS;
    l->deadline_ms = l->deadline_ms < at_ms ? l->deadline_ms : at_ms;
}

void gc__client_attempt_failed(gc_client *c, uint32_t peer, uint32_t reason, bool tell) {
    gc_peer *p = &c->peers[peer];
    gc_assert(p->attempt != GC_NONE);
    gc__client_drop_attempt(c, peer, tell);
    if (p->hearsay && ++p->failures >= GC_PEER_HEARSAY_DIALS) {
        p->present = false;
    }
    if (p->link == GC_NONE) {
        p->reason = reason;
        gc_peer_redial(p, gc__client_own(c), c->now_ms);
    }
}

/* --- open links ------------------------------------------------------------------------------ */

bool gc__client_is_open(const gc_peer *p) {
    return p->use == GC_PEER_LIVE && p->link != GC_NONE && (p->conversation.started || p->renewing);
}

void gc__client_link_opened(gc_client *c, uint32_t slot) {
    gc_peer *p = &c->peers[c->links[slot].peer];
    gc_assert(p->attempt == slot);
    p->attempt = GC_NONE;
    p->hearsay = false;
    p->renewing = gc__client_is_open(p);
    if (p->link != GC_NONE) {
        end_link(c, p->link, true);
    }
    p->link = slot;
    gc_conversation_unlink(&p->conversation);
    gc_link_open(&c->links[slot], c->now_ms);
    p->stock = false;
    if (c->links[slot].kind == GC_LINK_DATA) {
        gc__client_data_opened(c, slot);
    }
}

void gc__client_link_lost(gc_client *c, uint32_t peer, uint32_t reason, bool tell) {
    gc_peer *p = &c->peers[peer];
    gc_assert(p->link != GC_NONE);
    bool good = c->now_ms - c->links[p->link].opened_ms >= GC_PEER_GOOD_LINK_MS;
    end_link(c, p->link, tell);
    p->link = GC_NONE;
    p->renewing = false;
    p->reason = reason;
    gc_conversation_unlink(&p->conversation);
    if (p->attempt != GC_NONE) {
        return;
    }
    if (good) {
        p->redial_ms = GC_REDIAL_MS_MIN;
        p->dial_ms = c->now_ms + (gc_peer_after(p, gc__client_own(c)) ? 1 : GC_DIAL_EXPECT_MS);
    } else {
        gc_peer_redial(p, gc__client_own(c), c->now_ms);
    }
}

static void queue_bye(gc_client *c, uint32_t slot) {
    gc_frame bye = {.type = GC_FRAME_BYE, .reason = GC_REASON_LEFT};
    gc_writer w = gc_output_queue_begin(&c->queue);
    gc_frame_write(&bye, &w);
    bool queued =
        gc_output_queue_end(&c->queue, GC_CLIENT_LINK_SEND, gc_link_number(&c->links[slot], slot),
                            GC_CHANNEL_CONTROL, &w);
    gc_assert(queued);
}

void gc__client_end_peer(gc_client *c, uint32_t peer, uint32_t reason, bool bye, bool final) {
    gc_peer *p = &c->peers[peer];
    gc__client_drop_attempt(c, peer, true);
    if (p->link != GC_NONE) {
        /* START is the first frame of a link: without it BYE would be a fault of ours. */
        if (bye && !c->links[p->link].start_due && c->links[p->link].kind != GC_LINK_DATA) {
            queue_bye(c, p->link);
        }
        end_link(c, p->link, true);
        p->link = GC_NONE;
    }
    if (!final) {
        gc_conversation_unlink(&p->conversation);
    }
    gc_peer_end(p, &c->outbox, reason);
}

/* --- what follows from what is known --------------------------------------------------------- */

bool gc__client_reachable(const gc_client *c, const gc_peer *p) {
    return c->signaling.step == GC_SIGNALING_STEP_ON && (p->present || p->target);
}

/* How long one who cannot be reached is kept: as long as messages between us may be open. Who never
 * was here and is gone by the server's word is forgotten at once. */
static uint64_t keep_ms(const gc_client *c, const gc_peer *p) {
    bool gone = !p->present && c->signaling.step == GC_SIGNALING_STEP_ON;
    bool open = p->opened_once || gc_conversation_floor(&p->conversation) < c->outbox.next;
    return gone && !open ? 0 : GC_UNDELIVERED_MS;
}

static void settle_peer(gc_client *c, uint32_t i) {
    gc_peer *p = &c->peers[i];
    if (p->link != GC_NONE || p->attempt != GC_NONE) {
        p->dial_ms = p->forget_ms = GC_NEVER;
        return;
    }
    if (gc__client_reachable(c, p)) {
        p->forget_ms = GC_NEVER;
        if (p->dial_ms == GC_NEVER) {
            gc_peer_redial(p, gc__client_own(c), c->now_ms);
        }
        return;
    }
    p->dial_ms = GC_NEVER;
    if (p->target && c->failed == 0) {
        return;
    }
    if (p->forget_ms == GC_NEVER) {
        p->forget_ms = c->now_ms + keep_ms(c, p);
    }
    if (p->forget_ms <= c->now_ms) {
        uint32_t reason = p->reason != GC_REASON_NONE ? p->reason : GC_REASON_GONE;
        gc__client_end_peer(c, i, reason, false, false);
    }
}

/* Pages that are opened again and again come with new ids: those who are gone make room before it
 * is needed, the one first whose time is up first; then those that nobody but a list knows. */
static void keep_places_free(gc_client *c) {
    uint32_t used = 0, oldest = GC_NONE, hearsay = GC_NONE;
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        const gc_peer *p = &c->peers[i];
        used += p->use != GC_PEER_FREE;
        if (p->use == GC_PEER_LIVE && p->hearsay) {
            hearsay = i;
        }
        if (p->use == GC_PEER_LIVE && p->forget_ms != GC_NEVER &&
            (oldest == GC_NONE || p->forget_ms < c->peers[oldest].forget_ms)) {
            oldest = i;
        }
    }
    oldest = oldest != GC_NONE ? oldest : hearsay;
    if (used > GC_PEERS_MAX - 2 && oldest != GC_NONE) {
        gc__client_end_peer(c, oldest, GC_REASON_GONE, false, false);
    }
}

void gc__client_drop_settled(gc_client *c) {
    uint64_t floor = c->outbox.next;
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        if (c->peers[i].use == GC_PEER_LIVE) {
            uint64_t f = gc_conversation_floor(&c->peers[i].conversation);
            floor = f < floor ? f : floor;
        }
    }
    gc_outbox_drop_below(&c->outbox, floor);
}

void gc__client_settle(gc_client *c) {
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        if (c->peers[i].use == GC_PEER_LIVE) {
            settle_peer(c, i);
        }
    }
    keep_places_free(c);
    gc__client_drop_settled(c);
    gc__client_slots_settle(c);
}
