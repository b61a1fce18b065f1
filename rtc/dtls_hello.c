#include "rtc/dtls_hello.h"

#include "core/base/assert.h"
#include "core/base/mem.h"

static const uint8_t client_hello[] = {GC_DTLS_CLIENT_HELLO};

static void begin(gc_dtls_hello *h) {
    gc_dtls_assembly_begin(&h->next, h->memory, GC_DTLS_HELLO_BYTES_MAX, client_hello, 1, 0);
    h->waits = h->sure = false;
}

void gc_dtls_hello_init(gc_dtls_hello *h, uint8_t *memory) {
    h->memory = memory;
    h->answered = h->answered_sure = false;
    begin(h);
}

/* Its random bytes lie behind the version; empty: it is too short to have any. */
static gc_span random_of(gc_span hello) {
    uint32_t at = GC_DTLS_HANDSHAKE_HEAD_BYTES + 2;
    return hello.len < at + GC_DTLS_RANDOM_BYTES
               ? GC_SPAN_NONE
               : gc_span_of(hello.data + at, GC_DTLS_RANDOM_BYTES);
}

/* Whoever sends the answered one again waits for the answer, which has a timer of its own. */
static void look(gc_dtls_hello *h, bool sure) {
    gc_span random = random_of(gc_dtls_assembly_message(&h->next, 0));
    gc_span answered = gc_span_of(h->random, sizeof h->random);
    bool again = h->answered && gc_span_equal(random, answered);
    if (random.len == 0 || again) {
        h->answered_sure = h->answered_sure || (again && sure);
        begin(h);
        return;
    }
    h->waits = true;
    h->sure = sure;
}

static void take_part(gc_dtls_hello *h, const gc_dtls_message *m, bool ours, bool sure) {
    bool whole = m->at == 0 && m->part.len == m->len;
    if (ours && !whole) {
        return;
    }
    if (gc_dtls_assembly_put(&h->next, m)) {
        h->waits = false;
        if (gc_dtls_assembly_done(&h->next)) {
            look(h, sure);
        }
    }
}

void gc_dtls_hello_datagram(gc_dtls_hello *h, gc_span datagram, bool ours, bool sure) {
    gc_dtls_record record;
    gc_dtls_message m;
    if (!sure && (h->answered_sure || (h->waits && h->sure))) {
        return;
    }
    while (gc_dtls_record_next(&datagram, &record)) {
        bool clear = record.epoch == 0 && record.type == GC_DTLS_TYPE_HANDSHAKE;
        while (clear && gc_dtls_message_next(&record.body, &m)) {
            take_part(h, &m, ours, sure);
        }
    }
}

bool gc_dtls_hello_waits(const gc_dtls_hello *h, bool sure) {
    return h->waits && (!sure || (h->sure && !h->answered_sure));
}

gc_span gc_dtls_hello_take(gc_dtls_hello *h) {
    gc_assert(h->waits);
    gc_span random = random_of(gc_dtls_assembly_message(&h->next, 0));
    memcpy(h->random, random.data, random.len);
    h->answered = true;
    h->answered_sure = h->sure;
    gc_span record = gc_dtls_assembly_record(&h->next);
    begin(h); /* which leaves the bytes as they are */
    return record;
}
