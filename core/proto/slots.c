#include "core/proto/slots.h"
#include "core/base/assert.h"
#include "core/base/encoding.h"
#include "core/base/mem.h"
#include "core/base/reason.h"
#include "core/base/secret.h"
#include "core/base/timers.h"
#include "core/wire/keys.h"

void gc_slots_wipe(gc_slots *s) {
    gc_bytes_wipe(s, sizeof *s);
    s->at_ms = s->push_ms = GC_NEVER;
}

int gc_slots_init(gc_slots *s, const gc_crypto *crypto, const uint8_t secret[GC_SECRET_BYTES]) {
    _Static_assert(GC_SLOTS_MAX <= 4, "a digit for each slot, and a bit of knock_due");
    static const char digits[GC_SLOTS_MAX] = {'0', '1', '2', '3'};
    gc_slots_wipe(s);
    int r = gc_keys_of_label(crypto, secret, GC_SPAN("slot key"), s->key, sizeof s->key);
    for (uint32_t i = 0; i < GC_SLOTS_MAX && r == 0; i++) {
        uint8_t label[6], id[16];
        gc_writer w;
        gc_writer_init(&w, label, sizeof label);
        gc_writer_text(&w, "slot ");
        gc_writer_u8(&w, (uint8_t)digits[i]);
        r = gc_keys_of_label(crypto, secret, gc_writer_done(&w), id, sizeof id);
        gc_writer_init(&w, s->ids[i], GC_SLOT_ID_CHARS);
        gc_base32_write(&w, gc_span_of(id, sizeof id));
        gc_assert(!w.failed && w.at == GC_SLOT_ID_CHARS);
    }
    return r;
}

gc_span gc_slots_id(const gc_slots *s, uint32_t slot) {
    gc_assert(slot < GC_SLOTS_MAX);
    return gc_span_of(s->ids[slot], GC_SLOT_ID_CHARS);
}

gc_span gc_slots_home_id(const gc_slots *s) {
    return gc_span_of(s->home, s->home_len);
}

gc_signaling_client *gc_slots_line(gc_slots *s) {
    return &s->signaling;
}

uint32_t gc_slots_take_knocks(gc_slots *s) {
    uint32_t due = s->knock_due;
    s->knock_due = 0;
    return due;
}

bool gc_slots_take_push(gc_slots *s) {
    bool due = s->push_due;
    s->push_due = false;
    return due;
}

uint32_t gc_slots_trouble(const gc_slots *s) {
    if (s->step == GC_SLOTS_OFF) {
        return GC_REASON_NONE;
    }
    return s->reason != GC_REASON_NONE ? s->reason
           : s->exhausted              ? GC_REASON_ROOM_SILENT
                                       : GC_REASON_NONE;
}

/* A random time between half and all of ms. */
static uint64_t soon(gc_drbg *d, uint64_t now_ms, uint32_t ms) {
    return now_ms + ms / 2 + gc_drbg_below(d, ms / 2 + 1);
}

static void draw_nonce(gc_slots *s, gc_drbg *d) {
    gc_drbg_bytes(d, s->nonce, sizeof s->nonce);
}

/* --- looking for a home ---------------------------------------------------------------------- */

static void leave_socket(gc_slots *s, gc_output_queue *q, bool bye) {
    if (s->signaling.step != GC_SIGNALING_STEP_OFF) {
        gc_signaling_client_stop(&s->signaling, q, bye, GC_REASON_NONE);
    }
}

static void leave_home(gc_slots *s) {
    s->home_len = 0;
    s->home_open = s->again = false;
}

static void rest(gc_slots *s, uint64_t until_ms) {
    leave_home(s);
    s->step = GC_SLOTS_WAITING;
    s->at_ms = until_ms;
}

static void begin_register(gc_slots *s, uint32_t slot, gc_output_queue *q, gc_drbg *d,
                           uint64_t now_ms) {
    gc_assert(s->signaling.step == GC_SIGNALING_STEP_OFF && slot < GC_SLOTS_MAX);
    leave_home(s);
    s->step = GC_SLOTS_REGISTERING;
    s->at = (uint8_t)slot;
    s->at_ms = now_ms + GC_SLOT_REGISTER_MS;
    gc_signaling_client_rename(&s->signaling, d, s->ids[slot]);
    gc_signaling_client_start(&s->signaling, q, NULL, now_ms);
}

static void begin_knock(gc_slots *s, gc_drbg *d, uint64_t now_ms) {
    s->step = GC_SLOTS_KNOCKING;
    s->at_ms = now_ms + GC_SLOT_ANSWER_MS;
    s->knock_due = (uint8_t)(1u << s->at);
    draw_nonce(s, d);
}

