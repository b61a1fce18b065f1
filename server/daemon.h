/* The daemon: ghostchatd's loop with its listener, signals and timers around the service
 * (service.h).
 *
 *   start --SIGTERM--> stopping: 1012 to all, no new ones --all gone, or GC_STOP_MS--> loop ends */
#ifndef GC_SERVER_DAEMON_H
#define GC_SERVER_DAEMON_H

#include "server/listener.h"

#define GC_STOP_MS 800 /* SIGTERM to the end, at most */

typedef struct gc_daemon {
    gc_service service;
    gc_listener listener;
    gc_listener metrics; /* --metrics-listen */
    /* The handles' `data` is the daemon. */
    uv_timer_t timer;
    uint64_t timer_at_ms; /* for when the timer is set; 0: it is not */
    uv_timer_t stop_timer;
    uv_prepare_t before_waiting; /* sets the timer, once for all that a wake-up brought */
    uv_signal_t signals[3];
    bool stopped;
} gc_daemon;

/* Opens everything. The daemon must be zero before; options must outlive it. Returns 0, or -1 and
 * one sentence of at most error_bytes in error: then only gc_daemon_free() may follow. */
int gc_daemon_open(gc_daemon *d, const gc_options *options, char *error, size_t error_bytes);
/* Runs until a signal ended it. */
void gc_daemon_run(gc_daemon *d);
/* Frees what is left; also after a failed open. */
void gc_daemon_free(gc_daemon *d);

#endif
