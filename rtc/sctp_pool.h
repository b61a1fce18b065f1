/* SCTP pool: the memory that all associations of a handle share. Blocks hold user bytes: what waits
 * to be sent or acknowledged, and what came and is not a whole message yet. An association that is
 * idle owns no block.
 *
 *   untouched --first use--> owned by an association <--> free (the last one freed is used first)
 *
 * A chunk is one block, or several that are chained when it is longer than a block.
 *
 * Peers decide how long blocks are held, and some peers are hostile. So that none can take the
 * memory of other links, each direction of an association has blocks that are nobody else's (its
 * share); only the rest is common:
 *
 *   | share in 1 | share out 1 | share in 2 | share out 2 | ... | common                        |
 *
 * A direction whose share is used up takes common blocks, while there are any, up to half of them:
 * the other half is for everybody else. A share lets a link work under any attack on the rest; the
 * common blocks are the budget for long paths. */
#ifndef GC_RTC_SCTP_POOL_H
#define GC_RTC_SCTP_POOL_H

#include "core/base/arena.h"
#include "core/base/drbg.h"
#include "core/base/span.h"
#include "rtc/crc32c.h"
#include "rtc/limits.h"
#include "rtc/sctp_rate.h"

/* User bytes of one block: a DATA chunk that fits into 1,200 bytes of UDP needs one. */
#define GC_SCTP_BLOCK_BYTES 1184
/* Blocks that each direction of an association has for itself where a pool is reserved: one message
 * of the longest on an ordinary path, and a little beside it. Each direction has its own: else two
 * sides that have filled their shares with what they send could no longer take anything, and would
 * wait for each other. */
#define GC_SCTP_SHARE_BLOCKS 256
/* Blocks that stay touched when a pool is given back: so few are not worth a system call. */
#define GC_SCTP_KEPT_BLOCKS 64
/* No block. */
#define GC_SCTP_NO_BLOCK UINT32_MAX
/* Longest message that is sent or taken. */
#define GC_SCTP_MESSAGE_BYTES_MAX GC_RTC_MESSAGE_BYTES_MAX
/* Longest packet that is written, 8,963 bytes: what a DTLS record carries in the longest datagram.
 */
#define GC_SCTP_PACKET_BYTES_MAX (GC_RTC_DATAGRAM_BYTES_MAX - GC_RTC_RECORD_BYTES)

/* Describes the chunk that begins in a block. The association that owns the block fills it in; what
 * lies in the same place is never in use at once:
 *
 *   a chunk that goes out                           | a chunk that came
 *   `turn` until it is sent, then `sent_ms`         | `earlier`, `later`: first of a message of a
 * row `ppid`; of the last chunk of a message that     | `ppid` has ended `under_way`, once it is
 * not sent    | `fsn`; `last_part` once its message has ended   | `fsn` the ring and `dies_ms`, if
 * it has a limit       | `first` to `bytes`: first of a message of a row `tries_max`, if it has a
 * limit                  | `ssn`, if it came as DATA
 *
 * A chunk whose message has ended (sctp_limit.h) is not sent again, so that nobody asks for its
 * `ppid` and `fsn`. Messages of a row are those of I-DATA (sctp_assembly.h). */
typedef struct gc_sctp_block {
    union {
        uint64_t sent_ms; /* the last transmission */
        uint64_t turn;    /* of a chunk that was never sent (sctp_turns.h) */
        struct {          /* messages of a row */
            uint32_t earlier;
            uint32_t later;
        };
    };
    gc_sctp_rate_stamp stamp; /* of the last transmission */
    uint32_t next;            /* in a list of its owner */
    uint32_t prev;
    uint32_t more; /* the next block of the same chunk, or GC_SCTP_NO_BLOCK */
    uint32_t tsn;
    union {
        uint32_t ppid;
        uint32_t under_way; /* how many chunks of the message may still come */
    };
    uint32_t len; /* user bytes of the chunk, those of chained blocks included */
    uint32_t mid; /* number of the message in its stream (RFC 8260) */
    union {
        uint32_t fsn;       /* number of the fragment in its message */
        uint32_t last_part; /* the last chunk of the message */
    };
    union {
        struct { /* fragments of a message of a row */
            uint32_t first;
            uint32_t last;
            uint32_t count;
            uint32_t bytes;
        };
        struct { /* of a message with a limit (sctp_limit.h) */
            uint64_t dies_ms;
            uint32_t earlier_part; /* chunks of the message that are held, in a ring */
            uint32_t later_part;
        };
    };
    uint16_t stream;
    union {
        uint16_t ssn;       /* of a message that came as DATA */
        uint16_t tries_max; /* of one with a limit (sctp_limit.h) */
    };
    uint8_t flags; /* of the DATA chunk */
    uint8_t state; /* its owner's */
    uint8_t tries; /* transmissions, at most 255 are counted */
    bool common;   /* the block is one of the common ones, not of its owner's share */
} gc_sctp_block;

