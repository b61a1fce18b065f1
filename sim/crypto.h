/* The simulator's stand-in for the crypto table: deterministic, keyed and cheap. Any changed bit of
 * input, key, seed or length changes the output, and is refused by verify and open; who has the
 * table alone signs nothing without the seed. It is not cryptography. */
#ifndef SIM_CRYPTO_H
#define SIM_CRYPTO_H

#include "core/base/crypto.h"

void sim_crypto_init(gc_crypto *crypto);

#endif
