/* DTLS records as far as they are looked at before OpenSSL: a datagram holds one or more of them,
 * and a record of a handshake one or more messages. Source: RFC 6347 4.1 (records), 4.2.2
 * (messages of a handshake), 4.2.3 (their fragments). */
#ifndef GC_RTC_DTLS_RECORD_H
#define GC_RTC_DTLS_RECORD_H

#include "core/base/span.h"

/* 1.2 (RFC 6347 4.1). */
#define GC_DTLS_VERSION              0xfefd
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

/* RFC 5246 7.4, RFC 6347 4.3.2: HandshakeType, those that are not encrypted. */
enum gc_dtls_message_type {
    GC_DTLS_CLIENT_HELLO = 1,
    GC_DTLS_SERVER_HELLO = 2,
    GC_DTLS_HELLO_VERIFY_REQUEST = 3,
    GC_DTLS_CERTIFICATE = 11,
    GC_DTLS_SERVER_KEY_EXCHANGE = 12,
    GC_DTLS_CERTIFICATE_REQUEST = 13,
    GC_DTLS_SERVER_HELLO_DONE = 14,
    GC_DTLS_CERTIFICATE_VERIFY = 15,
    GC_DTLS_CLIENT_KEY_EXCHANGE = 16,
};

typedef struct gc_dtls_record {
    gc_span whole; /* head and body */
    gc_span body;
    uint16_t epoch; /* 0: not encrypted */
    uint8_t type;   /* as it came: a gc_dtls_type or any other number */
} gc_dtls_record;

/* A message of a handshake, or one fragment of it. */
typedef struct gc_dtls_message {
    gc_span part;
    uint32_t len; /* of the whole message */
    uint32_t at;  /* where the part begins in it */
    uint16_t seq;
    uint8_t type; /* as it came: a gc_dtls_message_type or any other number */
} gc_dtls_message;

/* Takes the first record of *datagram and moves *datagram behind it; spans are borrowed from it.
 * Returns false when there is none: at the end, or where the bytes are not a record (the rest of
 * such a datagram is worth nothing). */
bool gc_dtls_record_next(gc_span *datagram, gc_dtls_record *out);
/* Writes another sequence number (48 bits, big-endian; higher ones are cut off) into the bytes of a
 * whole record. */
void gc_dtls_record_number(uint8_t *record, uint64_t number);
/* Takes the first message, or fragment of one, of the body of a handshake record of epoch 0 and
 * moves *body behind it; spans are borrowed from it. Returns false when there is none, or where it
 * is not inside the bounds of its own head: OpenSSL would end a handshake because of it. */
bool gc_dtls_message_next(gc_span *body, gc_dtls_message *out);

#endif
