#include "rtc/sctp_chunk.h"
#include "core/base/error.h"

/* Parameters of INIT and INIT ACK. */
#define UNKNOWN_PARAMETER    8      /* RFC 9260 3.3.3.1 */
#define STATE_COOKIE         7      /* RFC 9260 3.3.3.1 */
#define SUPPORTED_EXTENSIONS 0x8008 /* RFC 5061 4.2.7 */
#define FORWARD_TSN          0xc000 /* RFC 3758 3.1 */
#define ZERO_CHECKSUM        0x8001 /* RFC 9653 4 */
#define METHOD_DTLS          1 /* RFC 9653 6: what detects errors in the place of the checksum */

/* Of RFC 9260 3.3.2.1 and 3.3.3.1: known, and of no use over DTLS. */
static bool known_parameter(uint16_t type) {
    switch (type) {
    case 1: /* heartbeat information */
    case 5: /* IPv4 address */
    case 6: /* IPv6 address */
    case UNKNOWN_PARAMETER:
    case 9:  /* cookie preservative */
    case 11: /* host name address */
    case 12: /* supported address types */
        return true;
    default:
        return false;
    }
}

/* --- reading ---------------------------------------------------------------------------------- */

int gc_sctp_data_read(const gc_sctp_chunk *c, gc_sctp_data *out) {
    gc_reader r;
    gc_reader_init(&r, c->value);
    out->tsn = gc_reader_u32(&r);
    out->stream = gc_reader_u16(&r);
    out->number = gc_reader_u16(&r); /* reserved in I-DATA */
    if (c->type == GC_SCTP_I_DATA) {
        out->number = gc_reader_u32(&r);
    }
    out->ppid = gc_reader_u32(&r);
    out->flags = c->flags;
    out->bytes = gc_reader_bytes(&r, gc_reader_left(&r));
    return r.failed || out->bytes.len == 0 ? GC_E_SYNTAX : 0;
}

static void read_extensions(gc_span value, gc_sctp_init_chunk *out) {
    for (uint32_t i = 0; i < value.len; i++) {
        out->reconfig = out->reconfig || value.data[i] == GC_SCTP_RECONFIG;
        out->interleaves = out->interleaves || value.data[i] == GC_SCTP_I_DATA;
    }
}

static bool names_dtls(gc_span value) {
    gc_reader r;
    gc_reader_init(&r, value);
    uint32_t method = gc_reader_u32(&r);
    return !r.failed && gc_reader_left(&r) == 0 && method == METHOD_DTLS;
}

/* RFC 9260 3.2.1: reports as many unknown parameters as there is room for. */
static void note_unknown(const gc_sctp_parameter *p, gc_sctp_init_chunk *out) {
    uint32_t len = gc_sctp_padded(p->whole.len);
    if (!GC_SCTP_REPORTS(p->type >> 8) || len > GC_SCTP_REPORT_BYTES - out->report_len) {
        return;
    }
    for (uint32_t i = 0; i < len; i++) {
        out->report[out->report_len + i] = i < p->whole.len ? p->whole.data[i] : 0;
    }
    out->report_len += len;
}

int gc_sctp_init_read(const gc_sctp_chunk *c, gc_sctp_init_chunk *out) {
    gc_reader r;
    gc_reader_init(&r, c->value);
    *out = (gc_sctp_init_chunk){.tag = gc_reader_u32(&r)};
    out->window_bytes = gc_reader_u32(&r);
    out->streams_out = gc_reader_u16(&r);
    out->streams_in = gc_reader_u16(&r);
    out->tsn = gc_reader_u32(&r);
    /* RFC 9260 3.3.2: neither the tag nor a number of streams is 0. */
    if (r.failed || out->tag == 0 || out->streams_out == 0 || out->streams_in == 0) {
        return GC_E_SYNTAX;
    }
    gc_sctp_parameter p;
    while (gc_sctp_parameter_next(&r, &p)) {
        if (p.type == STATE_COOKIE) {
            out->cookie = p.value;
        } else if (p.type == SUPPORTED_EXTENSIONS) {
            read_extensions(p.value, out);
        } else if (p.type == FORWARD_TSN) {
            out->forward_tsn = true;
        } else if (p.type == ZERO_CHECKSUM) {
            out->zero_checksum = out->zero_checksum || names_dtls(p.value);
        } else if (!known_parameter(p.type)) {
            note_unknown(&p, out);
            if (!GC_SCTP_SKIPS(p.type >> 8)) {
                return GC_E_REFUSED;
            }
        }
    }
    return r.failed ? GC_E_SYNTAX : 0;
}

int gc_sctp_sack_read(const gc_sctp_chunk *c, gc_sctp_sack *out) {
    gc_reader r;
    gc_reader_init(&r, c->value);
    out->cumulative = gc_reader_u32(&r);
    out->window_bytes = gc_reader_u32(&r);
    out->gaps = gc_reader_u16(&r);
    out->duplicates = gc_reader_u16(&r);
    out->gap_bytes = gc_reader_bytes(&r, 4u * out->gaps);
    gc_reader_bytes(&r, 4u * out->duplicates);
    return r.failed || gc_reader_left(&r) != 0 ? GC_E_SYNTAX : 0;
}

