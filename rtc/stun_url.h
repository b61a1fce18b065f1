/* Addresses of STUN servers as they are written: URLs, and the list of ICE servers that a server
 * announces (RTCIceServer of WebRTC, as JSON). Read strictly: a URL that a browser would refuse is
 * refused. TURN servers are known and not used yet. Source: RFC 7064, RFC 3986 3.2.2. */
#ifndef GC_RTC_STUN_URL_H
#define GC_RTC_STUN_URL_H

#include "core/base/addr.h"
#include "core/base/span.h"

#define GC_STUN_URL_NAME_CHARS_MAX 253 /* RFC 1035 2.3.4, written with dots */
#define GC_STUN_URL_PORT           3478

typedef struct gc_stun_url {
    gc_addr address;                           /* family 0: only `name` and the port are known */
    char name[GC_STUN_URL_NAME_CHARS_MAX + 1]; /* of a host, to be looked up; else empty */
} gc_stun_url;

/* Reads "stun:HOST" or "stun:HOST:PORT". HOST: a name, an IPv4 address, or an IPv6 address in
 * brackets. Returns 0; GC_E_REFUSED for stuns:, turn: and turns:, which are not used; GC_E_SYNTAX
 * for anything else. *out is changed only by success. */
int gc_stun_url_read(gc_span text, gc_stun_url *out);
/* Reads a JSON array of RTCIceServer (GC_CLIENT_ICE_SERVERS of the core), whose `urls` is a string
 * or an array of strings. Writes the first `size` URLs that gc_stun_url_read() takes to out and
 * returns their number. Everything else is left out; a text that is not such a list gives 0. */
uint32_t gc_stun_url_read_list(gc_span json, gc_stun_url *out, uint32_t size);

#endif
