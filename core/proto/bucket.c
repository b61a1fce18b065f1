#include "core/proto/bucket.h"

#include "core/base/assert.h"

#define SECOND_US UINT64_C(1000000)

/* Time 0 must be able to hold a full bucket: the clock of the bucket runs a burst ahead. */
#define BURST_US (GC_RATE_BURST_SECONDS * SECOND_US)

bool gc_bucket_take(gc_bucket *b, uint32_t per_second, uint64_t now_ms) {
    gc_assert(per_second > 0);
    uint64_t now_us = now_ms * 1000;
    if (b->paid_us < now_us) {
        b->paid_us = now_us;
    }
    b->paid_us += SECOND_US / per_second;
    return b->paid_us > now_us + BURST_US;
}

uint64_t gc_bucket_resume_ms(const gc_bucket *b) {
    uint64_t ahead_us = BURST_US - GC_BUCKET_RESUME_MS * 1000;
    return b->paid_us <= ahead_us ? 0 : (b->paid_us - ahead_us + 999) / 1000;
}
