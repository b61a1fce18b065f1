/* DTLS flight: looks in datagrams for the flight of the other side that has a proof (dtls_proof.h).
 * Nothing of a flight reaches OpenSSL before its signature is right, so datagrams of a stranger
 * cost the handshake nothing, however many they are and whatever is in them.
 *
 * Peers of this program send a flight in one datagram. Others may cut theirs: their parts are put
 * together in memory that whole flights do not touch (dtls_assembly.h).
 *
 * To check a signature takes as long as to take a hundred datagrams, so there are at most
 * GC_DTLS_PROOFS_MAX in each timer of a resend. Whoever sends more false flights than that, with
 * the true certificate, may make our side overlook the true flight, and the next time it is sent.
 * Source: RFC 5246 7.3, RFC 6347 4.2.3, 4.2.4. */
#ifndef GC_RTC_DTLS_FLIGHT_H
#define GC_RTC_DTLS_FLIGHT_H

#include "rtc/dtls_assembly.h"
#include "rtc/dtls_proof.h"

#define GC_DTLS_PROOFS_MAX 32
/* A flight up to its signature: some 600 bytes with a key of P-256, 2,500 with one of RSA. */
#define GC_DTLS_FLIGHT_BYTES_MAX 4096

typedef struct gc_dtls_flight {
    gc_dtls_proof proof;
    const uint8_t *fingerprint; /* the owner's */
    gc_dtls_assembly parts;     /* of one that is cut */
    uint64_t proofs_until_ms;
    uint8_t proofs; /* until then */
    bool of_client; /* the other side is the client */
    bool ours;      /* the other side is of this program */
    bool foreign;   /* a certificate with another fingerprint came */
    bool cut;       /* something is in parts */
    uint8_t *memory;
} gc_dtls_flight;

/* Begins with no handshake. memory: GC_DTLS_FLIGHT_BYTES_MAX bytes, borrowed as long as f is used.
 */
void gc_dtls_flight_init(gc_dtls_flight *f, uint8_t *memory);
/* Gives back what OpenSSL allocated. May be called twice. */
void gc_dtls_flight_end(gc_dtls_flight *f);
/* Begins with a handshake, the first one or another one. of_client: the other side is its client.
 * ours: it is a peer of this program. fingerprint: of its certificate, GC_FINGERPRINT_BYTES,
 * borrowed until the next begin. How many signatures were checked is not forgotten. Returns false
 * when OpenSSL refuses. */
bool gc_dtls_flight_begin(gc_dtls_flight *f, bool of_client, bool ours, const uint8_t *fingerprint);
/* Looks for the flight in a datagram (any bytes) and those before it; a handshake must have begun.
 * now_ms, timer_ms: the time, and that of a resend, in milliseconds. seq: number of the flight's
 * first message. random: GC_DTLS_RANDOM_BYTES of the ClientHello; read only where the other side is
 * the server. Returns the datagram itself if it has the whole flight, a datagram made of the parts
 * of others (borrowed until the next call), or an empty span: there is no flight, or no right one.
 */
gc_span gc_dtls_flight_find(gc_dtls_flight *f, uint64_t now_ms, uint32_t timer_ms, uint16_t seq,
                            const uint8_t *random, gc_span datagram);

#endif
