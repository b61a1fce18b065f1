/* Peer connection, outputs: asks the parts of a link in turn what they have to say, and carries
 * what one says to the next: datagrams of ICE and DTLS go out, plaintexts of DTLS to SCTP, packets
 * of SCTP back to DTLS, messages to the channels, and reports of the link come last. */
#ifndef GC_RTC_PEER_CONNECTION_OUTPUTS_H
#define GC_RTC_PEER_CONNECTION_OUTPUTS_H

#include "rtc/peer_connection_state.h"

/* Fills *out, but for its `link`, and returns true; false when no part has anything to say. */
bool gc_peer_connection_outputs_next(gc_peer_connection *p, gc_rtc_output *out);

#endif
