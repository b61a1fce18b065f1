/* The nouns by which peers prove themselves, for test/wasm/trust.test.mjs: core.wasm does not
 * export them. Everything goes in and out by one buffer; a result below 0 is an error of the core.
 */
#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/crypto_wasm.h"
#include "core/wire/cpace.h"
#include "core/wire/emoji.h"
#include "core/wire/envelope.h"
#include "core/wire/hello.h"
#include "core/wire/safety.h"

#define EXPORT(name) __attribute__((export_name(#name)))

static uint8_t buffer[4 * GC_ENVELOPE_BYTES_MAX];

EXPORT(buffer) uint32_t gc_test_buffer(void) {
    return (uint32_t)buffer;
}

/* The secret becomes all keys: room, signal, offer, answer. */
EXPORT(keys) int32_t gc_test_keys(void) {
    const gc_crypto crypto = gc_wasm_crypto();
    gc_keys k;
    int error = gc_keys_derive(&k, &crypto, buffer);
    memcpy(buffer, &k, sizeof k);
    return error;
}

EXPORT(pid) int32_t gc_test_pid(uint32_t len) {
    const gc_crypto crypto = gc_wasm_crypto();
    uint8_t id[GC_ID_BYTES_MAX];
    gc_assert(len <= sizeof id);
    memcpy(id, buffer, len);
    return gc_keys_pid(&crypto, gc_span_of(id, len), buffer);
}

typedef struct sealing {
    uint8_t key[GC_SEAL_KEY_BYTES];
    gc_envelope_way way;
    uint8_t room[GC_TAG_BYTES];
    uint8_t dial[GC_DIAL_BYTES];
    uint8_t nonce[GC_SEAL_NONCE_BYTES];
} sealing;

/* sealing and text become the envelope; its length. */
EXPORT(seal) int32_t gc_test_seal(uint32_t kind, uint32_t seq, uint32_t text_len) {
    static uint8_t out[GC_ENVELOPE_BYTES_MAX], text_bytes[GC_ENVELOPE_TEXT_BYTES_MAX];
    const gc_crypto crypto = gc_wasm_crypto();
    sealing s;
    gc_writer w, text;
    memcpy(&s, buffer, sizeof s);
    gc_envelope e = {.kind = (uint8_t)kind, .seq = seq};
    memcpy(e.room, s.room, sizeof e.room);
    memcpy(e.dial, s.dial, sizeof e.dial);
    gc_writer_init(&text, text_bytes, sizeof text_bytes);
    gc_writer_bytes(&text, buffer + sizeof s, text_len);
    gc_envelope_pad(&text);
    gc_writer_init(&w, out, sizeof out);
    int error = gc_envelope_seal(&e, &crypto, s.key, &s.way, s.nonce, gc_writer_done(&text), &w);
    gc_assert(!w.failed && !text.failed);
    memcpy(buffer, out, w.at);
    return error != 0 ? error : (int32_t)w.at;
}

/* sealing and an envelope become the text; its length. */
EXPORT(open) int32_t gc_test_open(uint32_t len) {
    static uint8_t text[GC_ENVELOPE_TEXT_BYTES_MAX];
    const gc_crypto crypto = gc_wasm_crypto();
    sealing s;
    gc_envelope e;
    gc_writer w;
    gc_span bytes = gc_span_of(buffer + sizeof s, len);
    memcpy(&s, buffer, sizeof s);
    int error = gc_envelope_read(bytes, &e);
    if (error != 0) {
        return error;
    }
    gc_writer_init(&w, text, sizeof text);
    error = gc_envelope_open(bytes, &crypto, s.key, &s.way, &w);
    memcpy(buffer, text, w.at);
    return error != 0 ? error : (int32_t)w.at;
}

/* binding and both HELLOs become T. */
EXPORT(transcript) int32_t gc_test_transcript(void) {
    const gc_crypto crypto = gc_wasm_crypto();
    gc_binding b;
    gc_hello h[2];
    memcpy(&b, buffer, sizeof b);
    for (uint32_t i = 0; i < 2; i++) {
        int error = gc_hello_read(
            gc_span_of(buffer + sizeof b + i * GC_HELLO_BYTES, GC_HELLO_BYTES), &h[i]);
        if (error != 0) {
            return error;
        }
    }
    return gc_hello_transcript(&crypto, &b, &h[0], &h[1], buffer);
}

