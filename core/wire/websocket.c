#include "core/wire/websocket.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/utf8.h"

#define FIN_BIT 0x80
/* RFC 6455 5.2: MUST be 0 unless an extension is negotiated; none ever is. */
#define RSV_BITS 0x70
#define MASK_BIT 0x80

typedef struct head {
    bool fin;
    uint8_t opcode;
    uint32_t bytes; /* of the head, the mask included */
    uint32_t len;   /* of the payload */
    uint8_t mask[4];
} head;

void gc_ws_decoder_init(gc_ws_decoder *d, bool expect_mask, uint32_t message_bytes_max) {
    gc_assert(message_bytes_max <= 1u << 30);
    *d = (gc_ws_decoder){.message_bytes_max = message_bytes_max, .expect_mask = expect_mask};
}

void gc_ws_mask(uint8_t *data, uint32_t len, const uint8_t mask[4], uint32_t offset) {
    uint8_t key[8];
    for (uint32_t i = 0; i < 8; i++) {
        key[i] = mask[(offset + i) & 3];
    }
    /* Eight bytes a step; each memcpy is one load or store. */
    uint64_t key8;
    memcpy(&key8, key, 8);
    uint32_t at = 0;
    for (; len - at >= 8; at += 8) {
        uint64_t v;
        memcpy(&v, data + at, 8);
        v ^= key8;
        memcpy(data + at, &v, 8);
    }
    for (; at < len; at++) {
        data[at] ^= key[at & 7];
    }
}

bool gc_ws_close_code_valid(uint16_t code) {
    /* RFC 6455 7.4.1 and 7.4.2; 1012-1014 by the IANA registry. 1004-1006 and 1015 never travel. */
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999);
}

static int fail(gc_ws_event *event, int error) {
    event->opcode = 0;
    event->payload = GC_SPAN_NONE;
    event->close_code = error == GC_E_TOO_BIG ? GC_WS_TOO_BIG
                        : error == GC_E_UTF8  ? GC_WS_BAD_DATA
                                              : GC_WS_PROTOCOL;
    return error;
}

/* Checks as much of a frame as its first two bytes show. */
static bool first_bytes_valid(const gc_ws_decoder *d, uint8_t b0, uint8_t b1) {
    uint8_t opcode = b0 & 0x0f;
    if ((b0 & RSV_BITS) != 0 || ((b1 & MASK_BIT) != 0) != d->expect_mask) {
        return false; /* RFC 6455 5.1: both ends MUST close on the wrong masking */
    }
    switch (opcode) {
    case GC_WS_CONTINUATION:
        return d->message_opcode != 0;
    case GC_WS_TEXT:
    case GC_WS_BINARY:
        return d->message_opcode == 0;
    case GC_WS_CLOSE:
    case GC_WS_PING:
    case GC_WS_PONG:
        return (b0 & FIN_BIT) != 0 && (b1 & 0x7f) <= GC_WS_CONTROL_BYTES_MAX;
    default:
        return false;
    }
}

/* Reads a head. *h is filled and true returned when it is whole; else *error is 0 (more bytes are
 * needed) or says what is wrong with it, as early as that can be known. */
static bool read_head(const gc_ws_decoder *d, const uint8_t *bytes, uint32_t len, head *h,
                      int *error) {
    *error = 0;
    if (len < 2) {
        return false;
    }
    if (!first_bytes_valid(d, bytes[0], bytes[1])) {
        *error = GC_E_SYNTAX;
        return false;
    }
    uint32_t short_len = bytes[1] & 0x7f;
    uint32_t extra = short_len == 126 ? 2 : short_len == 127 ? 8 : 0;
    if (len < 2 + extra) {
        return false;
    }
    uint64_t payload_len = extra == 0 ? short_len : 0;
    for (uint32_t i = 0; i < extra; i++) {
        payload_len = payload_len << 8 | bytes[2 + i];
    }
    /* RFC 6455 5.2: the shortest form MUST be used, the top bit of 64 MUST be 0. */
    if ((extra == 2 && payload_len < 126) || (extra == 8 && payload_len < 65536) ||
        payload_len >> 63 != 0) {
        *error = GC_E_SYNTAX;
        return false;
    }
    bool control = (bytes[0] & 0x08) != 0;
    if (!control && payload_len > d->message_bytes_max - d->message_len) {
        *error = GC_E_TOO_BIG;
        return false;
    }
    uint32_t mask_bytes = d->expect_mask ? 4 : 0;
    if (len < 2 + extra + mask_bytes) {
        return false;
    }
    *h = (head){.fin = (bytes[0] & FIN_BIT) != 0,
                .opcode = bytes[0] & 0x0f,
                .bytes = 2 + extra + mask_bytes,
                .len = (uint32_t)payload_len};
    if (mask_bytes != 0) {
        memcpy(h->mask, bytes + 2 + extra, 4);
    }
    return true;
}

/* A control frame whose payload starts at `payload`: copied out, so that it survives whatever
 * happens to the buffer. */
static int take_control(const gc_ws_decoder *d, const head *h, const uint8_t *payload,
                        gc_ws_event *event) {
    gc_assert(h->len <= GC_WS_CONTROL_BYTES_MAX);
    memcpy(event->control, payload, h->len);
    if (d->expect_mask) {
        gc_ws_mask(event->control, h->len, h->mask, 0);
    }
    event->opcode = h->opcode;
    event->payload = gc_span_of(event->control, h->len);
    event->close_code = 0;
    if (h->opcode != GC_WS_CLOSE) {
        return 0;
    }
    /* RFC 6455 5.5.1: no body, or a code and UTF-8. */
    event->close_code = GC_WS_NO_CODE;
    if (h->len == 0) {
        return 0;
    }
    uint16_t code = h->len < 2 ? 0 : (uint16_t)(event->control[0] << 8 | event->control[1]);
    if (!gc_ws_close_code_valid(code)) {
        return fail(event, GC_E_SYNTAX);
    }
    event->close_code = code;
    event->payload = gc_span_of(event->control + 2, h->len - 2);
    return gc_utf8_valid(event->payload) ? 0 : fail(event, GC_E_UTF8);
}

