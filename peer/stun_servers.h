/* The STUN servers of a native peer: looks up the addresses of the hosts in their URLs. Each URL
 * gives one address of each family that the name has. A name whose look-up failed is asked for
 * again when the next link begins: the network may have been away. "localhost" is this machine
 * without a question to anybody.
 *
 *   zeroed --gc_stun_servers_open--> open --set--> asking --every name answered or failed--> open
 */
#ifndef GC_PEER_STUN_SERVERS_H
#define GC_PEER_STUN_SERVERS_H

#include "host/resolver.h"
#include "rtc/stun_url.h"

#define GC_STUN_SERVERS_MAX 4 /* URLs; each may give an address of each family */

/* URLs of servers; a zeroed list is empty. */
typedef struct gc_stun_list {
    gc_stun_url urls[GC_STUN_SERVERS_MAX];
    uint32_t count;
} gc_stun_list;

/* Adds a URL, which is read and copied. Returns 0; GC_E_FULL when GC_STUN_SERVERS_MAX are there; an
 * error of gc_stun_url_read(); GC_E_ARGUMENT for an address that no server may have, such as one of
 * a group. Then nothing has changed. */
int gc_stun_list_add(gc_stun_list *list, gc_span url);

/* Called with each address, also from within gc_stun_servers_set() and _ask(). */
typedef void (*gc_stun_servers_found)(void *context, const gc_addr *server);

typedef struct gc_stun_servers gc_stun_servers;

typedef struct gc_stun_server {
    gc_stun_servers *owner;
    gc_stun_url url;
    gc_resolver *resolver; /* while it asks */
    uint8_t answers;       /* families that were reported */
    bool known;            /* an address was reported */
} gc_stun_server;

struct gc_stun_servers {
    uv_loop_t *loop;
    const char *name_servers;
    gc_stun_servers_found found;
    void *context;
    gc_stun_server servers[GC_STUN_SERVERS_MAX];
    uint32_t count;
};

/* Opens zeroed ones, which may not move after that, without a server. name_servers: for tests, else
 * NULL, borrowed (gc_resolver_start()). context: for found. */
void gc_stun_servers_open(gc_stun_servers *s, uv_loop_t *loop, const char *name_servers,
                          gc_stun_servers_found found, void *context);
/* Replaces the servers by those of the list, copied, and asks for them. Nothing is reported of the
 * earlier ones any more. */
void gc_stun_servers_set(gc_stun_servers *s, const gc_stun_list *list);
/* Asks again for names that have no address yet and are not being asked for. */
void gc_stun_servers_ask(gc_stun_servers *s);
/* Ends all questions: nothing is reported any more. Does nothing with zeroed ones. */
void gc_stun_servers_close(gc_stun_servers *s);

#endif
