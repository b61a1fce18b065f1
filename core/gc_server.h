/* gc_server: the signaling server without sockets. It owns every id, token, room, held message,
 * bucket and unsent byte; a host (ghostchatd, the simulator) owns sockets and partial frames.
 *
 * A connection:   accept -> [reading request] -> open -> [open] -> closing -> (close)
 *                               |  any time: close by the host, or CLOSE from poll
 *
 * Contract: call one input, then drain gc_server_poll() until it gives GC_SERVER_IDLE, then ask
 * gc_server_deadline() and call gc_server_tick() at that time. Three inputs may also come during a
 * drain: gc_server_sent(), gc_server_measured() and gc_server_close(), with which a host answers an
 * output; the outputs of these calls are polled in the same drain. now_ms is monotonic, a step back
 * is clamped. Inputs are borrowed for the call, outputs until the next call. An input completes or
 * changes nothing. Bad input of one client is answered to that client and never fails the call.
 * Source: PeerServer 1.0.2's behaviour and ghostchat-protocol.7. */
#ifndef GC_SERVER_H
#define GC_SERVER_H

#include "core/base/addr.h"
#include "core/base/crypto.h"
#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/base/span.h"
#include "core/base/timers.h"
#include "core/proto/server_output.h"

/* Bytes of memory that a server of this configuration needs (address space: pages are touched only
 * as they are used). 0 when the configuration makes no sense (a queue smaller than a message). */
size_t gc_server_size(const gc_server_config *config);

/* Places a server into memory of gc_server_size() zero bytes (fresh mmap), aligned to 16. The
 * crypto table is copied, its context is borrowed for the server's life; only `hash` is called.
 * seed: 32 bytes of entropy. NULL only when size or configuration is wrong. */
gc_server *gc_server_init(void *memory, size_t bytes, const gc_server_config *config,
                          const gc_crypto *crypto, const uint8_t seed[32], uint64_t now_ms);

/* --- inputs --------------------------------------------------------------------------------- */

/* A TCP connection was accepted. from: the client's address (for limits and nothing else); with
 * family 0 it is not known yet and not counted: gc_server_readdress() follows. An address that
 * connects without end, or broke the protocol again and again, is refused for a while, unless its
 * family was 0: then a proxy decides who may connect how often.
 * Returns 0 and the handle, or GC_E_REFUSED and in *reason GC_REASON_ADDRESS_LIMIT or
 * GC_REASON_SERVER_FULL: close the socket. The handshake deadline starts here. */
int gc_server_accept(gc_server *s, uint64_t now_ms, const gc_addr *from, gc_conn *conn,
                     uint32_t *reason);

/* The request named the client's address, which a trusted proxy had hidden: limits move to it.
 * Returns 0 or GC_E_REFUSED as gc_server_accept. */
int gc_server_readdress(gc_server *s, uint64_t now_ms, gc_conn conn, const gc_addr *from,
                        uint32_t *reason);

/* The connection sent something that is not an HTTP request: counts against its address. Bad frames
 * and requests that do not come in time are counted without this call. */
void gc_server_offend(gc_server *s, uint64_t now_ms, gc_conn conn);

/* The connection served an HTTP request and waits for another: restarts the handshake deadline. */
void gc_server_request_done(gc_server *s, uint64_t now_ms, gc_conn conn);

/* The WebSocket handshake is good: admits the client, checking in PeerServer's order. The answer
 * (OPEN, held messages, or an error and a close frame) is queued. Always 0 for a connection in its
 * request state; GC_E_STATE otherwise. */
int gc_server_open(gc_server *s, uint64_t now_ms, gc_conn conn, const gc_server_open_request *r);

/* A whole WebSocket message or control frame came. opcode: gc_ws_opcode. For a CLOSE frame give its
 * code in `code`. data is read only. A text that is not UTF-8 has been refused by the decoder;
 * binary frames are read as text and checked here. */
int gc_server_frame(gc_server *s, uint64_t now_ms, gc_conn conn, uint8_t opcode, gc_span data,
                    uint16_t code);

/* Charges a connection for bytes that were read on it and are not a whole message: an HTTP request,
 * a part of a message, a crumb of either. messages: how many messages they cost. Over --rate the
 * output GC_SERVER_PAUSE follows, in every state of the connection but closing. For a connection
 * that has ended nothing happens. */
void gc_server_charge(gc_server *s, uint64_t now_ms, gc_conn conn, uint32_t messages);

/* The decoder refused a frame: sends a close frame with this code and ends the connection. */
int gc_server_bad_frame(gc_server *s, uint64_t now_ms, gc_conn conn, uint16_t close_code,
                        uint32_t reason);

/* The host wrote `bytes` of gc_server_unsent() to the socket. */
void gc_server_sent(gc_server *s, uint64_t now_ms, gc_conn conn, uint32_t bytes);

/* Answers GC_SERVER_MEASURE. packets: any count that has grown since the last answer if, and only
 * if, a packet came from the peer meanwhile, its kernel's acknowledgements among them; it may wrap.
 * A host that cannot tell gives always the same: then nothing has come. */
void gc_server_measured(gc_server *s, uint64_t now_ms, gc_conn conn, uint32_t packets);

/* The socket is gone, or the host gives it up. The handle is dead after this. No output for it
 * follows. */
void gc_server_close(gc_server *s, uint64_t now_ms, gc_conn conn, uint32_t reason);

/* Handles a UDP datagram. socket: the host's number of the socket on which it came in; an answer
 * names it again. from: who sent it, with its port; family 4 or 6. bytes: any, borrowed for the
 * call; a datagram that no service here understands, or that exceeds the rate of its address, gets
 * no answer. An answer is an output GC_SERVER_DATAGRAM of the drain that follows. Never fails;
 * datagrams that come without a drain between them are dropped once the queue of answers is full.
 */
void gc_server_datagram(gc_server *s, uint64_t now_ms, uint32_t socket, const gc_addr *from,
                        gc_span bytes);

/* Shuts down (SIGTERM): all connections get a close frame with 1012 and are closed once it is sent.
 */
void gc_server_shutdown(gc_server *s, uint64_t now_ms);

void gc_server_tick(gc_server *s, uint64_t now_ms);

/* --- outputs -------------------------------------------------------------------------------- */

/* Types of what goes in and out: core/proto/server_output.h. */

/* Fills *out and returns true, or returns false (type GC_SERVER_IDLE) when there is nothing. */
bool gc_server_poll(gc_server *s, gc_server_output *out);

/* Gives up to `max` spans of unsent bytes of a connection, in order, borrowed until the next call.
 * Returns the number of spans (0 = nothing unsent). */
uint32_t gc_server_unsent(const gc_server *s, gc_conn conn, gc_span *spans, uint32_t max);

uint64_t gc_server_deadline(const gc_server *s);

/* --- what the host's HTTP side asks ----------------------------------------------------------- */

/* A new id that nobody holds: UUID v4, 36 characters, as PeerServer gives. */
void gc_server_new_id(gc_server *s, uint8_t out[36]);
bool gc_server_discovery_allowed(const gc_server *s);
/* Walks the ids in use: start with *cursor = 0; returns false at the end. Borrowed. */
bool gc_server_next_id(const gc_server *s, uint32_t *cursor, gc_span *id);

/* Copies the counters and gauges for /metrics. */
void gc_server_get_stats(const gc_server *s, gc_server_stats *out);

/* For the simulator: aborts (gc_assert) when an internal invariant does not hold. */
void gc_server_check(const gc_server *s);

#endif
