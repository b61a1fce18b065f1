/* A network namespace for one unit test program, whose interfaces the test makes and changes. */
#ifndef GC_TEST_NAMESPACE_H
#define GC_TEST_NAMESPACE_H

#include "test/unit/unit.h"

#include <stdbool.h>

/* Moves the program into a namespace of its own, with `lo` alone, which is down. Returns false
 * where this machine gives none, or has no `ip` (iproute2): skip the test. */
bool namespace_enter(void);
/* Runs `ip` with these words; fails the test when it fails. */
void namespace_ip(const char *line);
/* Makes an interface that is up, one end of a cable whose other end is here too. */
void namespace_cable(const char *name);
/* Writes a file below /proc/sys/net. */
void namespace_set(const char *name, const char *value);

#endif
