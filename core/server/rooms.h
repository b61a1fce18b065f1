/* The rooms of a server: who enters and leaves, the answers to that, and what the other members
 * hear of it. The connection itself and core/proto/rooms.h say which room it is in. Source:
 * ghostchat-protocol(7), ROOMS. */
#ifndef GC_CORE_SERVER_ROOMS_H
#define GC_CORE_SERVER_ROOMS_H

#include "core/proto/rooms.h"
#include "core/proto/server_text.h"
#include "core/server/clients.h"

typedef struct gc_server_rooms {
    gc_clients *clients;
    gc_rooms rooms;
    uint8_t text[GC_ROOM_TEXT_BYTES]; /* scratch of gc__room_text() */
} gc_server_rooms;

/* Enters connection n into the room of this tag, out of any other. Returns false when the room is
 * full: then n is in none. */
bool gc__room_enter(gc_server_rooms *r, uint32_t n, const uint8_t tag[GC_TAG_BYTES]);
/* Takes n out of the room that it is in, if any, and tells the other members. */
void gc__room_leave(gc_server_rooms *r, uint32_t n);
/* Hands the place of `from` in its room, if any, to n: the same client with a new connection. Also
 * hands on the budget of messages (gc_connection_hand_over()). */
void gc__room_hand_over(gc_server_rooms *r, uint32_t n, uint32_t from);
/* Tells the others of n's room that n has entered. */
void gc__room_announce(gc_server_rooms *r, uint32_t n);
/* Returns the list of the room for n, who is in that room or (entered = false) found it full.
 * Borrowed until the next call. */
gc_span gc__room_text(gc_server_rooms *r, uint32_t n, const uint8_t tag[GC_TAG_BYTES],
                      bool entered);
/* Handles GC-JOIN of n, whose payload is JSON. */
void gc__room_join(gc_server_rooms *r, uint32_t n, gc_span payload);

#endif
