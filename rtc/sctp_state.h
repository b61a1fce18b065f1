/* SCTP state: the parts of one association, for the three files that work on all of them: what
 * comes (sctp_receive.h), what goes out (sctp_transmit.h), and the association as a whole (sctp.h).
 * `reason` is 0 until the association ends, and stays as it is then. Bounds: those of the parts,
 * and one answer of each kind that is due. Source: RFC 9260 4, 5, 9. */
#ifndef GC_RTC_SCTP_STATE_H
#define GC_RTC_SCTP_STATE_H

#include "rtc/sctp_closing.h"
#include "rtc/sctp_congestion.h"
#include "rtc/sctp_forward.h"
#include "rtc/sctp_in.h"
#include "rtc/sctp_mtu.h"
#include "rtc/sctp_opening.h"
#include "rtc/sctp_out.h"
#include "rtc/sctp_pacer.h"
#include "rtc/sctp_recovery.h"
#include "rtc/sctp_resets.h"

/* Both ports. */
#define GC_SCTP_PORT GC_RTC_SCTP_PORT
/* A HEARTBEAT is answered whose information is at most so long, and an unknown chunk reported. */
#define GC_SCTP_HEARTBEAT_BYTES_MAX 512
#define GC_SCTP_UNKNOWN_BYTES_MAX   64

/* Why an association ended. */
enum gc_sctp_reason {
    GC_SCTP_CLOSED = 1,  /* by SHUTDOWN, everything sent was acknowledged */
    GC_SCTP_ABORTED,     /* by the peer's ABORT; cause: its first error cause (RFC 9260 3.3.10) */
    GC_SCTP_UNREACHABLE, /* GC_SCTP_OPEN_MS, GC_SCTP_CLOSE_MS or GC_SCTP_STALL_MS went by */
    GC_SCTP_VIOLATION,   /* the peer broke the protocol: it acknowledged what was never sent, mixed
                            fragments, left a hole in the numbers of a stream */
    GC_SCTP_EXCESS,      /* a message over GC_SCTP_MESSAGE_BYTES_MAX or in too many fragments */
    GC_SCTP_RESTARTED,   /* the peer began a new association in the place of this one */
    GC_SCTP_CANCELLED,   /* gc_sctp_abort() */
};

typedef struct gc_sctp_config {
    /* Longest packet that every path carries: 512..GC_SCTP_PACKET_BYTES_MAX (asserted). */
    uint32_t packet_bytes;
    /* How much of incomplete messages is held, counted in blocks of GC_SCTP_BLOCK_BYTES, which is
     * also the window that the peer is given: at least two messages of GC_SCTP_MESSAGE_BYTES_MAX
     * (asserted). */
    uint32_t window_bytes;
    /* How much may wait to be sent for the first time, counted alike: at least two messages
     * (asserted). */
    uint32_t queue_bytes;
    /* The window for a peer of this program; 0: window_bytes. */
    uint32_t wide_window_bytes;
    /* Whether fragments of messages may be interleaved (I-DATA, RFC 8260) if the peer wants it too.
     */
    bool interleaves;
} gc_sctp_config;

typedef struct gc_sctp {
    gc_sctp_pool *pool;
    gc_sctp_config config;
    uint64_t now_ms; /* of the last input */
    gc_sctp_opening opening;
    gc_sctp_closing closing;
    gc_sctp_in in;
    gc_sctp_out out;
    gc_sctp_recovery recovery;
    gc_sctp_rate rate;
    gc_sctp_congestion congestion;
    gc_sctp_pacer pacer;
    gc_sctp_mtu mtu;
    gc_sctp_forward forward;
    uint64_t lost_bytes; /* of those of `recovery`, that `congestion` knows */
    uint64_t spurious;   /* and alike */
    gc_sctp_resets resets;
    uint32_t peer_window; /* the last that the peer gave */
    uint64_t limit_at_ms; /* when opening or closing has taken too long; GC_NEVER */
    uint64_t progress_ms; /* when the peer last acknowledged anything new, or the queue was empty */
    bool extra_due;       /* one chunk goes out whatever the congestion window says */
    bool up_due;
    bool met;         /* the peer's numbers were known, be it under another tag */
    uint32_t refused; /* blocks of the largest message that the queue refused: WRITABLE is owed */
    uint32_t heartbeat_len;
    uint32_t unknown_len;
    uint8_t heartbeat[GC_SCTP_HEARTBEAT_BYTES_MAX]; /* to be sent back */
    uint8_t unknown[GC_SCTP_UNKNOWN_BYTES_MAX];     /* chunk to be reported */
    uint32_t reason;                                /* gc_sctp_reason; 0: not ended */
    uint16_t cause;                                 /* of the peer's ABORT */
    uint16_t abort_cause;                           /* of an ABORT of ours that is due; 0: none */
    bool told;                                      /* DOWN was given */
} gc_sctp;

/* Takes the time of an input as s->now_ms; a step back is clamped. Before anything else of it. */
void gc_sctp_state_time(gc_sctp *s, uint64_t now_ms);
/* Ends the association, if it has not ended, and gives back what was to be sent. reason: a
 * gc_sctp_reason (not 0, asserted). abort_cause: an ABORT with this cause (gc_sctp_cause) tells a
 * peer whose tag is known; 0: none. Whole messages that came are still given. */
void gc_sctp_state_end(gc_sctp *s, uint32_t reason, uint16_t abort_cause);
/* Carries out what a gc_sctp_news of `opening` says: takes the peer's numbers, opens, or ends the
 * association with GC_SCTP_RESTARTED. NEWS_NONE: nothing changes. */
void gc_sctp_state_news(gc_sctp *s, uint32_t news);
/* Passes on to the congestion control what recovery has found to be lost, or not to be, since the
 * last call. */
void gc_sctp_state_lost(gc_sctp *s);
/* Takes what became of the packet that `mtu` watches, and passes on to the congestion control how
 * long packets are. Call it after whatever may have changed either. */
void gc_sctp_state_path(gc_sctp *s);
/* Returns true when messages may be given up: the association is open, and the peer takes
 * FORWARD-TSN (RFC 3758 3.3.1). */
bool gc_sctp_state_gives_up(const gc_sctp *s);
/* Returns true when the association is established and not ended. */
bool gc_sctp_state_is_open(const gc_sctp *s);

#endif
