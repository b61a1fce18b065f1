/* Which of our addresses a request means. Paths come percent-encoded and are compared so: nothing
 * that we serve needs an escape. Source: PeerServer's routes, which take any letter case and a
 * trailing slash (PeerServer 1.0.2, express); `/room/` and `/join/` win over `/<key>/id`. */
#ifndef GC_SERVER_ROUTE_H
#define GC_SERVER_ROUTE_H

#include "core/base/span.h"

typedef enum gc_route_kind {
    GC_ROUTE_OUTSIDE,   /* not below --path */
    GC_ROUTE_NONE,      /* below it, but nothing */
    GC_ROUTE_BASE,      /* --path itself, with or without its last '/' */
    GC_ROUTE_PAGE,      /* room/..., join/... */
    GC_ROUTE_HTML,      /* NAME.html */
    GC_ROUTE_ASSET,     /* assets/NAME */
    GC_ROUTE_ID,        /* WORD/id */
    GC_ROUTE_PEERS,     /* WORD/peers */
    GC_ROUTE_WEBSOCKET, /* peerjs, exactly */
    GC_ROUTE_CONFIG,
    GC_ROUTE_HEALTH,
} gc_route_kind;

typedef struct gc_route {
    gc_route_kind kind;
    gc_span name; /* of GC_ROUTE_HTML and GC_ROUTE_ASSET; part of path */
} gc_route;

/* base: begins and ends with '/'. */
gc_route gc_route_of(const char *base, gc_span path);

#endif
