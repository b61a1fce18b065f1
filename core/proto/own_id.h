/* Own id: by what a client is known at a server, and what shows its right to that.
 *
 *   none --gc_own_id_draw--> keyed     a key pair, a token, and the id that is made of both
 *   none --gc_own_id_take--> slot      the id of a room's slot, and a token
 *
 * Either again at any time: then the one before is forgotten.
 * Source: ghostchat-protocol.7, "Ids and tokens". */
#ifndef GC_PROTO_OWN_ID_H
#define GC_PROTO_OWN_ID_H

#include <stdbool.h>

#include "core/base/crypto.h"
#include "core/base/drbg.h"
#include "core/base/limits.h"
#include "core/base/span.h"

typedef struct gc_own_id {
    uint32_t len; /* 0: none */
    bool keyed;
    uint8_t id[GC_OWN_ID_CHARS];
    uint8_t token[GC_OWN_TOKEN_CHARS];
    uint8_t seed[GC_SIGN_KEY_BYTES]; /* of the key pair, when keyed: secret */
    uint8_t public_key[GC_SIGN_KEY_BYTES];
} gc_own_id;

/* Draws a seed and a token, and makes key pair and id of them: nobody may know the old ones.
 * Returns 0, or GC_E_CRYPTO: nothing changed. */
int gc_own_id_draw(gc_own_id *o, const gc_crypto *crypto, gc_drbg *d);
/* Takes the id of a slot, and draws a new token for it. */
void gc_own_id_take(gc_own_id *o, gc_drbg *d, const uint8_t slot[GC_SLOT_ID_CHARS]);
/* Returns the id, inside o; empty when there is none. */
gc_span gc_own_id_span(const gc_own_id *o);

#endif
