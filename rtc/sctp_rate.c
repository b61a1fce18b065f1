#include "rtc/sctp_rate.h"

/* Modulo 2^32. */
static bool before(uint32_t a, uint32_t b) {
    return (int32_t)(a - b) < 0;
}

static void mark_both(gc_sctp_rate *r, uint32_t ms) {
    r->marks[0] = r->marks[1] = (gc_sctp_rate_mark){r->delivered, ms};
}

void gc_sctp_rate_begin(gc_sctp_rate *r, uint64_t now_ms) {
    uint32_t ms = (uint32_t)now_ms;
    *r = (gc_sctp_rate){.delivered_ms = ms, .first_sent_ms = ms, .paused = true};
    mark_both(r, ms);
}

/* A pause of the application does not count as time of the path. That nothing is in flight because
 * the next chunk waits for its time is none: on short paths that happens each millisecond. */
void gc_sctp_rate_sent(gc_sctp_rate *r, uint64_t now_ms, gc_sctp_rate_stamp *stamp) {
    if (r->paused) {
        r->paused = false;
        r->delivered_ms = r->first_sent_ms = (uint32_t)now_ms;
        mark_both(r, (uint32_t)now_ms);
    }
    *stamp = (gc_sctp_rate_stamp){r->delivered, r->delivered_ms, r->first_sent_ms, r->limited};
}

void gc_sctp_rate_limited(gc_sctp_rate *r, uint32_t flight_bytes) {
    r->limited = true;
    r->paused = flight_bytes == 0;
    r->limited_until = r->delivered + flight_bytes;
}

void gc_sctp_rate_moved(gc_sctp_rate *r) {
    r->paused = true;
}

static void move_marks(gc_sctp_rate *r, uint32_t ms) {
    if (ms - r->marks[1].ms >= GC_SCTP_RATE_MS) {
        r->marks[0] = r->marks[1];
        r->marks[1] = (gc_sctp_rate_mark){r->delivered, ms};
    }
}

static uint64_t rate_of(uint32_t bytes, uint32_t ms) {
    uint64_t bytes_s = (uint64_t)bytes * 1000 / ((uint64_t)ms + 1);
    return bytes_s < GC_SCTP_RATE_BYTES_S_MAX ? bytes_s : GC_SCTP_RATE_BYTES_S_MAX;
}

gc_sctp_rate_sample gc_sctp_rate_acked(gc_sctp_rate *r, uint64_t now_ms, uint32_t bytes,
                                       const gc_sctp_rate_stamp *stamp, uint64_t sent_ms) {
    uint32_t ms = (uint32_t)now_ms;
    r->delivered += bytes;
    r->delivered_ms = ms;
    r->first_sent_ms = (uint32_t)sent_ms;
    if (r->limited && before(r->limited_until, r->delivered)) {
        r->limited = false;
    }
    /* The draft, 3.3: the slower of sending and acknowledging, so that acknowledgements that were
     * held back on their way and come all at once do not make the path faster. */
    uint32_t sending_ms = (uint32_t)sent_ms - stamp->first_sent_ms;
    uint32_t acking_ms = ms - stamp->delivered_ms;
    uint32_t interval_ms = before(sending_ms, acking_ms) ? acking_ms : sending_ms;
    uint32_t since = stamp->delivered;
    if (interval_ms < GC_SCTP_RATE_MS) {
        since = r->marks[0].delivered;
        interval_ms = ms - r->marks[0].ms;
        interval_ms = interval_ms < GC_SCTP_RATE_MS ? GC_SCTP_RATE_MS : interval_ms;
    }
    gc_sctp_rate_sample sample = {.bytes_s = rate_of(r->delivered - since, interval_ms),
                                  .delivered = stamp->delivered,
                                  .total = r->delivered,
                                  .limited = stamp->limited};
    move_marks(r, ms);
    return sample;
}
