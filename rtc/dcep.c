#include "rtc/dcep.h"

#include "core/base/error.h"
#include "core/base/reader.h"

enum {
    TYPE_ACK = 2,
    TYPE_OPEN = 3,
    UNORDERED = 0x80, /* a bit of the type of channel */
};

int gc_dcep_parse_open(gc_span message, gc_dcep_open *out) {
    if (message.len == 0 || message.data[0] != TYPE_OPEN) {
        return GC_E_NOT_FOUND;
    }
    gc_reader r;
    gc_reader_init(&r, gc_span_from(message, 1));
    uint8_t type = gc_reader_u8(&r);
    uint16_t priority = gc_reader_u16(&r);
    uint32_t reliability = gc_reader_u32(&r);
    uint16_t label = gc_reader_u16(&r), protocol = gc_reader_u16(&r);
    gc_dcep_open open = {.form.unordered = (type & UNORDERED) != 0, .priority = priority};
    open.label = gc_reader_bytes(&r, label);
    open.protocol = gc_reader_bytes(&r, protocol);
    type &= (uint8_t)~UNORDERED;
    if (r.failed || gc_reader_left(&r) > 0 || type > GC_DCEP_LIFETIME_MS) {
        return GC_E_SYNTAX;
    }
    if (label > GC_DCEP_NAME_BYTES_MAX || protocol > GC_DCEP_NAME_BYTES_MAX) {
        return GC_E_TOO_BIG;
    }
    open.form.limit = (enum gc_dcep_limit)type;
    /* RFC 8832 5.1: ignored for a reliable channel. */
    open.form.reliability = type == GC_DCEP_RELIABLE ? 0 : reliability;
    *out = open;
    return 0;
}

void gc_dcep_write_open(const gc_dcep_open *open, gc_writer *w) {
    gc_assert(open->label.len <= GC_DCEP_NAME_BYTES_MAX &&
              open->protocol.len <= GC_DCEP_NAME_BYTES_MAX);
    gc_writer_u8(w, TYPE_OPEN);
    gc_writer_u8(w, (uint8_t)(open->form.limit | (open->form.unordered ? UNORDERED : 0)));
    gc_writer_u16(w, open->priority);
    gc_writer_u32(w, open->form.reliability);
    gc_writer_u16(w, (uint16_t)open->label.len);
    gc_writer_u16(w, (uint16_t)open->protocol.len);
    gc_writer_span(w, open->label);
    gc_writer_span(w, open->protocol);
}

bool gc_dcep_is_ack(gc_span message) {
    return message.len == GC_DCEP_ACK_BYTES && message.data[0] == TYPE_ACK;
}

void gc_dcep_write_ack(gc_writer *w) {
    gc_writer_u8(w, TYPE_ACK);
}
