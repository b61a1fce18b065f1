#include "core/base/utf8.h"

#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/base/unicode.h"

#define HIGH_BITS 0x8080808080808080u

/* The bytes of the valid sequence at p, or 0. RFC 3629 4, UTF8-octets; *p >= 0x80. */
static uint32_t sequence(const uint8_t *p, const uint8_t *end) {
    uint8_t first = p[0], low = 0x80, high = 0xbf;
    uint32_t len = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (first < 0xc2 || first > 0xf4 || (uint32_t)(end - p) < len) {
        return 0;
    }
    switch (first) { /* overlong, surrogate, above U+10FFFF: all show in the second byte */
    case 0xe0:
        low = 0xa0;
        break;
    case 0xed:
        high = 0x9f;
        break;
    case 0xf0:
        low = 0x90;
        break;
    case 0xf4:
        high = 0x8f;
        break;
    default:
        break;
    }
    if (p[1] < low || p[1] > high) {
        return 0;
    }
    for (uint32_t i = 2; i < len; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    return len;
}

uint32_t gc_utf8_sequence(const uint8_t *p, const uint8_t *end) {
    gc_assert(p < end);
    return *p < 0x80 ? 1 : sequence(p, end);
}

bool gc_utf8_valid(gc_span text) {
    if (text.len == 0) {
        return true;
    }
    const uint8_t *p = text.data, *end = text.data + text.len;
    while (p < end) {
        while (end - p >= 16) { /* nearly all of what is sent is ASCII */
            uint64_t a, b;
            memcpy(&a, p, 8);
            memcpy(&b, p + 8, 8);
            if (((a | b) & HIGH_BITS) != 0) {
                break;
            }
            p += 16;
        }
        while (p < end && *p < 0x80) {
            p++;
        }
        while (p < end && *p >= 0x80) {
            uint32_t len = sequence(p, end);
            if (len == 0) {
                return false;
            }
            p += len;
        }
    }
    return true;
}

uint32_t gc_utf8_decode(const uint8_t *p, uint32_t len) {
    static const uint8_t first_bits[5] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    gc_assert(len >= 1 && len <= 4);
    uint32_t c = p[0] & first_bits[len];
    for (uint32_t i = 1; i < len; i++) {
        c = c << 6 | (p[i] & 0x3f);
    }
    return c;
}

uint32_t gc_utf8_encode(uint32_t c, uint8_t out[4]) {
    static const uint8_t first_bits[5] = {0, 0, 0xc0, 0xe0, 0xf0};
    uint32_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    gc_assert(c <= 0x10ffff && (c < 0xd800 || c > 0xdfff));
    for (uint32_t i = len - 1; i > 0; i--) {
        out[i] = (uint8_t)(0x80 | (c & 0x3f));
        c >>= 6;
    }
    out[0] = (uint8_t)(first_bits[len] | c);
    return len;
}

/* --- cleaning --------------------------------------------------------------------------------- */

/* Characters that a stranger must not send to a screen: controls, and characters that reorder or
 * break the text around them. Sources: UTS 39 5.4 (bidi controls), Unicode 5.8 (newline
 * characters). */
static bool is_harmful(uint32_t c) {
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x061c || c == 0x200e || c == 0x200f ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

/* Harmful characters that a message may hold all the same: keyboards and address books put these
 * around numbers and times. Marks (U+061C, U+200E, U+200F) are harmless; embeddings and isolates
 * are harmless once they are ended, which only the host sees to, because it knows where on its
 * screen a text ends. */
static bool is_direction(uint32_t c) {
    return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202c) ||
           (c >= 0x2066 && c <= 0x2069);
}

/* Characters that a line drops: harmful ones, and ones that nobody sees. */
static bool is_dropped(uint32_t c) {
    return is_harmful(c) || gc_unicode_is_ignorable(c) || gc_unicode_is_blank(c);
}

uint32_t gc_utf8_clean_line(gc_span text, uint8_t *out, uint32_t size) {
    if (text.len == 0) {
        return 0;
    }
    const uint8_t *p = text.data, *end = text.data + text.len;
    uint32_t at = 0;
    bool gap = false;
    while (p < end) {
        uint32_t len = gc_utf8_sequence(p, end);
        gc_assert(len > 0);
        uint32_t c = gc_utf8_decode(p, len);
        if (gc_unicode_is_space(c)) {
            gap = at > 0; /* written before the next character, so the text never ends with one */
        } else if (!is_dropped(c)) {
            if (len + gap > size - at) {
                break;
            }
            if (gap) {
                out[at++] = ' ';
                gap = false;
            }
            memcpy(out + at, p, len);
            at += len;
        }
        p += len;
    }
    return at;
}

uint32_t gc_utf8_clean_text(gc_span text, uint8_t *out, uint32_t size) {
    static const uint8_t replacement[3] = {0xef, 0xbf, 0xbd}; /* U+FFFD */
    if (text.len == 0) {
        return 0;
    }
    const uint8_t *p = text.data, *end = text.data + text.len;
    uint32_t at = 0;
    while (p < end) {
        uint32_t len = gc_utf8_sequence(p, end);
        gc_assert(len > 0);
        uint32_t c = gc_utf8_decode(p, len), out_len = len;
        const uint8_t *from = p;
        if (c == '\r') {
            len += p + 1 < end && p[1] == '\n';
            from = (const uint8_t *)"\n";
        } else if (c != '\n' && c != '\t' && is_harmful(c) && !is_direction(c)) {
            from = replacement;
            out_len = sizeof replacement;
        }
        if (out_len > size - at) {
            break;
        }
        memcpy(out + at, from, out_len);
        at += out_len;
        p += len;
    }
    return at;
}
