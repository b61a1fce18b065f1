/* The address of a WebSocket, taken apart: whom to connect to and what to ask for.
 * Source: RFC 6455 3, RFC 3986 3.2. */
#ifndef GC_HOST_WS_URL_H
#define GC_HOST_WS_URL_H

#include "host/authority.h"

typedef struct gc_ws_url {
    bool secure;       /* wss */
    gc_authority to;   /* whom to connect to */
    gc_span authority; /* host[:port] as it came, for the Host header: borrowed */
    gc_span target;    /* path?query, may be empty for "/": borrowed */
} gc_ws_url;

/* Reads "ws://host[:port][/path][?query]" or the same with wss, of which host and port are as in
 * gc_authority_parse(). Returns 0, or GC_E_SYNTAX for anything else: another scheme, a fragment,
 * characters that no request line has. */
int gc_ws_url_parse(gc_span text, gc_ws_url *out);

#endif
