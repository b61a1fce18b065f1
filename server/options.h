/* How the options of ghostchatd are chosen: by arguments, the file of --config and the environment.
 * Which options there are says option_table.h. */
#ifndef GC_SERVER_OPTIONS_H
#define GC_SERVER_OPTIONS_H

#include "server/option_table.h"

#include <stddef.h>
#include <stdio.h>

/* Fills *out, in which an argument comes before a line of --config, and that before the
 * environment. environment: getenv or a test's (PORT and PEERSERVER_PATH are asked for). Returns 0,
 * or -1 and one plain sentence in error. In both cases the caller calls gc_options_free() in the
 * end. */
int gc_options_parse(gc_options *out, int argc, char *const argv[],
                     char *(*environment)(const char *), char *error, size_t error_bytes);
/* Overwrites and frees the texts of files; options that point into them become invalid. */
void gc_options_free(gc_options *o);
/* The text of --help. */
void gc_options_help(FILE *out);

#endif
