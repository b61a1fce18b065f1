#include "rtc/sctp_in.h"
#include "core/base/mem.h"

/* Values of the slot of a TSN that are not the number of a block. */
#define EMPTY GC_SCTP_ARRIVALS_NONE
#define DONE  (UINT32_MAX - 1) /* came, and is delivered or given up */

/* A message of the longest, whose chunks may be as small as the fewest allow. */
#define MESSAGE_BLOCKS (GC_SCTP_FRAGMENTS_MAX + GC_SCTP_MESSAGE_BYTES_MAX / GC_SCTP_BLOCK_BYTES)

/* States of a block here. */
#define PLAIN   0
#define BLOCKED 1 /* first of a whole message that waits for an earlier one of its stream */

_Static_assert(GC_SCTP_FRAGMENTS_MAX < GC_SCTP_IN_TSNS, "a whole message has places");

void gc_sctp_in_place(gc_sctp_in *in, gc_sctp_pool *pool, gc_arena *a) {
    in->pool = pool;
    in->share = gc_sctp_pool_share(pool);
    gc_sctp_arrivals_place(&in->arrivals, a, GC_SCTP_IN_TSNS);
    in->next_ssn = gc_arena_take(a, GC_SCTP_STREAMS_MAX, sizeof(uint16_t));
    gc_sctp_assembly_place(&in->assembly, pool, a, GC_SCTP_STREAMS_MAX);
}

void gc_sctp_in_begin(gc_sctp_in *in, uint32_t first_tsn, uint32_t window_bytes) {
    *in = (gc_sctp_in){
        .pool = in->pool,
        .share = in->share,
        .arrivals = in->arrivals,
        .assembly = in->assembly,
        .next_ssn = in->next_ssn,
        .floor = first_tsn,
        .blocks_max = window_bytes / GC_SCTP_BLOCK_BYTES,
    };
    gc_sctp_ready_begin(&in->ready, in->pool);
    gc_sctp_ack_time_begin(&in->ack_time);
    memset(in->next_ssn, 0, GC_SCTP_STREAMS_MAX * sizeof(uint16_t));
    gc_sctp_arrivals_begin(&in->arrivals, first_tsn);
    gc_sctp_assembly_begin(&in->assembly);
}

void gc_sctp_in_interleave(gc_sctp_in *in) {
    in->interleaves = true;
}

void gc_sctp_in_widen(gc_sctp_in *in, uint32_t window_bytes) {
    in->wide = true;
    in->blocks_max = window_bytes / GC_SCTP_BLOCK_BYTES;
}

/* --- slots and blocks ------------------------------------------------------------------------- */

static uint32_t *slot(const gc_sctp_in *in, uint32_t tsn) {
    return gc_sctp_arrivals_at(&in->arrivals, tsn);
}

static bool is_block(uint32_t value) {
    return value < DONE;
}

static gc_sctp_block *block_at(const gc_sctp_in *in, uint32_t tsn) {
    uint32_t value = *slot(in, tsn);
    gc_assert(is_block(value));
    return &in->pool->blocks[value];
}

static void give(gc_sctp_in *in, uint32_t block) {
    gc_sctp_pool_give(in->pool, &in->share, block);
}

/* Gives up what came with this TSN, if it is still there. */
static void drop(gc_sctp_in *in, uint32_t tsn) {
    uint32_t value = *slot(in, tsn);
    if (is_block(value)) {
        in->blocked -= in->pool->blocks[value].state == BLOCKED ? 1 : 0;
        give(in, value);
        *slot(in, tsn) = DONE;
    }
}

void gc_sctp_in_end(gc_sctp_in *in) {
    for (uint32_t tsn = in->floor; tsn != in->arrivals.highest + 1; tsn++) {
        if (*slot(in, tsn) != EMPTY) {
            drop(in, tsn);
        }
    }
    in->floor = in->arrivals.highest + 1;
    gc_sctp_assembly_end(&in->assembly, &in->share);
    gc_sctp_ready_end(&in->ready, &in->share);
    gc_assert(in->share.held == 0);
}

