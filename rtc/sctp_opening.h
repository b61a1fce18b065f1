/* SCTP opening: the four-way handshake, from both sides at once when both begin.
 *
 *   CLOSED --connect--> WAIT --INIT ACK--> ECHOED --COOKIE ACK--> OPEN
 *      |                  |                   |                    ^
 *      +------------------+-------------------+---COOKIE ECHO------+
 *
 * Where the two sides told each other their INITs beforehand, in the descriptions of their link
 * (SNAP, draft-hancke-tsvwg-snap), connecting is all there is:
 *
 *   CLOSED --connect, after agree--> OPEN
 *
 * A side whose description got lost on the way begins with INIT all the same: its tag and first TSN
 * are those that it told, so both find together. An INIT is answered in each state, with the same
 * tag and first TSN (5.2.1), and costs nothing but the answer. Chunks that are due are written by
 * gc_sctp_opening_write_alone() and gc_sctp_opening_write().
 *
 * Bounds: one answer of each kind that is due, and a cookie of GC_SCTP_PEER_COOKIE_BYTES_MAX. All
 * times are monotonic milliseconds. Source: RFC 9260 5.1, 5.2; RFC 9653 4, 5. */
#ifndef GC_RTC_SCTP_OPENING_H
#define GC_RTC_SCTP_OPENING_H

#include "core/base/drbg.h"
#include "rtc/limits.h"
#include "rtc/sctp_cookie.h"

/* The longest state cookie of a peer that is sent back. */
#define GC_SCTP_PEER_COOKIE_BYTES_MAX 1024
/* The longest INIT chunk that a description may have. */
#define GC_SCTP_TOLD_INIT_BYTES_MAX GC_RTC_INIT_BYTES_MAX
/* T1 (RFC 9260 16 has 1 s and 60 s): without an answer INIT or COOKIE ECHO goes out again after two
 * round trips, but not earlier than the first time, and not later than the second, which is taken
 * when no round trip is known; then after twice the time, up to the third. The packets are small,
 * and whoever waits for them looks at a screen. */
#define GC_SCTP_T1_MS_MIN 100
#define GC_SCTP_T1_MS     500
#define GC_SCTP_T1_MS_MAX 1000

enum gc_sctp_phase {
    GC_SCTP_PHASE_CLOSED,
    GC_SCTP_PHASE_WAIT,
    GC_SCTP_PHASE_ECHOED,
    GC_SCTP_PHASE_OPEN
};

/* The meaning of an input of the opening to the association. */
enum gc_sctp_news {
    GC_SCTP_NEWS_NONE,
    GC_SCTP_NEWS_PEER,    /* the peer's numbers are known: data may follow the COOKIE ECHO */
    GC_SCTP_NEWS_OPEN,    /* established */
    GC_SCTP_NEWS_BOTH,    /* both of these */
    GC_SCTP_NEWS_RESTART, /* the peer began anew while the association was established */
};

typedef struct gc_sctp_opening {
    uint32_t phase;
    gc_sctp_init_chunk own;  /* what we say: tag, window, streams, first TSN */
    gc_sctp_init_chunk peer; /* what the peer said; valid from ECHOED on, and when agreed */
    gc_sctp_init_chunk asks; /* the INIT that is to be answered */
    bool declared; /* an INIT or INIT ACK that says so went out: a checksum of zero is taken */
    bool agreed;   /* the peer told its INIT, and `peer` has it */
    bool init_due;
    bool answer_due;
    bool echo_due;
    bool ack_due;
    bool stale_due;    /* an ERROR: the cookie was too old */
    uint64_t t1_at_ms; /* GC_NEVER: nothing is awaited */
    uint32_t t1_ms;
    uint32_t first_ms; /* T1 at the beginning */
    uint32_t echo_len;
    uint8_t echo[GC_SCTP_PEER_COOKIE_BYTES_MAX];
} gc_sctp_opening;

/* Begins CLOSED, with a new tag and first TSN of the drbg, which is borrowed for the call.
 * window_bytes: the window that the peer is given at first. streams: how many we have each way. */
void gc_sctp_opening_begin(gc_sctp_opening *o, gc_drbg *drbg, uint32_t window_bytes,
                           uint16_t streams);
