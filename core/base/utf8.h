/* UTF-8 (RFC 3629): validity, and what may be shown of a stranger's text. */
#ifndef GC_BASE_UTF8_H
#define GC_BASE_UTF8_H

#include "core/base/span.h"

/* Returns true when all bytes are valid UTF-8: no overlong form, no surrogate, nothing above
 * U+10FFFF. */
bool gc_utf8_valid(gc_span text);

/* Returns the length (1..4) of the valid character at p, or 0 when the bytes before end hold none.
 * p < end. For scanners that check UTF-8 and something else in one pass. */
uint32_t gc_utf8_sequence(const uint8_t *p, const uint8_t *end);

/* Returns the character at p, of valid text; len: what gc_utf8_sequence() says of it. */
uint32_t gc_utf8_decode(const uint8_t *p, uint32_t len);
/* Writes the bytes of a character (no surrogate, at most U+10FFFF) and returns their number, 1..4.
 */
uint32_t gc_utf8_encode(uint32_t c, uint8_t out[4]);

/* Copies a person's name, or one line, for display: a run of white space (Unicode White_Space: line
 * breaks, tabs, U+0085, U+00A0, U+2028 and such too) becomes one space, none at the ends. Left out
 * are other C0 and C1, DEL, and what nobody sees: Default_Ignorable_Code_Point (joiners, direction
 * marks, the byte order mark) and what looks like a blank (gc_unicode_is_blank()); so a line in
 * which nothing can be seen is empty. Cut at `size` bytes on a character. Cleaning twice changes
 * nothing more. text must be valid (asserted). out must not overlap it. Returns the bytes written
 * (may be 0). Source: ghostchat-protocol.7, "Names of people". */
uint32_t gc_utf8_clean_line(gc_span text, uint8_t *out, uint32_t size);

/* Copies a message for display, under the same rules for text and out: keeps line feeds (CR LF and
 * CR become LF) and tabs, replaces each other C0, C1, DEL, override (U+202D, U+202E), byte order
 * mark, U+2028 and U+2029 by U+FFFD so that tampering shows, keeps other white space. Direction
 * marks, embeddings and isolates stay: the host drops those that are ended and shows the others as
 * U+FFFD. size must be >= 3 * text.len for nothing to be cut. */
uint32_t gc_utf8_clean_text(gc_span text, uint8_t *out, uint32_t size);

#endif
