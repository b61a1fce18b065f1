#include "core/wire/envelope.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/reader.h"

#define VERSION  1
#define LABEL    "ghostchat/1 seal"
#define AD_BYTES (sizeof LABEL - 1 + GC_ENVELOPE_HEADER_BYTES + 2 * GC_PID_BYTES)

_Static_assert(AD_BYTES == 86, "of the specification");

static bool is_size(uint32_t text_len) {
    return text_len > 0 && text_len <= GC_ENVELOPE_TEXT_BYTES_MAX &&
           text_len % GC_ENVELOPE_STEP == 0;
}

int gc_envelope_read(gc_span bytes, gc_envelope *out) {
    gc_reader r;
    gc_reader_init(&r, bytes);
    uint8_t version = gc_reader_u8(&r);
    gc_span room = gc_reader_bytes(&r, GC_TAG_BYTES), dial = gc_reader_bytes(&r, GC_DIAL_BYTES);
    uint8_t kind = gc_reader_u8(&r);
    uint32_t seq = gc_reader_u32(&r);
    if (bytes.len < GC_ENVELOPE_OVERHEAD_BYTES ||
        !is_size(bytes.len - GC_ENVELOPE_OVERHEAD_BYTES) || version != VERSION ||
        kind < GC_ENVELOPE_OFFER || kind > GC_ENVELOPE_REFUSAL) {
        return GC_E_SYNTAX;
    }
    *out = (gc_envelope){.kind = kind, .seq = seq};
    memcpy(out->room, room.data, room.len);
    memcpy(out->dial, dial.data, dial.len);
    return 0;
}

void gc_envelope_pad(gc_writer *text) {
    while (text->at % GC_ENVELOPE_STEP != 0 && !text->failed) {
        gc_writer_u8(text, ' ');
    }
}

static void write_header(const gc_envelope *e, gc_writer *w) {
    gc_writer_u8(w, VERSION);
    gc_writer_bytes(w, e->room, sizeof e->room);
    gc_writer_bytes(w, e->dial, sizeof e->dial);
    gc_writer_u8(w, e->kind);
    gc_writer_u32(w, e->seq);
}

static void write_ad(const uint8_t header[GC_ENVELOPE_HEADER_BYTES], const gc_envelope_way *way,
                     uint8_t ad[AD_BYTES]) {
    gc_writer w;
    gc_writer_init(&w, ad, AD_BYTES);
    gc_writer_text(&w, LABEL);
    gc_writer_bytes(&w, header, GC_ENVELOPE_HEADER_BYTES);
    gc_writer_bytes(&w, way->from, GC_PID_BYTES);
    gc_writer_bytes(&w, way->to, GC_PID_BYTES);
    gc_assert(!w.failed && w.at == AD_BYTES);
}

int gc_envelope_seal(const gc_envelope *e, const gc_crypto *crypto,
                     const uint8_t key[GC_SEAL_KEY_BYTES], const gc_envelope_way *way,
                     const uint8_t nonce[GC_SEAL_NONCE_BYTES], gc_span text, gc_writer *w) {
    uint8_t header[GC_ENVELOPE_HEADER_BYTES], ad[AD_BYTES];
    gc_writer head;
    uint32_t size = text.len + GC_ENVELOPE_OVERHEAD_BYTES;
    gc_assert(is_size(text.len) && e->kind >= GC_ENVELOPE_OFFER && e->kind <= GC_ENVELOPE_REFUSAL);
    if (w->failed || w->size - w->at < size) {
        w->failed = true;
        return 0;
    }
    gc_writer_init(&head, header, sizeof header);
    write_header(e, &head);
    write_ad(header, way, ad);
    uint8_t *sealed = w->data + w->at + GC_ENVELOPE_HEADER_BYTES + GC_SEAL_NONCE_BYTES;
    if (crypto->seal(crypto->context, sealed, text.data, text.len, ad, sizeof ad, nonce, key) !=
        0) {
        return GC_E_CRYPTO;
    }
    gc_writer_bytes(w, header, sizeof header);
    gc_writer_bytes(w, nonce, GC_SEAL_NONCE_BYTES);
    w->at += text.len + GC_SEAL_TAG_BYTES;
    return 0;
}

int gc_envelope_open(gc_span bytes, const gc_crypto *crypto, const uint8_t key[GC_SEAL_KEY_BYTES],
                     const gc_envelope_way *way, gc_writer *w) {
    uint8_t ad[AD_BYTES];
    gc_assert(bytes.len > GC_ENVELOPE_OVERHEAD_BYTES);
    uint32_t len = bytes.len - GC_ENVELOPE_OVERHEAD_BYTES;
    gc_assert(is_size(len) && !w->failed && w->size - w->at >= len);
    const uint8_t *nonce = bytes.data + GC_ENVELOPE_HEADER_BYTES;
    write_ad(bytes.data, way, ad);
    if (crypto->open(crypto->context, w->data + w->at, nonce + GC_SEAL_NONCE_BYTES,
                     len + GC_SEAL_TAG_BYTES, ad, sizeof ad, nonce, key) != 0) {
        return GC_E_REFUSED;
    }
    w->at += len;
    return 0;
}
