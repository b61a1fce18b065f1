/* Short codes as they are typed, and frames of a key exchange from a stranger: what is read keeps
 * its limits, and no bytes lead to a link. The first byte says whether it is a code or a list of
 * frames, each with a length before it. */
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/reason.h"
#include "core/proto/pake.h"

#include <string.h>

/* Not cryptography: every byte counts. */
static void mix(uint8_t *out, uint32_t out_len, const uint8_t *in, uint32_t in_len, uint64_t h) {
    for (uint32_t i = 0; i < in_len; i++) {
        h = (h ^ in[i]) * 1099511628211u;
    }
    for (uint32_t i = 0; i < out_len; i++) {
        h = h * 6364136223846793005u + 1442695040888963407u;
        out[i] = (uint8_t)(h >> 56);
    }
}

static int hash(void *context, uint8_t *out, uint32_t out_len, const uint8_t *in, uint32_t in_len,
                const uint8_t *key, uint32_t key_len) {
    uint64_t k = 0;
    (void)context;
    mix((uint8_t *)&k, sizeof k, key, key_len, 1);
    mix(out, out_len, in, in_len, k);
    return 0;
}

static int sha512(void *context, uint8_t out[64], const uint8_t *in, uint32_t in_len) {
    (void)context;
    mix(out, 64, in, in_len, 2);
    return 0;
}

static int shorter(void *context, uint8_t out[32], const uint8_t in[64]) {
    (void)context;
    mix(out, 32, in, 64, 3);
    return 0;
}

static int scalarmult(void *context, uint8_t out[32], const uint8_t scalar[32],
                      const uint8_t element[32]) {
    uint8_t both[64];
    (void)context;
    memcpy(both, scalar, 32);
    memcpy(both + 32, element, 32);
    mix(out, 32, both, 64, 4);
    return element[31] == 0xff ? -1 : 0;
}

static int open(void *context, uint8_t *out, const uint8_t *in, uint32_t in_len, const uint8_t *ad,
                uint32_t ad_len, const uint8_t nonce[24], const uint8_t key[32]) {
    uint8_t tag[16];
    (void)context, (void)ad, (void)ad_len, (void)nonce;
    gc_assert(in_len >= 16 && in_len - 16 <= GC_PAKE_LINK_BYTES_MAX);
    mix(tag, sizeof tag, key, 32, 5);
    memcpy(out, in, in_len - 16);
    return memcmp(tag, in + in_len - 16, sizeof tag) == 0 ? 0 : -1;
}

static const gc_crypto crypto = {
    .hash = hash,
    .sha512 = sha512,
    .ristretto_from_hash = shorter,
    .scalar_reduce = shorter,
    .scalarmult = scalarmult,
    .open = open,
};

static void try_code(gc_span text) {
    gc_code c, again;
    uint8_t out[GC_CODE_CHARS_MAX];
    gc_writer w;
    if (gc_code_parse(text, &c) != 0) {
        return;
    }
    gc_assert(c.nameplate > 0 && c.nameplate <= GC_CODE_NAMEPLATE_MAX);
    gc_writer_init(&w, out, sizeof out);
    gc_code_write(&c, &w);
    gc_assert(!w.failed && gc_code_parse(gc_writer_done(&w), &again) == 0);
    gc_assert(again.nameplate == c.nameplate &&
              memcmp(again.digits, c.digits, GC_CODE_DIGITS) == 0);
}

/* Frames 1 to 3 go out when they are due; 4 would need a good tag. */
static void answer(gc_pake *p, gc_drbg *d) {
    uint8_t out[GC_PAKE_FRAME_BYTES_MAX];
    gc_writer w;
    gc_writer_init(&w, out, sizeof out);
    gc_assert(p->due <= 3 && gc_pake_send(p, &crypto, d, GC_SPAN_NONE, &w) == 0 && !w.failed);
}

static void try_frames(gc_span bytes, bool is_a) {
    static const uint8_t seed[32] = {1}, own[GC_PID_BYTES] = {2}, other[GC_PID_BYTES] = {3};
    static const gc_code code = {.nameplate = 7, .digits = "4829315"};
    static uint8_t link[GC_PAKE_LINK_BYTES_MAX];
    gc_pake p;
    gc_drbg d;
    gc_drbg_init(&d, seed);
    if (is_a) {
        gc_pake_open(&p, &code, own, 0);
    } else {
        gc_pake_claim(&p, &code, own, other, &d, 0);
    }
    while (bytes.len > 0) {
        gc_writer w;
        answer(&p, &d);
        uint32_t len = bytes.data[0] < bytes.len ? bytes.data[0] : bytes.len - 1;
        gc_writer_init(&w, link, sizeof link);
        uint32_t reason =
            gc_pake_take(&p, &crypto, &d, other, gc_span_of(bytes.data + 1, len), 0, &w);
        gc_assert(w.at == 0 && p.state != GC_PAKE_DONE);
        gc_assert((reason != GC_REASON_NONE) <= (p.state == GC_PAKE_FAILED));
        bytes = gc_span_from(bytes, len + 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0 || size > 4096) {
        return 0;
    }
    gc_span bytes = gc_span_of(data + 1, (uint32_t)size - 1);
    if (data[0] % 3 == 0) {
        try_code(bytes);
    } else {
        try_frames(bytes, data[0] % 3 == 1);
    }
    return 0;
}
