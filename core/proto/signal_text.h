/* Signaling messages as a client reads and writes them: JSON in, JSON out, no state.
 * Source: ghostchat-protocol.7, "Signaling" and "Setting up a link". */
#ifndef GC_PROTO_SIGNAL_TEXT_H
#define GC_PROTO_SIGNAL_TEXT_H

#include "core/proto/signal_form.h"

/* Reads a message. Returns 0, or GC_E_SYNTAX, GC_E_UTF8, GC_E_TOO_BIG: ignore it. An unknown type
 * is GC_SIGNAL_OTHER and 0. OFFER, ANSWER and CANDIDATE of another `type` than ours and PeerJS's
 * "data" (a media call, for one), of another `v` or without a key are GC_E_SYNTAX too. */
int gc_signal_read(gc_span text, gc_signal_in *in);
/* The next member of ROOM: *at starts with 0. False at the end. Strings that are no ids are left
 * out. */
bool gc_signal_member(const gc_signal_in *in, uint32_t *at, uint8_t id[GC_ID_BYTES_MAX],
                      uint32_t *len);

/* A message without payload and addressee. */
void gc_signal_write_plain(gc_writer *w, gc_signal type);
void gc_signal_write_join(gc_writer *w, const uint8_t tag[GC_TAG_BYTES]);
/* tag NULL: a bare join link. proof NULL: the server has rooms, or it is no member. */
void gc_signal_write_offer(gc_writer *w, gc_span dst, const uint8_t dial[GC_DIAL_BYTES],
                           const uint8_t *tag, const uint8_t *proof, gc_span sdp);
void gc_signal_write_answer(gc_writer *w, gc_span dst, const uint8_t dial[GC_DIAL_BYTES],
                            gc_span sdp);
void gc_signal_write_candidate(gc_writer *w, gc_span dst, const uint8_t dial[GC_DIAL_BYTES],
                               gc_span candidate, gc_span mid, uint32_t index);

#endif
