#include "core/server/datagrams.h"
#include "core/base/assert.h"

_Static_assert(GC_STUN_RESPONSE_BYTES_MAX <= GC_DATAGRAM_BYTES_MAX, "an answer fits");

void gc__datagrams_init(gc_datagrams *d, const uint8_t key[16], uint32_t stun_per_second) {
    gc_stun_responder_init(&d->stun, key, stun_per_second);
}

void gc__datagrams_handle(gc_datagrams *d, uint64_t now_ms, uint32_t socket, const gc_addr *from,
                          gc_span bytes) {
    if (d->count == GC_DATAGRAMS_QUEUED_MAX) {
        d->refused++;
        return;
    }
    if (bytes.len > GC_STUN_REQUEST_BYTES_MAX) {
        return; /* nobody's: no service takes longer ones */
    }
    gc_queued_datagram *q = &d->queue[(d->first + d->count) % GC_DATAGRAMS_QUEUED_MAX];
    q->len = gc_stun_responder_handle(&d->stun, now_ms, from, bytes, q->bytes);
    if (q->len > 0) {
        q->socket = socket;
        q->to = *from;
        d->count++;
    }
}

bool gc__datagrams_next(gc_datagrams *d, gc_server_output *out) {
    if (d->count == 0) {
        return false;
    }
    const gc_queued_datagram *q = &d->queue[d->first];
    d->first = (d->first + 1) % GC_DATAGRAMS_QUEUED_MAX;
    d->count--;
    out->socket = q->socket;
    out->to = &q->to;
    out->bytes = gc_span_of(q->bytes, q->len);
    return true;
}

void gc__datagrams_check(const gc_datagrams *d) {
    gc_assert(d->count <= GC_DATAGRAMS_QUEUED_MAX && d->first < GC_DATAGRAMS_QUEUED_MAX);
    for (uint32_t i = 0; i < d->count; i++) {
        const gc_queued_datagram *q = &d->queue[(d->first + i) % GC_DATAGRAMS_QUEUED_MAX];
        gc_assert(q->len > 0 && q->len <= GC_DATAGRAM_BYTES_MAX);
        gc_assert(q->to.family == 4 || q->to.family == 6);
    }
}
