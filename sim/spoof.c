#include "sim/spoof.h"
#include "core/base/assert.h"
#include "core/wire/stun_message.h"

#define SCTP_PORT 5000

static uint8_t draw_u8(sim_rng *r) {
    return (uint8_t)sim_rng_next(r);
}

static void put_noise(sim_rng *r, gc_writer *w, uint32_t len) {
    for (uint32_t i = 0; i < len; i++) {
        gc_writer_u8(w, draw_u8(r));
    }
}

/* --- DTLS ------------------------------------------------------------------------------------- */

static void put_record_head(sim_rng *r, gc_writer *w, uint8_t type, uint16_t epoch, uint32_t len) {
    gc_writer_u8(w, type);
    gc_writer_u8(w, 254);
    gc_writer_u8(w, 253);
    gc_writer_u16(w, epoch);
    gc_writer_u32(w, 0);
    gc_writer_u16(w, (uint16_t)sim_rng_below(r, 64)); /* of the sequence number */
    gc_writer_u16(w, (uint16_t)len);
}

/* RFC 6347 4.2.2: the whole message in one fragment. */
static void put_handshake_head(gc_writer *w, uint8_t type, uint16_t seq, uint32_t len) {
    gc_writer_u32(w, (uint32_t)type << 24 | len);
    gc_writer_u16(w, seq);
    gc_writer_u8(w, 0);
    gc_writer_u16(w, 0);
    gc_writer_u8(w, 0);
    gc_writer_u16(w, (uint16_t)len);
}

/* RFC 5246 7.4.1.2, RFC 6347 4.2.1: one that a server would answer. */
static void client_hello(sim_rng *r, gc_writer *w) {
    static const uint8_t rest[] = {0, 0, 0, 2, 0xc0, 0x2b, 1, 0};
    uint32_t len = 2 + 32 + sizeof rest;
    put_record_head(r, w, 22, 0, 12 + len);
    put_handshake_head(w, 1, 0, len);
    gc_writer_u16(w, 0xfefd);
    put_noise(r, w, 32);
    gc_writer_bytes(w, rest, sizeof rest);
}

static void handshake(sim_rng *r, gc_writer *w) {
    static const uint8_t types[] = {0, 2, 3, 11, 12, 13, 14, 15, 16, 20};
    uint8_t type = types[sim_rng_below(r, sizeof types)];
    uint32_t len = sim_rng_below(r, 200);
    put_record_head(r, w, 22, 0, 12 + len);
    put_handshake_head(w, type, (uint16_t)sim_rng_below(r, 5), len);
    put_noise(r, w, len);
}

static void alert(sim_rng *r, gc_writer *w) {
    put_record_head(r, w, 21, 0, 2);
    gc_writer_u8(w, sim_rng_chance(r, 800) ? 2 : 1);
    gc_writer_u8(w, draw_u8(r));
}

static void change_cipher(sim_rng *r, gc_writer *w) {
    put_record_head(r, w, 20, (uint16_t)sim_rng_below(r, 2), 1);
    gc_writer_u8(w, 1);
}

/* Alerts, messages of a handshake and data, encrypted with a key that nobody has. */
static void encrypted(sim_rng *r, gc_writer *w) {
    uint8_t type = (uint8_t)(20 + sim_rng_below(r, 4));
    uint32_t len = sim_rng_chance(r, 300) ? 26 : sim_rng_below(r, 300);
    put_record_head(r, w, type, (uint16_t)(1 + sim_rng_below(r, 2)), len);
    put_noise(r, w, len);
}

/* --- STUN ------------------------------------------------------------------------------------- */

/* The form of a check of ICE, with a wrong key. */
static void put_attributes(sim_rng *r, gc_writer *w, gc_stun_class class) {
    uint8_t name[9], mac[GC_STUN_INTEGRITY_BYTES];
    gc_addr mapped = {.family = 4, .ip = {198, 18, draw_u8(r), draw_u8(r)}, .port = 9};
    for (uint32_t i = 0; i < sizeof name; i++) {
        name[i] = i == 4 ? ':' : (uint8_t)('a' + sim_rng_below(r, 26));
    }
    sim_rng_bytes(r, mac, sizeof mac);
    if (class == GC_STUN_SUCCESS) {
        gc_stun_message_put_address(w, GC_STUN_XOR_MAPPED_ADDRESS, &mapped);
    } else if (class == GC_STUN_ERROR) {
        gc_stun_message_put_error(w, sim_rng_chance(r, 500) ? 487 : 400, GC_SPAN("no"));
    } else {
        gc_stun_message_put(w, GC_STUN_USERNAME, gc_span_of(name, sizeof name));
        gc_stun_message_put_u32(w, GC_STUN_PRIORITY, 0x6e7f1eff);
        uint64_t tie = sim_rng_next(r);
        bool controls = sim_rng_chance(r, 500);
        gc_stun_message_put_u64(w, controls ? GC_STUN_ICE_CONTROLLING : GC_STUN_ICE_CONTROLLED,
                                tie);
        gc_stun_message_put(w, GC_STUN_USE_CANDIDATE, GC_SPAN_NONE);
    }
    if (sim_rng_chance(r, 800)) {
        gc_stun_message_put(w, GC_STUN_MESSAGE_INTEGRITY, gc_span_of(mac, sizeof mac));
    }
    gc_stun_message_put_fingerprint(w);
}

