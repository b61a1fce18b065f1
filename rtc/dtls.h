/* DTLS: one session over datagrams (OpenSSL, DTLS 1.2), either role, whose other side is known by
 * the fingerprint of its certificate.
 *
 *   idle --begin--> handshaking --the fingerprint is right--> connected --> closed
 *     \__ datagrams    | ^     \__ closed: 10 s are over
 *         are held     \_/ a session that failed is replaced
 *
 * A client may prepare its handshake before there is a way for datagrams: its first one is given
 * out, and no time counts until it begins. Datagrams that come while it is idle are held and
 * replayed: the ClientHello of a browser comes before our side knows its fingerprint, and a lost
 * one costs a second. Application data that overtakes the last message of the handshake is held
 * too.
 *
 * Nothing that anybody can send ends a handshake or shortens its time. Alerts that are not
 * encrypted are dropped. A flight reaches OpenSSL when its signature is right (dtls_flight.h),
 * other messages in their turn (dtls_guard.h), the ClientHello of the other side when there may be
 * a session for it (dtls_hello.h): sessions begin as far apart as resends. A session that fails all
 * the same is replaced by a fresh one where the other side goes along with it, and no alert is
 * sent; else the handshake waits for its end. A certificate with another fingerprint chooses the
 * reason of that end alone, and that the other side hears "bad_certificate" then (RFC 8122 6.2),
 * which a browser believes. Should one reach OpenSSL all the same, its session fails
 * (dtls_session.h).
 *
 * Some doors stay open. Nothing in a ClientHello tells a false one from a true one.
 *   - Towards a browser: a false one that comes in the round trip before the browser's own is
 *     answered, and the browser takes that answer for its own and fails. Peers of this program drop
 *     such an answer, because its signature covers another ClientHello.
 *   - Between peers of this program a ClientHello comes inside an authenticated check
 *     (gc_dtls_passenger()). A link without such checks whose datagrams get lost may go on with a
 *     false one; it is told by nobody.
 *   - Whoever reads the path, and is faster, can change what no signature covers, for instance the
 *     cipher in a ServerHello: both sides see it at the end of the handshake. Whoever can drop
 *     datagrams can always do so.
 *   - More false flights with the true certificate than GC_DTLS_PROOFS_MAX in a timer hide the true
 *     one, as long as they go on.
 *   - Others than peers of this program may cut a flight: a false part that comes between its parts
 *     hides it until it is sent again.
 *
 * Contract: call one function, then drain gc_dtls_poll(), then ask gc_dtls_deadline(). The sessions
 * of one context share the memory of one datagram each way: whoever gives a datagram to another
 * session before draining this one loses datagrams, as a network does, and nothing else. now_ms:
 * milliseconds of any clock; what is earlier than the latest call's counts as that.
 *
 * OpenSSL's retransmission timer reads gettimeofday(), the clock of the wall. A program that
 * defines that function decides its time. Where that clock is set back, the deadline of the
 * handshake, which counts now_ms, still ends it. Source: RFC 6347, RFC 8827 6.5, RFC 8842, RFC
 * 8122. */
#ifndef GC_RTC_DTLS_H
#define GC_RTC_DTLS_H

#include "core/base/reason.h"
#include "core/base/timers.h"
#include "rtc/dtls_flight.h"
#include "rtc/dtls_guard.h"
#include "rtc/dtls_hello.h"
#include "rtc/dtls_session.h"

/* Added to each record by AES-128-GCM. */
#define GC_DTLS_OVERHEAD_BYTES GC_RTC_RECORD_BYTES
/* Held datagrams of one session: 16 of the longest that a handshake may have. */
#define GC_DTLS_HELD_DATAGRAM_BYTES_MAX 2048
#define GC_DTLS_HELD_BYTES              (16 * (GC_DTLS_HELD_DATAGRAM_BYTES_MAX + GC_DATAGRAM_QUEUE_HEAD_BYTES))
#define GC_DTLS_HANDSHAKE_MS            10000
/* Sessions of OpenSSL that one handshake may use up, one after the other. They begin as far apart
 * as resends, so in GC_DTLS_HANDSHAKE_MS there are less. */
#define GC_DTLS_SESSIONS_MAX 16

enum gc_dtls_state {
    GC_DTLS_IDLE,
    GC_DTLS_HANDSHAKING,
    GC_DTLS_CONNECTED,
    GC_DTLS_CLOSED,
};

typedef struct gc_dtls {
    uint64_t now_ms;
    uint64_t handshake_until_ms;
    uint64_t resend_ms; /* when the flight goes out again; GC_NEVER */
    uint8_t state;      /* gc_dtls_state */
    uint8_t reason;     /* of CLOSED */
    uint8_t alert;      /* the last alert that was not encrypted, for diagnosis; 0: none */
    bool client;
    bool expects; /* the fingerprint is known */
    bool ours;    /* the other side is of this program */
    bool failed;  /* the session, since it began */
    bool waits;   /* for gc_dtls_begin(), prepared: no timer runs */
    bool tell_connected;
    bool tell_closed;
    uint8_t sessions; /* that were begun */
    uint8_t expected[GC_FINGERPRINT_BYTES];
    uint64_t fresh_ms; /* when the next session may begin */
    uint32_t fresh_timer_ms;
    gc_dtls_guard guard;
    gc_dtls_hello hello;
    gc_dtls_flight flight;
    gc_datagram_queue held; /* before the memories, of which a link touches little: one page less */
    uint8_t hello_memory[GC_DTLS_HELLO_BYTES_MAX];
    gc_dtls_session session;
    uint8_t flight_memory[GC_DTLS_FLIGHT_BYTES_MAX];
    uint8_t held_memory[GC_DTLS_HELD_BYTES];
} gc_dtls;

