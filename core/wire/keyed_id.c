#include "core/wire/keyed_id.h"
#include "core/base/assert.h"
#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/secret.h"

#define TOKEN_LABEL "ghostchat/1 token "
#define ID_LABEL    "ghostchat/1 id "
#define HASH_BYTES  16 /* of the id */

bool gc_keyed_id_has_form(gc_span id) {
    bool ours = id.len == GC_OWN_ID_CHARS && id.data[0] == 'g';
    for (uint32_t i = 1; i < GC_OWN_ID_CHARS && ours; i++) {
        uint8_t c = id.data[i];
        ours = (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7');
    }
    return ours;
}

int gc_keyed_id_token_hash(const gc_crypto *crypto, gc_span token,
                           uint8_t th[GC_TOKEN_HASH_BYTES]) {
    uint8_t in[sizeof TOKEN_LABEL - 1 + GC_TOKEN_BYTES_MAX];
    gc_writer w;
    gc_writer_init(&w, in, sizeof in);
    gc_writer_text(&w, TOKEN_LABEL);
    gc_writer_span(&w, token);
    gc_assert(!w.failed);
    int refused = crypto->hash(crypto->context, th, GC_TOKEN_HASH_BYTES, in, w.at, NULL, 0);
    gc_bytes_wipe(in, sizeof in);
    return refused == 0 ? 0 : GC_E_CRYPTO;
}

int gc_keyed_id_make(const gc_crypto *crypto, const uint8_t public_key[GC_SIGN_KEY_BYTES],
                     const uint8_t th[GC_TOKEN_HASH_BYTES], uint8_t id[GC_OWN_ID_CHARS]) {
    uint8_t in[sizeof ID_LABEL - 1 + GC_SIGN_KEY_BYTES + GC_TOKEN_HASH_BYTES], hash[HASH_BYTES];
    gc_writer w;
    gc_writer_init(&w, in, sizeof in);
    gc_writer_text(&w, ID_LABEL);
    gc_writer_bytes(&w, public_key, GC_SIGN_KEY_BYTES);
    gc_writer_bytes(&w, th, GC_TOKEN_HASH_BYTES);
    gc_assert(!w.failed);
    if (crypto->hash(crypto->context, hash, sizeof hash, in, w.at, NULL, 0) != 0) {
        return GC_E_CRYPTO;
    }
    gc_writer_init(&w, id, GC_OWN_ID_CHARS);
    gc_writer_u8(&w, 'g');
    gc_base32_write(&w, gc_span_of(hash, sizeof hash));
    gc_assert(!w.failed && w.at == GC_OWN_ID_CHARS);
    return 0;
}

bool gc_keyed_id_is_of(const gc_crypto *crypto, gc_span id,
                       const uint8_t public_key[GC_SIGN_KEY_BYTES], gc_span token) {
    uint8_t th[GC_TOKEN_HASH_BYTES], made[GC_OWN_ID_CHARS];
    return gc_keyed_id_token_hash(crypto, token, th) == 0 &&
           gc_keyed_id_make(crypto, public_key, th, made) == 0 &&
           gc_span_equal(id, gc_span_of(made, sizeof made));
}
