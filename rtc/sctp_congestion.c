#include "rtc/sctp_congestion.h"
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

static uint32_t min_u32(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

static uint32_t max_u32(uint32_t a, uint32_t b) {
    return a > b ? a : b;
}

static uint32_t least_bytes(const gc_sctp_congestion *c) {
    return GC_SCTP_CONGESTION_PACKETS_MIN * c->packet_bytes;
}

void gc_sctp_congestion_begin(gc_sctp_congestion *c, uint32_t packet_bytes, uint64_t now_ms,
                              uint32_t chance) {
    /* RFC 9260 7.2.1 */
    uint32_t initial = min_u32(4 * packet_bytes, max_u32(2 * packet_bytes, 4404));
    *c = (gc_sctp_congestion){.packet_bytes = packet_bytes,
                              .cwnd_bytes = initial,
                              .ceiling_bytes = UINT32_MAX,
                              .chance = chance};
    gc_sctp_model_begin(&c->model, packet_bytes, now_ms);
}

/* Packets that are sent now may have the stamp of a chunk before the move: those after the next
 * acknowledgement have not. */
void gc_sctp_congestion_moved(gc_sctp_congestion *c, uint32_t delivered, uint64_t now_ms) {
    gc_sctp_congestion_begin(c, c->packet_bytes, now_ms, c->chance);
    gc_sctp_model_moved(&c->model, delivered, now_ms);
    c->awaits = true;
    c->awaited = delivered + 1;
}

void gc_sctp_congestion_size(gc_sctp_congestion *c, uint32_t packet_bytes) {
    c->packet_bytes = c->model.packet_bytes = packet_bytes;
}

bool gc_sctp_congestion_allows(const gc_sctp_congestion *c, uint32_t flight_bytes) {
    return flight_bytes < c->cwnd_bytes;
}

/* --- phases -------------------------------------------------------------------------------------
 */

static void enter(gc_sctp_congestion *c, uint8_t phase) {
    c->phase = phase;
    c->phase_rounds = 0;
}

static void begin_down(gc_sctp_congestion *c, uint64_t now_ms) {
    c->chance = c->chance * 1664525u + 1013904223u; /* Knuth 1997, 3.3.4 */
    c->probe_at_ms = now_ms + GC_SCTP_CONGESTION_PROBE_MS +
                     (c->chance >> 16) % GC_SCTP_CONGESTION_PROBE_CHANCE_MS;
    c->rounds = 0;
    enter(c, GC_SCTP_CONGESTION_DOWN);
}

static void begin_refill(gc_sctp_congestion *c) {
    gc_sctp_model_unbind(&c->model);
    c->up_packets = 1;
    enter(c, GC_SCTP_CONGESTION_REFILL);
}

static void begin_probe_rtt(gc_sctp_congestion *c) {
    c->saved_bytes = max_u32(c->saved_bytes, c->cwnd_bytes);
    c->low_ms = 0;
    c->low_rtt_ms = UINT32_MAX;
    enter(c, GC_SCTP_CONGESTION_PROBE_RTT);
}

static void end_startup(gc_sctp_congestion *c) {
    enter(c, GC_SCTP_CONGESTION_DRAIN);
}

static void check_full(gc_sctp_congestion *c) {
    const gc_sctp_model *m = &c->model;
    uint64_t rate = gc_sctp_model_rate(m);
    if (rate * 4 >= c->full_rate * 5) {
        c->full_rate = rate;
        c->full_rounds = 0;
    } else if (!m->last_limited) {
        c->full_rounds++;
        if (c->full_rounds >= FULL_ROUNDS || gc_sctp_model_is_delayed(m)) {
            end_startup(c);
        }
    }
}

static bool is_paced(const gc_sctp_congestion *c) {
    return c->model.rtt_ms >= GC_SCTP_CONGESTION_PACED_RTT_MS;
}

/* The draft, 5.5.10.2. On a path that is not paced the window alone is what a queue must hold. */
static uint32_t lowered(const gc_sctp_congestion *c, const gc_sctp_sample *s) {
    if (is_paced(c)) {
        return max_u32(s->flight_bytes, gc_sctp_model_fill(&c->model, LOSS_PERMILLE));
    }
    uint64_t most = min_u32(c->ceiling_bytes, c->cwnd_bytes);
    return max_u32((uint32_t)(most * LOSS_PERMILLE / 1000), least_bytes(c));
}

/* More than its share was lost in the last round: the queue is shorter than what was tried. */
static void on_losses(gc_sctp_congestion *c, const gc_sctp_sample *s) {
    bool tried = c->phase == GC_SCTP_CONGESTION_STARTUP || c->phase == GC_SCTP_CONGESTION_UP;
    c->undo_bytes = c->ceiling_bytes;
    c->undo_startup = c->phase == GC_SCTP_CONGESTION_STARTUP;
    if (tried || !is_paced(c)) {
        c->ceiling_bytes = lowered(c, s);
    }
    if (c->phase == GC_SCTP_CONGESTION_STARTUP) {
        end_startup(c);
    } else if (c->phase == GC_SCTP_CONGESTION_UP) {
        gc_sctp_model_next_cycle(&c->model);
        begin_down(c, s->now_ms);
    }
    gc_sctp_model_bind(&c->model);
}

/* The draft, 5.3.3.5: by one packet, then by two, four and so on, while nothing is lost. */
static void raise_ceiling(gc_sctp_congestion *c) {
    if (c->ceiling_bytes < GC_SCTP_MODEL_BYTES_MAX) {
        c->ceiling_bytes += c->up_packets * c->packet_bytes;
        c->up_packets = min_u32(2 * c->up_packets, 1024);
    } else {
        c->ceiling_bytes = UINT32_MAX;
    }
}

static void on_round(gc_sctp_congestion *c, const gc_sctp_sample *s) {
    c->phase_rounds++;
    c->rounds++;
    if (c->model.last_lost == GC_SCTP_MODEL_LOST_MUCH) {
        on_losses(c, s);
    } else if (c->phase == GC_SCTP_CONGESTION_STARTUP) {
        check_full(c);
    } else if (c->phase == GC_SCTP_CONGESTION_UP) {
        raise_ceiling(c);
    }
}

static uint32_t headroom(const gc_sctp_congestion *c) {
    if (c->ceiling_bytes == UINT32_MAX) {
        return UINT32_MAX;
    }
    return (uint32_t)((uint64_t)c->ceiling_bytes * HEADROOM_PERMILLE / 1000);
}

static bool is_probe_due(const gc_sctp_congestion *c, uint64_t now_ms) {
    uint32_t rounds = gc_sctp_model_fill(&c->model, 1000) / c->packet_bytes;
    return now_ms >= c->probe_at_ms || c->rounds >= GC_SCTP_CONGESTION_PROBE_ROUNDS ||
           (c->rounds > 0 && c->rounds >= rounds);
}

static void end_probe_rtt(gc_sctp_congestion *c, uint64_t now_ms) {
    if (c->low_rtt_ms != UINT32_MAX) {
        gc_sctp_model_set_rtt(&c->model, c->low_rtt_ms, now_ms);
    }
    c->model.rtt_at_ms = now_ms;
    c->cwnd_bytes = max_u32(c->cwnd_bytes, c->saved_bytes);
    c->saved_bytes = 0;
    begin_down(c, now_ms);
}

static uint32_t rtt_fill(const gc_sctp_congestion *c) {
    return max_u32(gc_sctp_model_fill(&c->model, RTT_FILL_PERMILLE), least_bytes(c));
}

static void step_probe_rtt(gc_sctp_congestion *c, const gc_sctp_sample *s) {
    if (c->low_ms == 0 && s->flight_bytes <= rtt_fill(c)) {
        c->low_ms = s->now_ms;
        c->phase_rounds = 0;
    }
    if (c->low_ms == 0) {
        return;
    }
    c->low_rtt_ms = min_u32(c->low_rtt_ms, s->rtt_ms);
    if (c->phase_rounds > 0 && s->now_ms - c->low_ms >= GC_SCTP_CONGESTION_RTT_MS) {
        end_probe_rtt(c, s->now_ms);
    }
}

static void step(gc_sctp_congestion *c, const gc_sctp_sample *s) {
    uint32_t fill = gc_sctp_model_fill(&c->model, 1000);
    switch (c->phase) {
    case GC_SCTP_CONGESTION_DRAIN:
        if (s->flight_bytes <= fill) {
            begin_down(c, s->now_ms);
        }
        break;
    case GC_SCTP_CONGESTION_DOWN:
        if (is_probe_due(c, s->now_ms)) {
            begin_refill(c);
        } else if (s->flight_bytes <= min_u32(fill, headroom(c))) {
            enter(c, GC_SCTP_CONGESTION_CRUISE);
        }
        break;
    case GC_SCTP_CONGESTION_CRUISE:
        if (is_probe_due(c, s->now_ms)) {
            begin_refill(c);
        }
        break;
    case GC_SCTP_CONGESTION_REFILL:
        if (c->phase_rounds > 0) {
            enter(c, GC_SCTP_CONGESTION_UP);
        }
        break;
    case GC_SCTP_CONGESTION_UP:
        if (c->phase_rounds > 0 && s->flight_bytes >= gc_sctp_model_fill(&c->model, UP_PERMILLE)) {
            gc_sctp_model_next_cycle(&c->model);
            begin_down(c, s->now_ms);
        }
        break;
    case GC_SCTP_CONGESTION_PROBE_RTT:
        step_probe_rtt(c, s);
        break;
    default:
        break;
    }
}

/* --- rate and window ----------------------------------------------------------------------------
 */

static uint32_t gain(const gc_sctp_congestion *c) {
    switch (c->phase) {
    case GC_SCTP_CONGESTION_STARTUP:
        return STARTUP_PERMILLE;
    case GC_SCTP_CONGESTION_DRAIN:
        return DRAIN_PERMILLE;
    case GC_SCTP_CONGESTION_DOWN:
        return DOWN_PERMILLE;
    case GC_SCTP_CONGESTION_UP:
        return UP_PERMILLE;
    default:
        return 1000;
    }
}

/* The least window may go out in each round trip, however little was sent so far. */
static void set_rate(gc_sctp_congestion *c) {
    uint64_t model = gc_sctp_model_rate(&c->model);
    uint64_t rtt_ms = c->model.rtt_ms == UINT32_MAX ? 0 : c->model.rtt_ms;
    if (model > 0) {
        rtt_ms = gc_max_u64(rtt_ms, GC_SCTP_MODEL_RTT_MS_MIN);
        c->rate_bytes_s =
            gc_max_u64(model * gain(c) / 1000, (uint64_t)least_bytes(c) * 1000 / rtt_ms);
    }
}

static uint32_t target(const gc_sctp_congestion *c) {
    uint32_t permille = c->phase == GC_SCTP_CONGESTION_UP ? UP_WINDOW_PERMILLE : WINDOW_PERMILLE;
    uint64_t spare = c->rate_bytes_s * GC_SCTP_CONGESTION_SPARE_MS / 1000;
    uint64_t bytes =
        gc_sctp_model_fill(&c->model, permille) + gc_max_u64(spare, 2 * (uint64_t)c->packet_bytes);
    return (uint32_t)gc_min_u64(bytes, GC_SCTP_MODEL_BYTES_MAX);
}

static uint32_t bound(const gc_sctp_congestion *c) {
    bool leaves_room = c->phase == GC_SCTP_CONGESTION_DOWN || c->phase == GC_SCTP_CONGESTION_CRUISE;
    uint32_t most = leaves_room ? headroom(c) : c->ceiling_bytes;
    return c->phase == GC_SCTP_CONGESTION_PROBE_RTT ? min_u32(most, rtt_fill(c)) : most;
}

static void set_window(gc_sctp_congestion *c, uint32_t acked_bytes) {
    uint32_t most = target(c);
    acked_bytes = min_u32(acked_bytes, GC_SCTP_MODEL_BYTES_MAX);
    if (c->phase != GC_SCTP_CONGESTION_STARTUP) {
        c->cwnd_bytes = min_u32(c->cwnd_bytes + acked_bytes, most);
    } else if (c->cwnd_bytes < most) {
        c->cwnd_bytes += acked_bytes;
    }
    c->cwnd_bytes = min_u32(c->cwnd_bytes, GC_SCTP_MODEL_BYTES_MAX);
    c->cwnd_bytes = max_u32(min_u32(c->cwnd_bytes, bound(c)), least_bytes(c));
}

/* Modulo 2^32: asked only until it was true once. */
static bool is_of_this_path(gc_sctp_congestion *c, const gc_sctp_sample *s) {
    c->awaits = c->awaits && (int32_t)(s->rate.delivered - c->awaited) < 0;
    return !c->awaits;
}

void gc_sctp_congestion_acked(gc_sctp_congestion *c, const gc_sctp_sample *s) {
    if (s->acked_bytes == 0 || !is_of_this_path(c, s)) {
        return;
    }
    if (gc_sctp_model_acked(&c->model, s)) {
        on_round(c, s);
    }
    bool due = s->now_ms - c->model.rtt_at_ms >= GC_SCTP_CONGESTION_RTT_EVERY_MS;
    if (due && c->phase != GC_SCTP_CONGESTION_STARTUP && c->phase != GC_SCTP_CONGESTION_PROBE_RTT) {
        begin_probe_rtt(c);
    }
    step(c, s);
    set_rate(c);
    set_window(c, s->acked_bytes);
}

void gc_sctp_congestion_lost(gc_sctp_congestion *c, uint32_t bytes) {
    gc_sctp_model_lost(&c->model, bytes);
}

void gc_sctp_congestion_spurious(gc_sctp_congestion *c) {
    gc_sctp_model_unbind(&c->model);
    c->ceiling_bytes = max_u32(c->ceiling_bytes, c->undo_bytes);
    if (c->undo_startup && c->phase != GC_SCTP_CONGESTION_PROBE_RTT) {
        c->full_rounds = 0;
        enter(c, GC_SCTP_CONGESTION_STARTUP);
    }
    c->undo_startup = false;
}

uint64_t gc_sctp_congestion_rate(const gc_sctp_congestion *c) {
    return is_paced(c) ? c->rate_bytes_s : 0;
}

/* RFC 9260 7.2.3. Each acknowledgement makes it grow again, up to what the model says. */
void gc_sctp_congestion_timed_out(gc_sctp_congestion *c) {
    c->saved_bytes = 0;
    c->cwnd_bytes = c->packet_bytes;
}
