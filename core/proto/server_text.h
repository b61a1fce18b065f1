/* Server text: the messages of a signaling server to its clients (ghostchat-protocol.7,
 * "Signaling"), as parts that a frame is put together of: the parts are copied once, into the
 * client's queue. Beside them the two places that a server reads of a client's message: `dst`, and
 * the tag of a room.
 *
 * A gc_server_text holds the parts of one text. It borrows what its writer was given and points
 * into itself, so it is neither copied nor kept after the call that it was written for. Each writer
 * starts it anew; it needs no init. */
#ifndef GC_PROTO_SERVER_TEXT_H
#define GC_PROTO_SERVER_TEXT_H

#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/base/span.h"
#include "core/proto/block_pool.h"
#include "core/wire/json.h"
#include "core/wire/peerjs.h"

/* An id as a JSON string: each byte may become \u00XX. */
#define GC_ID_TEXT_BYTES (6 * GC_ID_BYTES_MAX + 2)
/* ROOM of ghostchat-protocol.7 with the longest ids. */
#define GC_ROOM_TEXT_BYTES (64 + GC_ROOM_MEMBERS_MAX * (GC_ID_TEXT_BYTES + 1))
/* Spans that the ICE servers of one OPEN may be in, when they were kept in blocks. */
#define GC_ICE_SPANS             (GC_ICE_BYTES_MAX / GC_BLOCK_DATA_BYTES + 1)
#define GC_SERVER_TEXT_PARTS_MAX (GC_ICE_SPANS + 11)

typedef struct gc_server_text {
    uint32_t count;
    gc_span parts[GC_SERVER_TEXT_PARTS_MAX];
    uint8_t id[GC_ID_TEXT_BYTES]; /* scratch: an id as JSON */
    uint8_t tag[2 * GC_TAG_BYTES];
} gc_server_text;

/* The destination that the `dst` of a client's message names. */
typedef enum gc_destination {
    GC_DESTINATION_NONE, /* missing, or falsy in JavaScript: PeerServer takes it for missing */
    GC_DESTINATION_ID,
    GC_DESTINATION_TOO_LONG, /* for an id: nobody can hold it */
    GC_DESTINATION_BAD,      /* neither text nor falsy */
} gc_destination;

/* Returns the span of a constant text that ends with 0, without that 0. */
gc_span gc_server_text_span(const char *text);
/* Writes an id (1..GC_ID_BYTES_MAX bytes of UTF-8) as a JSON string with quotes into out, and
 * returns it, borrowed from out. */
gc_span gc_server_text_id(gc_span id, uint8_t out[GC_ID_TEXT_BYTES]);

/* Writes OPEN. gc: for a client that speaks gc, with `ice` (the count parts of a JSON array; 0
 * parts: []) and `room` (a ROOM; empty: none); others get a bare OPEN. */
void gc_server_text_open(gc_server_text *t, bool gc, const gc_span *ice, uint32_t ice_count,
                         gc_span room);
/* Writes an error of this type (ERROR or ID-TAKEN) with a text that JSON need not escape. reason:
 * its word is the code, for a client that speaks gc; GC_REASON_NONE: without a code. */
void gc_server_text_error(gc_server_text *t, gc_span type, gc_span message, uint32_t reason);
/* Writes EXPIRE about src to dst. src: the absent id as JSON; dst: the receiver's id. */
void gc_server_text_expire(gc_server_text *t, gc_span src, gc_span dst);
/* Writes a message of this type, GC-ABSENT or GC-PRESENT, about an id. */
void gc_server_text_about(gc_server_text *t, gc_span type, gc_span id);
/* Writes GC-BAD: a message of the client was dropped for this reason, a gc_reason. */
void gc_server_text_bad(gc_server_text *t, uint32_t reason);
/* Writes a message of this type, GC-JOINED or GC-LEFT: this id entered or left the room of this
 * tag. */
void gc_server_text_moved(gc_server_text *t, gc_span type, const uint8_t tag[GC_TAG_BYTES],
                          gc_span id);
/* Writes GC-ROOM around a ROOM, the text of gc_room_text_entered() or gc_room_text_full(). */
void gc_server_text_room(gc_server_text *t, gc_span room);
/* Writes a client's message m for its receiver: exactly type, src, dst and payload in this order;
 * src is the sender's id, the rest the sender's own bytes. plain: the id needs no escapes. */
void gc_server_text_relayed(gc_server_text *t, gc_span src, bool plain, const gc_json_message *m);

/* Writes into out, and returns, a ROOM that says: you are in the room of this tag, with these
 * `count` others (up to GC_ROOM_MEMBERS_MAX), whose ids are borrowed for the call. */
gc_span gc_room_text_entered(uint8_t out[GC_ROOM_TEXT_BYTES], const uint8_t tag[GC_TAG_BYTES],
                             const gc_span *others, uint32_t count);
/* Writes into out, and returns, a ROOM that says: the room of this tag has no place. */
gc_span gc_room_text_full(uint8_t out[GC_ROOM_TEXT_BYTES], const uint8_t tag[GC_TAG_BYTES]);

/* Reads the `dst` of a message (raw JSON; data NULL: missing) into out and *len, which are set for
 * GC_DESTINATION_ID only. Returns the kind of destination. */
gc_destination gc_destination_read(gc_span raw, uint8_t out[GC_ID_BYTES_MAX], uint32_t *len);
/* Reads the tag in GC-JOIN's payload, raw JSON {"room":TAG}, into tag. Returns 0, or GC_E_SYNTAX,
 * with tag undefined, when there is none. */
int gc_room_tag_read(gc_span payload, uint8_t tag[GC_TAG_BYTES]);
/* Tells whether text is, byte for byte, the HEARTBEAT of a stock client, so that it need not be
 * parsed. */
bool gc_heartbeat_is(gc_span text);

#endif
