#include "core/proto/pake.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/reader.h"
#include "core/base/reason.h"
#include "core/base/secret.h"
#include "core/base/timers.h"

#define CHANNEL "ghostchat/1 pake"
#define SEALED  "ghostchat/1 pake seal"

/* The numbers of the frames, which are their first bytes. */
enum { CLAIM = 1, ANSWER, CONFIRM, LINK };

void gc_pake_wipe(gc_pake *p) {
    gc_bytes_wipe(p, sizeof *p);
}

void gc_pake_open(gc_pake *p, const gc_code *code, const uint8_t pid[GC_PID_BYTES],
                  uint64_t now_ms) {
    gc_pake_wipe(p);
    p->state = GC_PAKE_OPEN;
    p->due_ms = now_ms + GC_PAKE_CODE_MS;
    p->code = *code;
    memcpy(p->pid_a, pid, GC_PID_BYTES);
}

static uint8_t *nonce_a(gc_pake *p) {
    return p->session;
}

static uint8_t *nonce_b(gc_pake *p) {
    return p->session + GC_PAKE_NONCE_BYTES;
}

void gc_pake_claim(gc_pake *p, const gc_code *code, const uint8_t pid[GC_PID_BYTES],
                   const uint8_t pid_a[GC_PID_BYTES], gc_drbg *d, uint64_t now_ms) {
    gc_pake_wipe(p);
    p->state = GC_PAKE_CLAIMING;
    p->due = CLAIM;
    p->due_ms = now_ms + GC_PAKE_STEP_MS;
    p->code = *code;
    memcpy(p->pid_a, pid_a, GC_PID_BYTES);
    memcpy(p->pid_b, pid, GC_PID_BYTES);
    gc_drbg_bytes(d, nonce_b(p), GC_PAKE_NONCE_BYTES);
}

static uint32_t fail(gc_pake *p, uint32_t reason) {
    gc_pake_wipe(p);
    p->state = GC_PAKE_FAILED;
    p->reason = reason;
    return reason;
}

/* Draws our own scalar, and writes its element to y. */
static int draw(gc_pake *p, const gc_crypto *crypto, gc_drbg *d, uint8_t y[GC_RISTRETTO_BYTES]) {
    uint8_t channel[sizeof CHANNEL + 6], number[5], wide[64], g[GC_RISTRETTO_BYTES];
    gc_writer plate, w;
    gc_writer_init(&plate, number, sizeof number);
    gc_writer_decimal(&plate, p->code.nameplate);
    gc_writer_init(&w, channel, sizeof channel);
    gc_writer_u8(&w, sizeof CHANNEL - 1);
    gc_writer_text(&w, CHANNEL);
    gc_writer_u8(&w, (uint8_t)plate.at);
    gc_writer_span(&w, gc_writer_done(&plate));
    gc_assert(!w.failed && !plate.failed);
    gc_drbg_bytes(d, wide, sizeof wide);
    int error =
        gc_cpace_generator(crypto,
                           &(gc_cpace_input){.password = gc_span_of(p->code.digits, GC_CODE_DIGITS),
                                             .channel = gc_writer_done(&w),
                                             .session = gc_span_of(p->session, sizeof p->session)},
                           g);
    if (error == 0 && (crypto->scalar_reduce(crypto->context, p->scalar, wide) != 0 ||
                       crypto->scalarmult(crypto->context, y, p->scalar, g) != 0)) {
        error = GC_E_CRYPTO;
    }
    gc_bytes_wipe(wide, sizeof wide);
    gc_bytes_wipe(g, sizeof g);
    return error;
}

/* Makes the keys of our own scalar and the other's element, which may be any bytes. */
static int agree(gc_pake *p, const gc_crypto *crypto, const uint8_t other[GC_RISTRETTO_BYTES]) {
    uint8_t k[GC_RISTRETTO_BYTES], isk[GC_SHA512_BYTES];
    if (crypto->scalarmult(crypto->context, k, p->scalar, other) != 0) {
        return GC_E_CRYPTO;
    }
    const gc_cpace_halves halves = {.ya = p->ya,
                                    .yb = p->yb,
                                    .ada = gc_span_of(p->pid_a, GC_PID_BYTES),
                                    .adb = gc_span_of(p->pid_b, GC_PID_BYTES)};
    int error = gc_cpace_isk(crypto, gc_span_of(p->session, sizeof p->session), k, &halves, isk);
    error = error != 0 ? error : gc_cpace_keys_of(crypto, isk, &p->keys);
    gc_bytes_wipe(k, sizeof k);
    gc_bytes_wipe(isk, sizeof isk);
    return error;
}

