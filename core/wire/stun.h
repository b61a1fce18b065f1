/* STUN Binding (RFC 8489): the part that an answering server needs. */
#ifndef GC_WIRE_STUN_H
#define GC_WIRE_STUN_H

#include "core/base/addr.h"
#include "core/base/span.h"

#define GC_STUN_RESPONSE_BYTES_MAX 64

typedef struct gc_stun_request {
    uint8_t transaction[12];
    bool fingerprint; /* the request had one: the answer gets one */
} gc_stun_request;

/* Reads a Binding request. Returns 0 when it is one, strictly: type 0x0001, cookie, length % 4 == 0
 * and == datagram - 20, attributes walk exactly to the end, a FINGERPRINT is right and last.
 * Anything else is GC_E_SYNTAX: answer with silence. Unknown comprehension-required attributes:
 * GC_E_REFUSED (silence too: no amplification). The attributes of credentials are known and
 * ignored. Source: RFC 8489 5, 6.3, 14. */
int gc_stun_parse_binding(gc_span datagram, gc_stun_request *out);
/* Writes the Binding success response to a request that came from this address (family 4 or 6,
 * asserted): XOR-MAPPED-ADDRESS alone, and FINGERPRINT when the request had one. Returns its
 * length: 32 bytes for IPv4, 44 for IPv6, 8 more with FINGERPRINT. Source: RFC 8489 6.3.1.1, 14.2,
 * 14.7. */
uint32_t gc_stun_write_binding(const gc_stun_request *r, const gc_addr *from,
                               uint8_t out[GC_STUN_RESPONSE_BYTES_MAX]);
/* Writes a Binding request without attributes, for tests and for clients. transaction: 12 random
 * bytes. Returns its length, 20. Source: RFC 8489 5. */
uint32_t gc_stun_write_request(const uint8_t transaction[12], uint8_t out[20]);
/* Reads the mapped address out of a datagram that may be the success response to this transaction.
 * Returns 0; GC_E_NOT_FOUND when it answers another transaction or names no address; GC_E_SYNTAX
 * for anything malformed. Then *mapped is unchanged. Source: RFC 8489 6.3.3, 14.2. */
int gc_stun_parse_response(gc_span datagram, const uint8_t transaction[12], gc_addr *mapped);

#endif
