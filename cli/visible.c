#include "cli/visible.h"
#include "core/base/unicode.h"
#include "core/base/utf8.h"
#include "core/wire/json_text.h"

#include <stdio.h>
#include <utf8proc.h>

#define REPLACEMENT 0xfffd
#define ZWNJ        0x200c /* ZERO WIDTH NON-JOINER */
#define ZWJ         0x200d /* ZERO WIDTH JOINER */
#define VS15        0xfe0e /* the picture before it is shown as text; */
#define VS16        0xfe0f /* as a picture */
#define KEYCAP      0x20e3 /* COMBINING ENCLOSING KEYCAP */

static bool in(uint32_t c, uint32_t first, uint32_t last) {
    return c >= first && c <= last;
}

bool gc_visible_is_unsafe(uint32_t c) {
    return c < 0x20 || in(c, 0x7f, 0x9f) || in(c, 0x2028, 0x2029) || in(c, 0xfff9, 0xfffb) ||
           gc_unicode_is_ignorable(c);
}

/* --- unseen characters that are needed -------------------------------------------------------- */

/* Where a character stands: what is before and after it; 0: nothing. */
typedef struct place {
    uint32_t before2, before, c, after;
} place;

static bool is_picture(uint32_t c) {
    return utf8proc_get_property((utf8proc_int32_t)c)->boundclass ==
           UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}

/* A whole picture ends here: with its form or a colour of skin, or without. */
static bool ends_picture(const place *p) {
    return is_picture(p->before) || in(p->before, 0x1f3fb, 0x1f3ff) ||
           (p->before == VS16 && is_picture(p->before2));
}

/* Letters and marks of Arabic, Syriac and the scripts of India and its neighbours, which joiners
 * change. */
static bool is_joined(uint32_t c) {
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
    bool script = in(c, 0x600, 0x109f) || in(c, 0x1780, 0x18af);
    return script && category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_ME &&
           !gc_unicode_is_ignorable(c);
}

/* Tells whether an unseen character changes what is before it, so that writing needs it. */
static bool is_needed(const place *p) {
    switch (p->c) {
    case VS15:
    case VS16:
        return is_picture(p->before) ||
               (p->c == VS16 && p->after == KEYCAP &&
                (in(p->before, '0', '9') || p->before == '#' || p->before == '*'));
    case ZWJ:
        return (ends_picture(p) && is_picture(p->after)) || is_joined(p->before);
    case ZWNJ:
        return is_joined(p->before);
    default: /* forms of Mongolian letters */
        return (in(p->c, 0x180b, 0x180d) || p->c == 0x180f) && in(p->before, 0x1820, 0x18aa);
    }
}

/* The flags of England, Scotland and Wales are a black one and seven characters that nobody sees.
 * Returns the bytes of such a flag at the beginning of text, or 0. Source: UTS 51, RGI emoji tag
 * sequences. */
static uint32_t flag_len(gc_span text) {
    static const char *const places[] = {"gbeng", "gbsct", "gbwls"};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        uint8_t bytes[32];
        uint32_t len = gc_utf8_encode(0x1f3f4, bytes);
        for (const char *at = places[i]; *at != 0; at++) {
            len += gc_utf8_encode(0xe0000 + (uint32_t)*at, bytes + len);
        }
        len += gc_utf8_encode(0xe007f, bytes + len);
        if (gc_span_starts(text, gc_span_of(bytes, len))) {
            return len;
        }
    }
    return 0;
}

/* --- writing ---------------------------------------------------------------------------------- */

/* The character at `at`, 0 at the end; returns its bytes. */
static uint32_t decode(gc_span text, uint32_t at, uint32_t *c) {
    if (at >= text.len) {
        *c = 0;
        return 0;
    }
    uint32_t len = gc_utf8_sequence(text.data + at, text.data + text.len);
    *c = len > 0 ? gc_utf8_decode(text.data + at, len) : REPLACEMENT;
    return len > 0 ? len : 1;
}

/* How an unsafe character is written, and a run of safe ones. */
typedef void (*write_one)(gc_writer *w, uint32_t c, const char *indent);
typedef void (*write_run)(gc_writer *w, gc_span run);

static void walk(gc_writer *w, gc_span text, write_run run, write_one one, const char *indent) {
    place p = {0};
    uint32_t begin = 0;
    for (uint32_t at = 0; at < text.len;) {
        uint32_t next = at + decode(text, at, &p.c);
        decode(text, next, &p.after);
        if (p.c == 0x1f3f4) {
            uint32_t flag = flag_len(gc_span_from(text, at));
            next = flag > 0 ? at + flag : next;
            p.c = flag > 0 ? 0xe007f : p.c;
        } else if (p.c == REPLACEMENT || (gc_visible_is_unsafe(p.c) && !is_needed(&p))) {
            run(w, gc_span_of(text.data + begin, at - begin));
            one(w, p.c, indent);
            begin = next;
        }
        p.before2 = p.before;
        p.before = p.c;
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
