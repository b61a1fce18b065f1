#include "core/proto/block_pool.h"

#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/wire/websocket.h"

_Static_assert(sizeof(gc_block) == GC_BLOCK_BYTES, "blocks are counted by this size");
_Static_assert(GC_BLOCK_DATA_BYTES <= UINT16_MAX, "begin and end are 16 bits");

void gc_block_pool_init(gc_block_pool *p, gc_arena *a, uint32_t capacity) {
    *p = (gc_block_pool){.capacity = capacity};
    p->blocks = gc_arena_take(a, capacity, sizeof *p->blocks);
}

uint32_t gc_block_pool_left(const gc_block_pool *p) {
    gc_assert(p->used <= p->capacity);
    return p->capacity - p->used;
}

static gc_block *block_at(const gc_block_pool *p, uint32_t link) {
    gc_assert(link != 0 && link <= p->touched);
    return &p->blocks[link - 1];
}

static uint32_t block_take(gc_block_pool *p) {
    gc_assert(p->used < p->capacity);
    uint32_t link = p->free;
    if (link != 0) {
        p->free = block_at(p, link)->next;
    } else {
        link = ++p->touched;
    }
    gc_block *b = block_at(p, link);
    b->next = 0;
    b->begin = 0;
    b->end = 0;
    p->used++;
    return link;
}

static void block_give(gc_block_pool *p, uint32_t link) {
    gc_assert(p->used > 0);
    block_at(p, link)->next = p->free;
    p->free = link;
    p->used--;
}

uint32_t gc_block_queue_need(const gc_block_pool *p, const gc_block_queue *q, uint32_t len) {
    uint32_t room = 0;
    if (q->tail != 0) {
        room = GC_BLOCK_DATA_BYTES - block_at(p, q->tail)->end;
    }
    return len <= room ? 0 : (len - room + GC_BLOCK_DATA_BYTES - 1) / GC_BLOCK_DATA_BYTES;
}

bool gc_block_queue_fits(const gc_block_pool *p, const gc_block_queue *q, uint32_t len) {
    return gc_block_queue_need(p, q, len) <= gc_block_pool_left(p);
}

static void append_block(gc_block_pool *p, gc_block_queue *q) {
    uint32_t link = block_take(p);
    if (q->tail != 0) {
        block_at(p, q->tail)->next = link;
    } else {
        q->head = link;
    }
    q->tail = link;
    q->blocks++;
}

void gc_block_queue_put(gc_block_pool *p, gc_block_queue *q, gc_span bytes) {
    while (bytes.len > 0) {
        if (q->tail == 0 || block_at(p, q->tail)->end == GC_BLOCK_DATA_BYTES) {
            append_block(p, q);
        }
        gc_block *b = block_at(p, q->tail);
        uint32_t room = GC_BLOCK_DATA_BYTES - b->end;
        uint32_t n = bytes.len < room ? bytes.len : room;
        memcpy(b->data + b->end, bytes.data, n);
        b->end = (uint16_t)(b->end + n);
        q->len += n;
        bytes = gc_span_of(bytes.data + n, bytes.len - n);
    }
}

uint32_t gc_block_queue_spans(const gc_block_pool *p, const gc_block_queue *q, gc_span *spans,
                              uint32_t max) {
    uint32_t n = 0;
    for (uint32_t link = q->head; link != 0 && n < max; n++) {
        const gc_block *b = block_at(p, link);
        spans[n] = gc_span_of(b->data + b->begin, (uint32_t)(b->end - b->begin));
        link = b->next;
    }
    return n;
}

void gc_block_queue_drop(gc_block_pool *p, gc_block_queue *q, uint32_t len) {
    gc_assert(len <= q->len);
    q->len -= len;
    /* A block without bytes never stays: an empty queue owns none. */
    while (q->head != 0) {
        gc_block *b = block_at(p, q->head);
        uint32_t here = (uint32_t)(b->end - b->begin);
        if (len < here) {
            b->begin = (uint16_t)(b->begin + len);
            return;
        }
        len -= here;
        uint32_t next = b->next;
        block_give(p, q->head);
        q->blocks--;
        q->head = next;
        if (next == 0) {
            q->tail = 0;
        } else if (len == 0) {
            return;
        }
    }
    gc_assert(len == 0 && q->len == 0 && q->blocks == 0);
}

