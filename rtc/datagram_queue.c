#include "rtc/datagram_queue.h"

#include "core/base/mem.h"

void gc_datagram_queue_init(gc_datagram_queue *q, uint8_t *memory, uint32_t size) {
    gc_assert(memory != NULL && size > 0);
    *q = (gc_datagram_queue){.data = memory, .size = size};
}

bool gc_datagram_queue_fits(const gc_datagram_queue *q, uint32_t len) {
    uint32_t used = q->tail - q->head;
    return len <= UINT16_MAX && len + GC_DATAGRAM_QUEUE_HEAD_BYTES <= q->size - used;
}

bool gc_datagram_queue_put(gc_datagram_queue *q, gc_span datagram) {
    if (!gc_datagram_queue_fits(q, datagram.len)) {
        return false;
    }
    if (datagram.len + GC_DATAGRAM_QUEUE_HEAD_BYTES > q->size - q->tail) {
        memmove(q->data, q->data + q->head, q->tail - q->head);
        q->tail -= q->head;
        q->head = 0;
    }
    uint8_t *to = q->data + q->tail;
    to[0] = (uint8_t)(datagram.len >> 8);
    to[1] = (uint8_t)datagram.len;
    if (datagram.len > 0) {
        memcpy(to + GC_DATAGRAM_QUEUE_HEAD_BYTES, datagram.data, datagram.len);
    }
    q->tail += GC_DATAGRAM_QUEUE_HEAD_BYTES + datagram.len;
    q->count++;
    return true;
}

bool gc_datagram_queue_take(gc_datagram_queue *q, gc_span *out) {
    if (q->count == 0) {
        return false;
    }
    const uint8_t *from = q->data + q->head;
    uint32_t len = (uint32_t)from[0] << 8 | from[1];
    *out = gc_span_of(from + GC_DATAGRAM_QUEUE_HEAD_BYTES, len);
    q->head += GC_DATAGRAM_QUEUE_HEAD_BYTES + len;
    q->count--;
    gc_assert(q->head <= q->tail);
    if (q->count == 0) {
        q->head = q->tail = 0;
    }
    return true;
}
