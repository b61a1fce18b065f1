/* Delivery: messages to clients go into their queues, within the limit of a queue and the memory of
 * all; a client that exceeds one of them is cut. Source: ghostchatd(8), LIMITS. */
#ifndef GC_CORE_SERVER_DELIVERY_H
#define GC_CORE_SERVER_DELIVERY_H

#include "core/proto/server_text.h"
#include "core/server/clients.h"

/* The fate of a message that is relayed. */
enum gc_relay_fate {
    GC_RELAY_QUEUED,
    GC_RELAY_FULL, /* too much of its sender waits for its receiver already */
    GC_RELAY_CUT,  /* its receiver is closing, or was cut just now */
};

/* Queues a frame with this opcode to connection n; the payload is these parts. Returns false when n
 * is closing, or is cut instead: `slow` over its queue limit, `memory` when even its own queue was
 * the one that waited longest. Others whose queues waited longer may be cut for it. An n with half
 * of its limit unread is not read for a while. */
bool gc__delivery_send(gc_clients *cs, uint32_t n, uint8_t opcode, const gc_span *parts,
                       uint32_t count);
/* Queues a text of the server as gc__delivery_send() does. */
bool gc__delivery_send_text(gc_clients *cs, uint32_t n, const gc_server_text *t);
/* Queues the first mark for n, which has just got its id, as gc__delivery_send() does. */
bool gc__delivery_mark(gc_clients *cs, uint32_t n);
/* Queues a PING for n as gc__delivery_send() does. */
bool gc__delivery_ping(gc_clients *cs, uint32_t n);
/* Takes a PONG of n. Returns true when it answers a mark of the server (core/proto/flight.h): then
 * it costs its client nothing. */
bool gc__delivery_answered(gc_clients *cs, uint32_t n, gc_span payload);
/* Queues bytes that are not a frame: the head of the 101 response. Returns as
 * gc__delivery_send(). */
bool gc__delivery_send_raw(gc_clients *cs, uint32_t n, gc_span bytes);
/* Queues a text that the client `from` sends to n; bytes: its length as a frame. Returns its fate
 * (enum gc_relay_fate). Each sender has a share of what waits for n, and shares go out in turn: a
 * stranger who knows an id can neither get its holder cut by sending faster than it reads nor keep
 * the messages of others from it. When the share is nearly used up the server does not read `from`
 * until there is room, for GC_STALL_MS_MAX at most; messages that it has sent already may still
 * fail. */
uint32_t gc__delivery_relay(gc_clients *cs, uint32_t n, uint32_t from, const gc_server_text *t,
                            uint32_t bytes);
/* Queues a text about the client `about` (it entered a room, or left it) to n as
 * gc__delivery_relay() does: all such texts about clients of one address share a lane, so they keep
 * their order, and no coming and going cuts a member. A text that finds no place there is dropped:
 * n reads nothing, and a newcomer dials n in any case. */
void gc__delivery_announce(gc_clients *cs, uint32_t n, uint32_t about, const gc_server_text *t);
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