/* key, T, seed and idpk become AUTH. */
EXPORT(prove) int32_t gc_test_prove(uint32_t role) {
    const gc_crypto crypto = gc_wasm_crypto();
    uint8_t out[GC_AUTH_BYTES];
    const uint8_t *key = buffer, *t = key + GC_AUTH_KEY_BYTES, *seed = t + GC_TRANSCRIPT_BYTES;
    int error = gc_hello_prove(&crypto, (gc_role)role, key, t, seed, seed + GC_SIGN_KEY_BYTES, out);
    memcpy(buffer, out, sizeof out);
    return error;
}

/* key, T, idpk and an AUTH of this length: a reason. */
EXPORT(check) uint32_t gc_test_check(uint32_t role, uint32_t len) {
    const gc_crypto crypto = gc_wasm_crypto();
    const uint8_t *key = buffer, *t = key + GC_AUTH_KEY_BYTES, *idpk = t + GC_TRANSCRIPT_BYTES;
    return gc_hello_check(&crypto, (gc_role)role, key, t, idpk,
                          gc_span_of(idpk + GC_SIGN_KEY_BYTES, len));
}

/* Two public keys become the digits of the safety number. */
EXPORT(number) int32_t gc_test_number(void) {
    const gc_crypto crypto = gc_wasm_crypto();
    uint8_t digits[GC_SAFETY_DIGITS];
    int error = gc_safety_number(&crypto, buffer, buffer + GC_SIGN_KEY_BYTES, digits);
    memcpy(buffer, digits, sizeof digits);
    return error;
}

/* T and both nonces become the commitment to the first one, and the row. */
EXPORT(row) int32_t gc_test_row(void) {
    const gc_crypto crypto = gc_wasm_crypto();
    uint8_t out[GC_EMOJI_COMMITMENT_BYTES + GC_EMOJI_ROW];
    const uint8_t *t = buffer, *a = t + GC_TRANSCRIPT_BYTES, *b = a + GC_EMOJI_NONCE_BYTES;
    int error = gc_emoji_commit(&crypto, a, out);
    error = error != 0 ? error : gc_emoji_row(&crypto, t, a, b, out + GC_EMOJI_COMMITMENT_BYTES);
    memcpy(buffer, out, sizeof out);
    return error;
}

/* Password, channel and session of these lengths become the generator. */
EXPORT(generator)
int32_t gc_test_generator(uint32_t password, uint32_t channel, uint32_t session) {
    const gc_crypto crypto = gc_wasm_crypto();
    uint8_t g[GC_RISTRETTO_BYTES];
    const gc_cpace_input in = {
        .password = gc_span_of(buffer, password),
        .channel = gc_span_of(buffer + password, channel),
        .session = gc_span_of(buffer + password + channel, session),
    };
    int error = gc_cpace_generator(&crypto, &in, g);
    memcpy(buffer, g, sizeof g);
    return error;
}

/* K, Ya, Yb, then the session, ADa and ADb of these lengths, become ISK. */
EXPORT(isk) int32_t gc_test_isk(uint32_t session, uint32_t ada, uint32_t adb) {
    const gc_crypto crypto = gc_wasm_crypto();
    uint8_t isk[GC_SHA512_BYTES];
    const uint8_t *rest = buffer + 3 * GC_RISTRETTO_BYTES;
    const gc_cpace_halves halves = {
        .ya = buffer + GC_RISTRETTO_BYTES,
        .yb = buffer + 2 * GC_RISTRETTO_BYTES,
        .ada = gc_span_of(rest + session, ada),
        .adb = gc_span_of(rest + session + ada, adb),
    };
    int error = gc_cpace_isk(&crypto, gc_span_of(rest, session), buffer, &halves, isk);
    memcpy(buffer, isk, sizeof isk);
    return error;
}
