#include "rtc/peer_connection_state.h"

#include "core/base/reason.h"

/* Nothing is sent after what is queued now. */
void gc_peer_connection_finish(gc_peer_connection *p) {
    gc_dtls_close(&p->dtls);
    p->state = GC_PEER_CONNECTION_ENDED;
    p->close_ms = GC_NEVER;
}

/* Only an open link has something to finish, and one whose handshake is under way: the other side
 * may have opened already, and learns of the end when our side can say so. */
void gc_peer_connection_wind_up(gc_peer_connection *p) {
    bool opened = p->state == GC_PEER_CONNECTION_OPEN;
    p->tell_description = false;
    if (!opened && (p->dtls.state != GC_DTLS_HANDSHAKING || p->dtls.waits)) {
        gc_peer_connection_finish(p);
        return;
    }
    p->state = GC_PEER_CONNECTION_CLOSING;
    p->close_ms = p->now_ms + GC_PEER_CONNECTION_CLOSE_MS;
    if (opened) {
        gc_channels_close(&p->channels, &p->sctp, p->now_ms);
    }
}

bool gc_peer_connection_lives(const gc_peer_connection *p) {
    return p->state == GC_PEER_CONNECTION_LINKING || p->state == GC_PEER_CONNECTION_OPEN;
}

/* Ends a living link with a report. A link that never opened has one reason, unless the other side
 * broke a protocol. */
void gc_peer_connection_fail(gc_peer_connection *p, uint32_t reason) {
    if (!gc_peer_connection_lives(p)) {
        return;
    }
    bool opened = p->state == GC_PEER_CONNECTION_OPEN;
    if (!opened && reason != GC_REASON_PROTOCOL) {
        reason = GC_REASON_ICE_FAILED;
    }
    gc_link_reports_close(&p->reports, reason);
    gc_peer_connection_wind_up(p);
}

/* The same where nothing can be sent any more. */
void gc_peer_connection_break_off(gc_peer_connection *p, uint32_t reason) {
    gc_peer_connection_fail(p, reason);
    if (p->state != GC_PEER_CONNECTION_ENDED) {
        gc_peer_connection_finish(p);
    }
}

/* The client of DTLS can begin when there is an address, the server when it may answer: both need
 * to know whom they expect. */
void gc_peer_connection_try_dtls(gc_peer_connection *p) {
    if (p->state != GC_PEER_CONNECTION_LINKING || !p->dtls.expects ||
        !(p->dtls.state == GC_DTLS_IDLE || p->dtls.waits)) {
        return;
    }
    if (gc_link_route_known(&p->route)) {
        gc_dtls_begin(&p->dtls, p->now_ms, p->negotiation.client, gc_ice_rtt_ms(&p->ice));
    } else if (gc_peer_connection_carries(p) && !p->dtls.waits) {
        gc_dtls_prepare(&p->dtls, p->now_ms);
    }
}

bool gc_peer_connection_carries(const gc_peer_connection *p) {
    return p->negotiation.ours && p->negotiation.client && p->route.selected.to.family == 0;
}

/* The path of a link that is used is worth a report now and then. */
void gc_peer_connection_use(gc_peer_connection *p, uint32_t channel) {
    if (channel != 0) {
        gc_link_reports_used(&p->reports, p->now_ms);
    }
}
