#include "rtc/sctp_out.h"
#include "core/base/error.h"
#include "core/base/mem.h"

/* States of a block here. */
#define UNSENT 0
#define FLIGHT 1
#define LOST   2
#define ACKED  3

static const gc_sctp_list empty_list = {GC_SCTP_NO_BLOCK, GC_SCTP_NO_BLOCK, 0};

void gc_sctp_out_place(gc_sctp_out *o, gc_sctp_pool *pool, gc_arena *a, uint32_t streams) {
    o->pool = pool;
    o->share = gc_sctp_pool_share(pool);
    o->streams = streams;
    gc_sctp_tsns_place(&o->tsns, a, GC_SCTP_OUT_TSNS);
    gc_sctp_turns_place(&o->turns, a, streams);
    o->waiting = gc_arena_take(a, streams, sizeof(uint16_t));
}

void gc_sctp_out_begin(gc_sctp_out *o, uint32_t first_tsn, uint32_t queue_bytes) {
    o->acked_tsn = first_tsn - 1;
    o->next_tsn = first_tsn;
    o->told_tsn = first_tsn - 1;
    o->blocks_max = queue_bytes / GC_SCTP_BLOCK_BYTES;
    o->unsent_blocks = 0;
    o->unsent = o->flight = o->lost = empty_list;
    o->interleaves = false;
    gc_sctp_turns_begin(&o->turns);
    memset(o->waiting, 0, o->streams * sizeof(uint16_t));
}

void gc_sctp_out_interleave(gc_sctp_out *o) {
    gc_assert(o->acked_tsn + 1 == o->next_tsn);
    o->interleaves = true;
}

uint32_t gc_sctp_out_head_bytes(const gc_sctp_out *o) {
    return o->interleaves ? GC_SCTP_I_DATA_BYTES : GC_SCTP_DATA_BYTES;
}

/* --- lists --------------------------------------------------------------------------------------
 */

static gc_sctp_block *at(const gc_sctp_out *o, uint32_t block) {
    return &o->pool->blocks[block];
}

static void append(gc_sctp_out *o, gc_sctp_list *list, uint32_t block) {
    gc_sctp_block *b = at(o, block);
    b->prev = list->last;
    b->next = GC_SCTP_NO_BLOCK;
    if (list->last == GC_SCTP_NO_BLOCK) {
        list->first = block;
    } else {
        at(o, list->last)->next = block;
    }
    list->last = block;
    list->bytes += b->len;
}

/* Puts a chunk before another one of the list. */
static void insert(gc_sctp_out *o, gc_sctp_list *list, uint32_t block, uint32_t later) {
    gc_sctp_block *b = at(o, block);
    b->next = later;
    b->prev = at(o, later)->prev;
    at(o, later)->prev = block;
    if (b->prev == GC_SCTP_NO_BLOCK) {
        list->first = block;
    } else {
        at(o, b->prev)->next = block;
    }
    list->bytes += b->len;
}

static void take_out(gc_sctp_out *o, gc_sctp_list *list, uint32_t block) {
    gc_sctp_block *b = at(o, block);
    if (b->prev == GC_SCTP_NO_BLOCK) {
        gc_assert(list->first == block);
        list->first = b->next;
    } else {
        at(o, b->prev)->next = b->next;
    }
    if (b->next == GC_SCTP_NO_BLOCK) {
        gc_assert(list->last == block);
        list->last = b->prev;
    } else {
        at(o, b->next)->prev = b->prev;
    }
    gc_assert(list->bytes >= b->len);
    list->bytes -= b->len;
}

static gc_sctp_list *list_of(gc_sctp_out *o, const gc_sctp_block *b) {
    return b->state == UNSENT ? &o->unsent : b->state == FLIGHT ? &o->flight : &o->lost;
}

static uint32_t *slot(const gc_sctp_out *o, uint32_t tsn) {
    return gc_sctp_tsns_at(&o->tsns, tsn);
}

static void give(gc_sctp_out *o, uint32_t block) {
    gc_sctp_pool_give(o->pool, &o->share, block);
}

