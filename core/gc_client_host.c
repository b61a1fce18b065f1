/* What the host reports to gc_client: of its signaling sockets, and of the links' transport. */
#include "core/base/error.h"
#include "core/base/reason.h"
#include "core/base/utf8.h"
#include "core/gc_client.h"
#include "core/gc_client_inside.h"

/* --- the signaling sockets -------------------------------------------------------------------- */

int gc_client_signaling_opened(gc_client *c, uint64_t now_ms, uint32_t socket) {
    int error = gc__client_begin(c, now_ms);
    if (error != 0 || socket >= GC_SIGNALING_SOCKETS) {
        return error;
    }
    gc__meeting_opened(&c->meeting, &c->step, (enum gc_signaling_socket)socket);
    return gc__client_end(c);
}

int gc_client_signaling_message(gc_client *c, uint64_t now_ms, uint32_t socket, gc_span text) {
    if (text.len > GC_MESSAGE_BYTES_MAX) {
        return GC_E_TOO_BIG;
    }
    int error = gc__client_begin(c, now_ms);
    if (error != 0 || socket >= GC_SIGNALING_SOCKETS) {
        return error;
    }
    gc__meeting_message(&c->meeting, &c->peers, &c->step, (enum gc_signaling_socket)socket, text);
    return gc__client_end(c);
}

int gc_client_signaling_closed(gc_client *c, uint64_t now_ms, uint32_t socket) {
    int error = gc__client_begin(c, now_ms);
    if (error != 0 || socket >= GC_SIGNALING_SOCKETS) {
        return error;
    }
    gc__meeting_closed(&c->meeting, &c->step, (enum gc_signaling_socket)socket);
    return gc__client_end(c);
}

/* --- links: what the transport reports ---------------------------------------------------------
 */

/* Begins an input about a link: *slot is that of the link, GC_NONE when the number is stale. */
static int begin_link(gc_client *c, uint64_t now_ms, uint32_t link, uint32_t *slot) {
    int error = gc__client_begin(c, now_ms);
    *slot = gc__mesh_slot(&c->peers.mesh, link);
    return error;
}

static enum gc_link_step step_of(const gc_client *c, uint32_t slot) {
    return (enum gc_link_step)gc__mesh_link(&c->peers.mesh, slot)->step;
}

int gc_client_link_description(gc_client *c, uint64_t now_ms, uint32_t link, gc_span sdp) {
    uint32_t slot;
    if (sdp.len == 0 || sdp.len > GC_SDP_BYTES_MAX) {
        return GC_E_TOO_BIG;
    }
    int error = begin_link(c, now_ms, link, &slot);
    if (error != 0 || slot == GC_NONE) {
        return error;
    }
    if (step_of(c, slot) != GC_LINK_STEP_OFFERING && step_of(c, slot) != GC_LINK_STEP_ANSWERING) {
        return GC_E_STATE;
    }
    if (!gc_utf8_valid(sdp)) {
        return GC_E_UTF8;
    }
    gc__setup_describe(&c->peers, &c->step, &c->meeting.room, slot, sdp);
    return gc__client_end(c);
}

int gc_client_link_candidate(gc_client *c, uint64_t now_ms, uint32_t link, gc_span candidate,
                             gc_span mid, uint32_t index) {
    uint32_t slot;
    if (candidate.len > GC_CANDIDATE_BYTES_MAX || mid.len > GC_MID_BYTES_MAX || index > 0xff) {
        return GC_E_TOO_BIG;
    }
    int error = begin_link(c, now_ms, link, &slot);
    if (error != 0 || slot == GC_NONE || candidate.len == 0) {
        return error;
    }
    if (!gc_utf8_valid(candidate) || !gc_utf8_valid(mid)) {
        return GC_E_UTF8;
    }
    gc__setup_offer_candidate(&c->peers, &c->step, slot, candidate, mid, index);
    return gc__client_end(c);
}

