#include "rtc/sctp_assembly.h"

void gc_sctp_assembly_place(gc_sctp_assembly *a, gc_sctp_pool *pool, gc_arena *arena,
                            uint32_t streams) {
    a->pool = pool;
    a->streams = gc_arena_take(arena, streams, sizeof *a->streams);
    a->streams_max = streams;
    gc_sctp_assembly_begin(a);
}

void gc_sctp_assembly_begin(gc_sctp_assembly *a) {
    a->touched = 0;
    a->steps = 0;
}

void gc_sctp_assembly_rested(gc_sctp_assembly *a) {
    a->steps = 0;
}

static gc_sctp_block *at(const gc_sctp_assembly *a, uint32_t block) {
    return &a->pool->blocks[block];
}

static gc_sctp_assembly_stream *stream_of(gc_sctp_assembly *a, uint32_t stream) {
    static const gc_sctp_row empty = {GC_SCTP_NO_BLOCK, GC_SCTP_NO_BLOCK};
    gc_assert(stream < a->streams_max);
    for (; a->touched <= stream; a->touched++) {
        a->streams[a->touched] = (gc_sctp_assembly_stream){.rows = {empty, empty}};
    }
    return &a->streams[stream];
}

/* --- messages of a row ------------------------------------------------------------------------ */

static bool is_whole(const gc_sctp_assembly *a, const gc_sctp_block *m) {
    const gc_sctp_block *last = at(a, m->last);
    return (at(a, m->first)->flags & GC_SCTP_FLAG_BEGIN) != 0 &&
           (last->flags & GC_SCTP_FLAG_END) != 0 && m->count == last->fsn + 1;
}

/* Takes a message out of its row. */
static void unlink_message(gc_sctp_assembly *a, gc_sctp_row *row, uint32_t message) {
    gc_sctp_block *m = at(a, message);
    if (m->earlier == GC_SCTP_NO_BLOCK) {
        row->first = m->later;
    } else {
        at(a, m->earlier)->later = m->later;
    }
    if (m->later == GC_SCTP_NO_BLOCK) {
        row->last = m->earlier;
    } else {
        at(a, m->later)->earlier = m->earlier;
    }
}

/* Puts a new message after `earlier`, or first of all (GC_SCTP_NO_BLOCK). */
static void link_message(gc_sctp_assembly *a, gc_sctp_row *row, uint32_t message,
                         uint32_t earlier) {
    gc_sctp_block *m = at(a, message);
    m->first = m->last = message;
    m->count = 1;
    m->bytes = m->len;
    m->earlier = earlier;
    m->later = earlier == GC_SCTP_NO_BLOCK ? row->first : at(a, earlier)->later;
    *(earlier == GC_SCTP_NO_BLOCK ? &row->first : &at(a, earlier)->later) = message;
    *(m->later == GC_SCTP_NO_BLOCK ? &row->last : &at(a, m->later)->earlier) = message;
}

static void give_message(gc_sctp_assembly *a, gc_sctp_share *share, gc_sctp_row *row,
                         uint32_t message) {
    unlink_message(a, row, message);
    for (uint32_t block = at(a, message)->first; block != GC_SCTP_NO_BLOCK;) {
        uint32_t next = at(a, block)->next;
        gc_sctp_pool_give(a->pool, share, block);
        block = next;
    }
}

void gc_sctp_assembly_end(gc_sctp_assembly *a, gc_sctp_share *share) {
    for (uint32_t i = 0; i < a->touched; i++) {
        for (uint32_t k = 0; k < 2; k++) {
            gc_sctp_row *row = &a->streams[i].rows[k];
            while (row->first != GC_SCTP_NO_BLOCK) {
                give_message(a, share, row, row->first);
            }
        }
    }
    a->touched = 0;
}

/* Finds the last message of a row whose number is not beyond `mid`. Most chunks belong to the last
 * message, or begin the next one. Returns false when the search takes too long. */
static bool find_message(gc_sctp_assembly *a, const gc_sctp_row *row, uint32_t mid,
                         uint32_t *found) {
    *found = row->last;
    if (row->last == GC_SCTP_NO_BLOCK || !gc_sctp_after(at(a, row->last)->mid, mid)) {
        return true;
    }
    uint32_t next = row->first;
    *found = GC_SCTP_NO_BLOCK;
    while (!gc_sctp_after(at(a, next)->mid, mid)) {
        *found = next;
        next = at(a, next)->later;
        if (++a->steps > GC_SCTP_ASSEMBLY_STEPS) {
            return false;
        }
    }
    return true;
}

/* --- fragments of a message ------------------------------------------------------------------- */

/* Finds the last fragment whose number is not beyond `fsn`. */
static bool find_fragment(gc_sctp_assembly *a, const gc_sctp_block *m, uint32_t fsn,
                          uint32_t *found) {
    *found = m->last;
    if (at(a, m->last)->fsn <= fsn) {
        return true;
    }
    *found = GC_SCTP_NO_BLOCK;
    for (uint32_t next = m->first; at(a, next)->fsn <= fsn; next = at(a, next)->next) {
        *found = next;
        if (++a->steps > GC_SCTP_ASSEMBLY_STEPS) {
            return false;
        }
    }
    return true;
}

/* A number must be there once, and none beyond the last fragment. */
static bool fits_in(const gc_sctp_assembly *a, const gc_sctp_block *m, const gc_sctp_block *b,
                    uint32_t before) {
    const gc_sctp_block *last = at(a, m->last);
    bool again = before != GC_SCTP_NO_BLOCK && at(a, before)->fsn == b->fsn;
    bool beyond = (last->flags & GC_SCTP_FLAG_END) != 0 && b->fsn > last->fsn;
    bool early = (b->flags & GC_SCTP_FLAG_END) != 0 && b->fsn < last->fsn;
    return !again && !beyond && !early;
}

