#include "core/wire/json_text.h"

#include "core/base/assert.h"
#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/utf8.h"

/* --- scanning --------------------------------------------------------------------------------- */

#define EACH_BYTE(b) (0x0101010101010101u * (b))

/* Skips the ASCII characters of a string that need no look: all but quote, backslash, controls and
 * bytes above 0x7f. Eight bytes a step; a borrow reaches only bytes after a marked one, so the
 * first mark is exact. */
static const uint8_t *skip_plain(const uint8_t *p, const uint8_t *end) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    for (; end - p >= 8; p += 8) {
        uint64_t x;
        memcpy(&x, p, sizeof x);
        uint64_t marks = x | (x - EACH_BYTE(0x20)) | ((x ^ EACH_BYTE('"')) - EACH_BYTE(1)) |
                         ((x ^ EACH_BYTE('\\')) - EACH_BYTE(1));
        marks &= EACH_BYTE(0x80);
        if (marks != 0) {
            return p + (__builtin_ctzll(marks) >> 3);
        }
    }
#endif
    while (p < end && *p >= 0x20 && *p < 0x80 && *p != '"' && *p != '\\') {
        p++;
    }
    return p;
}

static const uint8_t *skip_digits(const uint8_t *p, const uint8_t *end) {
    while (p < end && *p >= '0' && *p <= '9') {
        p++;
    }
    return p;
}

