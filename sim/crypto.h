/* The simulator's stand-in for the crypto table: deterministic, keyed and cheap. Any changed bit of
 * input, key or length changes the output; it is no cryptography. */
#ifndef SIM_CRYPTO_H
#define SIM_CRYPTO_H

#include "core/base/crypto.h"

void sim_crypto_init(gc_crypto *crypto);

#endif
