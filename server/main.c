/* ghostchatd: serves GhostChat. options.c reads its options, daemon.c does its work. */
#include "host/log.h"
#include "host/net.h"
#include "server/daemon.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

/* No core image with what clients wrote, no debugger of the same user at our memory. A sanitizer
 * wants to look at itself through /proc. Others may still read /proc/PID/stat and status. */
static void harden(void) {
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
#ifndef SANITIZED
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
    /* Huge pages would make memory of what is only reserved. */
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    signal(SIGPIPE, SIG_IGN);
}

/* Each connection needs a descriptor: raise the limit as far as the system allows. */
static void raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static const char *shown_host(const char *host) {
    return strcmp(host, "::") == 0 || strcmp(host, "0.0.0.0") == 0 ? "localhost" : host;
}

/* The one line on stdout, for scripts that wait for it. */
static void say_started(const gc_daemon *d) {
    const char *host = shown_host(d->service.options->host);
    bool brackets = strchr(host, ':') != NULL;
    printf("Started GhostChat on %s://%s%s%s:%u%s\n", d->service.tls != NULL ? "https" : "http",
           brackets ? "[" : "", host, brackets ? "]" : "", d->listener.port,
           d->service.options->path);
    fflush(stdout);
}

int main(int argc, char **argv) {
    static gc_options options;
    static gc_daemon daemon;
    char error[512];
    if (gc_options_parse(&options, argc, argv, getenv, error, sizeof error) != 0) {
        gc_log(GC_LOG_ERROR, "%s (see ghostchatd --help)", error);
        return 1;
    }
    if (options.help) {
        gc_options_help(stdout);
        return 0;
    }
    if (options.version) {
        printf("ghostchatd %s\n", GC_VERSION);
        return 0;
    }
    gc_log_set_level(options.log_level);
    if (USE_LOCALSTORAGE_FOR_TESTING && !gc_net_is_loopback(options.host)) {
        gc_log(GC_LOG_ERROR,
               "a test build serves this machine only: --host must be a loopback address");
        return 1;
    }
    harden();
    raise_descriptor_limit();
    gc_tls_start();
    if (gc_daemon_open(&daemon, &options, error, sizeof error) != 0) {
        gc_log(GC_LOG_ERROR, "%s", error);
        return 1;
    }
    say_started(&daemon);
    gc_daemon_run(&daemon);
    gc_daemon_free(&daemon);
    gc_options_free(&options);
    return 0;
}
