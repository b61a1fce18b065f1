/* Visible text: what strangers wrote, made safe to print on a terminal. A control character could
 * drive the terminal, and one that turns the direction of writing could make a line read as
 * another; both become text that shows which character it was: <U+001B>. Source: ECMA-48 5 (C0 and
 * C1), UAX 9 2 (directional formatting characters). */
#ifndef GC_CLI_VISIBLE_H
#define GC_CLI_VISIBLE_H

#include "core/base/writer.h"

/* Tells whether a character must not reach a terminal as it is: C0 (tab and line feed among them),
 * DEL, C1, marks, embeddings, overrides and isolates of direction, line and paragraph separators,
 * the byte order mark, annotations, deprecated format characters and tags. Joiners and variation
 * selectors, of which emoji are made, are not among them. */
bool gc_visible_is_unsafe(uint32_t c);
/* Writes text, valid UTF-8 (asserted), with each unsafe character spelled out, 12 bytes at most; a
 * tab is written as it is, and a line feed with `indent` behind it, so that no line of a message
 * looks like one of ours. */
void gc_visible_write(gc_writer *w, gc_span text, const char *indent);
/* Writes text as a JSON string whose unsafe characters are escaped, \u202e, so that it is the same
 * text to a program: at most 6 * text.len + 2 bytes. A byte that is not UTF-8 becomes U+FFFD. */
void gc_visible_write_json(gc_writer *w, gc_span text);

#endif
