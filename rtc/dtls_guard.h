/* DTLS guard: which records of a handshake may reach OpenSSL. They are not encrypted, so whoever
 * can write the address of the other side can send them, and OpenSSL ends a handshake at the first
 * message that it does not expect, or waits for ever for the one whose place another has taken.
 *
 * A message passes only where it comes next in the handshake of the other side's role:
 *
 *   of a client: ClientHello -> Certificate -> ClientKeyExchange -> CertificateVerify -> whole
 *   of a server: [HelloVerifyRequest ->] ServerHello -> Certificate -> ServerKeyExchange
 *                -> [CertificateRequest ->] ServerHelloDone -> whole
 *
 * A certificate passes only if it is the one whose fingerprint is expected: a datagram with it is
 * most likely of the other side. Peers of this program send each flight in one datagram, so nothing
 * without it passes from them but a ClientHello; of others, whose flights may be cut, a ServerHello
 * and parts of a certificate do. ChangeCipherSpec, which has no number, passes when all is whole.
 *
 * A ClientHello is all that has no proof in it: a false one is outlived by gc_dtls, which begins
 * again. Source: RFC 5246 7.3, RFC 6347 4.2. */
#ifndef GC_RTC_DTLS_GUARD_H
#define GC_RTC_DTLS_GUARD_H

#include "rtc/certificate.h"
#include "rtc/dtls_record.h"

typedef struct gc_dtls_guard {
    const uint8_t *fingerprint; /* the owner's */
    uint32_t part;              /* bytes of the next message that came already */
    uint32_t len;               /* of the next message, when part > 0 */
    uint16_t seq;               /* of the next message */
    uint8_t last;               /* gc_dtls_message_type of the message before it; 0: none */
    bool of_client;             /* the other side is the client */
    bool ours;                  /* the other side is of this program */
    bool certain;               /* the certificate is in this datagram */
    bool foreign;               /* a foreign one is */
} gc_dtls_guard;

/* Begins with a handshake. of_client: the other side is its client. ours: it is a peer of this
 * program. fingerprint: of GC_FINGERPRINT_BYTES, outlives g. */
void gc_dtls_guard_begin(gc_dtls_guard *g, bool of_client, bool ours, const uint8_t *fingerprint);
/* Looks at a datagram as a whole; before gc_dtls_guard_passes() for each of its records. */
void gc_dtls_guard_datagram(gc_dtls_guard *g, gc_span datagram);
/* Tells whether a record of epoch 0 passes, and counts it as come then. */
bool gc_dtls_guard_passes(gc_dtls_guard *g, const gc_dtls_record *record);
/* Notes that OpenSSL has a whole ClientHello: its parts may come in any order. */
void gc_dtls_guard_answered(gc_dtls_guard *g);
/* Returns the random bytes (32) of a whole ClientHello in a record, borrowed from it; empty: it is
 * none. Source: RFC 5246 7.4.1.2. */
gc_span gc_dtls_guard_hello(const gc_dtls_record *record);

#endif