int gc_client_link_opened(gc_client *c, uint64_t now_ms, uint32_t link) {
    uint32_t slot;
    int error = begin_link(c, now_ms, link, &slot);
    if (error != 0 || slot == GC_NONE) {
        return error;
    }
    if (step_of(c, slot) != GC_LINK_STEP_CONNECTING) {
        return GC_E_STATE;
    }
    gc__peers_link_opened(&c->peers, &c->step, slot);
    return gc__client_end(c);
}

/* The peer left for good, with its link or by closing it. */
static void on_left(gc_client *c, uint32_t peer, bool final) {
    gc__meeting_peer_left(&c->meeting, &c->peers.people, peer);
    gc__peers_end(&c->peers, &c->step, peer, GC_REASON_LEFT, false, final);
}

/* The application of a stock peer closed its connection. A newer one may be under way. tell: the
 * host does not know. */
static void on_closed(gc_client *c, uint32_t peer, bool tell) {
    if (gc__mesh_way(&c->peers.mesh, peer)->attempt != GC_NONE) {
        gc__peers_link_lost(&c->peers, &c->step, peer, GC_REASON_LEFT, tell);
        return;
    }
    if (!tell) {
        gc__peers_link_lost(&c->peers, &c->step, peer, GC_REASON_LEFT, false);
    }
    on_left(c, peer, tell);
}

int gc_client_link_message(gc_client *c, uint64_t now_ms, uint32_t link, uint8_t channel,
                           gc_span message) {
    uint32_t slot;
    int error = begin_link(c, now_ms, link, &slot);
    if (error != 0 || slot == GC_NONE) {
        return error;
    }
    if (step_of(c, slot) != GC_LINK_STEP_OPEN) {
        return GC_E_STATE;
    }
    uint32_t peer = gc__mesh_link(&c->peers.mesh, slot)->peer;
    switch (gc__peers_hear(&c->peers, &c->step, slot, channel, message)) {
    case GC_HEARD_BROKEN:
        gc__peers_link_lost(&c->peers, &c->step, peer, GC_REASON_PROTOCOL, true);
        break;
    case GC_HEARD_BYE:
        on_left(c, peer, true);
        break;
    case GC_HEARD_CLOSED:
        on_closed(c, peer, true);
        break;
    default:
        break;
    }
    return gc__client_end(c);
}

int gc_client_link_closed(gc_client *c, uint64_t now_ms, uint32_t link, uint32_t reason) {
    uint32_t slot;
    int error = begin_link(c, now_ms, link, &slot);
    if (error != 0 || slot == GC_NONE) {
        return error;
    }
    const gc_link *l = gc__mesh_link(&c->peers.mesh, slot);
    if (l->step != GC_LINK_STEP_OPEN) {
        gc__peers_attempt_failed(&c->peers, &c->step, l->peer, reason, false);
    } else if (reason == GC_REASON_LEFT && l->kind == GC_LINK_DATA) {
        on_closed(c, l->peer, false);
    } else {
        gc__peers_link_lost(&c->peers, &c->step, l->peer, reason, false);
    }
    return gc__client_end(c);
}

int gc_client_link_buffered(gc_client *c, uint64_t now_ms, uint32_t link, uint32_t bytes) {
    uint32_t slot;
    (void)begin_link(c, now_ms, link, &slot); /* queues nothing: there is always room for it */
    if (slot != GC_NONE) {
        gc__mesh_buffer(&c->peers.mesh, &c->step, slot, bytes);
        gc__talk_taken(&c->peers.talk, &c->step, gc__mesh_link(&c->peers.mesh, slot)->peer);
    }
    return 0;
}

int gc_client_link_path(gc_client *c, uint64_t now_ms, uint32_t link, uint32_t path,
                        uint32_t rtt_ms) {
    uint32_t slot;
    (void)begin_link(c, now_ms, link, &slot); /* queues nothing: there is always room for it */
    if (slot != GC_NONE) {
        gc__mesh_measure(&c->peers.mesh, &c->step, slot, path, rtt_ms);
    }
    return 0;
}
