/* The address of a WebSocket, taken apart: whom to connect to and what to ask for.
 * Source: RFC 6455 3, RFC 3986 3.2. */
#ifndef GC_HOST_WS_URL_H
#define GC_HOST_WS_URL_H

#include "core/base/span.h"

#define GC_WS_URL_HOST_BYTES 254 /* RFC 1035 2.3.4: 253 characters of a name, and a zero */

typedef struct gc_ws_url {
    bool secure;                     /* wss */
    bool has_port;                   /* other than the one that is usual for the scheme */
    uint16_t port;                   /* 1..65535 */
    char host[GC_WS_URL_HOST_BYTES]; /* a name or a numeric address, without brackets */
    gc_span authority;               /* host[:port] as it came, for the Host header: borrowed */
    gc_span target;                  /* path?query, may be empty for "/": borrowed */
} gc_ws_url;

/* Reads "ws://host[:port][/path][?query]" or the same with wss, in which host is a name of letters,
 * digits, '.', '-' and '_', an IPv4 address, or an IPv6 one in brackets. Returns 0, or GC_E_SYNTAX
 * for anything else: another scheme, user info, a fragment, characters that no request line has. */
int gc_ws_url_parse(gc_span text, gc_ws_url *out);

#endif
