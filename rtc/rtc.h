/* gc_rtc: the links of one native peer without sockets: ICE, DTLS, SCTP and data channels of each.
 * It does for a C program what web/links.js and the browser's RTCPeerConnection do for the page.
 * The core decides; this handle carries out its requests for links and reports what happened.
 *
 *   offer/answer --> DESCRIPTION, CANDIDATE... --> OPENED --> MESSAGE... --> CLOSED
 *
 * A link has two negotiated data channels, 0 ("control", ordered) and 1 ("message", unordered), or
 * the in-band channel of a stock PeerJS peer (gc_link_kind; ghostchat-protocol(7), "Link").
 *
 * Contract: call one input, then drain gc_rtc_poll() until it returns false, then ask
 * gc_rtc_deadline() and call gc_rtc_tick() at that time. Work is done in the poll: whoever does not
 * drain makes no progress, but loses nothing but datagrams. now_ms is monotonic; a step back is
 * clamped. Inputs are borrowed for the call, outputs until the next call of any function here.
 * Links are known by numbers that the caller chooses. An input for a number that is not known is
 * ignored and returns 0: the link may have ended meanwhile. After CLOSED, and after gc_rtc_close(),
 * nothing is reported for a number any more, and it may be used again.
 *
 * Links with the same peer share its addresses, and DTLS 1.2 has no mark that tells their datagrams
 * apart: open one after the other has opened or ended. A second one beside an open one does no
 * harm. */
#ifndef GC_RTC_RTC_H
#define GC_RTC_RTC_H

#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/base/span.h"
#include "core/base/timers.h"
#include "core/proto/client_output.h"
#include "rtc/dcep.h"
#include "rtc/rtc_output.h"

typedef struct gc_rtc gc_rtc;

typedef struct gc_rtc_options {
    /* Links that exist at a time, at most GC_LINKS_MAX (asserted); 0: GC_LINKS_MAX. Links that were
     * closed and still send their last bytes have places beside these. */
    uint32_t links_max;
    /* The longest message that is taken on a negotiated channel: a longer one ends the link with
     * GC_REASON_PROTOCOL. 0: GC_FRAME_BYTES_MAX. At most GC_RTC_MESSAGE_BYTES_MAX (asserted). */
    uint32_t message_bytes_max;
    /* The longest UDP payload that a link may come to use: where it has much to send, probes find
     * out whether its path carries more than the 1,200 bytes of the beginning (RFC 8899). 0: it
     * does not try. At most GC_RTC_DATAGRAM_BYTES_MAX (asserted), and of it no more than
     * GC_RTC_DATAGRAM_BYTES_OTHERS towards another program. */
    uint32_t datagram_bytes_max;
    /* Take loopback addresses as candidates of the other side: for tests on one machine. */
    bool loopback;
    /* Hide the addresses of this machine: no candidate and no check of a link is from an own
     * socket, no STUN server is asked and no name in the local network. Only relays are left. */
    bool relay_only;
} gc_rtc_options;

/* Returns the bytes of memory that a handle with these options needs. They are reserved for the
 * largest use and touched only as they are used: memory of mmap() costs little before that. */
size_t gc_rtc_size(const gc_rtc_options *options);
/* Places a handle into gc_rtc_size() bytes aligned to 16, which are the handle's until
 * gc_rtc_end(). options: copied. seed: 32 secret bytes of entropy, which the caller wipes. unix_s:
 * the time of day in seconds since 1970, for the dates of the certificate alone. Returns NULL when
 * the bytes are too few, or OpenSSL makes no certificate or context. OpenSSL allocates memory of
 * its own. */
gc_rtc *gc_rtc_init(void *memory, size_t bytes, const gc_rtc_options *options,
                    const uint8_t seed[32], uint64_t now_ms, uint64_t unix_s);
/* Ends all links without a report and without a last datagram. Gives back what OpenSSL allocated,
 * the key of the certificate and those of DTLS among it, and wipes what else is secret: the random
 * generator, and the passwords of ICE. Parts of messages may stay in the memory, which is the
 * caller's again. No function may be called with r any more, but gc_rtc_init() with its memory.
 * Close the links before and go on for a second where they should say goodbye. */
