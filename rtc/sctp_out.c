#include "rtc/sctp_out.h"

void gc_sctp_out_place(gc_sctp_out *o, gc_sctp_pool *pool, gc_arena *a, uint32_t streams) {
    o->pool = pool;
    o->share = gc_sctp_pool_share(pool);
    gc_sctp_tsns_place(&o->tsns, a, GC_SCTP_OUT_TSNS);
    gc_sctp_unsent_place(&o->unsent, pool, a, streams);
}

void gc_sctp_out_begin(gc_sctp_out *o, uint32_t first_tsn, uint32_t queue_bytes) {
    o->acked_tsn = first_tsn - 1;
    o->next_tsn = first_tsn;
    o->told_tsn = first_tsn - 1;
    o->changes = 1;
    o->interleaves = false;
    gc_sctp_unsent_begin(&o->unsent, queue_bytes / GC_SCTP_BLOCK_BYTES);
    gc_sctp_list_begin(&o->flight);
    gc_sctp_list_begin(&o->lost);
}

void gc_sctp_out_interleave(gc_sctp_out *o) {
    gc_assert(o->acked_tsn + 1 == o->next_tsn);
    o->interleaves = true;
    gc_sctp_unsent_order_by_turn(&o->unsent);
}

uint32_t gc_sctp_out_head_bytes(const gc_sctp_out *o) {
    return o->interleaves ? GC_SCTP_I_DATA_BYTES : GC_SCTP_DATA_BYTES;
}

/* --- chunks ----------------------------------------------------------------------------------- */

static gc_sctp_block *at(const gc_sctp_out *o, uint32_t block) {
    return &o->pool->blocks[block];
}

static void append(const gc_sctp_out *o, gc_sctp_list *list, uint32_t block) {
    gc_sctp_list_append(list, o->pool, block);
}

static void take_out(const gc_sctp_out *o, gc_sctp_list *list, uint32_t block) {
    gc_sctp_list_take(list, o->pool, block);
}

/* Of a chunk that was sent. */
static gc_sctp_list *list_of(gc_sctp_out *o, const gc_sctp_block *b) {
    return b->state == GC_SCTP_OUT_FLIGHT ? &o->flight : &o->lost;
}

static uint32_t *slot(const gc_sctp_out *o, uint32_t tsn) {
    return gc_sctp_tsns_at(&o->tsns, tsn);
}

static void note_change(gc_sctp_out *o) {
    o->changes += o->changes == UINT32_MAX ? 2 : 1;
}

static void give(gc_sctp_out *o, uint32_t block) {
    gc_sctp_limit_leave(o->pool, block);
    gc_sctp_pool_give(o->pool, &o->share, block);
}

void gc_sctp_out_end(gc_sctp_out *o) {
    for (uint32_t tsn = o->acked_tsn + 1; tsn != o->next_tsn; tsn++) {
        give(o, *slot(o, tsn));
    }
    while (o->unsent.list.first != GC_SCTP_NO_BLOCK) {
        uint32_t block = o->unsent.list.first;
        gc_sctp_unsent_take(&o->unsent, block);
        give(o, block);
    }
    o->acked_tsn = o->next_tsn - 1;
    gc_sctp_list_begin(&o->flight);
    gc_sctp_list_begin(&o->lost);
    gc_assert(o->share.held == 0);
}

/* --- queueing and sending --------------------------------------------------------------------- */

uint32_t gc_sctp_out_room(const gc_sctp_out *o) {
    return gc_sctp_unsent_room(&o->unsent, &o->share);
}

int gc_sctp_out_put(gc_sctp_out *o, const gc_sctp_data *d, const gc_sctp_limit *limit,
                    uint32_t chunk_bytes) {
    return gc_sctp_unsent_put(&o->unsent, &o->share, d, limit, chunk_bytes);
}

static bool has_place(const gc_sctp_out *o) {
    return o->next_tsn - o->acked_tsn <= GC_SCTP_OUT_TSNS;
}

uint32_t gc_sctp_out_next(const gc_sctp_out *o, bool fresh) {
    if (o->lost.first != GC_SCTP_NO_BLOCK) {
        return o->lost.first;
    }
    return fresh && has_place(o) ? o->unsent.list.first : GC_SCTP_NO_BLOCK;
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
    gc_sctp_unsent_number(&o->unsent, block);
}

void gc_sctp_out_send(gc_sctp_out *o, uint32_t block, uint64_t now_ms, uint8_t flags,
                      gc_writer *w) {
    gc_sctp_block *b = at(o, block);
    gc_assert(b->state < GC_SCTP_OUT_ACKED);
    if (b->state == GC_SCTP_OUT_UNSENT) {
        gc_sctp_unsent_sent(&o->unsent, block);
        give_tsn(o, block);
    } else {
        take_out(o, list_of(o, b), block);
    }
    b->state = GC_SCTP_OUT_FLIGHT;
    b->sent_ms = now_ms;
    b->tries = (uint8_t)(b->tries < UINT8_MAX ? b->tries + 1 : UINT8_MAX);
    append(o, &o->flight, block);
    write_chunk(o, block, flags, w);
}

/* Notes that this chunk is not in flight any more, for its message, if that is given up. */
static void note_landed(gc_sctp_out *o, const gc_sctp_block *b) {
    if (gc_sctp_limit_has_ended(b)) {
        gc_sctp_limit_landed(o->pool, b);
        note_change(o);
    }
}

void gc_sctp_out_lose(gc_sctp_out *o, uint32_t block) {
    gc_sctp_block *b = at(o, block);
    gc_assert(b->state == GC_SCTP_OUT_FLIGHT);
    note_landed(o, b);
    take_out(o, &o->flight, block);
    b->state = GC_SCTP_OUT_LOST;
    append(o, &o->lost, block);
}

