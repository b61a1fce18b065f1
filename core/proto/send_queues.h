/* The send queues of a server: for each connection the bytes that its socket has not taken, in one
 * pool of blocks that all of them share with other queues.
 *
 *   empty --_put...--> unsent, the host is to be told --_give--> the host writes --_sent--> empty
 *                                                                   '---_drop------------> empty
 *
 * Connections with unsent bytes stand in the order in which their queues were last empty, so that
 * the first one is the slowest reader of all. A queue is named by the slot of its connection. All
 * times are the server's clock in milliseconds. */
#ifndef GC_PROTO_SEND_QUEUES_H
#define GC_PROTO_SEND_QUEUES_H

#include "core/proto/block_pool.h"
#include "core/proto/order.h"

#define GC_SLOW_MS 2000 /* takes nothing for so long: the reader, not who sends, is slow */

typedef struct gc_send_queue {
    gc_block_queue bytes;
    uint64_t took_ms; /* when its reader last took bytes, or the first of those unsent came */
    bool given;       /* the host was told to write, and bytes are unsent since */
} gc_send_queue;

typedef struct gc_send_queues {
    gc_send_queue *items; /* by slot */
    gc_block_pool *pool;  /* the server's */
    gc_order unsent;      /* the one without an empty queue for longest first */
    uint32_t bytes_max;   /* of one queue */
    uint64_t bytes;       /* of all queues */
} gc_send_queues;

/* Prepares so many empty queues in zeroed memory of the arena, whose lifetime they share; with a
 * measuring arena only counts. pool: borrowed for as long. bytes_max: what one queue holds; a
 * single frame may be longer. */
void gc_send_queues_init(gc_send_queues *q, gc_arena *a, uint32_t capacity, gc_block_pool *pool,
                         uint32_t bytes_max);

/* Returns the unsent bytes of connection n. */
static inline uint32_t gc_send_queues_len(const gc_send_queues *q, uint32_t n) {
    return q->items[n].bytes.len;
}
/* Returns false when so many bytes more from others would fill the queue of n, though its reader
 * takes what it gets: the sender is too fast then. Half of the queue stays for what the server
 * itself has to say. */
bool gc_send_queues_take(const gc_send_queues *q, uint32_t n, uint64_t now_ms, uint32_t bytes);
/* Returns true when so many bytes more exceed bytes_max. A single frame never does: a legal message
 * must not cut its receiver. */
bool gc_send_queues_overflow(const gc_send_queues *q, uint32_t n, uint32_t bytes);
/* Returns true when the pool has blocks for so many bytes more in the queue of n. */
bool gc_send_queues_fit(const gc_send_queues *q, uint32_t n, uint32_t bytes);
/* Returns the connection with unsent bytes whose queue was empty longest ago; GC_ORDER_END: all
 * queues are empty. */
uint32_t gc_send_queues_slowest(const gc_send_queues *q);

/* Queues a WebSocket frame of this opcode (RFC 6455 5.2, unmasked) for n; bytes is its length,
 * gc_frame_bytes(parts, count), and fits. Returns true when the host is to be told to write. */
bool gc_send_queues_put_frame(gc_send_queues *q, uint32_t n, uint64_t now_ms, uint8_t opcode,
                              const gc_span *parts, uint32_t count, uint32_t bytes);
/* Queues bytes that are not a frame (the head of an HTTP response), which fit. Returns true when
 * the host is to be told to write. */
bool gc_send_queues_put_raw(gc_send_queues *q, uint32_t n, uint64_t now_ms, gc_span bytes);
/* Moves all bytes of `from`, a queue of the same pool that is not empty, to the end of n's without
 * a copy. Returns true when the host is to be told to write. */
bool gc_send_queues_splice(gc_send_queues *q, uint32_t n, uint64_t now_ms, gc_block_queue *from);

/* Notes that the host is told to write what is unsent to n. Returns false when it need not be: it
 * writes already, or nothing is unsent. */
bool gc_send_queues_give(gc_send_queues *q, uint32_t n);
/* Returns up to max spans of the unsent bytes of n from the start, borrowed until the queue
 * changes. */
uint32_t gc_send_queues_spans(const gc_send_queues *q, uint32_t n, gc_span *spans, uint32_t max);
/* Takes so many bytes (at most those unsent, not 0) from the start: the socket of n took them. */
void gc_send_queues_sent(gc_send_queues *q, uint32_t n, uint64_t now_ms, uint32_t bytes);
/* Drops what is unsent to n, whose slot gets an empty queue for its next connection. */
void gc_send_queues_drop(gc_send_queues *q, uint32_t n);

/* Aborts (gc_assert) unless the first `slots` queues, the order and the counts agree. Returns the
 * blocks of the pool that the queues hold. */
uint32_t gc_send_queues_check(const gc_send_queues *q, uint32_t slots);

#endif
