#include "core/base/addr.h"
#include "core/base/mem.h"
#include "core/base/siphash.h"

bool gc_addr_is_same_ip(const gc_addr *a, const gc_addr *b) {
    return a->family == b->family && memcmp(a->ip, b->ip, sizeof a->ip) == 0;
}

bool gc_addr_is_loopback(const gc_addr *a) {
    static const uint8_t one[16] = {[15] = 1};
    if (a->family == 4) {
        return a->ip[0] == 127;
    }
    return a->family == 6 && memcmp(a->ip, one, sizeof one) == 0;
}

void gc_addr_source(const gc_addr *from, uint8_t out[GC_ADDR_SOURCE_BYTES]) {
    memset(out, 0, GC_ADDR_SOURCE_BYTES);
    out[0] = from->family;
    memcpy(out + 1, from->ip, from->family == 4 ? 4 : 8);
}

uint64_t gc_addr_source_hash(const gc_addr *from, const uint8_t key[16]) {
    uint8_t source[GC_ADDR_SOURCE_BYTES];
    gc_addr_source(from, source);
    uint64_t h = gc_siphash(key, gc_span_of(source, sizeof source));
    return h != 0 ? h : 1;
}
