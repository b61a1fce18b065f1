#include "core/proto/frame_queue.h"

#include "core/base/assert.h"
#include "core/wire/websocket.h"

static uint32_t sum_of(const gc_span *parts, uint32_t count) {
    uint32_t len = 0;
    for (uint32_t i = 0; i < count; i++) {
        len += parts[i].len;
    }
    return len;
}

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