/* --- whole messages --------------------------------------------------------------------------- */

static void deliver(gc_sctp_in *in, uint32_t begin, uint32_t end) {
    gc_sctp_pool *p = in->pool;
    uint32_t first = *slot(in, begin);
    in->blocked -= p->blocks[first].state == BLOCKED ? 1 : 0;
    p->blocks[first].state = PLAIN;
    for (uint32_t tsn = begin; tsn != end + 1; tsn++) {
        block_at(in, tsn)->next = tsn == end ? GC_SCTP_NO_BLOCK : *slot(in, tsn + 1);
    }
    for (uint32_t tsn = begin; tsn != end + 1; tsn++) {
        *slot(in, tsn) = DONE;
    }
    gc_sctp_ready_put(&in->ready, first);
    if (in->partial && begin == in->floor) {
        in->partial = false;
        in->floor = in->arrivals.cumulative + 1;
    }
}

static bool is_its_turn(const gc_sctp_in *in, uint32_t tsn) {
    const gc_sctp_block *b = block_at(in, tsn);
    return b->ssn == in->next_ssn[b->stream];
}

/* Delivers the blocked message that begins here if its turn has come, or its number was skipped
 * (RFC 3758 3.6). Returns its last TSN; `tsn` when it still waits. */
static uint32_t release_one(gc_sctp_in *in, uint32_t tsn) {
    const gc_sctp_block *b = block_at(in, tsn);
    if (gc_sctp_ssn_after(b->ssn, in->next_ssn[b->stream])) {
        return tsn;
    }
    if (is_its_turn(in, tsn)) {
        in->next_ssn[b->stream]++;
    }
    uint32_t end = tsn;
    while ((block_at(in, end)->flags & GC_SCTP_FLAG_END) == 0) {
        end++;
    }
    deliver(in, tsn, end);
    return end;
}

static bool is_blocked(const gc_sctp_in *in, uint32_t tsn) {
    return is_block(*slot(in, tsn)) && block_at(in, tsn)->state == BLOCKED;
}

/* Delivers the blocked messages whose turn it is: one walk, because a sender gives TSNs in the
 * order of a stream's numbers. A packet may deliver many messages, so the walk waits until the
 * messages are taken: one for a packet, however many chunks it has. */
static void release(gc_sctp_in *in) {
    uint32_t tsn = in->arrivals.cumulative + 1;
    for (; in->release_due && in->blocked > 0 && tsn != in->arrivals.highest + 1; tsn++) {
        if (is_blocked(in, tsn)) {
            tsn = release_one(in, tsn);
        }
    }
    in->release_due = false;
}

/* Finds the first TSN of the message of `end`, which has all chunks from tsn on. Returns TAKEN, and
 * *whole, or what is wrong with the message. */
static uint32_t find_begin(gc_sctp_in *in, uint32_t end, uint32_t *begin, bool *whole) {
    const gc_sctp_block *last = block_at(in, end);
    uint32_t bytes = 0;
    for (uint32_t tsn = end;; tsn--) {
        if (!is_block(*slot(in, tsn))) {
            return GC_SCTP_IN_TAKEN;
        }
        const gc_sctp_block *b = block_at(in, tsn);
        bytes += b->len;
        bool one = b->stream == last->stream && b->ssn == last->ssn &&
                   ((b->flags ^ last->flags) & GC_SCTP_FLAG_UNORDERED) == 0;
        if (!one || (tsn != end && (b->flags & GC_SCTP_FLAG_END) != 0)) {
            return GC_SCTP_IN_VIOLATION;
        }
        if (bytes > GC_SCTP_MESSAGE_BYTES_MAX || end - tsn >= GC_SCTP_FRAGMENTS_MAX) {
            return GC_SCTP_IN_EXCESS;
        }
        if ((b->flags & GC_SCTP_FLAG_BEGIN) != 0) {
            *begin = tsn;
            *whole = true;
            return GC_SCTP_IN_TAKEN;
        }
        if (tsn == in->floor) {
            return GC_SCTP_IN_TAKEN;
        }
        in->steps++;
    }
}

