#include "cli/wrap.h"
#include "cli/columns.h"
#include "core/base/unicode.h"
#include "core/base/utf8.h"

#define TAB_COLUMNS 8

/* The character at `at`; returns its bytes. A byte that is not UTF-8 counts as one character. */
static uint32_t next(gc_span text, uint32_t at, uint32_t *c) {
    uint32_t len = gc_utf8_sequence(text.data + at, text.data + text.len);
    *c = len > 0 ? gc_utf8_decode(text.data + at, len) : 0xfffd;
    return len > 0 ? len : 1;
}

/* The room that rows have: columns that may be used, and whether ambiguous letters take one. */
typedef struct room {
    uint32_t width;
    bool narrow;
} room;

/* The columns of a character at column `at`. A tab ends at the edge, where a terminal stops it. */
static uint32_t columns_at(uint32_t c, uint32_t at, room r) {
    if (c != '\t') {
        return gc_columns_of(c, r.narrow);
    }
    uint32_t stop = TAB_COLUMNS - at % TAB_COLUMNS;
    return at < r.width && stop > r.width - at ? r.width - at : stop;
}

/* Where a row may end: before a character that does not cling to the one before it. */
typedef struct ends {
    uint32_t whole; /* the last such place; 0: none */
    uint32_t blank; /* the last one after a blank in the second half of the row; 0: none */
} ends;

static uint32_t best_of(ends e, uint32_t fitting) {
    return e.blank > 0 ? e.blank : e.whole > 0 ? e.whole : fitting;
}

/* How many bytes of a line fit from column `at` on: at least one character. */
static uint32_t row_len(gc_span line, uint32_t at, room r) {
    ends e = {0};
    uint32_t c, before = 0;
    for (uint32_t i = 0; i < line.len;) {
        uint32_t len = next(line, i, &c);
        uint32_t columns = columns_at(c, at, r);
        if (!gc_columns_clings(c)) {
            bool behind_blank = (before == ' ' || before == '\t') && 2 * at > r.width;
            e.whole = i;
            e.blank = behind_blank ? i : e.blank;
        }
        if (at + columns > r.width) {
            return best_of(e, i > 0 ? i : len);
        }
        at += columns;
        i += len;
        before = c;
    }
    return line.len;
}

static void write_row(gc_writer *w, gc_span row, uint32_t at, room r) {
    uint32_t c;
    for (uint32_t i = 0; i < row.len;) {
        uint32_t len = next(row, i, &c);
        uint32_t columns = columns_at(c, at, r);
        for (uint32_t k = 0; c == '\t' && k < columns; k++) {
            gc_writer_u8(w, ' ');
        }
        if (c != '\t') {
            gc_writer_bytes(w, row.data + i, len);
        }
        at += columns;
        i += len;
    }
}

static void write_line(gc_writer *w, gc_span line, room r) {
    uint32_t at = 0;
    for (;;) {
        uint32_t len = row_len(line, at, r);
        write_row(w, gc_span_of(line.data, len), at, r);
        line = gc_span_from(line, len);
        if (line.len == 0) {
            break;
        }
        gc_writer_text(w, "\n" GC_WRAP_INDENT);
        at = sizeof GC_WRAP_INDENT - 1;
    }
}

void gc_wrap_rows(gc_writer *w, gc_span lines, uint32_t columns, bool narrow) {
    uint32_t least = columns < GC_WRAP_COLUMNS_MIN ? GC_WRAP_COLUMNS_MIN : columns;
    room r = {.width = least - 1, .narrow = narrow};
    while (lines.len > 0) {
        uint32_t end = gc_span_find(lines, 0, '\n');
        write_line(w, gc_span_of(lines.data, end), r);
        if (end < lines.len) {
            gc_writer_u8(w, '\n');
            end++;
        }
        lines = gc_span_from(lines, end);
    }
}

void gc_wrap_blanks(gc_writer *w, gc_span lines) {
    uint32_t run = 0, c;
    for (uint32_t i = 0; i < lines.len;) {
        uint32_t len = next(lines, i, &c);
        bool blank = c != '\n' && (gc_unicode_is_space(c) || gc_unicode_is_blank(c));
        uint32_t columns = c == '\t' ? TAB_COLUMNS : gc_columns_of(c, false);
        run = blank ? run + columns : 0;
        if (run <= GC_WRAP_BLANKS_MAX) {
            gc_writer_bytes(w, lines.data + i, len);
        }
        i += len;
    }
}
