/* Held: messages for ids that nobody holds, kept until somebody registers the id, or until they
 * expire. A box is an absent id with its messages, oldest first; their bytes are whole WebSocket
 * frames in one chain of blocks, so that a newcomer gets them without a copy.
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

#define GC_HELD_NONE UINT32_MAX
/* Senders of one address share 1/8 of the memory for held messages, so that no address takes it
 * all; each sender has GC_HELD_BYTES_PER_FROM_MAX in any case. Addresses are counted by a hash with
 * a secret key, in this number of counters: two addresses with the same counter share. */
#define GC_HELD_ORIGIN_PART 8
#define GC_HELD_ORIGINS     1024
#define GC_HELD_BATCH_MS    1000 /* PeerServer sweeps once a second */

typedef struct gc_held_message {
    uint64_t at_ms;
    uint64_t from_hash; /* of the sender's id, which gets EXPIRE, over a reconnect too */
    uint32_t from;      /* the sender's connection and its generation: the owner of the account */
    uint32_t from_generation;
    uint32_t bytes;  /* in the box's chain */
    uint32_t next;   /* message + 1 */
    uint16_t origin; /* 0..GC_HELD_ORIGINS-1: its sender's address */
    uint8_t type;    /* gc_signal */
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
    uint32_t *origins; /* costs of what is held of each origin, in bytes */
    uint64_t origin_max;
    uint32_t expire_ms;
    uint64_t bytes;
} gc_held;

/* Returns the cost of a message of this many bytes to its sender's account, in bytes: at least a
 * block, because a small message uses one. */
static inline uint32_t gc_held_cost(uint32_t bytes) {
    return bytes < GC_BLOCK_BYTES ? GC_BLOCK_BYTES : bytes;
}

/* Starts without messages. Takes its tables from the arena, whose memory must be zero and stays
 * h's; with a measuring arena it only counts. blocks_max: blocks of the pool that held messages may
 * take, which bounds the number of messages and of boxes too. expire_ms: how long a message is
 * kept. */
void gc_held_init(gc_held *h, gc_arena *a, uint32_t blocks_max, uint32_t expire_ms);
/* Returns the box of an id (1..GC_ID_BYTES_MAX bytes), or GC_HELD_NONE when nothing is held for it.
 * id_hash: gc_registry_hash() of the id. */
uint32_t gc_held_find(const gc_held *h, uint64_t id_hash, gc_span id);
/* Tells whether one more message of this many bytes may be held in this box (GC_HELD_NONE: a new
 * one): the id's limits GC_HELD_PER_ID_MAX and GC_HELD_BYTES_PER_ID_MAX, the part of them that one
 * origin (0..GC_HELD_ORIGINS-1) has, and the server's blocks_max allow it, and the pool has the
 * blocks. So a sender that fills its part of a box leaves the rest to the others. The caller keeps
 * its sender's account. */
bool gc_held_fits(const gc_held *h, const gc_block_pool *p, uint32_t box, uint32_t origin,
                  uint32_t bytes);
/* Tells whether one more message of this many bytes fits into the share of its origin
 * (0..GC_HELD_ORIGINS-1). A sender of whom only a few bytes are held need not ask. */
bool gc_held_has_share(const gc_held *h, uint32_t origin, uint32_t bytes);
/* Adds a copy of *m, a message that fits (asserted as far as the table goes), to the box of this
 * id, which is made if there is none. m->next is not read. Returns the box's queue: the caller puts
 * exactly m->bytes to its end, and then calls gc_held_written(). Until then no other function may
 * be called. */
gc_block_queue *gc_held_add(gc_held *h, uint64_t id_hash, gc_span id, const gc_held_message *m);
/* Counts the blocks that a message took: the second half of gc_held_add(). q: the queue that it
 * returned; blocks_before: q->blocks before the bytes were put. */
void gc_held_written(gc_held *h, uint32_t blocks_before, const gc_block_queue *q);

/* Takes the record of the oldest message out of a box into *out; its bytes stay in the box's queue
 * until gc_held_empty() moves them. Returns false when no message is left. */
bool gc_held_take(gc_held *h, uint32_t box, gc_held_message *out);
/* Takes the oldest message of a box, with its bytes, if it is expire_ms old at now_ms; its record
 * goes to *out. Returns false, and changes nothing, when it is younger or none is left. */
bool gc_held_expire(gc_held *h, gc_block_pool *p, uint32_t box, uint64_t now_ms,
                    gc_held_message *out);
/* Moves the bytes of a box, all of whose messages were taken (asserted), to the end of `to`, a
 * queue of pool p, without copying, and frees the box. */
void gc_held_empty(gc_held *h, gc_block_pool *p, uint32_t box, gc_block_queue *to);
/* Sets the clock of a box by what is left in it, or frees an empty one. To be called after the
 * calls of gc_held_expire() for a box that gc_held_due() gave. */
void gc_held_settle(gc_held *h, uint32_t box);

/* Takes a box whose clock has run out at now_ms into *box; it has no clock until gc_held_settle().
 * Returns false when none is due. */
bool gc_held_due(gc_held *h, uint64_t now_ms, uint32_t *box);
/* Returns when the first box is due, in ms; GC_NEVER when nothing is held. */
uint64_t gc_held_deadline(const gc_held *h);
/* Asserts the invariants, with a scan of all boxes and of their queues in pool p. */
void gc_held_check(const gc_held *h, const gc_block_pool *p);

#endif
