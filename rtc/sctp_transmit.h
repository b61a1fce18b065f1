/* SCTP transmit: the next packet of an association. Chunks go in this order:
 *
 *   INIT or INIT ACK, alone in its packet
 *   of an association that has ended: ABORT, or the last of SHUTDOWN, and nothing else
 *   COOKIE ECHO and COOKIE ACK, SHUTDOWN, SACK, other answers, FORWARD-TSN
 *   lost DATA, then new DATA, as far as congestion and the peer's window allow
 *   a probe of the path's size, alone, when there is nothing else
 *
 * Bounds: a packet of the size that the path is known to carry (sctp_mtu.h), a probe aside; work:
 * that of the chunks that are written.
 * Source: RFC 9260 6.1, 6.10; RFC 7053; RFC 8899; RFC 9653 5.2. */
#ifndef GC_RTC_SCTP_TRANSMIT_H
#define GC_RTC_SCTP_TRANSMIT_H

#include "rtc/sctp_state.h"

/* Makes the next packet, as of the time of the last input (s->now_ms), and notes that all in it is
 * sent. *packet: at most GC_SCTP_PACKET_BYTES_MAX bytes in the memory of the pool, borrowed until
 * the next call for any association of the pool. Returns false when nothing is to be sent now:
 * *packet has not changed. Call it until then. */
bool gc_sctp_transmit(gc_sctp *s, gc_span *packet);
/* Returns when, on the clock of now_ms, a chunk goes out that waits for the pacer alone; GC_NEVER:
 * there is none. */
uint64_t gc_sctp_transmit_paced_at(const gc_sctp *s);
/* Returns how many user bytes a DATA or I-DATA chunk carries at most, if packets are to be full:
 * what messages that are queued now are cut into. */
uint32_t gc_sctp_transmit_chunk_bytes(const gc_sctp *s);

#endif
