/* Multicast sockets: UDP sockets that ask a group of the local network and hear what is said to it,
 * as multicast DNS needs them (RFC 6762 5.2, 11, 15.1). */
#ifndef GC_HOST_MULTICAST_H
#define GC_HOST_MULTICAST_H

#include "core/base/addr.h"

/* Opens a UDP socket, not blocking, that is bound to a group's address and port, which it shares
 * with other programs, and is a member of the group on the interface that has the address `own` of
 * this machine, on no other. Its datagrams leave from there, with the hop limit 255, and come back
 * to members on this machine. own, group: of one family. Returns the descriptor, or -1. */
int gc_multicast_open(const gc_addr *own, const gc_addr *group);

#endif
