#include "core/proto/send_queues.h"

#include "core/base/assert.h"
#include "core/wire/websocket.h"

/* Part of what an idle connection costs: core/proto/connection.c has the sum. */
_Static_assert(sizeof(gc_send_queue) <= 24, "an idle connection's queue fits into 24 bytes");

void gc_send_queues_init(gc_send_queues *q, gc_arena *a, uint32_t capacity, gc_block_pool *pool,
                         uint32_t bytes_max) {
    q->items = gc_arena_take(a, capacity, sizeof *q->items);
    q->backlogs = gc_arena_take(a, capacity, sizeof *q->backlogs);
    q->pool = pool;
    q->bytes_max = bytes_max;
    gc_order_init(&q->unsent, a, capacity);
}

bool gc_send_queues_overflow(const gc_send_queues *q, uint32_t n, uint32_t bytes) {
    uint32_t len = q->items[n].bytes.len;
    return len > 0 && (uint64_t)len + bytes > q->bytes_max;
}

/* Little is in front, and nobody waits: what a sender says needs no lane. */
static bool is_quick(const gc_send_queues *q, uint32_t n) {
    const gc_send_queue *s = &q->items[n];
    return s->bytes.len < GC_SEND_LOW_BYTES && !(s->behind && q->backlogs[n].bytes > 0);
}

uint32_t gc_send_queues_way(const gc_send_queues *q, uint32_t n, uint32_t sender, uint32_t address,
                            uint32_t bytes) {
    if (is_quick(q, n)) {
        return GC_WAY_QUICK;
    }
    const gc_backlog *b = &q->backlogs[n];
    uint32_t lane = gc_backlog_lane(b, sender, address);
    return gc_backlog_takes(b, lane, bytes, q->bytes_max / GC_SEND_SHARES) ? lane : GC_WAY_NONE;
}

const gc_block_queue *gc_send_queues_at(const gc_send_queues *q, uint32_t n, uint32_t way) {
    return way == GC_WAY_QUICK ? &q->items[n].bytes : &q->backlogs[n].lanes[way].frames;
}

uint32_t gc_send_queues_slowest(const gc_send_queues *q) {
    return gc_order_first(&q->unsent);
}

/* So many bytes came for n. */
static bool queued(gc_send_queues *q, uint32_t n, uint32_t bytes) {
    q->bytes += bytes;
    gc_order_add(&q->unsent, n);
    return !q->items[n].given;
}

bool gc_send_queues_put_frame(gc_send_queues *q, uint32_t n, uint8_t opcode, const gc_span *parts,
                              uint32_t count, uint32_t bytes) {
    gc_frame_put(q->pool, &q->items[n].bytes, opcode, parts, count);
    return queued(q, n, bytes);
}

bool gc_send_queues_put_from(gc_send_queues *q, uint32_t n, uint32_t way, uint32_t sender,
                             uint32_t address, const gc_span *parts, uint32_t count,
                             uint32_t bytes) {
    if (way == GC_WAY_QUICK) {
        return gc_send_queues_put_frame(q, n, GC_WS_TEXT, parts, count, bytes);
    }
    q->items[n].behind = true;
    gc_backlog_put(&q->backlogs[n], q->pool, way, sender, address, GC_WS_TEXT, parts, count);
    return queued(q, n, bytes);
}

bool gc_send_queues_put_raw(gc_send_queues *q, uint32_t n, gc_span bytes) {
    if (bytes.len == 0) {
        return false;
    }
    gc_block_queue_put(q->pool, &q->items[n].bytes, bytes);
    return queued(q, n, bytes.len);
}

bool gc_send_queues_splice(gc_send_queues *q, uint32_t n, gc_block_queue *from) {
    uint32_t bytes = from->len;
    gc_assert(bytes > 0);
    gc_block_queue_splice(q->pool, &q->items[n].bytes, from);
    return queued(q, n, bytes);
}

/* Moves lanes to the queue until it has so many bytes. */
static void refill(gc_send_queues *q, uint32_t n, uint32_t bytes) {
    gc_send_queue *s = &q->items[n];
    while (s->behind && s->bytes.len < bytes && q->backlogs[n].bytes > 0) {
        gc_backlog_next(&q->backlogs[n], q->pool, &s->bytes);
    }
}

static void clear_backlog(gc_send_queues *q, uint32_t n) {
    if (q->items[n].behind) {
        q->bytes -= q->backlogs[n].bytes;
        gc_backlog_clear(&q->backlogs[n], q->pool);
        q->items[n].behind = false;
    }
}

void gc_send_queues_flush(gc_send_queues *q, uint32_t n) {
    refill(q, n, UINT32_MAX);
}

bool gc_send_queues_give(gc_send_queues *q, uint32_t n) {
    gc_send_queue *s = &q->items[n];
    if (s->bytes.len == 0 || s->given) {
        return false;
    }
    s->given = true;
    return true;
}

uint32_t gc_send_queues_spans(const gc_send_queues *q, uint32_t n, gc_span *spans, uint32_t max) {
    return gc_block_queue_spans(q->pool, &q->items[n].bytes, spans, max);
}

/* A little progress does not make a reader quick: its place in the order stays. */
void gc_send_queues_sent(gc_send_queues *q, uint32_t n, uint32_t bytes) {
    gc_send_queue *s = &q->items[n];
    gc_assert(bytes > 0 && bytes <= s->bytes.len);
    gc_block_queue_drop(q->pool, &s->bytes, bytes);
    q->bytes -= bytes;
    refill(q, n, GC_SEND_LOW_BYTES);
    if (s->bytes.len == 0) {
        gc_order_remove(&q->unsent, n);
        s->given = false;
        clear_backlog(q, n);
    }
}

void gc_send_queues_drop(gc_send_queues *q, uint32_t n) {
    gc_send_queue *s = &q->items[n];
    clear_backlog(q, n);
    q->bytes -= s->bytes.len;
    gc_block_queue_clear(q->pool, &s->bytes);
    gc_order_remove(&q->unsent, n);
    *s = (gc_send_queue){0};
}

uint32_t gc_send_queues_check(const gc_send_queues *q, uint32_t slots) {
    uint32_t unsent = 0;
    uint32_t blocks = 0;
    uint64_t bytes = 0;
    for (uint32_t n = 0; n < slots; n++) {
        const gc_send_queue *s = &q->items[n];
        gc_block_queue_check(q->pool, &s->bytes);
        gc_assert(gc_order_has(&q->unsent, n) == (s->bytes.len > 0));
        gc_assert(s->bytes.len > 0 || (!s->given && !s->behind));
        if (s->behind) {
            const gc_backlog *b = &q->backlogs[n];
            gc_assert(s->bytes.len >= GC_SEND_LOW_BYTES || b->bytes == 0);
            blocks += gc_backlog_check(b, q->pool);
            bytes += b->bytes;
        }
        unsent += s->bytes.len > 0;
        blocks += s->bytes.blocks;
        bytes += s->bytes.len;
    }
    gc_assert(unsent == q->unsent.count && bytes == q->bytes);
    return blocks;
}
