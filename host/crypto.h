/* The core's crypto table over libsodium. */
#ifndef GC_HOST_CRYPTO_H
#define GC_HOST_CRYPTO_H

#include "core/base/crypto.h"

/* Fills the table. Returns 0, or -1 when libsodium cannot start (no source of randomness). May be
 * called any number of times. The table has no context and lives as long as the process. */
int gc_host_crypto(gc_crypto *out);

#endif
