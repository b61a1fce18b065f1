/* Keys: everything that is derived from the secret S of a room or a join link. Open rooms and
 * bare join links have a substitute for S, which everybody can compute; the rest is the same.
 *
 *   M(n, S, "ghostchat/1 " || label), each label for one purpose only
 *
 * Source: ghostchat-protocol.7, "Secrets and tags"; test/vectors/trust.json. */
#ifndef GC_WIRE_KEYS_H
#define GC_WIRE_KEYS_H

#include "core/base/crypto.h"
#include "core/base/limits.h"
#include "core/base/span.h"

#define GC_KEYS_LABEL_BYTES_MAX 32
#define GC_PID_BYTES            16
#define GC_AUTH_KEY_BYTES       32

/* The side of a link: its offer or its answer, for the life of its DTLS association. Keys and
 * messages are bound to the role, so that nobody is answered with his own words. */
typedef enum gc_role {
    GC_ROLE_OFFERER = 1,
    GC_ROLE_ANSWERER = 2,
} gc_role;

typedef struct gc_keys {
    uint8_t room[GC_TAG_BYTES];         /* the tag: all that a server learns */
    uint8_t signal[GC_SEAL_KEY_BYTES];  /* seals signaling */
    uint8_t auth[2][GC_AUTH_KEY_BYTES]; /* of AUTH: the offerer's, the answerer's */
} gc_keys;

/* Derives out_len (16..64) bytes of a secret by one label (1..GC_KEYS_LABEL_BYTES_MAX bytes,
 * asserted). Returns 0, or GC_E_CRYPTO: then out says nothing. */
int gc_keys_of_label(const gc_crypto *crypto, const uint8_t secret[GC_SECRET_BYTES], gc_span label,
                     uint8_t *out, uint32_t out_len);
/* Derives all keys of a secret. Returns 0, or GC_E_CRYPTO: then the keys are wiped. */
int gc_keys_derive(gc_keys *k, const gc_crypto *crypto, const uint8_t secret[GC_SECRET_BYTES]);
/* Returns the key of AUTH for a role, inside k. */
const uint8_t *gc_keys_auth(const gc_keys *k, gc_role role);
void gc_keys_wipe(gc_keys *k);

/* Makes the substitute for S of a bare join link that names an id of our form (keyed_id.h):
 * H(32, "ghostchat/1 bare " || id). Whoever sees the id knows it. Returns 0 or GC_E_CRYPTO. */
int gc_keys_bare_secret(const gc_crypto *crypto, gc_span id, uint8_t secret[GC_SECRET_BYTES]);
/* Makes the pid, which is used in place of an id (1..GC_ID_BYTES_MAX bytes, asserted) in what is
 * bound to it: H(16, "ghostchat/1 peer " || id). Returns 0 or GC_E_CRYPTO. */
int gc_keys_pid(const gc_crypto *crypto, gc_span id, uint8_t pid[GC_PID_BYTES]);

#endif
