/* SCTP path MTU: how long the packets of a path may be. They begin with a size that every path is
 * taken to carry (base); where that leaves no room for what waits, probes look for a longer one: a
 * HEARTBEAT that PAD makes as long as the packets would be, which an answer shows to have come.
 *
 *   base --a packet was full--> searching --no larger size is possible--> wide, or base
 *    ^                           |      ^_________________________________|
 *    |                           |         GC_SCTP_MTU_AGAIN_MS and a full packet
 *    |<--wide packets are lost, one after the other (a black hole)
 *    |<--packets go another way
 *
 * The size of Ethernet is tried first, which one answer confirms on most paths: packets are so long
 * at once. Then the ceiling is tried and the sizes of usual links, downwards, or those below
 * Ethernet when its size failed: what lies between them is not worth seconds. A probe that is lost
 * says nothing of congestion, and nothing waits for it (RFC 8899 3). An idle association neither
 * searches nor has a timer. Of wide packets one at a time is watched, by a chunk in it.
 *
 * Chunks of user data are never longer than a packet of the base carries: a wide packet has several
 * of them. So what is under way survives a path that became narrower, which a long chunk, whose TSN
 * forbids to cut it again, would not.
 *
 * Source: RFC 8899 (DPLPMTUD) 5, 6.2 (SCTP); RFC 4820 (PAD); RFC 9260 3.3.5, 3.3.6 (HEARTBEAT). */
#ifndef GC_RTC_SCTP_MTU_H
#define GC_RTC_SCTP_MTU_H

#include "core/base/drbg.h"
#include "rtc/sctp_chunk.h"

/* RFC 8899 5.1.2: MAX_PROBES. So many lost probes end a size. */
#define GC_SCTP_MTU_TRIES 3
/* RFC 8899 5.1.1: PROBE_TIMER. It must not be shorter; a longer round trip makes it longer. */
#define GC_SCTP_MTU_PROBE_MS 1000
/* RFC 8899 5.1.1: PMTU_RAISE_TIMER, 600 s. */
#define GC_SCTP_MTU_AGAIN_MS 600000
/* Wide packets that were watched and lost, one after the other: a black hole. At 30 % random loss
 * that many are lost once in a hundred times, and it costs the longer packets alone. */
#define GC_SCTP_MTU_LOSSES 4
/* HEARTBEAT with a number of 8 bytes, and the least PAD. */
#define GC_SCTP_MTU_INFO_BYTES  12
#define GC_SCTP_MTU_PROBE_BYTES (GC_SCTP_HEAD_BYTES + 4 + GC_SCTP_MTU_INFO_BYTES + 4)

typedef struct gc_sctp_mtu {
    gc_drbg *drbg;         /* borrowed: the numbers in probes */
    uint32_t base_bytes;   /* packets of SCTP, as all sizes here */
    uint32_t bytes_max;    /* the ceiling; base_bytes: nothing is searched */
    uint32_t bytes;        /* packets may be so long now */
    uint32_t probe_bytes;  /* the size that is searched after; 0: none */
    uint32_t tries;        /* probes of this size that were lost */
    uint32_t failed_bytes; /* the least size that this search found to be too long; UINT32_MAX */
    uint32_t losses;       /* watched packets that were lost since one came */
    uint32_t watched_tsn;
    bool watches;
    bool due;            /* the next probe may go out */
    uint64_t lost_at_ms; /* when the probe that is under way counts as lost; GC_NEVER */
    uint64_t again_ms;   /* no search begins before */
    uint8_t info[GC_SCTP_MTU_INFO_BYTES]; /* of the probe that is under way */
} gc_sctp_mtu;

/* Begins at the base, which is the ceiling too. drbg: borrowed as long as m is used. */
void gc_sctp_mtu_begin(gc_sctp_mtu *m, gc_drbg *drbg, uint32_t base_bytes);
/* Sets the ceiling: base_bytes at least (asserted). */
void gc_sctp_mtu_limit(gc_sctp_mtu *m, uint32_t bytes_max);
/* Takes that a packet had no room for what waits: a search begins, when one is due. */
void gc_sctp_mtu_wanted(gc_sctp_mtu *m, uint64_t now_ms);
/* Takes that packets go another way from now on: back to the base, and a search may begin at once.
 */
void gc_sctp_mtu_moved(gc_sctp_mtu *m);

/* Writes a probe into a packet that was begun (GC_SCTP_HEAD_BYTES are written, asserted) and has
 * room for bytes_max. timeout_ms: an answer should have come by then. Returns false, and writes
 * nothing, when none is due. */
bool gc_sctp_mtu_probe(gc_sctp_mtu *m, gc_writer *w, uint64_t now_ms, uint32_t timeout_ms);
/* Takes the value of a HEARTBEAT ACK. One that does not answer the last probe is ignored. */
void gc_sctp_mtu_answer(gc_sctp_mtu *m, gc_span value, uint64_t now_ms);
/* Counts a probe that was lost by now. */
void gc_sctp_mtu_tick(gc_sctp_mtu *m, uint64_t now_ms);
/* Returns when gc_sctp_mtu_tick() is due; GC_NEVER. */
uint64_t gc_sctp_mtu_deadline(const gc_sctp_mtu *m);

/* Takes that a packet of `bytes` went out with DATA, of which `tsn` is one chunk. */
void gc_sctp_mtu_sent(gc_sctp_mtu *m, uint32_t bytes, uint32_t tsn);
/* Returns true when somebody must say, by the next two functions, what became of chunk *tsn. */
bool gc_sctp_mtu_watched(const gc_sctp_mtu *m, uint32_t *tsn);
/* Takes that the watched packet came. */
void gc_sctp_mtu_came(gc_sctp_mtu *m);
/* Takes that it was lost. */
void gc_sctp_mtu_lost(gc_sctp_mtu *m, uint64_t now_ms);

/* Returns the longest chunk, with its head, of which packets of the present size are full: the
 * longest that the base carries, or a whole part of a wide packet. */
uint32_t gc_sctp_mtu_chunk_bytes(const gc_sctp_mtu *m);

#endif
