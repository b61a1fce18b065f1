/* SCTP recovery: when a chunk in flight counts as lost. By time, as RACK does for TCP (RFC 8985): a
 * chunk is lost when one that was sent later has been acknowledged and a round trip and a window
 * for reordering have gone by since the chunk was sent; this finds lost retransmissions, too. When
 * nothing is acknowledged at all, a probe goes out after two round trips, and after the
 * retransmission time (RFC 9260 6.3) all is lost.
 *
 *   idle --sent--> armed --2 round trips--> probed --RTO--> all lost, RTO doubles
 *     ^______________|^______acknowledged_____|______________|
 */
#ifndef GC_RTC_SCTP_RECOVERY_H
#define GC_RTC_SCTP_RECOVERY_H

#include "rtc/sctp_out.h"

/* RFC 9260 16 has 1 s, 1 s and 60 s; a data channel's user waits less. The least time is beyond one
 * round trip, so that on most paths a probe comes first. */
#define GC_SCTP_RTO_MS_INITIAL 500
#define GC_SCTP_RTO_MS_MIN     200
#define GC_SCTP_RTO_MS_MAX     60000
/* Doubling stops here unless one round trip is longer: after a blackout data flow again within this
 * time, and consent (RFC 7675) decides when the path is dead. */
#define GC_SCTP_BACKOFF_MS_MAX 2000
/* The window for reordering: quarters of the smallest round trip, one more after each chunk that
 * came twice, fewer after as many recoveries without one (RFC 8985 7.1). */
#define GC_SCTP_REORDER_QUARTERS_MAX 8
/* A smaller round trip counts as this: a quarter of less than a millisecond is nothing, and batches
 * of one sender overtake each other even on one machine, between its processors. */
#define GC_SCTP_REORDER_RTT_MS_MIN 8
#define GC_SCTP_REORDER_PERSISTS   16

typedef struct gc_sctp_recovery {
    uint32_t srtt_us; /* smoothed; 0: no round trip was measured */
    uint32_t rttvar_us;
    uint32_t min_rtt_ms;
    uint32_t rto_ms; /* before doubling */
    uint32_t doubled;
    uint64_t armed_ms; /* since when acknowledgements are awaited; GC_NEVER: nothing is in flight */
    bool probed;
    uint64_t newest_ms; /* of the chunks that were acknowledged, the one sent last */
    uint32_t newest_tsn;
    uint32_t newest_rtt_ms; /* UINT32_MAX: there is no such chunk yet */
    uint64_t reorder_at_ms; /* when the next chunk counts as lost; GC_NEVER */
    uint32_t quarters;
    uint32_t persists;    /* recoveries until the window is narrow again */
    uint32_t widened_tsn; /* sent last when it was made wider */
    bool recovering;      /* until all that was sent before the loss is acknowledged */
    uint32_t recover_tsn;
    uint64_t moved_ms;   /* since when packets go this way */
    uint64_t lost_bytes; /* in all, but for those of silence, and on the way before */
    uint64_t spurious;   /* windows in which a chunk came twice: its loss was none */
} gc_sctp_recovery;

enum gc_sctp_due {
    GC_SCTP_DUE_NOTHING,
    GC_SCTP_DUE_PROBE,   /* send one chunk, a new one or the last in flight */
    GC_SCTP_DUE_LOSS,    /* chunks have become lost by time, the first ones of this window */
    GC_SCTP_DUE_TIMEOUT, /* all chunks in flight have */
};

/* Begins idle, without a round trip. */
void gc_sctp_recovery_begin(gc_sctp_recovery *r);
/* Takes one round trip. */
void gc_sctp_recovery_measured(gc_sctp_recovery *r, uint32_t rtt_ms);
/* Notes that a chunk goes out. */
void gc_sctp_recovery_sent(gc_sctp_recovery *r, uint64_t now_ms);
/* Takes what a SACK acknowledged (gc_sctp_out_ack()), and how many duplicates it reported. Returns
 * true when chunks were lost and that is the first loss of this window. */
bool gc_sctp_recovery_acked(gc_sctp_recovery *r, gc_sctp_out *o, const gc_sctp_acked *a,
                            uint32_t duplicates, uint64_t now_ms);
/* Takes that packets go another way from now on, so that what is in flight may be lost, which says
 * nothing of the new way: timers begin anew. Returns true if something is in flight, of which a
 * probe must be sent now. */
bool gc_sctp_recovery_moved(gc_sctp_recovery *r, uint64_t now_ms);
/* Returns how long an answer to what goes out now may take: then a probe is worth sending. */
uint32_t gc_sctp_recovery_answer_ms(const gc_sctp_recovery *r);
/* Returns when gc_sctp_recovery_tick() is due; GC_NEVER. */
uint64_t gc_sctp_recovery_deadline(const gc_sctp_recovery *r);
/* Returns what is due at now_ms, a gc_sctp_due, and has done it but for the sending. */
uint32_t gc_sctp_recovery_tick(gc_sctp_recovery *r, gc_sctp_out *o, uint64_t now_ms);

#endif
