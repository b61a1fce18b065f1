/* Safety number: 60 digits that two people compare, out loud or by a QR code, to know that nobody
 * has put another key between them. The same at both ends, whoever computes it.
 *
 *   h = H(64, "ghostchat/1 safety" || the smaller idpk || the larger one)
 *   group i of 12 = h[5i..5i+4] modulo 100000, five digits
 *
 * Source: ghostchat-protocol.7, "Comparing"; test/vectors/trust.json. */
#ifndef GC_WIRE_SAFETY_H
#define GC_WIRE_SAFETY_H

#include "core/base/crypto.h"
#include "core/base/limits.h"

#define GC_SAFETY_GROUPS 12
#define GC_SAFETY_DIGITS 60

/* Writes the digits of two public keys, in either order, in ASCII and without blanks. Returns 0 or
 * GC_E_CRYPTO. */
int gc_safety_number(const gc_crypto *crypto, const uint8_t one[GC_SIGN_KEY_BYTES],
                     const uint8_t other[GC_SIGN_KEY_BYTES], uint8_t digits[GC_SAFETY_DIGITS]);

#endif
