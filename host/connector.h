/* A connector: makes one TCP connection to a host by its name or numeric address. It tries the
 * addresses of both families in turn, each GC_CONNECTOR_STAGGER_MS after the one before, or as soon
 * as that one has failed; the first connection that stands is the result.
 *
 *   naming --addresses are known--> trying --one stands, or all failed--> done
 *      \------------------------ gc_connector_end ------------------------/
 *
 * It has no deadline of its own beyond those of the kernel and of names: its owner ends it.
 * "localhost" and what ends in ".localhost" is this machine without a question to anybody (RFC 6761
 * 6.3). Source: RFC 8305 (Happy Eyeballs). */
#ifndef GC_HOST_CONNECTOR_H
#define GC_HOST_CONNECTOR_H

#include "core/base/addr.h"

#include <uv.h>

#define GC_CONNECTOR_STAGGER_MS 250 /* RFC 8305 5: Connection Attempt Delay */
#define GC_CONNECTOR_NAME_MS    50  /* RFC 8305 3: how long IPv4 waits for the answer of IPv6 */
#define GC_CONNECTOR_TRIES_MAX  16  /* addresses that are tried: those that a resolver gives */

typedef struct gc_connector gc_connector;

/* Called once, from the loop, never from within gc_connector_start(). fd: the connection, not
 * blocking, now the callee's; or -1, and then error is a negative libuv error of the last try,
 * UV_EAI_NONAME when there is no such host. The connector has ended itself. */
typedef void (*gc_connector_done)(void *context, int fd, int error);

typedef struct gc_connector_options {
    const char *host; /* without brackets; copied, at most 253 characters, else UV_EAI_NONAME */
    uint16_t port;
    const char *name_servers; /* for tests: as in gc_resolver_start(); borrowed until `done` */
} gc_connector_options;

/* Starts. Returns NULL when memory is short. */
gc_connector *gc_connector_start(uv_loop_t *loop, const gc_connector_options *options,
                                 gc_connector_done done, void *context);
/* Gives up: `done` is not called any more, and the memory is freed by the loop. */
void gc_connector_end(gc_connector *c);

#endif
