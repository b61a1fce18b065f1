#include "core/proto/send_queues.h"

#include "core/base/assert.h"

/* Part of what an idle connection costs: core/proto/connection.c has the sum. */
_Static_assert(sizeof(gc_send_queue) <= 32, "an idle connection's queue fits into 32 bytes");

void gc_send_queues_init(gc_send_queues *q, gc_arena *a, uint32_t capacity, gc_block_pool *pool,
                         uint32_t bytes_max) {
    q->items = gc_arena_take(a, capacity, sizeof *q->items);
    q->pool = pool;
    q->bytes_max = bytes_max;
    gc_order_init(&q->unsent, a, capacity);
}

bool gc_send_queues_take(const gc_send_queues *q, uint32_t n, uint64_t now_ms, uint32_t bytes) {
    const gc_send_queue *s = &q->items[n];
    return s->bytes.len == 0 || now_ms - s->took_ms >= GC_SLOW_MS ||
           (uint64_t)s->bytes.len + bytes <= q->bytes_max / 2;
}

bool gc_send_queues_overflow(const gc_send_queues *q, uint32_t n, uint32_t bytes) {
    uint32_t len = q->items[n].bytes.len;
    return len > 0 && (uint64_t)len + bytes > q->bytes_max;
}

bool gc_send_queues_fit(const gc_send_queues *q, uint32_t n, uint32_t bytes) {
    return gc_block_queue_need(q->pool, &q->items[n].bytes, bytes) <= gc_block_pool_left(q->pool);
}

uint32_t gc_send_queues_slowest(const gc_send_queues *q) {
    return gc_order_first(&q->unsent);
}

/* So many bytes came to the end of n's queue. */
static bool queued(gc_send_queues *q, uint32_t n, uint64_t now_ms, uint32_t bytes) {
    gc_send_queue *s = &q->items[n];
    q->bytes += bytes;
    if (s->bytes.len == bytes) {
        s->took_ms = now_ms;
    }
    gc_order_add(&q->unsent, n);
    return !s->given;
}

bool gc_send_queues_put_frame(gc_send_queues *q, uint32_t n, uint64_t now_ms, uint8_t opcode,
                              const gc_span *parts, uint32_t count, uint32_t bytes) {
    gc_frame_put(q->pool, &q->items[n].bytes, opcode, parts, count);
    return queued(q, n, now_ms, bytes);
}

bool gc_send_queues_put_raw(gc_send_queues *q, uint32_t n, uint64_t now_ms, gc_span bytes) {
    if (bytes.len == 0) {
        return false;
    }
    gc_block_queue_put(q->pool, &q->items[n].bytes, bytes);
    return queued(q, n, now_ms, bytes.len);
}

bool gc_send_queues_splice(gc_send_queues *q, uint32_t n, uint64_t now_ms, gc_block_queue *from) {
    uint32_t bytes = from->len;
    gc_assert(bytes > 0);
    gc_block_queue_splice(q->pool, &q->items[n].bytes, from);
    return queued(q, n, now_ms, bytes);
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

void gc_send_queues_sent(gc_send_queues *q, uint32_t n, uint64_t now_ms, uint32_t bytes) {
    gc_send_queue *s = &q->items[n];
    gc_assert(bytes > 0 && bytes <= s->bytes.len);
    gc_block_queue_drop(q->pool, &s->bytes, bytes);
    q->bytes -= bytes;
    s->took_ms = now_ms;
    if (s->bytes.len == 0) {
        gc_order_remove(&q->unsent, n); /* a little progress does not make a reader quick */
        s->given = false;
    }
}

void gc_send_queues_drop(gc_send_queues *q, uint32_t n) {
    gc_send_queue *s = &q->items[n];
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
        gc_assert(s->bytes.len > 0 || !s->given);
        unsent += s->bytes.len > 0;
        blocks += s->bytes.blocks;
        bytes += s->bytes.len;
    }
    gc_assert(unsent == q->unsent.count && bytes == q->bytes);
    return blocks;
}
