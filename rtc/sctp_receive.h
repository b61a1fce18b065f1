/* SCTP receive: one packet of the peer, and what each chunk in it means for the association.
 * Source: RFC 9260 8.4, 8.5 (which packets belong to it), 6.10 (several chunks in one packet). */
#ifndef GC_RTC_SCTP_RECEIVE_H
#define GC_RTC_SCTP_RECEIVE_H

#include "rtc/sctp_state.h"

/* Takes one packet. A packet with a wrong checksum, port or verification tag changes nothing;
 * chunks after one that is malformed are ignored. The work for one packet is bounded by its length
 * and the tables of the association. */
void gc_sctp_receive(gc_sctp *s, gc_span packet);

#endif
