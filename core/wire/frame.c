#include "core/wire/frame.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/reader.h"
#include "core/base/utf8.h"

#define TYPE_MIN 0x10 /* no frame has a type below */

/* --- which frame types there are -------------------------------------------------------------- */

/* Members of the fixed part. */
enum member {
    END,
    VERSION,
    CAPABILITIES,
    SESSION,
    PEER_SESSION,
    BASE,
    ACK,
    WINDOW,
    REASON,
    TOKEN,
    SEQ,
    TEXT,
};

#define MEMBERS_MAX 8 /* END included */

/* A frame type: its channel, whether it may have the field of a name, and the members of its fixed
 * part in their order. */
typedef struct frame_row {
    uint8_t type;
    uint8_t channel;
    bool nick;
    uint8_t members[MEMBERS_MAX];
} frame_row;

static const frame_row rows[] = {
    {GC_FRAME_START,
     GC_CHANNEL_CONTROL,
     true,
     {VERSION, CAPABILITIES, SESSION, PEER_SESSION, BASE, ACK, WINDOW}},
    {GC_FRAME_ACK, GC_CHANNEL_CONTROL, false, {ACK}},
    {GC_FRAME_BASE, GC_CHANNEL_CONTROL, false, {BASE}},
    {GC_FRAME_PROFILE, GC_CHANNEL_CONTROL, true, {END}},
    {GC_FRAME_BYE, GC_CHANNEL_CONTROL, false, {REASON}},
    {GC_FRAME_PING, GC_CHANNEL_CONTROL, false, {TOKEN}},
    {GC_FRAME_PONG, GC_CHANNEL_CONTROL, false, {TOKEN}},
    {GC_FRAME_MESSAGE, GC_CHANNEL_MESSAGE, false, {SEQ, TEXT}},
};

/* Returns the row of a type; NULL when it is unknown. */
static const frame_row *find(uint8_t type) {
    for (uint32_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].type == type) {
            return &rows[i];
        }
    }
    return NULL;
}

/* --- one member: read, checked, written ------------------------------------------------------- */

static void read_array(gc_reader *r, uint8_t *out, uint32_t len) {
    gc_span s = gc_reader_bytes(r, len);
    if (s.len == len) {
        memcpy(out, s.data, len);
    }
}

static void read_member(gc_reader *r, enum member member, gc_frame *f) {
    switch (member) {
    case END:
        break;
    case VERSION:
        f->version = gc_reader_u8(r);
        break;
    case CAPABILITIES:
        f->capabilities = gc_reader_u32(r);
        break;
    case SESSION:
        read_array(r, f->session, GC_SESSION_BYTES);
        break;
    case PEER_SESSION:
        read_array(r, f->peer_session, GC_SESSION_BYTES);
        break;
    case BASE:
        f->base = gc_reader_u64(r);
        break;
    case ACK:
        f->ack = gc_reader_u64(r);
        break;
    case WINDOW:
        f->window = gc_reader_u32(r);
        break;
    case REASON:
        f->reason = gc_reader_u8(r);
        break;
    case TOKEN:
        f->token = gc_reader_u32(r);
        break;
    case SEQ:
        f->seq = gc_reader_u64(r);
        break;
    case TEXT:
        f->text = gc_reader_bytes(r, gc_reader_u16(r));
        break;
    }
}

