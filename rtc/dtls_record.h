/* DTLS records as far as they are looked at before OpenSSL: a datagram holds one or more of them,
 * and those that anybody could have sent (epoch 0, not encrypted) must not end a handshake or a
 * link. Source: RFC 6347 4.1 (records), 4.2.2 (fragments of handshake messages). */
#ifndef GC_RTC_DTLS_RECORD_H
#define GC_RTC_DTLS_RECORD_H

#include "core/base/span.h"

#define GC_DTLS_RECORD_HEAD_BYTES    13
#define GC_DTLS_HANDSHAKE_HEAD_BYTES 12
/* The longest handshake message that is taken: a chain of certificates is the longest one. */
#define GC_DTLS_HANDSHAKE_BYTES_MAX 16384

/* RFC 5246 6.2.1: ContentType. */
enum gc_dtls_type {
    GC_DTLS_TYPE_CHANGE_CIPHER = 20,
    GC_DTLS_TYPE_ALERT = 21,
    GC_DTLS_TYPE_HANDSHAKE = 22,
    GC_DTLS_TYPE_DATA = 23,
};

typedef struct gc_dtls_record {
    gc_span whole; /* head and body */
    gc_span body;
    uint16_t epoch; /* 0: not encrypted */
    uint8_t type;   /* as it came: a gc_dtls_type or any other number */
} gc_dtls_record;

/* Takes the first record of *datagram and moves *datagram behind it; spans are borrowed from it.
 * Returns false when there is none: at the end, or where the bytes are not a record (the rest of
 * such a datagram is worth nothing). */
bool gc_dtls_record_next(gc_span *datagram, gc_dtls_record *out);
/* Tells whether a handshake record of epoch 0 may come from the other side of a handshake: only
 * messages of its role, each inside the bounds of its own head. from_client: the other side is the
 * client. Source: RFC 5246 7.3, RFC 6347 4.2. */
bool gc_dtls_record_plausible(const gc_dtls_record *record, bool from_client);

#endif
