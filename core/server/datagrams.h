/* The datagrams of a server: those that came in on the host's UDP sockets are given to the service
 * that they are for, and the service's answers wait in a queue until they are polled. STUN is the
 * only service so far; a second one (TURN) gets its place beside it in gc__datagrams_handle(), and
 * may queue datagrams at any time. This part knows no connection, and keeps nothing of a client but
 * what the services keep.
 *
 *   handle -> service -> [queue: up to GC_DATAGRAMS_QUEUED_MAX] -> next */
#ifndef GC_CORE_SERVER_DATAGRAMS_H
#define GC_CORE_SERVER_DATAGRAMS_H

#include "core/proto/server_output.h"
#include "core/proto/stun_responder.h"

typedef struct gc_queued_datagram {
    uint32_t socket;
    uint32_t len;
    gc_addr to;
    uint8_t bytes[GC_DATAGRAM_BYTES_MAX];
} gc_queued_datagram;

typedef struct gc_datagrams {
    uint32_t first; /* the oldest in the queue */
    uint32_t count;
    uint64_t refused; /* came in while the queue was full: the host has not polled */
    gc_queued_datagram queue[GC_DATAGRAMS_QUEUED_MAX];
    gc_stun_responder stun; /* last: most of its pages are never touched */
} gc_datagrams;

/* Prepares d, which is zero. key: 16 secret bytes that hash addresses, copied. stun_per_second: the
 * answers of STUN to one address, from 1 to GC_SOURCE_RATE_MAX. */
void gc__datagrams_init(gc_datagrams *d, const uint8_t key[16], uint32_t stun_per_second);
/* Handles one datagram, which is borrowed for the call. now_ms: monotonic, a step back is clamped.
 * socket: the host's number, which the answer gets too. from: who sent it, family 4 or 6. Bytes
 * that no service takes are met with silence, and so is everything while the queue is full. */
void gc__datagrams_handle(gc_datagrams *d, uint64_t now_ms, uint32_t socket, const gc_addr *from,
                          gc_span bytes);
/* Takes the oldest datagram out of the queue into the fields socket, to and bytes of *out; bytes
 * are borrowed until the next call. Returns false, and changes nothing, when the queue is empty. */
bool gc__datagrams_next(gc_datagrams *d, gc_server_output *out);
/* Aborts (gc_assert) when the queue is not what it promises. */
void gc__datagrams_check(const gc_datagrams *d);

#endif
