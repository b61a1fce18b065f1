/* One pool of 1 KiB blocks for all unsent bytes and held messages, and byte queues chained of
 * them. The pool is the server's memory limit: what is not in a block is of fixed size.
 *
 *   untouched --first use--> in a queue <--> free
 *
 * A queue owns no block while it is empty, so an idle connection costs nothing here. A queue of
 * zero bytes is an empty queue. */
#ifndef GC_PROTO_BLOCK_POOL_H
#define GC_PROTO_BLOCK_POOL_H

#include "core/base/arena.h"
#include "core/base/limits.h"
#include "core/base/span.h"

#define GC_BLOCK_DATA_BYTES (GC_BLOCK_BYTES - 8)

typedef struct gc_block {
    uint32_t next; /* number of a block + 1; 0 = the last */
    uint16_t begin;
    uint16_t end;
    uint8_t data[GC_BLOCK_DATA_BYTES];
} gc_block;

typedef struct gc_block_pool {
    gc_block *blocks;
    uint32_t capacity;
    uint32_t touched; /* blocks below this were used at least once */
    uint32_t free;    /* number + 1 of the last one freed, for warm memory first */
    uint32_t used;
} gc_block_pool;

typedef struct gc_block_queue {
    uint32_t head; /* number + 1 */
    uint32_t tail;
    uint32_t blocks;
    uint32_t len; /* bytes */
} gc_block_queue;

/* capacity: blocks. Touches none of them; a measuring arena only counts. */
void gc_block_pool_init(gc_block_pool *p, gc_arena *a, uint32_t capacity);
uint32_t gc_block_pool_left(const gc_block_pool *p);

/* Blocks that must be free before `len` more bytes are put. */
uint32_t gc_block_queue_need(const gc_block_pool *p, const gc_block_queue *q, uint32_t len);
/* Copies bytes to the end. The caller has asked gc_block_queue_need() for all it puts. */
void gc_block_queue_put(gc_block_pool *p, gc_block_queue *q, gc_span bytes);
/* Up to `max` spans from the start, in order, borrowed until the queue changes. */
uint32_t gc_block_queue_spans(const gc_block_pool *p, const gc_block_queue *q, gc_span *spans,
                              uint32_t max);
/* Takes `len` bytes (at most q->len) from the start. */
void gc_block_queue_drop(gc_block_pool *p, gc_block_queue *q, uint32_t len);
void gc_block_queue_clear(gc_block_pool *p, gc_block_queue *q);
/* Moves all of `from` to the end of `to` without copying. O(1). */
void gc_block_queue_splice(gc_block_pool *p, gc_block_queue *to, gc_block_queue *from);

/* Aborts when the chain of a queue does not hold what it says. */
void gc_block_queue_check(const gc_block_pool *p, const gc_block_queue *q);

/* WebSocket frames: the head, then each part of the payload, copied once. */

/* Returns the bytes of a frame whose payload is these parts, its head included. */
uint32_t gc_frame_bytes(const gc_span *parts, uint32_t count);
/* Puts a frame of this opcode (RFC 6455 5.2, unmasked as a server's are) to the end of a queue. The
 * caller has asked gc_block_queue_need() for gc_frame_bytes(). */
void gc_frame_put(gc_block_pool *pool, gc_block_queue *q, uint8_t opcode, const gc_span *parts,
                  uint32_t count);

#endif
