/* Ids that belong to a key and a token: a client that asks for an id shows the key and the token
 * that it is made of, so a server need not remember whose it is.
 *
 *   th = H(32, "ghostchat/1 token " || token)
 *   id = "g" || base32(H(16, "ghostchat/1 id " || public key || th))
 *
 * Source: ghostchat-protocol.7, "Ids and tokens"; test/vectors/ids.json. */
#ifndef GC_WIRE_KEYED_ID_H
#define GC_WIRE_KEYED_ID_H

#include <stdbool.h>

#include "core/base/crypto.h"
#include "core/base/limits.h"
#include "core/base/span.h"

#define GC_TOKEN_HASH_BYTES 32 /* th: shown to peers instead of the token */

/* Tells whether an id (any bytes) has the form of these: `g` and 26 of [a-z2-7]. */
bool gc_keyed_id_has_form(gc_span id);
/* Computes th of a token of 1..GC_TOKEN_BYTES_MAX bytes. Returns 0, or GC_E_CRYPTO: then th says
 * nothing. */
int gc_keyed_id_token_hash(const gc_crypto *crypto, gc_span token, uint8_t th[GC_TOKEN_HASH_BYTES]);
/* Writes the id of a public key and a token's hash. Returns 0, or GC_E_CRYPTO: then id is
 * unchanged. */
int gc_keyed_id_make(const gc_crypto *crypto, const uint8_t public_key[GC_SIGN_KEY_BYTES],
                     const uint8_t th[GC_TOKEN_HASH_BYTES], uint8_t id[GC_OWN_ID_CHARS]);
/* Tells whether an id (any bytes) is made of this key and token (1..GC_TOKEN_BYTES_MAX bytes).
 * False as well when the crypto table refuses. */
bool gc_keyed_id_is_of(const gc_crypto *crypto, gc_span id,
                       const uint8_t public_key[GC_SIGN_KEY_BYTES], gc_span token);

#endif
