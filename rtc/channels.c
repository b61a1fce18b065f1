#include "rtc/channels.h"

#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/wire/frame.h"

_Static_assert(GC_CHANNEL_CONTROL == 0 && GC_CHANNEL_MESSAGE == 1, "streams are channels");

void gc_channels_init(gc_channels *c, uint32_t kind, uint32_t message_bytes_max) {
    *c = (gc_channels){.kind = (uint8_t)kind, .message_bytes_max = message_bytes_max};
}

void gc_channels_offer(gc_channels *c, gc_span label) {
    gc_assert(label.len <= GC_CHANNELS_LABEL_BYTES_MAX);
    c->opens = true;
    c->label_len = (uint8_t)label.len;
    if (label.len > 0) {
        memcpy(c->label, label.data, label.len);
    }
}

void gc_channels_shape(gc_channels *c, const gc_dcep_form *form) {
    c->form = *form;
}

void gc_channels_settle(gc_channels *c, uint32_t kind) {
    gc_assert(kind == GC_LINK_KIND_NATIVE || kind == GC_LINK_KIND_DATA);
    c->kind = (uint8_t)kind;
}

static gc_channels_event ended(uint32_t reason) {
    return (gc_channels_event){.type = GC_CHANNELS_EVENT_ENDED, .reason = reason};
}

static gc_channels_event opened(gc_channels *c) {
    c->open = true;
    return (gc_channels_event){.type = GC_CHANNELS_EVENT_OPENED};
}

/* --- DCEP ------------------------------------------------------------------------------------- */

/* RFC 8832 6: OPEN and ACK are sent in order, whatever the channel is. */
static int send_dcep(gc_channels *c, gc_sctp *sctp, uint64_t now_ms, const gc_writer *w) {
    gc_sctp_message m = {.bytes = gc_writer_done(w), .ppid = GC_PPID_DCEP, .stream = c->stream};
    return gc_sctp_send(sctp, now_ms, &m);
}

static gc_channels_event open_in_band(gc_channels *c, gc_sctp *sctp, uint64_t now_ms) {
    uint8_t bytes[GC_DCEP_OPEN_HEAD_BYTES + GC_CHANNELS_LABEL_BYTES_MAX];
    gc_writer w;
    gc_writer_init(&w, bytes, sizeof bytes);
    gc_dcep_write_open(&(gc_dcep_open){.form = c->form,
                                       .priority = GC_DCEP_PRIORITY,
                                       .label = gc_span_of(c->label, c->label_len)},
                       &w);
    c->stream = c->client ? 0 : 1;
    c->adopted = true;
    return send_dcep(c, sctp, now_ms, &w) == 0 ? opened(c) : ended(GC_REASON_GONE);
}

static gc_channels_event acknowledge(gc_channels *c, gc_sctp *sctp, uint64_t now_ms) {
    uint8_t bytes[GC_DCEP_ACK_BYTES];
    gc_writer w;
    gc_writer_init(&w, bytes, sizeof bytes);
    gc_dcep_write_ack(&w);
    return send_dcep(c, sctp, now_ms, &w) == 0 ? opened(c) : ended(GC_REASON_GONE);
}

/* Closes our direction of a stream; RESET_OUT follows unless the association is down. */
static void reset(gc_channels *c, gc_sctp *sctp, uint64_t now_ms, uint16_t stream) {
    if (gc_sctp_reset(sctp, now_ms, stream) == 0) {
        c->resets++;
    }
}

static gc_channels_event on_surplus(gc_channels *c, gc_sctp *sctp, uint64_t now_ms,
                                    uint16_t stream) {
    c->surplus++;
    if (c->surplus > GC_CHANNELS_SURPLUS_MAX) {
        return ended(GC_REASON_PROTOCOL);
    }
    reset(c, sctp, now_ms, stream);
    return (gc_channels_event){0};
}

/* RFC 8832 6: streams of the DTLS client are even, those of the server odd. */
static bool is_theirs(const gc_channels *c, uint16_t stream) {
    return (stream % 2 == 0) != c->client;
}

static bool is_native(const gc_channels *c, uint16_t stream) {
    return c->kind == GC_LINK_KIND_NATIVE && stream < GC_CHANNELS_NATIVE;
}

static gc_channels_event on_open(gc_channels *c, gc_sctp *sctp, uint64_t now_ms,
                                 const gc_sctp_message *m) {
    gc_dcep_open open;
    if (gc_dcep_parse_open(m->bytes, &open) != 0 || is_native(c, m->stream)) {
        return ended(GC_REASON_PROTOCOL);
    }
    bool wanted = c->kind == GC_LINK_KIND_DATA && !c->adopted && is_theirs(c, m->stream);
    if (!wanted) {
        return on_surplus(c, sctp, now_ms, m->stream);
    }
    c->stream = m->stream;
    c->adopted = true;
    c->answered = true;
    c->form = open.form;
    return acknowledge(c, sctp, now_ms);
}

static gc_channels_event on_dcep(gc_channels *c, gc_sctp *sctp, uint64_t now_ms,
                                 const gc_sctp_message *m) {
    return gc_dcep_is_ack(m->bytes) ? (gc_channels_event){0} : on_open(c, sctp, now_ms, m);
}

/* --- messages --------------------------------------------------------------------------------- */

/* RFC 8831 6.6: an empty message came as one byte, which is not looked at. */
static gc_span content(const gc_sctp_message *m) {
    bool empty = m->ppid == GC_PPID_BINARY_EMPTY || m->ppid == GC_PPID_TEXT_EMPTY;
    return empty ? GC_SPAN_NONE : m->bytes;
}