gc_sctp_gap gc_sctp_sack_gap(const gc_sctp_sack *s, uint32_t i) {
    gc_assert(i < s->gaps);
    const uint8_t *p = s->gap_bytes.data + 4 * i;
    return (gc_sctp_gap){(uint16_t)(p[0] << 8 | p[1]), (uint16_t)(p[2] << 8 | p[3])};
}

int gc_sctp_forward_read(const gc_sctp_chunk *c, uint32_t *cumulative, gc_span *skips) {
    gc_reader r;
    gc_reader_init(&r, c->value);
    *cumulative = gc_reader_u32(&r);
    *skips = gc_reader_bytes(&r, gc_reader_left(&r));
    uint32_t entry = c->type == GC_SCTP_I_FORWARD_TSN ? 8 : 4;
    return r.failed || skips->len % entry != 0 ? GC_E_SYNTAX : 0;
}

int gc_sctp_shutdown_read(const gc_sctp_chunk *c, uint32_t *cumulative) {
    gc_reader r;
    gc_reader_init(&r, c->value);
    *cumulative = gc_reader_u32(&r);
    return r.failed || gc_reader_left(&r) != 0 ? GC_E_SYNTAX : 0;
}

uint16_t gc_sctp_cause_read(const gc_sctp_chunk *c) {
    gc_reader r;
    gc_reader_init(&r, c->value);
    gc_sctp_parameter p;
    return gc_sctp_parameter_next(&r, &p) ? p.type : 0;
}

int gc_sctp_reconfig_read(const gc_sctp_parameter *p, gc_sctp_reconfig *out) {
    gc_reader r;
    gc_reader_init(&r, p->value);
    *out = (gc_sctp_reconfig){.number = gc_reader_u32(&r)};
    switch (p->type) {
    case GC_SCTP_RESET_OUTGOING:
        out->answers = gc_reader_u32(&r);
        out->last_tsn = gc_reader_u32(&r);
        out->streams = gc_reader_bytes(&r, gc_reader_left(&r));
        return r.failed || out->streams.len % 2 != 0 ? GC_E_SYNTAX : 0;
    case GC_SCTP_RESET_RESPONSE: /* what follows the result is of RESET_TSN, which is never asked */
        out->result = gc_reader_u32(&r);
        return r.failed ? GC_E_SYNTAX : 0;
    case GC_SCTP_RESET_INCOMING:
    case GC_SCTP_RESET_TSN:
    case GC_SCTP_ADD_OUTGOING:
    case GC_SCTP_ADD_INCOMING:
        return r.failed ? GC_E_SYNTAX : 0;
    default:
        return GC_E_NOT_FOUND;
    }
}

/* --- writing ---------------------------------------------------------------------------------- */

uint32_t gc_sctp_data_begin(gc_writer *w, const gc_sctp_data *d) {
    uint32_t at = gc_sctp_chunk_begin(w, GC_SCTP_DATA, d->flags);
    gc_writer_u32(w, d->tsn);
    gc_writer_u16(w, d->stream);
    gc_writer_u16(w, (uint16_t)d->number);
    gc_writer_u32(w, d->ppid);
    return at;
}

uint32_t gc_sctp_i_data_begin(gc_writer *w, const gc_sctp_data *d) {
    uint32_t at = gc_sctp_chunk_begin(w, GC_SCTP_I_DATA, d->flags);
    gc_writer_u32(w, d->tsn);
    gc_writer_u16(w, d->stream);
    gc_writer_u16(w, 0); /* reserved */
    gc_writer_u32(w, d->number);
    gc_writer_u32(w, d->ppid);
    return at;
}

/* RFC 8260 2.2.1: both names of what interleaves are in the list. */
static void write_extensions(gc_writer *w, const gc_sctp_init_chunk *i) {
    uint32_t at = gc_sctp_parameter_begin(w, SUPPORTED_EXTENSIONS);
    gc_writer_u8(w, GC_SCTP_RECONFIG);
    if (i->forward_tsn) {
        gc_writer_u8(w, GC_SCTP_FORWARD_TSN);
    }
    if (i->interleaves) {
        gc_writer_u8(w, GC_SCTP_I_DATA);
        gc_writer_u8(w, GC_SCTP_I_FORWARD_TSN);
    }
    gc_sctp_parameter_end(w, at);
}

/* RFC 9260 3.3.3.1: each unknown parameter inside one of ours. */
static void write_report(gc_writer *w, const gc_sctp_init_chunk *i) {
    gc_reader r;
    gc_reader_init(&r, gc_span_of(i->report, i->report_len));
    gc_sctp_parameter p;
    while (gc_sctp_parameter_next(&r, &p)) {
        uint32_t at = gc_sctp_parameter_begin(w, UNKNOWN_PARAMETER);
        gc_writer_span(w, p.whole);
        gc_sctp_parameter_end(w, at);
    }
}

