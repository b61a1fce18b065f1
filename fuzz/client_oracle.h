/* What a client showed and told while fuzz_client drives it, held against I1-I3 and I7: no message
 * is shown twice or out of order, every own message has exactly one fate for everybody who was
 * known when it was sent, nothing is told as sent that the transport did not take. A broken one is
 * an assertion that fails.
 */
#ifndef GC_FUZZ_CLIENT_ORACLE_H
#define GC_FUZZ_CLIENT_ORACLE_H

#include "core/gc_client.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct person {
    uint8_t session[GC_SESSION_BYTES];
    uint64_t shown;
} person;

typedef struct oracle {
    person people[256];
    uint32_t count;
    uint64_t told[GC_PEERS_MAX];      /* last own seq whose fate was told, for who sits there */
    uint64_t corrected[GC_PEERS_MAX]; /* last one that was taken back */
    uint64_t owed[GC_PEERS_MAX];      /* last own seq that was sent when it was known */
    bool alive[GC_PEERS_MAX];
    /* Stock PeerJS peers: the last own seq that the host got for one, and that its transport took.
     */
    uint64_t got[GC_PEERS_MAX];
    uint64_t taken[GC_PEERS_MAX];
    uint32_t sent_on[GC_LINKS_MAX]; /* 1 + link, to be reported; 0 */
    bool throws;                    /* the transport refuses, its links end */
    bool silent;                    /* the host reports only behind a later drain */
    bool late;                      /* it did not drain after the last input */
} oracle;

/* Takes all outputs of `c`, judges them, and does what a host does behind a drain, until nothing
 * is left. */
void oracle_drain(gc_client *c, oracle *k);
/* Tells `c` that the transport of `link` took everything and holds `bytes`. */
void oracle_buffered(gc_client *c, oracle *k, uint32_t link, uint32_t bytes);

#endif
