/* A WebSocket client (RFC 6455): one socket to a ws:// or wss:// address over libuv, which carries
 * text messages. No subprotocol, no extension, no redirect is taken.
 *
 *   connecting --opened--> open --gc_ws_client_close--> closing --> gone
 *        \                   \------ ended, failed ------------------^
 *         \------------------------- closed -------------------------/
 *
 * Memory that a server can make it hold is bounded: a head of GC_HEAD_BYTES_MAX, one message of
 * GC_MESSAGE_BYTES_MAX in any number of fragments, GC_QUEUE_BYTES_MAX of unsent bytes; and so is
 * how long it waits: GC_HANDSHAKE_MS for the whole handshake, GC_WS_CLIENT_CLOSING_MS for a
 * goodbye. wss:// means TLS 1.2 or later and a certificate for the host that the system believes.
 */
#ifndef GC_HOST_WS_CLIENT_H
#define GC_HOST_WS_CLIENT_H

#include "core/base/drbg.h"
#include "core/base/limits.h"
#include "host/stream.h"
#include "host/ws_accept.h"

/* After gc_ws_client_close() the server has this long to take what was sent. */
#define GC_WS_CLIENT_CLOSING_MS 1000

typedef struct gc_ws_client gc_ws_client;

/* The events that a client reports to its owner, from the loop and never from within a call of the
 * owner. No event comes after `closed`, nor after gc_ws_client_close(). */
typedef struct gc_ws_client_events {
    void (*opened)(void *context);
    /* One text message, valid UTF-8, borrowed for the call. Binary ones are not reported. */
    void (*message)(void *context, gc_span text);
    /* The socket ended, or could not be opened. why: for the user, borrowed for the call. The owner
     * forgets the client: its memory is freed by the loop. */
    void (*closed)(void *context, const char *why);
} gc_ws_client_events;

/* The state that WebSocket clients share. */
typedef struct gc_ws_group {
    uv_loop_t *loop;
    gc_drbg *drbg;            /* for keys and masks */
    const char *name_servers; /* for tests, else NULL: see gc_resolver_start() */
    uint32_t handshake_ms;    /* GC_HANDSHAKE_MS, unless a test is less patient */
    SSL_CTX *tls;             /* NULL before the first wss:// */
    gc_stream_group streams;
    gc_ws_accept accept;
    uint32_t clients; /* whose memory is not freed yet */
} gc_ws_group;

/* Opens a group of zero bytes. drbg: borrowed until it is closed. */
void gc_ws_group_open(gc_ws_group *group, uv_loop_t *loop, gc_drbg *drbg);
/* Closes a group whose `clients` is 0 (asserted). The loop has to run once more before the group's
 * memory may go. */
void gc_ws_group_close(gc_ws_group *group);

/* Starts a client for an address, which is copied; one that gc_ws_url_parse() refuses is reported
 * by `closed`. events: must live as long as the client. Returns NULL when memory is short. */
gc_ws_client *gc_ws_client_open(gc_ws_group *group, gc_span url, const gc_ws_client_events *events,
                                void *context);
/* Sends a text message, valid UTF-8, which is copied. One for a client that is not open is dropped.
 * A server that reads so slowly that more than GC_QUEUE_BYTES_MAX would wait loses its client:
 * `closed` follows. */
void gc_ws_client_send(gc_ws_client *c, gc_span text);
/* Closes the client: what was sent before still goes out, then a close frame. The owner forgets the
 * client at once. */
void gc_ws_client_close(gc_ws_client *c);

#endif