static void go_on(gc_pake *p, gc_pake_state state, uint8_t frame, uint64_t now_ms) {
    p->state = (uint8_t)state;
    p->due = frame;
    p->due_ms = now_ms + GC_PAKE_STEP_MS;
}

static uint32_t take_claim(gc_pake *p, const gc_crypto *crypto, gc_drbg *d, gc_reader *r,
                           const uint8_t *pid, uint64_t now_ms) {
    gc_span nonce = gc_reader_bytes(r, GC_PAKE_NONCE_BYTES);
    if (r->failed || gc_reader_left(r) != 0) {
        return GC_REASON_NONE; /* nothing of ours has gone out: the code stays open */
    }
    memcpy(p->pid_b, pid, GC_PID_BYTES);
    memcpy(nonce_b(p), nonce.data, nonce.len);
    gc_drbg_bytes(d, nonce_a(p), GC_PAKE_NONCE_BYTES);
    if (draw(p, crypto, d, p->ya) != 0) {
        return fail(p, GC_REASON_CODE_WRONG);
    }
    go_on(p, GC_PAKE_ANSWERED, ANSWER, now_ms);
    return GC_REASON_NONE;
}

static uint32_t take_answer(gc_pake *p, const gc_crypto *crypto, gc_drbg *d, gc_reader *r,
                            uint64_t now_ms) {
    gc_span nonce = gc_reader_bytes(r, GC_PAKE_NONCE_BYTES);
    gc_span ya = gc_reader_bytes(r, GC_RISTRETTO_BYTES);
    if (r->failed || gc_reader_left(r) != 0) {
        return fail(p, GC_REASON_CODE_WRONG);
    }
    memcpy(nonce_a(p), nonce.data, nonce.len);
    memcpy(p->ya, ya.data, ya.len);
    if (draw(p, crypto, d, p->yb) != 0 || agree(p, crypto, p->ya) != 0) {
        return fail(p, GC_REASON_CODE_WRONG);
    }
    go_on(p, GC_PAKE_CONFIRMING, CONFIRM, now_ms);
    return GC_REASON_NONE;
}

static uint32_t take_confirm(gc_pake *p, const gc_crypto *crypto, gc_reader *r) {
    gc_span yb = gc_reader_bytes(r, GC_RISTRETTO_BYTES);
    gc_span tag = gc_reader_bytes(r, GC_CPACE_TAG_BYTES);
    if (r->failed || gc_reader_left(r) != 0) {
        return fail(p, GC_REASON_CODE_WRONG);
    }
    memcpy(p->yb, yb.data, yb.len);
    if (agree(p, crypto, p->yb) != 0 ||
        !gc_bytes_equal_ct(tag.data, p->keys.confirm_b, GC_CPACE_TAG_BYTES)) {
        return fail(p, GC_REASON_CODE_WRONG);
    }
    go_on(p, GC_PAKE_DONE, LINK, 0);
    p->due_ms = GC_NEVER;
    return GC_REASON_NONE;
}

/* Writes the associated data of the sealed link. */
static gc_span write_ad(const gc_pake *p, uint8_t ad[64]) {
    gc_writer w;
    gc_writer_init(&w, ad, 64);
    gc_writer_text(&w, SEALED);
    gc_writer_bytes(&w, p->session, sizeof p->session);
    gc_assert(!w.failed);
    return gc_writer_done(&w);
}

static uint32_t take_link(gc_pake *p, const gc_crypto *crypto, gc_reader *r, gc_writer *w) {
    uint8_t ad[64];
    gc_span tag = gc_reader_bytes(r, GC_CPACE_TAG_BYTES);
    gc_span nonce = gc_reader_bytes(r, GC_SEAL_NONCE_BYTES);
    gc_span sealed = gc_reader_bytes(r, gc_reader_left(r)), bound = write_ad(p, ad);
    if (r->failed || sealed.len <= GC_SEAL_TAG_BYTES ||
        sealed.len > GC_PAKE_LINK_BYTES_MAX + GC_SEAL_TAG_BYTES ||
        !gc_bytes_equal_ct(tag.data, p->keys.confirm_a, GC_CPACE_TAG_BYTES)) {
        return fail(p, GC_REASON_CODE_WRONG);
    }
    gc_assert(w->size - w->at >= GC_PAKE_LINK_BYTES_MAX);
    if (crypto->open(crypto->context, w->data + w->at, sealed.data, sealed.len, bound.data,
                     bound.len, nonce.data, p->keys.seal) != 0) {
        return fail(p, GC_REASON_CODE_WRONG);
    }
    w->at += sealed.len - GC_SEAL_TAG_BYTES;
    gc_pake_wipe(p);
    p->state = GC_PAKE_DONE;
    return GC_REASON_NONE;
}

