/* Messages for ids that nobody holds: kept until somebody registers the id, or until they expire.
 * A box is an absent id with its messages, oldest first; their bytes are whole WebSocket frames
 * in one chain of blocks, so that a newcomer gets them without a copy.
 *
 *   box:  none --first message--> waiting --due: old messages expire--> waiting or none
 *                                    '-----the id registers-----> none
 *
 * Every message has its own clock. A box is looked at GC_HELD_BATCH_MS after its oldest message
 * expired, so that the messages of one dial attempt expire together. */
#ifndef GC_PROTO_HELD_H
#define GC_PROTO_HELD_H

#include "core/base/limits.h"
#include "core/base/map.h"
#include "core/base/timers.h"
#include "core/proto/block_pool.h"

#define GC_HELD_NONE     UINT32_MAX
#define GC_HELD_BATCH_MS 1000 /* PeerServer sweeps once a second */

typedef struct gc_held_message {
    uint64_t at_ms;
    uint64_t from_hash; /* of the sender's id: who gets EXPIRE, over a reconnect too */
    uint32_t from;      /* the sender's connection and its generation: whose account */
    uint32_t from_generation;
    uint32_t bytes; /* in the box's chain */
    uint32_t next;  /* message + 1 */
    uint8_t type;   /* gc_signal */
} gc_held_message;

typedef struct gc_held_box {
    gc_block_queue queue;
    uint64_t id_hash;
    uint32_t first; /* message + 1 */
    uint32_t last;
    uint32_t count; /* 0 = free */
    uint32_t next;  /* free list */
    uint8_t id_len;
    uint8_t id[GC_ID_BYTES_MAX];
} gc_held_box;

typedef struct gc_held {
    gc_held_box *boxes;
    gc_held_message *messages;
    gc_map map;
    gc_timers timers;  /* by box */
    uint32_t capacity; /* messages, hence boxes */
    uint32_t boxes_touched;
    uint32_t boxes_free; /* box + 1 */
    uint32_t messages_touched;
    uint32_t messages_free; /* message + 1 */
    uint32_t count;         /* messages */
    uint32_t blocks;        /* of the pool, in boxes */
    uint32_t blocks_max;
    uint32_t expire_ms;
    uint64_t bytes;
} gc_held;

/* What a message costs its sender's account: at least a block, because small ones use one. */
static inline uint32_t gc_held_cost(uint32_t bytes) {
    return bytes < GC_BLOCK_BYTES ? GC_BLOCK_BYTES : bytes;
}

/* blocks_max: of the pool; the number of messages is bounded by it too. */
void gc_held_init(gc_held *h, gc_arena *a, uint32_t blocks_max, uint32_t expire_ms);
uint32_t gc_held_find(const gc_held *h, uint64_t id_hash, gc_span id);
/* True when one more message of this size may be held in this box (GC_HELD_NONE = a new one):
 * within the caps of an id and of the server, and with blocks left in the pool. */
bool gc_held_fits(const gc_held *h, const gc_block_pool *p, uint32_t box, uint32_t bytes);
/* Notes a message that fits; the caller then puts exactly m->bytes into the queue returned, and
 * calls gc_held_written(). m->next is set here. */
gc_block_queue *gc_held_add(gc_held *h, uint64_t id_hash, gc_span id, const gc_held_message *m);
void gc_held_written(gc_held *h, uint32_t blocks_before, const gc_block_queue *q);

/* Takes the oldest message's record out of a box; its bytes stay in the box's queue, and the
 * caller drops or moves them. False when there is none. */
bool gc_held_take(gc_held *h, uint32_t box, gc_held_message *out);
/* Takes the oldest message of a box if it has expired, with its bytes. */
bool gc_held_expire(gc_held *h, gc_block_pool *p, uint32_t box, uint64_t now_ms,
                    gc_held_message *out);
/* All messages were taken: the bytes go to the end of `to`, and the box is free. */
void gc_held_empty(gc_held *h, gc_block_pool *p, uint32_t box, gc_block_queue *to);
/* After gc_held_due() and gc_held_expire(): sets the clock of what is left, or frees the box. */
void gc_held_settle(gc_held *h, uint32_t box);

/* Takes a box that is due. */
bool gc_held_due(gc_held *h, uint64_t now_ms, uint32_t *box);
uint64_t gc_held_deadline(const gc_held *h);
void gc_held_check(const gc_held *h, const gc_block_pool *p);

#endif
