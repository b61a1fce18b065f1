/* A transport address as the core sees it: no sockaddr, no text. */
#ifndef GC_BASE_ADDR_H
#define GC_BASE_ADDR_H

#include <stdbool.h>
#include <stdint.h>

typedef struct gc_addr {
    uint8_t ip[16]; /* network order; family 4 uses the first 4 bytes, the rest is zero */
    uint16_t port;  /* host order */
    uint8_t family; /* 4 or 6; v4-mapped IPv6 is given as 4 */
    uint8_t zero;
} gc_addr;

/* Returns true when both have one IP address; their ports do not count. Two of family 0, which have
 * none, are the same. */
bool gc_addr_is_same_ip(const gc_addr *a, const gc_addr *b);
/* Returns true for 127.0.0.0/8 and ::1. Source: RFC 1122 3.2.1.3, RFC 4291 2.5.3. */
bool gc_addr_is_loopback(const gc_addr *a);

/* Limits count sources: an IPv4 address, or an IPv6 /64, which is what one customer gets. */
#define GC_ADDR_SOURCE_BYTES 9 /* the family, and 4 or 8 bytes of the address; the rest is zero */
/* Writes the source of an address to out. */
void gc_addr_source(const gc_addr *from, uint8_t out[GC_ADDR_SOURCE_BYTES]);
/* Returns the keyed hash of an address's source; never 0. key: 16 secret bytes. */
uint64_t gc_addr_source_hash(const gc_addr *from, const uint8_t key[16]);

#endif
