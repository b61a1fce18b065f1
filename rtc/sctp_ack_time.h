/* SCTP ack time: when a SACK goes out, by the packets with DATA that came since the last one.
 *
 *   idle --a packet--> waiting --its time, or another packet--> due --sent--> idle
 *                \________________at once__________________________^
 *
 * Source: RFC 9260 6.2 (at most 200 ms, and at least every second packet). */
#ifndef GC_RTC_SCTP_ACK_TIME_H
#define GC_RTC_SCTP_ACK_TIME_H

#include <stdbool.h>
#include <stdint.h>

/* When a SACK goes out: this time after a single packet with DATA (RFC 9260 6.2: at most 200 ms),
 * or with the second packet. Packets of one millisecond are a burst, of which a SACK for every
 * second one would be a sixth of all work: a SACK goes out for every fourth, and the rest of the
 * burst waits for the next millisecond, so that a sender with a small window loses no more. */
#define GC_SCTP_SACK_MS       20
#define GC_SCTP_SACK_PACKETS  2
#define GC_SCTP_BURST_MS      1
#define GC_SCTP_BURST_PACKETS 4
/* The same where the peer is of this program: what it does about losses and congestion goes by
 * time, not by the number of SACKs, so that it needs fewer of them. */
#define GC_SCTP_BURST_PACKETS_WIDE 16

typedef struct gc_sctp_ack_time {
    uint64_t at_ms;     /* GC_NEVER: nothing came that was not acknowledged */
    uint64_t packet_ms; /* when the last packet with DATA came */
    uint32_t packets;   /* with DATA since the last SACK */
} gc_sctp_ack_time;

/* Begins idle. */
void gc_sctp_ack_time_begin(gc_sctp_ack_time *t);
/* Notes that a packet with DATA was read at now_ms (monotonic). at_once: its SACK may not wait.
 * wide: the peer is of this program. */
void gc_sctp_ack_time_packet(gc_sctp_ack_time *t, uint64_t now_ms, bool at_once, bool wide);
/* Notes that a SACK is written. */
void gc_sctp_ack_time_sent(gc_sctp_ack_time *t);

#endif
