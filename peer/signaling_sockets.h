/* Signaling sockets: the WebSockets of a native peer to its server. The core opens, uses and closes
 * them by their numbers (gc_signaling_socket); their openings, messages and ends are reported to
 * the core. The sibling of web/signaling.js.
 *
 *   zeroed --_open--> open --_close--> saying goodbye --_free, until it says so--> free */
#ifndef GC_PEER_SIGNALING_SOCKETS_H
#define GC_PEER_SIGNALING_SOCKETS_H

#include "core/gc_client.h"
#include "host/ws_client.h"

#define GC_SIGNALING_SOCKETS_WHY_BYTES 200

typedef struct gc_signaling_sockets_options {
    uv_loop_t *loop;
    gc_client *client;           /* hears what happens, until gc_signaling_sockets_close() */
    gc_drbg *drbg;               /* for keys and masks */
    const char *name_servers;    /* for tests, else NULL: gc_resolver_start(); borrowed */
    void (*came)(void *context); /* called by the loop: the client was given something, drain it */
    void *context;
} gc_signaling_sockets_options;

typedef struct gc_signaling_sockets {
    gc_signaling_sockets_options options;
    gc_ws_group group;
    bool group_closed;
    struct gc_signaling_socket_place {
        struct gc_signaling_sockets *all;
        uint32_t number;
        gc_ws_client *socket; /* NULL: closed */
    } places[GC_SIGNALING_SOCKETS];
    char why[GC_SIGNALING_SOCKETS_WHY_BYTES]; /* how the last one ended, for the user; "" */
} gc_signaling_sockets;

/* Opens zeroed ones, which may not move after that, without a connection yet. options: copied. */
void gc_signaling_sockets_open(gc_signaling_sockets *s,
                               const gc_signaling_sockets_options *options);
/* Carries out a SIGNALING output of the core. Returns false, and does nothing, for any other. A
 * socket for which memory is short is not reported: the core gives up waiting in time, and tries
 * again. */
bool gc_signaling_sockets_act(gc_signaling_sockets *s, const gc_client_output *output);
/* Forgets how the last one ended: somebody begins anew. */
void gc_signaling_sockets_forget(gc_signaling_sockets *s);
/* Closes all: each has GC_WS_CLIENT_CLOSING_MS for its goodbye. The client is not used any more. */
void gc_signaling_sockets_close(gc_signaling_sockets *s);
/* Frees the memory after gc_signaling_sockets_close(), a step a call. Returns false while the loop
 * still has some of it: call again in a later turn. */
bool gc_signaling_sockets_free(gc_signaling_sockets *s);

#endif
