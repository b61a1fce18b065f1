/* PAKE: one run of a key exchange by a short code, after which the room's link goes over sealed. A
 * made the code, B typed it.
 *
 *   A: open --01--> answered (02 due) --03, a good tag--> done (04 due, with the link)
 *   B: claiming (01 due) --02--> confirming (03 due) --04, a good tag--> done (has the link)
 *
 *   each to failed, by anything that is wrong or late; gc_pake_wipe leads from each to off
 *
 *   01 nonceB(16)    02 nonceA(16) Ya(32)    03 Yb(32) tagB(32)
 *   04 tagA(32) nonce(24) sealed link
 *
 * B shows first that it knows the code, so a server that guesses has one guess at each end. Once 02
 * has gone out and the run does not succeed, the code is burnt: nothing leads from failed to open.
 * Source: ghostchat-protocol.7, "Short codes". The numbers: core/wire/cpace.h. */
#ifndef GC_PROTO_PAKE_H
#define GC_PROTO_PAKE_H

#include "core/base/drbg.h"
#include "core/base/limits.h"
#include "core/wire/code.h"
#include "core/wire/cpace.h"
#include "core/wire/keys.h"

#define GC_PAKE_CODE_MS        600000 /* the life of a code */
#define GC_PAKE_STEP_MS        10000  /* for each answer of the other side */
#define GC_PAKE_NONCE_BYTES    16
#define GC_PAKE_LINK_BYTES_MAX GC_URL_BYTES_MAX
#define GC_PAKE_FRAME_BYTES_MAX                                                                    \
    (1 + GC_CPACE_TAG_BYTES + GC_SEAL_NONCE_BYTES + GC_PAKE_LINK_BYTES_MAX + GC_SEAL_TAG_BYTES)

typedef enum gc_pake_state {
    GC_PAKE_OFF = 0,
    GC_PAKE_OPEN,       /* A */
    GC_PAKE_ANSWERED,   /* A */
    GC_PAKE_CLAIMING,   /* B */
    GC_PAKE_CONFIRMING, /* B */
    GC_PAKE_DONE,
    GC_PAKE_FAILED,
} gc_pake_state;

/* All zero: off. Secret while a run lasts. */
typedef struct gc_pake {
    uint8_t state;   /* gc_pake_state */
    uint8_t due;     /* number of the frame that goes out, or 0 */
    uint32_t reason; /* of failed: gc_reason */
    uint64_t due_ms;
    gc_code code;
    uint8_t pid_a[GC_PID_BYTES];
    uint8_t pid_b[GC_PID_BYTES];
    uint8_t session[2 * GC_PAKE_NONCE_BYTES]; /* sid: nonceA, nonceB */
    uint8_t scalar[GC_RISTRETTO_BYTES];       /* our own */
    uint8_t ya[GC_RISTRETTO_BYTES];
    uint8_t yb[GC_RISTRETTO_BYTES];
    gc_cpace_keys keys;
} gc_pake;

/* A opens a code, whose digits were drawn and whose nameplate the server gave; pid: our own. */
void gc_pake_open(gc_pake *p, const gc_code *code, const uint8_t pid[GC_PID_BYTES],
                  uint64_t now_ms);
/* B claims a code; pid: our own, pid_a: of who holds the nameplate. */
void gc_pake_claim(gc_pake *p, const gc_code *code, const uint8_t pid[GC_PID_BYTES],
                   const uint8_t pid_a[GC_PID_BYTES], gc_drbg *d, uint64_t now_ms);
/* Takes a frame of the peer with this pid. B writes the link to w, which has room for
 * GC_PAKE_LINK_BYTES_MAX, when it is done. Frames of others than the peer of the run change
 * nothing, nor do those that come before or after a run. Returns a gc_reason: GC_REASON_NONE, or
 * GC_REASON_CODE_WRONG: the run has failed and the code is burnt. */
uint32_t gc_pake_take(gc_pake *p, const gc_crypto *crypto, gc_drbg *d,
                      const uint8_t pid[GC_PID_BYTES], gc_span frame, uint64_t now_ms,
                      gc_writer *w);
/* Writes the frame that is due, if any, to w; link: what A gives (1..GC_PAKE_LINK_BYTES_MAX bytes,
 * asserted), used for frame 04 alone. Returns 0, or GC_E_CRYPTO: then it has failed. */
int gc_pake_send(gc_pake *p, const gc_crypto *crypto, gc_drbg *d, gc_span link, gc_writer *w);

/* Returns when gc_pake_tick() is due; GC_NEVER when it is not. */
uint64_t gc_pake_deadline(const gc_pake *p);
/* Returns true when the time of a code or of a step is over: it has failed, with
 * GC_REASON_CODE_GONE where the other side said nothing at all, else GC_REASON_CODE_WRONG. */
bool gc_pake_tick(gc_pake *p, uint64_t now_ms);
void gc_pake_wipe(gc_pake *p);

#endif