/* Returns false when a chunk between tsn and the end of its message is missing. */
static bool find_end(gc_sctp_in *in, uint32_t tsn, uint32_t *end) {
    for (uint32_t i = 0; i < GC_SCTP_FRAGMENTS_MAX; i++, tsn++, in->steps++) {
        if ((block_at(in, tsn)->flags & GC_SCTP_FLAG_END) != 0) {
            *end = tsn;
            return true;
        }
        if (tsn == in->arrivals.highest || !is_block(*slot(in, tsn + 1))) {
            return false;
        }
    }
    return false;
}

/* Returns false when the chunk before or after this one is missing in its message: so the most of
 * those that come in any other order than they were sent in cost no walk. */
static bool has_neighbours(const gc_sctp_in *in, uint32_t tsn) {
    uint8_t flags = block_at(in, tsn)->flags;
    bool before =
        (flags & GC_SCTP_FLAG_BEGIN) != 0 || (tsn != in->floor && is_block(*slot(in, tsn - 1)));
    bool after = (flags & GC_SCTP_FLAG_END) != 0 ||
                 (tsn != in->arrivals.highest && is_block(*slot(in, tsn + 1)));
    return before && after;
}

/* Delivers, or blocks, the message that the chunk with this TSN made whole, if it did. */
static uint32_t settle(gc_sctp_in *in, uint32_t tsn) {
    uint32_t begin = 0, end = 0;
    bool whole = false;
    if (!has_neighbours(in, tsn) || !find_end(in, tsn, &end)) {
        return GC_SCTP_IN_TAKEN;
    }
    uint32_t result = find_begin(in, end, &begin, &whole);
    if (result != GC_SCTP_IN_TAKEN || !whole) {
        return result;
    }
    gc_sctp_block *first = block_at(in, begin);
    if ((first->flags & GC_SCTP_FLAG_UNORDERED) != 0) {
        deliver(in, begin, end);
    } else if (first->ssn == in->next_ssn[first->stream]) {
        in->next_ssn[first->stream]++;
        deliver(in, begin, end);
        in->release_due = true;
    } else {
        first->state = BLOCKED;
        in->blocked++;
    }
    return GC_SCTP_IN_TAKEN;
}

/* --- the cumulative TSN ----------------------------------------------------------------------- */

/* The cumulative TSN has come to a chunk that is still held: it must be the next fragment of the
 * message that is not whole yet. */
static uint32_t pass_chunk(gc_sctp_in *in, uint32_t tsn) {
    const gc_sctp_block *b = block_at(in, tsn);
    if ((b->flags & GC_SCTP_FLAG_BEGIN) != 0) {
        if (in->partial) {
            return GC_SCTP_IN_VIOLATION;
        }
        in->partial = true;
        in->partial_bytes = 0;
        in->floor = tsn;
    }
    if (!in->partial) { /* the rest of a message that FORWARD-TSN gave up */
        drop(in, tsn);
        in->floor = tsn + 1;
        return GC_SCTP_IN_TAKEN;
    }
    if ((b->flags & GC_SCTP_FLAG_END) != 0) { /* all before it came, and yet it is not its turn */
        return GC_SCTP_IN_VIOLATION;
    }
    in->partial_bytes += b->len;
    bool excess =
        in->partial_bytes > GC_SCTP_MESSAGE_BYTES_MAX || tsn - in->floor >= GC_SCTP_FRAGMENTS_MAX;
    return excess ? GC_SCTP_IN_EXCESS : GC_SCTP_IN_TAKEN;
}

static uint32_t advance(gc_sctp_in *in) {
    uint32_t result = GC_SCTP_IN_TAKEN;
    while (result == GC_SCTP_IN_TAKEN && gc_sctp_arrivals_advance(&in->arrivals)) {
        uint32_t tsn = in->arrivals.cumulative;
        if (is_blocked(in, tsn) && is_its_turn(in, tsn)) {
            release_one(in, tsn); /* without a walk: it is the next one at hand */
        }
        if (is_block(*slot(in, tsn))) {
            result = pass_chunk(in, tsn);
        } else if (in->partial) {
            result = GC_SCTP_IN_VIOLATION; /* another message inside one */
        } else {
            in->floor = tsn + 1;
        }
    }
    return result;
}

