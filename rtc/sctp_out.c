#include "rtc/sctp_out.h"
#include "core/base/error.h"
#include "core/base/mem.h"

/* States of a block here. */
#define UNSENT   0
#define FLIGHT   1
#define LOST     2
#define ACKED    3
#define GIVEN_UP 4 /* in no list */

/* The `dies_ms` of all chunks of a message that is given up. No other message has it: one that ends
 * then, which a clock that began at 0 makes possible, ends a millisecond later. */
#define LONG_AGO_MS 1

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
    o->changes = 1;
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

/* --- lists ------------------------------------------------------------------------------------ */

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

static bool is_limited(const gc_sctp_block *b) {
    return b->dies_ms != 0 || b->tries_max != 0;
}

/* The ring of the chunks of a message, for those of a message with a limit alone. */
static void join_ring(gc_sctp_out *o, uint32_t block, uint32_t earlier) {
    gc_sctp_block *b = at(o, block);
    b->earlier_part = b->later_part = block;
    if (earlier != GC_SCTP_NO_BLOCK) {
        b->earlier_part = earlier;
        b->later_part = at(o, earlier)->later_part;
        at(o, b->later_part)->earlier_part = block;
        at(o, earlier)->later_part = block;
    }
}

static void note_change(gc_sctp_out *o) {
    o->changes += o->changes == UINT32_MAX ? 2 : 1;
}

