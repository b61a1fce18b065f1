/* A native peer: joins the core (gc_client) and the native links (gc_rtc) with sockets over the
 * caller's libuv loop. The sibling of web/ghostchat.js.
 *
 *   idle --join--> joined --gc_peer_leave--> idle
 *     \______________|___________ gc_peer_close --> saying goodbye --> closed
 *
 * One handle is one peer; a process may have several, also on several loops, for there is no global
 * state. All calls are made on the thread of the loop. The process ignores SIGPIPE. An event may
 * call everything here but gc_peer_open(): what it borrowed is gone then. */
#ifndef GC_PEER_PEER_H
#define GC_PEER_PEER_H

#include "core/gc_client.h"
#include "host/routes.h"
#include "peer/events.h"
#include "peer/stun_servers.h"

#include <uv.h>

/* How long the last bytes (BYE) may take to leave after gc_peer_close(). */
#define GC_PEER_GOODBYE_MS 1500

typedef struct gc_peer gc_peer;

/* Called with each event, from the loop and from within the calls below that change something. */
typedef void (*gc_peer_event)(void *context, const gc_event *event);

typedef struct gc_peer_options {
    uv_loop_t *loop;
    gc_peer_event event;
    void *context;
    enum gc_routes_which addresses; /* which own addresses others see */
    bool relay_only;                /* nobody may see one: take relayed paths alone. There is no
                                       relay yet, so nothing can be joined, and nothing is sent */
    bool loopback;                  /* take loopback addresses of others, for tests */
    const char *name_servers;       /* for tests, else NULL: see gc_resolver_start(); borrowed */
    gc_stun_list stun; /* STUN servers in place of those that the server names; empty: those */
} gc_peer_options;

/* Makes a peer; options: copied. Returns NULL when memory is short, or there is no entropy or no
 * cryptography. The peer lives until gc_peer_close() says that it is closed. */
gc_peer *gc_peer_open(const gc_peer_options *options);

/* Each joins by one of the ways in, as gc_client_join_room() and its siblings say: in state idle,
 * or after GC_EVENT_FAILED. All texts, those of o too, are borrowed for the call. name: of an open
 * room, as typed. link: an invite link, also of an open room. Each returns 0, and events follow; or
 * an error, and then nothing has changed:
 *   GC_E_REFUSED    with relay_only
 *   GC_E_SYNTAX, GC_E_TOO_BIG, GC_E_UTF8, GC_E_MEMORY   the text cannot be made a name
 *                   (gc_host_room_name()), or is not a link (gc_invite_parse())
 *   GC_E_STATE, GC_E_ARGUMENT, GC_E_CRYPTO, GC_E_UTF8   as those functions say */
int gc_peer_join_room(gc_peer *p, const gc_client_options *o, gc_span name);
int gc_peer_join_link(gc_peer *p, const gc_client_options *o, gc_span link);
int gc_peer_new_room(gc_peer *p, const gc_client_options *o);

/* Sends a text to everybody known now. text: copied. *number: what SENT, DELIVERED and UNDELIVERED
 * call it. Returns what gc_client_send() does: 0, or an error, and then nothing was sent. */
int gc_peer_send(gc_peer *p, gc_span text, uint64_t *number);
/* Sends a text to the peer of this id and to nobody else, as gc_peer_send(). Returns what
 * gc_client_send_to() does. */
int gc_peer_send_to(gc_peer *p, gc_span id, gc_span text, uint64_t *number);
/* Writes an invite link below `base`. Returns what gc_client_invite() does; w has failed if its
 * memory is too short. */
int gc_peer_invite(gc_peer *p, gc_span base, uint32_t kind, gc_writer *w);
/* Returns our own id, borrowed until the next join or leave; empty before the first. */
gc_span gc_peer_id(const gc_peer *p);
/* Leaves: the others hear of it. Returns 0, or GC_E_STATE when we are nowhere. */
int gc_peer_leave(gc_peer *p);

/* Leaves if need be, lets the last bytes go, then gives back everything the peer has and calls
 * `closed` from the loop, at most GC_PEER_GOODBYE_MS later and a little. No event comes after this
 * call, and no other call may be made. closed: may be NULL. */
void gc_peer_close(gc_peer *p, void (*closed)(void *context));

#endif
