#include "core/wire/cpace.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/secret.h"
#include "core/base/writer.h"

#define NAME          "CPaceRistretto255"
#define NAME_ISK      "CPaceRistretto255_ISK"
#define BLOCK_BYTES   128 /* of SHA-512 */
#define HASHED_MAX    511
#define LV_NAME_BYTES (sizeof NAME) /* one byte of length, and no zero at the end */

/* Lengths here are below 128 * 128. */
static void write_lv(gc_writer *w, gc_span bytes) {
    if (bytes.len >= 0x80) {
        gc_writer_u8(w, (uint8_t)(bytes.len | 0x80));
    }
    gc_writer_u8(w, (uint8_t)(bytes.len >= 0x80 ? bytes.len >> 7 : bytes.len));
    gc_writer_span(w, bytes);
}

/* Zeros up to the end of the first block, their own length byte counted. */
static void write_zeros(gc_writer *w, gc_span password) {
    static const uint8_t zeros[BLOCK_BYTES];
    uint32_t lv_password = password.len + (password.len >= 0x80 ? 2 : 1);
    uint32_t before = (uint32_t)LV_NAME_BYTES + lv_password + 1;
    write_lv(w, gc_span_of(zeros, before < BLOCK_BYTES ? BLOCK_BYTES - before : 0));
}

int gc_cpace_generator(const gc_crypto *crypto, const gc_cpace_input *in,
                       uint8_t g[GC_RISTRETTO_BYTES]) {
    uint8_t bytes[HASHED_MAX], hash[GC_SHA512_BYTES];
    gc_writer w;
    gc_writer_init(&w, bytes, sizeof bytes);
    write_lv(&w, GC_SPAN(NAME));
    write_lv(&w, in->password);
    write_zeros(&w, in->password);
    write_lv(&w, in->channel);
    write_lv(&w, in->session);
    gc_assert(!w.failed);
    int refused = crypto->sha512(crypto->context, hash, bytes, w.at);
    if (refused == 0) {
        refused = crypto->ristretto_from_hash(crypto->context, g, hash);
    }
    gc_bytes_wipe(bytes, sizeof bytes);
    gc_bytes_wipe(hash, sizeof hash);
    return refused == 0 ? 0 : GC_E_CRYPTO;
}

int gc_cpace_isk(const gc_crypto *crypto, gc_span session, const uint8_t k[GC_RISTRETTO_BYTES],
                 const gc_cpace_halves *halves, uint8_t isk[GC_SHA512_BYTES]) {
    uint8_t bytes[HASHED_MAX];
    gc_writer w;
    gc_writer_init(&w, bytes, sizeof bytes);
    write_lv(&w, GC_SPAN(NAME_ISK));
    write_lv(&w, session);
    write_lv(&w, gc_span_of(k, GC_RISTRETTO_BYTES));
    write_lv(&w, gc_span_of(halves->ya, GC_RISTRETTO_BYTES));
    write_lv(&w, halves->ada);
    write_lv(&w, gc_span_of(halves->yb, GC_RISTRETTO_BYTES));
    write_lv(&w, halves->adb);
    gc_assert(!w.failed);
    int refused = crypto->sha512(crypto->context, isk, bytes, w.at);
    gc_bytes_wipe(bytes, sizeof bytes);
    return refused == 0 ? 0 : GC_E_CRYPTO;
}

int gc_cpace_keys_of(const gc_crypto *crypto, const uint8_t isk[GC_SHA512_BYTES],
                     gc_cpace_keys *out) {
    const struct {
        gc_span label;
        uint8_t *out;
    } rows[] = {
        {GC_SPAN("ghostchat/1 pake confirm a"), out->confirm_a},
        {GC_SPAN("ghostchat/1 pake confirm b"), out->confirm_b},
        {GC_SPAN("ghostchat/1 pake seal"), out->seal},
    };
    for (uint32_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (crypto->hash(crypto->context, rows[i].out, 32, rows[i].label.data, rows[i].label.len,
                         isk, GC_SHA512_BYTES) != 0) {
            gc_bytes_wipe(out, sizeof *out);
            return GC_E_CRYPTO;
        }
    }
    return 0;
}
