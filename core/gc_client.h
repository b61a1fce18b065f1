/* gc_client: one person's client without sockets: signaling, rooms, links, conversations.
 * The page (through core/wasm.c) and the simulator run the same one.
 *
 *   idle --join--> joining --room or peer known--> waiting <--> connected      (>= 1 open link)
 *     ^               |                               |             |
 *     +----leave------+---------- failed <------------+-------------+
 *
 * Contract: call one input, then drain gc_client_poll() until it returns false, then ask
 * gc_client_deadline() and call gc_client_tick() at that time. now_ms is monotonic, a step back is
 * clamped. Inputs are borrowed for the call, outputs until the next call. An input completes or
 * changes nothing; GC_E_FULL means that outputs were not drained. A message counts as shown once
 * its output has been polled and the next poll was called: then it is acknowledged. */
#ifndef GC_CLIENT_H
#define GC_CLIENT_H

#include "core/base/crypto.h"
#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/base/span.h"
#include "core/base/timers.h"
#include "core/proto/client_output.h"
#include "core/wire/invite.h"

typedef struct gc_client gc_client;

/* Returns the bytes of memory that a client needs. */
size_t gc_client_size(void);
/* Places a client into gc_client_size() bytes aligned to 16. seed: 32 bytes of entropy. The crypto
 * table is copied; its context is borrowed for the client's life. NULL when bytes are too few. */
gc_client *gc_client_init(void *memory, size_t bytes, const gc_crypto *crypto,
                          const uint8_t seed[32], uint64_t now_ms);

/* --- the user --------------------------------------------------------------------------------- */

typedef struct gc_client_options {
    /* "http://host:port/base/": signaling goes to the WebSocket below it; else GC_E_ARGUMENT. */
    gc_span server;
    gc_span key;  /* PeerServer key, up to GC_KEY_BYTES_MAX, else GC_E_ARGUMENT; empty = "peerjs" */
    gc_span nick; /* 0..GC_NICK_BYTES_MAX; cleaned by the core */
    /* The serialization that a bare join link uses with a stock PeerJS peer: "binary" (also when
     * empty), "json" or "raw"; else GC_E_ARGUMENT. */
    gc_span serialization;
} gc_client_options;

/* Joins by one of three ways in: an open room by its name, which must be done, else GC_E_STATE; a
 * new private room, with a fresh secret; or what an invite link leads to. name, link: borrowed for
 * the call. State must be idle or failed, else GC_E_STATE. Errors: GC_E_UTF8 (the nick),
 * GC_E_CRYPTO; GC_E_ARGUMENT for what the options do not allow; for a link GC_E_SYNTAX,
 * GC_E_TOO_BIG as gc_invite_parse(), and GC_E_ARGUMENT when it names an open room: its name is made
 * a gc_room_name, by which one joins. */
int gc_client_join_room(gc_client *c, uint64_t now_ms, const gc_client_options *o,
                        const gc_room_name *name);
int gc_client_new_room(gc_client *c, uint64_t now_ms, const gc_client_options *o);
int gc_client_join_link(gc_client *c, uint64_t now_ms, const gc_client_options *o, gc_span link);

/* Leaves: BYE to all, links and signaling closed, secrets and texts wiped, state idle. */
int gc_client_leave(gc_client *c, uint64_t now_ms);

/* Sends a text to everybody known now. Returns 0 and its sequence number, or GC_E_UTF8,
 * GC_E_TOO_BIG (over GC_TEXT_BYTES_MAX), GC_E_SYNTAX (empty), GC_E_STATE (nobody is known),
 * GC_E_FULL (too much is not yet acknowledged: keep the text and try again when GC_CLIENT_SENDABLE
 * comes). */
int gc_client_send(gc_client *c, uint64_t now_ms, gc_span text, uint64_t *seq);
/* Sends a text to the peer of this id and to nobody else. Returns what gc_client_send() does, and
 * GC_E_NOT_FOUND when no such peer is known, or GC_E_REFUSED when others are known too: they would
 * get it, for a message to one of several is not in the protocol. */
int gc_client_send_to(gc_client *c, uint64_t now_ms, gc_span id, gc_span text, uint64_t *seq);
/* Changes the name that others see: 0..GC_NICK_BYTES_MAX bytes, cleaned by the core. Returns 0,
 * GC_E_UTF8, GC_E_STATE outside, GC_E_FULL. */
int gc_client_set_nick(gc_client *c, uint64_t now_ms, gc_span nick);

/* Writes an invite link below `base` ("https://host/path/"): GC_INVITE_ROOM_NAME or
 * GC_INVITE_ROOM_SECRET by the room that we are in (kind 0), or GC_INVITE_PEER_SECRET for the
 * direct link of this peer, whose secret is made at its first use. GC_E_STATE when there is no such
 * room (a guest of a direct link has none). */
