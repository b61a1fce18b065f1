/* Wrapping: lines cut to the width of the terminal, by us. A line that a terminal wraps itself
 * begins a row with whatever a stranger has put there: a letter, blanks up to the right edge and
 * "<Ann> I agree" would show a row that looks like a message of Ann. A row that we begin is
 * indented, and no first row of a line is.
 *
 * Where the output is not a terminal nobody knows how wide it will be shown, and programs read
 * lines: these stay whole. But a long run of blanks is cut there, because it serves nothing but to
 * move what follows to the edge of somebody's terminal. Source: UAX 11 (East Asian Width). */
#ifndef GC_CLI_WRAP_H
#define GC_CLI_WRAP_H

#include "core/base/writer.h"

#define GC_WRAP_INDENT          "    " /* before each row but the first of a line */
#define GC_WRAP_COLUMNS_MIN     8      /* of a terminal; a narrower one is taken to have so many */
#define GC_WRAP_COLUMNS_UNKNOWN 80     /* of a terminal that does not say */
#define GC_WRAP_BLANKS_MAX      16     /* columns of a run of blanks, where nothing is wrapped */

/* Returns how many columns a character that may be printed takes at most, whatever the terminal and
 * the Unicode that it knows: 0 (a mark over a letter), 1 or 2. Emoji count as 2 and the joiners
 * between them as 1, because not every terminal joins them. */
uint32_t gc_wrap_columns(uint32_t c);
/* Writes lines, valid UTF-8 without control characters but tab and line feed, cut to rows for a
 * terminal of so many columns, whose last one stays free: behind a blank in the second half of a
 * row where there is one, else anywhere. Tabs become blanks. On the narrowest terminal three
 * columns are left beside the indent: so a tab becomes at most 9 bytes, and any other three
 * bytes 8. */
void gc_wrap_rows(gc_writer *w, gc_span lines, uint32_t columns);
/* Writes the same lines whole, each run of blanks cut after GC_WRAP_BLANKS_MAX columns. */
void gc_wrap_blanks(gc_writer *w, gc_span lines);

#endif