/* Takes the round trip of the path in milliseconds, if it is known before connecting: T1 begins
 * with twice as much, within GC_SCTP_T1_MS_MIN and GC_SCTP_T1_MS. */
void gc_sctp_opening_round_trip(gc_sctp_opening *o, uint32_t rtt_ms);
/* Writes our INIT chunk for a description of the link, without padding, into bytes; returns it, a
 * part of them. Before connecting. */
gc_span gc_sctp_opening_tell(gc_sctp_opening *o, uint8_t bytes[GC_SCTP_TOLD_INIT_BYTES_MAX]);
/* Takes the INIT chunk of the peer from its description, borrowed for the call: connecting will
 * need no handshake, if we tell the peer ours. Before connecting. Returns 0, or an error, and then
 * nothing has changed, and the handshake does without the description:
 *   GC_E_SYNTAX  not one chunk, not an INIT, longer than GC_SCTP_TOLD_INIT_BYTES_MAX, or with a
 *                parameter that we would have to refuse
 *   GC_E_STATE   gc_sctp_opening_connect() was called */
int gc_sctp_opening_agree(gc_sctp_opening *o, gc_span chunk);
/* Begins the handshake: an INIT is due. Returns a gc_sctp_news: NONE, or BOTH after
 * gc_sctp_opening_agree(). In any state but CLOSED nothing changes. */
uint32_t gc_sctp_opening_connect(gc_sctp_opening *o, uint64_t now_ms);
/* Takes an INIT, in any state: an INIT ACK is due. c: of a packet in which it is alone, with tag 0
 * (the caller's check), borrowed for the call. A malformed one changes nothing. */
void gc_sctp_opening_init(gc_sctp_opening *o, const gc_sctp_chunk *c);
/* Takes an INIT ACK, borrowed for the call: a COOKIE ECHO is due. Returns a gc_sctp_news: PEER; or
 * NONE, and nothing has changed: it was not awaited, is malformed or has no cookie, or one over
 * GC_SCTP_PEER_COOKIE_BYTES_MAX. */
uint32_t gc_sctp_opening_init_ack(gc_sctp_opening *o, uint64_t now_ms, const gc_sctp_chunk *c);
/* Takes a COOKIE ECHO, borrowed for the call: a COOKIE ACK is due. key: of our cookies. Returns a
 * gc_sctp_news: OPEN or BOTH; RESTART for a cookie of another tag while the association is
 * established; or NONE: it came again, is forged, or is too old, which an ERROR tells the peer. */
uint32_t gc_sctp_opening_cookie_echo(gc_sctp_opening *o, uint64_t now_ms, const uint8_t key[16],
                                     const gc_sctp_chunk *c);
/* Takes a COOKIE ACK. Returns a gc_sctp_news: OPEN, or NONE when it was not awaited. */
uint32_t gc_sctp_opening_cookie_ack(gc_sctp_opening *o);
/* Takes an ERROR with the cause of a stale cookie (RFC 9260 5.2.6): begins again with INIT, if the
 * answer to COOKIE ECHO was awaited. */
void gc_sctp_opening_stale(gc_sctp_opening *o, uint64_t now_ms);
/* Sends what is awaited again when it is due (t1_at_ms), and doubles T1, up to GC_SCTP_T1_MS_MAX.
 * Returns true when it was COOKIE ECHO: the data that went with it are lost. */
bool gc_sctp_opening_tick(gc_sctp_opening *o, uint64_t now_ms);

/* Returns whether INIT or INIT ACK is due, each of which goes alone in its packet. *tag: of that
 * packet; 0 for INIT. */
bool gc_sctp_opening_alone(const gc_sctp_opening *o, uint32_t *tag);
/* Writes that INIT or INIT ACK, which is not due any more. key: of our cookies. */
void gc_sctp_opening_write_alone(gc_sctp_opening *o, gc_writer *w, uint64_t now_ms,
                                 const uint8_t key[16]);
/* Writes COOKIE ECHO, COOKIE ACK and ERROR if they are due, which they are not any more: before
 * everything else in a packet. w: has room for them. */
void gc_sctp_opening_write(gc_sctp_opening *o, gc_writer *w);
/* Returns true when gc_sctp_opening_write() would write anything. */
bool gc_sctp_opening_due(const gc_sctp_opening *o);

#endif
