#include "sim/crypto.h"
#include "core/base/mem.h"
#include "sim/rng.h"

static uint64_t absorb(uint64_t h, const uint8_t *in, uint32_t len) {
    for (uint32_t i = 0; i < len; i++) {
        h = sim_mix((h ^ in[i]) + 0x9e3779b97f4a7c15u);
    }
    return sim_mix(h ^ (uint64_t)len << 32);
}

static void squeeze(uint64_t h, uint8_t *out, uint32_t len) {
    for (uint32_t i = 0; i < len; i++) {
        out[i] = (uint8_t)sim_mix(h + 0x300 + i);
    }
}

static int hash(void *context, uint8_t *out, uint32_t out_len, const uint8_t *in, uint32_t in_len,
                const uint8_t *key, uint32_t key_len) {
    (void)context;
    if (out_len < 16 || out_len > 64 || key_len > 64) {
        return -1; /* the limits of the contract: a caller that breaks them must notice here too */
    }
    uint64_t h = absorb(absorb(out_len, key, key_len), in, in_len);
    for (uint32_t i = 0; i < out_len; i++) {
        out[i] = (uint8_t)sim_mix(h + 0x100 + i);
    }
    return 0;
}

static int sha512(void *context, uint8_t out[64], const uint8_t *in, uint32_t in_len) {
    (void)context;
    squeeze(absorb(0x5512, in, in_len), out, 64);
    return 0;
}

/* --- signatures ------------------------------------------------------------------------------- */

/* The key says nothing about the seed to who sees it in this world; the next world is another. */
static int sign_keypair(void *context, uint8_t public_key[32], const uint8_t seed[32]) {
    (void)context;
    uint64_t h = absorb(0x51697, seed, 32);
    for (uint32_t i = 0; i < 32; i++) {
        public_key[i] = (uint8_t)sim_mix(h + 0x200 + i);
    }
    return 0;
}

/* Four rounds of Feistel over two halves, under a key that no other file knows: whoever has the
 * table alone cannot undo it. Backwards it takes the rounds in the other order. */
static void permute(uint8_t block[32], int backwards) {
    for (uint64_t n = 0; n < 4; n++) {
        uint64_t round = backwards ? 3 - n : n;
        uint8_t *from = block + 16 * (round % 2), *to = block + 16 * (1 - round % 2);
        uint64_t h = absorb(0x7e11e5 + round, from, 16);
        for (uint32_t i = 0; i < 16; i++) {
            to[i] ^= (uint8_t)sim_mix(h + i);
        }
    }
}

static void bind(uint8_t mark[32], const uint8_t seed[32], const uint8_t *in, uint32_t in_len) {
    squeeze(absorb(absorb(0xb1d, seed, 32), in, in_len), mark, 32);
}

/* A signature is the seed, hidden, and what binds it to the message: verifying needs no table of
 * keys, and another message needs the seed itself. */
static int sign(void *context, uint8_t signature[64], const uint8_t *in, uint32_t in_len,
                const uint8_t seed[32], const uint8_t public_key[32]) {
    (void)context, (void)public_key;
    memcpy(signature, seed, 32);
    permute(signature, 0);
    bind(signature + 32, seed, in, in_len);
    return 0;
}

static int verify(void *context, const uint8_t signature[64], const uint8_t *in, uint32_t in_len,
                  const uint8_t public_key[32]) {
    uint8_t seed[32], made[32], mark[32];
    memcpy(seed, signature, sizeof seed);
    permute(seed, 1);
    bind(mark, seed, in, in_len);
    (void)sign_keypair(context, made, seed);
    return memcmp(made, public_key, 32) == 0 && memcmp(mark, signature + 32, 32) == 0 ? 0 : -1;
}

/* --- sealing ---------------------------------------------------------------------------------- */

static void cipher(uint8_t *out, const uint8_t *in, uint32_t len, uint64_t stream) {
    for (uint32_t i = 0; i < len; i++) {
        out[i] = in[i] ^ (uint8_t)(sim_mix(stream + i / 8) >> 8 * (i % 8));
    }
}

