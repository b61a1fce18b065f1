/* The crypto table of a module of wasm: each function is an import from the module `gc`, under the
 * name of its field (core/wasm.imports), without the context. web/crypto.js gives them. */
#ifndef GC_CRYPTO_WASM_H
#define GC_CRYPTO_WASM_H

#include "core/base/crypto.h"

/* Returns the table, which is good for the life of the module. */
gc_crypto gc_wasm_crypto(void);

#endif