static void write_member(gc_writer *w, enum member member, const gc_frame *f) {
    switch (member) {
    case END:
        break;
    case VERSION:
        gc_writer_u8(w, f->version);
        break;
    case CAPABILITIES:
        gc_writer_u32(w, f->capabilities);
        break;
    case SESSION:
        gc_writer_bytes(w, f->session, GC_SESSION_BYTES);
        break;
    case PEER_SESSION:
        gc_writer_bytes(w, f->peer_session, GC_SESSION_BYTES);
        break;
    case BASE:
        gc_writer_u64(w, f->base);
        break;
    case ACK:
        gc_writer_u64(w, f->ack);
        break;
    case WINDOW:
        gc_writer_u32(w, f->window);
        break;
    case REASON:
        gc_assert(f->reason <= UINT8_MAX);
        gc_writer_u8(w, (uint8_t)f->reason);
        break;
    case TOKEN:
        gc_writer_u32(w, f->token);
        break;
    case SEQ:
        gc_writer_u64(w, f->seq);
        break;
    case TEXT:
        gc_writer_u16(w, (uint16_t)f->text.len);
        gc_writer_span(w, f->text);
        break;
    }
}

static int check_text(gc_span text) {
    if (text.len == 0) {
        return GC_E_SYNTAX;
    }
    return text.len > GC_TEXT_BYTES_MAX ? GC_E_TOO_BIG : gc_utf8_valid(text) ? 0 : GC_E_UTF8;
}

/* Checks what a member may not be; numbers that are too big were found before. */
static int check_member(enum member member, const gc_frame *f) {
    switch (member) {
    case VERSION:
        return f->version >= 1 ? 0 : GC_E_SYNTAX;
    case BASE:
        return f->base >= 1 ? 0 : GC_E_SYNTAX;
    case SEQ:
        return f->seq >= 1 ? 0 : GC_E_SYNTAX;
    case TEXT:
        return check_text(f->text);
    default:
        return 0;
    }
}

/* --- a whole frame ---------------------------------------------------------------------------- */

/* The limits of the fixed part; one set of rules for what is read and what is written. */
static int check_fixed_part(const frame_row *row, const gc_frame *f) {
    if (f->base > GC_SEQ_MAX || f->ack > GC_SEQ_MAX || f->seq > GC_SEQ_MAX) {
        return GC_E_TOO_BIG;
    }
    int error = 0;
    for (const uint8_t *m = row->members; *m != END && error == 0; m++) {
        error = check_member((enum member) * m, f);
    }
    return error;
}

static int check_nick(gc_span nick) {
    return nick.len > GC_NICK_BYTES_MAX ? GC_E_TOO_BIG : gc_utf8_valid(nick) ? 0 : GC_E_UTF8;
}

static int read_fields(const frame_row *row, gc_reader *r, gc_frame *f) {
    while (gc_reader_left(r) > 0) {
        uint8_t tag = gc_reader_u8(r);
        gc_span value = gc_reader_bytes(r, gc_reader_u16(r));
        if (r->failed) {
            return GC_E_SYNTAX;
        }
        if (tag == GC_FIELD_NICK && row->nick) {
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
    const frame_row *row = find(f.type);
    if (row == NULL) {
        return GC_E_NOT_FOUND;
    }
    if (message.len > GC_FRAME_BYTES_MAX) {
        return GC_E_TOO_BIG;
    }
    for (const uint8_t *m = row->members; *m != END; m++) {
        read_member(&r, (enum member) * m, &f);
    }
    if (r.failed || channel != row->channel) {
        return GC_E_SYNTAX;
    }
    int error = check_fixed_part(row, &f);
    if (error == 0) {
        error = read_fields(row, &r, &f);
    }
    if (error == 0) {
        *out = f;
    }
    return error;
}

uint8_t gc_frame_write(const gc_frame *f, gc_writer *w) {
    const frame_row *row = find(f->type);
    gc_assert(row != NULL);
    gc_assert(check_fixed_part(row, f) == 0);
    gc_writer_u8(w, f->type);
    for (const uint8_t *m = row->members; *m != END; m++) {
        write_member(w, (enum member) * m, f);
    }
    if (row->nick && f->has_nick) {
        gc_assert(check_nick(f->nick) == 0);
        gc_writer_u8(w, GC_FIELD_NICK);
        gc_writer_u16(w, (uint16_t)f->nick.len);
        gc_writer_span(w, f->nick);
    }
    return row->channel;
}
