#include "rtc/sctp_unsent.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/number.h"

void gc_sctp_unsent_place(gc_sctp_unsent *u, gc_sctp_pool *pool, gc_arena *a, uint32_t streams) {
    u->pool = pool;
    u->streams = streams;
    gc_sctp_turns_place(&u->turns, a, streams);
    u->waiting = gc_arena_take(a, streams, sizeof(uint16_t));
}

void gc_sctp_unsent_begin(gc_sctp_unsent *u, uint32_t blocks_max) {
    u->blocks = 0;
    u->blocks_max = blocks_max;
    u->by_turn = false;
    gc_sctp_list_begin(&u->list);
    gc_sctp_turns_begin(&u->turns);
    memset(u->waiting, 0, u->streams * sizeof(uint16_t));
}

static gc_sctp_block *at(const gc_sctp_unsent *u, uint32_t block) {
    return &u->pool->blocks[block];
}

/* --- putting ---------------------------------------------------------------------------------- */

uint32_t gc_sctp_unsent_need(uint32_t bytes, uint32_t chunk_bytes) {
    uint32_t rest = bytes % chunk_bytes;
    return bytes / chunk_bytes * gc_sctp_pool_need(chunk_bytes) +
           (rest > 0 ? gc_sctp_pool_need(rest) : 0);
}

uint32_t gc_sctp_unsent_room(const gc_sctp_unsent *u, const gc_sctp_share *share) {
    return gc_min_u32(u->blocks_max - u->blocks,
                      gc_sctp_pool_room(u->pool, share, share->guaranteed));
}

/* Puts a chunk before the first one of a later turn. earlier: the chunk before it in its message,
 * as a place to begin the walk. */
static void insert_by_turn(gc_sctp_unsent *u, uint32_t block, uint32_t earlier) {
    uint64_t turn = at(u, block)->turn;
    if (u->list.last == GC_SCTP_NO_BLOCK || at(u, u->list.last)->turn <= turn) {
        gc_sctp_list_append(&u->list, u->pool, block);
        return;
    }
    uint32_t later = earlier == GC_SCTP_NO_BLOCK ? u->list.first : at(u, earlier)->next;
    while (at(u, later)->turn <= turn) {
        later = at(u, later)->next;
    }
    gc_sctp_list_insert(&u->list, u->pool, block, later);
}

/* A chunk that stayed after others of later turns would be passed by the next ones of its stream.
 */
void gc_sctp_unsent_order_by_turn(gc_sctp_unsent *u) {
    uint32_t block = u->list.first;
    u->by_turn = true;
    gc_sctp_list_begin(&u->list);
    while (block != GC_SCTP_NO_BLOCK) {
        uint32_t next = at(u, block)->next;
        insert_by_turn(u, block, GC_SCTP_NO_BLOCK);
        block = next;
    }
}

static void enter(gc_sctp_unsent *u, uint32_t block, uint32_t earlier) {
    const gc_sctp_block *b = at(u, block);
    u->waiting[b->stream]++;
    u->blocks += gc_sctp_pool_need(b->len);
    if (u->by_turn) {
        insert_by_turn(u, block, earlier);
    } else {
        gc_sctp_list_append(&u->list, u->pool, block);
    }
}

/* Makes the block of a chunk, d. earlier: that of the one before it in its message. */
static uint32_t make_chunk(const gc_sctp_unsent *u, gc_sctp_share *share, const gc_sctp_data *d,
                           uint32_t earlier) {
    uint32_t block = gc_sctp_pool_put(u->pool, share, share->guaranteed, d->bytes);
    gc_assert(block != GC_SCTP_NO_BLOCK);
    gc_sctp_block *b = at(u, block);
    b->ppid = d->ppid;
    b->stream = d->stream;
    b->fsn = earlier == GC_SCTP_NO_BLOCK ? 0 : at(u, earlier)->fsn + 1;
    b->flags = d->flags;
    b->state = GC_SCTP_OUT_UNSENT;
    return block;
}

/* Returns the chunk of a message that begins at its byte `start`. */
static gc_sctp_data part_of(const gc_sctp_data *d, uint32_t start, uint32_t chunk_bytes) {
    uint32_t left = d->bytes.len - start;
    gc_sctp_data part = *d;
    part.bytes = gc_span_of(d->bytes.data + start, gc_min_u32(left, chunk_bytes));
    part.flags = d->flags & GC_SCTP_FLAG_UNORDERED;
    part.flags |= start == 0 ? GC_SCTP_FLAG_BEGIN : 0;
    part.flags |= part.bytes.len == left ? GC_SCTP_FLAG_END : 0;
    return part;
}

int gc_sctp_unsent_put(gc_sctp_unsent *u, gc_sctp_share *share, const gc_sctp_data *d,
                       const gc_sctp_limit *limit, uint32_t chunk_bytes) {
    gc_assert(d->stream < u->streams && d->bytes.len > 0 && chunk_bytes > 0);
    uint32_t chunks = (d->bytes.len - 1) / chunk_bytes + 1;
    if (gc_sctp_unsent_need(d->bytes.len, chunk_bytes) > gc_sctp_unsent_room(u, share) ||
        chunks > UINT16_MAX - (uint32_t)u->waiting[d->stream]) {
        return GC_E_FULL;
    }
    gc_sctp_turn turn = gc_sctp_turns_take(&u->turns, d->stream, d->bytes.len);
    uint32_t earlier = GC_SCTP_NO_BLOCK;
    for (uint32_t done = 0; done < d->bytes.len;) {
        gc_sctp_data part = part_of(d, done, chunk_bytes);
        uint32_t block = make_chunk(u, share, &part, earlier);
        at(u, block)->turn = turn.first + turn.each_byte * (uint64_t)done;
        gc_sctp_limit_set(u->pool, block, limit, earlier);
        enter(u, block, earlier);
        earlier = block;
        done += part.bytes.len;
    }
    return 0;
}

/* --- taking out ------------------------------------------------------------------------------- */

void gc_sctp_unsent_take(gc_sctp_unsent *u, uint32_t block) {
    const gc_sctp_block *b = at(u, block);
    gc_sctp_list_take(&u->list, u->pool, block);
    u->waiting[b->stream]--;
    u->blocks -= gc_sctp_pool_need(b->len);
}

void gc_sctp_unsent_sent(gc_sctp_unsent *u, uint32_t block) {
    gc_sctp_unsent_take(u, block);
    gc_sctp_turns_sent(&u->turns, at(u, block)->turn);
}

void gc_sctp_unsent_number(gc_sctp_unsent *u, uint32_t block) {
    gc_sctp_block *b = at(u, block);
    b->mid = gc_sctp_turns_number(&u->turns, b->stream, (b->flags & GC_SCTP_FLAG_UNORDERED) != 0,
                                  (b->flags & GC_SCTP_FLAG_BEGIN) != 0);
}

void gc_sctp_unsent_restart(gc_sctp_unsent *u, uint16_t stream) {
    gc_sctp_turns_restart(&u->turns, stream);
}
