/* Peer connection: one link of a handle, composed of an ICE agent, a DTLS session, an SCTP
 * association and data channels. It only routes: what each of them decides is in its own header.
 *
 *   linking --the channels can be used--> open --either side closes--> closing --> ended
 *      \____________a part failed; nothing more can be sent________________________/
 *
 * The side that offered is controlling (ICE). The ClientHello of DTLS goes out as soon as there is
 * an address for it (link_route.h). A link that is closing reports nothing more: it sends the
 * messages that are queued, closes its channels, and says goodbye.
 *
 * Contract as rtc.h: one input, then poll until it returns false. Source: RFC 8831, 8827, 8842,
 * 7983. */
#ifndef GC_RTC_PEER_CONNECTION_H
#define GC_RTC_PEER_CONNECTION_H

#include "rtc/peer_connection_state.h"

/* Takes the tables of its association from the arena, once for all links that come to this place.
 */
void gc_peer_connection_place(gc_peer_connection *p, gc_sctp_pool *pool, gc_arena *a);
/* Begins a new link in a place that has its tables. shared: outlives it. owner: a number of the
 * link among those that share it. kind: gc_link_kind. offerer: we make the offer. Offer or answer
 * with it next. Give back what it holds by gc_peer_connection_end(). */
void gc_peer_connection_begin(gc_peer_connection *p, gc_peer_connection_shared *shared,
                              uint64_t now_ms, uint32_t owner, uint32_t kind, bool offerer);
/* Gives back all that it holds, OpenSSL's memory and the blocks of the pool, without a datagram.
 * The place may begin another link then. */
void gc_peer_connection_end(gc_peer_connection *p);

/* Adds an own address (gc_ice_add_base()). */
void gc_peer_connection_add_base(gc_peer_connection *p, uint64_t now_ms, uint32_t base,
                                 const gc_addr *address);
/* Removes an own address that is gone (gc_ice_drop_base()). */
void gc_peer_connection_drop_base(gc_peer_connection *p, uint64_t now_ms, uint32_t base);
/* Adds the address of a STUN server; one that gc_ice_add_server() refuses is ignored. */
void gc_peer_connection_add_server(gc_peer_connection *p, uint64_t now_ms, const gc_addr *server);
/* Takes the address that was found for the name of a candidate. */
void gc_peer_connection_found(gc_peer_connection *p, uint64_t now_ms, const gc_candidate *found);
/* Makes the offer of a link that began as the offerer (asserted). label: of the in-band channel of
 * GC_LINK_KIND_EITHER, at most GC_CHANNELS_LABEL_BYTES_MAX (asserted), copied. */
void gc_peer_connection_offer(gc_peer_connection *p, gc_span label);
/* Sets the form of the in-band channel: gc_rtc_shape(). */
void gc_peer_connection_shape(gc_peer_connection *p, const gc_dcep_form *form);
/* Answers the offer of the other side, on a link that did not begin as the offerer (asserted); one
 * that cannot be used ends the link. */
void gc_peer_connection_answer(gc_peer_connection *p, uint64_t now_ms, gc_span sdp);
/* Takes the answer of the other side, and the kind from now on. A second one is ignored. */
void gc_peer_connection_remote(gc_peer_connection *p, uint64_t now_ms, uint32_t kind, gc_span sdp);
/* Begins a restart of ICE, with an offer: gc_rtc_restart(). */
int gc_peer_connection_restart(gc_peer_connection *p, uint64_t now_ms);
/* Answers a later offer of the other side: gc_rtc_renew(). */
void gc_peer_connection_renew(gc_peer_connection *p, uint64_t now_ms, gc_span sdp);
/* Takes a candidate of the other side; one that is of no use is ignored. */
void gc_peer_connection_candidate(gc_peer_connection *p, uint64_t now_ms, gc_span text);
/* Sends a message: gc_rtc_send(). */
int gc_peer_connection_send(gc_peer_connection *p, uint64_t now_ms, uint32_t channel,
                            gc_span message);
/* Ends the link without a report: goodbye is said within GC_PEER_CONNECTION_CLOSE_MS. */
void gc_peer_connection_close(gc_peer_connection *p, uint64_t now_ms);

/* Takes a datagram of STUN; returns what gc_ice_datagram() returns. */
int gc_peer_connection_stun(gc_peer_connection *p, uint64_t now_ms, uint32_t base,
                            const gc_addr *from, gc_span datagram);
/* Takes a datagram of DTLS that came from an address which gc_peer_connection_accepts(). */
void gc_peer_connection_dtls(gc_peer_connection *p, uint64_t now_ms, gc_span datagram);
/* Takes the pair on which a datagram of DTLS came, before the datagram itself: where an open link
 * uses another one, its agent asks whether that still works (gc_ice_elsewhere()). */
void gc_peer_connection_came_from(gc_peer_connection *p, uint64_t now_ms, uint32_t base,
                                  const gc_addr *from);
/* Tells whether datagrams of DTLS are taken from this address. */
bool gc_peer_connection_accepts(const gc_peer_connection *p, uint32_t base, const gc_addr *from);

/* Carries out what is due. */
void gc_peer_connection_tick(gc_peer_connection *p, uint64_t now_ms);
/* Returns when to tick; GC_NEVER. */
uint64_t gc_peer_connection_deadline(const gc_peer_connection *p);
/* Gives the next output, but for its `link`. Returns false when there is none; the link may be
 * ended then, if its state is ENDED. */
bool gc_peer_connection_poll(gc_peer_connection *p, gc_rtc_output *out);

#endif
