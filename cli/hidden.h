/* Hidden: a link with a secret is the key to a room, and the memory of a program holds the keys of
 * its links. The system shows the command line of a program to everybody on the machine, its memory
 * to other programs of the same user, and writes the memory of one that crashes to a file.
 *
 * The command line as it was before this program overwrote it cannot be taken back: ghostchat(1),
 * "SECURITY CONSIDERATIONS". Source: proc(5) on cmdline, prctl(2) PR_SET_DUMPABLE, core(5). */
#ifndef GC_CLI_HIDDEN_H
#define GC_CLI_HIDDEN_H

#include <stdbool.h>
#include <stddef.h>

/* Takes a link out of the command line. argument: a text of argv, which is overwritten by as many
 * "x" once it was copied. Returns false, and nothing has changed, when it is not a link (nothing
 * that has "://") or its copy would have more than `bytes` bytes with its zero. */
bool gc_hidden_take(char *argument, char *copy, size_t bytes);
/* Forbids the system to write the memory of this process to a file, and other processes but those
 * of root to read it. Best effort. */
void gc_hidden_forbid_dumps(void);

#endif
