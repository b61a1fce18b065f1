#include "rtc/sctp_receive.h"
#include "core/base/mem.h"
#include "core/base/timers.h"

/* Chunks that cost a walk over all that is held. No sender has more of a kind in one packet; the
 * rest is ignored as if it were lost, so that nobody buys many walks with one packet. */
enum { WALK_SACK, WALK_FORWARD, WALK_RECONFIG, WALKS };
static const uint32_t walks_max[WALKS] = {1, 1, 2};

/* Collected over the DATA chunks of one packet. */
typedef struct packet_data {
    bool came;
    bool at_once; /* a SACK now */
    uint32_t walks[WALKS];
} packet_data;

/* A peer that sends DATA or SACK has our COOKIE ECHO, whatever became of its COOKIE ACK. */
static bool is_open(gc_sctp *s) {
    if (s->reason == 0 && s->opening.phase == GC_SCTP_PHASE_ECHOED) {
        gc_sctp_state_news(s, gc_sctp_opening_cookie_ack(&s->opening));
    }
    return gc_sctp_state_is_open(s);
}

static void take_result(gc_sctp *s, uint32_t result) {
    if (result == GC_SCTP_IN_VIOLATION) {
        gc_sctp_state_end(s, GC_SCTP_VIOLATION, GC_SCTP_CAUSE_VIOLATION);
    } else if (result == GC_SCTP_IN_EXCESS) {
        gc_sctp_state_end(s, GC_SCTP_EXCESS, GC_SCTP_CAUSE_VIOLATION);
    }
}

/* RFC 8260 2.2.1: a peer sends the one kind of chunks or the other. */
static bool is_agreed(const gc_sctp *s, const gc_sctp_chunk *c) {
    bool interleaved = c->type == GC_SCTP_I_DATA || c->type == GC_SCTP_I_FORWARD_TSN;
    return interleaved == s->in.interleaves;
}

static void on_data(gc_sctp *s, const gc_sctp_chunk *c, packet_data *got) {
    gc_sctp_data d;
    if (!is_agreed(s, c) || gc_sctp_data_read(c, &d) != 0) {
        gc_sctp_state_end(s, GC_SCTP_VIOLATION, GC_SCTP_CAUSE_VIOLATION);
        return;
    }
    bool hurries = gc_sctp_in_hurries(&s->in, &d);
    uint32_t result = gc_sctp_in_data(&s->in, &d);
    got->came = true;
    got->at_once = got->at_once || hurries || result != GC_SCTP_IN_TAKEN;
    take_result(s, result);
}

static void on_forward(gc_sctp *s, const gc_sctp_chunk *c, packet_data *got) {
    uint32_t cumulative = 0;
    gc_span skips;
    if (!is_agreed(s, c)) {
        gc_sctp_state_end(s, GC_SCTP_VIOLATION, GC_SCTP_CAUSE_VIOLATION);
        return;
    }
    if (gc_sctp_forward_read(c, &cumulative, &skips) == 0) {
        got->came = true;
        got->at_once = true;
        take_result(s, gc_sctp_in_forward(&s->in, cumulative, skips));
    }
}

/* The round trip of a chunk that was sent again is not known. */
static void take_sample(gc_sctp *s, const gc_sctp_acked *acked) {
    if (acked->newest_tries == 0) {
        return;
    }
    gc_sctp_sample sample = {.now_ms = s->now_ms,
                             .acked_bytes = acked->bytes,
                             .flight_bytes = s->out.flight.bytes,
                             .rtt_ms = UINT32_MAX};
    if (acked->newest_tries == 1) {
        sample.rtt_ms = (uint32_t)(s->now_ms - acked->newest_ms);
    }
    sample.rate = gc_sctp_rate_acked(&s->rate, s->now_ms, acked->bytes, &acked->newest_stamp,
                                     acked->newest_ms);
    gc_sctp_congestion_acked(&s->congestion, &sample);
}

