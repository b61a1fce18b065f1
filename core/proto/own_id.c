#include "core/proto/own_id.h"
#include "core/base/assert.h"
#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/secret.h"
#include "core/wire/keyed_id.h"

#define TOKEN_BYTES 16

static void draw_token(gc_own_id *o, gc_drbg *d) {
    uint8_t bytes[TOKEN_BYTES];
    gc_writer w;
    gc_drbg_bytes(d, bytes, sizeof bytes);
    gc_writer_init(&w, o->token, sizeof o->token);
    gc_base32_write(&w, gc_span_of(bytes, sizeof bytes));
    gc_assert(!w.failed && w.at == sizeof o->token);
    gc_bytes_wipe(bytes, sizeof bytes);
}

static int make(gc_own_id *o, const gc_crypto *crypto) {
    uint8_t th[GC_TOKEN_HASH_BYTES];
    int error = gc_keyed_id_token_hash(crypto, gc_span_of(o->token, sizeof o->token), th);
    if (error == 0 && crypto->sign_keypair(crypto->context, o->public_key, o->seed) != 0) {
        error = GC_E_CRYPTO;
    }
    return error != 0 ? error : gc_keyed_id_make(crypto, o->public_key, th, o->id);
}

int gc_own_id_draw(gc_own_id *o, const gc_crypto *crypto, gc_drbg *d) {
    gc_own_id drawn = {.len = GC_OWN_ID_CHARS, .keyed = true};
    gc_drbg_bytes(d, drawn.seed, sizeof drawn.seed);
    draw_token(&drawn, d);
    int error = make(&drawn, crypto);
    if (error == 0) {
        *o = drawn;
    }
    gc_bytes_wipe(&drawn, sizeof drawn);
    return error;
}

void gc_own_id_take(gc_own_id *o, gc_drbg *d, const uint8_t slot[GC_SLOT_ID_CHARS]) {
    gc_bytes_wipe(o, sizeof *o);
    o->len = GC_SLOT_ID_CHARS;
    memcpy(o->id, slot, GC_SLOT_ID_CHARS);
    draw_token(o, d);
}

gc_span gc_own_id_span(const gc_own_id *o) {
    return gc_span_of(o->id, o->len);
}
