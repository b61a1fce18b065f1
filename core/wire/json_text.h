/* What stands in a JSON text below objects and arrays: strings, numbers, words, white space.
 * Shared by json.c's splitter and token view; others use json.h. */
#ifndef GC_WIRE_JSON_TEXT_H
#define GC_WIRE_JSON_TEXT_H

#include "core/base/span.h"

static inline const uint8_t *gc__json_skip_space(const uint8_t *p, const uint8_t *end) {
    while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')) {
        p++;
    }
    return p;
}

/* p at the opening quote. Returns what is behind the closing one; NULL for no string of RFC 8259 7
 * or no UTF-8. */
const uint8_t *gc__json_skip_string(const uint8_t *p, const uint8_t *end);
/* p at the first byte of a string, number, true, false or null; p < end. Returns what is behind
 * it, or NULL. */
const uint8_t *gc__json_skip_scalar(const uint8_t *p, const uint8_t *end);

/* "inside" is what stands between the quotes of a string that gc__json_skip_string accepted. */

/* Returns 0 or GC_E_TOO_BIG (then out holds a part, and *len is unchanged). */
int gc__json_unescape(gc_span inside, uint8_t *out, uint32_t size, uint32_t *len);
/* True when the inside, unescaped, is this text. */
bool gc__json_string_is(gc_span inside, const char *text);

#endif
