/* HELLO and AUTH as bytes: how two peers prove to each other who they are and that they hold the
 * same secret, bound to the certificates of the link between them. When each is due, and what its
 * failure means, is core/proto/auth.h.
 *
 *   HELLO = version(1) = 1 || role(1) || th(32) || idpk(32) || nonce(32)
 *   T     = H(64, "ghostchat/1 channel-auth" || room(16) || fp_offer(32) || fp_answer(32)
 *                 || HELLO_offer || HELLO_answer)
 *   AUTH  = M(32, key of the own role, T)
 *           || Ed25519("ghostchat/1 channel-sig " || role(1) || T)
 *
 * All sizes are fixed, so no two inputs give the same bytes.
 * Source: ghostchat-protocol.7, "Authentication"; test/vectors/trust.json. */
#ifndef GC_WIRE_HELLO_H
#define GC_WIRE_HELLO_H

#include "core/wire/keyed_id.h"
#include "core/wire/keys.h"

#define GC_HELLO_BYTES       98
#define GC_HELLO_CHARS       131 /* in base64url, as it is written in signaling */
#define GC_HELLO_NONCE_BYTES 32
#define GC_TRANSCRIPT_BYTES  64 /* T */
#define GC_AUTH_TAG_BYTES    32
#define GC_AUTH_BYTES        (GC_AUTH_TAG_BYTES + GC_SIGNATURE_BYTES)

typedef struct gc_hello {
    uint8_t role; /* gc_role */
    uint8_t th[GC_TOKEN_HASH_BYTES];
    uint8_t idpk[GC_SIGN_KEY_BYTES]; /* the identity: what the id is made of, together with th */
    uint8_t nonce[GC_HELLO_NONCE_BYTES];
} gc_hello;

/* A link is bound to this and to the two HELLOs. */
typedef struct gc_binding {
    uint8_t room[GC_TAG_BYTES];
    uint8_t fp_offer[GC_FINGERPRINT_BYTES]; /* of the certificates really in use */
    uint8_t fp_answer[GC_FINGERPRINT_BYTES];
} gc_binding;

/* Writes a HELLO. */
void gc_hello_write(const gc_hello *h, uint8_t out[GC_HELLO_BYTES]);
/* Reads one of any bytes. Returns 0, or GC_E_SYNTAX for another size, version or role than there
 * are: then *out is unchanged. Whose id it makes is not looked at. */
int gc_hello_read(gc_span bytes, gc_hello *out);

/* Computes T. Returns 0 or GC_E_CRYPTO. */
int gc_hello_transcript(const gc_crypto *crypto, const gc_binding *b, const gc_hello *offer,
                        const gc_hello *answer, uint8_t t[GC_TRANSCRIPT_BYTES]);
/* Writes the AUTH of a role over T; key: of AUTH for that role (gc_keys_auth()), seed and idpk: of
 * our own key pair. Returns 0, or GC_E_CRYPTO: then out says nothing. */
int gc_hello_prove(const gc_crypto *crypto, gc_role role, const uint8_t key[GC_AUTH_KEY_BYTES],
                   const uint8_t t[GC_TRANSCRIPT_BYTES], const uint8_t seed[GC_SIGN_KEY_BYTES],
                   const uint8_t idpk[GC_SIGN_KEY_BYTES], uint8_t out[GC_AUTH_BYTES]);
/* Checks an AUTH of the other side, its role, key and idpk given: first the tag, in a time that
 * does not depend on where it is wrong, then the signature. Returns a gc_reason: GC_REASON_NONE
 * when both are good, GC_REASON_AUTH_PROTOCOL for another size, GC_REASON_AUTH_SECRET for the tag,
 * GC_REASON_AUTH_SIGNATURE. */
uint32_t gc_hello_check(const gc_crypto *crypto, gc_role role, const uint8_t key[GC_AUTH_KEY_BYTES],
                        const uint8_t t[GC_TRANSCRIPT_BYTES], const uint8_t idpk[GC_SIGN_KEY_BYTES],
                        gc_span auth);

#endif
