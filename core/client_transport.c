#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/client.h"

/* The slot of a link that is in use, or GC_NONE for a stale number. */
static uint32_t slot_of(const gc_client *c, uint32_t link) {
    uint32_t slot = gc_link_slot(link);
    if (slot >= GC_LINKS_MAX || c->links[slot].step == GC_LINK_FREE ||
        gc_link_number(&c->links[slot], slot) != link) {
        return GC_NONE;
    }
    return slot;
}

static void send_candidate(gc_client *c, gc_link *l, gc_span candidate, gc_span mid,
                           uint32_t index) {
    gc_writer w = gc_output_queue_begin(&c->queue);
    gc__client_write_candidate(c, l, &w, candidate, mid, index);
    if (c->signaling.step == GC_SIGNALING_STEP_ON) {
        (void)gc_output_queue_end(&c->queue, GC_CLIENT_SIGNALING_SEND, GC_NONE, GC_SOCKET_OWN, &w);
    }
}

/* Our description goes first, then the candidates that were found meanwhile. */
static void send_description(gc_client *c, gc_link *l, gc_span sdp) {
    gc_writer w = gc_output_queue_begin(&c->queue);
    if (l->step == GC_LINK_OFFERING) {
        (void)gc_peer_remember(&c->peers[l->peer], l->dial);
    }
    gc__client_write_description(c, l, &w, sdp);
    bool queued =
        gc_output_queue_end(&c->queue, GC_CLIENT_SIGNALING_SEND, GC_NONE, GC_SOCKET_OWN, &w);
    gc_assert(queued);
    gc_span candidate, mid;
    uint32_t at = 0, index = 0;
    while (gc_link_held(l, GC_LINK_LOCAL, &at, &candidate, &mid, &index)) {
        send_candidate(c, l, candidate, mid, index);
    }
    gc_link_release(l, GC_LINK_LOCAL);
}

int gc_client_link_description(gc_client *c, uint64_t now_ms, uint32_t link, gc_span sdp) {
    if (sdp.len == 0 || sdp.len > GC_SDP_BYTES_MAX) {
        return GC_E_TOO_BIG;
    }
    int error = gc__client_begin(c, now_ms);
    uint32_t slot = slot_of(c, link);
    if (error != 0 || slot == GC_NONE) {
        return error;
    }
    gc_link *l = &c->links[slot];
    if (l->step != GC_LINK_OFFERING && l->step != GC_LINK_ANSWERING) {
        return GC_E_STATE;
    }
    if (!gc_utf8_valid(sdp)) {
        return GC_E_UTF8;
    }
    if (c->signaling.step != GC_SIGNALING_STEP_ON) {
        gc__client_attempt_failed(c, l->peer, GC_REASON_SERVER_UNREACHABLE, true);
        return gc__client_end(c);
    }
    send_description(c, l, sdp);
    if (l->step == GC_LINK_OFFERING) {
        l->step = GC_LINK_OFFERED;
    } else {
        l->step = GC_LINK_CONNECTING;
        gc__client_release_remote(c, slot);
    }
    return gc__client_end(c);
}

int gc_client_link_candidate(gc_client *c, uint64_t now_ms, uint32_t link, gc_span candidate,
                             gc_span mid, uint32_t index) {
    if (candidate.len > GC_CANDIDATE_BYTES_MAX || mid.len > GC_MID_BYTES_MAX || index > 0xff) {
        return GC_E_TOO_BIG;
    }
    int error = gc__client_begin(c, now_ms);
    uint32_t slot = slot_of(c, link);
    if (error != 0 || slot == GC_NONE || candidate.len == 0) {
        return error;
    }
    if (!gc_utf8_valid(candidate) || !gc_utf8_valid(mid)) {
        return GC_E_UTF8;
    }
    gc_link *l = &c->links[slot];
    if (!gc_link_count(l, GC_LINK_LOCAL)) {
        return 0; /* enough */
    }
    if (l->step == GC_LINK_OFFERING || l->step == GC_LINK_ANSWERING) {
        (void)gc_link_hold(l, GC_LINK_LOCAL, candidate, mid, index);
    } else {
        send_candidate(c, l, candidate, mid, index);
    }
    return gc__client_end(c);
}

int gc_client_link_opened(gc_client *c, uint64_t now_ms, uint32_t link) {
    int error = gc__client_begin(c, now_ms);
    uint32_t slot = slot_of(c, link);
    if (error != 0 || slot == GC_NONE) {
        return error;
    }
    if (c->links[slot].step != GC_LINK_CONNECTING) {
        return GC_E_STATE;
    }
    gc__client_link_opened(c, slot);
    return gc__client_end(c);
}

int gc_client_link_message(gc_client *c, uint64_t now_ms, uint32_t link, uint8_t channel,
                           gc_span message) {
    int error = gc__client_begin(c, now_ms);
    uint32_t slot = slot_of(c, link);
    if (error != 0 || slot == GC_NONE) {
        return error;
    }
    if (c->links[slot].step != GC_LINK_OPEN) {
        return GC_E_STATE;
    }
    gc__client_frame(c, slot, channel, message);
    return gc__client_end(c);
}

int gc_client_link_buffered(gc_client *c, uint64_t now_ms, uint32_t link, uint32_t bytes) {
    c->now_ms = now_ms > c->now_ms ? now_ms : c->now_ms;
    uint32_t slot = slot_of(c, link);
    if (slot != GC_NONE) {
        c->links[slot].buffered = bytes;
        gc__client_data_taken(c, slot);
    }
    return 0;
}

int gc_client_link_closed(gc_client *c, uint64_t now_ms, uint32_t link, uint32_t reason) {
    int error = gc__client_begin(c, now_ms);
    uint32_t slot = slot_of(c, link);
    if (error != 0 || slot == GC_NONE) {
        return error;
    }
    uint32_t peer = c->links[slot].peer;
    if (c->peers[peer].attempt == slot) {
        gc__client_attempt_failed(c, peer, reason, false);
    } else if (reason == GC_REASON_LEFT && c->links[slot].kind == GC_LINK_DATA) {
        gc__client_data_left(c, peer, false);
    } else {
        gc__client_link_lost(c, peer, reason, false);
    }
    return gc__client_end(c);
}

int gc_client_link_path(gc_client *c, uint64_t now_ms, uint32_t link, uint32_t path,
                        uint32_t rtt_ms) {
    c->now_ms = now_ms > c->now_ms ? now_ms : c->now_ms;
    uint32_t slot = slot_of(c, link);
    if (slot != GC_NONE) {
        c->links[slot].path = path <= GC_PATH_RELAY ? path : GC_PATH_UNKNOWN;
        c->links[slot].rtt_ms = rtt_ms;
    }
    return 0;
}
