#include "core/proto/held.h"

#include "core/base/assert.h"
#include "core/base/mem.h"

_Static_assert(sizeof(gc_held_message) == 40, "a held message costs 40 bytes beside its blocks");

_Static_assert(GC_HELD_ORIGINS <= UINT16_MAX, "an origin fits into its field");

void gc_held_init(gc_held *h, gc_arena *a, uint32_t blocks_max, uint32_t expire_ms) {
    *h = (gc_held){.capacity = blocks_max, .blocks_max = blocks_max, .expire_ms = expire_ms};
    h->boxes = gc_arena_take(a, blocks_max, sizeof *h->boxes);
    h->messages = gc_arena_take(a, blocks_max, sizeof *h->messages);
    h->origins = gc_arena_take(a, GC_HELD_ORIGINS, sizeof *h->origins);
    uint64_t share = (uint64_t)blocks_max * GC_BLOCK_BYTES / GC_HELD_ORIGIN_PART;
    h->origin_max = share > GC_HELD_BYTES_PER_FROM_MAX ? share : GC_HELD_BYTES_PER_FROM_MAX;
    gc_map_init(&h->map, a, blocks_max);
    gc_timers_init(&h->timers, a, blocks_max);
}

static gc_held_box *box_at(const gc_held *h, uint32_t box) {
    gc_assert(box < h->boxes_touched);
    return &h->boxes[box];
}

uint32_t gc_held_find(const gc_held *h, uint64_t id_hash, gc_span id) {
    uint32_t i = gc_map_first(&h->map, id_hash);
    for (; i != GC_MAP_END; i = gc_map_next(&h->map, i)) {
        if (gc_span_equal(gc_span_of(h->boxes[i].id, h->boxes[i].id_len), id)) {
            return i;
        }
    }
    return GC_HELD_NONE;
}

bool gc_held_has_share(const gc_held *h, uint32_t origin, uint32_t bytes) {
    gc_assert(origin < GC_HELD_ORIGINS);
    return h->origins[origin] + gc_held_cost(bytes) <= h->origin_max;
}

/* Whether the part of a box that one origin has takes one more message of this many bytes. */
static bool has_part(const gc_held *h, const gc_held_box *b, uint32_t origin, uint32_t bytes) {
    uint32_t count = 0, sum = bytes;
    for (uint32_t link = b->first; link != 0; link = h->messages[link - 1].next) {
        const gc_held_message *m = &h->messages[link - 1];
        if (m->origin == origin) {
            count++;
            sum += m->bytes;
        }
    }
    return count < GC_HELD_PER_ID_MAX / GC_HELD_SHARES &&
           sum <= GC_HELD_BYTES_PER_ID_MAX / GC_HELD_SHARES;
}

bool gc_held_fits(const gc_held *h, const gc_block_pool *p, uint32_t box, uint32_t origin,
                  uint32_t bytes) {
    const gc_held_box none = {0};
    const gc_held_box *b = box == GC_HELD_NONE ? &none : box_at(h, box);
    const gc_block_queue *q = &b->queue;
    return b->count < GC_HELD_PER_ID_MAX && q->len + bytes <= GC_HELD_BYTES_PER_ID_MAX &&
           has_part(h, b, origin, bytes) && h->count < h->capacity &&
           h->blocks + gc_block_queue_need(p, q, bytes) <= h->blocks_max &&
           gc_block_queue_fits(p, q, bytes);
}

static uint32_t box_make(gc_held *h, uint64_t id_hash, gc_span id) {
    uint32_t i;
    if (h->boxes_free != 0) {
        i = h->boxes_free - 1;
        h->boxes_free = h->boxes[i].next;
    } else {
        gc_assert(h->boxes_touched < h->capacity);
        i = h->boxes_touched++;
        gc_timers_add_owner(&h->timers, i);
    }
    gc_held_box *b = &h->boxes[i];
    gc_assert(id.len > 0 && id.len <= sizeof b->id);
    *b = (gc_held_box){.id_hash = id_hash, .id_len = (uint8_t)id.len};
    memcpy(b->id, id.data, id.len);
    gc_map_add(&h->map, id_hash, i);
    return i;
}

static void box_free(gc_held *h, uint32_t box) {
    gc_held_box *b = box_at(h, box);
    gc_assert(b->count == 0 && b->queue.len == 0);
    gc_timers_set(&h->timers, box, GC_NEVER);
    gc_map_remove(&h->map, b->id_hash, box);
    b->next = h->boxes_free;
    h->boxes_free = box + 1;
}

static uint32_t message_make(gc_held *h, const gc_held_message *m) {
    uint32_t link = h->messages_free;
    if (link != 0) {
        h->messages_free = h->messages[link - 1].next;
    } else {
        gc_assert(h->messages_touched < h->capacity);
        link = ++h->messages_touched;
    }
    h->messages[link - 1] = *m;
    h->messages[link - 1].next = 0;
    return link;
}

