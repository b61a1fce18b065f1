/* Config file: options of ghostchatd in a text, one per line, so that a secret need not be on the
 * command line, which everybody on the machine can read. A line is the option's name, then a space
 * or '=' and its value, which ends with the line; dashes before the name, white space at the ends,
 * empty lines and lines that begin with '#' are ignored, and so is the byte order mark that some
 * editors put at the beginning of a text. */
#ifndef GC_SERVER_CONFIG_FILE_H
#define GC_SERVER_CONFIG_FILE_H

#include <stdbool.h>
#include <stdint.h>

#define GC_CONFIG_FILE_BYTES_MAX 65536

/* A place in a text. */
typedef struct gc_config_file {
    char *at;      /* the text's rest; it ends with 0 */
    uint32_t line; /* of the option read last, from 1; 0: none was read */
} gc_config_file;

/* Begins at a text of len bytes, which is followed by a 0. Returns false, and begins nothing, when
 * the text has a control character that does not belong into one, such as a 0 or a carriage return
 * in the middle of a line: options after it would be read otherwise than a person sees them. */
bool gc_config_file_begin(gc_config_file *f, char *text, uint32_t len);

/* Reads the next option: *name, and *value or NULL when the line has none; both point into the
 * text, which is changed, and end with 0. Returns false at the end. */
bool gc_config_file_next(gc_config_file *f, const char **name, const char **value);

#endif
