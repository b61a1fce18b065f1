/* Penalties of addresses (IPv6: of their /64) that connect without end or break the protocol again
 * and again. An address has a budget of connections, which refills; an address that overdraws it is
 * refused for a second, the next time for two, and so on.
 *
 *   free --over the budget--> refused --time is up--> free; a minute later its record is clean
 *
 * Source: the idea is OpenSSH's PerSourcePenalties (sshd_config(5)); numbers in limits.h. */
#ifndef GC_PROTO_PENALTIES_H
#define GC_PROTO_PENALTIES_H

#include "core/base/limits.h"
#include "core/proto/source_rates.h"

typedef struct gc_penalty {
    uint64_t until_ms; /* refused before this */
    uint64_t wait_ms;  /* the last penalty; 0 = a clean record */
} gc_penalty;

typedef struct gc_penalties {
    uint64_t given;   /* for /metrics */
    uint64_t refused; /* connections, for /metrics */
    gc_source_rates rates;
    gc_penalty records[GC_SOURCE_PLACES]; /* of the source in that place */
} gc_penalties;

/* Prepares p, which is zero; touches no page of its table. key: 16 random bytes that hash
 * addresses, copied. per_second: connections of one address, at least 1 (asserted); any number
 * above 1,000,000: nobody is ever refused. ahead: how many of them may come at once, at least 1. */
void gc_penalties_init(gc_penalties *p, const uint8_t key[16], uint32_t per_second, uint32_t ahead);
/* Counts a connection from an address (family 4 or 6, asserted). now_ms: monotonic, a step back is
 * clamped. Returns false when the address has a penalty, or gets one by this connection: refuse the
 * connection before anything else is done for it. */
bool gc_penalties_admit(gc_penalties *p, uint64_t now_ms, const gc_addr *from);
/* Counts GC_OFFENCE_CONNECTS connections more of an address, because a connection of it broke the
 * protocol. now_ms: as above. */
void gc_penalties_offend(gc_penalties *p, uint64_t now_ms, const gc_addr *from);

#endif
