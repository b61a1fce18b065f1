#include "cli/hidden.h"

#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

bool gc_hidden_take(char *argument, char *copy, size_t bytes) {
    size_t len = strlen(argument);
    if (strstr(argument, "://") == NULL || len >= bytes) {
        return false;
    }
    memcpy(copy, argument, len + 1);
    memset(argument, 'x', len); /* zeros would show as empty arguments */
    return true;
}

/* Both: a core that is piped into a program is not asked for its size, and a program that changes
 * its user may be made dumpable again. */
void gc_hidden_forbid_dumps(void) {
    static const struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}
