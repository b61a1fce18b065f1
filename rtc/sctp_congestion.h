/* SCTP congestion control: how many bytes may be in flight, and how fast they go out, on the path
 * that packets take now. Which figures these are is decided by the algorithm below it (sctp_bbr.h).
 * This noun asks it, and keeps from it what went on a path before.
 *
 *   this path --moved--> another one --the first SACK for what went on it--> this path
 *
 * On another path SACKs for what went on the one before change nothing: they may come for a round
 * trip, and show the rate and the round trip of a path that is not used any more.
 * Source: RFC 9260 7.2; draft-ietf-ccwg-bbr. */
#ifndef GC_RTC_SCTP_CONGESTION_H
#define GC_RTC_SCTP_CONGESTION_H

#include "rtc/sctp_bbr.h"

typedef struct gc_sctp_congestion {
    gc_sctp_bbr bbr;
    bool unheard;        /* no SACK has come for what went on this path */
    uint32_t heard_from; /* the first such SACK is for a chunk that was sent when so many bytes had
                            been delivered (sctp_rate.h), or more; modulo 2^32 */
} gc_sctp_congestion;

/* Begins with nothing known of the path. packet_bytes: its longest packet. now_ms: monotonic, here
 * and below. chance: any number, from which the times of the algorithm's probes follow: two ends
 * must not probe at the same times. */
void gc_sctp_congestion_begin(gc_sctp_congestion *c, uint32_t packet_bytes, uint64_t now_ms,
                              uint32_t chance);
/* Begins anew on another path: what was learned of the one before says nothing of it. delivered:
 * bytes so far (sctp_rate.h). */
void gc_sctp_congestion_moved(gc_sctp_congestion *c, uint32_t delivered, uint64_t now_ms);
/* Takes that packets are at most so many bytes long from now on; nothing else changes. */
void gc_sctp_congestion_size(gc_sctp_congestion *c, uint32_t packet_bytes);
/* Returns true when one more chunk may be sent beside so many user bytes in flight: a chunk may
 * exceed the window when it was not full (RFC 9260 6.1 B). */
bool gc_sctp_congestion_allows(const gc_sctp_congestion *c, uint32_t flight_bytes);
/* Takes a SACK. s: borrowed for the call; one that acknowledges nothing new, or what went on the
 * path before, changes nothing. */
void gc_sctp_congestion_acked(gc_sctp_congestion *c, const gc_sctp_sample *s);
/* Notes that so many user bytes were lost (sctp_recovery.h), before the SACK that told it is taken;
 * 0: nothing changes. */
void gc_sctp_congestion_lost(gc_sctp_congestion *c, uint32_t bytes);
/* Notes that a loss was none: the chunk has come twice. Undoes what the last losses did. */
void gc_sctp_congestion_spurious(gc_sctp_congestion *c);
/* Notes that nothing was acknowledged for a whole retransmission time: one packet may be in flight
 * until the next SACK (RFC 9260 7.2.3). */
void gc_sctp_congestion_timed_out(gc_sctp_congestion *c);
/* Returns the rate of sending in user bytes a second; 0: as fast as the window allows. */
uint64_t gc_sctp_congestion_rate(const gc_sctp_congestion *c);

#endif