/* Of SACK and, without gaps and window, of SHUTDOWN. */
static void take_acked(gc_sctp *s, const gc_sctp_sack *sack) {
    gc_sctp_acked acked = gc_sctp_out_ack(&s->out, sack);
    if (acked.violation) {
        gc_sctp_state_end(s, GC_SCTP_VIOLATION, GC_SCTP_CAUSE_VIOLATION);
        return;
    }
    if (acked.old) {
        return;
    }
    s->peer_window = sack->window_bytes;
    if (acked.bytes > 0 || acked.advanced) {
        s->progress_ms = s->now_ms;
    }
    gc_sctp_recovery_acked(&s->recovery, &s->out, &acked, sack->duplicates, s->now_ms);
    gc_sctp_state_lost(s);
    take_sample(s, &acked);
    gc_sctp_state_path(s);
}

static void on_sack(gc_sctp *s, const gc_sctp_chunk *c) {
    gc_sctp_sack sack;
    if (gc_sctp_sack_read(c, &sack) == 0) {
        take_acked(s, &sack);
    }
}

static void on_closing(gc_sctp *s, const gc_sctp_chunk *c) {
    gc_sctp_sack sack = {.window_bytes = s->peer_window};
    if (c->type == GC_SCTP_SHUTDOWN) {
        if (gc_sctp_shutdown_read(c, &sack.cumulative) != 0) {
            return;
        }
        take_acked(s, &sack);
    }
    if (s->reason == 0) {
        gc_sctp_closing_chunk(&s->closing, c->type, s->now_ms);
    }
    if (s->closing.phase == GC_SCTP_CLOSING_DONE) {
        gc_sctp_state_end(s, GC_SCTP_CLOSED, 0);
    }
}

static void on_abort(gc_sctp *s, const gc_sctp_chunk *c) {
    s->cause = gc_sctp_cause_read(c);
    gc_sctp_state_end(s, GC_SCTP_ABORTED, 0);
}

static void on_heartbeat(gc_sctp *s, const gc_sctp_chunk *c) {
    if (c->value.len > 0 && c->value.len <= sizeof(s->heartbeat)) {
        memcpy(s->heartbeat, c->value.data, c->value.len);
        s->heartbeat_len = c->value.len;
    }
}

static void on_error(gc_sctp *s, const gc_sctp_chunk *c) {
    if (gc_sctp_cause_read(c) == GC_SCTP_CAUSE_STALE_COOKIE) {
        gc_sctp_opening_stale(&s->opening, s->now_ms);
    }
}

/* RFC 9260 3.2: returns false when the rest of the packet is not read. The chunk is reported with
 * as much of it as there is room for. */
static bool on_unknown(gc_sctp *s, const gc_sctp_chunk *c) {
    if (GC_SCTP_REPORTS(c->type)) {
        uint32_t room = sizeof(s->unknown) - GC_SCTP_CHUNK_BYTES;
        uint32_t len = c->value.len < room ? c->value.len : room;
        s->unknown[0] = c->type;
        s->unknown[1] = c->flags;
        s->unknown[2] = (uint8_t)((c->value.len + GC_SCTP_CHUNK_BYTES) >> 8);
        s->unknown[3] = (uint8_t)(c->value.len + GC_SCTP_CHUNK_BYTES);
        if (len > 0) {
            memcpy(s->unknown + GC_SCTP_CHUNK_BYTES, c->value.data, len);
        }
        s->unknown_len = len + GC_SCTP_CHUNK_BYTES;
    }
    return GC_SCTP_SKIPS(c->type);
}

static bool may_walk(packet_data *got, uint32_t kind) {
    return got->walks[kind]++ < walks_max[kind];
}

/* Chunks of an association that is established. */
static void on_open_chunk(gc_sctp *s, const gc_sctp_chunk *c, packet_data *got) {
    switch (c->type) {
    case GC_SCTP_DATA:
    case GC_SCTP_I_DATA:
        on_data(s, c, got);
        break;
    case GC_SCTP_SACK:
        if (may_walk(got, WALK_SACK)) {
            on_sack(s, c);
        }
        break;
    case GC_SCTP_FORWARD_TSN:
    case GC_SCTP_I_FORWARD_TSN:
        if (may_walk(got, WALK_FORWARD)) {
            on_forward(s, c, got);
        }
        break;
    case GC_SCTP_RECONFIG:
        if (may_walk(got, WALK_RECONFIG)) {
            gc_sctp_resets_chunk(&s->resets, &s->in, &s->out, s->now_ms, c);
        }
        break;
    default:
        on_closing(s, c);
        break;
    }
}

