/* Link text: the messages through the server to set up a link, in the form that the other side
 * reads: ours for a native link, PeerJS's for a data connection, and for a link to either kind
 * PeerJS's with our mark. Source: ghostchat-protocol.7, "Setting up a link", "PeerJS peers". */
#ifndef GC_PROTO_LINK_TEXT_H
#define GC_PROTO_LINK_TEXT_H

#include "core/proto/link.h"

/* Writes OFFER (the link is offering) or ANSWER with our description, to the peer of this id. Of a
 * native OFFER, tag (GC_TAG_BYTES) is that under which the peer is dialled, NULL for a bare dial,
 * and proof (GC_PROOF_BYTES) shows that we are a member, NULL where none is needed. w->failed when
 * it does not fit. */
void gc_link_text_description(const gc_link *l, gc_writer *w, gc_span to, const uint8_t *tag,
                              const uint8_t *proof, gc_span sdp);
/* Writes CANDIDATE; mid and index name the m-line. w->failed when it does not fit. */
void gc_link_text_candidate(const gc_link *l, gc_writer *w, gc_span to, gc_span candidate,
                            gc_span mid, uint32_t index);

#endif
