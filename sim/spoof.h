/* What a stranger can send without any key: datagrams with the form of STUN, of DTLS (ClientHello
 * and other messages of a handshake, alerts, encrypted records) and of SCTP, good and broken ones.
 * None of them may end a link. Whoever sends them to a real socket (test/native/spoof.c) draws the
 * same ones. Source: RFC 8489, RFC 6347, RFC 9260, RFC 7983. */
#ifndef SIM_SPOOF_H
#define SIM_SPOOF_H

#include "sim/rng.h"

#define SIM_SPOOF_BYTES_MAX 1200

/* Writes one datagram of a kind that the draw decides. Returns its length, at least 1. */
uint32_t sim_spoof(sim_rng *r, uint8_t out[SIM_SPOOF_BYTES_MAX]);

#endif
