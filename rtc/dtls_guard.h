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
 * A ClientHello goes another way (dtls_hello.h). Those from the first of a flight up to its
 * signature pass only if that signature is right (dtls_proof.h), so with the parts of others than
 * peers of this program alone the two messages behind it have no proof: they pass from anybody
 * between the datagram with the signature and the next one. ChangeCipherSpec, which has no number,
 * passes when all is whole, and only after it what is encrypted: OpenSSL would keep it before.
 *
 * A HelloVerifyRequest has no proof, and cannot be taken back. Only others send it, and they send
 * it again for each ClientHello: it passes where there was one for this ClientHello and for the one
 * before. Source: RFC 5246 7.3, RFC 6347 4.2. */
#ifndef GC_RTC_DTLS_GUARD_H
#define GC_RTC_DTLS_GUARD_H

#include "rtc/dtls_record.h"

#include <stdbool.h>

typedef struct gc_dtls_guard {
    uint32_t part;  /* bytes of the next message that came already */
    uint32_t len;   /* of the next message, when part > 0 */
    uint16_t seq;   /* of the next message */
    uint8_t last;   /* gc_dtls_message_type of the message before it; 0: none */
    bool of_client; /* the other side is the client */
    bool ours;      /* the other side is of this program */
    bool changed;   /* ChangeCipherSpec has passed */
    bool cookie;    /* a HelloVerifyRequest came since the last ClientHello */
    bool cookies;   /* and one before it */
} gc_dtls_guard;

/* Begins with a handshake. of_client: the other side is its client. ours: it is a peer of this
 * program. */
void gc_dtls_guard_begin(gc_dtls_guard *g, bool of_client, bool ours);
/* Notes that OpenSSL has got the ClientHello of the other side. */
void gc_dtls_guard_greeted(gc_dtls_guard *g);
/* Notes that the ClientHello of ours goes out again. */
void gc_dtls_guard_asked_again(gc_dtls_guard *g);
/* Returns true when the next message is the first one of a flight that has a proof: of a client
 * Certificate, of a server ServerHello. */
bool gc_dtls_guard_wants_proof(const gc_dtls_guard *g);
/* Tells whether a record (any bytes) passes, and counts it as come then. proven: it is of a flight
 * with a right signature. Records of epoch 1, which are encrypted, pass whatever they are once
 * ChangeCipherSpec has; of those of later epochs, which nobody here begins, none does: OpenSSL
 * would keep 100 of the next one, in buffers of 17 KB. */
bool gc_dtls_guard_passes(gc_dtls_guard *g, const gc_dtls_record *record, bool proven);

#endif
