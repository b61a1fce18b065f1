/* Relaying: a client's message goes to the id that it names, is held for an id that nobody has, or
 * fails; every other type of message is recognized here too. Source: ghostchat-protocol(7),
 * MESSAGES; PeerServer 1.0.2. */
#ifndef GC_CORE_SERVER_RELAY_H
#define GC_CORE_SERVER_RELAY_H

#include "core/proto/held.h"
#include "core/server/clients.h"
#include "core/server/rooms.h"

typedef struct gc_relay {
    gc_clients *clients;
    gc_server_rooms *rooms;
    gc_held held;
} gc_relay;

/* Handles a text message of the open connection n, borrowed for the call. */
void gc__relay_message(gc_relay *r, uint32_t n, gc_span text);
/* Takes the news that n's id was just registered: n gets the messages that were held for it, and
 * the clients that watch for the id get GC-PRESENT. */
void gc__relay_arrived(gc_relay *r, uint32_t n);
/* Expires the held messages that are due, and tells their senders. */
void gc__relay_tick(gc_relay *r);

#endif
