#include "core/proto/stun_responder.h"
#include "core/base/assert.h"
#include "core/base/mem.h"

#define US_PER_MS 1000u

void gc_stun_responder_init(gc_stun_responder *r, const uint8_t key[16], uint32_t per_second) {
    gc_assert(per_second > 0 && per_second <= GC_STUN_RATE_MAX);
    memcpy(r->key, key, sizeof r->key);
    r->cost_us = 1000 * US_PER_MS / per_second;
    r->ahead_us = GC_STUN_BURST_SECONDS * per_second * r->cost_us;
}

/* The source's bucket, or that of the one in its set which paid least: most likely it is idle. */
static gc_stun_bucket *bucket_of(gc_stun_responder *r, uint64_t source) {
    gc_stun_bucket *set = r->buckets[source % GC_STUN_SETS];
    gc_stun_bucket *least = &set[0];
    for (uint32_t i = 0; i < GC_STUN_SET_SIZE; i++) {
        if (set[i].source == source) {
            return &set[i];
        }
        if (set[i].paid_us < least->paid_us) {
            least = &set[i];
        }
    }
    *least = (gc_stun_bucket){.source = source};
    return least;
}

static bool take(gc_stun_responder *r, const gc_addr *from) {
    gc_stun_bucket *b = bucket_of(r, gc_addr_source_hash(from, r->key));
    uint64_t now_us = r->now_ms * US_PER_MS;
    uint64_t paid_us = b->paid_us > now_us ? b->paid_us : now_us;
    if (paid_us + r->cost_us > now_us + r->ahead_us) {
        return false;
    }
    b->paid_us = paid_us + r->cost_us;
    return true;
}

uint32_t gc_stun_responder_handle(gc_stun_responder *r, uint64_t now_ms, const gc_addr *from,
                                  gc_span datagram, uint8_t out[GC_STUN_RESPONSE_BYTES_MAX]) {
    gc_stun_request request;
    gc_assert(from->family == 4 || from->family == 6);
    r->now_ms = now_ms > r->now_ms ? now_ms : r->now_ms;
    if (gc_stun_parse_binding(datagram, &request) != 0) {
        r->ignored++;
        return 0;
    }
    if (!take(r, from)) {
        r->dropped++;
        return 0;
    }
    r->answered++;
    uint32_t len = gc_stun_write_binding(&request, from, out);
    gc_assert(len <= GC_STUN_RESPONSE_BYTES_MAX);
    return len;
}
