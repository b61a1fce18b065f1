#include "rtc/sctp_pacer.h"

#define NS_PER_MS 1000000u

void gc_sctp_pacer_begin(gc_sctp_pacer *p) {
    *p = (gc_sctp_pacer){0};
}

void gc_sctp_pacer_sent(gc_sctp_pacer *p, uint64_t now_ms, uint32_t bytes, uint64_t bytes_s) {
    if (bytes_s == 0) {
        return;
    }
    uint64_t late_ms = now_ms < GC_SCTP_PACER_LATE_MS ? now_ms : GC_SCTP_PACER_LATE_MS;
    uint64_t least_ns = (now_ms - late_ms) * NS_PER_MS;
    uint64_t from_ns = p->ready_ns > least_ns ? p->ready_ns : least_ns;
    p->ready_ns = from_ns + (uint64_t)bytes * 1000 * NS_PER_MS / bytes_s;
}

uint64_t gc_sctp_pacer_at_ms(const gc_sctp_pacer *p) {
    return p->ready_ns / NS_PER_MS;
}
