/* Auth: how one link proves that nobody sits in it. HELLO goes along with the offer and the answer,
 * AUTH is the first message each way on channel 0; until the other's AUTH is verified nothing that
 * came on the link counts.
 *
 *   off --begin--> waiting --greet: a good HELLO--> greeted --bind: channel open--> bound
 *                     |                                |                              |
 *                     '----------- failed <-----------'------ any refusal, 10 s ------+
 *                                                                                     |
 *                                          verified <-------- check: a good AUTH -----'
 *
 * begin leads from each to waiting: a new DTLS association runs all of it again.
 * Source: ghostchat-protocol.7, "Authentication". The bytes: core/wire/hello.h. */
#ifndef GC_PROTO_AUTH_H
#define GC_PROTO_AUTH_H

#include "core/base/drbg.h"
#include "core/wire/hello.h"

#define GC_AUTH_MS 10000 /* from the open channel to a verified AUTH */

typedef enum gc_auth_state {
    GC_AUTH_OFF = 0,
    GC_AUTH_WAITING,
    GC_AUTH_GREETED,
    GC_AUTH_BOUND,
    GC_AUTH_VERIFIED,
    GC_AUTH_FAILED,
} gc_auth_state;

/* All zero: off. */
typedef struct gc_auth {
    uint8_t state;   /* gc_auth_state */
    uint32_t reason; /* of failed: gc_reason */
    uint64_t due_ms; /* of bound */
    gc_hello own;
    gc_hello other;
    uint8_t t[GC_TRANSCRIPT_BYTES]; /* from bound on */
} gc_auth;

/* The own part of an identity that peers are shown. */
typedef struct gc_auth_self {
    const uint8_t *th;   /* GC_TOKEN_HASH_BYTES */
    const uint8_t *idpk; /* GC_SIGN_KEY_BYTES */
} gc_auth_self;

/* Begins in a role, with a fresh nonce. */
void gc_auth_begin(gc_auth *a, gc_role role, const gc_auth_self *self, gc_drbg *d);
/* Writes the own HELLO. Not while off (asserted). */
void gc_auth_hello(const gc_auth *a, uint8_t out[GC_HELLO_BYTES]);
/* Takes the other's HELLO, once, while waiting (asserted). id: of the peer that was dialled, or
 * that the offer came from. Returns a gc_reason: GC_REASON_NONE when it is good;
 * GC_REASON_AUTH_PROTOCOL for another form, our own role, nonce or key;
 * GC_REASON_AUTH_IDENTITY when its key and th do not make that id. Then it has failed. */
uint32_t gc_auth_greet(gc_auth *a, const gc_crypto *crypto, gc_span hello, gc_span id);
/* Binds a greeted link (asserted), whose channels opened at now_ms, to its room and to both
 * certificates. Returns 0, or GC_E_CRYPTO: nothing changed. */
int gc_auth_bind(gc_auth *a, const gc_crypto *crypto, const uint8_t room[GC_TAG_BYTES],
                 const uint8_t own_fp[GC_FINGERPRINT_BYTES],
                 const uint8_t other_fp[GC_FINGERPRINT_BYTES], uint64_t now_ms);
/* Writes the own AUTH of a bound or verified link (asserted); seed: of the key pair that begin was
 * given the public key of. Returns 0 or GC_E_CRYPTO. */
int gc_auth_prove(const gc_auth *a, const gc_crypto *crypto, const gc_keys *keys,
                  const uint8_t seed[GC_SIGN_KEY_BYTES], uint8_t out[GC_AUTH_BYTES]);
/* Takes the first message of channel 0 of a bound link (asserted). Returns GC_REASON_NONE: it is
 * verified now; else a gc_reason as gc_hello_check() gives it: it has failed. */
uint32_t gc_auth_check(gc_auth *a, const gc_crypto *crypto, const gc_keys *keys, gc_span message);

/* Returns when gc_auth_tick() is due; GC_NEVER when it is not. */
uint64_t gc_auth_deadline(const gc_auth *a);
/* Returns true when a bound link has waited too long: it has failed, with
 * GC_REASON_AUTH_TIMEOUT. */
bool gc_auth_tick(gc_auth *a, uint64_t now_ms);

#endif
