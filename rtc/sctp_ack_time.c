#include "rtc/sctp_ack_time.h"
#include "core/base/number.h"
#include "core/base/timers.h"

void gc_sctp_ack_time_begin(gc_sctp_ack_time *t) {
    *t = (gc_sctp_ack_time){.at_ms = GC_NEVER};
}

/* How long a SACK may wait for more packets beside the one that was just read. */
static uint32_t patience_ms(const gc_sctp_ack_time *t, uint64_t now_ms, bool wide) {
    uint32_t most = wide ? GC_SCTP_BURST_PACKETS_WIDE : GC_SCTP_BURST_PACKETS;
    if (t->packets < GC_SCTP_SACK_PACKETS) {
        return GC_SCTP_SACK_MS;
    }
    return now_ms == t->packet_ms && t->packets < most ? GC_SCTP_BURST_MS : 0;
}

void gc_sctp_ack_time_packet(gc_sctp_ack_time *t, uint64_t now_ms, bool at_once, bool wide) {
    t->packets++;
    uint32_t ms = at_once ? 0 : patience_ms(t, now_ms, wide);
    t->at_ms = gc_min_u64(t->at_ms, now_ms + ms);
    t->packet_ms = now_ms;
}

void gc_sctp_ack_time_sent(gc_sctp_ack_time *t) {
    t->packets = 0;
    t->at_ms = GC_NEVER;
}
