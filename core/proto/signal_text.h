/* Signaling messages as a client reads and writes them: JSON in, JSON out, no state.
 * Source: ghostchat-protocol.7, "Signaling" and "Setting up a link". */
#ifndef GC_PROTO_SIGNAL_TEXT_H
#define GC_PROTO_SIGNAL_TEXT_H

#include "core/wire/peerjs.h"

#define GC_MID_BYTES_MAX 64 /* name of an m-line; browsers write "0" */

typedef struct gc_signal_in {
    gc_signal type;
    /* Of OFFER ... EXPIRE, GC-JOINED, -LEFT, -ABSENT and -PRESENT: the id of whom it is about. */
    uint8_t src[GC_ID_BYTES_MAX];
    uint32_t src_len; /* 0 when missing */
    bool gc;          /* OPEN: the server has the additions */
    bool has_room;    /* OPEN, GC-ROOM: a ROOM stands there */
    bool has_tag;     /* GC-ROOM, GC-JOINED, GC-LEFT, OFFER */
    uint8_t tag[GC_TAG_BYTES];
    bool has_proof; /* OFFER, of ours */
    uint8_t proof[GC_PROOF_BYTES];
    uint32_t reason;                           /* ERROR: always; ROOM: 0 when there is none */
    uint8_t dial[GC_DIAL_BYTES];               /* OFFER, ANSWER, CANDIDATE */
    uint32_t index;                            /* CANDIDATE: number of the m-line */
    int32_t members, ice, sdp, candidate, mid; /* tokens of json, or -1 */
    int32_t
        slot; /* CANDIDATE: the payload of a slot message (slot_text.h), then nothing else; or -1 */
    /* OFFER, ANSWER, CANDIDATE in the form of a PeerJS data connection (data_text.h): */
    bool data;
    bool marked;            /* OFFER: a GhostChat peer made it, and may be answered as one */
    uint32_t serialization; /* OFFER: gc_serialization */
    uint32_t connection_len;
    uint8_t connection[GC_CONNECTION_ID_BYTES_MAX];
    gc_json json;
} gc_signal_in;

/* Reads a message. Returns 0, or GC_E_SYNTAX, GC_E_UTF8, GC_E_TOO_BIG: ignore it. An unknown type
 * is GC_SIGNAL_OTHER and 0. OFFER, ANSWER and CANDIDATE of another `type` than ours and PeerJS's
 * "data" (a media call, for one), of another `v` or without a key are GC_E_SYNTAX too. */
int gc_signal_read(gc_span text, gc_signal_in *in);
/* The next member of ROOM: *at starts with 0. False at the end. Strings that are no ids are left
 * out. */
bool gc_signal_member(const gc_signal_in *in, uint32_t *at, uint8_t id[GC_ID_BYTES_MAX],
                      uint32_t *len);

/* What the forms of relayed messages share: this file's, slot_text.h's, data_text.h's. */
#define GC_SIGNAL_OURS "\"type\":\"ghostchat\",\"v\":1"
/* Whether a payload begins so. */
bool gc_signal_is_ours(const gc_json *j, int32_t payload);
/* 16 bytes in base64url: dial, nonce, proof. */
bool gc_signal_read_bytes(const gc_json *j, int32_t token, uint8_t out[16]);
/* ,"key":"base64url" */
void gc_signal_write_bytes(gc_writer *w, const char *key, const uint8_t bytes[16]);
/* Up to and with the brace that opens the payload. */
void gc_signal_begin_relayed(gc_writer *w, gc_signal type, gc_span dst);

/* A message without payload and addressee. */
void gc_signal_write_plain(gc_writer *w, gc_signal type);
void gc_signal_write_join(gc_writer *w, const uint8_t tag[GC_TAG_BYTES]);
/* tag NULL: a bare join link. proof NULL: the server has rooms, or it is no member. */
void gc_signal_write_offer(gc_writer *w, gc_span dst, const uint8_t dial[GC_DIAL_BYTES],
                           const uint8_t *tag, const uint8_t *proof, gc_span sdp);
void gc_signal_write_answer(gc_writer *w, gc_span dst, const uint8_t dial[GC_DIAL_BYTES],
                            gc_span sdp);
void gc_signal_write_candidate(gc_writer *w, gc_span dst, const uint8_t dial[GC_DIAL_BYTES],
                               gc_span candidate, gc_span mid, uint32_t index);

#endif
