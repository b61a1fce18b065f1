#include "core/wire/room_name.h"
#include "core/base/ascii.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/unicode.h"
#include "core/base/utf8.h"

/* "1." and this many digits of base64url are a secret, even if a few of its 43 got lost. */
#define SECRET_DIGITS 38

/* --- folding ---------------------------------------------------------------------------------- */

/* The form that is being written: `last` is its last character, 0 at the beginning. */
typedef struct form {
    uint8_t *out;
    uint32_t len;
    uint32_t size;
    uint32_t last;
    bool gap; /* white space, written before the next character */
    bool full;
} form;

static bool is_apostrophe(uint32_t c) {
    return (c >= 0x02bb && c <= 0x02bd) || c == 0x055a || c == 0x05f3 || c == 0x2018 ||
           c == 0x2019 || c == 0x201b || c == 0x2032 || c == 0xa78c;
}

static bool is_quotation_mark(uint32_t c) {
    return c == 0x05f4 || (c >= 0x201c && c <= 0x201f);
}

static bool is_dash(uint32_t c) {
    return c == 0x058a || c == 0x05be || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 ||
           c == 0x2e3a || c == 0x2e3b;
}

/* Returns the plain form of a character that keyboards write in many forms. */
static uint32_t plain(uint32_t c) {
    return is_apostrophe(c)       ? '\''
           : is_quotation_mark(c) ? '"'
           : is_dash(c)           ? '-'
           : c == 0x0131          ? 'i' /* dotless */
                                  : c;
}

static void write(form *f, uint32_t c) {
    uint8_t bytes[4];
    uint32_t len = gc_utf8_encode(c, bytes);
    if (len > f->size - f->len) {
        f->full = true;
        return;
    }
    memcpy(f->out + f->len, bytes, len);
    f->len += len;
    f->last = c;
}

static void put(form *f, uint32_t c) {
    if (f->gap) {
        f->gap = false;
        write(f, ' ');
    }
    /* The dot of a capital I with a dot; and a dash that was typed as two hyphens. */
    bool merged = (c == 0x0307 && f->last == 'i') || (c == '-' && f->last == '-');
    if (!merged) {
        write(f, c);
    }
}

/* One pass over valid UTF-8. Returns 0 and the bytes written, or GC_E_TOO_BIG. */
static int fold(gc_span text, uint8_t *out, uint32_t size, uint32_t *len) {
    form f = {.out = out, .size = size};
    const uint8_t *p = text.data;
    const uint8_t *end =
        text.len > 0 ? text.data + text.len : p; /* data may be NULL without text */
    while (p < end && !f.full) {
        uint32_t folded[GC_UNICODE_FOLD_MAX], bytes = gc_utf8_sequence(p, end);
        uint32_t c = gc_utf8_decode(p, bytes);
        p += bytes;
        if (gc_unicode_is_space(c)) {
            f.gap = f.len > 0;
        } else if (!gc_unicode_is_ignorable(c)) {
            uint32_t count = gc_unicode_fold(c, folded);
            for (uint32_t i = 0; i < count; i++) {
                put(&f, plain(folded[i]));
            }
        }
    }
    *len = f.len;
    return f.full ? GC_E_TOO_BIG : 0;
}

/* --- texts that are not names ----------------------------------------------------------------- */

static bool is_secret_digit(uint8_t c) {
    return gc_ascii_is_alphanumeric(c) || c == '-' || c == '_';
}

/* A secret that was pasted, with whatever text around it, must not become the name of an open room:
 * the server, the window's title and the history would get it. */
static bool has_secret(gc_span s) {
    uint32_t digits = 0; /* after the last "1." */
    bool in_secret = false;
    for (uint32_t i = 0; i < s.len; i++) {
        if (s.data[i] == '.' && i > 0 && s.data[i - 1] == '1') {
            in_secret = true;
            digits = 0;
        } else if (!in_secret || !is_secret_digit(s.data[i])) {
            in_secret = false;
        } else if (++digits >= SECRET_DIGITS) {
            return true;
        }
    }
    return false;
}

/* Browsers resolve the first two in a path, escaped or not, and a slash at the end is cut: no link
 * could carry them. */
static bool is_path(gc_span s) {
    uint32_t slashes = 0;
    while (slashes < s.len && s.data[slashes] == '/') {
        slashes++;
    }
    return slashes == s.len || gc_span_equal(s, GC_SPAN(".")) || gc_span_equal(s, GC_SPAN(".."));
}

static bool has_address(gc_span s) {
    for (uint32_t i = 0; i + 3 <= s.len; i++) {
        if (gc_span_starts(gc_span_from(s, i), GC_SPAN("://"))) {
            return true;
        }
    }
    return false;
}

/* Tells whether a text has the form N-NNN-NNNN: a code by which two people meet, read out or typed.
 */
