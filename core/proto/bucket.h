/* Bucket: the rate of one client in 8 bytes, the time up to which it has paid. One message costs a
 * second divided by the rate; a client that has paid ahead of now has to wait. Messages that were
 * read already are always taken, so the debt may exceed the burst (GC_RATE_BURST_SECONDS' worth).
 *
 *   in credit --a burst ahead of now--> paused, until gc_bucket_resume_ms() --> in credit
 *
 * A bucket of zero bytes is full. */
#ifndef GC_PROTO_BUCKET_H
#define GC_PROTO_BUCKET_H

#include "core/base/limits.h"

#include <stdbool.h>
#include <stdint.h>

/* A paused client is read again with this much in the bucket, not with a single message. */
#define GC_BUCKET_RESUME_MS 100

typedef struct gc_bucket {
    uint64_t paid_us;
} gc_bucket;

/* Takes one message out at now_ms. per_second: the rate, 1..1,000,000 (at least 1 is asserted).
 * Returns true when the client must not be read any more until gc_bucket_resume_ms(); the message
 * counts all the same. */
bool gc_bucket_take(gc_bucket *b, uint32_t per_second, uint64_t now_ms);
/* Returns when a paused client may be read again, in ms of the same clock: as soon as the bucket
 * holds GC_BUCKET_RESUME_MS worth of messages; 0 when it is not paused. */
uint64_t gc_bucket_resume_ms(const gc_bucket *b);

#endif
