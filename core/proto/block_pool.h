/* Block pool: the memory for all unsent bytes and held messages, in blocks of 1 KiB, and byte
 * queues that are chained of them. The pool is the server's memory limit: all other memory has a
 * fixed size.
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

/* Starts with `capacity` free blocks, taken from the arena, whose memory stays the pool's. Touches
 * none of them, so pages that are never used cost nothing; with a measuring arena it only counts.
 */
void gc_block_pool_init(gc_block_pool *p, gc_arena *a, uint32_t capacity);
/* Returns how many blocks are free. */
uint32_t gc_block_pool_left(const gc_block_pool *p);

/* Returns how many blocks must be free before `len` more bytes can be put to the end of q: 0 when
 * they fit into its last block. */
uint32_t gc_block_queue_need(const gc_block_pool *p, const gc_block_queue *q, uint32_t len);
/* Returns true when the pool has these blocks. */
bool gc_block_queue_fits(const gc_block_pool *p, const gc_block_queue *q, uint32_t len);
/* Copies bytes to the end of q. The blocks must be there (asserted): the caller has asked
 * gc_block_queue_fits() for the sum of all that it puts. */
void gc_block_queue_put(gc_block_pool *p, gc_block_queue *q, gc_span bytes);
/* Fills spans with the bytes of q from its start, in order, one span for each block, at most `max`.
 * Returns how many were filled. The spans are borrowed until the queue changes. */
uint32_t gc_block_queue_spans(const gc_block_pool *p, const gc_block_queue *q, gc_span *spans,
                              uint32_t max);
/* Removes `len` bytes (at most q->len, asserted) from the start of q; blocks that become empty are
 * free. */
void gc_block_queue_drop(gc_block_pool *p, gc_block_queue *q, uint32_t len);
/* Removes all bytes of q and frees its blocks. O(1). */
void gc_block_queue_clear(gc_block_pool *p, gc_block_queue *q);
/* Moves all bytes of `from`, which is empty then, to the end of `to` without copying. Both are
 * queues of this pool. O(1). */
void gc_block_queue_splice(gc_block_pool *p, gc_block_queue *to, gc_block_queue *from);

/* Asserts that the chain of q holds as many blocks and bytes as q says. Takes time with its length:
 * for tests and checks. */
void gc_block_queue_check(const gc_block_pool *p, const gc_block_queue *q);

/* --- WebSocket frames: the head, then each part of the payload, copied once ------------------- */

/* Returns the bytes of a frame whose payload is these `count` parts in a row, its head included:
 * 2, 4 or 10 bytes more than the payload. Source: RFC 6455 5.2. */
uint32_t gc_frame_bytes(const gc_span *parts, uint32_t count);
/* Copies a frame of this opcode (a gc_ws_opcode; FIN set, unmasked as a server's frames are) to the
 * end of q. The blocks must be there (asserted): the caller has asked gc_block_queue_fits() for
 * gc_frame_bytes() of the same parts. Source: RFC 6455 5.1, 5.2. */
void gc_frame_put(gc_block_pool *pool, gc_block_queue *q, uint8_t opcode, const gc_span *parts,
                  uint32_t count);
/* Returns the bytes of the first frame in q, which gc_frame_put() put there; 0: q is empty. */
uint32_t gc_frame_first(const gc_block_pool *pool, const gc_block_queue *q);
/* Moves the first frame of `from`, which is not empty, to the end of `to`, a queue of the same
 * pool; all that is in `from` when not even two blocks are free for a copy. */
void gc_frame_move(gc_block_pool *pool, gc_block_queue *to, gc_block_queue *from);

#endif
