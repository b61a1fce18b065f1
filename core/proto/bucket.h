/* A rate bucket in 8 bytes: the time up to which a client has paid. One message costs a second
 * divided by the rate; who has paid ahead of now has to wait. Messages that were read already are
 * always taken, so the debt may exceed the burst (GC_RATE_BURST_SECONDS' worth). A bucket of zero
 * bytes is full. */
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

/* Takes one message out. per_second: >= 1. Returns true when the client must be read no more until
 * gc_bucket_resume_ms(). */
bool gc_bucket_take(gc_bucket *b, uint32_t per_second, uint64_t now_ms);
uint64_t gc_bucket_resume_ms(const gc_bucket *b);

#endif
