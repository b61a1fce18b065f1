/* Output: what is written to the standard output, as JSON lines or as plain lines, these cut to the
 * width of a terminal (wrap.h). Each line is written whole. A reader that is slow holds up the
 * program, until a signal ends it; a reader that is gone ends it. */
#ifndef GC_CLI_OUTPUT_H
#define GC_CLI_OUTPUT_H

#include "cli/json_lines.h"
#include "cli/plain_lines.h"

typedef struct gc_output {
    int fd;
    bool json;
    bool terminal;    /* fd is one */
    bool narrow;      /* as in gc_columns_of() */
    bool gone;        /* the reader: nothing is written any more */
    uint32_t columns; /* of the terminal that shows QR codes; 0: none are shown */
    uint32_t lines;   /* of that terminal; 0: not known */
    gc_plain_lines people;
    uint8_t bytes[GC_PLAIN_LINES_BYTES_MAX > GC_JSON_LINES_BYTES_MAX ? GC_PLAIN_LINES_BYTES_MAX
                                                                     : GC_JSON_LINES_BYTES_MAX];
    /* Plain lines, cut: of a message that is spelled out whole, 8 bytes a byte, three bytes become
     * 8; of one that is shown as it is a byte becomes 9 at most. */
    uint8_t rows[2 * GC_PLAIN_LINES_BYTES_MAX];
} gc_output;

/* Opens zeroed o on a descriptor, which stays the caller's. json: JSON lines, else plain ones. */
void gc_output_open(gc_output *o, int fd, bool json);
/* Takes the user's own name: gc_plain_lines_own(). One that is not valid UTF-8 is ignored. */
void gc_output_own(gc_output *o, gc_span nick);
/* Asks for QR codes of links beside plain lines, where fd is a terminal that can show them. */
void gc_output_show_codes(gc_output *o);
/* Write what json_lines.h or plain_lines.h say of it, and wait for the reader to take it. */
void gc_output_event(gc_output *o, const gc_event *e);
void gc_output_joined(gc_output *o, gc_span room);
void gc_output_invite(gc_output *o, gc_span link);
/* Writes that a message of ours has this number: plain lines say nothing of it. */
void gc_output_sent(gc_output *o, uint64_t number);
/* Writes an error. error: a GC_E_* that a call returned. more: about it, may be empty. */
void gc_output_error(gc_output *o, int error, gc_span more);

#endif
