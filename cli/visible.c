#include "cli/visible.h"
#include "core/base/utf8.h"
#include "core/wire/json_text.h"

#include <stdio.h>

#define REPLACEMENT 0xfffd

static bool in(uint32_t c, uint32_t first, uint32_t last) {
    return c >= first && c <= last;
}

bool gc_visible_is_unsafe(uint32_t c) {
    return c < 0x20 || in(c, 0x7f, 0x9f) || c == 0x061c || in(c, 0x200e, 0x200f) ||
           in(c, 0x2028, 0x202e) || in(c, 0x2066, 0x206f) || c == 0xfeff || in(c, 0xfff9, 0xfffb) ||
           in(c, 0xe0000, 0xe007f);
}

/* How an unsafe character is written, and a run of safe ones. */
typedef void (*write_one)(gc_writer *w, uint32_t c, const char *indent);
typedef void (*write_run)(gc_writer *w, gc_span run);

static void walk(gc_writer *w, gc_span text, write_run run, write_one one, const char *indent) {
    const uint8_t *end = text.data + text.len;
    uint32_t begin = 0;
    for (uint32_t at = 0; at < text.len;) {
        uint32_t len = gc_utf8_sequence(text.data + at, end);
        uint32_t c = len > 0 ? gc_utf8_decode(text.data + at, len) : REPLACEMENT;
        uint32_t next = at + (len > 0 ? len : 1);
        if (len == 0 || gc_visible_is_unsafe(c)) {
            run(w, gc_span_of(text.data + begin, at - begin));
            one(w, c, indent);
            begin = next;
        }
        at = next;
    }
    run(w, gc_span_from(text, begin));
}

static void spell_out(gc_writer *w, uint32_t c, const char *indent) {
    char text[16];
    if (indent != NULL && c == '\t') {
        gc_writer_u8(w, '\t');
    } else if (indent != NULL && c == '\n') {
        gc_writer_u8(w, '\n');
        gc_writer_text(w, indent);
    } else if (c == REPLACEMENT) {
        gc_writer_text(w, "\xef\xbf\xbd");
    } else {
        snprintf(text, sizeof text, "<U+%04X>", (unsigned)c);
        gc_writer_text(w, text);
    }
}

void gc_visible_write(gc_writer *w, gc_span text, const char *indent) {
    walk(w, text, gc_writer_span, spell_out, indent);
}

/* RFC 8259 7: characters above U+FFFF are escaped as two surrogates. */
static void escape(gc_writer *w, uint32_t c, const char *indent) {
    char text[16];
    (void)indent;
    if (c > 0xffff) {
        snprintf(text, sizeof text, "\\u%04x\\u%04x", (unsigned)(0xd800 + ((c - 0x10000) >> 10)),
                 (unsigned)(0xdc00 + (c & 0x3ff)));
    } else {
        snprintf(text, sizeof text, "\\u%04x", (unsigned)c);
    }
    gc_writer_text(w, text);
}

/* The inside of a JSON string: written with its quotes, which are taken off again. */
static void write_json_run(gc_writer *w, gc_span run) {
    uint32_t at = w->at;
    gc_json_write_string(w, run);
    if (!w->failed) {
        uint32_t len = w->at - at - 2;
        for (uint32_t i = 0; i < len; i++) {
            w->data[at + i] = w->data[at + i + 1];
        }
        w->at -= 2;
    }
}

void gc_visible_write_json(gc_writer *w, gc_span text) {
    gc_writer_u8(w, '"');
    walk(w, text, write_json_run, escape, NULL);
    gc_writer_u8(w, '"');
}
