#include "core/proto/auth.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/reason.h"
#include "core/base/timers.h"

void gc_auth_begin(gc_auth *a, gc_role role, const gc_auth_self *self, gc_drbg *d) {
    gc_assert(role == GC_ROLE_OFFERER || role == GC_ROLE_ANSWERER);
    *a = (gc_auth){.state = GC_AUTH_WAITING, .due_ms = GC_NEVER, .own = {.role = (uint8_t)role}};
    memcpy(a->own.th, self->th, sizeof a->own.th);
    memcpy(a->own.idpk, self->idpk, sizeof a->own.idpk);
    gc_drbg_bytes(d, a->own.nonce, sizeof a->own.nonce);
}

void gc_auth_hello(const gc_auth *a, uint8_t out[GC_HELLO_BYTES]) {
    gc_assert(a->state != GC_AUTH_OFF);
    gc_hello_write(&a->own, out);
}

static uint32_t fail(gc_auth *a, uint32_t reason) {
    a->state = GC_AUTH_FAILED;
    a->due_ms = GC_NEVER;
    a->reason = reason;
    return reason;
}

/* Our own HELLO, reflected, must not count as that of somebody else. */
static bool is_own(const gc_auth *a, const gc_hello *h) {
    return h->role == a->own.role || memcmp(h->nonce, a->own.nonce, sizeof h->nonce) == 0 ||
           memcmp(h->idpk, a->own.idpk, sizeof h->idpk) == 0;
}

uint32_t gc_auth_greet(gc_auth *a, const gc_crypto *crypto, gc_span hello, gc_span id) {
    gc_hello h;
    uint8_t made[GC_OWN_ID_CHARS];
    gc_assert(a->state == GC_AUTH_WAITING);
    if (gc_hello_read(hello, &h) != 0 || is_own(a, &h)) {
        return fail(a, GC_REASON_AUTH_PROTOCOL);
    }
    if (gc_keyed_id_make(crypto, h.idpk, h.th, made) != 0 ||
        !gc_span_equal(id, gc_span_of(made, sizeof made))) {
        return fail(a, GC_REASON_AUTH_IDENTITY);
    }
    a->other = h;
    a->state = GC_AUTH_GREETED;
    return GC_REASON_NONE;
}

int gc_auth_bind(gc_auth *a, const gc_crypto *crypto, const uint8_t room[GC_TAG_BYTES],
                 const uint8_t own_fp[GC_FINGERPRINT_BYTES],
                 const uint8_t other_fp[GC_FINGERPRINT_BYTES], uint64_t now_ms) {
    bool offerer = a->own.role == GC_ROLE_OFFERER;
    gc_binding b;
    gc_assert(a->state == GC_AUTH_GREETED);
    memcpy(b.room, room, sizeof b.room);
    memcpy(b.fp_offer, offerer ? own_fp : other_fp, sizeof b.fp_offer);
    memcpy(b.fp_answer, offerer ? other_fp : own_fp, sizeof b.fp_answer);
    int error = gc_hello_transcript(crypto, &b, offerer ? &a->own : &a->other,
                                    offerer ? &a->other : &a->own, a->t);
    if (error == 0) {
        a->state = GC_AUTH_BOUND;
        a->due_ms = now_ms + GC_AUTH_MS;
    }
    return error;
}

int gc_auth_prove(const gc_auth *a, const gc_crypto *crypto, const gc_keys *keys,
                  const uint8_t seed[GC_SIGN_KEY_BYTES], uint8_t out[GC_AUTH_BYTES]) {
    gc_assert(a->state == GC_AUTH_BOUND || a->state == GC_AUTH_VERIFIED);
    return gc_hello_prove(crypto, a->own.role, gc_keys_auth(keys, a->own.role), a->t, seed,
                          a->own.idpk, out);
}

uint32_t gc_auth_check(gc_auth *a, const gc_crypto *crypto, const gc_keys *keys, gc_span message) {
    gc_assert(a->state == GC_AUTH_BOUND);
    uint32_t reason = gc_hello_check(crypto, a->other.role, gc_keys_auth(keys, a->other.role), a->t,
                                     a->other.idpk, message);
    if (reason != GC_REASON_NONE) {
        return fail(a, reason);
    }
    a->state = GC_AUTH_VERIFIED;
    a->due_ms = GC_NEVER;
    return GC_REASON_NONE;
}

uint64_t gc_auth_deadline(const gc_auth *a) {
    return a->state == GC_AUTH_BOUND ? a->due_ms : GC_NEVER;
}

bool gc_auth_tick(gc_auth *a, uint64_t now_ms) {
    if (now_ms < gc_auth_deadline(a)) {
        return false;
    }
    (void)fail(a, GC_REASON_AUTH_TIMEOUT);
    return true;
}