static void stun(sim_rng *r, gc_writer *w) {
    static const gc_stun_class classes[] = {GC_STUN_REQUEST, GC_STUN_REQUEST, GC_STUN_INDICATION,
                                            GC_STUN_SUCCESS, GC_STUN_ERROR};
    uint8_t transaction[GC_STUN_TRANSACTION_BYTES];
    gc_stun_class class = classes[sim_rng_below(r, sizeof classes / sizeof classes[0])];
    sim_rng_bytes(r, transaction, sizeof transaction);
    gc_stun_message_begin(w, class, GC_STUN_BINDING, transaction);
    put_attributes(r, w, class);
}

/* The same, cut or with one wrong bit. */
static void bad_stun(sim_rng *r, gc_writer *w) {
    stun(r, w);
    if (sim_rng_chance(r, 500)) {
        w->at = sim_rng_between(r, 1, w->at);
        return;
    }
    uint32_t at = sim_rng_between(r, 1, w->at - 1); /* the first byte says that it is STUN */
    w->data[at] ^= (uint8_t)(1u << sim_rng_below(r, 8));
}

/* --- SCTP ------------------------------------------------------------------------------------- */

static void put_chunk(sim_rng *r, gc_writer *w) {
    static const uint8_t types[] = {1 /* INIT */, 3 /* SACK */, 6 /* ABORT */, 7 /* SHUTDOWN */};
    uint8_t type = types[sim_rng_below(r, sizeof types)];
    uint32_t len = type == 6 ? 0 : type == 7 ? 4 : type == 1 ? 16 : 12;
    gc_writer_u8(w, type);
    gc_writer_u8(w, (uint8_t)sim_rng_below(r, 2));
    gc_writer_u16(w, (uint16_t)(4 + len));
    put_noise(r, w, len);
}

/* Not encrypted: by itself, as no peer sends it, or where a record of DTLS has its content. */
static void sctp(sim_rng *r, gc_writer *w) {
    uint32_t chunks = sim_rng_between(r, 1, 4);
    if (sim_rng_chance(r, 500)) {
        put_record_head(r, w, 23, 1, 0);
    }
    uint32_t head = w->at;
    gc_writer_u16(w, SCTP_PORT);
    gc_writer_u16(w, SCTP_PORT);
    put_noise(r, w, 8);
    for (uint32_t i = 0; i < chunks; i++) {
        put_chunk(r, w);
    }
    if (head > 0) {
        w->data[head - 2] = (uint8_t)((w->at - head) >> 8);
        w->data[head - 1] = (uint8_t)(w->at - head);
    }
}

/* --- all of them ------------------------------------------------------------------------------ */

/* The first byte decides who reads it. */
static void noise(sim_rng *r, gc_writer *w) {
    static const uint8_t firsts[] = {0, 1, 2, 3, 20, 21, 22, 23, 26, 63, 64, 128, 255};
    gc_writer_u8(w, firsts[sim_rng_below(r, sizeof firsts)]);
    put_noise(r, w, sim_rng_below(r, 200));
}

uint32_t sim_spoof(sim_rng *r, uint8_t out[SIM_SPOOF_BYTES_MAX]) {
    static void (*const kinds[])(sim_rng *, gc_writer *) = {
        client_hello, handshake, alert, change_cipher, encrypted, stun, bad_stun, sctp, noise};
    gc_writer w;
    gc_writer_init(&w, out, SIM_SPOOF_BYTES_MAX);
    kinds[sim_rng_below(r, sizeof kinds / sizeof kinds[0])](r, &w);
    gc_assert(!w.failed && w.at > 0);
    return w.at;
}
