#include "core/proto/backlog.h"

#include "core/base/assert.h"

/* A lane without frames stays its sender's until all others have had as much: else a sender whose
 * lane has just gone out would start again in front of those who wait. */
static bool is_free(const gc_backlog *b, const gc_lane *l) {
    return l->frames.len == 0 && l->start <= b->now;
}

uint32_t gc_backlog_lane(const gc_backlog *b, uint32_t sender, uint32_t address) {
    uint32_t free = GC_LANES;
    uint32_t mine[GC_LANES_PER_ADDRESS];
    uint32_t count = 0;
    for (uint32_t i = 0; i < GC_LANES; i++) {
        const gc_lane *l = &b->lanes[i];
        if (is_free(b, l)) {
            free = free < GC_LANES ? free : i;
        } else if (l->sender == sender && l->address == address) {
            return i;
        } else if (l->address == address && count < GC_LANES_PER_ADDRESS) {
            mine[count++] = i;
        }
    }
    if (count == GC_LANES_PER_ADDRESS) {
        return mine[sender % GC_LANES_PER_ADDRESS];
    }
    if (free < GC_LANES) {
        return free;
    }
    return count > 0 ? mine[sender % count] : sender % GC_LANES;
}

bool gc_backlog_takes(const gc_backlog *b, uint32_t lane, uint32_t bytes, uint32_t lane_bytes_max) {
    uint32_t len = b->lanes[lane].frames.len;
    return len == 0 || (uint64_t)len + bytes <= lane_bytes_max;
}

void gc_backlog_put(gc_backlog *b, gc_block_pool *pool, uint32_t lane, uint32_t sender,
                    uint32_t address, uint8_t opcode, const gc_span *parts, uint32_t count) {
    gc_lane *l = &b->lanes[lane];
    if (is_free(b, l)) {
        l->sender = sender;
        l->address = address;
        l->start = b->now;
    }
    uint32_t before = l->frames.len;
    gc_frame_put(pool, &l->frames, opcode, parts, count);
    l->first = before == 0 ? l->frames.len : l->first;
    b->bytes += l->frames.len - before;
}

static uint64_t finish_of(const gc_lane *l) {
    return l->start + l->first;
}

/* Returns GC_LANES when nobody waits. */
static uint32_t lane_in_turn(const gc_backlog *b) {
    uint32_t next = GC_LANES;
    for (uint32_t i = 0; i < GC_LANES; i++) {
        const gc_lane *l = &b->lanes[i];
        if (l->frames.len > 0 && (next == GC_LANES || finish_of(l) < finish_of(&b->lanes[next]))) {
            next = i;
        }
    }
    return next;
}

uint32_t gc_backlog_next(gc_backlog *b, gc_block_pool *pool, gc_block_queue *to) {
    uint32_t next = lane_in_turn(b);
    if (next == GC_LANES) {
        return next;
    }
    gc_lane *l = &b->lanes[next];
    uint32_t before = l->frames.len;
    b->now = l->start > b->now ? l->start : b->now;
    gc_frame_move(pool, to, &l->frames);
    b->bytes -= before - l->frames.len;
    l->start += before - l->frames.len;
    l->first = gc_frame_first(pool, &l->frames);
    l->given_up = l->given_up && l->frames.len > 0;
    return next;
}

bool gc_backlog_is_full(const gc_backlog *b, uint32_t lane) {
    const gc_lane *l = &b->lanes[lane];
    return l->frames.len > GC_LANE_FULL_BYTES && !l->given_up;
}

void gc_backlog_give_up(gc_backlog *b, uint32_t lane) {
    b->lanes[lane].given_up = b->lanes[lane].frames.len > 0;
}

void gc_backlog_clear(gc_backlog *b, gc_block_pool *pool) {
    for (uint32_t i = 0; i < GC_LANES; i++) {
        gc_block_queue_clear(pool, &b->lanes[i].frames);
        b->lanes[i] = (gc_lane){0};
    }
    b->bytes = 0;
    b->now = 0;
}

uint32_t gc_backlog_check(const gc_backlog *b, const gc_block_pool *pool) {
    uint32_t bytes = 0;
    uint32_t blocks = 0;
    for (uint32_t i = 0; i < GC_LANES; i++) {
        gc_block_queue_check(pool, &b->lanes[i].frames);
        gc_assert(b->lanes[i].first == gc_frame_first(pool, &b->lanes[i].frames));
        bytes += b->lanes[i].frames.len;
        blocks += b->lanes[i].frames.blocks;
    }
    gc_assert(bytes == b->bytes);
    return blocks;
}