void gc_block_queue_clear(gc_block_pool *p, gc_block_queue *q) {
    if (q->head != 0) {
        gc_assert(p->used >= q->blocks);
        block_at(p, q->tail)->next = p->free;
        p->free = q->head;
        p->used -= q->blocks;
    }
    *q = (gc_block_queue){0};
}

void gc_block_queue_splice(gc_block_pool *p, gc_block_queue *to, gc_block_queue *from) {
    if (to->tail == 0) {
        *to = *from;
    } else if (from->head != 0) {
        block_at(p, to->tail)->next = from->head;
        to->tail = from->tail;
        to->blocks += from->blocks;
        to->len += from->len;
    }
    *from = (gc_block_queue){0};
}

void gc_block_queue_check(const gc_block_pool *p, const gc_block_queue *q) {
    uint32_t blocks = 0;
    uint32_t len = 0;
    uint32_t last = 0;
    for (uint32_t link = q->head; link != 0; link = block_at(p, link)->next) {
        const gc_block *b = block_at(p, link);
        gc_assert(b->begin < b->end && b->end <= GC_BLOCK_DATA_BYTES);
        gc_assert(++blocks <= q->blocks);
        len += (uint32_t)(b->end - b->begin);
        last = link;
    }
    gc_assert(blocks == q->blocks && len == q->len && last == q->tail);
}

static uint32_t sum_of(const gc_span *parts, uint32_t count) {
    uint32_t len = 0;
    for (uint32_t i = 0; i < count; i++) {
        len += parts[i].len;
    }
    return len;
}

#define GC_FRAME_HEAD_BYTES 10 /* of a server, whose frames are not masked */

/* RFC 6455 5.2: the length of a server's frame head depends on that of the payload only. */
uint32_t gc_frame_bytes(const gc_span *parts, uint32_t count) {
    uint32_t len = sum_of(parts, count);
    return len + (len < 126 ? 2 : len <= UINT16_MAX ? 4 : 10);
}

void gc_frame_put(gc_block_pool *pool, gc_block_queue *q, uint8_t opcode, const gc_span *parts,
                  uint32_t count) {
    uint8_t head[GC_WS_HEAD_BYTES_MAX];
    uint32_t before = q->len;
    uint32_t head_len = gc_ws_head_write(head, opcode, sum_of(parts, count));
    gc_block_queue_put(pool, q, gc_span_of(head, head_len));
    for (uint32_t i = 0; i < count; i++) {
        gc_block_queue_put(pool, q, parts[i]);
    }
    gc_assert(q->len - before == gc_frame_bytes(parts, count));
}

/* RFC 6455 5.2: the length is in the second byte, or in the 2 or 8 bytes after it. */
uint32_t gc_frame_first(const gc_block_pool *pool, const gc_block_queue *q) {
    uint8_t head[GC_FRAME_HEAD_BYTES];
    uint32_t len = 0;
    for (uint32_t link = q->head; link != 0 && len < sizeof head;
         link = block_at(pool, link)->next) {
        const gc_block *b = block_at(pool, link);
        for (uint32_t at = b->begin; at < b->end && len < sizeof head; at++) {
            head[len++] = b->data[at];
        }
    }
    if (len < 2 || head[1] < 126) {
        return len == 0 ? 0 : 2u + head[1];
    }
    if (head[1] == 126) {
        return 4 + ((uint32_t)head[2] << 8 | head[3]);
    }
    return 10 +
           ((uint32_t)head[6] << 24 | (uint32_t)head[7] << 16 | (uint32_t)head[8] << 8 | head[9]);
}

/* Each step takes at most one block, and all but the first and the last give one back. */
void gc_frame_move(gc_block_pool *pool, gc_block_queue *to, gc_block_queue *from) {
    uint32_t left = gc_frame_first(pool, from);
    gc_assert(left > 0 && left <= from->len);
    if (left == from->len || gc_block_pool_left(pool) < 2) {
        gc_block_queue_splice(pool, to, from);
        return;
    }
    while (left > 0) {
        const gc_block *b = block_at(pool, from->head);
        uint32_t n = (uint32_t)(b->end - b->begin);
        n = n < left ? n : left;
        gc_block_queue_put(pool, to, gc_span_of(b->data + b->begin, n));
        gc_block_queue_drop(pool, from, n);
        left -= n;
    }
}
