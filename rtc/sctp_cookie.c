#include "rtc/sctp_cookie.h"
#include "core/base/error.h"
#include "core/base/siphash.h"

#define MAC_BYTES 8
#define RECONFIG  1
#define FORWARD   2
#define ZERO      4
#define I_DATA    8

void gc_sctp_cookie_write(const uint8_t key[16], const gc_sctp_cookie *c,
                          uint8_t out[GC_SCTP_COOKIE_BYTES]) {
    gc_writer w;
    gc_writer_init(&w, out, GC_SCTP_COOKIE_BYTES);
    gc_writer_u32(&w, c->own_tag);
    gc_writer_u64(&w, c->made_ms);
    gc_writer_u32(&w, c->peer.tag);
    gc_writer_u32(&w, c->peer.tsn);
    gc_writer_u32(&w, c->peer.window_bytes);
    gc_writer_u16(&w, c->peer.streams_out);
    gc_writer_u16(&w, c->peer.streams_in);
    gc_writer_u32(&w, (c->peer.reconfig ? RECONFIG : 0) | (c->peer.forward_tsn ? FORWARD : 0) |
                          (c->peer.zero_checksum ? ZERO : 0) | (c->peer.interleaves ? I_DATA : 0));
    gc_writer_u64(&w, gc_siphash(key, gc_writer_done(&w)));
    gc_assert(!w.failed && w.at == GC_SCTP_COOKIE_BYTES);
}

int gc_sctp_cookie_read(const uint8_t key[16], gc_span bytes, uint64_t now_ms,
                        gc_sctp_cookie *out) {
    gc_reader r;
    gc_reader_init(&r, bytes);
    out->own_tag = gc_reader_u32(&r);
    out->made_ms = gc_reader_u64(&r);
    out->peer = (gc_sctp_init_chunk){.tag = gc_reader_u32(&r)};
    out->peer.tsn = gc_reader_u32(&r);
    out->peer.window_bytes = gc_reader_u32(&r);
    out->peer.streams_out = gc_reader_u16(&r);
    out->peer.streams_in = gc_reader_u16(&r);
    uint32_t flags = gc_reader_u32(&r);
    out->peer.reconfig = (flags & RECONFIG) != 0;
    out->peer.forward_tsn = (flags & FORWARD) != 0;
    out->peer.zero_checksum = (flags & ZERO) != 0;
    out->peer.interleaves = (flags & I_DATA) != 0;
    uint64_t mac = gc_reader_u64(&r);
    if (r.failed || gc_reader_left(&r) != 0 ||
        mac != gc_siphash(key, gc_span_of(bytes.data, GC_SCTP_COOKIE_BYTES - MAC_BYTES))) {
        return GC_E_SYNTAX;
    }
    return now_ms - out->made_ms > GC_SCTP_COOKIE_MS ? GC_E_CLOSED : 0;
}
