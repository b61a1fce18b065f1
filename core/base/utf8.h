/* UTF-8 (RFC 3629): validity, and what may be shown of a stranger's text. */
#ifndef GC_BASE_UTF8_H
#define GC_BASE_UTF8_H

#include "core/base/span.h"

/* True when all bytes are valid UTF-8: no overlong form, no surrogate, nothing above U+10FFFF. */
bool gc_utf8_valid(gc_span text);

/* The longest prefix of at most `max` bytes that does not cut a character. text must be valid. */
uint32_t gc_utf8_prefix(gc_span text, uint32_t max);

/* Copies a name or one line for display: C0, C1, DEL, bidi controls (U+061C, U+200E, U+200F,
 * U+202A-202E, U+2066-2069), line and paragraph separators and the byte order mark are left out,
 * runs of white space become one space, none at the ends; cut at `size` bytes on a character.
 * text must be valid. Returns the bytes written (may be 0). */
uint32_t gc_utf8_clean_line(gc_span text, uint8_t *out, uint32_t size);

/* The same for a message: keeps line feeds (CR LF and CR become LF) and tabs, replaces each of the
 * other characters named above by U+FFFD so that tampering shows, keeps white space.
 * size must be >= 3 * text.len for nothing to be cut. */
uint32_t gc_utf8_clean_text(gc_span text, uint8_t *out, uint32_t size);

#endif