/* --- input ------------------------------------------------------------------------------------ */

/* RFC 9260 6.2: what fills the first hole is taken even when the window is full, for without it
 * nothing could ever be delivered. */
static bool has_room(const gc_sctp_in *in, const gc_sctp_data *d) {
    uint32_t need = gc_sctp_pool_need(d->bytes.len);
    return d->tsn - in->floor < GC_SCTP_IN_TSNS &&
           (in->share.held + need <= in->blocks_max ||
            (d->tsn == in->arrivals.cumulative + 1 &&
             in->share.held < in->blocks_max + MESSAGE_BLOCKS));
}

/* How much of the share a chunk may use: holes may stay open as long as the peer likes. */
static uint32_t limit_of(const gc_sctp_in *in, uint32_t tsn) {
    return tsn == in->arrivals.cumulative + 1 ? in->share.guaranteed : in->share.guaranteed / 2;
}

/* The messages of a stream that have become whole, from this one on. */
static void take_whole(gc_sctp_in *in, uint32_t stream, uint32_t first) {
    while (first != GC_SCTP_NO_BLOCK) {
        gc_sctp_ready_put(&in->ready, first);
        first = gc_sctp_assembly_next(&in->assembly, stream);
    }
}

/* A chunk of I-DATA, in its block. */
static uint32_t take_interleaved(gc_sctp_in *in, const gc_sctp_data *d, uint32_t block) {
    gc_sctp_block *b = &in->pool->blocks[block];
    uint32_t whole = GC_SCTP_NO_BLOCK;
    b->mid = d->number;
    b->fsn = (d->flags & GC_SCTP_FLAG_BEGIN) != 0 ? 0 : d->ppid;
    uint32_t result = gc_sctp_assembly_put(&in->assembly, block, &whole);
    if (result != GC_SCTP_IN_TAKEN) {
        give(in, block);
    }
    if (result != GC_SCTP_IN_TAKEN && result != GC_SCTP_IN_AGAIN) {
        return result;
    }
    gc_sctp_arrivals_raise(&in->arrivals, in->floor, d->tsn);
    *slot(in, d->tsn) = DONE;
    take_whole(in, d->stream, whole);
    return advance(in);
}

uint32_t gc_sctp_in_data(gc_sctp_in *in, const gc_sctp_data *d) {
    if (d->stream >= GC_SCTP_STREAMS_MAX) {
        return GC_SCTP_IN_VIOLATION;
    }
    if (gc_sctp_arrivals_has(&in->arrivals, d->tsn)) {
        gc_sctp_arrivals_again(&in->arrivals, d->tsn);
        return GC_SCTP_IN_AGAIN;
    }
    if (!has_room(in, d) || in->steps >= GC_SCTP_IN_STEPS) {
        return GC_SCTP_IN_DROPPED;
    }
    uint32_t block = gc_sctp_pool_put(in->pool, &in->share, limit_of(in, d->tsn), d->bytes);
    if (block == GC_SCTP_NO_BLOCK) {
        return GC_SCTP_IN_DROPPED;
    }
    gc_sctp_block *b = &in->pool->blocks[block];
    b->tsn = d->tsn;
    b->ppid = d->ppid;
    b->stream = d->stream;
    b->flags = d->flags;
    if (in->interleaves) {
        return take_interleaved(in, d, block);
    }
    b->ssn = (d->flags & GC_SCTP_FLAG_UNORDERED) != 0 ? 0 : (uint16_t)d->number;
    gc_sctp_arrivals_raise(&in->arrivals, in->floor, d->tsn);
    *slot(in, d->tsn) = block;
    uint32_t result = settle(in, d->tsn);
    return result == GC_SCTP_IN_TAKEN ? advance(in) : result;
}

