/* Delivery: what clients are told goes into their queues, within the limit of a queue and the
 * memory of all; whoever exceeds one of them is cut. Source: ghostchatd(8), LIMITS. */
#ifndef GC_CORE_SERVER_DELIVERY_H
#define GC_CORE_SERVER_DELIVERY_H

#include "core/proto/server_text.h"
#include "core/server/clients.h"

/* What became of a message that is relayed. */
enum gc_relay_fate {
    GC_RELAY_QUEUED,
    GC_RELAY_FULL, /* too much of its sender waits for its receiver already */
    GC_RELAY_CUT,  /* its receiver is closing, or was cut just now */
};

/* Queues a frame with this opcode to connection n; the payload is these parts. Returns false when n
 * is closing, or is cut instead: `slow` over its queue limit, `memory` when even its own queue was
 * the one that waited longest. Others whose queues waited longer may be cut for it. */
bool gc__delivery_send(gc_clients *cs, uint32_t n, uint8_t opcode, const gc_span *parts,
                       uint32_t count);
/* Queues a text of the server as gc__delivery_send() does. */
bool gc__delivery_send_text(gc_clients *cs, uint32_t n, const gc_server_text *t);
/* Queues bytes that are not a frame: the head of the 101 response. Returns as
 * gc__delivery_send(). */
bool gc__delivery_send_raw(gc_clients *cs, uint32_t n, gc_span bytes);
/* Queues a text that the client `from` sends to n; bytes: its length as a frame. Returns its fate
 * (enum gc_relay_fate). Each sender has a share of what waits for n, and shares go out in turn: a
 * stranger who knows an id can neither get its holder cut by sending faster than it reads nor keep
 * the messages of others from it. */
uint32_t gc__delivery_relay(gc_clients *cs, uint32_t n, uint32_t from, const gc_server_text *t,
                            uint32_t bytes);
/* Moves frames that were held for n, a queue of the server's pool, to it without a copy. */
void gc__delivery_splice(gc_clients *cs, uint32_t n, gc_block_queue *held);
/* Keeps parts of the text of ICE servers for n, which waits for its id. Returns false when n is cut
 * instead, for memory as in gc__delivery_send(). */
bool gc__delivery_park(gc_clients *cs, uint32_t n, const gc_span *parts, uint32_t count);
/* Ends connection n after a close frame with this code (RFC 6455 7.4); code 0: without a code. */
void gc__delivery_close(gc_clients *cs, uint32_t n, uint16_t code, uint32_t reason);
/* Counts that a message of n was dropped for this reason, and reports it to n (GC-BAD) when n has
 * nothing unread. */
void gc__delivery_tell_bad(gc_clients *cs, uint32_t n, uint32_t reason);

#endif
