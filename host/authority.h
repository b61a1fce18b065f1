/* The authority of an address: the host and the port after a scheme. Source: RFC 3986 3.2. */
#ifndef GC_HOST_AUTHORITY_H
#define GC_HOST_AUTHORITY_H

#include "core/base/span.h"

#define GC_AUTHORITY_HOST_BYTES 254 /* RFC 1035 2.3.4: 253 characters of a name, and a zero */

typedef struct gc_authority {
    char host[GC_AUTHORITY_HOST_BYTES]; /* a name or a numeric address, without brackets */
    uint16_t port;                      /* 1..65535 */
} gc_authority;

/* Reads "host[:port]", in which host is a name of letters, digits, '.', '-' and '_', an IPv4
 * address, or an IPv6 one in brackets. port: that of an address without one. Returns 0, or
 * GC_E_SYNTAX for anything else, user info among it. */
int gc_authority_parse(gc_span text, uint16_t port, gc_authority *out);

#endif