static void skip_interleaved(gc_sctp_in *in, gc_span skips) {
    gc_reader r;
    gc_reader_init(&r, skips);
    while (gc_reader_left(&r) >= 8) {
        uint16_t stream = gc_reader_u16(&r);
        bool unordered = (gc_reader_u16(&r) & 1) != 0;
        uint32_t mid = gc_reader_u32(&r);
        if (stream < GC_SCTP_STREAMS_MAX) {
            gc_sctp_assembly_skip(&in->assembly, &in->share, stream, unordered, mid);
            take_whole(in, stream, gc_sctp_assembly_next(&in->assembly, stream));
        }
    }
}

static void skip(gc_sctp_in *in, gc_span skips) {
    for (uint32_t at = 0; at + 4 <= skips.len; at += 4) {
        uint16_t stream = (uint16_t)(skips.data[at] << 8 | skips.data[at + 1]);
        uint16_t ssn = (uint16_t)(skips.data[at + 2] << 8 | skips.data[at + 3]);
        if (stream < GC_SCTP_STREAMS_MAX && !gc_sctp_ssn_after(in->next_ssn[stream], ssn)) {
            in->next_ssn[stream] = (uint16_t)(ssn + 1);
        }
    }
}

uint32_t gc_sctp_in_forward(gc_sctp_in *in, uint32_t cumulative, gc_span skips) {
    if (!gc_sctp_after(cumulative, in->arrivals.cumulative)) {
        return GC_SCTP_IN_AGAIN;
    }
    if (in->interleaves) {
        skip_interleaved(in, skips);
    } else {
        skip(in, skips);
    }
    in->release_due = true;
    release(in);
    uint32_t last =
        gc_sctp_after(cumulative, in->arrivals.highest) ? in->arrivals.highest : cumulative;
    for (uint32_t tsn = in->floor; tsn != last + 1; tsn++) {
        if (*slot(in, tsn) != EMPTY) {
            drop(in, tsn);
        }
    }
    gc_sctp_arrivals_forward(&in->arrivals, cumulative);
    in->floor = cumulative + 1;
    in->partial = false;
    return advance(in);
}

void gc_sctp_in_restart(gc_sctp_in *in, uint16_t stream) {
    gc_assert(stream < GC_SCTP_STREAMS_MAX);
    in->next_ssn[stream] = 0;
    gc_sctp_assembly_restart(&in->assembly, stream);
}

/* --- output ----------------------------------------------------------------------------------- */

bool gc_sctp_in_take(gc_sctp_in *in, gc_sctp_in_message *out) {
    gc_sctp_ready_let_go(&in->ready, &in->share);
    release(in);
    return gc_sctp_ready_take(&in->ready, &in->share, out);
}

uint32_t gc_sctp_in_window(const gc_sctp_in *in) {
    uint32_t held = in->share.held;
    uint32_t left = held < in->blocks_max ? in->blocks_max - held : 0;
    uint32_t room = gc_sctp_pool_room(in->pool, &in->share, in->share.guaranteed);
    return (left < room ? left : room) * GC_SCTP_BLOCK_BYTES;
}

bool gc_sctp_in_has_holes(const gc_sctp_in *in) {
    return gc_sctp_arrivals_has_holes(&in->arrivals);
}

bool gc_sctp_in_hurries(const gc_sctp_in *in, const gc_sctp_data *d) {
    return (d->flags & GC_SCTP_FLAG_AT_ONCE) != 0 || d->tsn != in->arrivals.highest + 1 ||
           (gc_sctp_in_has_holes(in) && !in->wide);
}

void gc_sctp_in_packet_read(gc_sctp_in *in, uint64_t now_ms, bool at_once) {
    in->steps = 0;
    gc_sctp_assembly_rested(&in->assembly);
    gc_sctp_ack_time_packet(&in->ack_time, now_ms, at_once, in->wide);
}

uint64_t gc_sctp_in_sack_at(const gc_sctp_in *in) {
    return in->ack_time.at_ms;
}

void gc_sctp_in_sack(gc_sctp_in *in, gc_writer *w, uint32_t room) {
    gc_sctp_arrivals_sack(&in->arrivals, gc_sctp_in_window(in), w, room);
    gc_sctp_ack_time_sent(&in->ack_time);
}
