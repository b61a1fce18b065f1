/* Datagram queue: datagrams in order, whole, over memory of the caller. A datagram that does not
 * fit is dropped, as a network would. Memory is used from its start on as long as the queue is
 * short, so a large reservation that is never filled stays untouched. */
#ifndef GC_RTC_DATAGRAM_QUEUE_H
#define GC_RTC_DATAGRAM_QUEUE_H

#include "core/base/span.h"

/* Bytes that each datagram takes in a queue beside its own. */
#define GC_DATAGRAM_QUEUE_HEAD_BYTES 2

typedef struct gc_datagram_queue {
    uint8_t *data; /* the caller's */
    uint32_t size;
    uint32_t head; /* where the oldest datagram begins */
    uint32_t tail; /* where the next one goes */
    uint32_t last; /* where the newest one begins, if there is one */
    uint32_t count;
} gc_datagram_queue;

/* Starts empty. memory: size bytes, the queue's as long as it is used. */
void gc_datagram_queue_init(gc_datagram_queue *q, uint8_t *memory, uint32_t size);
/* Returns true when a datagram of len bytes (at most 65,535) fits. */
bool gc_datagram_queue_fits(const gc_datagram_queue *q, uint32_t len);
/* Appends a copy of a datagram. Returns false, and appends nothing, when it does not fit. */
bool gc_datagram_queue_put(gc_datagram_queue *q, gc_span datagram);
/* Appends bytes to the newest datagram, if there is one, it stays within max bytes (at most
 * 65,535), and they fit. Returns false, and appends nothing, otherwise. */
bool gc_datagram_queue_join(gc_datagram_queue *q, gc_span bytes, uint32_t max);
/* Returns the first byte of the newest datagram; -1 when there is none, or it is empty. */
int gc_datagram_queue_newest(const gc_datagram_queue *q);
/* Takes the oldest datagram into *out, whose bytes are borrowed until the next put. Returns false
 * when there is none. */
bool gc_datagram_queue_take(gc_datagram_queue *q, gc_span *out);

#endif
