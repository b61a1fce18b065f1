#include "rtc/sctp_packet.h"
#include "core/base/error.h"

#define CHECKSUM_AT 8

/* RFC 9260 6.8: over the whole packet, with zeros in the place of the checksum. */
static uint32_t checksum(const gc_crc32c *c, gc_span packet) {
    static const uint8_t zeros[4] = {0};
    uint32_t crc = gc_crc32c_add(c, 0, gc_span_of(packet.data, CHECKSUM_AT));
    crc = gc_crc32c_add(c, crc, gc_span_of(zeros, sizeof(zeros)));
    return gc_crc32c_add(c, crc, gc_span_from(packet, GC_SCTP_HEAD_BYTES));
}

/* RFC 9260 appendix A: the checksum goes out with its lowest byte first. */
static uint32_t reversed(uint32_t v) {
    return v >> 24 | (v >> 8 & 0xff00) | (v << 8 & 0xff0000) | v << 24;
}

int gc_sctp_packet_open(const gc_crc32c *crc, gc_span packet, bool zero, gc_sctp_head *head,
                        gc_reader *r) {
    gc_reader_init(r, packet);
    head->from = gc_reader_u16(r);
    head->to = gc_reader_u16(r);
    head->tag = gc_reader_u32(r);
    uint32_t given = gc_reader_u32(r);
    if (!r->failed && zero && given == 0 && head->tag != 0) {
        return 0;
    }
    if (r->failed || reversed(given) != checksum(crc, packet)) {
        return GC_E_SYNTAX;
    }
    return 0;
}

bool gc_sctp_chunk_next(gc_reader *r, gc_sctp_chunk *out) {
    if (r->failed || gc_reader_left(r) == 0) {
        return false;
    }
    out->type = gc_reader_u8(r);
    out->flags = gc_reader_u8(r);
    uint32_t len = gc_reader_u16(r);
    if (len < GC_SCTP_CHUNK_BYTES) {
        r->failed = true;
        return false;
    }
    out->value = gc_reader_bytes(r, len - GC_SCTP_CHUNK_BYTES);
    gc_reader_bytes(r, gc_sctp_padded(len) - len);
    return !r->failed;
}

bool gc_sctp_parameter_next(gc_reader *r, gc_sctp_parameter *out) {
    if (r->failed || gc_reader_left(r) == 0) {
        return false;
    }
    const uint8_t *start = r->data + r->at;
    out->type = gc_reader_u16(r);
    uint32_t len = gc_reader_u16(r);
    if (len < GC_SCTP_CHUNK_BYTES) {
        r->failed = true;
        return false;
    }
    out->value = gc_reader_bytes(r, len - GC_SCTP_CHUNK_BYTES);
    out->whole = gc_span_of(start, r->failed ? 0 : len);
    uint32_t padding = gc_sctp_padded(len) - len, left = gc_reader_left(r);
    gc_reader_bytes(r, padding < left ? padding : left);
    return !r->failed;
}

void gc_sctp_packet_begin(gc_writer *w, const gc_sctp_head *head) {
    gc_writer_u16(w, head->from);
    gc_writer_u16(w, head->to);
    gc_writer_u32(w, head->tag);
    gc_writer_u32(w, 0);
}

gc_span gc_sctp_packet_close(const gc_crc32c *crc, gc_writer *w) {
    gc_span packet = gc_writer_done(w);
    gc_assert(!w->failed && packet.len >= GC_SCTP_HEAD_BYTES);
    uint32_t sum = crc == NULL ? 0 : checksum(crc, packet);
    for (uint32_t i = 0; i < 4; i++) {
        w->data[CHECKSUM_AT + i] = (uint8_t)(sum >> 8 * i);
    }
    return packet;
}

uint32_t gc_sctp_chunk_begin(gc_writer *w, uint8_t type, uint8_t flags) {
    uint32_t at = w->at;
    gc_writer_u8(w, type);
    gc_writer_u8(w, flags);
    gc_writer_u16(w, 0);
    return at;
}

static void write_padding(gc_writer *w) {
    while (w->at % 4 != 0 && !w->failed) {
        gc_writer_u8(w, 0);
    }
}

static void write_length(gc_writer *w, uint32_t at) {
    uint32_t len = w->at - at;
    if (!w->failed) {
        gc_assert(len >= GC_SCTP_CHUNK_BYTES && len <= UINT16_MAX);
        w->data[at + 2] = (uint8_t)(len >> 8);
        w->data[at + 3] = (uint8_t)len;
    }
}

uint32_t gc_sctp_parameter_begin(gc_writer *w, uint16_t type) {
    write_padding(w);
    uint32_t at = w->at;
    gc_writer_u16(w, type);
    gc_writer_u16(w, 0);
    return at;
}

void gc_sctp_parameter_end(gc_writer *w, uint32_t at) {
    write_length(w, at);
}

void gc_sctp_chunk_end(gc_writer *w, uint32_t at) {
    write_length(w, at);
    write_padding(w);
}
