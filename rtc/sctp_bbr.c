#include "rtc/sctp_bbr.h"
#include "core/base/number.h"

/* Thousandths of the rate, and of what fills the path: the draft, 2.4 and 2.5. */
#define STARTUP_PERMILLE   2770
#define DRAIN_PERMILLE     500
#define DOWN_PERMILLE      900
#define UP_PERMILLE        1250
#define WINDOW_PERMILLE    2000
#define UP_WINDOW_PERMILLE 2250
#define RTT_FILL_PERMILLE  500
/* The draft, 2.7: Beta and Headroom. The draft leaves 15 % of what a queue has held to others; on a
 * deep queue CUBIC takes it, and what it takes is not given back. */
#define LOSS_PERMILLE     700
#define HEADROOM_PERMILLE 950
/* The draft, 5.3.1.2: a rate that grows by less than a quarter in so many rounds. */
#define FULL_ROUNDS 3

static uint32_t least_bytes(const gc_sctp_bbr *b) {
    return GC_SCTP_BBR_PACKETS_MIN * b->packet_bytes;
}

void gc_sctp_bbr_begin(gc_sctp_bbr *b, uint32_t packet_bytes, uint64_t now_ms, uint32_t chance) {
    /* RFC 9260 7.2.1 */
    uint32_t initial = gc_min_u32(4 * packet_bytes, gc_max_u32(2 * packet_bytes, 4404));
    *b = (gc_sctp_bbr){.packet_bytes = packet_bytes,
                       .cwnd_bytes = initial,
                       .ceiling_bytes = UINT32_MAX,
                       .chance = chance};
    gc_sctp_model_begin(&b->model, packet_bytes, now_ms);
}

void gc_sctp_bbr_moved(gc_sctp_bbr *b, uint32_t delivered, uint64_t now_ms) {
    gc_sctp_bbr_begin(b, b->packet_bytes, now_ms, b->chance);
    gc_sctp_model_moved(&b->model, delivered, now_ms);
}

void gc_sctp_bbr_size(gc_sctp_bbr *b, uint32_t packet_bytes) {
    b->packet_bytes = b->model.packet_bytes = packet_bytes;
}

/* --- phases ----------------------------------------------------------------------------------- */

static void enter(gc_sctp_bbr *b, uint8_t phase) {
    b->phase = phase;
    b->phase_rounds = 0;
}

static void begin_down(gc_sctp_bbr *b, uint64_t now_ms) {
    b->chance = b->chance * 1664525u + 1013904223u; /* Knuth 1997, 3.3.4 */
    b->probe_at_ms =
        now_ms + GC_SCTP_BBR_PROBE_MS + (b->chance >> 16) % GC_SCTP_BBR_PROBE_CHANCE_MS;
    b->rounds = 0;
    enter(b, GC_SCTP_BBR_DOWN);
}

static void begin_refill(gc_sctp_bbr *b) {
    gc_sctp_model_unbind(&b->model);
    b->up_packets = 1;
    enter(b, GC_SCTP_BBR_REFILL);
}

static void begin_probe_rtt(gc_sctp_bbr *b) {
    b->saved_bytes = gc_max_u32(b->saved_bytes, b->cwnd_bytes);
    b->low_ms = 0;
    b->low_rtt_ms = UINT32_MAX;
    enter(b, GC_SCTP_BBR_PROBE_RTT);
}

static void end_startup(gc_sctp_bbr *b) {
    enter(b, GC_SCTP_BBR_DRAIN);
}

static void check_full(gc_sctp_bbr *b) {
    const gc_sctp_model *m = &b->model;
    uint64_t rate = gc_sctp_model_rate(m);
    if (rate * 4 >= b->full_rate * 5) {
        b->full_rate = rate;
        b->full_rounds = 0;
    } else if (!m->last_limited) {
        b->full_rounds++;
        if (b->full_rounds >= FULL_ROUNDS || gc_sctp_model_is_delayed(m)) {
            end_startup(b);
        }
    }
}

static bool is_paced(const gc_sctp_bbr *b) {
    return b->model.rtt_ms >= GC_SCTP_BBR_PACED_RTT_MS;
}

/* The draft, 5.5.10.2. On a path that is not paced the window alone is what a queue must hold. */
static uint32_t lowered(const gc_sctp_bbr *b, const gc_sctp_sample *s) {
    if (is_paced(b)) {
        return gc_max_u32(s->flight_bytes, gc_sctp_model_fill(&b->model, LOSS_PERMILLE));
    }
    uint64_t most = gc_min_u32(b->ceiling_bytes, b->cwnd_bytes);
    return gc_max_u32((uint32_t)(most * LOSS_PERMILLE / 1000), least_bytes(b));
}

