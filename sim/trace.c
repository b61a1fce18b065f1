#include "sim/trace.h"
#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/gc_client.h"
#include "core/gc_server.h"
#include "sim/events.h"

void sim_trace_init(sim_trace *t, uint64_t seed) {
    t->hash = sim_mix(seed + 1);
    t->count = 0;
}

static uint64_t add(uint64_t h, uint64_t v) {
    h = (h ^ v) * 0x9fb21c651e98df25u;
    return h ^ h >> 32;
}

static uint64_t add_bytes(uint64_t h, gc_span s) {
    uint32_t at = 0;
    for (; at + 8 <= s.len; at += 8) {
        uint64_t v;
        memcpy(&v, s.data + at, 8); /* little endian on every machine that runs this */
        h = add(h, v);
    }
    uint64_t tail = 0;
    for (; at < s.len; at++) {
        tail = tail << 8 | s.data[at];
    }
    return add(add(h, tail), s.len);
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the hash reads words as little endian");

void sim_trace_add(sim_trace *t, const sim_trace_line *line, gc_span bytes) {
    uint64_t h = add(add(t->hash, line->at_ms), (uint64_t)line->node << 32 | line->mark);
    h = add(add(h, (uint64_t)line->a << 32 | line->b), line->number);
    t->hash = add_bytes(h, bytes);
    sim_trace_line *kept = &t->lines[t->count % SIM_TRACE_LINES];
    *kept = *line;
    kept->len = bytes.len;
    if (bytes.len > 0) {
        memcpy(kept->bytes, bytes.data, bytes.len < SIM_TRACE_SHOWN ? bytes.len : SIM_TRACE_SHOWN);
    }
    t->count++;
    if (t->print != NULL) {
        uint8_t text[SIM_TRACE_LINE_BYTES];
        gc_writer w;
        gc_writer_init(&w, text, sizeof text);
        sim_trace_write(t, t->count - 1, &w);
        t->print(t->context, gc_writer_done(&w));
    }
}

static const char *client_word(uint32_t type) {
    static const char *const words[] = {"nothing",
                                        "signaling-connect",
                                        "signaling-send",
                                        "signaling-close",
                                        "ice-servers",
                                        "offer",
                                        "answer",
                                        "remote",
                                        "candidate",
                                        "send",
                                        "close",
                                        "state",
                                        "peer",
                                        "message",
                                        "gap",
                                        "delivered",
                                        "undelivered",
                                        "sendable"};
    return type < sizeof words / sizeof words[0] ? words[type] : "client-output";
}

static const char *word_of(uint32_t mark) {
    static const char *const server[] = {"idle",   "server-write",    "server-close",  "pause",
                                         "resume", "server-datagram", "server-measure"};
    static const char *const rtc[] = {"nothing",   "send-datagram", "multicast",    "description",
                                      "candidate", "opened",        "link-message", "buffered",
                                      "path",      "closed"};
    switch (mark) {
#define X(name, value, word)                                                                       \
    case value:                                                                                    \
        return word;
        SIM_MARKS(X)
#undef X
    default:
        break;
    }
    if (mark >= SIM_MARK_RTC) {
        return rtc[(mark - SIM_MARK_RTC) % 10];
    }
    if (mark >= SIM_MARK_SERVER) {
        return server[(mark - SIM_MARK_SERVER) % 7];
    }
    return mark >= SIM_MARK_CLIENT ? client_word(mark - SIM_MARK_CLIENT) : sim_event_word(mark);
}

/* Payloads are shown as text; what is no printable ASCII as a dot. */
static void write_bytes(const sim_trace_line *l, gc_writer *w) {
    uint32_t shown = l->len < SIM_TRACE_SHOWN ? l->len : SIM_TRACE_SHOWN;
    for (uint32_t i = 0; i < shown; i++) {
        gc_writer_u8(w, l->bytes[i] >= 0x20 && l->bytes[i] < 0x7f ? l->bytes[i] : '.');
    }
    if (l->len > shown) {
        gc_writer_text(w, "... ");
        gc_writer_decimal(w, l->len);
        gc_writer_text(w, " B");
    }
}

static void write_id(uint32_t v, gc_writer *w) {
    gc_writer_u8(w, ' ');
    if (v == UINT32_MAX) {
        gc_writer_u8(w, '-');
    } else {
        gc_writer_decimal(w, v);
    }
}

void sim_trace_write(const sim_trace *t, uint64_t i, gc_writer *w) {
    gc_assert(i < t->count && i + SIM_TRACE_LINES >= t->count);
    const sim_trace_line *l = &t->lines[i % SIM_TRACE_LINES];
    gc_writer_decimal(w, l->at_ms);
    gc_writer_text(w, l->node == SIM_NO_NODE ? " -" : " n");
    if (l->node != SIM_NO_NODE) {
        gc_writer_decimal(w, l->node);
    }
    gc_writer_u8(w, ' ');
    gc_writer_text(w, word_of(l->mark));
    write_id(l->a, w);
    write_id(l->b, w);
    gc_writer_u8(w, ' ');
    gc_writer_decimal(w, l->number);
    if (l->len > 0) {
        gc_writer_u8(w, ' ');
        write_bytes(l, w);
    }
}