void gc_sctp_out_lose_all(gc_sctp_out *o, uint64_t before_ms) {
    gc_sctp_list_begin(&o->lost);
    for (uint32_t tsn = o->acked_tsn + 1; tsn != o->next_tsn; tsn++) {
        uint32_t block = *slot(o, tsn);
        gc_sctp_block *b = at(o, block);
        bool may_come =
            b->state == GC_SCTP_OUT_FLIGHT && gc_sctp_limit_is_used_up(b) && b->sent_ms > before_ms;
        if (b->state >= GC_SCTP_OUT_ACKED || may_come) {
            continue;
        }
        if (b->state == GC_SCTP_OUT_FLIGHT) {
            note_landed(o, b);
            take_out(o, &o->flight, block);
        }
        b->state = GC_SCTP_OUT_LOST;
        append(o, &o->lost, block);
    }
}

/* --- giving up -------------------------------------------------------------------------------- */

bool gc_sctp_out_may_repeat(const gc_sctp_out *o, uint32_t block, uint64_t now_ms) {
    return !gc_sctp_limit_is_over(at(o, block), now_ms);
}

static void note_given_up(gc_sctp_out *o, gc_sctp_block *b) {
    b->state = GC_SCTP_OUT_GIVEN_UP;
    note_change(o);
}

static void give_up_lost(gc_sctp_out *o, uint32_t block) {
    gc_sctp_block *b = at(o, block);
    gc_sctp_limit_end(o->pool, block);
    take_out(o, &o->lost, block);
    note_given_up(o, b);
}

/* Returns false when this chunk must wait for a place for its TSN. */
static bool give_up_unsent(gc_sctp_out *o, uint32_t block) {
    gc_sctp_block *b = at(o, block);
    bool whole = (b->flags & GC_SCTP_FLAG_BEGIN) != 0, end = (b->flags & GC_SCTP_FLAG_END) != 0;
    if (end && !whole && !has_place(o)) {
        return false;
    }
    gc_sctp_limit_end(o->pool, block);
    gc_sctp_unsent_take(&o->unsent, block);
    if (end && !whole) {
        give_tsn(o, block);
        note_landed(o, b);
        note_given_up(o, b);
        return true;
    }
    uint32_t later = b->later_part;
    give(o, block);
    while (whole && !end) { /* nothing of it was sent: the rest goes too, which has no number */
        block = later;
        later = at(o, block)->later_part;
        end = (at(o, block)->flags & GC_SCTP_FLAG_END) != 0;
        gc_sctp_unsent_take(&o->unsent, block);
        give(o, block);
    }
    return true;
}

void gc_sctp_out_give_up(gc_sctp_out *o, uint64_t now_ms) {
    while (o->lost.first != GC_SCTP_NO_BLOCK &&
           gc_sctp_limit_is_over(at(o, o->lost.first), now_ms)) {
        give_up_lost(o, o->lost.first);
    }
    bool more = true;
    while (more && o->unsent.list.first != GC_SCTP_NO_BLOCK &&
           gc_sctp_limit_is_over(at(o, o->unsent.list.first), now_ms)) {
        more = give_up_unsent(o, o->unsent.list.first);
    }
}

const gc_sctp_block *gc_sctp_out_chunk(const gc_sctp_out *o, uint32_t tsn) {
    gc_assert(gc_sctp_after(tsn, o->acked_tsn) && gc_sctp_after(o->next_tsn, tsn));
    return at(o, *slot(o, tsn));
}

bool gc_sctp_out_is_given_up(const gc_sctp_out *o, uint32_t tsn) {
    return gc_sctp_limit_is_settled(o->pool, gc_sctp_out_chunk(o, tsn));
}

/* --- acknowledgements ------------------------------------------------------------------------- */

/* Notes that the peer has this chunk, if that is news. */
static void acknowledge(gc_sctp_out *o, uint32_t block, gc_sctp_acked *result) {
    gc_sctp_block *b = at(o, block);
    if (b->state >= GC_SCTP_OUT_ACKED) {
        return;
    }
    if (b->state == GC_SCTP_OUT_FLIGHT) {
        note_landed(o, b);
    }
    take_out(o, list_of(o, b), block);
    b->state = GC_SCTP_OUT_ACKED;
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
    if (o->acked_tsn + 1 == o->next_tsn ||
        at(o, *slot(o, o->acked_tsn + 1))->state != GC_SCTP_OUT_ACKED) {
        return;
    }
    for (uint32_t tsn = o->acked_tsn + 1; tsn != o->next_tsn; tsn++) {
        gc_sctp_block *b = at(o, *slot(o, tsn));
        if (b->state == GC_SCTP_OUT_ACKED) {
            b->state = GC_SCTP_OUT_LOST;
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
        note_change(o);
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
    uint8_t state = gc_sctp_out_chunk(o, tsn)->state;
    if (state == GC_SCTP_OUT_ACKED) {
        return GC_SCTP_FATE_ACKED;
    }
    return state == GC_SCTP_OUT_FLIGHT ? GC_SCTP_FATE_FLIGHT : GC_SCTP_FATE_LOST;
}

void gc_sctp_out_restart(gc_sctp_out *o, uint16_t stream) {
    gc_sctp_unsent_restart(&o->unsent, stream);
}

bool gc_sctp_out_is_empty(const gc_sctp_out *o) {
    return o->unsent.list.first == GC_SCTP_NO_BLOCK && o->acked_tsn + 1 == o->next_tsn;
}
