/* Slot room: the members of our room on a server that knows no rooms. The noun gc_slots decides
 * when and where to knock; this file decides the contents of the messages: which members they name,
 * which members get them, and which peers we learn from them. Source: ghostchat-protocol.7, "Rooms
 * without the additions". */
#ifndef GC_CLIENT_SLOT_ROOM_H
#define GC_CLIENT_SLOT_ROOM_H

#include "core/client/peers.h"
#include "core/proto/slots.h"

/* A peer that knocked is named to others before it is linked with us, for this time. */
#define GC_SLOT_ROOM_KNOCKED_MS 10000

typedef struct gc_slot_room {
    gc_slots slots;
    gc_set open; /* members that were linked with us when gc_slots_changed() was called last */
} gc_slot_room;

/* The effect of a message. */
enum gc_slot_event {
    GC_SLOT_EVENT_IGNORED, /* malformed, unproved or unexpected: to be counted */
    GC_SLOT_EVENT_TAKEN,
    GC_SLOT_EVENT_ENTERED, /* we are in the room now */
    GC_SLOT_EVENT_FULL,    /* a room that we asked to enter is full */
};

/* Forgets all: off, without a secret. */
void gc__slot_room_wipe(gc_slot_room *r);
/* Begins, or goes on, because our own socket is on at a server without rooms. Returns 0 or
 * GC_E_CRYPTO.
 */
int gc__slot_room_start(gc_slot_room *r, const gc_step *s, const uint8_t secret[GC_SECRET_BYTES]);
/* Takes a message at the socket of our slot. in: scratch for it. */
enum gc_slot_event gc__slot_room_signal(gc_slot_room *r, gc_peers *ps, const gc_step *s,
                                        gc_signal_in *in, gc_span text);
/* Takes a slot message (in->slot >= 0) at our own socket. */
enum gc_slot_event gc__slot_room_message(gc_slot_room *r, gc_peers *ps, const gc_step *s,
                                         const gc_signal_in *in);
/* Tells whether a message is the echo of our own, sent by `own`. */
bool gc__slot_room_is_echo(const gc_signal_in *in, gc_span own);
/* Draws the consequences of who is linked, and sends what is due; to be called after each input,
 * once peers are settled. */
void gc__slot_room_settle(gc_slot_room *r, gc_peers *ps, const gc_step *s);

#endif
