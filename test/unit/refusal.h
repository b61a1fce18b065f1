/* A hash that refuses, for the crypto table of a test. What it leaves in its output is the worst
 * that a table may leave there: zeros, which whoever does not look at the result takes for a hash.
 */
#ifndef GC_TEST_REFUSAL_H
#define GC_TEST_REFUSAL_H

#include "core/base/crypto.h"

#include <string.h>

static inline int refuse_hash(void *context, uint8_t *out, uint32_t out_len, const uint8_t *in,
                              uint32_t in_len, const uint8_t *key, uint32_t key_len) {
    (void)context, (void)in, (void)in_len, (void)key, (void)key_len;
    memset(out, 0, out_len);
    return -1;
}

#endif