static void give(gc_sctp_out *o, uint32_t block) {
    const gc_sctp_block *b = at(o, block);
    if (is_limited(b)) {
        at(o, b->earlier_part)->later_part = b->later_part;
        at(o, b->later_part)->earlier_part = b->earlier_part;
    }
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

/* --- queueing and sending --------------------------------------------------------------------- */

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

/* Queues a chunk, d, whose turn it is at `turn`. earlier: the one before it in its message. Returns
 * its block. */
static uint32_t put_chunk(gc_sctp_out *o, const gc_sctp_data *d, const gc_sctp_limit *limit,
                          uint64_t turn, uint32_t earlier) {
    uint32_t block = gc_sctp_pool_put(o->pool, &o->share, o->share.guaranteed, d->bytes);
    gc_assert(block != GC_SCTP_NO_BLOCK);
    gc_sctp_block *b = at(o, block);
    b->ppid = d->ppid;
    b->stream = d->stream;
    b->fsn = earlier == GC_SCTP_NO_BLOCK ? 0 : at(o, earlier)->fsn + 1;
    b->turn = turn;
    b->flags = d->flags;
    b->state = UNSENT;
    b->dies_ms = limit->dies_ms == LONG_AGO_MS ? LONG_AGO_MS + 1 : limit->dies_ms;
    b->tries_max = limit->tries_max;
    if (is_limited(b)) {
        join_ring(o, block, earlier);
    }
    o->waiting[d->stream]++;
    o->unsent_blocks += gc_sctp_pool_need(b->len);
    if (o->interleaves) {
        queue_by_turn(o, block, earlier);
    } else {
        append(o, &o->unsent, block);
    }
    return block;
}

int gc_sctp_out_put(gc_sctp_out *o, const gc_sctp_data *d, const gc_sctp_limit *limit,
                    uint32_t chunk_bytes) {
    gc_assert(d->stream < o->streams && d->bytes.len > 0 && chunk_bytes > 0);
    uint32_t chunks = (d->bytes.len - 1) / chunk_bytes + 1;
    if (gc_sctp_out_need(d->bytes.len, chunk_bytes) > gc_sctp_out_room(o) ||
        chunks > UINT16_MAX - (uint32_t)o->waiting[d->stream]) {
        return GC_E_FULL;
    }
    gc_sctp_turn m = gc_sctp_turns_take(&o->turns, d->stream, d->bytes.len);
    uint32_t block = GC_SCTP_NO_BLOCK;
    for (uint32_t done = 0; done < d->bytes.len;) {
        uint32_t left = d->bytes.len - done;
        gc_sctp_data part = *d;
        part.bytes = gc_span_of(d->bytes.data + done, left < chunk_bytes ? left : chunk_bytes);
        part.flags = d->flags & GC_SCTP_FLAG_UNORDERED;
        part.flags |= done == 0 ? GC_SCTP_FLAG_BEGIN : 0;
        part.flags |= part.bytes.len == left ? GC_SCTP_FLAG_END : 0;
        block = put_chunk(o, &part, limit, m.first, block);
        m.first += m.each_byte * (uint64_t)part.bytes.len;
        done += part.bytes.len;
    }
    return 0;
}

static bool has_place(const gc_sctp_out *o) {
    return o->next_tsn - o->acked_tsn <= GC_SCTP_OUT_TSNS;
}

uint32_t gc_sctp_out_next(const gc_sctp_out *o, bool fresh) {
    if (o->lost.first != GC_SCTP_NO_BLOCK) {
        return o->lost.first;
    }
    return fresh && has_place(o) ? o->unsent.first : GC_SCTP_NO_BLOCK;
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

static void take_unsent(gc_sctp_out *o, uint32_t block) {
    const gc_sctp_block *b = at(o, block);
    take_out(o, &o->unsent, block);
    o->waiting[b->stream]--;
    o->unsent_blocks -= gc_sctp_pool_need(b->len);
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
    b->mid = gc_sctp_turns_number(&o->turns, b->stream, (b->flags & GC_SCTP_FLAG_UNORDERED) != 0,
                                  (b->flags & GC_SCTP_FLAG_BEGIN) != 0);
}

void gc_sctp_out_send(gc_sctp_out *o, uint32_t block, uint64_t now_ms, uint8_t flags,
                      gc_writer *w) {
    gc_sctp_block *b = at(o, block);
    gc_assert(b->state < ACKED);
    if (b->state == UNSENT) {
        take_unsent(o, block);
        gc_sctp_turns_sent(&o->turns, b->turn);
        give_tsn(o, block);
    } else {
        take_out(o, list_of(o, b), block);
    }
    b->state = FLIGHT;
    b->sent_ms = now_ms;
    b->tries = (uint8_t)(b->tries < UINT8_MAX ? b->tries + 1 : UINT8_MAX);
    append(o, &o->flight, block);
    write_chunk(o, block, flags, w);
}

/* Notes that this chunk is not in flight any more, for the message that is given up, if it is. */
static void note_landed(gc_sctp_out *o, const gc_sctp_block *b) {
    if (b->dies_ms == LONG_AGO_MS) {
        gc_assert(at(o, b->last_part)->under_way > 0);
        at(o, b->last_part)->under_way--;
        note_change(o);
    }
}

void gc_sctp_out_lose(gc_sctp_out *o, uint32_t block) {
    gc_sctp_block *b = at(o, block);
    gc_assert(b->state == FLIGHT);
    note_landed(o, b);
    take_out(o, &o->flight, block);
    b->state = LOST;
    append(o, &o->lost, block);
}

static bool is_used_up(const gc_sctp_block *b) {
    return b->tries_max != 0 && b->tries >= b->tries_max;
}

void gc_sctp_out_lose_all(gc_sctp_out *o, uint64_t before_ms) {
    o->lost = empty_list;
    for (uint32_t tsn = o->acked_tsn + 1; tsn != o->next_tsn; tsn++) {
        uint32_t block = *slot(o, tsn);
        gc_sctp_block *b = at(o, block);
        bool may_come = b->state == FLIGHT && is_used_up(b) && b->sent_ms > before_ms;
        if (b->state >= ACKED || may_come) {
            continue;
        }
        if (b->state == FLIGHT) {
            note_landed(o, b);
            take_out(o, &o->flight, block);
        }
        b->state = LOST;
        append(o, &o->lost, block);
    }
}

/* --- giving up -------------------------------------------------------------------------------- */

static bool is_over(const gc_sctp_block *b, uint64_t now_ms) {
    return (b->dies_ms != 0 && b->dies_ms <= now_ms) || is_used_up(b);
}

bool gc_sctp_out_may_repeat(const gc_sctp_out *o, uint32_t block, uint64_t now_ms) {
    return !is_over(at(o, block), now_ms);
}

static void note_given_up(gc_sctp_out *o, gc_sctp_block *b) {
    b->state = GIVEN_UP;
    note_change(o);
}

static uint32_t last_part(const gc_sctp_out *o, uint32_t block) {
    while ((at(o, block)->flags & GC_SCTP_FLAG_END) == 0) {
        block = at(o, block)->later_part;
    }
    return block;
}

/* RFC 3758 3.5 A: all chunks of a message are given up together. Its last one, which is freed last,
 * counts those in flight and itself, as long as it has no TSN. */
static void end_message(gc_sctp_out *o, uint32_t block) {
    uint32_t last = last_part(o, block), part = block, under_way = 0;
    do {
        gc_sctp_block *b = at(o, part);
        under_way += b->state == FLIGHT || (b->state == UNSENT && part == last) ? 1 : 0;
        b->dies_ms = LONG_AGO_MS;
        b->last_part = last;
        part = b->later_part;
    } while (part != block);
    at(o, last)->under_way = under_way;
}

static void give_up_lost(gc_sctp_out *o, uint32_t block) {
    gc_sctp_block *b = at(o, block);
    if (b->dies_ms != LONG_AGO_MS) {
        end_message(o, block);
    }
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
    if (b->dies_ms != LONG_AGO_MS) {
        end_message(o, block);
    }
    take_unsent(o, block);
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
        take_unsent(o, block);
        give(o, block);
    }
    return true;
}

void gc_sctp_out_give_up(gc_sctp_out *o, uint64_t now_ms) {
    while (o->lost.first != GC_SCTP_NO_BLOCK && is_over(at(o, o->lost.first), now_ms)) {
        give_up_lost(o, o->lost.first);
    }
    bool more = true;
    while (more && o->unsent.first != GC_SCTP_NO_BLOCK && is_over(at(o, o->unsent.first), now_ms)) {
        more = give_up_unsent(o, o->unsent.first);
    }
}

const gc_sctp_block *gc_sctp_out_chunk(const gc_sctp_out *o, uint32_t tsn) {
    gc_assert(gc_sctp_after(tsn, o->acked_tsn) && gc_sctp_after(o->next_tsn, tsn));
    return at(o, *slot(o, tsn));
}

bool gc_sctp_out_is_given_up(const gc_sctp_out *o, uint32_t tsn) {
    const gc_sctp_block *b = gc_sctp_out_chunk(o, tsn);
    return b->dies_ms == LONG_AGO_MS && at(o, b->last_part)->under_way == 0;
}

/* --- acknowledgements ------------------------------------------------------------------------- */

/* Notes that the peer has this chunk, if that is news. */
static void acknowledge(gc_sctp_out *o, uint32_t block, gc_sctp_acked *result) {
    gc_sctp_block *b = at(o, block);
    if (b->state >= ACKED) {
        return;
    }
    if (b->state == FLIGHT) {
        note_landed(o, b);
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
    if (state == ACKED) {
        return GC_SCTP_FATE_ACKED;
    }
    return state == FLIGHT ? GC_SCTP_FATE_FLIGHT : GC_SCTP_FATE_LOST;
}

void gc_sctp_out_restart(gc_sctp_out *o, uint16_t stream) {
    gc_sctp_turns_restart(&o->turns, stream);
}

bool gc_sctp_out_is_empty(const gc_sctp_out *o) {
    return o->unsent.first == GC_SCTP_NO_BLOCK && o->acked_tsn + 1 == o->next_tsn;
}
