/* JSON text: the parts of a JSON text (RFC 8259) below objects and arrays: strings, numbers, words,
 * white space. This file knows no messages and no tokens; json.h is built on it. */
#ifndef GC_WIRE_JSON_TEXT_H
#define GC_WIRE_JSON_TEXT_H

#include "core/base/writer.h"

/* Unescapes raw, a JSON string with its quotes, to UTF-8 in out, which has room for size bytes (a
 * lone surrogate becomes U+FFFD); raw.len - 2 is always enough. Returns 0 and sets *len;
 * GC_E_ARGUMENT when raw is anything else, valid JSON or not; GC_E_TOO_BIG when the result is
 * longer than size: out then holds a part of it, and *len is unchanged. */
int gc_json_unescape(gc_span raw, uint8_t *out, uint32_t size, uint32_t *len);
/* Writes text as a string with quotes: quote, backslash and C0 escaped, all else as it is, so text
 * must be valid UTF-8. At most 6 * text.len + 2 bytes; w->failed when they do not fit. */
void gc_json_write_string(gc_writer *w, gc_span text);

/* --- for json.c ------------------------------------------------------------------------------- */

/* Returns the first byte from p on that is not white space; end when there is none. */
static inline const uint8_t *gc__json_skip_space(const uint8_t *p, const uint8_t *end) {
    while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')) {
        p++;
    }
    return p;
}

/* Skips the string whose opening quote is at p. Returns the position after the closing one; NULL
 * when it is not a string of RFC 8259 7, or not UTF-8. */
const uint8_t *gc__json_skip_string(const uint8_t *p, const uint8_t *end);
/* Skips the string, number, true, false or null whose first byte is at p; p < end. Returns the
 * position after it, or NULL when it is none of them. */
const uint8_t *gc__json_skip_scalar(const uint8_t *p, const uint8_t *end);

/* "inside" is the text between the quotes of a string that gc__json_skip_string accepted. */

/* Unescapes inside into out as gc_json_unescape() does. Returns 0 and sets *len, or GC_E_TOO_BIG.
 */
int gc__json_unescape(gc_span inside, uint8_t *out, uint32_t size, uint32_t *len);
/* Tells whether inside, unescaped, is text (which ends with NUL). */
bool gc__json_string_is(gc_span inside, const char *text);

#endif
