/* HELLO, AUTH and envelopes of a stranger: what is taken is written the same, nothing is verified
 * and nothing is opened that was not made with the keys. The first byte says which of them it is.
 */
#include "core/base/assert.h"
#include "core/base/reason.h"
#include "core/proto/auth.h"
#include "core/wire/envelope.h"

#include <string.h>

/* Not cryptography: each byte counts, so that a table entry which answers everything with "good"
 * hides nothing. */
static void mix(uint8_t *out, uint32_t out_len, const uint8_t *in, uint32_t in_len, uint32_t h) {
    for (uint32_t i = 0; i < in_len; i++) {
        h = (h ^ in[i]) * 16777619u;
    }
    for (uint32_t i = 0; i < out_len; i++) {
        h = h * 1664525u + 1013904223u;
        out[i] = (uint8_t)(h >> 24);
    }
}

static int hash(void *context, uint8_t *out, uint32_t out_len, const uint8_t *in, uint32_t in_len,
                const uint8_t *key, uint32_t key_len) {
    uint8_t k[4];
    (void)context;
    mix(k, sizeof k, key, key_len, 1);
    mix(out, out_len, in, in_len, k[0] | (uint32_t)k[1] << 8 | (uint32_t)k[2] << 16);
    return 0;
}

static int verify(void *context, const uint8_t signature[64], const uint8_t *in, uint32_t in_len,
                  const uint8_t public_key[32]) {
    uint8_t expected[64];
    (void)context;
    mix(expected, sizeof expected, in, in_len, public_key[0]);
    return memcmp(expected, signature, sizeof expected) == 0 ? 0 : -1;
}

static int open(void *context, uint8_t *out, const uint8_t *in, uint32_t in_len, const uint8_t *ad,
                uint32_t ad_len, const uint8_t nonce[24], const uint8_t key[32]) {
    uint8_t tag[16];
    (void)context;
    if (in_len < 16) {
        return -1;
    }
    mix(tag, sizeof tag, ad, ad_len, (uint32_t)nonce[0] << 8 | key[0]);
    if (memcmp(tag, in + in_len - 16, sizeof tag) != 0) {
        return -1;
    }
    memcpy(out, in, in_len - 16);
    return 0;
}

static const gc_crypto crypto = {.hash = hash, .verify = verify, .open = open};

static void try_hello(gc_span bytes) {
    static const uint8_t self[GC_SIGN_KEY_BYTES] = {1};
    gc_hello h;
    gc_auth a;
    gc_drbg d;
    uint8_t again[GC_HELLO_BYTES], id[GC_OWN_ID_CHARS];
    gc_drbg_init(&d, self);
    gc_auth_begin(&a, GC_ROLE_OFFERER, &(gc_auth_self){self, self}, &d);
    if (gc_hello_read(bytes, &h) != 0) {
        gc_assert(gc_auth_greet(&a, &crypto, bytes, GC_SPAN("x")) == GC_REASON_AUTH_PROTOCOL);
        return;
    }
    gc_hello_write(&h, again);
    gc_assert(bytes.len == sizeof again && memcmp(again, bytes.data, sizeof again) == 0);
    gc_assert(gc_keyed_id_make(&crypto, h.idpk, h.th, id) == 0);
    uint32_t reason = gc_auth_greet(&a, &crypto, bytes, gc_span_of(id, sizeof id));
    gc_assert((reason == GC_REASON_NONE) == (a.state == GC_AUTH_GREETED));
    gc_assert(reason == GC_REASON_NONE || reason == GC_REASON_AUTH_PROTOCOL);
    gc_assert(reason != GC_REASON_NONE || h.role == GC_ROLE_ANSWERER);
}

static void try_auth(gc_span bytes) {
    static const uint8_t key[GC_AUTH_KEY_BYTES] = {2}, t[GC_TRANSCRIPT_BYTES] = {3};
    static const uint8_t idpk[GC_SIGN_KEY_BYTES] = {4};
    uint8_t tag[GC_AUTH_TAG_BYTES];
    uint32_t reason = gc_hello_check(&crypto, GC_ROLE_ANSWERER, key, t, idpk, bytes);
    if (bytes.len != GC_AUTH_BYTES) {
        gc_assert(reason == GC_REASON_AUTH_PROTOCOL);
        return;
    }
    (void)hash(NULL, tag, sizeof tag, t, sizeof t, key, sizeof key);
    bool good = memcmp(tag, bytes.data, sizeof tag) == 0;
    gc_assert(good ? reason == GC_REASON_NONE || reason == GC_REASON_AUTH_SIGNATURE
                   : reason == GC_REASON_AUTH_SECRET);
}

static void try_envelope(gc_span bytes) {
    static const uint8_t key[GC_SEAL_KEY_BYTES] = {5};
    static const gc_envelope_way way = {{6}, {7}};
    static uint8_t text[GC_ENVELOPE_TEXT_BYTES_MAX];
    gc_envelope e;
    gc_writer w;
    if (gc_envelope_read(bytes, &e) != 0) {
        return;
    }
    gc_assert(e.kind >= GC_ENVELOPE_OFFER && e.kind <= GC_ENVELOPE_REFUSAL);
    gc_writer_init(&w, text, bytes.len - GC_ENVELOPE_OVERHEAD_BYTES);
    int error = gc_envelope_open(bytes, &crypto, key, &way, &w);
    gc_assert(!w.failed && w.at == (error == 0 ? w.size : 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0 || size > 70000) {
        return 0;
    }
    gc_span bytes = gc_span_of(data + 1, (uint32_t)size - 1);
    switch (data[0] % 3) {
    case 0:
        try_hello(bytes);
        break;
    case 1:
        try_auth(bytes);
        break;
    default:
        try_envelope(bytes);
    }
    return 0;
}