static void tag_of(uint8_t tag[16], uint64_t stream, const uint8_t *in, uint32_t len,
                   const uint8_t *ad, uint32_t ad_len) {
    squeeze(absorb(absorb(stream ^ 0x7a9, ad, ad_len), in, len), tag, 16);
}

static uint64_t stream_of(const uint8_t nonce[24], const uint8_t key[32]) {
    return absorb(absorb(0x5ea1, key, 32), nonce, 24);
}

static int seal(void *context, uint8_t *out, const uint8_t *in, uint32_t in_len, const uint8_t *ad,
                uint32_t ad_len, const uint8_t nonce[24], const uint8_t key[32]) {
    (void)context;
    uint64_t stream = stream_of(nonce, key);
    cipher(out, in, in_len, stream);
    tag_of(out + in_len, stream, out, in_len, ad, ad_len);
    return 0;
}

static int open(void *context, uint8_t *out, const uint8_t *in, uint32_t in_len, const uint8_t *ad,
                uint32_t ad_len, const uint8_t nonce[24], const uint8_t key[32]) {
    uint64_t stream = stream_of(nonce, key);
    uint8_t tag[16];
    (void)context;
    if (in_len < sizeof tag) {
        return -1;
    }
    uint32_t len = in_len - (uint32_t)sizeof tag;
    tag_of(tag, stream, in, len, ad, ad_len);
    if (memcmp(tag, in + len, sizeof tag) != 0) {
        return -1;
    }
    cipher(out, in, len, stream);
    return 0;
}

/* --- the group: squares modulo a safe prime of 32 bits, lowest byte first, filled with zeros -- */

#define PRIME 4294967087u
#define ORDER 2147483543u /* (PRIME - 1) / 2, a prime too */

static uint64_t power(uint64_t base, uint64_t exponent) {
    uint64_t result = 1;
    for (; exponent > 0; exponent >>= 1) {
        result = exponent % 2 == 1 ? result * base % PRIME : result;
        base = base * base % PRIME;
    }
    return result;
}

static void write_number(uint8_t out[32], uint64_t number) {
    memset(out, 0, 32);
    for (uint32_t i = 0; i < 4; i++) {
        out[i] = (uint8_t)(number >> 8 * i);
    }
}

/* 0 where the bytes are no number of this form. */
static uint64_t read_number(const uint8_t in[32]) {
    uint64_t number = 0;
    for (uint32_t i = 0; i < 32; i++) {
        if (i >= 4 && in[i] != 0) {
            return 0;
        }
        number |= i < 4 ? (uint64_t)in[i] << 8 * i : 0;
    }
    return number;
}

static int ristretto_from_hash(void *context, uint8_t element[32], const uint8_t in[64]) {
    (void)context;
    write_number(element, power(2 + absorb(0x6e0, in, 64) % (PRIME - 3), 2));
    return 0;
}

static int scalar_reduce(void *context, uint8_t scalar[32], const uint8_t in[64]) {
    (void)context;
    write_number(scalar, absorb(0x5ca, in, 64) % ORDER);
    return 0;
}

static int scalarmult(void *context, uint8_t out[32], const uint8_t scalar[32],
                      const uint8_t element[32]) {
    uint64_t x = read_number(element), y = read_number(scalar) % ORDER;
    (void)context;
    if (x < 2 || x >= PRIME || y == 0 || power(x, ORDER) != 1) {
        return -1;
    }
    write_number(out, power(x, y));
    return 0;
}

void sim_crypto_init(gc_crypto *crypto) {
    *crypto = (gc_crypto){
        .hash = hash,
        .sha512 = sha512,
        .sign_keypair = sign_keypair,
        .sign = sign,
        .verify = verify,
        .seal = seal,
        .open = open,
        .ristretto_from_hash = ristretto_from_hash,
        .scalar_reduce = scalar_reduce,
        .scalarmult = scalarmult,
    };
}
