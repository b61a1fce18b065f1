#include "rtc/sctp_pool.h"
#include "core/base/mem.h"

/* The bytes of all blocks are counted by 32 bits. */
#define COUNT_MAX (1u << 21)

void gc_sctp_pool_init(gc_sctp_pool *p, gc_arena *a, gc_drbg *drbg, uint32_t count) {
    gc_assert(count > 0 && count <= COUNT_MAX);
    p->blocks = gc_arena_take(a, count, sizeof(gc_sctp_block));
    p->bytes = gc_arena_take(a, count, GC_SCTP_BLOCK_BYTES);
    p->message = gc_arena_take(a, 1, GC_SCTP_MESSAGE_BYTES_MAX);
    p->packet = gc_arena_take(a, 1, GC_SCTP_PACKET_BYTES_MAX);
    p->drbg = drbg;
    p->count = count;
    p->touched = 0;
    p->free = GC_SCTP_NO_BLOCK;
    p->used = p->common_used = p->associations = p->placed = 0;
    p->common = count;
    if (p->packet != NULL) {
        gc_crc32c_init(&p->crc, false);
        gc_drbg_bytes(drbg, p->cookie_key, sizeof(p->cookie_key));
    }
}

uint32_t gc_sctp_pool_need(uint32_t len) {
    return len == 0 ? 1 : (len - 1) / GC_SCTP_BLOCK_BYTES + 1;
}

void gc_sctp_pool_reserve(gc_sctp_pool *p, uint32_t associations) {
    gc_assert(p->placed == 0 && associations <= p->count / (2 * GC_SCTP_SHARE_BLOCKS));
    p->associations = associations;
    p->common = p->count - associations * 2 * GC_SCTP_SHARE_BLOCKS;
}

void gc_sctp_pool_count(gc_sctp_pool *p) {
    p->placed++;
    gc_assert(p->associations == 0 || p->placed <= p->associations);
}

gc_sctp_share gc_sctp_pool_share(const gc_sctp_pool *p) {
    bool reserved = p->associations > 0;
    return (gc_sctp_share){.guaranteed = reserved ? GC_SCTP_SHARE_BLOCKS : 0,
                           .common_max = reserved ? p->common / 2 : p->common};
}

uint32_t gc_sctp_pool_room(const gc_sctp_pool *p, const gc_sctp_share *share, uint32_t limit) {
    gc_assert(limit <= share->guaranteed);
    uint32_t common = p->common - p->common_used;
    uint32_t allowed = share->common_max - (share->held - share->own);
    return (share->own < limit ? limit - share->own : 0) + (common < allowed ? common : allowed);
}

static uint8_t *bytes_of(const gc_sctp_pool *p, uint32_t block) {
    gc_assert(block < p->touched);
    return p->bytes + (size_t)block * GC_SCTP_BLOCK_BYTES;
}

/* One that was used before, while there is one: its memory is warm. The room was checked. */
static uint32_t take(gc_sctp_pool *p, gc_sctp_share *share, uint32_t limit) {
    bool common = share->own >= limit;
    uint32_t block = p->free;
    if (block == GC_SCTP_NO_BLOCK) {
        gc_assert(p->touched < p->count);
        block = p->touched++;
    } else {
        p->free = p->blocks[block].more;
    }
    p->used++;
    share->held++;
    *(common ? &p->common_used : &share->own) += 1;
    p->blocks[block] = (gc_sctp_block){.next = GC_SCTP_NO_BLOCK,
                                       .prev = GC_SCTP_NO_BLOCK,
                                       .more = GC_SCTP_NO_BLOCK,
                                       .common = common};
    return block;
}

uint32_t gc_sctp_pool_put(gc_sctp_pool *p, gc_sctp_share *share, uint32_t limit, gc_span bytes) {
    if (gc_sctp_pool_need(bytes.len) > gc_sctp_pool_room(p, share, limit)) {
        return GC_SCTP_NO_BLOCK;
    }
    uint32_t first = GC_SCTP_NO_BLOCK, last = GC_SCTP_NO_BLOCK;
    uint32_t at = 0;
    do {
        uint32_t left = bytes.len - at;
        uint32_t len = left < GC_SCTP_BLOCK_BYTES ? left : GC_SCTP_BLOCK_BYTES;
        uint32_t block = take(p, share, limit);
        if (len > 0) {
            memcpy(bytes_of(p, block), bytes.data + at, len);
        }
        if (first == GC_SCTP_NO_BLOCK) {
            first = block;
        } else {
            p->blocks[last].more = block;
        }
        last = block;
        at += len;
    } while (at < bytes.len);
    p->blocks[first].len = bytes.len;
    return first;
}

void gc_sctp_pool_copy(const gc_sctp_pool *p, uint32_t block, uint8_t *out) {
    uint32_t left = p->blocks[block].len;
    while (left > 0) {
        uint32_t len = left < GC_SCTP_BLOCK_BYTES ? left : GC_SCTP_BLOCK_BYTES;
        memcpy(out, bytes_of(p, block), len);
        out += len;
        left -= len;
        block = p->blocks[block].more;
    }
}

gc_span gc_sctp_pool_bytes(const gc_sctp_pool *p, uint32_t block) {
    gc_assert(p->blocks[block].more == GC_SCTP_NO_BLOCK);
    return gc_span_of(bytes_of(p, block), p->blocks[block].len);
}

void gc_sctp_pool_give(gc_sctp_pool *p, gc_sctp_share *share, uint32_t block) {
    while (block != GC_SCTP_NO_BLOCK) {
        uint32_t *account = p->blocks[block].common ? &p->common_used : &share->own;
        gc_assert(block < p->touched && p->used > 0 && share->held > 0 && *account > 0);
        *account -= 1;
        share->held--;
        uint32_t more = p->blocks[block].more;
        p->blocks[block].more = p->free;
        p->free = block;
        p->used--;
        block = more;
    }
}

bool gc_sctp_pool_is_idle(const gc_sctp_pool *p) {
    return p->used == 0 && p->touched > GC_SCTP_KEPT_BLOCKS;
}

void gc_sctp_pool_rest(gc_sctp_pool *p, gc_span pieces[GC_SCTP_POOL_PIECES]) {
    gc_assert(gc_sctp_pool_is_idle(p));
    uint32_t count = p->touched - GC_SCTP_KEPT_BLOCKS;
    pieces[0] = gc_span_of(p->blocks + GC_SCTP_KEPT_BLOCKS, count * sizeof(gc_sctp_block));
    pieces[1] = gc_span_of(p->bytes + (size_t)GC_SCTP_KEPT_BLOCKS * GC_SCTP_BLOCK_BYTES,
                           count * GC_SCTP_BLOCK_BYTES);
    pieces[2] = gc_span_of(p->message, GC_SCTP_MESSAGE_BYTES_MAX);
    p->touched = 0;
    p->free = GC_SCTP_NO_BLOCK;
}
