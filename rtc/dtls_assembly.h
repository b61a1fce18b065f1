/* DTLS assembly: the next messages of a handshake, put together before OpenSSL sees any of them. A
 * false part that OpenSSL has taken cannot be taken back; here the newest message wins, so whatever
 * lies in the way of the true messages is gone when the other side sends them again.
 *
 *   empty --put--> some messages whole, one in parts --put--> done: all that are wanted are whole
 *            ^______________________ the start of a message again ______________________/
 *
 * Messages come in their order. Of the one in parts there are the bytes up to somewhere and the
 * bytes from somewhere to its end, so that two datagrams may overtake one another. Source: RFC 6347
 * 4.2.3. */
#ifndef GC_RTC_DTLS_ASSEMBLY_H
#define GC_RTC_DTLS_ASSEMBLY_H

#include "rtc/dtls_record.h"

/* Most messages that are wanted at once. */
#define GC_DTLS_ASSEMBLY_MESSAGES_MAX 3

typedef struct gc_dtls_assembly {
    uint8_t *bytes; /* the caller's: the head of a record, then messages with their heads */
    uint32_t size;
    uint32_t len;   /* of the part of a message: its whole length; only if there is one */
    uint32_t front; /* bytes of it that are there from its start on */
    uint32_t back;  /* where those begin that are there up to its end */
    uint32_t at[GC_DTLS_ASSEMBLY_MESSAGES_MAX + 1]; /* where each begins; the last one: the end */
    const uint8_t *types;                           /* gc_dtls_message_type of each, the caller's */
    uint16_t seq;                                   /* of the first message */
    uint8_t wanted;
    uint8_t whole; /* messages */
    bool part;     /* of the next message something is there */
} gc_dtls_assembly;

/* Begins empty. memory: size bytes (GC_DTLS_RECORD_HEAD_BYTES at least, asserted), borrowed as long
 * as a is used. types: of the `wanted` messages (1 to GC_DTLS_ASSEMBLY_MESSAGES_MAX, asserted),
 * borrowed as long. seq: number of the first one. */
void gc_dtls_assembly_begin(gc_dtls_assembly *a, uint8_t *memory, uint32_t size,
                            const uint8_t *types, uint8_t wanted, uint16_t seq);
/* Takes a message, or a part of one, copied, with bounds as gc_dtls_message_next() checks them.
 * Returns false, and changes nothing, when it is not wanted, does not fit, or comes before its
 * turn. */
bool gc_dtls_assembly_put(gc_dtls_assembly *a, const gc_dtls_message *m);
/* Takes what is wanted of all records of a datagram that are not encrypted. Returns true if any
 * part was taken. */
bool gc_dtls_assembly_datagram(gc_dtls_assembly *a, gc_span datagram);
/* Returns true when all wanted messages are whole. */
bool gc_dtls_assembly_done(const gc_dtls_assembly *a);
/* Returns message i (0 for the first one) with its head, as RFC 6347 4.2.6 hashes it, borrowed
 * until the next put; empty while it is not whole. */
gc_span gc_dtls_assembly_message(const gc_dtls_assembly *a, uint32_t i);
/* Returns a datagram with all whole messages in one record, number 0, borrowed until the next put.
 */
gc_span gc_dtls_assembly_record(gc_dtls_assembly *a);

#endif
