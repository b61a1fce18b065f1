#include "cli/output.h"
#include "cli/columns.h"
#include "cli/qr.h"
#include "cli/wrap.h"
#include "core/base/error.h"
#include "core/base/secret.h"
#include "core/base/utf8.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

_Static_assert(sizeof((gc_output *)0)->bytes > GC_QR_BYTES_MAX + 2 * GC_URL_BYTES_MAX,
               "a link and its code fit");

#define PATIENCE_MS 1000 /* with a reader that does not read, once we are to leave */

/* The signals that are caught all ask us to leave: a reader that reads nothing must not keep us.
 * Returns false for such a one. */
static bool wait_for_reader(const gc_output *o) {
    struct pollfd wait = {.fd = o->fd, .events = POLLOUT};
    int n = poll(&wait, 1, -1);
    if (n < 0 && errno == EINTR) {
        n = poll(&wait, 1, PATIENCE_MS);
    }
    return n > 0;
}

/* As much as a pipe that is ready takes without blocking. A terminal that is shared with the
 * standard input may be set not to block. */
static bool write_some(gc_output *o, const uint8_t **at, uint32_t *left) {
    if (!wait_for_reader(o)) {
        return false;
    }
    ssize_t n = write(o->fd, *at, *left < PIPE_BUF ? *left : PIPE_BUF);
    if (n >= 0) {
        *at += n;
        *left -= (uint32_t)n;
        return true;
    }
    return errno == EAGAIN || errno == EINTR;
}

static void flush(gc_output *o, const gc_writer *w) {
    const uint8_t *at = w->data;
    uint32_t left = w->failed ? 0 : w->at;
    while (left > 0 && !o->gone) {
        o->gone = !write_some(o, &at, &left);
    }
}

static uint32_t width_of(const gc_output *o) {
    struct winsize size = {0};
    bool said = ioctl(o->fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return said ? size.ws_col : GC_WRAP_COLUMNS_UNKNOWN;
}

/* The width is asked for each time: a window can be made narrower. */
static void flush_cut(gc_output *o, const gc_writer *w) {
    gc_writer rows;
    gc_span lines = gc_span_of(w->data, w->failed ? 0 : w->at);
    gc_writer_init(&rows, o->rows, sizeof o->rows);
    if (o->terminal) {
        gc_wrap_rows(&rows, lines, width_of(o), o->narrow);
    } else {
        gc_wrap_blanks(&rows, lines);
    }
    flush(o, &rows);
}

static gc_writer begin(gc_output *o) {
    gc_writer w;
    gc_writer_init(&w, o->bytes, sizeof o->bytes);
    return w;
}

/* The locale of letters. Source: POSIX.1-2017, Base Definitions 8.2. */
static const char *locale_of_letters(void) {
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    const char *found = NULL;
    for (size_t i = 0; i < sizeof names / sizeof names[0] && found == NULL; i++) {
        const char *value = getenv(names[i]);
        found = value != NULL && *value != 0 ? value : NULL;
    }
    return found;
}

void gc_output_open(gc_output *o, int fd, bool json) {
    o->fd = fd;
    o->json = json;
    o->narrow = gc_columns_are_narrow(locale_of_letters());
    o->terminal = isatty(fd) != 0;
}

void gc_output_own(gc_output *o, gc_span nick) {
    if (gc_utf8_valid(nick)) {
        gc_plain_lines_own(&o->people, nick);
    }
}

/* A terminal that calls itself dumb knows no colours. */
void gc_output_show_codes(gc_output *o) {
    struct winsize size = {0};
    const char *kind = getenv("TERM");
    bool able = kind != NULL && strcmp(kind, "") != 0 && strcmp(kind, "dumb") != 0;
    if (able && !o->json && o->terminal && ioctl(o->fd, TIOCGWINSZ, &size) == 0) {
        o->columns = size.ws_col;
        o->lines = size.ws_row;
    }
}

void gc_output_event(gc_output *o, const gc_event *e) {
    gc_writer w = begin(o);
    if (o->json) {
        gc_json_lines_event(&w, e);
        flush(o, &w);
    } else {
        gc_plain_lines_event(&o->people, &w, e);
        flush_cut(o, &w);
    }
}

void gc_output_joined(gc_output *o, gc_span room) {
    gc_writer w = begin(o);
    if (o->json) {
        gc_json_lines_joined(&w, room);
        flush(o, &w);
    } else {
        gc_plain_lines_joined(&w, room);
        flush_cut(o, &w);
    }
}

/* Writes the code of a link, or nothing where the terminal has no room for it. The code's columns
 * and lines are set. */
static bool write_code(const gc_output *o, gc_writer *w, gc_span link, uint32_t *columns,
                       uint32_t *lines) {
    gc_qr qr;
    *columns = gc_qr_make(&qr, link);
    *lines = gc_qr_lines(*columns) + 1; /* that of what is typed comes below it */
    bool fits = *columns <= o->columns && (o->lines == 0 || *lines <= o->lines);
    if (fits && *columns > 0) {
        gc_qr_write(&qr, w);
    }
    gc_bytes_wipe(&qr, sizeof qr);
    return fits;
}

/* Ours, and not cut: a link that is cut is none for the terminal, and a code would be none. */
void gc_output_invite(gc_output *o, gc_span link) {
    gc_writer w = begin(o);
    uint32_t columns = 0, lines = 0;
    (o->json ? gc_json_lines_invite : gc_plain_lines_invite)(&w, link);
    bool fits = o->columns == 0 || write_code(o, &w, link, &columns, &lines);
    flush(o, &w);
    gc_bytes_wipe(o->bytes, w.at);
    if (!fits) {
        w = begin(o);
        gc_plain_lines_small(&w, columns, lines);
        flush_cut(o, &w);
    }
}

void gc_output_sent(gc_output *o, uint64_t number) {
    gc_writer w = begin(o);
    if (o->json) {
        gc_json_lines_sent(&w, number);
    }
    flush(o, &w);
}

void gc_output_error(gc_output *o, int error, gc_span more) {
    gc_writer w = begin(o);
    if (o->json) {
        gc_json_lines_error(&w, gc_error_word(error), gc_error_text(error), more);
        flush(o, &w);
    } else {
        gc_plain_lines_error(&w, gc_error_text(error), more);
        flush_cut(o, &w);
    }
}