void gc_sctp_out_end(gc_sctp_out *o) {
    for (uint32_t tsn = o->acked_tsn + 1; tsn != o->next_tsn; tsn++) {
        give(o, *slot(o, tsn));
    }
    for (uint32_t block = o->unsent.first; block != GC_SCTP_NO_BLOCK;) {
        uint32_t next = at(o, block)->next;
        give(o, block);
        block = next;
    }
    o->acked_tsn = o->next_tsn - 1;
    o->unsent_blocks = 0;
    o->unsent = o->flight = o->lost = empty_list;
    gc_assert(o->share.held == 0);
}

/* --- queueing and sending -----------------------------------------------------------------------
 */

uint32_t gc_sctp_out_need(uint32_t bytes, uint32_t chunk_bytes) {
    uint32_t rest = bytes % chunk_bytes;
    return bytes / chunk_bytes * gc_sctp_pool_need(chunk_bytes) +
           (rest > 0 ? gc_sctp_pool_need(rest) : 0);
}

uint32_t gc_sctp_out_room(const gc_sctp_out *o) {
    uint32_t left = o->blocks_max - o->unsent_blocks;
    uint32_t room = gc_sctp_pool_room(o->pool, &o->share, o->share.guaranteed);
    return left < room ? left : room;
}

/* Puts a chunk before the first one of a later turn. earlier: the chunk before it in its message,
 * as a place to begin the walk. */
static void queue_by_turn(gc_sctp_out *o, uint32_t block, uint32_t earlier) {
    uint64_t turn = at(o, block)->turn;
    if (o->unsent.last == GC_SCTP_NO_BLOCK || at(o, o->unsent.last)->turn <= turn) {
        append(o, &o->unsent, block);
        return;
    }
    uint32_t later = earlier == GC_SCTP_NO_BLOCK ? o->unsent.first : at(o, earlier)->next;
    while (at(o, later)->turn <= turn) {
        later = at(o, later)->next;
    }
    insert(o, &o->unsent, block, later);
}

/* A chunk of the message that m describes, its bytes from `done` on. Returns its block. */
static uint32_t put_chunk(gc_sctp_out *o, const gc_sctp_data *d, const gc_sctp_turn *m,
                          gc_span bytes, uint8_t flags, uint32_t earlier) {
    uint32_t block = gc_sctp_pool_put(o->pool, &o->share, o->share.guaranteed, bytes);
    gc_assert(block != GC_SCTP_NO_BLOCK);
    gc_sctp_block *b = at(o, block);
    b->ppid = d->ppid;
    b->stream = d->stream;
    b->mid = m->mid;
    b->fsn = earlier == GC_SCTP_NO_BLOCK ? 0 : at(o, earlier)->fsn + 1;
    b->turn = m->first;
    b->flags = flags;
    b->state = UNSENT;
    o->waiting[d->stream]++;
    o->unsent_blocks += gc_sctp_pool_need(b->len);
    if (o->interleaves) {
        queue_by_turn(o, block, earlier);
    } else {
        append(o, &o->unsent, block);
    }
    return block;
}

int gc_sctp_out_put(gc_sctp_out *o, const gc_sctp_data *d, uint32_t chunk_bytes) {
    gc_assert(d->stream < o->streams && d->bytes.len > 0 && chunk_bytes > 0);
    uint32_t chunks = (d->bytes.len - 1) / chunk_bytes + 1;
    if (gc_sctp_out_need(d->bytes.len, chunk_bytes) > gc_sctp_out_room(o) ||
        chunks > UINT16_MAX - (uint32_t)o->waiting[d->stream]) {
        return GC_E_FULL;
    }
    bool unordered = (d->flags & GC_SCTP_FLAG_UNORDERED) != 0;
    gc_sctp_turn m = gc_sctp_turns_take(&o->turns, d->stream, unordered, d->bytes.len);
    uint32_t block = GC_SCTP_NO_BLOCK;
    for (uint32_t done = 0; done < d->bytes.len;) {
        uint32_t left = d->bytes.len - done;
        uint32_t len = left < chunk_bytes ? left : chunk_bytes;
        uint8_t flags = d->flags & GC_SCTP_FLAG_UNORDERED;
        flags |= done == 0 ? GC_SCTP_FLAG_BEGIN : 0;
        flags |= len == left ? GC_SCTP_FLAG_END : 0;
        block = put_chunk(o, d, &m, gc_span_of(d->bytes.data + done, len), flags, block);
        m.first += m.each_byte * (uint64_t)len;
        done += len;
    }
    return 0;
}

