#include "core/proto/emoji_run.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/reason.h"
#include "core/base/secret.h"

static int begin_as_a(gc_emoji_run *r, const gc_crypto *crypto, gc_drbg *d) {
    gc_emoji_run begun = {.state = GC_EMOJI_COMMITTED, .due = GC_EMOJI_COMMITMENT};
    gc_drbg_bytes(d, begun.own, sizeof begun.own);
    int error = gc_emoji_commit(crypto, begun.own, begun.commitment);
    if (error == 0) {
        *r = begun;
    }
    return error;
}

int gc_emoji_run_begin(gc_emoji_run *r, const gc_crypto *crypto, gc_drbg *d) {
    if (r->due != GC_EMOJI_NOTHING) {
        return 0; /* a frame of the run before goes out first */
    }
    switch (r->state) {
    case GC_EMOJI_IDLE:
    case GC_EMOJI_SHOWN:
        return begin_as_a(r, crypto, d);
    case GC_EMOJI_ASKED:
        gc_drbg_bytes(d, r->own, sizeof r->own);
        r->state = GC_EMOJI_ANSWERED;
        r->due = GC_EMOJI_NONCE;
        return 0;
    default:
        return 0;
    }
}

static uint32_t fail(gc_emoji_run *r) {
    gc_emoji_run_end(r);
    r->state = GC_EMOJI_FAILED;
    return GC_REASON_AUTH_PROTOCOL;
}

/* Both pressed: the one with the smaller id is A, and drops the other's. The other one has pressed
 * already, so it answers at once, with the nonce that it had drawn: only its hash has gone out. */
static uint32_t take_commitment(gc_emoji_run *r, gc_span payload, bool own_is_smaller) {
    bool pressed = r->state == GC_EMOJI_COMMITTED;
    if (pressed && own_is_smaller) {
        return GC_REASON_NONE;
    }
    if (!pressed && r->state != GC_EMOJI_IDLE && r->state != GC_EMOJI_SHOWN) {
        return fail(r);
    }
    memcpy(r->commitment, payload.data, sizeof r->commitment);
    r->state = pressed ? GC_EMOJI_ANSWERED : GC_EMOJI_ASKED;
    r->due = pressed ? GC_EMOJI_NONCE : GC_EMOJI_NOTHING;
    return GC_REASON_NONE;
}

static uint32_t show(gc_emoji_run *r, const gc_crypto *crypto, const uint8_t *t, const uint8_t *a,
                     const uint8_t *b) {
    if (gc_emoji_row(crypto, t, a, b, r->row) != 0) {
        return fail(r);
    }
    r->state = GC_EMOJI_SHOWN;
    return GC_REASON_NONE;
}

static uint32_t take_nonce(gc_emoji_run *r, const gc_crypto *crypto, gc_span payload,
                           const uint8_t *t) {
    if (r->state != GC_EMOJI_COMMITTED || r->due == GC_EMOJI_COMMITMENT) {
        return fail(r); /* nobody answers a commitment that has not gone out */
    }
    uint32_t reason = show(r, crypto, t, r->own, payload.data);
    r->due = reason == GC_REASON_NONE ? GC_EMOJI_REVEAL : GC_EMOJI_NOTHING;
    return reason;
}

static uint32_t take_reveal(gc_emoji_run *r, const gc_crypto *crypto, gc_span payload,
                            const uint8_t *t) {
    uint8_t commitment[GC_EMOJI_COMMITMENT_BYTES];
    if (r->state != GC_EMOJI_ANSWERED || r->due == GC_EMOJI_NONCE ||
        gc_emoji_commit(crypto, payload.data, commitment) != 0 ||
        !gc_bytes_equal_ct(commitment, r->commitment, sizeof commitment)) {
        return fail(r);
    }
    return show(r, crypto, t, payload.data, r->own);
}

uint32_t gc_emoji_run_take(gc_emoji_run *r, const gc_crypto *crypto, gc_emoji_frame kind,
                           gc_span payload, const uint8_t t[GC_TRANSCRIPT_BYTES],
                           bool own_is_smaller) {
    uint32_t size = kind == GC_EMOJI_COMMITMENT ? GC_EMOJI_COMMITMENT_BYTES : GC_EMOJI_NONCE_BYTES;
    if (payload.len != size || r->state == GC_EMOJI_FAILED) {
        return fail(r);
    }
    switch (kind) {
    case GC_EMOJI_COMMITMENT:
        return take_commitment(r, payload, own_is_smaller);
    case GC_EMOJI_NONCE:
        return take_nonce(r, crypto, payload, t);
    case GC_EMOJI_REVEAL:
        return take_reveal(r, crypto, payload, t);
    default:
        return fail(r);
    }
}

gc_emoji_frame gc_emoji_run_send(gc_emoji_run *r, gc_span *payload) {
    gc_emoji_frame kind = r->due;
    *payload = GC_SPAN_NONE;
    if (kind == GC_EMOJI_COMMITMENT) {
        *payload = gc_span_of(r->commitment, sizeof r->commitment);
    } else if (kind != GC_EMOJI_NOTHING) {
        *payload = gc_span_of(r->own, sizeof r->own);
    }
    r->due = GC_EMOJI_NOTHING;
    return kind;
}

bool gc_emoji_run_is_shown(const gc_emoji_run *r) {
    return r->state == GC_EMOJI_SHOWN;
}

void gc_emoji_run_end(gc_emoji_run *r) {
    gc_bytes_wipe(r, sizeof *r);
}
