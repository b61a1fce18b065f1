#include "rtc/sctp_transmit.h"
#include "core/base/timers.h"

uint32_t gc_sctp_transmit_chunk_bytes(const gc_sctp *s) {
    bool known = s->opening.phase >= GC_SCTP_PHASE_ECHOED;
    bool may = s->config.interleaves && (!known || s->out.interleaves);
    return gc_sctp_mtu_chunk_bytes(&s->mtu) - (may ? GC_SCTP_I_DATA_BYTES : GC_SCTP_DATA_BYTES);
}

/* --- which chunk of DATA ---------------------------------------------------------------------- */

/* RFC 9260 6.1 A: one chunk may always be under way, so that a window of 0 is asked after. */
static bool window_allows(const gc_sctp *s, uint32_t len) {
    uint64_t unacknowledged = (uint64_t)s->out.flight.bytes + s->out.lost.bytes;
    return unacknowledged == 0 || unacknowledged + len <= s->peer_window;
}

/* The chunk that was sent last, unless it is not to be sent again. */
static uint32_t choose_repeated(const gc_sctp *s) {
    uint32_t block = s->out.flight.last;
    bool may = block == GC_SCTP_NO_BLOCK || !gc_sctp_state_gives_up(s) ||
               gc_sctp_out_may_repeat(&s->out, block, s->now_ms);
    return may ? block : GC_SCTP_NO_BLOCK;
}

/* A probe that has nothing new to send repeats the last chunk (RFC 8985 7.3). */
static uint32_t choose_probe(const gc_sctp *s) {
    uint32_t block = gc_sctp_out_next(&s->out, true);
    bool is_new = block != GC_SCTP_NO_BLOCK && s->out.lost.first == GC_SCTP_NO_BLOCK;
    if (block == GC_SCTP_NO_BLOCK || (is_new && !window_allows(s, s->pool->blocks[block].len))) {
        return choose_repeated(s);
    }
    return block;
}

/* Returns the chunk that may be sent as far as windows go, or GC_SCTP_NO_BLOCK. */
static uint32_t choose_allowed(const gc_sctp *s) {
    if (!gc_sctp_congestion_allows(&s->congestion, s->out.flight.bytes)) {
        return GC_SCTP_NO_BLOCK;
    }
    uint32_t block = gc_sctp_out_next(&s->out, true);
    if (block == GC_SCTP_NO_BLOCK || s->out.lost.first != GC_SCTP_NO_BLOCK) {
        return block;
    }
    return window_allows(s, s->pool->blocks[block].len) ? block : GC_SCTP_NO_BLOCK;
}

static bool is_time(const gc_sctp *s) {
    return gc_sctp_pacer_at_ms(&s->pacer) <= s->now_ms;
}

/* Returns the chunk that may be sent now, or GC_SCTP_NO_BLOCK. begun: there is one in the packet,
 * which goes out now: however wide it is, it is filled, and what follows waits for all of it. */
static uint32_t choose(const gc_sctp *s, bool begun) {
    if (s->extra_due) {
        return choose_probe(s);
    }
    return begun || is_time(s) ? choose_allowed(s) : GC_SCTP_NO_BLOCK;
}

uint64_t gc_sctp_transmit_paced_at(const gc_sctp *s) {
    bool waits = s->opening.phase == GC_SCTP_PHASE_OPEN && !is_time(s) &&
                 choose_allowed(s) != GC_SCTP_NO_BLOCK;
    return waits ? gc_sctp_pacer_at_ms(&s->pacer) : GC_NEVER;
}

/* RFC 7053: the last chunk of all asks for its acknowledgement at once. */
static bool is_last(const gc_sctp *s, uint32_t block) {
    uint32_t unsent = s->out.unsent.list.first, lost = s->out.lost.first;
    return (lost == GC_SCTP_NO_BLOCK || (lost == block && lost == s->out.lost.last)) &&
           (unsent == GC_SCTP_NO_BLOCK || (unsent == block && unsent == s->out.unsent.list.last));
}

static bool fits(const gc_sctp *s, uint32_t used, uint32_t block) {
    uint32_t len = gc_sctp_out_head_bytes(&s->out) + gc_sctp_padded(s->pool->blocks[block].len);
    return used + len <= s->mtu.bytes;
}