void gc_rtc_end(gc_rtc *r);

/* --- the network ------------------------------------------------------------------------------ */

/* Adds an own socket. base: its number, 0..GC_RTC_BASES_MAX - 1 (asserted), not in use. address:
 * the address and port that it is bound to, as the network beside it sees them (no wildcard): it
 * becomes a host candidate of every link, of those that exist too. */
void gc_rtc_add_base(gc_rtc *r, uint64_t now_ms, uint32_t base, const gc_addr *address);
/* Removes an own socket, whose address is gone, from all links. One that has no other way keeps its
 * state, and looks for one as soon as there is another socket: gc_rtc_add_base(), under this number
 * or another. No datagram is given for it from now on. A number that is not in use is ignored. */
void gc_rtc_drop_base(gc_rtc *r, uint64_t now_ms, uint32_t base);
/* Adds the address of a STUN server (ICE_SERVERS of the core), copied, which all links ask how it
 * sees their bases of its family, those that exist too; with relay_only none does. Returns 0, also
 * for one that is known; GC_E_REFUSED for an address that no server may have (gc_ice_add_server()),
 * GC_E_FULL when GC_RTC_SERVERS_MAX are known: then nothing has changed. Source: RFC 8445
 * 5.1.1.2. */
int gc_rtc_add_server(gc_rtc *r, uint64_t now_ms, const gc_addr *server);
/* Forgets the STUN servers. Links that exist keep theirs, and take further ones only as far as
 * GC_RTC_SERVERS_MAX of both suffice. */
void gc_rtc_clear_servers(gc_rtc *r);
/* Takes an answer of multicast DNS that came from port `from_port` to a socket which sent
 * MULTICAST. Whatever was not asked for is ignored. */
void gc_rtc_multicast(gc_rtc *r, uint64_t now_ms, uint16_t from_port, gc_span bytes);
/* Takes one datagram that came to `base` from `from`. Any bytes are allowed: whatever no link
 * expects is ignored. Source: RFC 7983 (which protocol a datagram belongs to). */
void gc_rtc_datagram(gc_rtc *r, uint64_t now_ms, uint32_t base, const gc_addr *from, gc_span bytes);
/* Carries out what is due at now_ms. */
void gc_rtc_tick(gc_rtc *r, uint64_t now_ms);
/* Returns when to call gc_rtc_tick() if no input comes before, after the outputs have been drained;
 * GC_NEVER: not at all. */
uint64_t gc_rtc_deadline(const gc_rtc *r);

/* --- links: the requests of the core (GC_CLIENT_LINK_*) --------------------------------------- */

/* Makes link `link` with the channels of `kind`, a gc_link_kind, and a local offer, which comes as
 * DESCRIPTION. A link of this number that exists is closed first. label: of the in-band channel of
 * GC_LINK_KIND_EITHER, at most GC_RTC_LABEL_BYTES_MAX, else GC_E_TOO_BIG. Returns 0, or GC_E_FULL:
 * links_max links exist. */
int gc_rtc_offer(gc_rtc *r, uint64_t now_ms, uint32_t link, uint32_t kind, gc_span label);
/* Sets how the in-band channel of a link that was offered as GC_LINK_KIND_EITHER carries messages,
 * after gc_rtc_offer() and before gc_rtc_remote(); without this call each one until it comes, in
 * order. A channel that the other side opens has the form that its side gave it, in both
 * directions. A message that is given up is missing at the other side, and nothing reports it here.
 * form: copied. Its `reliability` may be any number: with GC_DCEP_RETRANSMITS it counts the sends
 * of each part of a message after the first, and from 255 on there is no limit; with
 * GC_DCEP_LIFETIME_MS it is the time from gc_rtc_send() on, and 0 ms counts as 1. A side that does
 * not know how to skip messages (RFC 3758) gets each one. Source: RFC 8832 5.1 (types of channels),
 * RFC 8831 6.1. */
