/* Addresses: how many connections each client address has, so that one address cannot take them
 * all. IPv4 counts by address, IPv6 by /64, because one customer gets a /64.
 *
 *   absent --its first connection--> counted, 1..per_address_max --its last one ends--> absent
 *
 * An address is forgotten with its last connection, so the number of connections bounds the
 * table. */
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

/* Starts without addresses. Takes the tables for `capacity` connections from the arena, whose
 * memory must be zero and stays the table's; with a measuring arena it only counts.
 * per_address_max: connections that one address may have, at least 1. key: 16 random bytes that
 * hash addresses, copied. */
void gc_addresses_init(gc_addresses *t, gc_arena *a, uint32_t capacity, uint32_t per_address_max,
                       const uint8_t key[16]);
/* Counts one more connection of the address `from` (family 4 or 6, its port does not matter).
 * Returns the address's entry, which is valid until its last connection was removed;
 * GC_ADDRESS_NONE, with nothing changed, when the address has per_address_max already: refuse the
 * connection. There are never more connections than the capacity (asserted). */
uint32_t gc_addresses_add(gc_addresses *t, const gc_addr *from);
/* Returns the address of an entry in use (asserted), without a port; of IPv6 the /64, with zeros
 * after it. */
gc_addr gc_addresses_at(const gc_addresses *t, uint32_t entry);
/* Returns a hash of the address of an entry in use (asserted), by the table's key: nobody outside
 * can choose addresses that fall together. */
uint64_t gc_addresses_hash(const gc_addresses *t, uint32_t entry);
/* Counts one connection less of an entry in use (asserted), and frees the entry with the last. */
void gc_addresses_remove(gc_addresses *t, uint32_t entry);

#endif
