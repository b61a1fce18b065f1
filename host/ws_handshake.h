/* The opening handshake of a WebSocket as its client sees it: our request, and whether the answer
 * of the server opens the WebSocket. No subprotocol and no extension is asked for, and no redirect
 * is followed. Source: RFC 6455 4.1. */
#ifndef GC_HOST_WS_HANDSHAKE_H
#define GC_HOST_WS_HANDSHAKE_H

#include "core/base/drbg.h"
#include "host/ws_accept.h"
#include "host/ws_url.h"

#include <stddef.h>

/* The most bytes that a request has beside those of its address. */
#define GC_WS_HANDSHAKE_HEAD_BYTES 512

typedef struct gc_ws_handshake {
    uint8_t accept[GC_WS_ACCEPT_CHARS]; /* what the server must answer */
} gc_ws_handshake;

/* Writes the request for `address` with a key drawn from d, and remembers in h which answer belongs
 * to it. accept: makes that answer. Returns false when the writer is too small, or
 * gc_ws_accept_write() fails. */
bool gc_ws_handshake_ask(gc_ws_handshake *h, gc_ws_accept *accept, gc_drbg *d,
                         const gc_ws_url *address, gc_writer *w);
/* Reads the answer at the beginning of `bytes`, of which more may follow. Returns the length of the
 * answer; 0 when its end has not come; or -1 when the WebSocket is not open: then `why` says what
 * is wrong, for the user, in at most why_bytes bytes and a zero. */
int32_t gc_ws_handshake_read(const gc_ws_handshake *h, gc_span bytes, char *why, size_t why_bytes);

#endif