void gc_rtc_shape(gc_rtc *r, uint32_t link, const gc_dcep_form *form);
/* Makes link `link` of `kind` and answers the offer `sdp` of the other side: DESCRIPTION is our
 * answer. A link of this number that exists is closed first. GC_LINK_KIND_DATA: its channel is the
 * first that the other side opens. An offer that cannot be used ends the link: CLOSED with
 * GC_REASON_ICE_FAILED, as a browser that refuses a description. Returns 0, or GC_E_FULL. */
int gc_rtc_answer(gc_rtc *r, uint64_t now_ms, uint32_t link, uint32_t kind, gc_span sdp);
/* Takes the answer of the other side. kind: the link's from now on. A link offered as
 * GC_LINK_KIND_EITHER lets go of its in-band channel (GC_LINK_KIND_NATIVE) or of the negotiated
 * ones (GC_LINK_KIND_DATA). An answer that cannot be used ends the link as an offer does. */
void gc_rtc_remote(gc_rtc *r, uint64_t now_ms, uint32_t link, uint32_t kind, gc_span sdp);
/* Has ICE of a link begin anew, because both sides moved or a firewall forgot them: DESCRIPTION is
 * an offer with new credentials, CANDIDATEs follow, and the answer goes to gc_rtc_remote() with any
 * kind. The link goes on meanwhile, and DTLS and SCTP notice nothing. The messages of
 * ghostchat-protocol(7) have no such offer: a peer of a room dials anew instead. Returns 0, or an
 * error, and then nothing has changed:
 *   GC_E_STATE   there is no description of the other side yet, a restart is under way, or the link
 *                is closing
 *   GC_E_CLOSED  ICE has ended: CLOSED follows
 * Source: RFC 8445 9, RFC 8842 5.5. */
int gc_rtc_restart(gc_rtc *r, uint64_t now_ms, uint32_t link);
/* Answers a later offer of the other side for a link that exists, with new credentials (a browser
 * after restartIce()) or without: DESCRIPTION is our answer. Of two such offers that cross, that of
 * the side which made the first one counts. One that changes the certificate, the roles in DTLS or
 * the media section ends the link: CLOSED with GC_REASON_PROTOCOL. */
void gc_rtc_renew(gc_rtc *r, uint64_t now_ms, uint32_t link, gc_span sdp);
/* Takes a candidate of the other side ("candidate:..."), before or after its description. A
 * candidate that is malformed, of another transport than UDP, an end mark or beyond
 * GC_CANDIDATES_MAX is ignored: one way less, not the end of the link. */
void gc_rtc_candidate(gc_rtc *r, uint64_t now_ms, uint32_t link, gc_span text);
/* Sends one message, of 0..GC_RTC_MESSAGE_BYTES_MAX bytes, on a link that was reported OPENED.
 * channel: 0 or 1 of the negotiated ones (GC_CHANNEL_CONTROL, GC_CHANNEL_MESSAGE), always binary;
 * or GC_CHANNEL_DATA_BYTES or GC_CHANNEL_DATA_TEXT of a link of GC_LINK_KIND_DATA. BUFFERED follows
 * in the same drain. Returns 0, or an error, and then nothing has changed:
 *   GC_E_FULL      more than GC_RTC_BUFFERED_MAX would wait, or the link has used up its share of
 *                  the pool, and others the rest
 *   GC_E_TOO_BIG   over GC_RTC_MESSAGE_BYTES_MAX or what the other side announced
 *   GC_E_STATE     the link is not open, or the other side is closing this channel
 *   GC_E_ARGUMENT  it has no such channel
 *   GC_E_CLOSED    the association has ended, or the other side ends it: CLOSED follows
 * A caller whose protocol cannot lose a message closes the link. */
int gc_rtc_send(gc_rtc *r, uint64_t now_ms, uint32_t link, uint32_t channel, gc_span message);
/* Ends a link without a report. Messages that were sent before go out first (BYE), for at most a
 * second: the channels are reset, then DTLS says close_notify. The number is free at once. */
void gc_rtc_close(gc_rtc *r, uint64_t now_ms, uint32_t link);

/* --- outputs: rtc/rtc_output.h ---------------------------------------------------------------- */

/* Fills *out and returns true, or returns false when there is nothing more for now. */
bool gc_rtc_poll(gc_rtc *r, gc_rtc_output *out);

#endif