static void give_up(gc_sctp *s) {
    if (gc_sctp_state_gives_up(s)) {
        gc_sctp_out_give_up(&s->out, s->now_ms);
    }
}

/* Returns the chunk that is written, or GC_SCTP_NO_BLOCK. */
static uint32_t write_data(gc_sctp *s, gc_writer *w, bool begun) {
    give_up(s);
    uint32_t block = choose(s, begun);
    if (block == GC_SCTP_NO_BLOCK) {
        s->extra_due = false; /* there is nothing to probe with */
        return block;
    }
    if (!fits(s, w->at, block)) {
        gc_assert(w->at > GC_SCTP_HEAD_BYTES);
        gc_sctp_mtu_wanted(&s->mtu, s->now_ms);
        return GC_SCTP_NO_BLOCK;
    }
    uint8_t flags = is_last(s, block) || s->extra_due ? GC_SCTP_FLAG_AT_ONCE : 0;
    s->extra_due = false;
    gc_sctp_out_send(&s->out, block, s->now_ms, flags, w);
    gc_sctp_rate_sent(&s->rate, s->now_ms, &s->pool->blocks[block].stamp);
    gc_sctp_pacer_sent(&s->pacer, s->now_ms, s->pool->blocks[block].len,
                       gc_sctp_congestion_rate(&s->congestion));
    if (s->opening.phase == GC_SCTP_PHASE_OPEN) {
        gc_sctp_recovery_sent(&s->recovery, s->now_ms);
    }
    return block;
}

static void write_all_data(gc_sctp *s, gc_writer *w) {
    uint32_t last = GC_SCTP_NO_BLOCK;
    for (uint32_t block = 0; block != GC_SCTP_NO_BLOCK;) {
        block = write_data(s, w, last != GC_SCTP_NO_BLOCK);
        last = block == GC_SCTP_NO_BLOCK ? last : block;
    }
    if (last != GC_SCTP_NO_BLOCK) {
        gc_sctp_mtu_sent(&s->mtu, w->at, s->pool->blocks[last].tsn);
    }
}

/* --- what goes before it ---------------------------------------------------------------------- */

static uint32_t left(const gc_sctp *s, const gc_writer *w) {
    return w->at < s->mtu.bytes ? s->mtu.bytes - w->at : 0;
}

/* A SACK that is not due goes along with DATA beside which there is room for it. */
static void write_sack(gc_sctp *s, gc_writer *w) {
    uint64_t at_ms = gc_sctp_in_sack_at(&s->in);
    uint32_t block = choose(s, false);
    bool along = at_ms != GC_NEVER && block != GC_SCTP_NO_BLOCK &&
                 fits(s, w->at + GC_SCTP_SACK_BYTES, block);
    bool due = at_ms <= s->now_ms;
    if ((due || along) && left(s, w) >= GC_SCTP_SACK_BYTES) {
        gc_sctp_in_sack(&s->in, w, due ? left(s, w) : GC_SCTP_SACK_BYTES);
    }
}

static void write_answers(gc_sctp *s, gc_writer *w) {
    if (s->heartbeat_len > 0 && s->heartbeat_len + 8 <= left(s, w)) {
        gc_sctp_plain_write(w, GC_SCTP_HEARTBEAT_ACK, 0,
                            gc_span_of(s->heartbeat, s->heartbeat_len));
        s->heartbeat_len = 0;
    }
    if (s->unknown_len > 0 && s->unknown_len + 12 <= left(s, w)) {
        gc_sctp_cause_write(w, GC_SCTP_ERROR, GC_SCTP_CAUSE_UNKNOWN_CHUNK,
                            gc_span_of(s->unknown, s->unknown_len));
        s->unknown_len = 0;
    }
    if (gc_sctp_resets_due(&s->resets) && GC_SCTP_RESET_BYTES_MAX <= left(s, w)) {
        gc_sctp_resets_write(&s->resets, w);
    }
}