/* More than its share was lost in the last round: the queue is shorter than what was tried. */
static void on_losses(gc_sctp_bbr *b, const gc_sctp_sample *s) {
    bool tried = b->phase == GC_SCTP_BBR_STARTUP || b->phase == GC_SCTP_BBR_UP;
    b->undo_bytes = b->ceiling_bytes;
    b->undo_startup = b->phase == GC_SCTP_BBR_STARTUP;
    if (tried || !is_paced(b)) {
        b->ceiling_bytes = lowered(b, s);
    }
    if (b->phase == GC_SCTP_BBR_STARTUP) {
        end_startup(b);
    } else if (b->phase == GC_SCTP_BBR_UP) {
        gc_sctp_model_next_cycle(&b->model);
        begin_down(b, s->now_ms);
    }
    gc_sctp_model_bind(&b->model);
}

/* The draft, 5.3.3.5: by one packet, then by two, four and so on, while nothing is lost. */
static void raise_ceiling(gc_sctp_bbr *b) {
    if (b->ceiling_bytes < GC_SCTP_MODEL_BYTES_MAX) {
        b->ceiling_bytes += b->up_packets * b->packet_bytes;
        b->up_packets = gc_min_u32(2 * b->up_packets, 1024);
    } else {
        b->ceiling_bytes = UINT32_MAX;
    }
}

static void on_round(gc_sctp_bbr *b, const gc_sctp_sample *s) {
    b->phase_rounds++;
    b->rounds++;
    if (b->model.last_lost == GC_SCTP_MODEL_LOST_MUCH) {
        on_losses(b, s);
    } else if (b->phase == GC_SCTP_BBR_STARTUP) {
        check_full(b);
    } else if (b->phase == GC_SCTP_BBR_UP) {
        raise_ceiling(b);
    }
}

static uint32_t headroom(const gc_sctp_bbr *b) {
    if (b->ceiling_bytes == UINT32_MAX) {
        return UINT32_MAX;
    }
    return (uint32_t)((uint64_t)b->ceiling_bytes * HEADROOM_PERMILLE / 1000);
}

static bool is_probe_due(const gc_sctp_bbr *b, uint64_t now_ms) {
    uint32_t rounds = gc_sctp_model_fill(&b->model, 1000) / b->packet_bytes;
    return now_ms >= b->probe_at_ms || b->rounds >= GC_SCTP_BBR_PROBE_ROUNDS ||
           (b->rounds > 0 && b->rounds >= rounds);
}

static void end_probe_rtt(gc_sctp_bbr *b, uint64_t now_ms) {
    if (b->low_rtt_ms != UINT32_MAX) {
        gc_sctp_model_set_rtt(&b->model, b->low_rtt_ms, now_ms);
    }
    b->model.rtt_at_ms = now_ms;
    b->cwnd_bytes = gc_max_u32(b->cwnd_bytes, b->saved_bytes);
    b->saved_bytes = 0;
    begin_down(b, now_ms);
}

static uint32_t rtt_fill(const gc_sctp_bbr *b) {
    return gc_max_u32(gc_sctp_model_fill(&b->model, RTT_FILL_PERMILLE), least_bytes(b));
}

static void step_probe_rtt(gc_sctp_bbr *b, const gc_sctp_sample *s) {
    if (b->low_ms == 0 && s->flight_bytes <= rtt_fill(b)) {
        b->low_ms = s->now_ms;
        b->phase_rounds = 0;
    }
    if (b->low_ms == 0) {
        return;
    }
    b->low_rtt_ms = gc_min_u32(b->low_rtt_ms, s->rtt_ms);
    if (b->phase_rounds > 0 && s->now_ms - b->low_ms >= GC_SCTP_BBR_RTT_MS) {
        end_probe_rtt(b, s->now_ms);
    }
}

static void step(gc_sctp_bbr *b, const gc_sctp_sample *s) {
    uint32_t fill = gc_sctp_model_fill(&b->model, 1000);
    switch (b->phase) {
    case GC_SCTP_BBR_DRAIN:
        if (s->flight_bytes <= fill) {
            begin_down(b, s->now_ms);
        }
        break;
    case GC_SCTP_BBR_DOWN:
        if (is_probe_due(b, s->now_ms)) {
            begin_refill(b);
        } else if (s->flight_bytes <= gc_min_u32(fill, headroom(b))) {
            enter(b, GC_SCTP_BBR_CRUISE);
        }
        break;
    case GC_SCTP_BBR_CRUISE:
        if (is_probe_due(b, s->now_ms)) {
            begin_refill(b);
        }
        break;
    case GC_SCTP_BBR_REFILL:
        if (b->phase_rounds > 0) {
            enter(b, GC_SCTP_BBR_UP);
        }
        break;
    case GC_SCTP_BBR_UP:
        if (b->phase_rounds > 0 && s->flight_bytes >= gc_sctp_model_fill(&b->model, UP_PERMILLE)) {
            gc_sctp_model_next_cycle(&b->model);
            begin_down(b, s->now_ms);
        }
        break;
    case GC_SCTP_BBR_PROBE_RTT:
        step_probe_rtt(b, s);
        break;
    default:
        break;
    }
}

