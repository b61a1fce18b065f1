/* SCTP association: messages on streams between the two sides of one DTLS connection, as WebRTC's
 * data channels use them (RFC 9260 for one path, RFC 8831, stream reset RFC 6525, messages that are
 * given up by RFC 3758 and RFC 7496, zero checksum of RFC 9653, messages interleaved by RFC 8260
 * where both sides want it, path MTU by RFC 8899). It sees no socket: plaintexts of DTLS records go
 * in and come out.
 *
 *   CLOSED --connect--> COOKIE_WAIT --INIT ACK--> COOKIE_ECHOED --COOKIE ACK--> ESTABLISHED
 *     |                      \______________________/  COOKIE ECHO of the peer      ^
 *     |                                 \__________________________________________/|
 *     +---- COOKIE ECHO of the peer --------------------------------------------------+
 *
 *   ESTABLISHED --close, SHUTDOWN of the peer--> CLOSING --all acknowledged, SHUTDOWN ACK--> ENDED
 *   any state but CLOSED and ENDED --ABORT, a violation, a deadline--> ENDED
 *
 * Sides that told each other their INITs beforehand are ESTABLISHED with gc_sctp_connect()
 * (gc_sctp_agree()). Otherwise both sides call gc_sctp_connect(): two INITs that cross become one
 * association (RFC 9260 5.2.1). Messages may be sent as soon as it was called: they leave with the
 * COOKIE ECHO, which saves a round trip, and may be lost with an association that never comes UP.
 *
 * Contract: call one input, then drain gc_sctp_poll() until it returns false, then ask
 * gc_sctp_deadline() and call gc_sctp_tick() at that time. now_ms is monotonic; a step back is
 * clamped. Inputs are borrowed for the call; outputs until the next call for any association of the
 * same pool. Packets are made in the poll: who does not drain makes no progress and loses nothing.
 *
 * Bounds of what a peer can make an association hold: the window, which is config.window_bytes or,
 * for a peer of this program, config.wide_window_bytes, of messages that are not whole (counted by
 * blocks) and one message more, GC_SCTP_IN_TSNS places for TSNs,
 * GC_SCTP_STREAMS_MAX streams. A packet with a wrong checksum, port or verification tag changes
 * nothing. */
#ifndef GC_RTC_SCTP_H
#define GC_RTC_SCTP_H

#include "core/base/timers.h"
#include "rtc/sctp_state.h"

/* The packets of a link: the plaintext of a DTLS record (AES-GCM) in 1,200 bytes of UDP. */
#define GC_SCTP_PACKET_BYTES (GC_RTC_DATAGRAM_BYTES - GC_RTC_RECORD_BYTES)
/* From gc_sctp_connect() to UP, and from gc_sctp_close() or the peer's SHUTDOWN to DOWN; then the
 * association ends with GC_SCTP_UNREACHABLE. */
#define GC_SCTP_OPEN_MS  15000
#define GC_SCTP_CLOSE_MS 5000
/* Nothing of what is queued was acknowledged for this time: GC_SCTP_UNREACHABLE. Consent of ICE
 * (RFC 7675, 30 s) ends a dead path earlier; this ends a peer that answers and never takes
 * anything. */
#define GC_SCTP_STALL_MS 60000

typedef struct gc_sctp_message {
    gc_span bytes; /* 1..GC_SCTP_MESSAGE_BYTES_MAX; an empty message is PPID 56 or 57 and one zero
                      (RFC 8831 6.6), which is the caller's to make */
    uint32_t ppid; /* RFC 8831 8, passed on as it is */
    uint16_t stream;
    bool unordered; /* may be delivered before earlier messages of its stream */
    /* When the message is given up, if the peer takes FORWARD-TSN; else it is sent until it comes.
     * A message that came says nothing here. */
    uint32_t lifetime_ms; /* so long after gc_sctp_send() it is not sent again; 0: no limit */
    uint32_t tries_max;   /* a chunk is sent so often, the first time included; 0, >255: no limit */
} gc_sctp_message;

enum gc_sctp_output_kind {
    GC_SCTP_PACKET,    /* bytes: send them as one DTLS record */
    GC_SCTP_UP,        /* the association is established; once */
    GC_SCTP_MESSAGE,   /* message: came whole */
    GC_SCTP_RESET_IN,  /* message.stream: the peer closed its direction; its messages came before */
    GC_SCTP_RESET_OUT, /* message.stream: our gc_sctp_reset() is done; the stream begins anew */
    GC_SCTP_WRITABLE,  /* after GC_E_FULL of gc_sctp_send(): at least half of the queue is free */
    GC_SCTP_DOWN,      /* reason: ended; the last output */
};

typedef struct gc_sctp_output {
    uint32_t kind; /* gc_sctp_output_kind */
    gc_span bytes;
    gc_sctp_message message;
    uint32_t reason; /* gc_sctp_reason (sctp_state.h) */
    uint16_t cause;  /* of GC_SCTP_ABORTED: the peer's first error cause; 0: it named none */
} gc_sctp_output;

