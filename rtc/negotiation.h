/* Negotiation: what the two descriptions of a link settle between its sides: who is the client of
 * DTLS, the name of the media section, the longest message, and whether SCTP begins without a
 * handshake (SNAP). The side that offered leaves the role in DTLS to the answer; the answer takes
 * the client's (RFC 8842 5.3). */
#ifndef GC_RTC_NEGOTIATION_H
#define GC_RTC_NEGOTIATION_H

#include "core/base/drbg.h"
#include "rtc/ice_credentials.h"
#include "rtc/sdp.h"

typedef struct gc_negotiation {
    uint32_t message_bytes_max; /* that the other side takes; 0 before its description */
    bool offerer;
    bool client;  /* our side is the client of DTLS; decided by the answer */
    bool offers;  /* our next description is an offer */
    bool settled; /* the first negotiation is over */
    bool ours;    /* the other side is of this program: an answer says that ours is */
    bool agreed;  /* the other side told an INIT of SCTP that we take: an answer tells ours */
    uint8_t mid_len;
    uint8_t mid[GC_SDP_MID_BYTES_MAX];
} gc_negotiation;

/* Begins. offerer: our description is the offer. */
void gc_negotiation_begin(gc_negotiation *n, bool offerer);
/* Takes the description of the other side. *sdp: filled, borrows from text. Returns 0, or
 * GC_E_REFUSED when the description cannot be used: malformed, for another protocol or port
 * (gc_sdp_parse()), or with a role that leaves DTLS without a client; then *sdp is in any state. */
int gc_negotiation_take(gc_negotiation *n, gc_span text, gc_sdp *sdp);
/* Takes that our next description is the offer of another negotiation, which changes nothing but
 * the credentials of ICE (RFC 8842 5.5). */
void gc_negotiation_offer_again(gc_negotiation *n);
/* Takes that the other side offers, which undoes an offer of ours. */
void gc_negotiation_answer_again(gc_negotiation *n);
/* Takes a later description of the other side: an offer, or the answer to our later one. As
 * gc_negotiation_take(); GC_E_REFUSED also when it changes the roles in DTLS or the media section.
 */
int gc_negotiation_take_again(gc_negotiation *n, gc_span text, gc_sdp *sdp);
/* Writes our description: the offer, or, after gc_negotiation_take(), the answer. own: credentials
 * of our agent. fingerprint: of our certificate, GC_SDP_FINGERPRINT_BYTES. message_bytes_max: what
 * our side takes. init: our INIT of SCTP; an answer tells it only after gc_negotiation_agree().
 * drbg: gives the number of the session. */
void gc_negotiation_write(const gc_negotiation *n, gc_drbg *drbg, const gc_ice_credentials *own,
                          const uint8_t *fingerprint, uint32_t message_bytes_max, gc_span init,
                          gc_writer *w);
/* Takes that the INIT in the description of the other side is of use to our SCTP. */
void gc_negotiation_agree(gc_negotiation *n);
/* Returns the name of the media section, borrowed from n. */
gc_span gc_negotiation_mid(const gc_negotiation *n);

#endif
