/* How many connections each client address has: IPv4 by address, IPv6 by /64, because one
 * customer gets a /64. An address is forgotten with its last connection, so the table is bounded
 * by the number of connections. */
#ifndef GC_PROTO_ADDRESSES_H
#define GC_PROTO_ADDRESSES_H

#include "core/base/addr.h"
#include "core/base/map.h"

#define GC_ADDRESS_NONE UINT32_MAX

typedef struct gc_address {
    uint8_t family;
    uint8_t prefix[8]; /* IPv4: 4 bytes and zeros */
    uint32_t count;    /* connections; 0 = free */
    uint32_t next;     /* free list */
} gc_address;

typedef struct gc_addresses {
    gc_address *entries;
    gc_map map;
    uint8_t key[16];
    uint32_t touched;
    uint32_t free; /* entry + 1 */
    uint32_t per_address_max;
} gc_addresses;

/* capacity: connections. A measuring arena only counts. */
void gc_addresses_init(gc_addresses *t, gc_arena *a, uint32_t capacity, uint32_t per_address_max,
                       const uint8_t key[16]);
/* Counts one more connection. GC_ADDRESS_NONE when the address has its maximum: nothing changed. */
uint32_t gc_addresses_add(gc_addresses *t, const gc_addr *from);
/* The address of an entry in use; of IPv6 the /64. */
gc_addr gc_addresses_at(const gc_addresses *t, uint32_t entry);
void gc_addresses_remove(gc_addresses *t, uint32_t entry);

#endif
