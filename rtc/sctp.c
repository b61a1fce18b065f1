#include "rtc/sctp.h"
#include "core/base/error.h"
#include "core/base/number.h"
#include "core/base/timers.h"
#include "rtc/sctp_receive.h"
#include "rtc/sctp_transmit.h"

#define PACKET_BYTES_MIN 512

_Static_assert(GC_SCTP_MESSAGE_BYTES_MAX /
                       (PACKET_BYTES_MIN - GC_SCTP_HEAD_BYTES - GC_SCTP_I_DATA_BYTES) <
                   GC_SCTP_FRAGMENTS_MAX,
               "the longest message has few enough fragments on the narrowest path");
_Static_assert(GC_SCTP_PEER_COOKIE_BYTES_MAX + GC_SCTP_HEAD_BYTES + GC_SCTP_CHUNK_BYTES <=
                   GC_SCTP_PACKET_BYTES,
               "the peer's cookie fits into a packet");

/* --- memory ----------------------------------------------------------------------------------- */

void gc_sctp_place(gc_sctp *s, gc_sctp_pool *pool, gc_arena *a) {
    s->pool = pool;
    gc_sctp_pool_count(pool);
    gc_sctp_in_place(&s->in, pool, a);
    gc_sctp_out_place(&s->out, pool, a, GC_SCTP_STREAMS_MAX);
}

void gc_sctp_begin(gc_sctp *s, const gc_sctp_config *config, uint64_t now_ms) {
    gc_assert(config->packet_bytes >= PACKET_BYTES_MIN &&
              config->packet_bytes <= GC_SCTP_PACKET_BYTES_MAX &&
              config->window_bytes >= 2 * GC_SCTP_MESSAGE_BYTES_MAX &&
              config->queue_bytes >= 2 * GC_SCTP_MESSAGE_BYTES_MAX);
    s->config = *config;
    s->now_ms = now_ms;
    gc_sctp_opening_begin(&s->opening, s->pool->drbg, config->window_bytes, GC_SCTP_STREAMS_MAX);
    s->opening.own.interleaves = config->interleaves;
    gc_sctp_closing_begin(&s->closing);
    gc_sctp_in_begin(&s->in, 0, config->window_bytes);
    gc_sctp_out_begin(&s->out, s->opening.own.tsn, config->queue_bytes);
    gc_sctp_recovery_begin(&s->recovery);
    gc_sctp_rate_begin(&s->rate, now_ms);
    gc_sctp_congestion_begin(&s->congestion, config->packet_bytes, now_ms, s->opening.own.tag);
    gc_sctp_pacer_begin(&s->pacer);
    gc_sctp_mtu_begin(&s->mtu, s->pool->drbg, config->packet_bytes);
    gc_sctp_forward_begin(&s->forward, s->out.acked_tsn);
    s->lost_bytes = s->spurious = 0;
    gc_sctp_resets_begin(&s->resets, s->opening.own.tsn);
    s->peer_window = 0;
    s->limit_at_ms = GC_NEVER;
    s->progress_ms = now_ms;
    s->extra_due = s->up_due = s->met = s->told = false;
    s->refused = 0;
    s->heartbeat_len = s->unknown_len = 0;
    s->reason = 0;
    s->cause = s->abort_cause = 0;
}

void gc_sctp_end(gc_sctp *s) {
    gc_sctp_state_end(s, GC_SCTP_CANCELLED, 0);
    gc_sctp_in_end(&s->in);
    s->told = true;
}

/* --- what is due ------------------------------------------------------------------------------ */

static uint64_t stall_at(const gc_sctp *s) {
    bool waits = gc_sctp_state_is_open(s) && !gc_sctp_out_is_empty(&s->out);
    return waits ? s->progress_ms + GC_SCTP_STALL_MS : GC_NEVER;
}

uint64_t gc_sctp_deadline(const gc_sctp *s) {
    if (s->reason != 0) {
        return GC_NEVER;
    }
    uint64_t at_ms = gc_min_u64(s->limit_at_ms, s->opening.t1_at_ms);
    at_ms = gc_min_u64(at_ms, stall_at(s));
    at_ms = gc_min_u64(at_ms, gc_sctp_in_sack_at(&s->in));
    at_ms = gc_min_u64(at_ms, gc_sctp_recovery_deadline(&s->recovery));
    at_ms = gc_min_u64(at_ms, gc_sctp_transmit_paced_at(s));
    at_ms = gc_min_u64(at_ms, s->closing.t2_at_ms);
    at_ms = gc_min_u64(at_ms, gc_sctp_mtu_deadline(&s->mtu));
    at_ms = gc_min_u64(at_ms, gc_sctp_forward_deadline(&s->forward));
    return gc_min_u64(at_ms, s->resets.again_at_ms);
}

/* The COOKIE ECHO goes out again, and with it the data that went with it. */
static void repeat_opening(gc_sctp *s) {
    gc_sctp_out_lose_all(&s->out, s->now_ms);
}

