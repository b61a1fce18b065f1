/* STUN: a request that is taken gets an answer that reads back as the address it was written for;
 * an address out of a response survives being answered again. A message of any kind is written
 * again from its attributes, byte by byte but for the padding. */
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/wire/stun.h"
#include "core/wire/stun_message.h"

#include <string.h>

static void check_answer(const gc_stun_request *r, const gc_addr *from) {
    uint8_t out[GC_STUN_RESPONSE_BYTES_MAX];
    uint32_t len = gc_stun_write_binding(r, from, out);
    gc_assert(len == (from->family == 4 ? 32u : 44u) + (r->fingerprint ? 8 : 0));
    gc_addr mapped;
    gc_assert(gc_stun_parse_response(gc_span_of(out, len), r->transaction, &mapped) == 0);
    gc_assert(memcmp(&mapped, from, sizeof(mapped)) == 0);
}

static void check_message(gc_span datagram) {
    static uint8_t out[65536];
    gc_stun_message m, again;
    gc_stun_place place;
    gc_stun_attribute a;
    gc_writer w;
    if (gc_stun_message_read(datagram, &m) != 0) {
        return;
    }
    gc_writer_init(&w, out, sizeof out);
    gc_stun_message_begin(&w, m.class, m.method, m.transaction);
    for (uint32_t at = 0; gc_stun_message_next(&m, &at, &a);) {
        if (a.type == GC_STUN_FINGERPRINT) {
            gc_stun_message_put_fingerprint(&w);
        } else {
            gc_stun_message_put(&w, a.type, a.value);
        }
    }
    gc_assert(!w.failed && w.at == datagram.len);
    gc_assert(gc_stun_message_read(gc_writer_done(&w), &again) == 0);
    gc_assert(again.covered == m.covered && again.integrity_at == m.integrity_at);
    uint32_t u32 = 300;
    uint64_t u64;
    gc_addr address;
    gc_stun_message_u32(&m, GC_STUN_PRIORITY, &u32);
    gc_stun_message_u64(&m, GC_STUN_ICE_CONTROLLED, &u64);
    gc_stun_message_address(&m, GC_STUN_XOR_MAPPED_ADDRESS, &address);
    uint16_t unknown[2];
    gc_stun_message_unknown(&m, NULL, 0, unknown, 2);
    if (gc_stun_message_error(&m, &u32) == 0) {
        gc_assert(u32 >= 300 && u32 <= 699);
    }
    if (gc_stun_message_place(&m, &place) == 0) {
        gc_assert(place.mac_at + GC_STUN_INTEGRITY_BYTES <= datagram.len);
        gc_assert(place.body.len == place.mac_at - 4 - GC_STUN_HEAD_BYTES);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 65535) {
        return 0;
    }
    gc_span datagram = gc_span_of(data, (uint32_t)size);
    const gc_addr ipv4 = {.ip = {203, 0, 113, 9}, .port = 4242, .family = 4};
    const gc_addr ipv6 = {.ip = {0x20, 1, 0xd, 0xb8, [15] = 1}, .port = 65535, .family = 6};
    gc_stun_request r;
    check_message(datagram);
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