/* Returns false when the rest of the packet is not read. */
static bool on_chunk(gc_sctp *s, const gc_sctp_chunk *c, packet_data *got) {
    switch (c->type) {
    case GC_SCTP_DATA:
    case GC_SCTP_I_DATA:
    case GC_SCTP_SACK:
    case GC_SCTP_FORWARD_TSN:
    case GC_SCTP_I_FORWARD_TSN:
    case GC_SCTP_RECONFIG:
    case GC_SCTP_SHUTDOWN:
    case GC_SCTP_SHUTDOWN_ACK:
    case GC_SCTP_SHUTDOWN_COMPLETE:
        if (is_open(s)) {
            on_open_chunk(s, c, got);
        }
        return true;
    case GC_SCTP_INIT_ACK:
        gc_sctp_state_news(s, gc_sctp_opening_init_ack(&s->opening, s->now_ms, c));
        return true;
    case GC_SCTP_COOKIE_ECHO:
        gc_sctp_state_news(
            s, gc_sctp_opening_cookie_echo(&s->opening, s->now_ms, s->pool->cookie_key, c));
        return true;
    case GC_SCTP_COOKIE_ACK:
        gc_sctp_state_news(s, gc_sctp_opening_cookie_ack(&s->opening));
        return true;
    case GC_SCTP_HEARTBEAT:
        on_heartbeat(s, c);
        return true;
    case GC_SCTP_ABORT:
        on_abort(s, c);
        return false;
    case GC_SCTP_ERROR:
        on_error(s, c);
        return true;
    case GC_SCTP_INIT: /* RFC 9260 6.10: never beside others */
        return false;
    case GC_SCTP_HEARTBEAT_ACK:
        gc_sctp_mtu_answer(&s->mtu, c->value, s->now_ms);
        gc_sctp_state_path(s);
        return true;
    case GC_SCTP_PAD:
        return true;
    default:
        return on_unknown(s, c);
    }
}

/* RFC 9260 8.5, 8.5.1: the tag of ours; 0 for an INIT, which stands alone; the peer's own for its
 * last words when it has no state any more. */
static bool belongs(const gc_sctp *s, const gc_sctp_head *head, const gc_sctp_chunk *first,
                    const gc_reader *rest) {
    if (first->type == GC_SCTP_INIT) {
        return head->tag == 0 && gc_reader_left(rest) == 0;
    }
    bool last = first->type == GC_SCTP_ABORT || first->type == GC_SCTP_SHUTDOWN_COMPLETE;
    if (last && (first->flags & GC_SCTP_FLAG_OWN_TAG) != 0) {
        return s->opening.phase >= GC_SCTP_PHASE_ECHOED && head->tag == s->opening.peer.tag;
    }
    return head->tag == s->opening.own.tag;
}

void gc_sctp_receive(gc_sctp *s, gc_span packet) {
    gc_sctp_head head;
    gc_sctp_chunk c;
    gc_reader r;
    if (s->reason != 0 ||
        gc_sctp_packet_open(&s->pool->crc, packet, s->opening.declared, &head, &r) != 0 ||
        head.from != GC_SCTP_PORT || head.to != GC_SCTP_PORT || !gc_sctp_chunk_next(&r, &c) ||
        !belongs(s, &head, &c, &r)) {
        return;
    }
    if (c.type == GC_SCTP_INIT) {
        gc_sctp_opening_init(&s->opening, &c);
        return;
    }
    packet_data got = {0};
    bool more = true;
    while (more && on_chunk(s, &c, &got) && s->reason == 0) {
        more = gc_sctp_chunk_next(&r, &c);
    }
    if (got.came && s->reason == 0) {
        gc_sctp_in_packet_read(&s->in, s->now_ms, got.at_once);
    }
}
