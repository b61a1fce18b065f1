/* Lines: what comes on a descriptor (the standard input), line by line, over a libuv loop.
 *
 *   closed --gc_lines_open--> reading <--gc_lines_pause--> paused
 *                                \--end of input--> ended
 *
 * A pipe, a terminal and a socket are waited for; a file is read as fast as lines are taken. At
 * most one line of GC_LINES_BYTES_MAX is held, and none once it was given. */
#ifndef GC_CLI_LINES_H
#define GC_CLI_LINES_H

#include "core/base/span.h"

#include <uv.h>

#define GC_LINES_BYTES_MAX 131072 /* a message of GC_TEXT_BYTES_MAX with everything escaped */

typedef struct gc_lines_events {
    /* One line without its end, borrowed. NULL data: it was longer than GC_LINES_BYTES_MAX, and is
     * lost. It may pause and close. */
    void (*line)(void *context, gc_span line);
    /* No more lines come. A last line without an end has been given before. */
    void (*ended)(void *context);
} gc_lines_events;

typedef struct gc_lines {
    const gc_lines_events *events;
    void *context;
    int fd;
    int flags;  /* of the descriptor, as they were */
    bool waits; /* by poll, else idle reads on */
    bool paused;
    bool closed;
    bool ended;
    bool too_long; /* the rest of this line is skipped */
    uv_poll_t poll;
    uv_idle_t idle;
    uint32_t at; /* lines before it were given */
    uint32_t len;
    uint8_t bytes[GC_LINES_BYTES_MAX + 1]; /* the longest line and its end */
} gc_lines;

/* Opens l on a descriptor, which stays the caller's, and reads. */
void gc_lines_open(gc_lines *l, uv_loop_t *loop, int fd, const gc_lines_events *events,
                   void *context);
/* Stops, or goes on: while it is paused no event comes and nothing is read. */
void gc_lines_pause(gc_lines *l, bool on);
/* Closes l: no event comes any more. Its memory is the loop's until that has run. Twice is once. */
void gc_lines_close(gc_lines *l);

#endif