int gc_client_invite(gc_client *c, gc_span base, uint32_t kind, gc_writer *w);
/* Returns our own peer id, borrowed until the next join or leave; empty before the first join. */
gc_span gc_client_id(const gc_client *c);

/* --- the signaling sockets: socket is a gc_signaling_socket, another number is ignored -------- */
/* Each returns 0, or GC_E_FULL: outputs were not drained. After SIGNALING_CLOSE, or another
 * SIGNALING_CONNECT, the host reports nothing more of the older socket. */

/* Takes the report that a socket which SIGNALING_CONNECT asked for is open. */
int gc_client_signaling_opened(gc_client *c, uint64_t now_ms, uint32_t socket);
/* Takes a text message, at most GC_MESSAGE_BYTES_MAX (else GC_E_TOO_BIG). A malformed one is
 * counted and ignored. */
int gc_client_signaling_message(gc_client *c, uint64_t now_ms, uint32_t socket, gc_span text);
/* Takes the end of a socket, or that it could not be opened. */
int gc_client_signaling_closed(gc_client *c, uint64_t now_ms, uint32_t socket);

/* --- links: what the transport reports -------------------------------------------------------- */
/* Each returns 0, also for a stale link number, which is ignored; or GC_E_FULL: outputs were not
 * drained; or what its own comment says. */

/* Takes the local description that GC_CLIENT_LINK_OFFER or _ANSWER asked for: 1..GC_SDP_BYTES_MAX
 * bytes of UTF-8, else GC_E_TOO_BIG or GC_E_UTF8. GC_E_STATE when it was given already. */
int gc_client_link_description(gc_client *c, uint64_t now_ms, uint32_t link, gc_span sdp);
/* Takes a local candidate; mid and index name its m-line. An empty one is ignored, and so are those
 * after the first GC_CANDIDATES_MAX. GC_E_TOO_BIG over GC_CANDIDATE_BYTES_MAX, GC_MID_BYTES_MAX or
 * index 255; GC_E_UTF8. A candidate may come before the description: it is sent after it. */
int gc_client_link_candidate(gc_client *c, uint64_t now_ms, uint32_t link, gc_span candidate,
                             gc_span mid, uint32_t index);
/* Takes the report that both channels are open, or the in-band one of a link of
 * GC_LINK_KIND_DATA. It comes before anything that came on them. GC_E_STATE when the other side's
 * description is not known. */
int gc_client_link_opened(gc_client *c, uint64_t now_ms, uint32_t link);
/* Takes one frame. On a link of GC_LINK_KIND_DATA the channel is GC_CHANNEL_DATA_BYTES or _TEXT; a
 * frame longer than GC_DATA_BYTES_MAX costs its message, so a host may cut it there. GC_E_STATE
 * when the link was not reported open. A peer that breaks the protocol is not an error of this
 * call: its link is closed. */
int gc_client_link_message(gc_client *c, uint64_t now_ms, uint32_t link, uint8_t channel,
                           gc_span message);
/* Takes how many bytes the transport has queued (bufferedAmount of all channels); the host reports
 * after sending, and when it fell. Above GC_LINK_BUFFERED_MAX the core sends no messages on this
 * link. For a link of GC_LINK_KIND_DATA the report also says that the transport took every
 * LINK_SEND that was polled for it before: a host reports after each drain that had one, with 0
 * too. When the transport has refused a LINK_SEND, the host reports the link closed instead, and
 * never calls this again. Messages without such a report are not reported as sent. Never GC_E_FULL.
 */
int gc_client_link_buffered(gc_client *c, uint64_t now_ms, uint32_t link, uint32_t bytes);
/* Takes the end of the transport; reason: GC_REASON_GONE, GC_REASON_ICE_FAILED, GC_REASON_PROTOCOL;
 * and of a link of GC_LINK_KIND_DATA that was open GC_REASON_LEFT when the other side closed its
 * channel. */
int gc_client_link_closed(gc_client *c, uint64_t now_ms, uint32_t link, uint32_t reason);
/* Takes what path is in use (gc_path) and its round trip in ms; 0 when not known. Never
 * GC_E_FULL. */
int gc_client_link_path(gc_client *c, uint64_t now_ms, uint32_t link, uint32_t path,
                        uint32_t rtt_ms);

/* Carries out what is due at now_ms. Nothing happens before gc_client_deadline(). */
void gc_client_tick(gc_client *c, uint64_t now_ms);

/* --- outputs: core/proto/client_output.h ------------------------------------------------------ */

/* Fills *out and returns true, or returns false when there is nothing to do. */
bool gc_client_poll(gc_client *c, gc_client_output *out);
/* Returns when to call gc_client_tick() if no input comes before; GC_NEVER: not at all. */
uint64_t gc_client_deadline(const gc_client *c);

/* Aborts (gc_assert), for tests and the simulator, when an internal invariant does not hold. */
void gc_client_check(const gc_client *c);

#endif
