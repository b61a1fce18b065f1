#include "rtc/sctp_model.h"
#include "core/base/number.h"

#define BOUND_PERMILLE 850
#define FLOOR_PERMILLE 500
/* RFC 9406 4.3: MIN_RTT_THRESH, MAX_RTT_THRESH. */
#define DELAY_MS_MIN 4
#define DELAY_MS_MAX 16

static void begin_round(gc_sctp_model *m, uint32_t end, uint64_t now_ms) {
    m->round_end = end;
    m->round_at_ms = now_ms;
    m->round_acked = m->round_lost = m->round_rate = 0;
    m->round_rtt_ms = UINT32_MAX;
    m->round_limited = false;
}

void gc_sctp_model_begin(gc_sctp_model *m, uint32_t packet_bytes, uint64_t now_ms) {
    *m = (gc_sctp_model){.packet_bytes = packet_bytes,
                         .bound = UINT64_MAX,
                         .rtt_ms = UINT32_MAX,
                         .rtt_at_ms = now_ms,
                         .last_rtt_ms = UINT32_MAX};
    begin_round(m, 0, now_ms);
}

void gc_sctp_model_moved(gc_sctp_model *m, uint32_t delivered, uint64_t now_ms) {
    gc_sctp_model_begin(m, m->packet_bytes, now_ms);
    m->round_end = delivered;
}

/* --- samples ---------------------------------------------------------------------------------- */

static void take_rtt(gc_sctp_model *m, const gc_sctp_sample *s) {
    if (s->rtt_ms == UINT32_MAX) {
        return;
    }
    if (s->rtt_ms <= m->rtt_ms) {
        gc_sctp_model_set_rtt(m, s->rtt_ms, s->now_ms);
    }
    if (s->rtt_ms < m->round_rtt_ms) {
        m->round_rtt_ms = s->rtt_ms;
    }
}

/* A sample that the application limited says only that the path carries so much at least. */
static void take_rate(gc_sctp_model *m, const gc_sctp_rate_sample *r) {
    uint64_t most = gc_max_u64(m->rates[0], m->rates[1]);
    if (!r->limited || r->bytes_s > most) {
        m->rates[0] = gc_max_u64(m->rates[0], r->bytes_s);
    }
    m->round_rate = gc_max_u64(m->round_rate, r->bytes_s);
    m->round_limited = m->round_limited || r->limited;
}

static uint8_t losses(const gc_sctp_model *m) {
    uint64_t all = m->round_acked + m->round_lost;
    bool many = m->round_lost >= (uint64_t)GC_SCTP_MODEL_LOST_PACKETS * m->packet_bytes;
    bool share = m->round_lost * 1000 > all * GC_SCTP_MODEL_LOSS_PERMILLE;
    return many && share ? GC_SCTP_MODEL_LOST_MUCH : GC_SCTP_MODEL_LOST_LITTLE;
}

static void end_round(gc_sctp_model *m, const gc_sctp_sample *s) {
    m->last_rtt_ms = m->round_rtt_ms;
    m->last_rate = m->round_rate;
    m->last_limited = m->round_limited;
    m->last_lost = losses(m);
    begin_round(m, s->rate.total, s->now_ms);
}

/* A round lasts as long as a sample of the rate: shorter ones would see no change of it. */
bool gc_sctp_model_acked(gc_sctp_model *m, const gc_sctp_sample *s) {
    m->round_acked += s->acked_bytes;
    take_rtt(m, s);
    if (s->rate.bytes_s == 0) {
        return false;
    }
    take_rate(m, &s->rate);
    bool over = (int32_t)(s->rate.delivered - m->round_end) >= 0 &&
                s->now_ms - m->round_at_ms >= GC_SCTP_RATE_MS;
    if (over) {
        end_round(m, s);
    }
    return over;
}

void gc_sctp_model_lost(gc_sctp_model *m, uint32_t bytes) {
    m->round_lost += bytes;
}

/* --- results ---------------------------------------------------------------------------------- */

uint64_t gc_sctp_model_rate(const gc_sctp_model *m) {
    return gc_min_u64(gc_max_u64(m->rates[0], m->rates[1]), m->bound);
}

uint32_t gc_sctp_model_fill(const gc_sctp_model *m, uint32_t permille) {
    uint64_t rtt_ms = m->rtt_ms == UINT32_MAX ? 0 : m->rtt_ms;
    rtt_ms = gc_max_u64(rtt_ms, GC_SCTP_MODEL_RTT_MS_MIN);
    uint64_t bytes = gc_sctp_model_rate(m) * rtt_ms / 1000 * permille / 1000;
    return (uint32_t)gc_min_u64(bytes, GC_SCTP_MODEL_BYTES_MAX);
}

bool gc_sctp_model_is_delayed(const gc_sctp_model *m) {
    if (m->rtt_ms == UINT32_MAX || m->last_rtt_ms == UINT32_MAX) {
        return false;
    }
    uint64_t more_ms = gc_min_u64(gc_max_u64(m->rtt_ms / 8, DELAY_MS_MIN), DELAY_MS_MAX);
    return m->last_rtt_ms >= m->rtt_ms + more_ms;
}

void gc_sctp_model_bind(gc_sctp_model *m) {
    uint64_t half = gc_max_u64(m->rates[0], m->rates[1]) * FLOOR_PERMILLE / 1000;
    m->bound =
        gc_max_u64(gc_sctp_model_rate(m) * BOUND_PERMILLE / 1000, gc_min_u64(half, m->last_rate));
}

void gc_sctp_model_unbind(gc_sctp_model *m) {
    m->bound = UINT64_MAX;
}

void gc_sctp_model_next_cycle(gc_sctp_model *m) {
    if (m->rates[0] > 0) {
        m->rates[1] = m->rates[0];
        m->rates[0] = 0;
    }
}

void gc_sctp_model_set_rtt(gc_sctp_model *m, uint32_t rtt_ms, uint64_t now_ms) {
    m->rtt_ms = rtt_ms;
    m->rtt_at_ms = now_ms;
}
