/* JSON lines, which bots speak: each event is one JSON object on a line, and so is each command.
 * Their form is stable: ghostchat(1), "JSON LINES". Strings of others have their control and
 * direction characters escaped (visible.h), so that a terminal may show the lines. */
#ifndef GC_CLI_JSON_LINES_H
#define GC_CLI_JSON_LINES_H

#include "core/base/writer.h"
#include "peer/events.h"

/* The longest line: a message with everything escaped, and the words around it. */
#define GC_JSON_LINES_BYTES_MAX (6 * GC_TEXT_BYTES_MAX + 4096)

/* Each of the five writes one line with its end into w, where GC_JSON_LINES_BYTES_MAX suffice. */

/* Writes the line of an event; none for JOINED and SENDABLE, which the caller tells otherwise. */
void gc_json_lines_event(gc_writer *w, const gc_event *e);
/* Writes "joined". room: the name of an open room, as typed; empty for another. */
void gc_json_lines_joined(gc_writer *w, gc_span room);
/* Writes "invite". */
void gc_json_lines_invite(gc_writer *w, gc_span link);
/* Writes that a message of ours has this number; events say who got it. */
void gc_json_lines_sent(gc_writer *w, uint64_t number);
/* Writes "error". code: a word of the tables of errors or reasons. text: for people. more: about
 * it, may be empty. */
void gc_json_lines_error(gc_writer *w, const char *code, const char *text, gc_span more);

enum gc_command_type {
    GC_COMMAND_BAD,  /* not a command */
    GC_COMMAND_SEND, /* {"send":"text"}, {"to":"peer","send":"text"} */
    GC_COMMAND_QUIT, /* {"quit":true} */
};

typedef struct gc_command {
    enum gc_command_type type;
    gc_span text; /* of SEND; in the memory that was given, at its beginning */
    gc_span to;   /* of SEND: the id of a peer; right after the text. NULL data: to everybody */
} gc_command;

/* Reads a line as a command. out: memory for its strings, at least as long as the line. */
gc_command gc_json_lines_command(gc_span line, uint8_t *out);

#endif
