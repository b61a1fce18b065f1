#include "rtc/dtls_record.h"

#include "core/base/reader.h"

bool gc_dtls_record_next(gc_span *datagram, gc_dtls_record *out) {
    gc_reader r;
    gc_reader_init(&r, *datagram);
    uint8_t type = gc_reader_u8(&r);
    /* 254.255 is DTLS 1.0, which a ClientHello may name, 254.253 is 1.2. */
    uint8_t major = gc_reader_u8(&r);
    gc_reader_u8(&r);
    uint16_t epoch = gc_reader_u16(&r);
    gc_reader_bytes(&r, 6); /* the sequence number */
    gc_span body = gc_reader_bytes(&r, gc_reader_u16(&r));
    if (r.failed || major != 254) {
        return false;
    }
    *out = (gc_dtls_record){
        .whole = gc_span_of(datagram->data, r.at), .body = body, .epoch = epoch, .type = type};
    *datagram = gc_span_from(*datagram, r.at);
    return true;
}

void gc_dtls_record_number(uint8_t *record, uint64_t number) {
    for (uint32_t i = 0; i < 6; i++) {
        record[10 - i] = (uint8_t)(number >> 8 * i);
    }
}

static uint32_t read_u24(gc_reader *r) {
    uint32_t high = gc_reader_u8(r);
    return high << 16 | gc_reader_u16(r);
}

bool gc_dtls_message_next(gc_span *body, gc_dtls_message *out) {
    gc_reader r;
    gc_reader_init(&r, *body);
    uint8_t type = gc_reader_u8(&r);
    uint32_t len = read_u24(&r);
    uint16_t seq = gc_reader_u16(&r);
    uint32_t at = read_u24(&r);
    gc_span part = gc_reader_bytes(&r, read_u24(&r));
    if (r.failed || len > GC_DTLS_HANDSHAKE_BYTES_MAX || at > len || part.len > len - at) {
        return false;
    }
    *out = (gc_dtls_message){.part = part, .len = len, .at = at, .seq = seq, .type = type};
    *body = gc_span_from(*body, r.at);
    return true;
}