static uint32_t add_fragment(gc_sctp_assembly *a, gc_sctp_block *m, uint32_t block) {
    gc_sctp_block *b = at(a, block);
    uint32_t before = GC_SCTP_NO_BLOCK;
    if (!find_fragment(a, m, b->fsn, &before)) {
        return GC_SCTP_IN_DROPPED;
    }
    if (!fits_in(a, m, b, before)) {
        return GC_SCTP_IN_VIOLATION;
    }
    if (b->len > GC_SCTP_MESSAGE_BYTES_MAX - m->bytes) {
        return GC_SCTP_IN_EXCESS;
    }
    uint32_t *link = before == GC_SCTP_NO_BLOCK ? &m->first : &at(a, before)->next;
    b->next = *link;
    *link = block;
    m->last = b->next == GC_SCTP_NO_BLOCK ? block : m->last;
    m->count++;
    m->bytes += b->len;
    return GC_SCTP_IN_TAKEN;
}

/* --- what comes and what is given ------------------------------------------------------------- */

/* RFC 8260 2.1: a first fragment has no number on the wire, and no other has the number 0. */
static uint32_t check(const gc_sctp_block *b) {
    bool begins = (b->flags & GC_SCTP_FLAG_BEGIN) != 0;
    if (begins != (b->fsn == 0)) {
        return GC_SCTP_IN_VIOLATION;
    }
    bool excess = b->fsn >= GC_SCTP_FRAGMENTS_MAX || b->len > GC_SCTP_MESSAGE_BYTES_MAX;
    return excess ? GC_SCTP_IN_EXCESS : GC_SCTP_IN_TAKEN;
}

static uint32_t give_out(gc_sctp_assembly *a, gc_sctp_row *row, uint32_t message) {
    unlink_message(a, row, message);
    return at(a, message)->first;
}

uint32_t gc_sctp_assembly_next(gc_sctp_assembly *a, uint32_t stream) {
    gc_sctp_assembly_stream *s = stream_of(a, stream);
    uint32_t message = s->rows[0].first;
    if (message == GC_SCTP_NO_BLOCK || gc_sctp_after(at(a, message)->mid, s->next) ||
        !is_whole(a, at(a, message))) {
        return GC_SCTP_NO_BLOCK;
    }
    s->next = gc_sctp_after(s->next, at(a, message)->mid) ? s->next : s->next + 1;
    return give_out(a, &s->rows[0], message);
}

/* Puts the chunk in its message, or begins one with it. */
static uint32_t place_chunk(gc_sctp_assembly *a, gc_sctp_row *row, uint32_t block,
                            uint32_t *message) {
    gc_sctp_block *b = at(a, block);
    if (!find_message(a, row, b->mid, message)) {
        return GC_SCTP_IN_DROPPED;
    }
    if (*message != GC_SCTP_NO_BLOCK && at(a, *message)->mid == b->mid) {
        return add_fragment(a, at(a, *message), block);
    }
    link_message(a, row, block, *message);
    *message = block;
    return GC_SCTP_IN_TAKEN;
}

uint32_t gc_sctp_assembly_put(gc_sctp_assembly *a, uint32_t block, uint32_t *whole) {
    gc_sctp_block *b = at(a, block);
    bool unordered = (b->flags & GC_SCTP_FLAG_UNORDERED) != 0;
    gc_sctp_assembly_stream *s = stream_of(a, b->stream);
    gc_sctp_row *row = &s->rows[unordered ? 1 : 0];
    uint32_t message = GC_SCTP_NO_BLOCK;
    *whole = GC_SCTP_NO_BLOCK;
    b->next = GC_SCTP_NO_BLOCK;
    uint32_t result = check(b);
    if (result != GC_SCTP_IN_TAKEN) {
        return result;
    }
    if (!unordered && gc_sctp_after(s->next, b->mid)) {
        return GC_SCTP_IN_AGAIN;
    }
    result = place_chunk(a, row, block, &message);
    if (result != GC_SCTP_IN_TAKEN) {
        return result;
    }
    if (!unordered) {
        *whole = gc_sctp_assembly_next(a, b->stream);
    } else if (is_whole(a, at(a, message))) {
        *whole = give_out(a, row, message);
    }
    return GC_SCTP_IN_TAKEN;
}

void gc_sctp_assembly_skip(gc_sctp_assembly *a, gc_sctp_share *share, uint32_t stream,
                           bool unordered, uint32_t mid) {
    gc_sctp_assembly_stream *s = stream_of(a, stream);
    gc_sctp_row *row = &s->rows[unordered ? 1 : 0];
    if (!unordered && gc_sctp_after(s->next, mid)) {
        return; /* their turn is over: a walk over those that wait for theirs would end nothing */
    }
    for (uint32_t message = row->first; message != GC_SCTP_NO_BLOCK;) {
        uint32_t later = at(a, message)->later;
        if (gc_sctp_after(at(a, message)->mid, mid)) {
            break;
        }
        if (!is_whole(a, at(a, message))) {
            give_message(a, share, row, message);
        }
        message = later;
    }
    if (!unordered) {
        s->next = mid + 1;
    }
}

void gc_sctp_assembly_restart(gc_sctp_assembly *a, uint32_t stream) {
    stream_of(a, stream)->next = 0;
}
