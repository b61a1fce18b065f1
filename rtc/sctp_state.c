#include "rtc/sctp_state.h"
#include "core/base/timers.h"

void gc_sctp_state_time(gc_sctp *s, uint64_t now_ms) {
    if (now_ms > s->now_ms) {
        s->now_ms = now_ms;
    }
}

void gc_sctp_state_end(gc_sctp *s, uint32_t reason, uint16_t abort_cause) {
    gc_assert(reason != 0);
    if (s->reason == 0) {
        s->reason = reason;
        s->abort_cause = s->opening.phase >= GC_SCTP_PHASE_ECHOED ? abort_cause : 0;
        gc_sctp_out_end(&s->out);
    }
}

void gc_sctp_state_lost(gc_sctp *s) {
    gc_sctp_congestion_lost(&s->congestion, (uint32_t)(s->recovery.lost_bytes - s->lost_bytes));
    s->lost_bytes = s->recovery.lost_bytes;
    if (s->spurious != s->recovery.spurious) {
        s->spurious = s->recovery.spurious;
        gc_sctp_congestion_spurious(&s->congestion);
    }
}

void gc_sctp_state_path(gc_sctp *s) {
    uint32_t tsn;
    if (gc_sctp_mtu_watched(&s->mtu, &tsn)) {
        switch (gc_sctp_out_fate(&s->out, tsn)) {
        case GC_SCTP_FATE_ACKED:
            gc_sctp_mtu_came(&s->mtu);
            break;
        case GC_SCTP_FATE_LOST:
            gc_sctp_mtu_lost(&s->mtu, s->now_ms);
            break;
        default:
            break;
        }
    }
    gc_sctp_congestion_size(&s->congestion, s->mtu.bytes);
}

bool gc_sctp_state_gives_up(const gc_sctp *s) {
    return gc_sctp_state_is_open(s) && s->opening.peer.forward_tsn;
}

bool gc_sctp_state_is_open(const gc_sctp *s) {
    return s->reason == 0 && s->opening.phase == GC_SCTP_PHASE_OPEN;
}

/* Whether chunks are I-DATA follows from what the peer said first: some of them may have gone out,
 * and others are as long as that allows. Those that went out are sent again. Returns false for a
 * peer that says something else now. */
static bool meet(gc_sctp *s, bool interleaves) {
    if (s->met) {
        gc_sctp_out_lose_all(&s->out, s->now_ms);
        return interleaves == s->out.interleaves;
    }
    s->met = true;
    if (interleaves) {
        gc_sctp_out_interleave(&s->out);
    }
    return true;
}

/* The numbers of the peer, from its INIT ACK or its COOKIE ECHO. Nothing has come from it yet. They
 * come once more after a stale cookie, or with a cookie under another tag (RFC 9260 5.2.6, 5.2.4
 * B).
 */
static void know_peer(gc_sctp *s) {
    const gc_sctp_init_chunk *peer = &s->opening.peer;
    bool interleaves = s->config.interleaves && peer->interleaves;
    if (!meet(s, interleaves)) {
        gc_sctp_state_end(s, GC_SCTP_VIOLATION, GC_SCTP_CAUSE_VIOLATION);
        return;
    }
    gc_sctp_in_begin(&s->in, peer->tsn, s->config.window_bytes);
    if (gc_sctp_init_zero_checksum(peer)) {
        uint32_t wide_bytes = s->config.wide_window_bytes;
        gc_sctp_in_widen(&s->in, wide_bytes > 0 ? wide_bytes : s->config.window_bytes);
    }
    if (interleaves) {
        gc_sctp_in_interleave(&s->in);
    }
    gc_sctp_resets_know(&s->resets, peer->tsn);
    s->peer_window = peer->window_bytes;
}

static void open(gc_sctp *s) {
    s->up_due = true;
    s->limit_at_ms = GC_NEVER;
    s->progress_ms = s->now_ms;
    if (s->out.flight.first != GC_SCTP_NO_BLOCK) { /* it went with the COOKIE ECHO */
        gc_sctp_recovery_sent(&s->recovery, s->now_ms);
    }
}

void gc_sctp_state_news(gc_sctp *s, uint32_t news) {
    if (news == GC_SCTP_NEWS_PEER || news == GC_SCTP_NEWS_BOTH) {
        know_peer(s);
    }
    if (s->reason == 0 && (news == GC_SCTP_NEWS_OPEN || news == GC_SCTP_NEWS_BOTH)) {
        open(s);
    }
    if (news == GC_SCTP_NEWS_RESTART) {
        gc_sctp_state_end(s, GC_SCTP_RESTARTED, GC_SCTP_CAUSE_RESTART);
    }
}
