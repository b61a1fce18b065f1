/* STUN on UDP: the sockets around gc_stun_responder, one for each family of addresses. */
#ifndef GC_SERVER_STUN_H
#define GC_SERVER_STUN_H

#include "core/proto/stun_responder.h"
#include "host/udp.h"
#include "server/options.h"

typedef struct gc_stun {
    gc_udp sockets[2]; /* IPv4, IPv6 */
    bool open[2];
    gc_stun_responder *responder; /* NULL until gc_stun_open() */
    uint64_t unsent;              /* answers that the kernel did not take */
} gc_stun;

/* Opens the sockets on the host and port of options. stun must be zero before. Returns 0, or -1 and
 * a sentence of at most error_bytes in error, when the port is busy or memory is short; what is
 * open then is closed by gc_stun_close(). */
int gc_stun_open(gc_stun *stun, uv_loop_t *loop, const gc_options *options, char *error,
                 size_t error_bytes);
/* Closes the open ones; their handles are the loop's until it has seen to them. The responder's
 * counters stay readable. */
void gc_stun_close(gc_stun *stun);
/* Tells whether at least one socket is open. */
bool gc_stun_is_open(const gc_stun *stun);

#endif
