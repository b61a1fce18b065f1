/* DTLS BIO: how OpenSSL reads and writes the datagrams of one session. One read is one datagram,
 * and so is one write, but that one record of a handshake joins the datagram of such records before
 * it, in a flight that is sent again and in a first one alike. A memory BIO would lose the borders
 * between datagrams.
 *
 * The datagram that waits to be read lies in memory that the sessions of a handle share: whoever
 * admits another one before OpenSSL has read this one loses it, as a network does. Source: RFC 6347
 * 4.1.1 (records in datagrams), 4.2.4 (flights). */
#ifndef GC_RTC_DTLS_BIO_H
#define GC_RTC_DTLS_BIO_H

#include "rtc/datagram_queue.h"
#include "rtc/limits.h"

/* Longest datagram that is taken. */
#define GC_DTLS_DATAGRAM_BYTES_MAX GC_RTC_DATAGRAM_BYTES_MAX
/* UDP payload of our own handshake messages, always, and of data at first. */
#define GC_DTLS_MTU_BYTES GC_RTC_DATAGRAM_BYTES
/* A flight of ours has at most about 1,500 bytes, and there is one more record beside it. */
#define GC_DTLS_OUT_BYTES (2048 + GC_DTLS_DATAGRAM_BYTES_MAX)

/* The datagram that waits, of all sessions of a handle. */
typedef struct gc_dtls_input {
    const struct gc_dtls_bio *reader; /* whose it is; NULL: nobody's */
    uint32_t len;
    uint8_t bytes[GC_DTLS_DATAGRAM_BYTES_MAX];
} gc_dtls_input;

typedef struct gc_dtls_bio {
    gc_dtls_input *input;
    bool connected; /* the handshake is over: only its last flight is sent, and only again */
    bool resending; /* OpenSSL sends a flight again */
    bool resent;    /* datagrams of such a flight wait in `out` */
    gc_datagram_queue out;
    uint8_t out_memory[GC_DTLS_OUT_BYTES];
} gc_dtls_bio;

/* Makes the method of all BIOs of a handle: OpenSSL has no constant ones, and a shared one would be
 * a global. Returns it, for BIO_meth_free(), or NULL when OpenSSL refuses. */
struct bio_method_st *gc_dtls_bio_method(void);
/* Starts with no datagrams. input: of the handle, borrowed, outlives b. */
void gc_dtls_bio_init(gc_dtls_bio *b, gc_dtls_input *input);
/* Makes OpenSSL's end of b, which must not move as long as that is used. method: of
 * gc_dtls_bio_method(), outlives it. Returns it, for BIO_free() (or SSL_free(), once an SSL has
 * it), or NULL when OpenSSL refuses. */
struct bio_st *gc_dtls_bio_make(gc_dtls_bio *b, const struct bio_method_st *method);
/* Tells whether a datagram waits for OpenSSL to be read from b. */
bool gc_dtls_bio_waits(const gc_dtls_bio *b);
/* Takes the next datagram that OpenSSL has written into *out, borrowed until its next write. again:
 * whether it is of a flight that was sent before. Returns false when there is none. */
bool gc_dtls_bio_take(gc_dtls_bio *b, gc_span *out, bool *again);
/* Drops the datagrams of both directions. */
void gc_dtls_bio_drop(gc_dtls_bio *b);

#endif