/* A box is due a batch after its oldest message expired. */
static void set_clock(gc_held *h, uint32_t box) {
    const gc_held_message *oldest = &h->messages[box_at(h, box)->first - 1];
    gc_timers_set(&h->timers, box, oldest->at_ms + h->expire_ms + GC_HELD_BATCH_MS);
}

gc_block_queue *gc_held_add(gc_held *h, uint64_t id_hash, gc_span id, const gc_held_message *m) {
    uint32_t box = gc_held_find(h, id_hash, id);
    if (box == GC_HELD_NONE) {
        box = box_make(h, id_hash, id);
    }
    gc_held_box *b = box_at(h, box);
    uint32_t link = message_make(h, m);
    if (b->last != 0) {
        h->messages[b->last - 1].next = link;
    } else {
        b->first = link;
        set_clock(h, box);
    }
    b->last = link;
    b->count++;
    h->count++;
    h->bytes += m->bytes;
    h->origins[m->origin] += gc_held_cost(m->bytes);
    return &b->queue;
}

void gc_held_written(gc_held *h, uint32_t blocks_before, const gc_block_queue *q) {
    gc_assert(q->blocks >= blocks_before);
    h->blocks += q->blocks - blocks_before;
    gc_assert(h->blocks <= h->blocks_max);
}

bool gc_held_take(gc_held *h, uint32_t box, gc_held_message *out) {
    gc_held_box *b = box_at(h, box);
    if (b->count == 0) {
        return false;
    }
    uint32_t link = b->first;
    gc_held_message *m = &h->messages[link - 1];
    *out = *m;
    b->first = m->next;
    if (b->first == 0) {
        b->last = 0;
    }
    m->next = h->messages_free;
    h->messages_free = link;
    b->count--;
    h->count--;
    h->bytes -= out->bytes;
    h->origins[out->origin] -= gc_held_cost(out->bytes);
    return true;
}

bool gc_held_expire(gc_held *h, gc_block_pool *p, uint32_t box, uint64_t now_ms,
                    gc_held_message *out) {
    gc_held_box *b = box_at(h, box);
    if (b->count == 0 || h->messages[b->first - 1].at_ms + h->expire_ms > now_ms) {
        return false;
    }
    bool taken = gc_held_take(h, box, out);
    gc_assert(taken);
    uint32_t before = b->queue.blocks;
    gc_block_queue_drop(p, &b->queue, out->bytes);
    h->blocks -= before - b->queue.blocks;
    return true;
}

void gc_held_empty(gc_held *h, gc_block_pool *p, uint32_t box, gc_block_queue *to) {
    gc_held_box *b = box_at(h, box);
    h->blocks -= b->queue.blocks;
    gc_block_queue_splice(p, to, &b->queue);
    box_free(h, box);
}

void gc_held_settle(gc_held *h, uint32_t box) {
    if (box_at(h, box)->count > 0) {
        set_clock(h, box);
    } else {
        box_free(h, box);
    }
}

bool gc_held_due(gc_held *h, uint64_t now_ms, uint32_t *box) {
    return gc_timers_due(&h->timers, now_ms, box);
}

uint64_t gc_held_deadline(const gc_held *h) {
    return gc_timers_deadline(&h->timers);
}

static void box_check(const gc_held *h, const gc_block_pool *p, const gc_held_box *b) {
    gc_block_queue_check(p, &b->queue);
    gc_assert(b->count <= GC_HELD_PER_ID_MAX && b->queue.len <= GC_HELD_BYTES_PER_ID_MAX);
    uint32_t count = 0;
    uint32_t bytes = 0;
    for (uint32_t link = b->first; link != 0; link = h->messages[link - 1].next) {
        gc_assert(++count <= b->count);
        bytes += h->messages[link - 1].bytes;
    }
    gc_assert(count == b->count && bytes == b->queue.len);
}

void gc_held_check(const gc_held *h, const gc_block_pool *p) {
    uint32_t count = 0;
    uint32_t blocks = 0;
    uint32_t boxes = 0;
    uint64_t costs = 0;
    for (uint32_t i = 0; i < GC_HELD_ORIGINS; i++) {
        costs += h->origins[i];
    }
    gc_assert((costs == 0) == (h->count == 0));
    for (uint32_t i = 0; i < h->boxes_touched; i++) {
        const gc_held_box *b = &h->boxes[i];
        if (b->count > 0) {
            box_check(h, p, b);
            count += b->count;
            blocks += b->queue.blocks;
            boxes++;
            gc_assert(gc_timers_get(&h->timers, i) != GC_NEVER);
        }
    }
    gc_assert(count == h->count && blocks == h->blocks && boxes == h->map.count);
    gc_assert(h->blocks <= h->blocks_max);
}
