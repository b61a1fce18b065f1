/* STUN servers: finds the addresses of servers that are named by URLs (RFC 7064), for links that
 * are to learn how the network outside sees them. TURN and TLS are left out.
 *
 *   zeroed --gc_stun_servers_open--> open --gc_stun_servers_end--> ended */
#ifndef GC_PEER_STUN_SERVERS_H
#define GC_PEER_STUN_SERVERS_H

#include "core/base/addr.h"
#include "core/base/span.h"
#include "host/resolver.h"

#define GC_STUN_SERVERS_MAX  4 /* names that are asked for, one after the other */
#define GC_STUN_SERVERS_PORT 3478

/* Called with each address, at most one of each family for a server; also from within the functions
 * below. */
typedef void (*gc_stun_servers_found)(void *context, const gc_addr *server);

typedef struct gc_stun_server {
    struct gc_stun_servers *owner;
    gc_resolver *resolver; /* NULL: numeric */
    uint16_t port;
} gc_stun_server;

typedef struct gc_stun_servers {
    uv_loop_t *loop;
    const char *name_servers; /* for tests: as in gc_resolver_start() */
    gc_stun_servers_found found;
    void *context;
    uint32_t count;
    gc_stun_server servers[GC_STUN_SERVERS_MAX];
} gc_stun_servers;

void gc_stun_servers_open(gc_stun_servers *s, uv_loop_t *loop, const char *name_servers,
                          gc_stun_servers_found found, void *context);
/* Adds "stun:host[:port]". Returns 0, GC_E_SYNTAX for another URL, GC_E_FULL after
 * GC_STUN_SERVERS_MAX, or GC_E_MEMORY. */
int gc_stun_servers_add(gc_stun_servers *s, gc_span url);
/* Adds those of a JSON array of ICE servers, [{"urls":"stun:..."},{"urls":["stun:...",...]}], as
 * the core gives it (GC_CLIENT_ICE_SERVERS). Whatever else it has is left out. */
void gc_stun_servers_add_json(gc_stun_servers *s, gc_span json);
/* Ends all questions; nothing is found any more. */
void gc_stun_servers_end(gc_stun_servers *s);

#endif
