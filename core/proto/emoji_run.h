/* Emoji run: how two ends of one authenticated link come to the same row of pictures.
 *
 *            .-- begin (A's person) ----> committed --B's nonce--> shown   (A's nonce goes out)
 *   idle ----|
 *            '-- A's commitment --> asked --agree (B's person)--> answered --A's nonce--> shown
 *
 *   committed --A's commitment of the other, whose id is smaller--> asked     (both pressed)
 *   asked, when the person presses: agree. A wrong nonce leads to failed. end leads from each to
 * idle.
 *
 * A new link ends the run: T is of one link. gc_emoji_run_send() gives the frames that go out.
 * Source: ghostchat-protocol.7, "Comparing". The bytes: core/wire/emoji.h. */
#ifndef GC_PROTO_EMOJI_RUN_H
#define GC_PROTO_EMOJI_RUN_H

#include "core/base/drbg.h"
#include "core/wire/emoji.h"

typedef enum gc_emoji_state {
    GC_EMOJI_IDLE = 0,
    GC_EMOJI_COMMITTED, /* A: waits for B's nonce */
    GC_EMOJI_ASKED,     /* B: waits for its person */
    GC_EMOJI_ANSWERED,  /* B: waits for A's nonce */
    GC_EMOJI_SHOWN,
    GC_EMOJI_FAILED,
} gc_emoji_state;

/* The kind of a frame of the run. */
typedef enum gc_emoji_frame {
    GC_EMOJI_NOTHING = 0,
    GC_EMOJI_COMMITMENT, /* GC_EMOJI_COMMITMENT_BYTES, A to B */
    GC_EMOJI_NONCE,      /* GC_EMOJI_NONCE_BYTES, B to A */
    GC_EMOJI_REVEAL,     /* GC_EMOJI_NONCE_BYTES, A to B */
} gc_emoji_frame;

/* All zero: idle. */
typedef struct gc_emoji_run {
    uint8_t state; /* gc_emoji_state */
    uint8_t due;   /* gc_emoji_frame that goes out */
    uint8_t own[GC_EMOJI_NONCE_BYTES];
    uint8_t commitment[GC_EMOJI_COMMITMENT_BYTES]; /* our own, or the other's */
    uint8_t row[GC_EMOJI_ROW];                     /* when shown */
} gc_emoji_run;

/* The person asks for the row: begins a run as A, or agrees to that of the other side. Otherwise
 * nothing changes. Returns 0 or GC_E_CRYPTO. */
int gc_emoji_run_begin(gc_emoji_run *r, const gc_crypto *crypto, gc_drbg *d);
/* Takes what came: the payload of a frame, and T of the link. own_is_smaller: whether our own id
 * is the smaller one (bytewise). Returns a gc_reason: GC_REASON_NONE, or
 * GC_REASON_AUTH_PROTOCOL for a frame of another size, one that is not due, and a nonce that is not
 * the one that was committed to: then the run has failed, and so has the link. */
uint32_t gc_emoji_run_take(gc_emoji_run *r, const gc_crypto *crypto, gc_emoji_frame kind,
                           gc_span payload, const uint8_t t[GC_TRANSCRIPT_BYTES],
                           bool own_is_smaller);
/* Takes out what goes to the other side: the kind, and its payload, borrowed until the next call;
 * GC_EMOJI_NOTHING when there is nothing. */
gc_emoji_frame gc_emoji_run_send(gc_emoji_run *r, gc_span *payload);
/* Returns whether the row is there: seven numbers, inside r. */
bool gc_emoji_run_is_shown(const gc_emoji_run *r);
/* Ends the run, and forgets its nonces. */
void gc_emoji_run_end(gc_emoji_run *r);

#endif
