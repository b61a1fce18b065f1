/* Proxies: the addresses whose word about a client's address is believed (--trust-proxy): loopback
 * and the networks that the operator named; none while the option is off. Source: the form of
 * X-Forwarded-For is that of RFC 7239 section 6; who may be believed is said in its section 8.1. */
#ifndef GC_SERVER_PROXIES_H
#define GC_SERVER_PROXIES_H

#include "core/base/addr.h"
#include "core/wire/http.h"

#define GC_PROXIES_NETWORKS_MAX 32

typedef struct gc_network {
    gc_addr first; /* its port says nothing */
    uint32_t bits; /* of the address that are those of the network */
} gc_network;

typedef struct gc_proxies {
    bool on;
    uint32_t count;
    gc_network networks[GC_PROXIES_NETWORKS_MAX];
} gc_proxies;

/* Adds networks to *p: addresses of IPv4 or IPv6, each with or without /BITS, after commas; the
 * bits of an address after the first BITS are dropped. Returns false, with *p undefined, when the
 * list is empty, is not of that form, or is too long. */
bool gc_proxies_add(gc_proxies *p, const char *list);
/* Tells whether the word of this address counts. */
bool gc_proxies_trust(const gc_proxies *p, const gc_addr *address);
/* Returns the client of a request that came from `peer`, whose word counts: hops of all its
 * X-Forwarded-For are read from the right, and the first that is not trusted is the client. Without
 * the header it is peer; if all are trusted, the leftmost; before one that cannot be read, the last
 * that could be. */
gc_addr gc_proxies_client(const gc_proxies *p, const gc_http_request *r, const gc_addr *peer);

#endif