/* Whether a frame belongs to the run: from its peer, while it lasts. */
static bool is_of_run(const gc_pake *p, const uint8_t pid[GC_PID_BYTES]) {
    switch (p->state) {
    case GC_PAKE_OPEN:
        return true;
    case GC_PAKE_ANSWERED:
        return memcmp(p->pid_b, pid, GC_PID_BYTES) == 0;
    case GC_PAKE_CLAIMING:
    case GC_PAKE_CONFIRMING:
        return memcmp(p->pid_a, pid, GC_PID_BYTES) == 0;
    default:
        return false;
    }
}

uint32_t gc_pake_take(gc_pake *p, const gc_crypto *crypto, gc_drbg *d,
                      const uint8_t pid[GC_PID_BYTES], gc_span frame, uint64_t now_ms,
                      gc_writer *w) {
    gc_reader r;
    if (!is_of_run(p, pid)) {
        return GC_REASON_NONE;
    }
    gc_reader_init(&r, frame);
    uint8_t number = gc_reader_u8(&r);
    if (p->state == GC_PAKE_OPEN) {
        return number == CLAIM ? take_claim(p, crypto, d, &r, pid, now_ms) : GC_REASON_NONE;
    }
    if (p->state == GC_PAKE_ANSWERED && number == CONFIRM && p->due == 0) {
        return take_confirm(p, crypto, &r);
    }
    if (p->state == GC_PAKE_CLAIMING && number == ANSWER && p->due == 0) {
        return take_answer(p, crypto, d, &r, now_ms);
    }
    if (p->state == GC_PAKE_CONFIRMING && number == LINK && p->due == 0) {
        return take_link(p, crypto, &r, w);
    }
    return fail(p, GC_REASON_CODE_WRONG);
}

static int write_link(const gc_pake *p, const gc_crypto *crypto, gc_drbg *d, gc_span link,
                      gc_writer *w) {
    uint8_t ad[64], nonce[GC_SEAL_NONCE_BYTES];
    uint8_t sealed[GC_PAKE_LINK_BYTES_MAX + GC_SEAL_TAG_BYTES];
    gc_span bound = write_ad(p, ad);
    gc_assert(link.len > 0 && link.len <= GC_PAKE_LINK_BYTES_MAX);
    gc_drbg_bytes(d, nonce, sizeof nonce);
    gc_writer_bytes(w, p->keys.confirm_a, GC_CPACE_TAG_BYTES);
    gc_writer_bytes(w, nonce, sizeof nonce);
    if (crypto->seal(crypto->context, sealed, link.data, link.len, bound.data, bound.len, nonce,
                     p->keys.seal) != 0) {
        return GC_E_CRYPTO;
    }
    gc_writer_bytes(w, sealed, link.len + GC_SEAL_TAG_BYTES);
    return 0;
}

int gc_pake_send(gc_pake *p, const gc_crypto *crypto, gc_drbg *d, gc_span link, gc_writer *w) {
    uint8_t number = p->due;
    p->due = 0;
    if (number == 0) {
        return 0;
    }
    gc_writer_u8(w, number);
    switch (number) {
    case CLAIM:
        gc_writer_bytes(w, nonce_b(p), GC_PAKE_NONCE_BYTES);
        return 0;
    case ANSWER:
        gc_writer_bytes(w, nonce_a(p), GC_PAKE_NONCE_BYTES);
        gc_writer_bytes(w, p->ya, sizeof p->ya);
        return 0;
    case CONFIRM:
        gc_writer_bytes(w, p->yb, sizeof p->yb);
        gc_writer_bytes(w, p->keys.confirm_b, GC_CPACE_TAG_BYTES);
        return 0;
    default:
        break;
    }
    int error = write_link(p, crypto, d, link, w);
    if (error != 0) {
        (void)fail(p, GC_REASON_CODE_WRONG);
        return error;
    }
    gc_pake_wipe(p);
    p->state = GC_PAKE_DONE;
    return 0;
}

uint64_t gc_pake_deadline(const gc_pake *p) {
    bool waits = p->state != GC_PAKE_OFF && p->state < GC_PAKE_DONE;
    return waits ? p->due_ms : GC_NEVER;
}

bool gc_pake_tick(gc_pake *p, uint64_t now_ms) {
    if (now_ms < gc_pake_deadline(p)) {
        return false;
    }
    bool unanswered = p->state == GC_PAKE_OPEN || p->state == GC_PAKE_CLAIMING;
    (void)fail(p, unanswered ? GC_REASON_CODE_GONE : GC_REASON_CODE_WRONG);
    return true;
}