enum gc_dtls_output_type {
    GC_DTLS_NOTHING = 0,
    GC_DTLS_DATAGRAM, /* send `bytes` to the other side */
    GC_DTLS_OPENED,   /* the fingerprint was right: gc_dtls_send() may be used; before any DATA */
    GC_DTLS_DATA,     /* bytes = the content of one record, authenticated */
    GC_DTLS_ENDED, /* reason = GC_REASON_TIMEOUT (of the handshake), GC_REASON_PROTOCOL (the same,
                      and a wrong certificate came or its session failed), GC_REASON_GONE
                      (close_notify or a fatal alert of a connected session) */
};

typedef struct gc_dtls_output {
    uint32_t type; /* gc_dtls_output_type */
    uint32_t reason;
    bool again; /* DATAGRAM: of a flight that was sent before, which got lost or whose answer did */
    gc_span bytes; /* borrowed until the next call for any session of the context */
} gc_dtls_output;

/* Starts idle, with no memory of OpenSSL. context: borrowed, outlives the session. The session must
 * not move until gc_dtls_end(). */
void gc_dtls_init(gc_dtls *d, gc_dtls_context *context);
/* Names the fingerprint (SHA-256, copied) that the certificate of the other side must have; before
 * gc_dtls_prepare() and gc_dtls_begin(). ours: the other side is a peer of this program. Source:
 * RFC 8122 5. */
void gc_dtls_expect(gc_dtls *d, const uint8_t fingerprint[GC_FINGERPRINT_BYTES], bool ours);
/* Prepares the handshake of an idle session that expects a fingerprint (both asserted), as the
 * client: its ClientHello is the next output, and is given out again only after gc_dtls_begin(). */
void gc_dtls_prepare(gc_dtls *d, uint64_t now_ms);
/* Begins the handshake of a session that expects a fingerprint and is idle or prepared (both
 * asserted), and replays what was held. client: whether ours is the client, whose ClientHello
 * follows; a prepared session is one whatever client says. rtt_ms: as for gc_dtls_round_trip().
 * Failures are reported as ENDED, GC_DTLS_HANDSHAKE_MS from now on. Nothing happens where a
 * prepared session was closed. */
void gc_dtls_begin(gc_dtls *d, uint64_t now_ms, bool client, uint32_t rtt_ms);
/* Takes the round trip of the path, once it is known, for all timers that start from now on.
 * rtt_ms: in milliseconds, any number; 0: it is not known, and nothing changes. */
void gc_dtls_round_trip(gc_dtls *d, uint32_t rtt_ms);
/* Takes one datagram, copied; any bytes are allowed, in any state. Those over
 * GC_DTLS_DATAGRAM_BYTES_MAX are ignored, and so are those after the end. While it is idle
 * datagrams of up to GC_DTLS_HELD_DATAGRAM_BYTES_MAX are held, as long as there is room. */
void gc_dtls_datagram(gc_dtls *d, uint64_t now_ms, gc_span datagram);
/* The same for a datagram that came inside an authenticated check of ICE: a ClientHello in it is of
 * the other side, so none that anybody could have sent takes its place. */
void gc_dtls_passenger(gc_dtls *d, uint64_t now_ms, gc_span datagram);
/* Encrypts data into one record, which is one datagram GC_DTLS_OVERHEAD_BYTES longer (other ciphers
 * of DTLS 1.2 add less). data: 1..GC_DTLS_DATAGRAM_BYTES_MAX - GC_DTLS_OVERHEAD_BYTES bytes
 * (asserted). Returns 0; GC_E_STATE when it is not connected; GC_E_FULL: drain first. */
int gc_dtls_send(gc_dtls *d, gc_span data);
/* Says close_notify (RFC 5246 7.2.1), where it is connected, and ends without a report: what is
 * given out after it are the datagrams that wait. In any state; gc_dtls_end() is still needed. */
void gc_dtls_close(gc_dtls *d);
/* Ends without a word, drops all datagrams and gives back OpenSSL's memory. May be called twice. */
void gc_dtls_end(gc_dtls *d);
/* Carries out what is due at now_ms: resends, fresh sessions, and the end of a handshake that takes
 * too long. Does nothing when it is called too early. */
void gc_dtls_tick(gc_dtls *d, uint64_t now_ms);
/* Returns when to call gc_dtls_tick(); GC_NEVER: not at all. Always after the now_ms of its last
 * call, once the outputs have been drained. */
uint64_t gc_dtls_deadline(const gc_dtls *d);
/* Takes the next output into *out, whose bytes are borrowed until the next call for any session of
 * the context. Returns false, and a GC_DTLS_NOTHING, when there is none. */
bool gc_dtls_poll(gc_dtls *d, gc_dtls_output *out);

#endif