/* p at a backslash. Returns the end of the escape, or NULL. RFC 8259 7. */
static const uint8_t *skip_escape(const uint8_t *p, const uint8_t *end) {
    if (end - p < 2) {
        return NULL;
    }
    switch (p[1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        return p + 2;
    case 'u':
        if (end - p < 6 || (gc_hex_value(p[2]) | gc_hex_value(p[3]) | gc_hex_value(p[4]) |
                            gc_hex_value(p[5])) < 0) {
            return NULL;
        }
        return p + 6;
    default:
        return NULL;
    }
}

const uint8_t *gc__json_skip_string(const uint8_t *p, const uint8_t *end) {
    gc_assert(p < end && *p == '"');
    for (p++;;) {
        p = skip_plain(p, end);
        if (p == end) {
            return NULL;
        }
        if (*p == '"') {
            return p + 1;
        }
        if (*p == '\\') {
            p = skip_escape(p, end);
            if (p == NULL) {
                return NULL;
            }
        } else {
            uint32_t len = *p < 0x20 ? 0 : gc_utf8_sequence(p, end);
            if (len == 0) {
                return NULL;
            }
            p += len;
        }
    }
}

/* RFC 8259 6. */
static const uint8_t *skip_number(const uint8_t *p, const uint8_t *end) {
    p += *p == '-';
    const uint8_t *digits = p;
    p = skip_digits(p, end);
    if (p == digits || (*digits == '0' && p - digits > 1)) {
        return NULL;
    }
    if (p < end && *p == '.') {
        digits = p + 1;
        p = skip_digits(digits, end);
        if (p == digits) {
            return NULL;
        }
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        p += p < end && (*p == '+' || *p == '-');
        digits = p;
        p = skip_digits(digits, end);
        if (p == digits) {
            return NULL;
        }
    }
    return p;
}

const uint8_t *gc__json_skip_scalar(const uint8_t *p, const uint8_t *end) {
    gc_span word;
    switch (*p) {
    case '"':
        return gc__json_skip_string(p, end);
    case 't':
        word = GC_SPAN("true");
        break;
    case 'f':
        word = GC_SPAN("false");
        break;
    case 'n':
        word = GC_SPAN("null");
        break;
    default:
        return skip_number(p, end);
    }
    bool same = (size_t)(end - p) >= word.len && memcmp(p, word.data, word.len) == 0;
    return same ? p + word.len : NULL;
}

/* --- unescaping ------------------------------------------------------------------------------- */

static uint32_t code_unit(const uint8_t *p) {
    return (uint32_t)(gc_hex_value(p[2]) << 12 | gc_hex_value(p[3]) << 8 | gc_hex_value(p[4]) << 4 |
                      gc_hex_value(p[5]));
}

static uint32_t put_utf8(uint32_t c, uint8_t out[4]) {
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    uint32_t len = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const uint8_t heads[5] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (uint32_t i = len; i-- > 1; c >>= 6) {
        out[i] = (uint8_t)(0x80 | (c & 0x3f));
    }
    out[0] = (uint8_t)(heads[len] | c);
    return len;
}

/* Reads one byte or one escape of "inside", the text between the quotes of a valid string. Returns
 * the number of bytes written. */
static uint32_t take_character(const uint8_t **at, const uint8_t *end, uint8_t out[4]) {
    const uint8_t *p = *at;
    if (*p != '\\') {
        out[0] = *p;
        *at = p + 1;
        return 1;
    }
    if (p[1] != 'u') {
        out[0] = p[1] == 'b'   ? '\b'
                 : p[1] == 'f' ? '\f'
                 : p[1] == 'n' ? '\n'
                 : p[1] == 'r' ? '\r'
                 : p[1] == 't' ? '\t'
                               : p[1];
        *at = p + 2;
        return 1;
    }
    uint32_t c = code_unit(p);
    p += 6;
    if (c >= 0xd800 && c < 0xe000) { /* RFC 8259 7: UTF-16 pairs; 8.2: a half may occur alone */
        bool pair = c < 0xdc00 && end - p >= 6 && p[0] == '\\' && p[1] == 'u' &&
                    code_unit(p) >= 0xdc00 && code_unit(p) < 0xe000;
        if (pair) {
            c = 0x10000 + ((c - 0xd800) << 10) + (code_unit(p) - 0xdc00);
            p += 6;
        } else {
            c = 0xfffd;
        }
    }
    *at = p;
    return put_utf8(c, out);
}

int gc__json_unescape(gc_span text, uint8_t *out, uint32_t size, uint32_t *len) {
    const uint8_t *p = text.data, *end = text.data + text.len;
    uint32_t at = 0;
    while (p < end) {
        const uint8_t *run_end = skip_plain(p, end);
        uint32_t run = (uint32_t)(run_end - p);
        if (run > size - at) {
            return GC_E_TOO_BIG;
        }
        memcpy(out + at, p, run);
        at += run;
        p = run_end;
        if (p < end) {
            uint8_t character[4];
            uint32_t n = take_character(&p, end, character);
            if (n > size - at) {
                return GC_E_TOO_BIG;
            }
            memcpy(out + at, character, n);
            at += n;
        }
    }
    *len = at;
    return 0;
}

bool gc__json_string_is(gc_span inside, const char *text) {
    const uint8_t *p = inside.data, *end = inside.data + inside.len;
    while (p < end) {
        uint8_t character[4];
        uint32_t n = take_character(&p, end, character);
        for (uint32_t i = 0; i < n; i++, text++) {
            if (*text == '\0' || (uint8_t)*text != character[i]) {
                return false;
            }
        }
    }
    return *text == '\0';
}

int gc_json_unescape(gc_span raw, uint8_t *out, uint32_t size, uint32_t *len) {
    if (raw.len < 2 || raw.data[0] != '"' ||
        gc__json_skip_string(raw.data, raw.data + raw.len) != raw.data + raw.len) {
        return GC_E_ARGUMENT;
    }
    return gc__json_unescape(gc_span_of(raw.data + 1, raw.len - 2), out, size, len);
}

/* --- writing ---------------------------------------------------------------------------------- */

static void write_escape(gc_writer *w, uint8_t c) {
    char letter = c == '\b'               ? 'b'
                  : c == '\f'             ? 'f'
                  : c == '\n'             ? 'n'
                  : c == '\r'             ? 'r'
                  : c == '\t'             ? 't'
                  : c == '"' || c == '\\' ? (char)c
                                          : 'u';
    uint8_t escape[6] = {'\\', (uint8_t)letter, '0', '0', gc_hex_digit(c >> 4), gc_hex_digit(c)};
    gc_writer_bytes(w, escape, letter == 'u' ? 6 : 2);
}

void gc_json_write_string(gc_writer *w, gc_span text) {
    gc_writer_u8(w, '"');
    for (uint32_t at = 0; at < text.len;) {
        const uint8_t *run = text.data + at, *end = text.data + text.len;
        const uint8_t *p = skip_plain(run, end);
        while (p < end && *p >= 0x80) {
            p++;
        }
        gc_writer_bytes(w, run, (uint32_t)(p - run));
        at += (uint32_t)(p - run);
        if (p == run) {
            write_escape(w, *p);
            at++;
        }
    }
    gc_writer_u8(w, '"');
}