static void tick_path(gc_sctp *s) {
    switch (gc_sctp_recovery_tick(&s->recovery, &s->out, s->now_ms)) {
    case GC_SCTP_DUE_PROBE:
        s->extra_due = true;
        break;
    case GC_SCTP_DUE_TIMEOUT:
        gc_sctp_congestion_timed_out(&s->congestion);
        break;
    default:
        break;
    }
    gc_sctp_state_lost(s);
    gc_sctp_mtu_tick(&s->mtu, s->now_ms);
    gc_sctp_forward_tick(&s->forward, s->now_ms);
    gc_sctp_state_path(s);
}

/* Takes the steps that any input may have made possible. */
static void settle(gc_sctp *s) {
    if (!gc_sctp_state_is_open(s)) {
        return;
    }
    gc_sctp_resets_step(&s->resets, &s->out, s->opening.peer.reconfig, s->now_ms);
    gc_sctp_closing_step(&s->closing, gc_sctp_out_is_empty(&s->out), s->now_ms);
    if (s->limit_at_ms == GC_NEVER && s->closing.phase != GC_SCTP_CLOSING_NONE) {
        s->limit_at_ms = s->now_ms + GC_SCTP_CLOSE_MS;
    }
}

void gc_sctp_tick(gc_sctp *s, uint64_t now_ms) {
    gc_sctp_state_time(s, now_ms);
    if (s->reason != 0) {
        return;
    }
    if (gc_min_u64(s->limit_at_ms, stall_at(s)) <= s->now_ms) {
        gc_sctp_state_end(s, GC_SCTP_UNREACHABLE, GC_SCTP_CAUSE_USER);
        return;
    }
    if (gc_sctp_opening_tick(&s->opening, s->now_ms)) {
        repeat_opening(s);
    }
    tick_path(s);
    settle(s);
}

/* --- inputs ----------------------------------------------------------------------------------- */

void gc_sctp_round_trip(gc_sctp *s, uint32_t rtt_ms) {
    gc_sctp_opening_round_trip(&s->opening, rtt_ms);
    gc_sctp_recovery_measured(&s->recovery, rtt_ms);
}

gc_span gc_sctp_tell(gc_sctp *s, uint8_t bytes[GC_SCTP_TOLD_INIT_BYTES_MAX]) {
    return gc_sctp_opening_tell(&s->opening, bytes);
}

int gc_sctp_agree(gc_sctp *s, gc_span init) {
    return gc_sctp_opening_agree(&s->opening, init);
}

void gc_sctp_widen(gc_sctp *s, uint32_t packet_bytes_max) {
    gc_assert(packet_bytes_max <= GC_SCTP_PACKET_BYTES_MAX);
    gc_sctp_mtu_limit(&s->mtu, packet_bytes_max);
}

void gc_sctp_moved(gc_sctp *s, uint64_t now_ms, bool elsewhere) {
    gc_sctp_state_time(s, now_ms);
    bool learned = s->rate.delivered > 0 || s->out.flight.bytes > 0;
    if (elsewhere) {
        gc_sctp_mtu_moved(&s->mtu);
        gc_sctp_state_path(s);
    }
    if (elsewhere && learned) {
        gc_sctp_rate_moved(&s->rate);
        gc_sctp_congestion_moved(&s->congestion, s->rate.delivered, s->now_ms);
    }
    if (gc_sctp_recovery_moved(&s->recovery, s->now_ms)) {
        s->extra_due = true;
    }
}

void gc_sctp_connect(gc_sctp *s, uint64_t now_ms) {
    gc_sctp_state_time(s, now_ms);
    if (s->reason == 0 && s->opening.phase == GC_SCTP_PHASE_CLOSED) {
        s->limit_at_ms = s->now_ms + GC_SCTP_OPEN_MS;
        gc_sctp_state_news(s, gc_sctp_opening_connect(&s->opening, s->now_ms));
    }
}

void gc_sctp_packet(gc_sctp *s, uint64_t now_ms, gc_span packet) {
    gc_sctp_state_time(s, now_ms);
    gc_sctp_receive(s, packet);
    settle(s);
}

/* Returns true when messages may be queued. */
static bool takes(const gc_sctp *s) {
    return s->reason == 0 && s->opening.phase != GC_SCTP_PHASE_CLOSED &&
           s->closing.phase == GC_SCTP_CLOSING_NONE;
}

static bool has_stream(const gc_sctp *s, uint16_t stream) {
    bool known = s->opening.phase >= GC_SCTP_PHASE_ECHOED;
    return stream < GC_SCTP_STREAMS_MAX && (!known || stream < s->opening.peer.streams_in);
}

