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

/* RFC 5246 7.4: HandshakeType, and RFC 6347 4.3.2. */
static bool is_message_of(uint8_t type, bool client) {
    switch (type) {
    case 11: /* Certificate */
        return true;
    case 1:  /* ClientHello */
    case 15: /* CertificateVerify */
    case 16: /* ClientKeyExchange */
        return client;
    case 2:  /* ServerHello */
    case 3:  /* HelloVerifyRequest */
    case 12: /* ServerKeyExchange */
    case 13: /* CertificateRequest */
    case 14: /* ServerHelloDone */
        return !client;
    default:
        return false;
    }
}

static uint32_t read_u24(gc_reader *r) {
    uint32_t high = gc_reader_u8(r);
    return high << 16 | gc_reader_u16(r);
}

bool gc_dtls_record_plausible(const gc_dtls_record *record, bool from_client) {
    gc_reader r;
    gc_reader_init(&r, record->body);
    do {
        uint8_t type = gc_reader_u8(&r);
        uint32_t len = read_u24(&r);
        gc_reader_u16(&r); /* message_seq */
        uint32_t at = read_u24(&r);
        uint32_t part = read_u24(&r);
        gc_reader_bytes(&r, part);
        if (r.failed || !is_message_of(type, from_client) || len > GC_DTLS_HANDSHAKE_BYTES_MAX ||
            at > len || part > len - at) {
            return false;
        }
    } while (gc_reader_left(&r) > 0);
    return true;
}