uint32_t gc_sctp_out_next(const gc_sctp_out *o, bool fresh) {
    if (o->lost.first != GC_SCTP_NO_BLOCK) {
        return o->lost.first;
    }
    bool place = o->next_tsn - o->acked_tsn <= GC_SCTP_OUT_TSNS;
    return fresh && place ? o->unsent.first : GC_SCTP_NO_BLOCK;
}

/* The user bytes go from the blocks to the packet at once. */
static void write_chunk(const gc_sctp_out *o, uint32_t block, uint8_t flags, gc_writer *w) {
    const gc_sctp_block *b = at(o, block);
    bool unordered = (b->flags & GC_SCTP_FLAG_UNORDERED) != 0;
    gc_sctp_data d = {.tsn = b->tsn,
                      .ppid = b->ppid,
                      .stream = b->stream,
                      .number = b->mid,
                      .flags = b->flags | flags};
    uint32_t start = 0;
    if (o->interleaves) {
        d.ppid = (b->flags & GC_SCTP_FLAG_BEGIN) != 0 ? b->ppid : b->fsn;
        start = gc_sctp_i_data_begin(w, &d);
    } else {
        d.number = unordered ? 0 : b->mid;
        start = gc_sctp_data_begin(w, &d);
    }
    gc_assert(!w->failed && b->len <= w->size - w->at);
    gc_sctp_pool_copy(o->pool, block, w->data + w->at);
    w->at += b->len;
    gc_sctp_chunk_end(w, start);
}

static void give_tsn(gc_sctp_out *o, uint32_t block) {
    gc_sctp_block *b = at(o, block);
    uint32_t used = o->next_tsn - 1 - o->acked_tsn;
    if (used == 0) {
        gc_sctp_tsns_empty(&o->tsns);
    }
    gc_sctp_tsns_fit(&o->tsns, o->acked_tsn + 1, used, used + 1);
    b->tsn = o->next_tsn++;
    *slot(o, b->tsn) = block;
    o->waiting[b->stream]--;
    gc_sctp_turns_sent(&o->turns, b->turn);
    o->unsent_blocks -= gc_sctp_pool_need(b->len);
}

void gc_sctp_out_send(gc_sctp_out *o, uint32_t block, uint64_t now_ms, uint8_t flags,
                      gc_writer *w) {
    gc_sctp_block *b = at(o, block);
    gc_assert(b->state != ACKED);
    take_out(o, list_of(o, b), block);
    if (b->state == UNSENT) {
        give_tsn(o, block);
    }
    b->state = FLIGHT;
    b->sent_ms = now_ms;
    b->tries = (uint8_t)(b->tries < UINT8_MAX ? b->tries + 1 : UINT8_MAX);
    append(o, &o->flight, block);
    write_chunk(o, block, flags, w);
}

void gc_sctp_out_lose(gc_sctp_out *o, uint32_t block) {
    gc_sctp_block *b = at(o, block);
    gc_assert(b->state == FLIGHT);
    take_out(o, &o->flight, block);
    b->state = LOST;
    append(o, &o->lost, block);
}

void gc_sctp_out_lose_all(gc_sctp_out *o) {
    o->flight = o->lost = empty_list;
    for (uint32_t tsn = o->acked_tsn + 1; tsn != o->next_tsn; tsn++) {
        gc_sctp_block *b = at(o, *slot(o, tsn));
        if (b->state != ACKED) {
            b->state = LOST;
            append(o, &o->lost, *slot(o, tsn));
        }
    }
}

/* --- acknowledgements ---------------------------------------------------------------------------
 */

/* Notes that the peer has this chunk, if that is news. */
static void acknowledge(gc_sctp_out *o, uint32_t block, gc_sctp_acked *result) {
    gc_sctp_block *b = at(o, block);
    if (b->state == ACKED) {
        return;
    }
    take_out(o, list_of(o, b), block);
    b->state = ACKED;
    result->bytes += b->len;
    bool later = b->sent_ms > result->newest_ms ||
                 (b->sent_ms == result->newest_ms && gc_sctp_after(b->tsn, result->newest_tsn));
    if (result->newest_tries == 0 || later) {
        result->newest_ms = b->sent_ms;
        result->newest_stamp = b->stamp;
        result->newest_tsn = b->tsn;
        result->newest_tries = b->tries;
    }
}

