/* Two sessions of DTLS with a path between them, for tests. */
#ifndef GC_TEST_DTLS_PAIR_H
#define GC_TEST_DTLS_PAIR_H

#include "rtc/dtls.h"
#include "test/unit/datagram_path.h"

typedef struct dtls_side {
    gc_certificate certificate;
    gc_dtls_context context;
    gc_dtls dtls;
    uint32_t opened, ended, reason;
    uint32_t messages; /* that came */
    uint64_t opened_ms;
    uint32_t largest; /* datagram that it sent */
    uint32_t sent;
} dtls_side;

typedef struct dtls_pair {
    path path;
    uint64_t now_ms;
    uint32_t rtt_ms; /* of gc_dtls_begin() */
    bool idle[2];    /* this side's deadline is not looked at */
    dtls_side sides[2];
} dtls_pair;

enum { CLIENT, SERVER };

/* Two sessions that expect one another; end them with dtls_pair_free(). */
dtls_pair *dtls_pair_make(uint64_t seed);
/* The same; ours: each knows that the other side is of this program. */
dtls_pair *dtls_pair_make_of(uint64_t seed, bool ours);
void dtls_pair_free(dtls_pair *w);
/* Counts what side i puts out, and sends its datagrams. */
void dtls_pair_drain(dtls_pair *w, uint32_t i);
void dtls_pair_begin(dtls_pair *w, uint32_t i);
/* Gives side i a datagram. */
void dtls_pair_give(dtls_pair *w, uint32_t i, gc_span bytes);
void dtls_pair_step_to(dtls_pair *w, uint64_t now_ms);
/* Sets the clock of the wall, which OpenSSL looks at. */
void dtls_pair_set_wall(uint64_t ms);
/* Runs until the time is over, or nothing is to be done any more. */
void dtls_pair_run(dtls_pair *w, uint64_t for_ms);
/* Side i sends len bytes. */
void dtls_pair_say(dtls_pair *w, uint32_t i, uint32_t len);
void dtls_pair_assert_connected(const dtls_pair *w);

#endif
