/* A session: one run of `ghostchat join`, `call` or `new`, from the command line to its exit
 * status: it joins the peer to what is typed and to what is printed.
 *
 *   connecting --ready--> in the chat --quit, end of input, signal--> leaving --> over
 *        \--GC_SESSION_CONNECT_MS, or refused-------------------------^
 *
 * Source: ghostchat(1). */
#ifndef GC_CLI_SESSION_H
#define GC_CLI_SESSION_H

#include "cli/arguments.h"

/* A server that has not answered by then is given up; later it is tried for ever. */
#define GC_SESSION_CONNECT_MS 10000

enum gc_session_status {
    GC_SESSION_LEFT = 0,      /* on purpose */
    GC_SESSION_NO_WAY_IN = 1, /* could not connect */
    GC_SESSION_USAGE = 2,
};

/* Runs until the user leaves. arguments: borrowed; their link is wiped once it was read. Returns
 * the exit status, a gc_session_status. */
int gc_session_run(gc_arguments *arguments);

#endif
