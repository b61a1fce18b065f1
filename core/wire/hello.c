#include "core/wire/hello.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/reader.h"
#include "core/base/reason.h"
#include "core/base/secret.h"
#include "core/base/writer.h"

#define VERSION         1
#define TRANSCRIPT      "ghostchat/1 channel-auth"
#define SIGNED          "ghostchat/1 channel-sig "
#define HASHED_BYTES    (sizeof TRANSCRIPT - 1 + sizeof(gc_binding) + 2 * GC_HELLO_BYTES)
#define SIGNED_IN_BYTES (sizeof SIGNED - 1 + 1 + GC_TRANSCRIPT_BYTES)

_Static_assert(HASHED_BYTES == 300, "of the specification");
_Static_assert(SIGNED_IN_BYTES == 89, "of the specification");

void gc_hello_write(const gc_hello *h, uint8_t out[GC_HELLO_BYTES]) {
    gc_writer w;
    gc_writer_init(&w, out, GC_HELLO_BYTES);
    gc_writer_u8(&w, VERSION);
    gc_writer_u8(&w, h->role);
    gc_writer_bytes(&w, h->th, sizeof h->th);
    gc_writer_bytes(&w, h->idpk, sizeof h->idpk);
    gc_writer_bytes(&w, h->nonce, sizeof h->nonce);
    gc_assert(!w.failed && w.at == GC_HELLO_BYTES);
}

int gc_hello_read(gc_span bytes, gc_hello *out) {
    gc_reader r;
    gc_reader_init(&r, bytes);
    uint8_t version = gc_reader_u8(&r), role = gc_reader_u8(&r);
    if (bytes.len != GC_HELLO_BYTES || version != VERSION ||
        (role != GC_ROLE_OFFERER && role != GC_ROLE_ANSWERER)) {
        return GC_E_SYNTAX;
    }
    out->role = role;
    memcpy(out->th, gc_reader_bytes(&r, sizeof out->th).data, sizeof out->th);
    memcpy(out->idpk, gc_reader_bytes(&r, sizeof out->idpk).data, sizeof out->idpk);
    memcpy(out->nonce, gc_reader_bytes(&r, sizeof out->nonce).data, sizeof out->nonce);
    return 0;
}

static void write_hello(gc_writer *w, const gc_hello *h) {
    uint8_t bytes[GC_HELLO_BYTES];
    gc_hello_write(h, bytes);
    gc_writer_bytes(w, bytes, sizeof bytes);
}

int gc_hello_transcript(const gc_crypto *crypto, const gc_binding *b, const gc_hello *offer,
                        const gc_hello *answer, uint8_t t[GC_TRANSCRIPT_BYTES]) {
    uint8_t in[HASHED_BYTES];
    gc_writer w;
    gc_writer_init(&w, in, sizeof in);
    gc_writer_text(&w, TRANSCRIPT);
    gc_writer_bytes(&w, b->room, sizeof b->room);
    gc_writer_bytes(&w, b->fp_offer, sizeof b->fp_offer);
    gc_writer_bytes(&w, b->fp_answer, sizeof b->fp_answer);
    write_hello(&w, offer);
    write_hello(&w, answer);
    gc_assert(!w.failed && w.at == sizeof in);
    int refused = crypto->hash(crypto->context, t, GC_TRANSCRIPT_BYTES, in, sizeof in, NULL, 0);
    return refused == 0 ? 0 : GC_E_CRYPTO;
}

static void write_signed(gc_role role, const uint8_t t[GC_TRANSCRIPT_BYTES],
                         uint8_t out[SIGNED_IN_BYTES]) {
    gc_writer w;
    gc_writer_init(&w, out, SIGNED_IN_BYTES);
    gc_writer_text(&w, SIGNED);
    gc_writer_u8(&w, (uint8_t)role);
    gc_writer_bytes(&w, t, GC_TRANSCRIPT_BYTES);
    gc_assert(!w.failed && w.at == SIGNED_IN_BYTES);
}

int gc_hello_prove(const gc_crypto *crypto, gc_role role, const uint8_t key[GC_AUTH_KEY_BYTES],
                   const uint8_t t[GC_TRANSCRIPT_BYTES], const uint8_t seed[GC_SIGN_KEY_BYTES],
                   const uint8_t idpk[GC_SIGN_KEY_BYTES], uint8_t out[GC_AUTH_BYTES]) {
    uint8_t in[SIGNED_IN_BYTES];
    write_signed(role, t, in);
    if (crypto->hash(crypto->context, out, GC_AUTH_TAG_BYTES, t, GC_TRANSCRIPT_BYTES, key,
                     GC_AUTH_KEY_BYTES) != 0 ||
        crypto->sign(crypto->context, out + GC_AUTH_TAG_BYTES, in, sizeof in, seed, idpk) != 0) {
        return GC_E_CRYPTO;
    }
    return 0;
}

uint32_t gc_hello_check(const gc_crypto *crypto, gc_role role, const uint8_t key[GC_AUTH_KEY_BYTES],
                        const uint8_t t[GC_TRANSCRIPT_BYTES], const uint8_t idpk[GC_SIGN_KEY_BYTES],
                        gc_span auth) {
    uint8_t in[SIGNED_IN_BYTES], tag[GC_AUTH_TAG_BYTES];
    if (auth.len != GC_AUTH_BYTES) {
        return GC_REASON_AUTH_PROTOCOL;
    }
    int refused = crypto->hash(crypto->context, tag, sizeof tag, t, GC_TRANSCRIPT_BYTES, key,
                               GC_AUTH_KEY_BYTES);
    if (refused != 0 || !gc_bytes_equal_ct(tag, auth.data, sizeof tag)) {
        return GC_REASON_AUTH_SECRET;
    }
    write_signed(role, t, in);
    refused = crypto->verify(crypto->context, auth.data + GC_AUTH_TAG_BYTES, in, sizeof in, idpk);
    return refused == 0 ? GC_REASON_NONE : GC_REASON_AUTH_SIGNATURE;
}
