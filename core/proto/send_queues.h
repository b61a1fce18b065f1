/* The send queues of a server: for each connection the bytes that its socket has not taken, in one
 * pool of blocks that all of them share with other queues.
 *
 *   empty --_put...--> unsent, no output yet --_give--> the host writes --_sent--> empty
 *                                                             '---_drop----------> empty
 *
 * The server's own messages go out first. Messages of others to a client wait in its backlog
 * (core/proto/backlog.h), each sender within a share of its own, until less than GC_SEND_LOW_BYTES
 * are in front of it, and until the client has read most of the bytes that went out
 * (core/proto/flight.h). So nobody fills a queue for others, and messages of others never make a
 * queue exceed its limit. A sender whose lane is full has to wait (core/proto/stalls.h): it is
 * woken when the lane has room.
 *
 * Connections with waiting bytes are listed in the order in which they last had none, so that the
 * first one is the slowest reader of all. A queue is named by the slot of its connection. */
#ifndef GC_PROTO_SEND_QUEUES_H
#define GC_PROTO_SEND_QUEUES_H

#include "core/proto/backlog.h"
#include "core/proto/flight.h"
#include "core/proto/order.h"
#include "core/proto/stalls.h"

#define GC_SEND_LOW_BYTES 8192 /* in front of the backlog: less, and more of it goes out */
#define GC_SEND_SHARES    2    /* a sender's share is the limit of a queue through this */

#define GC_MARK_FRAME_BYTES 3 /* a PING with one byte */

#define GC_WAY_QUICK UINT32_MAX       /* no lane is needed */
#define GC_WAY_NONE  (UINT32_MAX - 1) /* no lane has a place */

typedef struct gc_send_queue {
    gc_block_queue bytes;
    gc_flight flight;
    bool given;  /* the host got WRITE, and bytes are unsent since */
    bool behind; /* its backlog was used since all was sent: the memory of others is not touched */
} gc_send_queue;

typedef struct gc_send_queues {
    gc_send_queue *items; /* by slot */
    gc_backlog *backlogs; /* by slot */
    gc_block_pool *pool;  /* the server's */
    gc_order unsent;      /* the connection whose bytes have waited longest is first */
    gc_stalls stalls;     /* senders that wait */
    gc_order woken;       /* senders that waited, and need not any more */
    uint32_t bytes_max;   /* of the server's messages to one connection */
    uint64_t bytes;       /* of all queues and backlogs */
} gc_send_queues;

/* Prepares `capacity` empty queues in zeroed memory of the arena, whose lifetime they share; with a
 * measuring arena only counts. pool: borrowed for as long. bytes_max: the most that one queue
 * holds; a single frame may be longer. */
void gc_send_queues_init(gc_send_queues *q, gc_arena *a, uint32_t capacity, gc_block_pool *pool,
                         uint32_t bytes_max);

/* Returns the unsent bytes of connection n, its backlog aside. */
static inline uint32_t gc_send_queues_len(const gc_send_queues *q, uint32_t n) {
    return q->items[n].bytes.len;
}
/* Returns true when this many bytes more of the server exceed bytes_max. A single frame never does:
 * a legal message must not cut its receiver. */
bool gc_send_queues_overflow(const gc_send_queues *q, uint32_t n, uint32_t bytes);
/* Returns the way to n for a message of this many bytes from `sender` at `address` (numbers that
 * name them): GC_WAY_QUICK while little is unsent, else its lane of the backlog, or GC_WAY_NONE
 * when its share there has no place. A single message always has a place. Valid until something is
 * put for n or was sent to it. */
uint32_t gc_send_queues_way(const gc_send_queues *q, uint32_t n, uint32_t sender, uint32_t address,
                            uint32_t bytes);
/* Returns the queue of the pool for bytes on that way to n (GC_WAY_QUICK or a lane), for
 * gc_block_queue_fits(). Borrowed until it changes. */
const gc_block_queue *gc_send_queues_at(const gc_send_queues *q, uint32_t n, uint32_t way);
/* Returns the connection whose bytes have waited longest; GC_ORDER_END: no bytes wait for any
 * connection. */
uint32_t gc_send_queues_slowest(const gc_send_queues *q);

/* Queues a WebSocket frame of this opcode (RFC 6455 5.2, unmasked) for n; bytes is its length,
 * gc_frame_bytes(parts, count), and fits. Returns true when the host needs the output WRITE. */
