/* Signaling client: the socket to the server, kept alive and made again.
 *
 *   off --start--> connecting --opened--> opening --OPEN--> on
 *    ^                 ^  |                  |               |
 *    |          time is up| closed, too late |               | closed, silent
 *    +--stop, hopeless    +----- waiting <---+---------------+
 *
 * Waiting lasts a random time between half and all of a delay that starts at 250 ms and doubles up
 * to 8 s, so that a server that comes back is not met by all at once.
 * Source: ghostchat-protocol.7, "Close codes"; PeerServer 1.0.2 for HEARTBEAT. */
#ifndef GC_PROTO_SIGNALING_CLIENT_H
#define GC_PROTO_SIGNALING_CLIENT_H

#include "core/proto/output_queue.h"
#include "core/proto/own_id.h"
#include "core/proto/signal_text.h"

/* PeerServer clients beat every 5 s; a stock server cuts those it has not heard for 60-90 s. */
#define GC_SIGNALING_BEAT_STOCK_MS 5000
/* A stock server answers no HEARTBEAT, but it relays a client's message to the client itself. So we
 * send one to ourselves with each beat; once one came back, silence means that the socket is dead.
 */
#define GC_SIGNALING_SILENT_STOCK_MS 12000
/* Tries with an id that is taken: after ten take-overs in 10 s ours makes the next ones wait. */
#define GC_ID_TAKEN_MAX 5
/* Longest URL: the server's, "peerjs?key=" and the rest, with everything percent-encoded. */
#define GC_SIGNALING_URL_BYTES_MAX (GC_URL_BYTES_MAX + 512)

enum gc_signaling_step {
    GC_SIGNALING_STEP_OFF,
    GC_SIGNALING_STEP_WAITING,
    GC_SIGNALING_STEP_CONNECTING,
    GC_SIGNALING_STEP_OPENING,
    GC_SIGNALING_STEP_ON,
};

typedef struct gc_signaling_client {
    uint8_t step;   /* gc_signaling_step */
    uint8_t socket; /* gc_signaling_socket, whose events these are */
    bool ever_on;   /* since start */
    bool gc;        /* the server has the additions; valid when on */
    bool echoes;    /* a server without them has relayed to us what we sent ourselves */
    bool mute;      /* such a server was silent once before it relayed anything: it may never do */
    bool has_tag;
    uint32_t reason;   /* why it is not on; when off: why it is hopeless */
    uint32_t taken;    /* ID-TAKEN in a row */
    uint32_t delay_ms; /* the next one to draw from */
    uint64_t at_ms;    /* waiting: when to connect; connecting, opening: when to give up */
    uint64_t beat_ms;
    uint64_t silent_ms;
    uint8_t tag[GC_TAG_BYTES];
    gc_own_id own;
    uint8_t server[GC_URL_BYTES_MAX]; /* "ws(s)://host/path/" */
    uint32_t server_len;
    uint8_t key[GC_KEY_BYTES_MAX];
    uint32_t key_len;
} gc_signaling_client;

/* Sets the server to connect to. The client still needs an id. server:
 * "http(s)://host[:port]/path"; a final '/' is added; key: up to GC_KEY_BYTES_MAX. Returns 0, or
 * GC_E_ARGUMENT, then nothing changed: the configuration is wrong, not the user's input. */
int gc_signaling_client_init(gc_signaling_client *s, gc_span server, gc_span key);
/* Takes over what was made ready in `from`. */
void gc_signaling_client_move(gc_signaling_client *s, const gc_signaling_client *from);
/* Draws an id, as gc_own_id_draw() does: 0, or GC_E_CRYPTO, then nothing changed. */
int gc_signaling_client_draw(gc_signaling_client *s, const gc_crypto *crypto, gc_drbg *d);
/* Makes s, which is off, go where `own` goes, by another socket (gc_signaling_socket). It still
 * needs an id: gc_signaling_client_rename(). */
void gc_signaling_client_copy_server(gc_signaling_client *s, const gc_signaling_client *own,
                                     uint32_t socket);
/* Takes the id of this slot, and draws a new token. */
void gc_signaling_client_rename(gc_signaling_client *s, gc_drbg *d,
                                const uint8_t slot[GC_SLOT_ID_CHARS]);
/* Connects: queues SIGNALING_CONNECT. tag: GC_TAG_BYTES, copied; NULL: into no room. */
void gc_signaling_client_start(gc_signaling_client *s, gc_output_queue *q, const uint8_t *tag,
                               uint64_t now_ms);
/* Ends the client for good: queues SIGNALING_CLOSE and, when bye is set and the server has the
 * additions, a LEAVE before it. reason: a gc_reason, the value of gc_signaling_client.reason from
 * now on. */
void gc_signaling_client_stop(gc_signaling_client *s, gc_output_queue *q, bool bye,
                              uint32_t reason);
/* Takes that the socket is open. To a server without the additions at which it was on before,
 * HEARTBEAT and an echo are queued at once: such a server sends no OPEN to a client that takes an
 * id over, and the echo, or any relayed message, replaces it. */
void gc_signaling_client_opened(gc_signaling_client *s, gc_output_queue *q, uint64_t now_ms);
/* Takes that the socket was closed, or could not be opened: waits, for a random time, before the
 * next try. Nothing changes when it was off or waiting already. */
void gc_signaling_client_closed(gc_signaling_client *s, gc_drbg *d, uint64_t now_ms);
/* Notes that something came from the server: it lives. */
void gc_signaling_client_heard(gc_signaling_client *s, uint64_t now_ms);
/* Takes OPEN. gc: the server has the additions. Returns true if the client is now on, false if OPEN
 * was not expected. */
bool gc_signaling_client_open(gc_signaling_client *s, bool gc, uint64_t now_ms);
/* Takes our own echo. Returns true if the client is now on. */
bool gc_signaling_client_echo(gc_signaling_client *s, uint64_t now_ms);
/* Takes that a message of somebody else was relayed to us: held ones come as soon as a take-over
 * has worked. Returns true if the client is now on. */
bool gc_signaling_client_relayed(gc_signaling_client *s, uint64_t now_ms);
/* Notes the reason (a gc_reason) that the server named before it closes: ERROR, ID-TAKEN or
 * INVALID-KEY. */
void gc_signaling_client_error(gc_signaling_client *s, uint32_t reason);
/* Takes that a message could not be read; error: what gc_signal_read() said of it. Before OPEN it
 * is noted as the reason, because nothing else tells why the client does not get on; a good OPEN
 * may still come. To a client that takes an id over a server without the additions sends no OPEN:
 * there the message may be somebody else's, and nothing changes. */
void gc_signaling_client_unreadable(gc_signaling_client *s, int error);
/* Does what is due at now_ms: connects, beats, gives up a socket that is late or silent. */
void gc_signaling_client_tick(gc_signaling_client *s, gc_output_queue *q, gc_drbg *d,
                              uint64_t now_ms);
/* Returns when gc_signaling_client_tick() is due; GC_NEVER: not at all. */
uint64_t gc_signaling_client_deadline(const gc_signaling_client *s);
/* Returns the state as the user sees it. */
enum gc_signaling_state gc_signaling_client_state(const gc_signaling_client *s);

#endif
