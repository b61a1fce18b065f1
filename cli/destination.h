/* Destination: where the user wants to go, as the command line or a first line of input says it: a
 * server, and there a room or a person. The sibling of web/destination.js.
 *
 *   zeroed --gc_destination_set_server--> --gc_destination_read / _read_peer--> --_enter--> in
 *
 * Without a server of its own it is the server of the link. Without anything that was read one
 * enters a new private room. */
#ifndef GC_CLI_DESTINATION_H
#define GC_CLI_DESTINATION_H

#include "peer/peer.h"

typedef struct gc_destination {
    uint8_t server[GC_URL_BYTES_MAX + 1]; /* "https://host/path/": we meet there, and links of ours
                                             lead there */
    uint32_t server_len;
    uint8_t room[GC_ROOM_NAME_BYTES_MAX]; /* the name of an open room, as typed; empty: none */
    uint32_t room_len;
    gc_span link;                   /* to join by: borrowed from what was read, or in `made` */
    uint8_t made[GC_URL_BYTES_MAX]; /* the bare link of a person whose id was given */
} gc_destination;

/* Each of these returns NULL, or what is wrong: a constant without a full stop. */

/* Sets the server of zeroed d. base: "https://host/path/", with or without the last slash. */
const char *gc_destination_set_server(gc_destination *d, gc_span base);
/* Reads the name of an open room, or an invite link of any kind. target: borrowed until
 * gc_destination_enter(). */
const char *gc_destination_read(gc_destination *d, gc_span target);
/* Reads the id of a peer, or a link to one that has no secret. target: borrowed as there. */
const char *gc_destination_read_peer(gc_destination *d, gc_span target);

/* Returns the server, borrowed; empty when none is known. */
gc_span gc_destination_server(const gc_destination *d);
/* Returns the name of the open room, borrowed; empty when it is none. */
gc_span gc_destination_room(const gc_destination *d);
/* Has the peer enter, with these options but the server, which is d's. Returns 0, or an error as
 * gc_peer_join_room() and its siblings. */
int gc_destination_enter(gc_destination *d, gc_peer *peer, gc_client_options options);
/* Returns what an error of gc_destination_enter() means that is the user's mistake; NULL for one
 * that is not. */
const char *gc_destination_mistake(const gc_destination *d, int error);

#endif