static bool is_short_code(gc_span s) {
    uint32_t digits[3] = {0, 0, 0}, group = 0;
    for (const uint8_t *p = s.data, *end = p + s.len; p < end;) {
        uint32_t len = gc_utf8_sequence(p, end), c = gc_utf8_decode(p, len);
        p += len;
        if (gc_unicode_is_digit(c)) {
            digits[group]++;
        } else if (c != '-' || ++group > 2) {
            return false;
        }
    }
    return group == 2 && digits[0] >= 1 && digits[0] <= 5 && digits[1] == 3 && digits[2] == 4;
}

static bool is_control(uint32_t c) {
    return c < 0x20 || (c >= 0x7f && c <= 0x9f);
}

/* A control character, or nothing that can be seen. */
static bool is_unseen(gc_span s) {
    bool seen = false;
    for (const uint8_t *p = s.data, *end = p + s.len; p < end;) {
        uint32_t len = gc_utf8_sequence(p, end), c = gc_utf8_decode(p, len);
        p += len;
        if (is_control(c)) {
            return true;
        }
        seen = seen || (c != ' ' && !gc_unicode_is_blank(c));
    }
    return !seen;
}

static bool is_no_name(gc_span s) {
    return is_unseen(s) || is_path(s) || has_address(s) || has_secret(s) || is_short_code(s);
}

/* Tells whether every version of Unicode gives this text the same NFKC. Ignorable characters are
 * dropped, so they do not matter. */
static bool is_known(gc_span s) {
    for (const uint8_t *p = s.data, *end = p + s.len; p < end;) {
        uint32_t len = gc_utf8_sequence(p, end), c = gc_utf8_decode(p, len);
        p += len;
        if (!gc_unicode_is_known(c) && !gc_unicode_is_ignorable(c)) {
            return false;
        }
    }
    return true;
}

int gc_room_name_check(gc_span typed) {
    uint8_t folded[GC_ROOM_NAME_WORK_BYTES];
    uint32_t len = 0;
    if (typed.len == 0) {
        return GC_E_SYNTAX;
    }
    if (typed.len > GC_ROOM_NAME_BYTES_MAX) {
        return GC_E_TOO_BIG;
    }
    if (!gc_utf8_valid(typed)) {
        return GC_E_UTF8;
    }
    if (has_secret(typed) || !is_known(typed)) {
        return GC_E_SYNTAX;
    }
    int error = fold(typed, folded, sizeof folded, &len);
    return error == 0 && is_no_name(gc_span_of(folded, len)) ? GC_E_SYNTAX : error;
}

/* --- rounds ----------------------------------------------------------------------------------- */

int gc_room_name_begin(gc_room_name *n, gc_span typed) {
    memset(n, 0, sizeof *n);
    int error = gc_room_name_check(typed);
    if (error == 0) {
        memcpy(n->typed, typed.data, typed.len);
        memcpy(n->text, typed.data, typed.len);
        n->typed_len = n->text_len = typed.len;
        n->step = GC_ROOM_NAME_ASKING;
    }
    return error;
}

/* The text of n changes no more. */
static int finish(gc_room_name *n) {
    if (n->text_len > GC_ROOM_CANONICAL_BYTES_MAX) {
        return GC_E_TOO_BIG;
    }
    if (is_no_name(gc_room_name_text(n))) {
        return GC_E_SYNTAX;
    }
    n->step = GC_ROOM_NAME_DONE;
    return 0;
}

static int round_of(gc_room_name *n, gc_span nfkc) {
    uint8_t folded[GC_ROOM_NAME_WORK_BYTES];
    uint32_t len = 0;
    if (!gc_utf8_valid(nfkc)) {
        return GC_E_UTF8;
    }
    if (has_secret(nfkc)) {
        return GC_E_SYNTAX;
    }
    int error = fold(nfkc, folded, sizeof folded, &len);
    if (error != 0) {
        return error;
    }
    bool same = gc_span_equal(gc_span_of(folded, len), gc_room_name_text(n));
    memcpy(n->text, folded, len);
    n->text_len = len;
    if (same) {
        return finish(n);
    }
    return ++n->rounds < GC_ROOM_NAME_ROUNDS_MAX ? 0 : GC_E_SYNTAX;
}

int gc_room_name_answer(gc_room_name *n, gc_span nfkc) {
    gc_assert(n->step == GC_ROOM_NAME_ASKING);
    int error = round_of(n, nfkc);
    if (error != 0) {
        memset(n, 0, sizeof *n);
    }
    return error;
}

bool gc_room_name_is_done(const gc_room_name *n) {
    return n->step == GC_ROOM_NAME_DONE;
}

gc_span gc_room_name_text(const gc_room_name *n) {
    return gc_span_of(n->text, n->text_len);
}

gc_span gc_room_name_typed(const gc_room_name *n) {
    return gc_span_of(n->typed, n->typed_len);
}
