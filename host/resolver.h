/* A resolver: asks for the addresses of one host name, by c-ares over a libuv loop, so that nothing
 * blocks and no thread is needed. It reads the system's configuration (resolv.conf, hosts) when it
 * starts, so each question follows the network as it is.
 *
 *   asking --both families were reported--> silent --gc_resolver_end--> gone
 *      \------------------------ gc_resolver_end ----------------------/
 *
 * Source: c-ares's API, RFC 8305 3 (the two families are asked at the same time). */
#ifndef GC_HOST_RESOLVER_H
#define GC_HOST_RESOLVER_H

#include "core/base/addr.h"

#include <uv.h>

#define GC_RESOLVER_ADDRESSES_MAX 8 /* of each family; further ones are left out */
/* A question without an answer is asked again after this, GC_RESOLVER_TRIES times in all. */
#define GC_RESOLVER_TRY_MS 2000
#define GC_RESOLVER_TRIES  3

typedef struct gc_resolver gc_resolver;

/* Called once for each family (4 and 6), in the order of the answers, also from within
 * gc_resolver_start(). addresses: count of them, best first, their ports 0; borrowed for the call.
 * count 0: there are none, or nobody answered. It may call gc_resolver_end(). */
typedef void (*gc_resolver_found)(void *context, uint8_t family, const gc_addr *addresses,
                                  uint32_t count);

/* Asks for a name, which is copied. servers: "address[:port],...", for tests; NULL: the system's.
 * Returns NULL when memory is short or the configuration cannot be read. */
gc_resolver *gc_resolver_start(uv_loop_t *loop, const char *name, const char *servers,
                               gc_resolver_found found, void *context);
/* Ends a resolver: nothing is reported any more, and its memory is freed by the loop. */
void gc_resolver_end(gc_resolver *r);

#endif
