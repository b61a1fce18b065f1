#include "core/wire/safety.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/writer.h"

#define LABEL        "ghostchat/1 safety"
#define GROUP_BYTES  5
#define GROUP_DIGITS (GC_SAFETY_DIGITS / GC_SAFETY_GROUPS)

static void write_group(const uint8_t bytes[GROUP_BYTES], uint8_t digits[GROUP_DIGITS]) {
    uint64_t number = 0;
    for (uint32_t i = 0; i < GROUP_BYTES; i++) {
        number = number << 8 | bytes[i];
    }
    for (uint32_t i = GROUP_DIGITS; i > 0; i--) {
        digits[i - 1] = (uint8_t)('0' + number % 10);
        number /= 10;
    }
}

int gc_safety_number(const gc_crypto *crypto, const uint8_t one[GC_SIGN_KEY_BYTES],
                     const uint8_t other[GC_SIGN_KEY_BYTES], uint8_t digits[GC_SAFETY_DIGITS]) {
    uint8_t in[sizeof LABEL - 1 + 2 * GC_SIGN_KEY_BYTES], h[64];
    bool in_order = memcmp(one, other, GC_SIGN_KEY_BYTES) < 0;
    gc_writer w;
    gc_writer_init(&w, in, sizeof in);
    gc_writer_text(&w, LABEL);
    gc_writer_bytes(&w, in_order ? one : other, GC_SIGN_KEY_BYTES);
    gc_writer_bytes(&w, in_order ? other : one, GC_SIGN_KEY_BYTES);
    gc_assert(!w.failed && w.at == sizeof in);
    if (crypto->hash(crypto->context, h, sizeof h, in, sizeof in, NULL, 0) != 0) {
        return GC_E_CRYPTO;
    }
    for (uint32_t i = 0; i < GC_SAFETY_GROUPS; i++) {
        write_group(h + GROUP_BYTES * i, digits + GROUP_DIGITS * i);
    }
    return 0;
}
