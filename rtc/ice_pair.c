#include "rtc/ice_pair.h"
#include "core/base/assert.h"
#include "core/base/mem.h"

/* The bytes of a transaction that hide a time. The ten before them are 80 random bits. */
#define TIME_AT 10

void gc_ice_pair_sent(gc_ice_pair *p, uint64_t now_ms, uint64_t due_ms, const uint8_t *transaction,
                      bool controlling) {
    gc_assert(p->state != GC_ICE_PAIR_FAILED && (transaction != NULL || p->sends > 0));
    if (transaction != NULL) {
        memcpy(p->transaction, transaction, sizeof p->transaction);
        p->sends = p->state == GC_ICE_PAIR_VALID ? p->sends : 0;
    }
    p->state = p->state == GC_ICE_PAIR_WAITING ? GC_ICE_PAIR_CHECKING : p->state;
    p->sends = p->sends < UINT8_MAX ? p->sends + 1 : p->sends;
    p->triggered = false;
    p->sent_ms = now_ms;
    p->due_ms = due_ms;
    p->sent_controlling = controlling;
    p->sent_nominating = controlling && p->nominating;
}

void gc_ice_pair_transaction(const gc_ice_pair *p, uint8_t out[GC_ICE_PAIR_TRANSACTION_BYTES]) {
    memcpy(out, p->transaction, sizeof p->transaction);
    out[TIME_AT] ^= (uint8_t)(p->sent_ms >> 8);
    out[TIME_AT + 1] ^= (uint8_t)p->sent_ms;
}

bool gc_ice_pair_asked(const gc_ice_pair *p, const uint8_t *transaction) {
    return p->sends > 0 && memcmp(p->transaction, transaction, TIME_AT) == 0;
}

/* How long it took from the send with this transaction, up to a minute, and 1 at least: 0 says that
 * nothing was measured. */
static uint32_t rtt_ms(const gc_ice_pair *p, const uint8_t *transaction, uint64_t now_ms) {
    uint32_t high = transaction[TIME_AT] ^ p->transaction[TIME_AT];
    uint32_t low = transaction[TIME_AT + 1] ^ p->transaction[TIME_AT + 1];
    uint16_t measured_ms = (uint16_t)(now_ms - (high << 8 | low));
    return measured_ms == 0 ? 1 : measured_ms;
}

void gc_ice_pair_answered(gc_ice_pair *p, uint64_t now_ms, uint64_t due_ms,
                          const uint8_t transaction[GC_ICE_PAIR_TRANSACTION_BYTES]) {
    p->state = GC_ICE_PAIR_VALID;
    p->sends = 0;
    p->triggered = false;
    p->doubted = false;
    p->answered_ms = now_ms;
    p->due_ms = due_ms;
    p->rtt_ms = rtt_ms(p, transaction, now_ms);
}

void gc_ice_pair_again(gc_ice_pair *p, uint64_t now_ms) {
    p->due_ms = now_ms;
    if (p->state == GC_ICE_PAIR_VALID) {
        return; /* each of its checks is a new transaction anyway */
    }
    p->triggered = true;
    if (p->state == GC_ICE_PAIR_CHECKING) {
        p->sends = 1; /* the pauses between its sends begin anew */
    } else {
        p->state = GC_ICE_PAIR_WAITING;
    }
}

void gc_ice_pair_anew(gc_ice_pair *p, uint64_t now_ms) {
    p->sends = 0;
    if (p->state == GC_ICE_PAIR_CHECKING) {
        p->state = GC_ICE_PAIR_WAITING;
    }
    gc_ice_pair_again(p, now_ms);
}

void gc_ice_pair_fail(gc_ice_pair *p) {
    p->state = GC_ICE_PAIR_FAILED;
    p->doubted = false;
    p->sends = 0;
    p->triggered = false;
    p->nominating = false;
    p->nominated = false;
}

bool gc_ice_pair_is_spare(const gc_ice_pair *p) {
    return !p->heard && p->state != GC_ICE_PAIR_VALID;
}

bool gc_ice_pair_in_doubt(const gc_ice_pair *p) {
    return p->state == GC_ICE_PAIR_VALID && (p->doubted || p->sends >= GC_ICE_DOUBT_SENDS);
}

bool gc_ice_pair_is_better(const gc_ice_pair *a, const gc_ice_pair *b) {
    bool doubt = gc_ice_pair_in_doubt(b);
    if (gc_ice_pair_in_doubt(a) != doubt) {
        return doubt;
    }
    return a->nominated != b->nominated ? a->nominated : a->priority > b->priority;
}
