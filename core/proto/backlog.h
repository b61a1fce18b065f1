/* The backlog of one client: the messages that others have sent to it and that its socket has no
 * room for yet. Each sender has a lane, and from the lanes one frame after the other goes out, in
 * turn by the bytes that each lane has had, so that a flood of one sender hardly delays the
 * messages of others.
 *
 *   lane:  free --_put--> waiting --_next: its last frame--> served --_put--> waiting
 *            ^                                                  |
 *            '------------ all others have had as much ---------'
 *
 *          while waiting:  has room <--> full --_give_up--> full, and nobody waits for it any more
 *
 * The turn is fair queueing (Demers, Keshav, Shenker: "Analysis and Simulation of a Fair Queueing
 * Algorithm", 1989): the frame goes out that would be through first if all lanes went out side by
 * side, so a short message is in front of all lanes that are full. A sender has one lane, an
 * address GC_LANES_PER_ADDRESS of them; when none is left, senders share those that there are.
 *
 * A lane with more than GC_LANE_FULL_BYTES is full: it takes more, up to the limit of its owner,
 * but its senders should wait. Once one of them has waited too long, no others wait for the lane
 * until it has been empty. */
#ifndef GC_PROTO_BACKLOG_H
#define GC_PROTO_BACKLOG_H

#include "core/proto/block_pool.h"

#define GC_LANES             32 /* senders that can wait for one client without sharing */
#define GC_LANES_PER_ADDRESS 4  /* of these, senders of one address */
#define GC_LANE_FULL_BYTES   16384

typedef struct gc_lane {
    gc_block_queue frames;
    uint64_t start; /* virtual time in bytes at which the frames go out; without frames: could go */
    uint32_t first; /* bytes of the first frame */
    uint32_t sender;
    uint32_t address;
    bool given_up; /* it was full for too long, and not empty since */
} gc_lane;

typedef struct gc_backlog {
    uint64_t now;   /* virtual time in bytes: the latest start of a lane that went out */
    uint32_t bytes; /* of all lanes */
    gc_lane lanes[GC_LANES];
} gc_backlog;

/* Returns the lane for a message of `sender` at `address`; each may be any number that names it.
 * Changes nothing. */
uint32_t gc_backlog_lane(const gc_backlog *b, uint32_t sender, uint32_t address);
/* Returns true when a lane takes this many bytes more: up to lane_bytes_max, and a single message
 * always. */
bool gc_backlog_takes(const gc_backlog *b, uint32_t lane, uint32_t bytes, uint32_t lane_bytes_max);
/* Puts a WebSocket frame of this opcode (RFC 6455 5.2) of `sender` at `address` to the end of the
 * lane that gc_backlog_lane() names for them. Its bytes, gc_frame_bytes(parts, count), fit. */
void gc_backlog_put(gc_backlog *b, gc_block_pool *pool, uint32_t lane, uint32_t sender,
                    uint32_t address, uint8_t opcode, const gc_span *parts, uint32_t count);
/* Moves the first frame of the lane whose turn it is to the end of `to`, a queue of the same pool
 * (gc_frame_move(): when the pool is nearly full, all frames of the lane). Returns the lane;
 * GC_LANES when the backlog is empty. */
uint32_t gc_backlog_next(gc_backlog *b, gc_block_pool *pool, gc_block_queue *to);
/* Returns true when a lane is full, and it was not given up. */
bool gc_backlog_is_full(const gc_backlog *b, uint32_t lane);
/* Gives up a lane that was full for too long. */
void gc_backlog_give_up(gc_backlog *b, uint32_t lane);
/* Drops everything, and forgets how much each sender has had: the client has read all, or is gone.
 */
void gc_backlog_clear(gc_backlog *b, gc_block_pool *pool);
/* Aborts (gc_assert) unless the lanes hold what the backlog says. Returns their blocks. */
uint32_t gc_backlog_check(const gc_backlog *b, const gc_block_pool *pool);

#endif