int gc_sctp_send(gc_sctp *s, uint64_t now_ms, const gc_sctp_message *m) {
    gc_sctp_state_time(s, now_ms);
    if (!takes(s)) {
        return GC_E_CLOSED;
    }
    if (m->bytes.len > GC_SCTP_MESSAGE_BYTES_MAX) {
        return GC_E_TOO_BIG;
    }
    if (m->bytes.len == 0 || !has_stream(s, m->stream)) {
        return GC_E_ARGUMENT;
    }
    if (gc_sctp_resets_holds(&s->resets, m->stream)) {
        return GC_E_STATE;
    }
    if (gc_sctp_out_is_empty(&s->out)) {
        s->progress_ms = s->now_ms;
    }
    gc_sctp_data d = {.ppid = m->ppid,
                      .stream = m->stream,
                      .flags = m->unordered ? GC_SCTP_FLAG_UNORDERED : 0,
                      .bytes = m->bytes};
    gc_sctp_limit limit = {.dies_ms = m->lifetime_ms == 0 ? 0 : s->now_ms + m->lifetime_ms,
                           .tries_max =
                               (uint16_t)(m->tries_max < UINT16_MAX ? m->tries_max : UINT16_MAX)};
    uint32_t chunk_bytes = gc_sctp_transmit_chunk_bytes(s);
    int error = gc_sctp_out_put(&s->out, &d, &limit, chunk_bytes);
    if (error == GC_E_FULL) {
        uint32_t need = gc_sctp_unsent_need(m->bytes.len, chunk_bytes);
        s->refused = need > s->refused ? need : s->refused;
    }
    return error;
}

int gc_sctp_reset(gc_sctp *s, uint64_t now_ms, uint16_t stream) {
    gc_sctp_state_time(s, now_ms);
    if (!takes(s)) {
        return GC_E_CLOSED;
    }
    if (!has_stream(s, stream)) {
        return GC_E_ARGUMENT;
    }
    if (gc_sctp_resets_holds(&s->resets, stream)) {
        return GC_E_STATE;
    }
    gc_sctp_resets_want(&s->resets, stream);
    settle(s);
    return 0;
}

void gc_sctp_close(gc_sctp *s, uint64_t now_ms) {
    gc_sctp_state_time(s, now_ms);
    if (s->reason == 0 && s->opening.phase == GC_SCTP_PHASE_CLOSED) {
        gc_sctp_state_end(s, GC_SCTP_CLOSED, 0);
    } else {
        gc_sctp_closing_close(&s->closing);
        settle(s);
    }
}

void gc_sctp_abort(gc_sctp *s, uint64_t now_ms) {
    gc_sctp_state_time(s, now_ms);
    gc_sctp_state_end(s, GC_SCTP_CANCELLED, GC_SCTP_CAUSE_USER);
}

uint32_t gc_sctp_buffered(const gc_sctp *s) {
    return s->out.unsent.list.bytes;
}

/* --- outputs ---------------------------------------------------------------------------------- */

static bool poll_message(gc_sctp *s, gc_sctp_output *out) {
    gc_sctp_in_message m;
    if (!gc_sctp_in_take(&s->in, &m)) {
        return false;
    }
    out->kind = GC_SCTP_MESSAGE;
    out->message = (gc_sctp_message){
        .bytes = m.bytes, .ppid = m.ppid, .stream = m.stream, .unordered = m.unordered};
    return true;
}

static bool poll_reset(gc_sctp *s, gc_sctp_output *out) {
    bool ours = false;
    if (!gc_sctp_resets_take(&s->resets, &out->message.stream, &ours)) {
        return false;
    }
    out->kind = ours ? GC_SCTP_RESET_OUT : GC_SCTP_RESET_IN;
    return true;
}

/* Half of the queue must be free, and so much of the pool that the longest message finds room. When
 * other links use up the pool, half of our own share must be free and hold what was refused. */
static bool has_room_again(const gc_sctp *s) {
    uint32_t held = s->out.share.held, room = gc_sctp_out_room(&s->out);
    uint32_t longest =
        gc_sctp_unsent_need(GC_SCTP_MESSAGE_BYTES_MAX, gc_sctp_transmit_chunk_bytes(s));
    return s->out.unsent.blocks <= s->out.unsent.blocks_max / 2 && room >= s->refused &&
           (room >= longest || held <= s->out.share.guaranteed / 2);
}

static bool poll_writable(gc_sctp *s, gc_sctp_output *out) {
    if (s->refused == 0 || s->reason != 0 || !has_room_again(s)) {
        return false;
    }
    s->refused = 0;
    out->kind = GC_SCTP_WRITABLE;
    return true;
}

static bool poll_down(gc_sctp *s, gc_sctp_output *out) {
    if (s->reason == 0 || s->told) {
        return false;
    }
    s->told = true;
    gc_sctp_in_end(&s->in);
    out->kind = GC_SCTP_DOWN;
    out->reason = s->reason;
    out->cause = s->cause;
    return true;
}

bool gc_sctp_poll(gc_sctp *s, gc_sctp_output *out) {
    *out = (gc_sctp_output){0};
    if (s->told) {
        return false;
    }
    if (s->up_due) {
        s->up_due = false;
        out->kind = GC_SCTP_UP;
        return true;
    }
    if (poll_message(s, out) || poll_reset(s, out)) {
        return true;
    }
    if (gc_sctp_transmit(s, &out->bytes)) {
        out->kind = GC_SCTP_PACKET;
        settle(s); /* a stream whose last chunk went out can be reset */
        return true;
    }
    return poll_writable(s, out) || poll_down(s, out);
}

bool gc_sctp_awaits(const gc_sctp *s) {
    return s->recovery.armed_ms != GC_NEVER || gc_sctp_forward_awaits(&s->forward);
}
