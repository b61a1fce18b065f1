/* ghostchat: the terminal client. arguments.c reads the command line, session.c does the rest. */
#include "cli/arguments.h"
#include "cli/hidden.h"
#include "cli/session.h"
#include "host/tls.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

/* A descriptor that the caller has closed is the next that the system gives out: what we print
 * would go into a socket, and libuv ends a program that closes one of the three. */
static void fill_standard_descriptors(void) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0) {
            (void)open("/dev/null", O_RDWR); /* the lowest that is free: this one */
        }
    }
}

int main(int argc, char **argv) {
    gc_arguments arguments;
    char error[256];
    gc_hidden_forbid_dumps();
    fill_standard_descriptors();
    if (gc_arguments_parse(&arguments, argc, argv, error, sizeof error) != 0) {
        fprintf(stderr, "ghostchat: %s (see ghostchat --help)\n", error);
        return GC_SESSION_USAGE;
    }
    if (arguments.command == GC_ARGUMENTS_HELP) {
        gc_arguments_help(stdout);
        return 0;
    }
    if (arguments.command == GC_ARGUMENTS_VERSION) {
        printf("ghostchat %s\n", GC_VERSION);
        return 0;
    }
    gc_arguments_hide(&arguments, argc, argv);
    signal(SIGPIPE, SIG_IGN);
    gc_tls_start();
    return gc_session_run(&arguments);
}