static void ack_cumulative(gc_sctp_out *o, uint32_t cumulative, gc_sctp_acked *result) {
    while (o->acked_tsn != cumulative) {
        o->acked_tsn++;
        uint32_t block = *slot(o, o->acked_tsn);
        acknowledge(o, block, result);
        give(o, block);
        result->advanced = true;
    }
}

/* RFC 9260 6.3.3: a peer may drop what it acknowledged behind a hole. It has done so when the chunk
 * after the cumulative TSN is such a one; then all of these count as lost. */
static void take_back(gc_sctp_out *o) {
    if (o->acked_tsn + 1 == o->next_tsn || at(o, *slot(o, o->acked_tsn + 1))->state != ACKED) {
        return;
    }
    for (uint32_t tsn = o->acked_tsn + 1; tsn != o->next_tsn; tsn++) {
        gc_sctp_block *b = at(o, *slot(o, tsn));
        if (b->state == ACKED) {
            b->state = LOST;
            append(o, &o->lost, *slot(o, tsn));
        }
    }
}

/* Gaps must rise: one that does not ends the list, so that a SACK costs one walk at most. */
static void ack_gaps(gc_sctp_out *o, const gc_sctp_sack *sack, gc_sctp_acked *result) {
    uint32_t next = 2; /* the first TSN after the cumulative one is missing */
    for (uint32_t i = 0; i < sack->gaps; i++) {
        gc_sctp_gap gap = gc_sctp_sack_gap(sack, i);
        if (gap.first < next || gap.last < gap.first) {
            return;
        }
        for (uint32_t offset = gap.first; offset <= gap.last; offset++) {
            acknowledge(o, *slot(o, sack->cumulative + offset), result);
        }
        next = gap.last + 1u;
    }
}

/* Whether every TSN that the SACK names was sent. */
static bool was_sent(const gc_sctp_out *o, const gc_sctp_sack *sack) {
    uint32_t outstanding = o->next_tsn - 1 - sack->cumulative;
    if (gc_sctp_after(sack->cumulative, o->next_tsn - 1)) {
        return false;
    }
    for (uint32_t i = 0; i < sack->gaps; i++) {
        if (gc_sctp_sack_gap(sack, i).last > outstanding) {
            return false;
        }
    }
    return true;
}

static uint32_t told(const gc_sctp_out *o, const gc_sctp_sack *sack) {
    return sack->gaps < GC_SCTP_OUT_GAPS_FEW
               ? o->next_tsn - 1
               : sack->cumulative + gc_sctp_sack_gap(sack, sack->gaps - 1u).last;
}

gc_sctp_acked gc_sctp_out_ack(gc_sctp_out *o, const gc_sctp_sack *sack) {
    gc_sctp_acked result = {0};
    if (gc_sctp_after(o->acked_tsn, sack->cumulative)) {
        result.old = true;
    } else if (!was_sent(o, sack)) {
        result.violation = true;
    } else {
        o->told_tsn = told(o, sack);
        ack_cumulative(o, sack->cumulative, &result);
        take_back(o);
        ack_gaps(o, sack, &result);
    }
    return result;
}

uint32_t gc_sctp_out_fate(const gc_sctp_out *o, uint32_t tsn) {
    if (!gc_sctp_after(tsn, o->acked_tsn)) {
        return GC_SCTP_FATE_ACKED;
    }
    gc_assert(gc_sctp_after(o->next_tsn, tsn));
    uint8_t state = at(o, *slot(o, tsn))->state;
    return state == ACKED  ? GC_SCTP_FATE_ACKED
           : state == LOST ? GC_SCTP_FATE_LOST
                           : GC_SCTP_FATE_FLIGHT;
}

void gc_sctp_out_restart(gc_sctp_out *o, uint16_t stream) {
    gc_sctp_turns_restart(&o->turns, stream);
}

bool gc_sctp_out_is_empty(const gc_sctp_out *o) {
    return o->unsent.first == GC_SCTP_NO_BLOCK && o->acked_tsn + 1 == o->next_tsn;
}
