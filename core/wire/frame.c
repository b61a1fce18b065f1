#include "core/wire/frame.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/reader.h"
#include "core/base/utf8.h"

#define TYPE_MIN 0x10 /* below: HELLO and AUTH, whose first byte is a version */

static bool known(uint8_t type) {
    return (type >= GC_FRAME_START && type <= GC_FRAME_PONG) || type == GC_FRAME_MESSAGE;
}

static uint8_t channel_of(uint8_t type) {
    return type == GC_FRAME_MESSAGE ? GC_CHANNEL_MESSAGE : GC_CHANNEL_CONTROL;
}

static bool takes_nick(uint8_t type) {
    return type == GC_FRAME_START || type == GC_FRAME_PROFILE;
}

static void read_array(gc_reader *r, uint8_t *out, uint32_t len) {
    gc_span s = gc_reader_bytes(r, len);
    if (s.len == len) {
        memcpy(out, s.data, len);
    }
}

static void read_fixed_part(gc_reader *r, gc_frame *f) {
    switch (f->type) {
    case GC_FRAME_START:
        f->version = gc_reader_u8(r);
        f->capabilities = gc_reader_u32(r);
        read_array(r, f->session, GC_SESSION_BYTES);
        read_array(r, f->peer_session, GC_SESSION_BYTES);
        f->base = gc_reader_u64(r);
        f->ack = gc_reader_u64(r);
        f->window = gc_reader_u32(r);
        break;
    case GC_FRAME_ACK:
        f->ack = gc_reader_u64(r);
        break;
    case GC_FRAME_BASE:
        f->base = gc_reader_u64(r);
        break;
    case GC_FRAME_BYE:
        f->reason = gc_reader_u8(r);
        break;
    case GC_FRAME_PING:
    case GC_FRAME_PONG:
        f->token = gc_reader_u32(r);
        break;
    case GC_FRAME_MESSAGE:
        f->seq = gc_reader_u64(r);
        f->text = gc_reader_bytes(r, gc_reader_u16(r));
        break;
    default:
        break; /* PROFILE has none */
    }
}

/* The limits of the fixed part; one set of rules for what is read and what is written. */
static int check_fixed_part(const gc_frame *f) {
    if (f->base > GC_SEQ_MAX || f->ack > GC_SEQ_MAX || f->seq > GC_SEQ_MAX) {
        return GC_E_TOO_BIG;
    }
    switch (f->type) {
    case GC_FRAME_START:
        return f->version >= 1 && f->base >= 1 ? 0 : GC_E_SYNTAX;
    case GC_FRAME_BASE:
        return f->base >= 1 ? 0 : GC_E_SYNTAX;
    case GC_FRAME_MESSAGE:
        if (f->seq == 0 || f->text.len == 0) {
            return GC_E_SYNTAX;
        }
        return f->text.len > GC_TEXT_BYTES_MAX ? GC_E_TOO_BIG
               : gc_utf8_valid(f->text)        ? 0
                                               : GC_E_UTF8;
    default:
        return 0;
    }
}

static int check_nick(gc_span nick) {
    return nick.len > GC_NICK_BYTES_MAX ? GC_E_TOO_BIG : gc_utf8_valid(nick) ? 0 : GC_E_UTF8;
}

static int read_fields(gc_reader *r, gc_frame *f) {
    while (gc_reader_left(r) > 0) {
        uint8_t tag = gc_reader_u8(r);
        gc_span value = gc_reader_bytes(r, gc_reader_u16(r));
        if (r->failed) {
            return GC_E_SYNTAX;
        }
        if (tag == GC_FIELD_NICK && takes_nick(f->type)) {
            int error = check_nick(value);
            if (error != 0) {
                return error;
            }
            f->has_nick = true;
            f->nick = value;
        }
    }
    return 0;
}

int gc_frame_parse(gc_span message, uint8_t channel, gc_frame *out) {
    gc_reader r;
    gc_reader_init(&r, message);
    gc_frame f;
    memset(&f, 0, sizeof(f));
    f.type = gc_reader_u8(&r);
    if (r.failed || f.type < TYPE_MIN) {
        return GC_E_SYNTAX;
    }
    if (!known(f.type)) {
        return GC_E_NOT_FOUND;
    }
    if (message.len > GC_FRAME_BYTES_MAX) {
        return GC_E_TOO_BIG;
    }
    read_fixed_part(&r, &f);
    if (r.failed || channel != channel_of(f.type)) {
        return GC_E_SYNTAX;
    }
    int error = check_fixed_part(&f);
    if (error == 0) {
        error = read_fields(&r, &f);
    }
    if (error == 0) {
        *out = f;
    }
    return error;
}

static void write_fixed_part(const gc_frame *f, gc_writer *w) {
    switch (f->type) {
    case GC_FRAME_START:
        gc_writer_u8(w, f->version);
        gc_writer_u32(w, f->capabilities);
        gc_writer_bytes(w, f->session, GC_SESSION_BYTES);
        gc_writer_bytes(w, f->peer_session, GC_SESSION_BYTES);
        gc_writer_u64(w, f->base);
        gc_writer_u64(w, f->ack);
        gc_writer_u32(w, f->window);
        break;
    case GC_FRAME_ACK:
        gc_writer_u64(w, f->ack);
        break;
    case GC_FRAME_BASE:
        gc_writer_u64(w, f->base);
        break;
    case GC_FRAME_BYE:
        gc_assert(f->reason <= UINT8_MAX);
        gc_writer_u8(w, (uint8_t)f->reason);
        break;
    case GC_FRAME_PING:
    case GC_FRAME_PONG:
        gc_writer_u32(w, f->token);
        break;
    case GC_FRAME_MESSAGE:
        gc_writer_u64(w, f->seq);
        gc_writer_u16(w, (uint16_t)f->text.len);
        gc_writer_span(w, f->text);
        break;
    default:
        break;
    }
}

void gc_frame_write(const gc_frame *f, gc_writer *w) {
    gc_assert(known(f->type));
    gc_assert(check_fixed_part(f) == 0);
    gc_writer_u8(w, f->type);
    write_fixed_part(f, w);
    if (takes_nick(f->type) && f->has_nick) {
        gc_assert(check_nick(f->nick) == 0);
        gc_writer_u8(w, GC_FIELD_NICK);
        gc_writer_u16(w, (uint16_t)f->nick.len);
        gc_writer_span(w, f->nick);
    }
}
