/* DTLS session: one handshake of OpenSSL and what follows it, over the datagrams of a dtls_bio.
 * Its owner says what it may read. One that failed is ended, and another one may be opened.
 *
 *   none --open--> shakes hands --DONE--> writes and reads
 *    ^___________________|____ FAILED, end _______|
 *
 * The certificate of the other side is compared with its fingerprint as soon as OpenSSL has it, in
 * both roles: with a wrong one the handshake itself fails (RFC 8122 5, RFC 8827 6.5), so neither
 * side takes the session for an open one. Certificates of this protocol are self-signed: there is
 * nothing else to be checked. Source: RFC 6347 4.2.4 (timers), RFC 8122 5 and 6.2, RFC 8827 6.5. */
#ifndef GC_RTC_DTLS_SESSION_H
#define GC_RTC_DTLS_SESSION_H

#include "rtc/dtls_context.h"
#include "rtc/dtls_proof.h"
#include "rtc/dtls_record.h"

/* Encrypted records with a shorter body are not for OpenSSL, which would end the session because of
 * them although nobody has authenticated them (3.0: the length of the additional data is a fatal
 * internal error). The shortest real ones: while shaking hands a Finished of 24 bytes, later an
 * empty record, with the least that the cipher adds: the tag of 16 bytes, and 8 of a nonce with
 * AES-GCM. */
#define GC_DTLS_FINISHED_BODY_BYTES 40
#define GC_DTLS_TAG_BYTES           16
#define GC_DTLS_NONCE_BYTES         8
/* The first resend comes after twice the round trip, each later one of a flight after half as much
 * time again: RFC 6347 4.2.4.1 doubles, which at 30 % loss takes longer than people wait. From 50
 * ms and up to 1.6 s there are at most the 12 resends in 10 s after which OpenSSL gives up. */
#define GC_DTLS_TIMER_MS_MIN 50
/* While the round trip is not known. A prepared ClientHello needs no shorter one: it goes along
 * with each check, and on a path of 100 ms it would go out once more than it has to. */
#define GC_DTLS_TIMER_MS_UNKNOWN 200
#define GC_DTLS_TIMER_MS_MAX     1600

enum gc_dtls_progress {
    GC_DTLS_GOES_ON, /* waits for a datagram, or for its timer */
    GC_DTLS_DONE,    /* the handshake is over, and the fingerprint right */
    GC_DTLS_FAILED,
};

typedef struct gc_dtls_session {
    gc_dtls_context *context;
    struct ssl_st *ssl;         /* OpenSSL's memory; NULL: none */
    const uint8_t *fingerprint; /* the owner's, as is proof */
    gc_dtls_proof *proof;
    uint64_t records; /* of epoch 0 that it was given */
    uint32_t first_timer_ms;
    uint8_t body_min; /* of an encrypted record that it may be given */
    bool verified;    /* the certificate of the other side has the fingerprint */
    bool readable;    /* it may have data: something came since it said that it has none */
    gc_dtls_bio bio;
} gc_dtls_session;

/* Begins with none. context: borrowed, outlives the session, which must not move. */
void gc_dtls_session_init(gc_dtls_session *s, gc_dtls_context *context);
/* Opens one in the place of the one before, and forgets its datagrams. client: the role of ours.
 * fingerprint: GC_FINGERPRINT_BYTES, of the certificate that is expected. proof: hears each
 * message; both are borrowed until the end. Returns false, and there is none, when OpenSSL
 * refuses. */
bool gc_dtls_session_open(gc_dtls_session *s, bool client, const uint8_t *fingerprint,
                          gc_dtls_proof *proof);
/* Gives back OpenSSL's memory, if there is any, and forgets all datagrams. May be called twice. */
void gc_dtls_session_end(gc_dtls_session *s);
/* Sets the first timer of flights that leave from now on: twice the round trip of the path, within
 * its bounds. rtt_ms: at least 1. */
void gc_dtls_session_round_trip(gc_dtls_session *s, uint32_t rtt_ms);

/* Begins a datagram without records, in the place of one that a session of the context has not
 * read. */
void gc_dtls_session_datagram(gc_dtls_session *s);
/* Adds a record, copied, to that datagram, which has at most GC_DTLS_DATAGRAM_BYTES_MAX bytes then
 * (asserted). */
void gc_dtls_session_put(gc_dtls_session *s, const gc_dtls_record *record);
/* Goes on with the handshake of an open session: reads the datagram, if there is one, and writes
 * what follows. After FAILED it must be ended. */
enum gc_dtls_progress gc_dtls_session_shake(gc_dtls_session *s);
/* Returns the time in ms until a flight is to be sent again, at least 1; GC_NEVER: no time, or
 * there is no session. */
uint64_t gc_dtls_session_timer_ms(const gc_dtls_session *s);
/* Sends the flight of an open session again if its time is over. Returns false when that has
 * happened too often (12 times): it must be ended if its handshake is not over. */
bool gc_dtls_session_resend(gc_dtls_session *s);
/* Writes the random bytes of the client of an open session. */
void gc_dtls_session_random(const gc_dtls_session *s, uint8_t out[GC_DTLS_RANDOM_BYTES]);

/* Writes data (1 byte at least) as one record, after DONE; a datagram that does not fit beside
 * those that wait is lost. Returns false when the session is over. */
bool gc_dtls_session_write(gc_dtls_session *s, gc_span data);
/* Reads the content of the next record into *out, borrowed until the next call for any session of
 * the context; after DONE. Returns GC_DTLS_DONE, GC_DTLS_GOES_ON when there is none, or
 * GC_DTLS_FAILED when the session is over. */
enum gc_dtls_progress gc_dtls_session_read(gc_dtls_session *s, gc_span *out);
/* Says close_notify (RFC 5246 7.2.1), after DONE; nothing may be written after it. */
void gc_dtls_session_leave(gc_dtls_session *s);
/* Says "bad_certificate" (RFC 8122 6.2) without a key, as anybody could: browsers believe it while
 * they shake hands. No session need be open. */
void gc_dtls_session_refuse(gc_dtls_session *s);

#endif
