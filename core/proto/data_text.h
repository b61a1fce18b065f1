/* Data text: the messages of stock PeerJS peers through the server to set up a data connection: the
 * payloads of OFFER, ANSWER and CANDIDATE with the type "data". A bare join link is dialled in this
 * form, with a mark of ours that stock peers ignore, because the peer there may be of either kind.
 * Source: npm peerjs 1.5.5 (negotiator); ghostchat-protocol.7, "PeerJS peers". */
#ifndef GC_PROTO_DATA_TEXT_H
#define GC_PROTO_DATA_TEXT_H

#include "core/proto/signal_form.h"

/* Makes the dial of a connection id (any bytes): the bytes in the id if it is one of ours (16 bytes
 * in base64url), else a hash of the id. Only the peer's own dials are ever compared with it.
 */
void gc_data_text_dial(gc_span connection, uint8_t dial[GC_DIAL_BYTES]);

/* Reads such a payload, a token of in->json, into *in, whose type, json and src are set. Returns
 * false when it has another type, a serialization that we do not speak, or lacks a part. sdpMid may
 * be null: in->mid is then -1. */
bool gc_data_text_read(gc_signal_in *in, int32_t payload);

/* Each writes a message, OFFER with our mark or ANSWER, to the peer with the id dst. connection:
 * PeerJS's name of the connection, in an offer of ours the dial in base64url. word: of
 * gc_serialization_word(). sdp: our description. w->failed when they do not fit. */
void gc_data_text_write_offer(gc_writer *w, gc_span dst, gc_span connection, const char *word,
                              gc_span sdp);
void gc_data_text_write_answer(gc_writer *w, gc_span dst, gc_span connection, gc_span sdp);
/* Writes CANDIDATE; mid (empty: written as null) and index name the m-line. */
void gc_data_text_write_candidate(gc_writer *w, gc_span dst, gc_span connection, gc_span candidate,
                                  gc_span mid, uint32_t index);

#endif
