/* Emoji: seven of 64 pictures that two people compare. One side commits itself to its nonce before
 * it sees the other's, so that nobody in between can try nonces until the rows look alike.
 *
 *   commitment = H(32, "ghostchat/1 sas commit" || nA)
 *   row        = the first 42 bits of H(32, "ghostchat/1 sas" || T || nA || nB), six for each
 *
 * T is that of the link on which the run travels. The table is Matrix's (specification, "SAS
 * method: emoji"). When each step is due: core/proto/emoji_run.h. Source: ghostchat-protocol.7,
 * "Comparing"; test/vectors/trust.json. */
#ifndef GC_WIRE_EMOJI_H
#define GC_WIRE_EMOJI_H

#include "core/wire/hello.h"

#define GC_EMOJI_NONCE_BYTES      16
#define GC_EMOJI_COMMITMENT_BYTES 32
#define GC_EMOJI_ROW              7
#define GC_EMOJI_COUNT            64

/* Computes the commitment to a nonce. Returns 0 or GC_E_CRYPTO. */
int gc_emoji_commit(const gc_crypto *crypto, const uint8_t nonce[GC_EMOJI_NONCE_BYTES],
                    uint8_t out[GC_EMOJI_COMMITMENT_BYTES]);
/* Computes the row of both nonces, numbers 0..63; a: of the side that committed itself. Returns 0
 * or GC_E_CRYPTO. */
int gc_emoji_row(const gc_crypto *crypto, const uint8_t t[GC_TRANSCRIPT_BYTES],
                 const uint8_t a[GC_EMOJI_NONCE_BYTES], const uint8_t b[GC_EMOJI_NONCE_BYTES],
                 uint8_t row[GC_EMOJI_ROW]);
/* Each returns a constant, the picture (UTF-8) or the English name of a number 0..63 (asserted). */
const char *gc_emoji_picture(uint32_t number);
const char *gc_emoji_name(uint32_t number);

#endif
