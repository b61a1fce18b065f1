/* Routes: the addresses of this machine from which it would send to the internet, which a peer
 * shows to those whom it links with. Nothing is sent to find them.
 *
 * Usually these are the addresses of the default route, one of each family, as browsers without
 * permission for a camera show them: every address would tell strangers the real line beside a VPN,
 * and the inner networks of the machine. Source: RFC 8828 5.2 (mode 2). */
#ifndef GC_HOST_ROUTES_H
#define GC_HOST_ROUTES_H

#include "core/base/addr.h"

#include <stdbool.h>

enum gc_routes_which {
    GC_ROUTES_DEFAULT,  /* that of the default route, of each family */
    GC_ROUTES_ALL,      /* those, and of every other interface that is up */
    GC_ROUTES_LOOPBACK, /* 127.0.0.1 and, where there is IPv6, ::1: for tests */
};

/* Writes the addresses, with port 0, to out, at most `size`, those of the default route first, and
 * returns their number; 0 without a network. Loopback addresses are left out unless asked for, and
 * so are link-local IPv6 ones, which mean nothing without their interface. */
uint32_t gc_routes_find(enum gc_routes_which which, gc_addr *out, uint32_t size);

/* Returns true if this machine has the address, be its interface up or down. */
bool gc_routes_has(const gc_addr *own);

#endif