static gc_channels_event on_native(const gc_channels *c, const gc_sctp_message *m) {
    bool binary = m->ppid == GC_PPID_BINARY || m->ppid == GC_PPID_BINARY_EMPTY;
    if (!binary || m->bytes.len > c->message_bytes_max) {
        return ended(GC_REASON_PROTOCOL);
    }
    return (gc_channels_event){
        .type = GC_CHANNELS_EVENT_MESSAGE, .channel = m->stream, .bytes = content(m)};
}

static gc_channels_event on_in_band(const gc_sctp_message *m) {
    bool binary = m->ppid == GC_PPID_BINARY || m->ppid == GC_PPID_BINARY_EMPTY;
    bool text = m->ppid == GC_PPID_TEXT || m->ppid == GC_PPID_TEXT_EMPTY;
    if (!binary && !text) {
        return ended(GC_REASON_PROTOCOL);
    }
    gc_span bytes = content(m);
    if (bytes.len > GC_CHANNELS_DATA_BYTES_MAX) {
        bytes.len = GC_CHANNELS_DATA_BYTES_MAX;
    }
    return (gc_channels_event){.type = GC_CHANNELS_EVENT_MESSAGE,
                               .channel = binary ? GC_CHANNEL_DATA_BYTES : GC_CHANNEL_DATA_TEXT,
                               .bytes = bytes};
}

gc_channels_event gc_channels_message(gc_channels *c, gc_sctp *sctp, uint64_t now_ms,
                                      const gc_sctp_message *m) {
    c->answered = c->answered || (c->adopted && m->stream == c->stream);
    if (m->ppid == GC_PPID_DCEP) {
        return on_dcep(c, sctp, now_ms, m);
    }
    if (is_native(c, m->stream)) {
        return on_native(c, m);
    }
    if (c->kind == GC_LINK_KIND_DATA && c->adopted && m->stream == c->stream) {
        return on_in_band(m);
    }
    return (gc_channels_event){0}; /* on a channel that is being closed */
}

gc_channels_event gc_channels_up(gc_channels *c, gc_sctp *sctp, uint64_t now_ms, bool client) {
    c->client = client;
    if (c->kind == GC_LINK_KIND_NATIVE) {
        return opened(c);
    }
    return c->opens ? open_in_band(c, sctp, now_ms) : (gc_channels_event){0};
}

/* RFC 8831 6.7: the other direction is closed in return, by the end of the link. Messages of the
 * one negotiated channel may still be under way when the other one is closed. A channel too many
 * was closed when it came: to close it once more would be answered once more. */
gc_channels_event gc_channels_reset_in(gc_channels *c, uint16_t stream) {
    if (is_native(c, stream)) {
        c->closed_in |= (uint8_t)(1u << stream);
        bool all = c->closed_in == (1u << GC_CHANNELS_NATIVE) - 1;
        return all ? ended(GC_REASON_GONE) : (gc_channels_event){0};
    }
    if (c->kind == GC_LINK_KIND_DATA && c->adopted && stream == c->stream) {
        return ended(GC_REASON_LEFT);
    }
    return (gc_channels_event){0};
}

void gc_channels_reset_out(gc_channels *c) {
    if (c->resets > 0) {
        c->resets--;
    }
}

/* RFC 8832 6: until something comes, the opener sends all in order. RFC 8831 6.1: a message that is
 * never sent again is sent once; one that lives for 0 ms may go out at once. */
static void shape(const gc_channels *c, gc_sctp_message *m) {
    m->unordered = c->form.unordered && c->answered;
    if (c->form.limit == GC_DCEP_RETRANSMITS && c->form.reliability < UINT32_MAX) {
        m->tries_max = c->form.reliability + 1;
    } else if (c->form.limit == GC_DCEP_LIFETIME_MS) {
        m->lifetime_ms = c->form.reliability > 0 ? c->form.reliability : 1;
    }
}

int gc_channels_send(gc_channels *c, gc_sctp *sctp, uint64_t now_ms, uint32_t channel,
                     gc_span message) {
    bool in_band = channel == GC_CHANNEL_DATA_BYTES || channel == GC_CHANNEL_DATA_TEXT;
    bool data = c->kind == GC_LINK_KIND_DATA;
    if (in_band != data || (!in_band && channel >= GC_CHANNELS_NATIVE)) {
        return GC_E_ARGUMENT;
    }
    if (!c->open) {
        return GC_E_STATE;
    }
    static const uint8_t zero[1];
    bool text = channel == GC_CHANNEL_DATA_TEXT, empty = message.len == 0;
    gc_sctp_message m = {.bytes = empty ? gc_span_of(zero, 1) : message};
    if (text) {
        m.ppid = empty ? GC_PPID_TEXT_EMPTY : GC_PPID_TEXT;
    } else {
        m.ppid = empty ? GC_PPID_BINARY_EMPTY : GC_PPID_BINARY;
    }
    m.stream = data ? c->stream : (uint16_t)channel;
    if (data) {
        shape(c, &m);
    } else {
        m.unordered = channel == GC_CHANNEL_MESSAGE;
    }
    return gc_sctp_send(sctp, now_ms, &m);
}

void gc_channels_close(gc_channels *c, gc_sctp *sctp, uint64_t now_ms) {
    c->open = false;
    if (c->kind == GC_LINK_KIND_NATIVE) {
        reset(c, sctp, now_ms, GC_CHANNEL_CONTROL);
        reset(c, sctp, now_ms, GC_CHANNEL_MESSAGE);
    } else if (c->adopted) {
        reset(c, sctp, now_ms, c->stream);
    }
}

bool gc_channels_closed(const gc_channels *c) {
    return !c->open && c->resets == 0;
}