void gc_slots_start(gc_slots *s, const gc_signaling_client *own, gc_output_queue *q, gc_drbg *d,
                    uint64_t now_ms) {
    switch (s->step) {
    case GC_SLOTS_OFF:
        gc_signaling_client_copy_server(&s->signaling, own, GC_SIGNALING_SOCKET_SLOT);
        begin_register(s, 0, q, d, now_ms);
        break;
    case GC_SLOTS_MEMBER:
        /* Others may have met at this server meanwhile, and the home may not be back. */
        s->at_ms = now_ms + gc_drbg_below(d, GC_SLOT_RETURN_MS);
        break;
    case GC_SLOTS_HOLDER:
        gc_slots_changed(s, now_ms);
        break;
    default:
        break; /* other steps go on at their deadlines */
    }
}

void gc_slots_stop(gc_slots *s, gc_output_queue *q, bool bye) {
    leave_socket(s, q, bye);
    gc_slots_wipe(s);
}

static void exhaust(gc_slots *s, gc_drbg *d, uint64_t now_ms) {
    s->exhausted = true;
    rest(s, soon(d, now_ms, GC_SLOT_REST_MS));
}

/* Goes to the next slot, because nobody answered at this one. */
static void next_slot(gc_slots *s, gc_output_queue *q, gc_drbg *d, uint64_t now_ms) {
    if (s->again) {
        begin_register(s, 0, q, d, now_ms);
    } else if (s->at + 1 < GC_SLOTS_MAX) {
        begin_register(s, s->at + 1u, q, d, now_ms);
    } else {
        exhaust(s, d, now_ms);
    }
}

/* --- what the slot's socket says ------------------------------------------------------------- */

bool gc_slots_open(gc_slots *s, gc_drbg *d, uint64_t now_ms) {
    if (s->step != GC_SLOTS_REGISTERING && s->step != GC_SLOTS_HOLDER) {
        return false;
    }
    bool elected = s->step == GC_SLOTS_REGISTERING;
    s->step = GC_SLOTS_HOLDER;
    s->exhausted = false;
    s->reason = GC_REASON_NONE;
    /* An empty slot does not say that the room is empty: look at the others at once. */
    draw_nonce(s, d);
    s->knock_due = (uint8_t)((1u << GC_SLOTS_MAX) - 1u - (1u << s->at));
    s->change_ms = now_ms;
    s->at_ms = now_ms + GC_SLOT_PROBE_MS;
    return elected;
}

void gc_slots_refused(gc_slots *s, gc_output_queue *q, gc_drbg *d, uint32_t reason,
                      uint64_t now_ms) {
    if (s->step != GC_SLOTS_REGISTERING && s->step != GC_SLOTS_HOLDER) {
        return;
    }
    leave_socket(s, q, false);
    s->reason = reason == GC_REASON_ID_TAKEN ? GC_REASON_NONE : reason;
    s->push_ms = GC_NEVER;
    begin_knock(s, d, now_ms);
}

bool gc_slots_answered(gc_slots *s, gc_drbg *d, const uint8_t nonce[GC_NONCE_BYTES], gc_span from,
                       uint64_t now_ms) {
    gc_assert(from.len > 0 && from.len <= GC_ID_BYTES_MAX);
    if (memcmp(s->nonce, nonce, GC_NONCE_BYTES) != 0) {
        return false;
    }
    if (s->step != GC_SLOTS_KNOCKING) {
        return s->step == GC_SLOTS_HOLDER;
    }
    if (!gc_span_equal(gc_slots_home_id(s), from)) {
        memmove(s->home, from.data, from.len);
        s->home_len = from.len;
        s->home_open = false;
    }
    s->step = GC_SLOTS_MEMBER;
    s->again = s->exhausted = false;
    s->reason = GC_REASON_NONE;
    s->at_ms = s->home_open ? soon(d, now_ms, GC_SLOT_CALM_MS) : now_ms + GC_SLOT_HOME_MS;
    return true;
}

/* --- who is here ----------------------------------------------------------------------------- */

void gc_slots_home(gc_slots *s, gc_drbg *d, bool open, uint64_t now_ms) {
    if (s->home_len == 0 || open == s->home_open) {
        return;
    }
    s->home_open = open;
    if (open && s->step == GC_SLOTS_MEMBER) {
        s->at_ms = soon(d, now_ms, GC_SLOT_CALM_MS);
    } else if (!open && (s->step == GC_SLOTS_MEMBER || s->step == GC_SLOTS_KNOCKING)) {
        rest(s, now_ms + 1 + gc_drbg_below(d, GC_SLOT_HANDOVER_MS));
    }
}

void gc_slots_absent(gc_slots *s, gc_drbg *d, gc_span id, uint64_t now_ms) {
    /* While we knock at our home again we wait for an answer: somebody else may hold the slot now.
     */
    if (s->step == GC_SLOTS_MEMBER && !s->home_open && gc_span_equal(gc_slots_home_id(s), id)) {
        rest(s, now_ms + 1 + gc_drbg_below(d, GC_SLOT_HANDOVER_MS));
    }
}