bool gc_send_queues_put_frame(gc_send_queues *q, uint32_t n, uint8_t opcode, const gc_span *parts,
                              uint32_t count, uint32_t bytes);
/* Queues a WebSocket text that `sender` at `address` says to n, on the way that
 * gc_send_queues_way() gave. bytes: its length as a frame, for which there is memory. Returns true
 * when the host needs the output WRITE. */
bool gc_send_queues_put_from(gc_send_queues *q, uint32_t n, uint32_t way, uint32_t sender,
                             uint32_t address, const gc_span *parts, uint32_t count,
                             uint32_t bytes);
/* Queues bytes that are not a frame (the head of an HTTP response), which fit. Returns true when
 * the host needs the output WRITE. */
bool gc_send_queues_put_raw(gc_send_queues *q, uint32_t n, gc_span bytes);
/* Queues the first mark for n (core/proto/flight.h), which fits as a frame of GC_MARK_FRAME_BYTES:
 * the server has to know whether n answers marks before it sends much to n. More marks follow
 * automatically. Does nothing when one is under way already. Returns true when the host needs the
 * output WRITE. */
bool gc_send_queues_put_mark(gc_send_queues *q, uint32_t n);
/* Queues a PING for n, which fits as a frame of 3 bytes; its payload is that of the mark that is
 * under way, if any. Returns true when the host needs the output WRITE. */
bool gc_send_queues_put_ping(gc_send_queues *q, uint32_t n);
/* Moves all bytes of `from`, a queue of the same pool that is not empty, to the end of n's without
 * a copy. Returns true when the host needs the output WRITE. */
bool gc_send_queues_splice(gc_send_queues *q, uint32_t n, gc_block_queue *from);
/* Puts the whole backlog of n, in its turn, before the server's next message: its close frame, the
 * last one. */
void gc_send_queues_flush(gc_send_queues *q, uint32_t n);

/* Notes that the host gets the output WRITE for n. Returns false when it needs none: it writes
 * already, or nothing is unsent. */
bool gc_send_queues_give(gc_send_queues *q, uint32_t n);
/* Returns up to max spans of the unsent bytes of n from the start, borrowed until the queue
 * changes. */
uint32_t gc_send_queues_spans(const gc_send_queues *q, uint32_t n, gc_span *spans, uint32_t max);
/* Takes this many bytes (at most those unsent, not 0) from the start: the socket of n took them.
 * More of the backlog follows. */
void gc_send_queues_sent(gc_send_queues *q, uint32_t n, uint32_t bytes);
/* Takes the payload of a PONG that came from n. Returns true when it answers a mark; then more of
 * the backlog goes out, and the host needs the output WRITE if bytes are unsent. */
bool gc_send_queues_answer(gc_send_queues *q, uint32_t n, gc_span payload);
/* Notes whether the host reads what n sends: its answers come only then. More of the backlog may go
 * out, and the host needs the output WRITE if bytes are unsent. */
void gc_send_queues_hear(gc_send_queues *q, uint32_t n, bool heard);
/* Drops the unsent bytes of n, whose slot gets an empty queue for its next connection; those that
 * wait for its lanes are woken, and it waits for none itself. */
void gc_send_queues_drop(gc_send_queues *q, uint32_t n);

/* --- senders that wait ------------------------------------------------------------------------ */

/* Notes that `sender` waits for the lane (not GC_WAY_QUICK) on which it has just put something for
 * n. Returns false when it need not: the lane is not full, was given up, or the sender waits for
 * another one. */
bool gc_send_queues_stall(gc_send_queues *q, uint32_t n, uint32_t lane, uint32_t sender);
/* Notes that n waits until it has read the server's messages to it, most of them answers to its
 * own. Returns false when it need not: that is less than half of the limit, or n waits already.
 */
bool gc_send_queues_stall_own(gc_send_queues *q, uint32_t n);
/* Ends the wait of a sender, if it waits, because it took too long: nobody waits for that lane any
 * more until it has been empty. */
void gc_send_queues_give_up(gc_send_queues *q, uint32_t sender);
/* Takes a sender that waited and need not any more; GC_STALL_NONE: there is none. */
uint32_t gc_send_queues_take_woken(gc_send_queues *q);

/* Aborts (gc_assert) unless the first `slots` queues, the order and the counts agree. Returns the
 * blocks of the pool that the queues hold. */
uint32_t gc_send_queues_check(const gc_send_queues *q, uint32_t slots);

#endif
