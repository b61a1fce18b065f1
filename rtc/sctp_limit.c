#include "rtc/sctp_limit.h"
#include "rtc/sctp_chunk.h"

/* The `dies_ms` of all chunks of a message that has ended. No other message has it: one that ends
 * then, which a clock that began at 0 makes possible, ends a millisecond later. */
#define LONG_AGO_MS 1

static gc_sctp_block *at(const gc_sctp_pool *p, uint32_t block) {
    return &p->blocks[block];
}

static bool is_limited(const gc_sctp_block *b) {
    return b->dies_ms != 0 || b->tries_max != 0;
}

static void join_ring(gc_sctp_pool *p, uint32_t block, uint32_t earlier) {
    gc_sctp_block *b = at(p, block);
    b->earlier_part = b->later_part = block;
    if (earlier != GC_SCTP_NO_BLOCK) {
        b->earlier_part = earlier;
        b->later_part = at(p, earlier)->later_part;
        at(p, b->later_part)->earlier_part = block;
        at(p, earlier)->later_part = block;
    }
}

void gc_sctp_limit_set(gc_sctp_pool *p, uint32_t block, const gc_sctp_limit *limit,
                       uint32_t earlier) {
    gc_sctp_block *b = at(p, block);
    b->dies_ms = limit->dies_ms == LONG_AGO_MS ? LONG_AGO_MS + 1 : limit->dies_ms;
    b->tries_max = limit->tries_max;
    if (is_limited(b)) {
        join_ring(p, block, earlier);
    }
}

void gc_sctp_limit_leave(gc_sctp_pool *p, uint32_t block) {
    const gc_sctp_block *b = at(p, block);
    if (is_limited(b)) {
        at(p, b->earlier_part)->later_part = b->later_part;
        at(p, b->later_part)->earlier_part = b->earlier_part;
    }
}

bool gc_sctp_limit_is_used_up(const gc_sctp_block *b) {
    return b->tries_max != 0 && b->tries >= b->tries_max;
}

bool gc_sctp_limit_is_over(const gc_sctp_block *b, uint64_t now_ms) {
    return (b->dies_ms != 0 && b->dies_ms <= now_ms) || gc_sctp_limit_is_used_up(b);
}

static uint32_t last_part(const gc_sctp_pool *p, uint32_t block) {
    while ((at(p, block)->flags & GC_SCTP_FLAG_END) == 0) {
        block = at(p, block)->later_part;
    }
    return block;
}

/* The last chunk counts itself, too, as long as it has no TSN. */
void gc_sctp_limit_end(gc_sctp_pool *p, uint32_t block) {
    if (gc_sctp_limit_has_ended(at(p, block))) {
        return;
    }
    uint32_t last = last_part(p, block), part = block, under_way = 0;
    do {
        gc_sctp_block *b = at(p, part);
        bool no_tsn = b->state == GC_SCTP_OUT_UNSENT && part == last;
        under_way += b->state == GC_SCTP_OUT_FLIGHT || no_tsn ? 1 : 0;
        b->dies_ms = LONG_AGO_MS;
        b->last_part = last;
        part = b->later_part;
    } while (part != block);
    at(p, last)->under_way = under_way;
}

bool gc_sctp_limit_has_ended(const gc_sctp_block *b) {
    return b->dies_ms == LONG_AGO_MS;
}

void gc_sctp_limit_landed(gc_sctp_pool *p, const gc_sctp_block *b) {
    gc_assert(at(p, b->last_part)->under_way > 0);
    at(p, b->last_part)->under_way--;
}

bool gc_sctp_limit_is_settled(const gc_sctp_pool *p, const gc_sctp_block *b) {
    return gc_sctp_limit_has_ended(b) && at(p, b->last_part)->under_way == 0;
}