void gc_slots_changed(gc_slots *s, uint64_t now_ms) {
    if (s->step != GC_SLOTS_HOLDER) {
        return;
    }
    s->change_ms = now_ms;
    if (s->push_ms == GC_NEVER) {
        s->push_ms = now_ms + GC_SLOT_PUSH_MS;
    }
    if (s->at_ms > now_ms + GC_SLOT_PROBE_MS) {
        s->at_ms = now_ms + GC_SLOT_PROBE_MS;
    }
}

/* --- proofs ---------------------------------------------------------------------------------- */

int gc_slots_prove(const gc_slots *s, const gc_crypto *crypto, gc_span from, gc_span to,
                   gc_slot_message *m) {
    return gc_slot_prove(crypto, s->key, from, to, m, m->proof);
}

bool gc_slots_is_proved(const gc_slots *s, const gc_crypto *crypto, const gc_slot_message *m,
                        gc_span from, gc_span to) {
    uint8_t proof[GC_PROOF_BYTES];
    return gc_slot_prove(crypto, s->key, from, to, m, proof) == 0 &&
           gc_bytes_equal_ct(proof, m->proof, sizeof proof);
}

bool gc_slots_prove_offer(const gc_slots *s, const gc_crypto *crypto, gc_span from, gc_span to,
                          const uint8_t dial[GC_DIAL_BYTES], uint8_t proof[GC_PROOF_BYTES]) {
    gc_slot_message m = {.kind = GC_SLOT_OFFER};
    _Static_assert(GC_DIAL_BYTES == GC_NONCE_BYTES, "a dial is the nonce of its OFFER");
    memcpy(m.nonce, dial, GC_NONCE_BYTES);
    return s->step != GC_SLOTS_OFF && gc_slot_prove(crypto, s->key, from, to, &m, proof) == 0;
}

/* --- time ------------------------------------------------------------------------------------ */

static void probe(gc_slots *s, gc_drbg *d, uint64_t now_ms) {
    draw_nonce(s, d);
    s->knock_due = (uint8_t)((1u << GC_SLOTS_MAX) - 1u - (1u << s->at));
    s->at_ms = now_ms - s->change_ms < GC_SLOT_RESTLESS_MS ? now_ms + GC_SLOT_PROBE_MS
                                                           : soon(d, now_ms, GC_SLOT_CALM_MS);
}

static void step_over(gc_slots *s, gc_output_queue *q, gc_drbg *d, uint64_t now_ms) {
    switch (s->step) {
    case GC_SLOTS_WAITING:
        begin_register(s, 0, q, d, now_ms);
        break;
    case GC_SLOTS_REGISTERING:
        /* The server lets no second socket in, or is not there at all. */
        gc_slots_refused(s, q, d, s->signaling.reason, now_ms);
        break;
    case GC_SLOTS_KNOCKING:
        next_slot(s, q, d, now_ms);
        break;
    case GC_SLOTS_MEMBER:
        s->again = true;
        begin_knock(s, d, now_ms);
        break;
    default:
        gc_assert(s->step == GC_SLOTS_HOLDER);
        probe(s, d, now_ms);
        break;
    }
}

void gc_slots_tick(gc_slots *s, gc_output_queue *q, gc_drbg *d, uint64_t now_ms) {
    if (s->step == GC_SLOTS_OFF) {
        return;
    }
    if (s->signaling.step != GC_SIGNALING_STEP_OFF) {
        gc_signaling_client_tick(&s->signaling, q, d, now_ms);
    }
    if (now_ms >= s->at_ms) {
        step_over(s, q, d, now_ms);
    }
    if (now_ms >= s->push_ms) {
        s->push_due = true;
        s->push_ms = GC_NEVER;
    }
}

uint64_t gc_slots_deadline(const gc_slots *s) {
    if (s->step == GC_SLOTS_OFF) {
        return GC_NEVER;
    }
    uint64_t at = gc_signaling_client_deadline(&s->signaling);
    at = s->at_ms < at ? s->at_ms : at;
    return s->push_ms < at ? s->push_ms : at;
}

void gc_slots_check(const gc_slots *s) {
    bool socket = s->signaling.step != GC_SIGNALING_STEP_OFF;
    gc_assert(s->at < GC_SLOTS_MAX);
    gc_assert(socket == (s->step == GC_SLOTS_REGISTERING || s->step == GC_SLOTS_HOLDER));
    gc_assert((s->home_len > 0) == (s->step == GC_SLOTS_MEMBER || s->again));
    gc_assert(s->step == GC_SLOTS_OFF || s->at_ms != GC_NEVER); /* no step waits for ever */
    gc_assert(s->push_ms == GC_NEVER || s->step == GC_SLOTS_HOLDER);
}