/* Takes the tables of an association from the arena, whose memory stays its own; touches no page of
 * them; with a measuring arena it only counts. pool: borrowed as long as the association is used.
 * Call gc_sctp_begin() before anything else. */
void gc_sctp_place(gc_sctp *s, gc_sctp_pool *pool, gc_arena *a);
/* Begins a new association, CLOSED, with a new tag and first TSN. config: copied. Blocks that an
 * earlier one in this place held must have been given back by gc_sctp_end(). */
void gc_sctp_begin(gc_sctp *s, const gc_sctp_config *config, uint64_t now_ms);
/* Gives all blocks back to the pool, without a packet. Only gc_sctp_begin() may follow. */
void gc_sctp_end(gc_sctp *s);

/* Takes the round trip of the path as ICE measured it, before gc_sctp_connect(): timers start from
 * it instead of from half a second. */
void gc_sctp_round_trip(gc_sctp *s, uint32_t rtt_ms);
/* Writes our INIT for the description of the link into bytes, and returns it
 * (gc_sctp_opening_tell()). Before gc_sctp_connect(). Between two sides that told theirs and agreed
 * to the other's the association is established as soon as both are connected. */
gc_span gc_sctp_tell(gc_sctp *s, uint8_t bytes[GC_SCTP_TOLD_INIT_BYTES_MAX]);
/* Takes the peer's INIT from its description, before gc_sctp_connect(). Returns 0, or an error of
 * gc_sctp_opening_agree(), and then the association begins with a handshake. */
int gc_sctp_agree(gc_sctp *s, gc_span init);
/* Lets packets become so long, where probes show that the path carries them (sctp_mtu.h); without
 * this call they stay as long as config.packet_bytes. packet_bytes_max: config.packet_bytes to
 * GC_SCTP_PACKET_BYTES_MAX (asserted). */
void gc_sctp_widen(gc_sctp *s, uint32_t packet_bytes_max);
/* Sends INIT, if one is needed. Call it when DTLS is connected, on both sides; later calls change
 * nothing. */
void gc_sctp_connect(gc_sctp *s, uint64_t now_ms);
/* Takes that packets go another way from now on (another pair of ICE): a probe tells at once what
 * was lost with the old one. elsewhere: to or from another address, so that nothing is known of the
 * path, and packets are as short as at first; false: the pair was only chosen again. */
void gc_sctp_moved(gc_sctp *s, uint64_t now_ms, bool elsewhere);
/* Takes one packet of the peer. Whatever does not belong to the association is ignored. */
void gc_sctp_packet(gc_sctp *s, uint64_t now_ms, gc_span packet);
/* Carries out what is due at now_ms. */
void gc_sctp_tick(gc_sctp *s, uint64_t now_ms);
/* Returns when to call gc_sctp_tick() if no input comes before; GC_NEVER: not at all. */
uint64_t gc_sctp_deadline(const gc_sctp *s);

/* Queues one message; its bytes are copied. Returns 0, or an error, and then nothing has changed:
 *   GC_E_FULL      the queue or the pool has no room: WRITABLE follows when it has
 *   GC_E_TOO_BIG   over GC_SCTP_MESSAGE_BYTES_MAX
 *   GC_E_ARGUMENT  no byte, or a stream that we or the peer do not have
 *   GC_E_STATE     the stream is being reset: wait for RESET_OUT
 *   GC_E_CLOSED    not connected yet, closing or ended */
int gc_sctp_send(gc_sctp *s, uint64_t now_ms, const gc_sctp_message *m);
/* Closes our direction of a stream once its queued messages are acknowledged (RFC 6525 5.1.2);
 * RESET_OUT says that it is done. Returns 0, GC_E_ARGUMENT (no such stream), GC_E_STATE (it is
 * being reset) or GC_E_CLOSED. */
int gc_sctp_reset(gc_sctp *s, uint64_t now_ms, uint16_t stream);
/* Ends the association by SHUTDOWN once everything queued is acknowledged; DOWN follows. */
void gc_sctp_close(gc_sctp *s, uint64_t now_ms);
/* Ends the association now: one ABORT packet, then DOWN with GC_SCTP_CANCELLED. */
void gc_sctp_abort(gc_sctp *s, uint64_t now_ms);
/* Returns the queued bytes that were not sent yet (bufferedAmount of a data channel, all streams
 * together). */
uint32_t gc_sctp_buffered(const gc_sctp *s);

/* Returns true while data that were sent are not acknowledged: something must come. */
bool gc_sctp_awaits(const gc_sctp *s);

/* Gives the next output; false when there is none. */
bool gc_sctp_poll(gc_sctp *s, gc_sctp_output *out);

#endif
