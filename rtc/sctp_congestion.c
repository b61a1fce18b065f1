#include "rtc/sctp_congestion.h"

/* A window of this size limits nothing: it grows no further. */
#define WINDOW_BYTES_MAX (1u << 30)

static uint32_t min_u32(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

static uint32_t max_u32(uint32_t a, uint32_t b) {
    return a > b ? a : b;
}

void gc_sctp_congestion_begin(gc_sctp_congestion *c, uint32_t packet_bytes) {
    /* RFC 9260 7.2.1 */
    uint32_t initial = min_u32(4 * packet_bytes, max_u32(2 * packet_bytes, 4404));
    *c = (gc_sctp_congestion){initial, WINDOW_BYTES_MAX, 0, packet_bytes};
}

bool gc_sctp_congestion_allows(const gc_sctp_congestion *c, uint32_t flight_bytes) {
    return flight_bytes < c->window_bytes;
}

/* RFC 9260 7.2.1; two packets for each SACK, because every second packet is acknowledged (RFC 3465
 * 2.2 with L = 2). */
static void slow_start(gc_sctp_congestion *c, uint32_t acked_bytes) {
    c->window_bytes += min_u32(acked_bytes, 2 * c->packet_bytes);
}

/* RFC 9260 7.2.2: one packet for each window that was acknowledged. */
static void avoid(gc_sctp_congestion *c, uint32_t acked_bytes) {
    c->partial_bytes += acked_bytes;
    if (c->partial_bytes >= c->window_bytes) {
        c->partial_bytes -= c->window_bytes;
        c->window_bytes += c->packet_bytes;
    }
}

void gc_sctp_congestion_acked(gc_sctp_congestion *c, const gc_sctp_sample *s) {
    /* A window that is not used up says nothing about the path. */
    bool used = s->flight_bytes + c->packet_bytes >= c->window_bytes;
    if (!s->advanced || !used || s->recovering || c->window_bytes >= WINDOW_BYTES_MAX) {
        return;
    }
    if (c->window_bytes <= c->threshold_bytes) {
        slow_start(c, s->acked_bytes);
    } else {
        avoid(c, s->acked_bytes);
    }
}

void gc_sctp_congestion_lost(gc_sctp_congestion *c) {
    c->threshold_bytes = max_u32(c->window_bytes / 2, 4 * c->packet_bytes);
    c->window_bytes = c->threshold_bytes;
    c->partial_bytes = 0;
}

void gc_sctp_congestion_timed_out(gc_sctp_congestion *c) {
    c->threshold_bytes = max_u32(c->window_bytes / 2, 4 * c->packet_bytes);
    c->window_bytes = c->packet_bytes;
    c->partial_bytes = 0;
}