static void write_forward(gc_sctp *s, gc_writer *w) {
    if (!gc_sctp_state_gives_up(s)) {
        return;
    }
    give_up(s);
    gc_sctp_forward_step(&s->forward, &s->out);
    if (gc_sctp_forward_due(&s->forward) && left(s, w) >= GC_SCTP_FORWARD_BYTES_MAX) {
        gc_sctp_forward_write(&s->forward, &s->out, w, s->now_ms,
                              gc_sctp_recovery_answer_ms(&s->recovery));
    }
}

/* --- the packet ------------------------------------------------------------------------------- */

static bool alone(gc_sctp *s, gc_span *packet) {
    uint32_t tag = 0;
    if (s->reason != 0 || !gc_sctp_opening_alone(&s->opening, &tag)) {
        return false;
    }
    gc_writer w;
    gc_writer_init(&w, s->pool->packet, GC_SCTP_PACKET_BYTES_MAX);
    gc_sctp_packet_begin(&w, &(gc_sctp_head){GC_SCTP_PORT, GC_SCTP_PORT, tag});
    gc_sctp_opening_write_alone(&s->opening, &w, s->now_ms, s->pool->cookie_key);
    *packet = gc_sctp_packet_close(&s->pool->crc, &w);
    return true;
}

/* The last words of an association that has ended. */
static void write_end(gc_sctp *s, gc_writer *w) {
    if (s->abort_cause != 0) {
        gc_sctp_cause_write(w, GC_SCTP_ABORT, s->abort_cause, GC_SPAN_NONE);
        s->abort_cause = 0;
    }
    gc_sctp_closing_write(&s->closing, s->in.arrivals.cumulative, w);
}

/* The application has given nothing more to send, though it might be sent: unless more is in flight
 * than may wait, and it is the pool that has no room for more. */
static void note_pause(gc_sctp *s) {
    uint32_t flight_bytes = s->out.flight.bytes;
    bool nothing =
        s->out.lost.first == GC_SCTP_NO_BLOCK && s->out.unsent.list.first == GC_SCTP_NO_BLOCK;
    bool full = s->out.share.held >= s->out.unsent.blocks_max;
    if (nothing && !full && gc_sctp_congestion_allows(&s->congestion, flight_bytes)) {
        gc_sctp_rate_limited(&s->rate, flight_bytes);
    }
}

static void write_open(gc_sctp *s, gc_writer *w) {
    bool data = s->opening.phase == GC_SCTP_PHASE_OPEN || s->opening.echo_due;
    gc_sctp_opening_write(&s->opening, w);
    if (s->opening.phase == GC_SCTP_PHASE_OPEN) {
        gc_sctp_closing_write(&s->closing, s->in.arrivals.cumulative, w);
        write_sack(s, w);
    }
    write_answers(s, w);
    write_forward(s, w);
    if (data) {
        write_all_data(s, w);
    }
    note_pause(s);
}

/* RFC 8899 3, 5: outside of congestion control. */
static bool write_probe(gc_sctp *s, gc_writer *w) {
    bool open = gc_sctp_state_is_open(s) && s->closing.phase == GC_SCTP_CLOSING_NONE;
    return open && gc_sctp_mtu_probe(&s->mtu, w, s->now_ms, 2 * s->recovery.rto_ms);
}

bool gc_sctp_transmit(gc_sctp *s, gc_span *packet) {
    if (alone(s, packet)) {
        return true;
    }
    /* RFC 9653 5.2: DTLS finds every error. INIT and COOKIE ECHO have a checksum nevertheless, and
     * so has INIT ACK, which is sent before the peer's numbers are kept. */
    bool zero = s->opening.peer.zero_checksum && !s->opening.echo_due;
    if (s->opening.phase < GC_SCTP_PHASE_ECHOED && !gc_sctp_opening_due(&s->opening)) {
        return false;
    }
    gc_writer w;
    gc_writer_init(&w, s->pool->packet, GC_SCTP_PACKET_BYTES_MAX);
    gc_sctp_packet_begin(&w, &(gc_sctp_head){GC_SCTP_PORT, GC_SCTP_PORT, s->opening.peer.tag});
    if (s->reason != 0) {
        write_end(s, &w);
    } else {
        write_open(s, &w);
    }
    if (w.at == GC_SCTP_HEAD_BYTES && !write_probe(s, &w)) {
        return false;
    }
    *packet = gc_sctp_packet_close(zero ? NULL : &s->pool->crc, &w);
    return true;
}
