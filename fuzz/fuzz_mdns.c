/* Answers of multicast DNS, stateful: names are asked for, any datagrams come, time goes on. What
 * is found is an address that a candidate may have; each name ends once, and after all have ended
 * nothing is due. Input: a byte that says how many names, then datagrams, each after two bytes of
 * length, of which the top bit lets time pass. */
#include "core/base/assert.h"
#include "rtc/mdns.h"

#include <string.h>

#define NAME "c2d3b1a0-0f1e-4d2c-8b3a-0123456789ab.local"

static gc_mdns m;
static uint32_t ended;

static void drain(void) {
    gc_mdns_output out;
    uint32_t count = 0;
    while (gc_mdns_poll(&m, &out)) {
        gc_assert(++count <= 3 * GC_MDNS_NAMES_MAX);
        if (out.type == GC_MDNS_SEND) {
            gc_assert(out.bytes.len == GC_MDNS_QUERY_BYTES);
            continue;
        }
        ended++;
        gc_assert(out.type == GC_MDNS_LOST || gc_candidate_addressable(&out.candidate.addr, true));
        gc_assert(out.candidate.named == (out.type == GC_MDNS_LOST));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint64_t now_ms = 1000;
    if (size == 0) {
        return 0;
    }
    gc_mdns_init(&m);
    ended = 0;
    gc_candidate c = {.named = true, .addr = {.port = 7}};
    memcpy(c.name, NAME, sizeof c.name);
    uint32_t names = 1u + data[0] % GC_MDNS_NAMES_MAX;
    for (uint32_t i = 0; i < names; i++) {
        c.name[0] = (uint8_t)('a' + i % 6);
        gc_assert(gc_mdns_ask(&m, now_ms, i, &c) == 0);
    }
    drain();
    for (size_t at = 1; at + 2 <= size;) {
        uint32_t len = (uint32_t)(data[at] & 0x7f) << 8 | data[at + 1];
        now_ms += data[at] & 0x80 ? 700 : 0;
        at += 2;
        len = len < size - at ? len : (uint32_t)(size - at);
        gc_mdns_datagram(&m, now_ms, GC_MDNS_PORT, gc_span_of(data + at, len));
        at += len;
        drain();
    }
    gc_mdns_tick(&m, now_ms);
    for (drain(); gc_mdns_deadline(&m) != GC_NEVER; drain()) {
        gc_assert(gc_mdns_deadline(&m) > now_ms);
        now_ms = gc_mdns_deadline(&m);
        gc_mdns_tick(&m, now_ms);
    }
    gc_assert(ended == names);
    return 0;
}