/* --- rate and window -------------------------------------------------------------------------- */

static uint32_t gain(const gc_sctp_bbr *b) {
    switch (b->phase) {
    case GC_SCTP_BBR_STARTUP:
        return STARTUP_PERMILLE;
    case GC_SCTP_BBR_DRAIN:
        return DRAIN_PERMILLE;
    case GC_SCTP_BBR_DOWN:
        return DOWN_PERMILLE;
    case GC_SCTP_BBR_UP:
        return UP_PERMILLE;
    default:
        return 1000;
    }
}

/* The least window may go out in each round trip, however little was sent so far. */
static void set_rate(gc_sctp_bbr *b) {
    uint64_t model = gc_sctp_model_rate(&b->model);
    uint64_t rtt_ms = b->model.rtt_ms == UINT32_MAX ? 0 : b->model.rtt_ms;
    if (model > 0) {
        rtt_ms = gc_max_u64(rtt_ms, GC_SCTP_MODEL_RTT_MS_MIN);
        b->rate_bytes_s =
            gc_max_u64(model * gain(b) / 1000, (uint64_t)least_bytes(b) * 1000 / rtt_ms);
    }
}

static uint32_t target(const gc_sctp_bbr *b) {
    uint32_t permille = b->phase == GC_SCTP_BBR_UP ? UP_WINDOW_PERMILLE : WINDOW_PERMILLE;
    uint64_t spare = b->rate_bytes_s * GC_SCTP_BBR_SPARE_MS / 1000;
    uint64_t bytes =
        gc_sctp_model_fill(&b->model, permille) + gc_max_u64(spare, 2 * (uint64_t)b->packet_bytes);
    return (uint32_t)gc_min_u64(bytes, GC_SCTP_MODEL_BYTES_MAX);
}

static uint32_t bound(const gc_sctp_bbr *b) {
    bool leaves_room = b->phase == GC_SCTP_BBR_DOWN || b->phase == GC_SCTP_BBR_CRUISE;
    uint32_t most = leaves_room ? headroom(b) : b->ceiling_bytes;
    return b->phase == GC_SCTP_BBR_PROBE_RTT ? gc_min_u32(most, rtt_fill(b)) : most;
}

static void set_window(gc_sctp_bbr *b, uint32_t acked_bytes) {
    uint32_t most = target(b);
    acked_bytes = gc_min_u32(acked_bytes, GC_SCTP_MODEL_BYTES_MAX);
    if (b->phase != GC_SCTP_BBR_STARTUP) {
        b->cwnd_bytes = gc_min_u32(b->cwnd_bytes + acked_bytes, most);
    } else if (b->cwnd_bytes < most) {
        b->cwnd_bytes += acked_bytes;
    }
    b->cwnd_bytes = gc_min_u32(b->cwnd_bytes, GC_SCTP_MODEL_BYTES_MAX);
    b->cwnd_bytes = gc_max_u32(gc_min_u32(b->cwnd_bytes, bound(b)), least_bytes(b));
}

void gc_sctp_bbr_acked(gc_sctp_bbr *b, const gc_sctp_sample *s) {
    if (gc_sctp_model_acked(&b->model, s)) {
        on_round(b, s);
    }
    bool due = s->now_ms - b->model.rtt_at_ms >= GC_SCTP_BBR_RTT_EVERY_MS;
    if (due && b->phase != GC_SCTP_BBR_STARTUP && b->phase != GC_SCTP_BBR_PROBE_RTT) {
        begin_probe_rtt(b);
    }
    step(b, s);
    set_rate(b);
    set_window(b, s->acked_bytes);
}

void gc_sctp_bbr_lost(gc_sctp_bbr *b, uint32_t bytes) {
    gc_sctp_model_lost(&b->model, bytes);
}

void gc_sctp_bbr_spurious(gc_sctp_bbr *b) {
    gc_sctp_model_unbind(&b->model);
    b->ceiling_bytes = gc_max_u32(b->ceiling_bytes, b->undo_bytes);
    if (b->undo_startup && b->phase != GC_SCTP_BBR_PROBE_RTT) {
        b->full_rounds = 0;
        enter(b, GC_SCTP_BBR_STARTUP);
    }
    b->undo_startup = false;
}

uint64_t gc_sctp_bbr_rate(const gc_sctp_bbr *b) {
    return is_paced(b) ? b->rate_bytes_s : 0;
}

/* RFC 9260 7.2.3. Each acknowledgement makes it grow again, up to what the model says. */
void gc_sctp_bbr_timed_out(gc_sctp_bbr *b) {
    b->saved_bytes = 0;
    b->cwnd_bytes = b->packet_bytes;
}
