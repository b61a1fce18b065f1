#include "rtc/sctp_ready.h"
#include "rtc/sctp_chunk.h"

void gc_sctp_ready_begin(gc_sctp_ready *r, gc_sctp_pool *pool) {
    *r = (gc_sctp_ready){.pool = pool,
                         .first = GC_SCTP_NO_BLOCK,
                         .last = GC_SCTP_NO_BLOCK,
                         .given = GC_SCTP_NO_BLOCK};
}

static gc_sctp_block *at(const gc_sctp_ready *r, uint32_t block) {
    return &r->pool->blocks[block];
}

void gc_sctp_ready_put(gc_sctp_ready *r, uint32_t first) {
    at(r, first)->prev = GC_SCTP_NO_BLOCK;
    if (r->first == GC_SCTP_NO_BLOCK) {
        r->first = first;
    } else {
        at(r, r->last)->prev = first;
    }
    r->last = first;
}

static void give(gc_sctp_ready *r, gc_sctp_share *share, uint32_t block) {
    while (block != GC_SCTP_NO_BLOCK) {
        uint32_t next = at(r, block)->next;
        gc_sctp_pool_give(r->pool, share, block);
        block = next;
    }
}

void gc_sctp_ready_let_go(gc_sctp_ready *r, gc_sctp_share *share) {
    give(r, share, r->given);
    r->given = GC_SCTP_NO_BLOCK;
}

/* Copies all chunks of a message together. Returns its length. */
static uint32_t put_together(const gc_sctp_ready *r, uint32_t block) {
    uint32_t len = 0;
    for (; block != GC_SCTP_NO_BLOCK; block = at(r, block)->next) {
        gc_assert(at(r, block)->len <= GC_SCTP_MESSAGE_BYTES_MAX - len);
        gc_sctp_pool_copy(r->pool, block, r->pool->message + len);
        len += at(r, block)->len;
    }
    return len;
}

bool gc_sctp_ready_take(gc_sctp_ready *r, gc_sctp_share *share, gc_sctp_in_message *out) {
    uint32_t first = r->first;
    gc_assert(r->given == GC_SCTP_NO_BLOCK);
    if (first == GC_SCTP_NO_BLOCK) {
        return false;
    }
    const gc_sctp_block *b = at(r, first);
    r->first = b->prev;
    out->ppid = b->ppid;
    out->stream = b->stream;
    out->unordered = (b->flags & GC_SCTP_FLAG_UNORDERED) != 0;
    if (b->next == GC_SCTP_NO_BLOCK && b->more == GC_SCTP_NO_BLOCK) {
        out->bytes = gc_sctp_pool_bytes(r->pool, first);
        r->given = first;
    } else {
        out->bytes = gc_span_of(r->pool->message, put_together(r, first));
        give(r, share, first);
    }
    return true;
}

void gc_sctp_ready_end(gc_sctp_ready *r, gc_sctp_share *share) {
    gc_sctp_ready_let_go(r, share);
    while (r->first != GC_SCTP_NO_BLOCK) {
        uint32_t first = r->first;
        r->first = at(r, first)->prev;
        give(r, share, first);
    }
}
