/* Addresses between the kernel's form, the core's (gc_addr) and text; listening sockets. */
#ifndef GC_HOST_NET_H
#define GC_HOST_NET_H

#include "core/base/addr.h"
#include "core/base/span.h"

#include <sys/socket.h>

/* A v4-mapped IPv6 address becomes family 4. False for another family; *out is zero then. */
bool gc_net_from_sockaddr(const struct sockaddr *sa, gc_addr *out);
/* Writes an address of family 4 or 6 in the kernel's form to *out; returns its length there. */
socklen_t gc_net_to_sockaddr(const gc_addr *a, struct sockaddr_storage *out);
/* The address of a hop in X-Forwarded-For (RFC 7239 6 describes the same forms): "192.0.2.1",
 * "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]:80". False for anything else. */
bool gc_net_parse(gc_span text, gc_addr *out);

/* Resolves host (may ask DNS: only at start) and opens a listening TCP socket, not blocking. "::"
 * takes IPv4 too, and becomes 0.0.0.0 where the machine has no IPv6. port 0: any free one.
 * Returns the descriptor and in *port the real port, or -1 and the reason in error. */
int gc_net_listen(const char *host, uint32_t *port, char *error, size_t error_bytes);
/* The same for UDP, with one socket for each family: fds[0] IPv4, fds[1] IPv6, -1 where the host
 * is of the other family or the machine lacks it. Returns 0, or -1 and the reason. */
int gc_net_bind_udp(const char *host, uint32_t port, int fds[2], char *error, size_t error_bytes);
/* Opens a UDP socket, not blocking, bound to this address of the machine and any free port. Returns
 * the descriptor, and the port in a->port; or -1. */
int gc_net_bind_udp_to(gc_addr *a);
/* True for "localhost" and what ends in ".localhost", in any case: names of this machine, for which
 * nobody is asked (RFC 6761 6.3). Fills v6 and v4 then, with port 0. */
bool gc_net_localhost(const char *name, gc_addr *v6, gc_addr *v4);
/* True for 127.0.0.0/8, ::1 and "localhost". */
bool gc_net_is_loopback(const char *host);

#endif
