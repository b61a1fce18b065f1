/* A listener: a TCP socket on which clients of a service come, and the pause when the process has
 * no descriptor left for another.
 *
 *   closed --_open--> accepting <--GC_ACCEPT_PAUSE_MS, shortage--> pausing
 *     ^-----_close--------'-----------------------------------------'
 */
#ifndef GC_SERVER_LISTENER_H
#define GC_SERVER_LISTENER_H

#include "server/service.h"

#define GC_ACCEPT_PAUSE_MS 100 /* without descriptors or memory */

typedef struct gc_listener {
    /* The handles' `data` is the listener. */
    uv_poll_t poll;
    uv_timer_t accept_again;
    gc_service *service;
    int fd;
    uint32_t port;
    bool open;
    bool metrics; /* its clients get /metrics, and nothing else */
} gc_listener;

/* Opens l, which is zero, on a host and port (0: any free one; l->port says which), for a service
 * whose loop exists. Returns 0, or -1 and a sentence of at most error_bytes in error: then it is
 * closed. */
int gc_listener_open(gc_listener *l, gc_service *service, const char *host, uint32_t port,
                     bool metrics, char *error, size_t error_bytes);
/* Closes l; nothing happens when it is closed. Its handles are the loop's until that has seen to
 * them. */
void gc_listener_close(gc_listener *l);

#endif
