/* Route of a link: where its datagrams of DTLS go. The agent of ICE tells of addresses; this noun
 * keeps the one to use.
 *
 *   none --an authenticated check came from an address--> heard --a pair is valid--> selected
 *
 * An address that only asked answered none of our checks: it may be a victim that the other side
 * named. It gets at most GC_LINK_ROUTE_HEARD_MAX datagrams of a link, and of all links together no
 * more than the gate of ICE lets through (ice_gate.h), which its owner asks. Source: RFC 8445 12.1.
 */
#ifndef GC_RTC_LINK_ROUTE_H
#define GC_RTC_LINK_ROUTE_H

#include <stdbool.h>

#include "core/base/addr.h"

/* Datagrams of DTLS to an address that answered none of our checks. */
#define GC_LINK_ROUTE_HEARD_MAX 2

/* One own socket and the address on the other side. */
typedef struct gc_link_way {
    gc_addr to; /* family 0: not known */
    uint32_t base;
} gc_link_way;

typedef struct gc_link_route {
    gc_link_way selected;
    gc_link_way heard;
    uint32_t heard_sent; /* datagrams that went to `heard` */
} gc_link_route;

/* Begins without any address. */
void gc_link_route_begin(gc_link_route *r);
/* Takes an address from which an authenticated check came to `base`: only the first counts. */
void gc_link_route_hear(gc_link_route *r, uint32_t base, const gc_addr *from);
/* Takes the pair that carries data from now on. */
void gc_link_route_select(gc_link_route *r, uint32_t base, const gc_addr *to);
/* Forgets addresses that are reached from this base, which is gone: without another way datagrams
 * are lost until the agent of ICE finds one. */
void gc_link_route_drop(gc_link_route *r, uint32_t base);
/* Returns true when this is the pair that carries data. */
bool gc_link_route_is(const gc_link_route *r, uint32_t base, const gc_addr *addr);
/* Returns true when there is an address, whether it may still be used or not. */
bool gc_link_route_known(const gc_link_route *r);
/* Counts one datagram and fills *way with where it goes. Returns false when there is no way for it:
 * no address, or one that only asked and has had its datagrams. */
bool gc_link_route_take(gc_link_route *r, gc_link_way *way);

#endif
