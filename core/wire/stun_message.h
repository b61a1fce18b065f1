/* STUN messages (RFC 8489) of any method: a reader that checks the whole form once and then finds
 * attributes, and a writer that keeps the message whole after each attribute. ICE, a plain client
 * and TURN say different things with the same form.
 *
 * Nothing here computes an HMAC, which the core does not have: gc_stun_place says over which bytes
 * it goes and where it is. Whoever has the key computes it (rtc/integrity.h). */
#ifndef GC_WIRE_STUN_MESSAGE_H
#define GC_WIRE_STUN_MESSAGE_H

#include "core/base/addr.h"
#include "core/base/span.h"
#include "core/base/writer.h"

#define GC_STUN_HEAD_BYTES        20
#define GC_STUN_TRANSACTION_BYTES 12
#define GC_STUN_INTEGRITY_BYTES   20 /* HMAC-SHA1 */
#define GC_STUN_BINDING           1  /* the method; RFC 8489 18.1 */

typedef enum gc_stun_class {
    GC_STUN_REQUEST,
    GC_STUN_INDICATION,
    GC_STUN_SUCCESS,
    GC_STUN_ERROR,
} gc_stun_class;

/* Attributes (RFC 8489 18.3, RFC 8445 16.1). A receiver that does not know a type below
 * GC_STUN_OPTIONAL must not act on the message. */
enum gc_stun_attribute_type {
    GC_STUN_USERNAME = 0x0006,
    GC_STUN_MESSAGE_INTEGRITY = 0x0008,
    GC_STUN_ERROR_CODE = 0x0009,
    GC_STUN_UNKNOWN_ATTRIBUTES = 0x000a,
    GC_STUN_REALM = 0x0014,
    GC_STUN_NONCE = 0x0015,
    GC_STUN_INTEGRITY_SHA256 = 0x001c,
    GC_STUN_PASSWORD_ALGORITHM = 0x001d,
    GC_STUN_USERHASH = 0x001e,
    GC_STUN_XOR_MAPPED_ADDRESS = 0x0020,
    GC_STUN_PRIORITY = 0x0024,
    GC_STUN_USE_CANDIDATE = 0x0025,
    GC_STUN_OPTIONAL = 0x8000,
    GC_STUN_FINGERPRINT = 0x8028,
    GC_STUN_ICE_CONTROLLED = 0x8029,
    GC_STUN_ICE_CONTROLLING = 0x802a,
    GC_STUN_DTLS = 0xc070, /* META-DTLS-IN-STUN of draft-hancke-webrtc-sped */
};

typedef struct gc_stun_attribute {
    uint16_t type;
    gc_span value; /* without padding; borrowed from the datagram */
} gc_stun_attribute;

typedef struct gc_stun_message {
    gc_span datagram;           /* borrowed */
    const uint8_t *transaction; /* GC_STUN_TRANSACTION_BYTES of the datagram */
    gc_stun_class class;
    uint16_t method;
    bool fingerprint;      /* it had one, and it was right */
    uint32_t covered;      /* attributes count that begin before this index */
    uint32_t integrity_at; /* index of MESSAGE-INTEGRITY; 0: none */
} gc_stun_message;

/* The bytes that MESSAGE-INTEGRITY of one message is computed over (RFC 8489 14.5), and its place.
 */
typedef struct gc_stun_place {
    uint8_t head[GC_STUN_HEAD_BYTES]; /* its length ends with MESSAGE-INTEGRITY */
    gc_span body;                     /* all bytes between the head and MESSAGE-INTEGRITY */
    uint32_t mac_at;                  /* index of GC_STUN_INTEGRITY_BYTES in the message */
} gc_stun_place;

/* --- reading ---------------------------------------------------------------------------------- */

/* Reads a message that fills the datagram, strictly: the first two bits zero, cookie, length % 4 ==
 * 0 and == datagram - 20, attributes walk exactly to the end, a MESSAGE-INTEGRITY of 20 bytes, a
 * FINGERPRINT right and last. The datagram is borrowed as long as *out is used. Returns 0, or
 * GC_E_SYNTAX; then *out is unchanged. An HMAC is not checked. Source: RFC 8489 5, 6.3, 14. */
int gc_stun_message_read(gc_span datagram, gc_stun_message *out);
/* Walks through all attributes, those that do not count included: start with *at = 0. Returns false
 * at the end. */
bool gc_stun_message_next(const gc_stun_message *m, uint32_t *at, gc_stun_attribute *out);
/* Finds the first attribute of this type that counts: what follows MESSAGE-INTEGRITY is not
 * covered by it and is ignored (RFC 8489 14.5). Returns false when there is none; then *value is
 * unchanged. */
bool gc_stun_message_find(const gc_stun_message *m, uint16_t type, gc_span *value);
/* Each finds an attribute of this form. They return 0; GC_E_NOT_FOUND when there is none;
 * GC_E_SYNTAX when it has another form. *out is changed only by success. An address is one under
 * XOR (RFC 8489 14.2), v4-mapped IPv6 is given as IPv4. An error is 300..699 (14.8). */
int gc_stun_message_u32(const gc_stun_message *m, uint16_t type, uint32_t *out);
int gc_stun_message_u64(const gc_stun_message *m, uint16_t type, uint64_t *out);
int gc_stun_message_address(const gc_stun_message *m, uint16_t type, gc_addr *out);
int gc_stun_message_error(const gc_stun_message *m, uint32_t *out);
/* Writes to out, in order, the types of the attributes that count, are not optional and are none of
 * the known_len `known` ones. Returns how many there are; the first out_len (may be 0) of them were
 * written. */
uint32_t gc_stun_message_unknown(const gc_stun_message *m, const uint16_t *known,
                                 uint32_t known_len, uint16_t *out, uint32_t out_len);
/* Says where the message's MESSAGE-INTEGRITY is; GC_E_NOT_FOUND when it has none. The body is
 * borrowed from the datagram. */
int gc_stun_message_place(const gc_stun_message *m, gc_stun_place *out);

/* --- writing ---------------------------------------------------------------------------------- */

/* Each appends to a writer that was at its start when the message began (asserted). An attribute
 * that does not fit sets w->failed, as always: ask once at the end. The length in the head is right
 * after each.
 */
void gc_stun_message_begin(gc_writer *w, gc_stun_class class, uint16_t method,
                           const uint8_t transaction[GC_STUN_TRANSACTION_BYTES]);
void gc_stun_message_put(gc_writer *w, uint16_t type, gc_span value);
void gc_stun_message_put_u32(gc_writer *w, uint16_t type, uint32_t value);
void gc_stun_message_put_u64(gc_writer *w, uint16_t type, uint64_t value);
/* address: of family 4 or 6 (asserted). */
void gc_stun_message_put_address(gc_writer *w, uint16_t type, const gc_addr *address);
/* code: 300..699 (asserted). text: for people. */
void gc_stun_message_put_error(gc_writer *w, uint32_t code, gc_span text);
void gc_stun_message_put_unknown(gc_writer *w, const uint16_t *types, uint32_t count);
/* Appends MESSAGE-INTEGRITY as zeros and says what to put in their place: the HMAC over place->head
 * and place->body, at w->data + place->mac_at. Only FINGERPRINT may follow. Nothing is said if the
 * writer has failed. Source: RFC 8489 14.5. */
void gc_stun_message_put_integrity(gc_writer *w, gc_stun_place *place);
/* Appends FINGERPRINT, which ends the message. Source: RFC 8489 14.7. */
void gc_stun_message_put_fingerprint(gc_writer *w);

#endif