void gc_sctp_init_write(gc_writer *w, uint8_t type, const gc_sctp_init_chunk *i) {
    uint32_t chunk = gc_sctp_chunk_begin(w, type, 0);
    gc_writer_u32(w, i->tag);
    gc_writer_u32(w, i->window_bytes);
    gc_writer_u16(w, i->streams_out);
    gc_writer_u16(w, i->streams_in);
    gc_writer_u32(w, i->tsn);
    if (i->cookie.len > 0) {
        uint32_t at = gc_sctp_parameter_begin(w, STATE_COOKIE);
        gc_writer_span(w, i->cookie);
        gc_sctp_parameter_end(w, at);
    }
    if (i->forward_tsn) {
        gc_sctp_parameter_end(w, gc_sctp_parameter_begin(w, FORWARD_TSN));
    }
    if (i->reconfig) {
        write_extensions(w, i);
    }
    if (i->zero_checksum) {
        uint32_t at = gc_sctp_parameter_begin(w, ZERO_CHECKSUM);
        gc_writer_u32(w, METHOD_DTLS);
        gc_sctp_parameter_end(w, at);
    }
    write_report(w, i);
    gc_sctp_chunk_end(w, chunk);
}

void gc_sctp_sack_write(gc_writer *w, uint32_t cumulative, uint32_t window_bytes,
                        const gc_sctp_gap *gaps, uint32_t gap_count, const uint32_t *duplicates,
                        uint32_t duplicate_count) {
    uint32_t at = gc_sctp_chunk_begin(w, GC_SCTP_SACK, 0);
    gc_writer_u32(w, cumulative);
    gc_writer_u32(w, window_bytes);
    gc_writer_u16(w, (uint16_t)gap_count);
    gc_writer_u16(w, (uint16_t)duplicate_count);
    for (uint32_t i = 0; i < gap_count; i++) {
        gc_writer_u16(w, gaps[i].first);
        gc_writer_u16(w, gaps[i].last);
    }
    for (uint32_t i = 0; i < duplicate_count; i++) {
        gc_writer_u32(w, duplicates[i]);
    }
    gc_sctp_chunk_end(w, at);
}

void gc_sctp_forward_chunk_write(gc_writer *w, bool interleaved, uint32_t cumulative,
                                 const gc_sctp_skip *skips, uint32_t count) {
    uint32_t at =
        gc_sctp_chunk_begin(w, interleaved ? GC_SCTP_I_FORWARD_TSN : GC_SCTP_FORWARD_TSN, 0);
    gc_writer_u32(w, cumulative);
    for (uint32_t i = 0; i < count; i++) {
        gc_writer_u16(w, skips[i].stream);
        if (interleaved) {
            gc_writer_u16(w, skips[i].unordered ? 1 : 0);
            gc_writer_u32(w, skips[i].number);
        } else {
            gc_writer_u16(w, (uint16_t)skips[i].number);
        }
    }
    gc_sctp_chunk_end(w, at);
}

void gc_sctp_shutdown_write(gc_writer *w, uint32_t cumulative) {
    uint32_t at = gc_sctp_chunk_begin(w, GC_SCTP_SHUTDOWN, 0);
    gc_writer_u32(w, cumulative);
    gc_sctp_chunk_end(w, at);
}

void gc_sctp_plain_write(gc_writer *w, uint8_t type, uint8_t flags, gc_span value) {
    uint32_t at = gc_sctp_chunk_begin(w, type, flags);
    gc_writer_span(w, value);
    gc_sctp_chunk_end(w, at);
}

void gc_sctp_cause_write(gc_writer *w, uint8_t type, uint16_t cause, gc_span info) {
    uint32_t chunk = gc_sctp_chunk_begin(w, type, 0);
    uint32_t at = gc_sctp_parameter_begin(w, cause);
    gc_writer_span(w, info);
    gc_sctp_parameter_end(w, at);
    gc_sctp_chunk_end(w, chunk);
}

void gc_sctp_request_write(gc_writer *w, const gc_sctp_reconfig *r, const uint16_t *streams,
                           uint32_t count) {
    uint32_t chunk = gc_sctp_chunk_begin(w, GC_SCTP_RECONFIG, 0);
    uint32_t at = gc_sctp_parameter_begin(w, GC_SCTP_RESET_OUTGOING);
    gc_writer_u32(w, r->number);
    gc_writer_u32(w, r->answers);
    gc_writer_u32(w, r->last_tsn);
    for (uint32_t i = 0; i < count; i++) {
        gc_writer_u16(w, streams[i]);
    }
    gc_sctp_parameter_end(w, at);
    gc_sctp_chunk_end(w, chunk);
}

void gc_sctp_response_write(gc_writer *w, uint32_t number, uint32_t result) {
    uint32_t chunk = gc_sctp_chunk_begin(w, GC_SCTP_RECONFIG, 0);
    uint32_t at = gc_sctp_parameter_begin(w, GC_SCTP_RESET_RESPONSE);
    gc_writer_u32(w, number);
    gc_writer_u32(w, result);
    gc_sctp_parameter_end(w, at);
    gc_sctp_chunk_end(w, chunk);
}
