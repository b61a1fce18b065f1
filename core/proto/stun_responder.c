#include "core/proto/stun_responder.h"
#include "core/base/assert.h"

void gc_stun_responder_init(gc_stun_responder *r, const uint8_t key[16], uint32_t per_second) {
    gc_assert(per_second <= GC_SOURCE_RATE_MAX);
    gc_source_rates_init(&r->rates, key, per_second, (uint64_t)GC_STUN_BURST_SECONDS * per_second);
}

static bool take(gc_stun_responder *r, const gc_addr *from) {
    bool fresh = false;
    uint32_t place = gc_source_rates_find(&r->rates, from, &fresh);
    return gc_source_rates_take(&r->rates, place, 1);
}

uint32_t gc_stun_responder_handle(gc_stun_responder *r, uint64_t now_ms, const gc_addr *from,
                                  gc_span datagram, uint8_t out[GC_STUN_RESPONSE_BYTES_MAX]) {
    gc_stun_request request;
    gc_assert(from->family == 4 || from->family == 6);
    gc_source_rates_step(&r->rates, now_ms);
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
