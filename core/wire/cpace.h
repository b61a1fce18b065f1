/* CPace-ristretto255-SHA512 (draft-irtf-cfrg-cpace), initiator and responder: two ends that know
 * the same short password come to the same key, and whoever guesses has one guess a run.
 *
 *   G   = from_hash(SHA512(lv("CPaceRistretto255") || lv(PRS) || lv(zeros) || lv(CI) || lv(sid)))
 *   ISK = SHA512(lv("CPaceRistretto255_ISK") || lv(sid) || lv(K)
 *                || lv(Ya) || lv(ADa) || lv(Yb) || lv(ADb))
 *
 * lv is the length in LEB128 and then the bytes; the zeros fill the first block of SHA-512. The run
 * itself is core/proto/pake.h.
 * Source: ghostchat-protocol.7, "Short codes"; test/vectors/cpace.json. */
#ifndef GC_WIRE_CPACE_H
#define GC_WIRE_CPACE_H

#include "core/base/crypto.h"
#include "core/base/span.h"

#define GC_CPACE_TAG_BYTES 32

/* The input that both ends must have in common. All together have at most 256 bytes (asserted). */
typedef struct gc_cpace_input {
    gc_span password; /* PRS */
    gc_span channel;  /* CI */
    gc_span session;  /* sid */
} gc_cpace_input;

/* Both halves of a run; a is the initiator. */
typedef struct gc_cpace_halves {
    const uint8_t *ya; /* GC_RISTRETTO_BYTES */
    const uint8_t *yb;
    gc_span ada;
    gc_span adb;
} gc_cpace_halves;

/* Everything that is derived from ISK. */
typedef struct gc_cpace_keys {
    uint8_t confirm_a[GC_CPACE_TAG_BYTES]; /* the tags by which each end shows that it has ISK */
    uint8_t confirm_b[GC_CPACE_TAG_BYTES];
    uint8_t seal[GC_SEAL_KEY_BYTES];
} gc_cpace_keys;

/* Computes the generator G of a run. Returns 0 or GC_E_CRYPTO. */
int gc_cpace_generator(const gc_crypto *crypto, const gc_cpace_input *in,
                       uint8_t g[GC_RISTRETTO_BYTES]);
/* Computes ISK of a run; k: our own scalar times the other's element. Returns 0 or
 * GC_E_CRYPTO. */
int gc_cpace_isk(const gc_crypto *crypto, gc_span session, const uint8_t k[GC_RISTRETTO_BYTES],
                 const gc_cpace_halves *halves, uint8_t isk[GC_SHA512_BYTES]);
/* Derives the tags and the key: M(32, ISK, label). Returns 0 or GC_E_CRYPTO. */
int gc_cpace_keys_of(const gc_crypto *crypto, const uint8_t isk[GC_SHA512_BYTES],
                     gc_cpace_keys *out);

#endif
