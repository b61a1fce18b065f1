/* SCTP transmit: the next packet of an association. Chunks go in this order: INIT or INIT
 * ACK alone; ABORT; COOKIE ECHO and ACK; SHUTDOWN; SACK; other answers; lost DATA; new DATA as far
 * as congestion and the peer's window allow. A probe of the path's size goes alone, when there is
 * nothing else. */
#ifndef GC_RTC_SCTP_TRANSMIT_H
#define GC_RTC_SCTP_TRANSMIT_H

#include "rtc/sctp_state.h"

/* Makes the next packet in the memory of the pool. Returns false when nothing is to be sent now. */
bool gc_sctp_transmit(gc_sctp *s, gc_span *packet);
/* Returns when a chunk goes out that waits for its time alone; GC_NEVER: there is none. */
uint64_t gc_sctp_transmit_paced_at(const gc_sctp *s);
/* Returns how many user bytes a DATA chunk carries at most, if packets are to be full. */
uint32_t gc_sctp_transmit_chunk_bytes(const gc_sctp *s);

#endif
