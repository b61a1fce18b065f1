#include "rtc/dtls_assembly.h"

#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/base/writer.h"

void gc_dtls_assembly_begin(gc_dtls_assembly *a, uint8_t *memory, uint32_t size,
                            const uint8_t *types, uint8_t wanted, uint16_t seq) {
    gc_assert(size >= GC_DTLS_RECORD_HEAD_BYTES && wanted > 0 &&
              wanted <= GC_DTLS_ASSEMBLY_MESSAGES_MAX);
    *a = (gc_dtls_assembly){
        .bytes = memory, .size = size, .types = types, .seq = seq, .wanted = wanted};
    a->at[0] = GC_DTLS_RECORD_HEAD_BYTES;
}

static void put_u24(gc_writer *w, uint32_t v) {
    gc_writer_u8(w, (uint8_t)(v >> 16));
    gc_writer_u16(w, (uint16_t)v);
}

/* Begins message i, as one that is whole, and forgets it and all that come after it. Returns false
 * when it does not fit. */
static bool begin(gc_dtls_assembly *a, uint8_t i, const gc_dtls_message *m) {
    uint32_t at = a->at[i];
    if (m->len > a->size - at || a->size - at - m->len < GC_DTLS_HANDSHAKE_HEAD_BYTES) {
        return false;
    }
    gc_writer w;
    gc_writer_init(&w, a->bytes + at, GC_DTLS_HANDSHAKE_HEAD_BYTES);
    gc_writer_u8(&w, m->type);
    put_u24(&w, m->len);
    gc_writer_u16(&w, m->seq);
    put_u24(&w, 0);
    put_u24(&w, m->len);
    a->whole = i;
    a->part = true;
    a->len = a->back = m->len;
    a->front = 0;
    return true;
}

static void fill(gc_dtls_assembly *a, const gc_dtls_message *m) {
    uint8_t *body = a->bytes + a->at[a->whole] + GC_DTLS_HANDSHAKE_HEAD_BYTES;
    uint32_t end = m->at + m->part.len;
    if (m->part.len > 0) {
        memcpy(body + m->at, m->part.data, m->part.len);
    }
    if (m->at <= a->front) {
        a->front = end;
    } else {
        a->back = m->at;
    }
    if (a->front >= a->back) {
        a->part = false;
        a->whole++;
        a->at[a->whole] = a->at[a->whole - 1] + GC_DTLS_HANDSHAKE_HEAD_BYTES + a->len;
    }
}

bool gc_dtls_assembly_put(gc_dtls_assembly *a, const gc_dtls_message *m) {
    uint32_t i = (uint32_t)m->seq - a->seq;
    bool empty = m->part.len == 0 && m->len > 0;
    if (m->seq < a->seq || i > a->whole || i >= a->wanted || m->type != a->types[i] || empty) {
        return false;
    }
    bool goes_on = i == a->whole && a->part && m->len == a->len;
    bool joins = m->at <= (goes_on ? a->front : 0) || m->at + m->part.len == m->len;
    /* The middle of a message, or the end of one that is whole or has another length. */
    if (!joins || (!goes_on && m->at > 0 && (i < a->whole || a->part))) {
        return false;
    }
    if (!goes_on && !begin(a, (uint8_t)i, m)) {
        return false;
    }
    fill(a, m);
    return true;
}

bool gc_dtls_assembly_datagram(gc_dtls_assembly *a, gc_span datagram) {
    gc_dtls_record record;
    gc_dtls_message m;
    bool taken = false;
    while (gc_dtls_record_next(&datagram, &record)) {
        bool clear = record.epoch == 0 && record.type == GC_DTLS_TYPE_HANDSHAKE;
        while (clear && gc_dtls_message_next(&record.body, &m)) {
            taken = gc_dtls_assembly_put(a, &m) || taken;
        }
    }
    return taken;
}

bool gc_dtls_assembly_done(const gc_dtls_assembly *a) {
    return a->whole == a->wanted;
}

gc_span gc_dtls_assembly_message(const gc_dtls_assembly *a, uint32_t i) {
    return i < a->whole ? gc_span_of(a->bytes + a->at[i], a->at[i + 1] - a->at[i]) : GC_SPAN_NONE;
}

gc_span gc_dtls_assembly_record(gc_dtls_assembly *a) {
    gc_writer w;
    gc_writer_init(&w, a->bytes, GC_DTLS_RECORD_HEAD_BYTES);
    gc_writer_u8(&w, GC_DTLS_TYPE_HANDSHAKE);
    gc_writer_u16(&w, GC_DTLS_VERSION);
    gc_writer_u64(&w, 0); /* the epoch and the number */
    gc_writer_u16(&w, (uint16_t)(a->at[a->whole] - GC_DTLS_RECORD_HEAD_BYTES));
    return gc_span_of(a->bytes, a->at[a->whole]);
}
