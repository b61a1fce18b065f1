/* Setup: what two peers say to each other through the server to set up a link, in both directions:
 * descriptions and candidates between the host's transport and the server.
 * Source: ghostchat-protocol.7, "Setting up a link", "PeerJS peers". */
#ifndef GC_CLIENT_SETUP_H
#define GC_CLIENT_SETUP_H

#include "core/client/peers.h"
#include "core/proto/membership.h"
#include "core/proto/slots.h"

/* The effect of a peer's message. */
enum gc_setup_event {
    GC_SETUP_REFUSED, /* not for us, or malformed: to be counted; its sender is still a stranger */
    GC_SETUP_IGNORED, /* the sender is known, but the message is not taken: to be counted */
    GC_SETUP_TAKEN,
};

typedef struct gc_setup_store {
    uint8_t sdp[GC_SDP_BYTES_MAX];
} gc_setup_store;

/* Takes an OFFER, which is welcome `as` what gc_membership_welcome() says (not REFUSED). */
enum gc_setup_event gc__setup_offer(gc_peers *ps, const gc_step *s, const gc_slots *r,
                                    gc_setup_store *store, const gc_signal_in *in, gc_welcome as);
/* Takes an ANSWER to an offer of ours. */
enum gc_setup_event gc__setup_answer(gc_peers *ps, const gc_step *s, gc_setup_store *store,
                                     const gc_signal_in *in);
/* Takes a CANDIDATE of a peer's transport. */
enum gc_setup_event gc__setup_candidate(gc_peers *ps, const gc_step *s, const gc_signal_in *in);

/* Sends the description that the host made for the link in a slot, which is offering or answering,
 * then the candidates that were found meanwhile. sdp: 1..GC_SDP_BYTES_MAX bytes of UTF-8. */
void gc__setup_describe(gc_peers *ps, const gc_step *s, const gc_slots *r, uint32_t slot,
                        gc_span sdp);
/* Sends a candidate of the host's transport for the link in a slot, or holds it until our
 * description was sent. Lengths as gc_link_hold() says. */
void gc__setup_offer_candidate(gc_peers *ps, const gc_step *s, uint32_t slot, gc_span candidate,
                               gc_span mid, uint32_t index);

#endif
