/* Signal text: signaling messages as a client reads and writes them: JSON in, JSON out, no state.
 * Source: ghostchat-protocol.7, "Signaling" and "Setting up a link". */
#ifndef GC_PROTO_SIGNAL_TEXT_H
#define GC_PROTO_SIGNAL_TEXT_H

#include "core/proto/signal_form.h"

/* Reads the message in text, which is borrowed as long as *in is used. Returns 0, or GC_E_SYNTAX,
 * GC_E_UTF8, GC_E_TOO_BIG: ignore it. An unknown type is GC_SIGNAL_OTHER and 0. OFFER, ANSWER and
 * CANDIDATE of another `type` than ours and PeerJS's "data" (a media call, for one), of another `v`
 * or without a key are GC_E_SYNTAX too. */
int gc_signal_read(gc_span text, gc_signal_in *in);
/* Reads the next member of a ROOM into id and *len: *at starts with 0 and is moved on. Returns
 * false at the end. Strings that are not ids are left out. */
bool gc_signal_member(const gc_signal_in *in, uint32_t *at, uint8_t id[GC_ID_BYTES_MAX],
                      uint32_t *len);

/* Each function below writes one whole message, and sets w->failed when it does not fit. dst: the
 * id of the addressee, 1..GC_ID_BYTES_MAX bytes. dial: of the attempt that the message is about.
 * sdp, candidate, mid: valid UTF-8, as the transport gave it. All are borrowed for the call. */

/* Writes a message of this type without payload and addressee, such as HEARTBEAT. */
void gc_signal_write_plain(gc_writer *w, gc_signal type);
/* Writes GC-JOIN for the room with this tag. */
void gc_signal_write_join(gc_writer *w, const uint8_t tag[GC_TAG_BYTES]);
/* Writes OFFER with our description. tag: GC_TAG_BYTES, under which the addressee is dialled; NULL
 * for a bare join link. proof: GC_PROOF_BYTES; NULL where the server has rooms, or the addressee is
 * not a member. */
void gc_signal_write_offer(gc_writer *w, gc_span dst, const uint8_t dial[GC_DIAL_BYTES],
                           const uint8_t *tag, const uint8_t *proof, gc_span sdp);
/* Writes ANSWER with our description to the offer with this dial. */
void gc_signal_write_answer(gc_writer *w, gc_span dst, const uint8_t dial[GC_DIAL_BYTES],
                            gc_span sdp);
/* Writes CANDIDATE with one candidate of ours; mid (up to GC_MID_BYTES_MAX bytes) and index name
 * the m-line. */
void gc_signal_write_candidate(gc_writer *w, gc_span dst, const uint8_t dial[GC_DIAL_BYTES],
                               gc_span candidate, gc_span mid, uint32_t index);

#endif
