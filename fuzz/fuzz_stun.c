/* STUN: a request that is taken gets an answer that reads back as the address it was written for;
 * an address out of a response survives being answered again. */
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/wire/stun.h"

#include <string.h>

static void check_answer(const gc_stun_request *r, const gc_addr *from) {
    uint8_t out[GC_STUN_RESPONSE_BYTES_MAX];
    uint32_t len = gc_stun_write_binding(r, from, out);
    gc_assert(len == (from->family == 4 ? 32u : 44u) + (r->fingerprint ? 8 : 0));
    gc_addr mapped;
    gc_assert(gc_stun_parse_response(gc_span_of(out, len), r->transaction, &mapped) == 0);
    gc_assert(memcmp(&mapped, from, sizeof(mapped)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 65535) {
        return 0;
    }
    gc_span datagram = gc_span_of(data, (uint32_t)size);
    const gc_addr ipv4 = {.ip = {203, 0, 113, 9}, .port = 4242, .family = 4};
    const gc_addr ipv6 = {.ip = {0x20, 1, 0xd, 0xb8, [15] = 1}, .port = 65535, .family = 6};
    gc_stun_request r;
    if (gc_stun_parse_binding(datagram, &r) == 0) {
        gc_assert(size >= 20 && size % 4 == 0 && memcmp(r.transaction, data + 8, 12) == 0);
        check_answer(&r, &ipv4);
        check_answer(&r, &ipv6);
    }
    gc_addr mapped;
    if (size >= 20 && gc_stun_parse_response(datagram, data + 8, &mapped) == 0) {
        gc_assert(mapped.family == 4 || mapped.family == 6);
        r = (gc_stun_request){.fingerprint = true};
        memcpy(r.transaction, data + 8, 12);
        check_answer(&r, &mapped);
    }
    return 0;
}
