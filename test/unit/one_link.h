/* One link by itself, with what all links of a handle share, for tests of what it does with inputs
 * and what it says. */
#ifndef GC_TEST_ONE_LINK_H
#define GC_TEST_ONE_LINK_H

#include "test/unit/unit.h"

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/base/reason.h"
#include "core/proto/link.h"
#include "rtc/peer_connection.h"

/* The time when it began. */
#define ONE_LINK_BEGAN 5000

typedef struct one_link {
    gc_drbg drbg;
    gc_ice_gate gate;
    gc_mdns mdns;
    gc_certificate certificate;
    gc_dtls_context dtls;
    gc_sctp_pool pool;
    gc_peer_connection_shared shared;
    gc_peer_connection link;
    gc_rtc_output out;
    void *memory;
} one_link;

/* Its own address, base 0, and one that nobody knows. */
extern const gc_addr one_link_own;
extern const gc_addr one_link_stranger;

/* Begins with one base; the offerer has still to offer. End it with one_link_end(). */
one_link *one_link_begin(bool offerer);
void one_link_end(one_link *f);
/* The next output of this type, in f->out; those of other types are passed over. */
bool one_link_next(one_link *f, uint32_t type);
/* The link has reported its end with this reason, and nothing else. */
void one_link_expect_closed(one_link *f, uint32_t reason);
/* An offer of another link, in memory of exactly its size; the caller frees it. */
uint8_t *one_link_make_offer(uint32_t *len);

#endif
