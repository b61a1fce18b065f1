/* Wrapping: lines cut to the width of the terminal, by us. A line that a terminal wraps itself
 * begins a row with whatever a stranger has put there: a letter, blanks up to the right edge and
 * "<Ann> I agree" would show a row that looks like a message of Ann. A row that we begin is
 * indented, and no first row of a line is.
 *
 * Where the output is not a terminal nobody knows how wide it will be shown, and programs read
 * lines: these stay whole. But a long run of blanks is cut there, because it serves nothing but to
 * move what follows to the edge of somebody's terminal. */
#ifndef GC_CLI_WRAP_H
#define GC_CLI_WRAP_H

#include "core/base/writer.h"

#define GC_WRAP_INDENT          "    " /* before each row but the first of a line */
#define GC_WRAP_COLUMNS_MIN     8      /* of a terminal; a narrower one is taken to have so many */
#define GC_WRAP_COLUMNS_UNKNOWN 80     /* of a terminal that does not say */
#define GC_WRAP_BLANKS_MAX      16     /* columns of a run of blanks, where nothing is wrapped */
#define GC_WRAP_BYTES_MORE      4      /* of a line, beyond 9 a tab and 7 for two other bytes */

/* Writes lines, valid UTF-8 without control characters but tab and line feed, cut to rows for a
 * terminal of so many columns, whose last one stays free: after a blank in the second half of a
 * row where there is one, else anywhere, but before no mark that a row has room for. narrow: as in
 * gc_columns_of(). Tabs become blanks. On the narrowest terminal three columns are left beside the
 * indent, and a row of one column stands next to one of three. So a tab becomes at most 9
 * bytes, and two bytes of anything else 7, as (c) does, which is two bytes and two columns. A line
 * gets GC_WRAP_BYTES_MORE beyond that at most: a tab at its beginning is wider than in other rows.
 */
void gc_wrap_rows(gc_writer *w, gc_span lines, uint32_t columns, bool narrow);
/* Writes the same lines whole, each run of blanks cut after GC_WRAP_BLANKS_MAX columns. */
void gc_wrap_blanks(gc_writer *w, gc_span lines);

#endif
