/* Visible text: what strangers wrote, made safe to print on a terminal. A control character could
 * drive the terminal, one that turns the direction of writing could make a line read as another,
 * and one that nobody sees could carry what nobody shall read; each becomes text that shows which
 * character it was: <U+001B>. Where writing needs an unseen character it stays: between the parts
 * of an emoji, and in scripts with joiners. The sibling of cleanText() of web/linkify.js, which
 * shows the same unseen characters (test/vectors/unseen.json). Source: ECMA-48 5 (C0 and C1), UAX 9
 * 2 (directional formatting characters), UAX 44 (Default_Ignorable_Code_Point), UTS 51. */
#ifndef GC_CLI_VISIBLE_H
#define GC_CLI_VISIBLE_H

#include "core/base/writer.h"

/* Tells whether a character, standing alone, must not reach a terminal as it is: C0 (tab and line
 * feed among them), DEL, C1, line and paragraph separators, annotations, and all that is made to be
 * invisible: marks, embeddings, overrides and isolates of direction, joiners, fillers, soft
 * hyphens, the byte order mark, selectors of variants, tags. */
bool gc_visible_is_unsafe(uint32_t c);
/* Writes text, valid UTF-8 (asserted), with each unsafe character spelled out, 12 bytes at most; a
 * tab is written as it is, and a line feed with `indent` behind it, so that no line of a message
 * looks like one of ours. */
void gc_visible_write(gc_writer *w, gc_span text, const char *indent);
/* Writes text as a JSON string whose unsafe characters are escaped, \u202e, so that it is the same
 * text to a program: at most 6 * text.len + 2 bytes. A byte that is not UTF-8 becomes U+FFFD. */
void gc_visible_write_json(gc_writer *w, gc_span text);

#endif
