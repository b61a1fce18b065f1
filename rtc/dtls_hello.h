/* DTLS hello: which ClientHello a server answers. Nothing in one proves who sent it, and an answer
 * costs a session of OpenSSL, so the newest one waits until there may be a session for it.
 *
 *   nothing --part--> in parts --whole, not the answered one--> waits --take--> nothing
 *
 * A sure one came inside an authenticated check of ICE: it is of the other side, so one that is not
 * sure neither replaces it nor follows it. Others than peers of this program cut their ClientHello:
 * its parts are put together here (dtls_assembly.h). Source: RFC 5246 7.4.1.2, RFC 6347 4.2.1. */
#ifndef GC_RTC_DTLS_HELLO_H
#define GC_RTC_DTLS_HELLO_H

#include "rtc/dtls_assembly.h"
#include "rtc/dtls_proof.h"

/* A browser's has about 1,500 bytes. */
#define GC_DTLS_HELLO_BYTES_MAX 2048

typedef struct gc_dtls_hello {
    gc_dtls_assembly next;
    bool waits;
    bool sure;                            /* the one that waits */
    bool answered;                        /* there is an answered one */
    bool answered_sure;                   /* and it was sure */
    uint8_t random[GC_DTLS_RANDOM_BYTES]; /* of the answered one */
    uint8_t *memory;
} gc_dtls_hello;

/* Begins with nothing. memory: GC_DTLS_HELLO_BYTES_MAX bytes, borrowed as long as h is used. */
void gc_dtls_hello_init(gc_dtls_hello *h, uint8_t *memory);
/* Looks for a ClientHello, or a part of one, in a datagram (any bytes, copied). One that is longer
 * than GC_DTLS_HELLO_BYTES_MAX with the head of its record is not taken. ours: the other side is a
 * peer of this program, which cuts none. sure: the datagram came inside an authenticated check. */
void gc_dtls_hello_datagram(gc_dtls_hello *h, gc_span datagram, bool ours, bool sure);
/* Returns true when one waits; sure: only one that is sure, where the answered one is not. */
bool gc_dtls_hello_waits(const gc_dtls_hello *h, bool sure);
/* Takes the one that waits (asserted), which is answered now. Returns it as a datagram, borrowed
 * until the next call. */
gc_span gc_dtls_hello_take(gc_dtls_hello *h);

#endif
