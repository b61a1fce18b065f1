#include "rtc/sctp_congestion.h"

void gc_sctp_congestion_begin(gc_sctp_congestion *c, uint32_t packet_bytes, uint64_t now_ms,
                              uint32_t chance) {
    *c = (gc_sctp_congestion){0};
    gc_sctp_bbr_begin(&c->bbr, packet_bytes, now_ms, chance);
}

/* Packets that are sent now may have the stamp of a chunk before the move: those after the next
 * acknowledgement have not. */
void gc_sctp_congestion_moved(gc_sctp_congestion *c, uint32_t delivered, uint64_t now_ms) {
    gc_sctp_bbr_moved(&c->bbr, delivered, now_ms);
    c->unheard = true;
    c->heard_from = delivered + 1;
}

void gc_sctp_congestion_size(gc_sctp_congestion *c, uint32_t packet_bytes) {
    gc_sctp_bbr_size(&c->bbr, packet_bytes);
}

bool gc_sctp_congestion_allows(const gc_sctp_congestion *c, uint32_t flight_bytes) {
    return flight_bytes < c->bbr.cwnd_bytes;
}

/* Modulo 2^32: asked only until it was true once. */
static bool is_of_this_path(gc_sctp_congestion *c, const gc_sctp_sample *s) {
    c->unheard = c->unheard && (int32_t)(s->rate.delivered - c->heard_from) < 0;
    return !c->unheard;
}

void gc_sctp_congestion_acked(gc_sctp_congestion *c, const gc_sctp_sample *s) {
    if (s->acked_bytes > 0 && is_of_this_path(c, s)) {
        gc_sctp_bbr_acked(&c->bbr, s);
    }
}

void gc_sctp_congestion_lost(gc_sctp_congestion *c, uint32_t bytes) {
    gc_sctp_bbr_lost(&c->bbr, bytes);
}

void gc_sctp_congestion_spurious(gc_sctp_congestion *c) {
    gc_sctp_bbr_spurious(&c->bbr);
}

void gc_sctp_congestion_timed_out(gc_sctp_congestion *c) {
    gc_sctp_bbr_timed_out(&c->bbr);
}

uint64_t gc_sctp_congestion_rate(const gc_sctp_congestion *c) {
    return gc_sctp_bbr_rate(&c->bbr);
}