/* The account of one direction of an association. */
typedef struct gc_sctp_share {
    uint32_t guaranteed; /* blocks that nobody else gets */
    uint32_t common_max; /* common ones that may be held */
    uint32_t own;        /* blocks that are held of these */
    uint32_t held;       /* blocks that are held, common ones included */
} gc_sctp_share;

typedef struct gc_sctp_pool {
    gc_sctp_block *blocks;
    uint8_t *bytes;   /* GC_SCTP_BLOCK_BYTES of each block */
    uint8_t *message; /* GC_SCTP_MESSAGE_BYTES_MAX: a message of several chunks, put together */
    uint8_t *packet;  /* GC_SCTP_PACKET_BYTES_MAX: the packet that was polled last */
    gc_drbg *drbg;    /* borrowed: tags, first TSNs, the key */
    uint32_t count;
    uint32_t touched; /* blocks below this were used at least once */
    uint32_t free;    /* the last one freed, chained by `more` */
    uint32_t used;
    uint32_t common; /* blocks that are nobody's share */
    uint32_t common_used;
    uint32_t associations; /* that shares are reserved for; 0: all blocks are common */
    uint32_t placed;       /* that use the pool */
    gc_crc32c crc;
    uint8_t cookie_key[16]; /* of state cookies of all associations (RFC 9260 5.1.3) */
} gc_sctp_pool;

/* Starts with `count` free blocks (1..2^21, asserted), all common, taken from the arena, whose
 * memory stays the pool's. drbg: borrowed as long as the pool is used; it gives the key of the
 * cookies. Touches no block; with a measuring arena it only counts. */
void gc_sctp_pool_init(gc_sctp_pool *p, gc_arena *a, gc_drbg *drbg, uint32_t count);
/* Returns how many blocks a chunk of `len` user bytes takes: at least 1. */
uint32_t gc_sctp_pool_need(uint32_t len);
/* Reserves two shares for each of so many associations, before the first is placed; the pool has
 * the blocks for them (both asserted). A pool without this call has no shares: for a test, or for
 * one association alone. */
void gc_sctp_pool_reserve(gc_sctp_pool *p, uint32_t associations);
/* Counts an association that is placed, for which shares must be reserved (asserted, but in a pool
 * without shares). */
void gc_sctp_pool_count(gc_sctp_pool *p);
/* Returns the account of a direction that holds nothing, by value: the caller's. It changes with
 * gc_sctp_pool_put() and gc_sctp_pool_give() alone. After gc_sctp_pool_reserve(). */
gc_sctp_share gc_sctp_pool_share(const gc_sctp_pool *p);
/* Returns how many blocks a direction may still take when it may use `limit` blocks of its share
 * (0..share->guaranteed, asserted) and the common ones. */
uint32_t gc_sctp_pool_room(const gc_sctp_pool *p, const gc_sctp_share *share, uint32_t limit);
/* Copies user bytes into new blocks on the account of a direction, under the same `limit`. Returns
 * the first block, which is the caller's until it gives it back; its `len` and `more` are set, and
 * all else is the pool's or zero, but for `next` and `prev`: none. Returns GC_SCTP_NO_BLOCK, and
 * nothing is taken, when there is no room for all. */
uint32_t gc_sctp_pool_put(gc_sctp_pool *p, gc_sctp_share *share, uint32_t limit, gc_span bytes);
/* Copies the user bytes of the chunk that begins in this block to out, which has room for the
 * chunk's `len`. */
void gc_sctp_pool_copy(const gc_sctp_pool *p, uint32_t block, uint8_t *out);
/* Returns the user bytes of a chunk that has one block alone (asserted), borrowed until the block
 * is given back. */
gc_span gc_sctp_pool_bytes(const gc_sctp_pool *p, uint32_t block);
/* Gives back all blocks of the chunk that begins in this one, which are on this account (asserted
 * as far as the counts tell). */
void gc_sctp_pool_give(gc_sctp_pool *p, gc_sctp_share *share, uint32_t block);

/* Memory that has been touched and holds nothing any more: 3 pieces. */
#define GC_SCTP_POOL_PIECES 3
/* Returns true when no block is used and more than GC_SCTP_KEPT_BLOCKS have been. */
bool gc_sctp_pool_is_idle(const gc_sctp_pool *p);
/* Begins anew with the first blocks, in an idle pool (asserted). pieces: filled in with the memory
 * behind the kept blocks, and that in which messages are put together. It stays the pool's, but its
 * content may be lost until the next call. */
void gc_sctp_pool_rest(gc_sctp_pool *p, gc_span pieces[GC_SCTP_POOL_PIECES]);

#endif
