/* The command line of ghostchat: which options there are, and what was asked for. */
#ifndef GC_CLI_ARGUMENTS_H
#define GC_CLI_ARGUMENTS_H

#include "core/base/limits.h"
#include "peer/stun_servers.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum gc_arguments_command {
    GC_ARGUMENTS_HELP,
    GC_ARGUMENTS_VERSION,
    GC_ARGUMENTS_JOIN, /* a room by its name, or what a link leads to */
    GC_ARGUMENTS_CALL, /* one peer, by its id: a stock PeerJS application or one of ours */
    GC_ARGUMENTS_NEW,  /* a new private room */
};

enum gc_arguments_form {
    GC_ARGUMENTS_BY_OUTPUT, /* plain on a terminal, else JSON */
    GC_ARGUMENTS_PLAIN,
    GC_ARGUMENTS_JSON,
};

/* Texts are those of argv, but for a link that was hidden. */
typedef struct gc_arguments {
    enum gc_arguments_command command;
    enum gc_arguments_form form;
    const char *target; /* a name, an id, a link, or "-": the first line of the standard input; ""
                           of NEW */
    const char *server; /* NULL: that of the link */
    const char *nick;   /* "" when none is given */
    const char *serialization;       /* of CALL: "" when none is given */
    char link[GC_URL_BYTES_MAX + 1]; /* the target that was hidden */
    gc_stun_list stun;               /* in place of the STUN servers that the server names */
    bool all_interfaces;
    bool relay_only;
} gc_arguments;

/* Reads argv. Returns 0, or -1 and one plain sentence in error. */
int gc_arguments_parse(gc_arguments *out, int argc, char *const argv[], char *error,
                       size_t error_bytes);
/* Takes a target that is a link out of argv, of which these were read: hidden.h. */
void gc_arguments_hide(gc_arguments *a, int argc, char *argv[]);
/* Writes the text of --help. */
void gc_arguments_help(FILE *out);

#endif
