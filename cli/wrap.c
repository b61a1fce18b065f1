#include "cli/wrap.h"
#include "core/base/unicode.h"
#include "core/base/utf8.h"

#include <utf8proc.h>

#define TAB_COLUMNS 8

static bool in(uint32_t c, uint32_t first, uint32_t last) {
    return c >= first && c <= last;
}

/* Terminals do not agree about these: they take one column or two. */
static bool may_be_wide(uint32_t c) {
    const utf8proc_property_t *p = utf8proc_get_property((utf8proc_int32_t)c);
    return p->category == UTF8PROC_CATEGORY_CN || p->category == UTF8PROC_CATEGORY_CO ||
           p->boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC ||
           p->boundclass == UTF8PROC_BOUNDCLASS_REGIONAL_INDICATOR;
}

/* Terminals draw all of these in two columns, also numbers in circles and hexagrams, which Unicode
 * calls ambiguous or neutral (UAX #11). */
static bool is_of_east_asia(uint32_t c) {
    return in(c, 0x2e80, 0xa4cf);
}

uint32_t gc_wrap_columns(uint32_t c) {
    utf8proc_int32_t code = (utf8proc_int32_t)c;
    if (in(c, 0x20, 0x7e) || gc_unicode_is_ignorable(c)) {
        return 1;
    }
    utf8proc_category_t category = utf8proc_category(code);
    if (category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME) {
        return 0;
    }
    return may_be_wide(c) || is_of_east_asia(c) || utf8proc_charwidth(code) > 1 ? 2 : 1;
}

/* The character at `at`; returns its bytes. A byte that is not UTF-8 counts as one character. */
static uint32_t next(gc_span text, uint32_t at, uint32_t *c) {
    uint32_t len = gc_utf8_sequence(text.data + at, text.data + text.len);
    *c = len > 0 ? gc_utf8_decode(text.data + at, len) : 0xfffd;
    return len > 0 ? len : 1;
}

/* The columns of a character at column `at`. A tab ends at the edge, where a terminal stops it. */
static uint32_t columns_at(uint32_t c, uint32_t at, uint32_t width) {
    if (c != '\t') {
        return gc_wrap_columns(c);
    }
    uint32_t stop = TAB_COLUMNS - at % TAB_COLUMNS;
    return at < width && stop > width - at ? width - at : stop;
}

/* How many bytes of a line fit from column `at` on: at least one character. */
static uint32_t row_len(gc_span line, uint32_t at, uint32_t width) {
    uint32_t blank = 0, c;
    for (uint32_t i = 0; i < line.len;) {
        uint32_t len = next(line, i, &c);
        uint32_t columns = columns_at(c, at, width);
        if (at + columns > width) {
            return blank > 0 ? blank : i > 0 ? i : len;
        }
        at += columns;
        i += len;
        if ((c == ' ' || c == '\t') && 2 * at > width) {
            blank = i;
        }
    }
    return line.len;
}

static void write_row(gc_writer *w, gc_span row, uint32_t at, uint32_t width) {
    uint32_t c;
    for (uint32_t i = 0; i < row.len;) {
        uint32_t len = next(row, i, &c);
        uint32_t columns = columns_at(c, at, width);
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

static void write_line(gc_writer *w, gc_span line, uint32_t width) {
    uint32_t at = 0;
    for (;;) {
        uint32_t len = row_len(line, at, width);
        write_row(w, gc_span_of(line.data, len), at, width);
        line = gc_span_from(line, len);
        if (line.len == 0) {
            break;
        }
        gc_writer_text(w, "\n" GC_WRAP_INDENT);
        at = sizeof GC_WRAP_INDENT - 1;
    }
}

void gc_wrap_rows(gc_writer *w, gc_span lines, uint32_t columns) {
    uint32_t width = (columns < GC_WRAP_COLUMNS_MIN ? GC_WRAP_COLUMNS_MIN : columns) - 1;
    while (lines.len > 0) {
        uint32_t end = gc_span_find(lines, 0, '\n');
        write_line(w, gc_span_of(lines.data, end), width);
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
        uint32_t columns = c == '\t' ? TAB_COLUMNS : gc_wrap_columns(c);
        run = blank ? run + columns : 0;
        if (run <= GC_WRAP_BLANKS_MAX) {
            gc_writer_bytes(w, lines.data + i, len);
        }
        i += len;
    }
}
