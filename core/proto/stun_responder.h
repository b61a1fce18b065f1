/* STUN responder: one datagram in, an answer or silence out. Each source address (IPv6: its /64)
 * has a bucket, so that forged requests cannot make us flood their victim. It keeps nothing of a
 * client beyond that bucket. Source: RFC 8489 6.3.1, 16.1; limits.h. */
#ifndef GC_PROTO_STUN_RESPONDER_H
#define GC_PROTO_STUN_RESPONDER_H

#include "core/base/limits.h"
#include "core/base/span.h"
#include "core/proto/source_rates.h"
#include "core/wire/stun.h"

#define GC_STUN_REQUEST_BYTES_MAX 1024 /* no longer datagram is taken for a request */

typedef struct gc_stun_responder {
    uint64_t answered; /* for /metrics */
    uint64_t dropped;  /* over the rate */
    uint64_t ignored;  /* no Binding request */
    gc_source_rates rates;
} gc_stun_responder;

/* Prepares r, which is zero; touches no page of its table. key: 16 random bytes, copied.
 * per_second: answers to one source, from 1 to GC_SOURCE_RATE_MAX; GC_STUN_BURST_SECONDS of that
 * may come at once. The browsers of an office behind one address ask again every 10 s for each
 * link.
 */
void gc_stun_responder_init(gc_stun_responder *r, const uint8_t key[16], uint32_t per_second);
/* Answers one datagram, which is borrowed for the call, and counts it. now_ms: monotonic, a step
 * back is clamped. from: who sent it, family 4 or 6 (asserted); the answer tells this address and
 * is for it. Returns the length of the answer in out, or 0 for silence: the datagram is not a
 * Binding request, asks for what we do not do, or its source is over its rate. Source: RFC
 * 8489 6.3.1. */
uint32_t gc_stun_responder_handle(gc_stun_responder *r, uint64_t now_ms, const gc_addr *from,
                                  gc_span datagram, uint8_t out[GC_STUN_RESPONSE_BYTES_MAX]);

#endif
