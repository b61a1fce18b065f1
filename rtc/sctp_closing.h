/* SCTP closing: the SHUTDOWN of an association, from either side (RFC 9260 9.2).
 *
 *   NONE --close--> PENDING --all acknowledged--> SENT --SHUTDOWN ACK--> DONE (SHUTDOWN COMPLETE)
 *     |                |                           | SHUTDOWN
 *     +----------------+--SHUTDOWN--> RECEIVED     v
 *                                        |----> ACK_SENT --SHUTDOWN COMPLETE or ACK--> DONE
 *                                  all acknowledged */
#ifndef GC_RTC_SCTP_CLOSING_H
#define GC_RTC_SCTP_CLOSING_H

#include "rtc/sctp_chunk.h"

/* T2: SHUTDOWN and SHUTDOWN ACK are sent again after this time. */
#define GC_SCTP_T2_MS 500

enum gc_sctp_closing_phase {
    GC_SCTP_CLOSING_NONE,
    GC_SCTP_CLOSING_PENDING,
    GC_SCTP_CLOSING_SENT,
    GC_SCTP_CLOSING_RECEIVED,
    GC_SCTP_CLOSING_ACK_SENT,
    GC_SCTP_CLOSING_DONE,
};

typedef struct gc_sctp_closing {
    uint32_t phase;
    uint8_t due; /* the chunk to send: SHUTDOWN, SHUTDOWN ACK or COMPLETE; 0: none */
    uint64_t t2_at_ms;
} gc_sctp_closing;

/* Begins in NONE, with nothing due. */
void gc_sctp_closing_begin(gc_sctp_closing *c);
/* Asks for the end. */
void gc_sctp_closing_close(gc_sctp_closing *c);
/* Takes a chunk of these three types; the caller has taken the TSN of a SHUTDOWN. */
void gc_sctp_closing_chunk(gc_sctp_closing *c, uint8_t type, uint64_t now_ms);
/* Goes on when everything that was queued is acknowledged (idle); sends again what is due. */
void gc_sctp_closing_step(gc_sctp_closing *c, bool idle, uint64_t now_ms);
/* Writes the chunk that is due, if any. cumulative: of the peer's TSNs. */
void gc_sctp_closing_write(gc_sctp_closing *c, uint32_t cumulative, gc_writer *w);

#endif
