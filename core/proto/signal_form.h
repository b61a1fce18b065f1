/* Signal form: the common part of the forms of signaling messages: the message as it was read, and
 * the members that more than one form has. Ours are signal_text.h and slot_text.h; PeerJS's is
 * data_text.h. Source: ghostchat-protocol.7, "Signaling" and "Setting up a link". */
#ifndef GC_PROTO_SIGNAL_FORM_H
#define GC_PROTO_SIGNAL_FORM_H

#include "core/wire/peerjs.h"

#define GC_MID_BYTES_MAX 64 /* name of an m-line; browsers write "0" */

/* A message as gc_signal_read() (signal_text.h) leaves it. Tokens point into json, whose text is
 * borrowed: valid as long as that text is. */
typedef struct gc_signal_in {
    gc_signal type;
    /* Of OFFER ... EXPIRE, GC-JOINED, -LEFT, -ABSENT and -PRESENT: the id of whom it is about. */
    uint8_t src[GC_ID_BYTES_MAX];
    uint32_t src_len; /* 0 when missing */
    bool gc;          /* OPEN: the server has the additions */
    bool has_room;    /* OPEN, GC-ROOM: the message has a ROOM */
    bool has_tag;     /* GC-ROOM, GC-JOINED, GC-LEFT, OFFER */
    uint8_t tag[GC_TAG_BYTES];
    bool has_proof; /* OFFER, of ours */
    uint8_t proof[GC_PROOF_BYTES];
    uint32_t reason;                           /* ERROR: always; ROOM: 0 when there is none */
    uint8_t dial[GC_DIAL_BYTES];               /* OFFER, ANSWER, CANDIDATE */
    uint32_t index;                            /* CANDIDATE: number of the m-line */
    int32_t members, ice, sdp, candidate, mid; /* tokens of json, or -1 */
    /* CANDIDATE: the payload of a slot message (slot_text.h), then nothing else; or -1 */
    int32_t slot;
    /* OFFER, ANSWER, CANDIDATE in the form of a PeerJS data connection (data_text.h): */
    bool data;
    bool marked;            /* OFFER: a GhostChat peer made it, and may be answered as one */
    uint32_t serialization; /* OFFER: gc_serialization */
    uint32_t connection_len;
    uint8_t connection[GC_CONNECTION_ID_BYTES_MAX];
    gc_json json;
} gc_signal_in;

/* How each payload of ours begins, after its brace. */
#define GC_SIGNAL_FORM_OURS "\"type\":\"ghostchat\",\"v\":1"

/* Tells whether payload, a token of j or -1, is an object with the type and version of ours. */
bool gc_signal_form_is_ours(const gc_json *j, int32_t payload);
/* Reads 16 bytes (a dial, a nonce, a proof) from token, a string in base64url. Returns false, with
 * out undefined, when token is -1, not a string, or says another number of bytes. */
bool gc_signal_form_read_bytes(const gc_json *j, int32_t token, uint8_t out[16]);
/* Writes a comma, key, and 16 bytes in base64url: ,"key":"...". w->failed, here and below, when it
 * does not fit. */
void gc_signal_form_write_bytes(gc_writer *w, const char *key, const uint8_t bytes[16]);
/* Begins a message with its type; the caller writes the rest and closes the brace. */
void gc_signal_form_begin(gc_writer *w, gc_signal type);
/* Begins a message of this type to the peer with the id dst (1..GC_ID_BYTES_MAX bytes), and its
 * payload; the caller writes the rest and closes both braces. */
void gc_signal_form_begin_relayed(gc_writer *w, gc_signal type, gc_span dst);

#endif
