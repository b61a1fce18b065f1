/* Peer connection, state: the parts of one link, for the two files that work on all of them: what
 * is asked of it and comes to it (peer_connection.h), and what its parts say
 * (peer_connection_outputs.h). Here is how it begins to speak DTLS and how it ends. */
#ifndef GC_RTC_PEER_CONNECTION_STATE_H
#define GC_RTC_PEER_CONNECTION_STATE_H

#include "rtc/channels.h"
#include "rtc/dtls.h"
#include "rtc/ice.h"
#include "rtc/link_reports.h"
#include "rtc/link_route.h"
#include "rtc/mdns.h"
#include "rtc/negotiation.h"
#include "rtc/silence.h"

/* How long a link that closes goes on sending. */
#define GC_PEER_CONNECTION_CLOSE_MS 1000
/* Without a valid pair by then the link ends: the core gives up at about the same time. */
#define GC_PEER_CONNECTION_OPEN_MS GC_LINK_OPEN_MS
/* The window of an association, as browsers give it to us, and the one for a peer of this program:
 * 100 ms at a gigabit a second are 12 MB under way. The pool may have less: then so has the window.
 */
#define GC_PEER_CONNECTION_WINDOW_BYTES      (5u << 20)
#define GC_PEER_CONNECTION_WIDE_WINDOW_BYTES (16u << 20)
/* Of the texts that are given out: our descriptions have less than 1,100 bytes. */
#define GC_PEER_CONNECTION_TEXT_BYTES 1536

/* The part that all links of a handle share. */
typedef struct gc_peer_connection_shared {
    gc_drbg *drbg;
    gc_ice_gate *gate;
    gc_mdns *mdns; /* names in candidates are asked for here, by the `owner` of the link */
    gc_dtls_context *dtls;
    const uint8_t *fingerprint;  /* of our certificate */
    uint32_t message_bytes_max;  /* taken on a negotiated channel */
    uint32_t datagram_bytes_max; /* that is tried; up to GC_DTLS_MTU_BYTES: no more than that */
    bool loopback;
    bool relay_only; /* candidates name relays alone, and no name is asked for */
    uint8_t text[GC_PEER_CONNECTION_TEXT_BYTES]; /* of the last output */
} gc_peer_connection_shared;

enum gc_peer_connection_state {
    GC_PEER_CONNECTION_LINKING,
    GC_PEER_CONNECTION_OPEN,
    GC_PEER_CONNECTION_CLOSING,
    GC_PEER_CONNECTION_ENDED,
};

typedef struct gc_peer_connection {
    gc_peer_connection_shared *shared;
    uint64_t now_ms;
    uint64_t ice_ms;     /* the agent's deadline, when it was drained last */
    uint64_t close_ms;   /* of a link that is closing: when to stop */
    uint32_t owner;      /* of names that are asked for */
    uint32_t candidates; /* of the other side, that were taken */
    uint8_t state;       /* gc_peer_connection_state */
    bool ice_failed;     /* nothing may be sent any more */
    bool ice_ready;      /* its agent may have outputs */
    bool tell_description;
    gc_span repeated; /* a datagram of DTLS that goes out a second time, borrowed from `dtls` until
                         the next output */
    gc_negotiation negotiation;
    gc_link_route route;
    gc_link_reports reports;
    gc_silence silence;
    gc_channels channels;
    gc_ice ice;
    gc_sctp sctp;
    gc_dtls dtls;
} gc_peer_connection;

/* Returns true when the link is LINKING or OPEN. */
bool gc_peer_connection_lives(const gc_peer_connection *p);
/* Begins DTLS when its side may: it needs an address and to know whom it expects. A client whose
 * ClientHello goes along with checks prepares it before there is an address. */
void gc_peer_connection_try_dtls(gc_peer_connection *p);
/* Returns true when datagrams of DTLS go along with checks of ICE: our side is the client, the
 * other one is of this program, and no pair is in use yet. */
bool gc_peer_connection_carries(const gc_peer_connection *p);
/* Takes that a message came or went on this channel. */
void gc_peer_connection_use(gc_peer_connection *p, uint32_t channel);
/* Ends a living link with a report. reason: a gc_reason. */
void gc_peer_connection_fail(gc_peer_connection *p, uint32_t reason);
/* The same where nothing can be sent any more. */
void gc_peer_connection_break_off(gc_peer_connection *p, uint32_t reason);
/* Ends a link without a report: an open one goes on until its last messages are out. */
void gc_peer_connection_wind_up(gc_peer_connection *p);
/* Ends a link: nothing is sent after what is queued now. */
void gc_peer_connection_finish(gc_peer_connection *p);

#endif
