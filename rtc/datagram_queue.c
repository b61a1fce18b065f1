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

/* Makes `len` bytes free after the newest datagram; they are known to fit. */
static void close_up(gc_datagram_queue *q, uint32_t len) {
    if (len > q->size - q->tail) {
        memmove(q->data, q->data + q->head, q->tail - q->head);
        q->tail -= q->head;
        q->last -= q->count > 0 ? q->head : 0;
        q->head = 0;
    }
}

static uint32_t length_at(const gc_datagram_queue *q, uint32_t at) {
    return (uint32_t)q->data[at] << 8 | q->data[at + 1];
}

static void set_length(gc_datagram_queue *q, uint32_t at, uint32_t len) {
    q->data[at] = (uint8_t)(len >> 8);
    q->data[at + 1] = (uint8_t)len;
}

static void append(gc_datagram_queue *q, gc_span bytes) {
    if (bytes.len > 0) {
        memcpy(q->data + q->tail, bytes.data, bytes.len);
    }
    q->tail += bytes.len;
}

bool gc_datagram_queue_put(gc_datagram_queue *q, gc_span datagram) {
    if (!gc_datagram_queue_fits(q, datagram.len)) {
        return false;
    }
    close_up(q, datagram.len + GC_DATAGRAM_QUEUE_HEAD_BYTES);
    q->last = q->tail;
    set_length(q, q->tail, datagram.len);
    q->tail += GC_DATAGRAM_QUEUE_HEAD_BYTES;
    append(q, datagram);
    q->count++;
    return true;
}

bool gc_datagram_queue_join(gc_datagram_queue *q, gc_span bytes, uint32_t max) {
    gc_assert(max <= UINT16_MAX);
    if (q->count == 0 || bytes.len > q->size - (q->tail - q->head)) {
        return false;
    }
    uint32_t len = length_at(q, q->last);
    if (len > max || bytes.len > max - len) {
        return false;
    }
    close_up(q, bytes.len);
    set_length(q, q->last, len + bytes.len);
    append(q, bytes);
    return true;
}

int gc_datagram_queue_newest(const gc_datagram_queue *q) {
    bool some = q->count > 0 && length_at(q, q->last) > 0;
    return some ? q->data[q->last + GC_DATAGRAM_QUEUE_HEAD_BYTES] : -1;
}

bool gc_datagram_queue_take(gc_datagram_queue *q, gc_span *out) {
    if (q->count == 0) {
        return false;
    }
    uint32_t len = length_at(q, q->head);
    *out = gc_span_of(q->data + q->head + GC_DATAGRAM_QUEUE_HEAD_BYTES, len);
    q->head += GC_DATAGRAM_QUEUE_HEAD_BYTES + len;
    q->count--;
    gc_assert(q->head <= q->tail);
    if (q->count == 0) {
        q->head = q->tail = 0;
    }
    return true;
}