static int take_message(gc_ws_event *event, uint8_t opcode, gc_span payload) {
    event->opcode = opcode;
    event->payload = payload;
    event->close_code = 0;
    if (opcode == GC_WS_TEXT && !gc_utf8_valid(payload)) {
        return fail(event, GC_E_UTF8); /* RFC 6455 8.1 */
    }
    return 0;
}

/* A whole data frame of which `payload` is still masked. An unfragmented message, the usual case,
 * stays where it is; a fragment moves down to the end of the ones before it. */
static int take_data(gc_ws_decoder *d, uint8_t *bytes, const head *h, uint8_t *payload,
                     gc_ws_event *event) {
    if (d->expect_mask) {
        gc_ws_mask(payload, h->len, h->mask, 0);
    }
    if (h->fin && h->opcode != GC_WS_CONTINUATION) {
        return take_message(event, h->opcode, gc_span_of(payload, h->len));
    }
    memmove(bytes + d->message_len, payload, h->len);
    d->message_len += h->len;
    gc_assert(d->message_len <= d->message_bytes_max);
    if (h->opcode != GC_WS_CONTINUATION) {
        d->message_opcode = h->opcode;
    }
    if (!h->fin) {
        return 0;
    }
    uint8_t opcode = d->message_opcode;
    uint32_t message_len = d->message_len;
    d->message_opcode = 0;
    d->message_len = 0;
    return take_message(event, opcode, gc_span_of(bytes, message_len));
}

/* More bytes are needed: the incomplete frame bytes[at..len) closes up to the message's parts, once
 * per call. Doing it for each fragment would cost the square of a buffer full of small ones. */
static void close_gap(gc_ws_decoder *d, uint8_t *bytes, uint32_t len, uint32_t at, uint32_t *used,
                      uint32_t *kept) {
    if (d->message_len == 0) {
        *used = at;
        *kept = len - at;
    } else {
        if (at != d->message_len) {
            memmove(bytes + d->message_len, bytes + at, len - at);
        }
        *used = 0;
        *kept = d->message_len + (len - at);
    }
    d->gap_len = 0;
}

int gc_ws_decode(gc_ws_decoder *d, uint8_t *bytes, uint32_t len, uint32_t *used, uint32_t *kept,
                 gc_ws_event *event) {
    gc_assert(len >= d->message_len && len - d->message_len >= d->gap_len);
    gc_assert(d->message_opcode != 0 || d->message_len + d->gap_len == 0);
    event->opcode = 0;
    event->payload = GC_SPAN_NONE;
    event->close_code = 0;
    event->frames = 0;
    *used = len;
    *kept = 0;
    uint32_t at = d->message_len + d->gap_len; /* the next frame's head */
    int error = 0;
    while (event->opcode == 0) {
        head h;
        bool whole = read_head(d, bytes + at, len - at, &h, &error);
        if (error != 0) {
            return fail(event, error);
        }
        if (!whole || len - at - h.bytes < h.len) {
            close_gap(d, bytes, len, at, used, kept);
            return 0;
        }
        uint8_t *payload = bytes + at + h.bytes;
        at += h.bytes + h.len;
        event->frames++;
        error = (h.opcode & 0x08) != 0 ? take_control(d, &h, payload, event)
                                       : take_data(d, bytes, &h, payload, event);
        if (error != 0) {
            return error;
        }
    }
    /* Parts of an open message stay at the start; the bytes read after them become the gap. */
    *used = d->message_len == 0 ? at : 0;
    *kept = len - *used;
    d->gap_len = d->message_len == 0 ? 0 : at - d->message_len;
    return 0;
}

static uint32_t head_write(uint8_t out[GC_WS_HEAD_BYTES_MAX], uint8_t opcode, uint32_t len,
                           uint8_t mask_bit) {
    gc_assert((opcode & 0x08) == 0 || len <= GC_WS_CONTROL_BYTES_MAX);
    out[0] = FIN_BIT | opcode;
    if (len < 126) {
        out[1] = (uint8_t)(mask_bit | len);
        return 2;
    }
    if (len < 65536) {
        out[1] = mask_bit | 126;
        out[2] = (uint8_t)(len >> 8);
        out[3] = (uint8_t)len;
        return 4;
    }
    out[1] = mask_bit | 127;
    memset(out + 2, 0, 4);
    for (uint32_t i = 0; i < 4; i++) {
        out[6 + i] = (uint8_t)(len >> (24 - 8 * i));
    }
    return 10;
}

uint32_t gc_ws_head_write(uint8_t out[GC_WS_HEAD_BYTES_MAX], uint8_t opcode, uint32_t len) {
    return head_write(out, opcode, len, 0);
}

uint32_t gc_ws_head_write_masked(uint8_t out[GC_WS_HEAD_BYTES_MAX], uint8_t opcode, uint32_t len,
                                 const uint8_t mask[4]) {
    uint32_t at = head_write(out, opcode, len, MASK_BIT);
    memcpy(out + at, mask, 4);
    return at + 4;
}
