/* Letters and digits of ASCII, of which the grammars of most texts on the wire are made (RFC 5234
 * B.1: ALPHA, DIGIT, HEXDIG). Bytes from 0x80 on are none of them. */
#ifndef GC_BASE_ASCII_H
#define GC_BASE_ASCII_H

#include "core/base/span.h"

/* Returns a capital as its small letter, any other byte as it is. */
static inline uint8_t gc_ascii_lower(uint8_t c) {
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

/* Returns true for 0 to 9. */
static inline bool gc_ascii_is_digit(uint8_t c) {
    return c >= '0' && c <= '9';
}

/* Returns true for a letter of either case. */
static inline bool gc_ascii_is_letter(uint8_t c) {
    return gc_ascii_lower(c) >= 'a' && gc_ascii_lower(c) <= 'z';
}

/* Returns true for a letter of either case and for a digit. */
static inline bool gc_ascii_is_alphanumeric(uint8_t c) {
    return gc_ascii_is_digit(c) || gc_ascii_is_letter(c);
}

/* Returns true for a digit of a hexadecimal number, in either case. */
static inline bool gc_ascii_is_hex(uint8_t c) {
    return gc_ascii_is_digit(c) || (gc_ascii_lower(c) >= 'a' && gc_ascii_lower(c) <= 'f');
}

/* Returns true when text is `lower`, which has no capitals, in any case. */
static inline bool gc_ascii_is_word(gc_span text, gc_span lower) {
    bool same = text.len == lower.len;
    for (uint32_t i = 0; same && i < text.len; i++) {
        same = gc_ascii_lower(text.data[i]) == lower.data[i];
    }
    return same;
}

/* Takes the word up to the next space off the front of *rest, and that space; empty when *rest is,
 * or begins with a space. */
static inline gc_span gc_ascii_take_word(gc_span *rest) {
    uint32_t end = gc_span_find(*rest, 0, ' ');
    gc_span word = gc_span_of(rest->data, end);
    *rest = gc_span_from(*rest, end < rest->len ? end + 1 : end);
    return word;
}

#endif
