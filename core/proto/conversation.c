#include "core/proto/conversation.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/number.h"
#include "core/base/reason.h"
#include "core/base/timers.h"

void gc_conversation_init(gc_conversation *v, gc_inbox_store *store, uint64_t next_seq) {
    gc_assert(next_seq >= 1);
    memset(v, 0, offsetof(gc_conversation, inbox));
    v->acked = next_seq - 1;
    v->base = v->said = v->told = v->next_send = v->lost_from = v->lost_to = next_seq;
    gc_inbox_init(&v->inbox, store);
}

uint64_t gc_conversation_floor(const gc_conversation *v) {
    return gc_max_u64(v->acked + 1, v->base);
}

bool gc_conversation_is_open(const gc_conversation *v) {
    return v->step == GC_CONVERSATION_STARTED || v->step == GC_CONVERSATION_RENEWING;
}

static bool is_started(const gc_conversation *v) {
    return v->step == GC_CONVERSATION_STARTED;
}

/* Nothing is in flight any more: a new link starts over after the last acknowledgement. */
static void rewind_sending(gc_conversation *v) {
    v->next_send = gc_conversation_floor(v);
    v->flight_bytes = v->flight_count = 0;
    v->ghost_bytes = v->ghost_count = 0;
    v->ghost_last = 0;
}

static void leave_link(gc_conversation *v, enum gc_conversation_step step) {
    v->step = (uint8_t)step;
    rewind_sending(v);
    gc_inbox_unlink(&v->inbox);
}

void gc_conversation_link(gc_conversation *v) {
    v->plain = false;
    leave_link(v, gc_conversation_is_open(v) ? GC_CONVERSATION_RENEWING : GC_CONVERSATION_LINKED);
}

void gc_conversation_unlink(gc_conversation *v) {
    leave_link(v, GC_CONVERSATION_APART);
}

void gc_conversation_end(gc_conversation *v, gc_outbox *o, uint32_t reason) {
    gc_conversation_give_up(v, o, o->next, reason);
    gc_inbox_finish(&v->inbox);
}

static bool same_session(const uint8_t *a, const uint8_t *b) {
    return memcmp(a, b, GC_SESSION_BYTES) == 0;
}

/* The outbox need not keep for this peer what the floor has passed. */
static void settle_from(const gc_conversation *v, gc_outbox *o, uint64_t floor) {
    gc_outbox_settle(o, floor, gc_conversation_floor(v));
}

/* The peer has shown all messages up to `ack` that it did not pass over, those included that we
 * gave up since the last acknowledgement. */
static void correct(gc_conversation *v, uint64_t ack) {
    uint64_t from = gc_max_u64(v->acked + 1, v->said);
    uint64_t to = gc_min_u64(ack + 1, v->base);
    if (from < to && !v->plain) {
        v->late_from = from;
        v->late_to = to;
    }
}

static void become_started(gc_conversation *v) {
    v->step = GC_CONVERSATION_STARTED;
    v->met = true;
    rewind_sending(v);
}

int gc_conversation_start(gc_conversation *v, gc_outbox *o, const gc_frame *start,
                          const uint8_t own[GC_SESSION_BYTES], uint64_t remembered) {
    gc_assert(start->type == GC_FRAME_START && start->base >= 1 && start->base <= GC_SEQ_MAX);
    uint64_t floor = gc_conversation_floor(v);
    bool knows_us = same_session(start->peer_session, own);
    bool same = v->known && same_session(v->session, start->session);
    if (is_started(v) || (knows_us && start->ack >= o->next)) {
        return GC_E_SYNTAX;
    }
    if (v->known && !same) {
        /* The peer that we talked to is gone, and with it the messages that it had not shown. */
        if (!gc_conversation_can_give_up(v)) {
            return GC_E_FULL;
        }
        gc_conversation_give_up(v, o, o->next, GC_REASON_GONE);
        floor = gc_conversation_floor(v);
    }
    v->base_due = v->base > v->said;
    if (!same) {
        v->said = v->base; /* no acknowledgement of this one is about what was given up before */
        memcpy(v->session, start->session, GC_SESSION_BYTES);
        v->known = true;
        gc_inbox_begin(&v->inbox, remembered > 0 ? remembered + 1 : start->base);
    }
    gc_inbox_resume(&v->inbox, start->base);
    if (knows_us) {
        if (same) {
            correct(v, start->ack);
        }
        v->acked = gc_max_u64(v->acked, start->ack);
        settle_from(v, o, floor);
    }
    v->window = start->window;
    become_started(v);
    return 0;
}

void gc_conversation_start_plain(gc_conversation *v) {
    gc_assert(!is_started(v));
    gc_inbox_begin_plain(&v->inbox, v->known);
    v->known = false; /* whatever session we knew is not the one that talks now */
    v->plain = true;
    v->window = UINT32_MAX;
    become_started(v);
}

int gc_conversation_ack(gc_conversation *v, gc_outbox *o, uint64_t ack, uint64_t now_ms) {
    gc_assert(is_started(v));
    uint64_t floor = gc_conversation_floor(v);
    if (ack >= v->next_send) {
        return GC_E_SYNTAX;
    }
    for (uint64_t seq = floor; seq <= ack; seq++) {
        v->flight_bytes -= gc_outbox_get(o, seq)->len;
        v->flight_count--;
    }
    if (v->ghost_last != 0 && ack >= v->ghost_last) {
        v->flight_bytes -= v->ghost_bytes;
        v->flight_count -= v->ghost_count;
        v->ghost_bytes = v->ghost_count = 0;
        v->ghost_last = 0;
    }
    if (ack > v->acked) {
        correct(v, ack);
        v->acked = ack;
        v->progress_ms = now_ms;
        settle_from(v, o, floor);
    }
    return 0;
}

void gc_conversation_raise(gc_conversation *v, uint64_t base) {
    gc_inbox_raise(&v->inbox, base);
}

int gc_conversation_put(gc_conversation *v, uint64_t seq, gc_span text) {
    return gc_inbox_put(&v->inbox, seq, text);
}

void gc_conversation_lose(gc_conversation *v, uint64_t base, uint32_t reason) {
    gc_inbox_raise(&v->inbox, base);
    v->gap_reason = reason;
}

bool gc_conversation_can_give_up(const gc_conversation *v) {
    /* Two ranges are joined only when they touch: the common case of one message after another. */
    return v->told >= v->lost_to || v->lost_to == gc_conversation_floor(v);
}

bool gc_conversation_is_stuck(const gc_conversation *v) {
    return !gc_conversation_can_give_up(v) || v->late_from < v->late_to;
}

void gc_conversation_give_up(gc_conversation *v, gc_outbox *o, uint64_t to, uint32_t reason) {
    uint64_t floor = gc_conversation_floor(v);
    if (to <= floor) {
        return;
    }
    gc_assert(gc_conversation_can_give_up(v) && to <= o->next);
    for (uint64_t seq = floor; seq < to && seq < v->next_send; seq++) {
        v->ghost_bytes += gc_outbox_get(o, seq)->len;
        v->ghost_count++;
        v->ghost_last = seq;
    }
    if (v->told >= v->lost_to) {
        v->lost_from = floor;
    }
    v->lost_to = to;
    v->lost_reason = reason;
    v->base = to;
    /* A message that was sent on this link arrives, or the link ends. So the peer must pass over
     * only messages that were not sent on it. */
    v->base_due = v->base_due || to > v->next_send;
    v->next_send = gc_max_u64(v->next_send, to);
    settle_from(v, o, floor);
}

bool gc_conversation_sendable(const gc_conversation *v, const gc_outbox *o) {
    if (!is_started(v) || v->next_send >= o->next || v->flight_count >= GC_WINDOW_MESSAGES ||
        v->flight_bytes > v->window) {
        return false;
    }
    return gc_outbox_get(o, v->next_send)->len <= v->window - v->flight_bytes;
}

uint64_t gc_conversation_sent(gc_conversation *v, const gc_outbox *o) {
    gc_assert(gc_conversation_sendable(v, o));
    v->flight_bytes += gc_outbox_get(o, v->next_send)->len;
    v->flight_count++;
    return v->next_send++;
}

static bool says_base(const gc_conversation *v) {
    return v->base_due && v->ghost_count == 0;
}

bool gc_conversation_has_next(const gc_conversation *v) {
    return is_started(v) && (v->inbox.ack_due || says_base(v));
}

bool gc_conversation_next(gc_conversation *v, gc_frame *f) {
    if (!is_started(v)) {
        return false;
    }
    if (gc_inbox_take_ack(&v->inbox)) {
        *f = (gc_frame){.type = GC_FRAME_ACK, .ack = v->inbox.shown};
        return true;
    }
    if (says_base(v)) {
        v->base_due = false;
        v->said = v->base;
        *f = (gc_frame){.type = GC_FRAME_BASE, .base = v->base};
        return true;
    }
    return false;
}

void gc_conversation_introduce(gc_conversation *v, gc_frame *start) {
    (void)gc_inbox_take_ack(&v->inbox);
    if (!v->known) {
        v->said = gc_conversation_floor(v); /* nothing was ever sent to it */
    }
    start->base = v->said; /* BASE reports messages given up since, after the peer's START */
    start->window = GC_WINDOW_BYTES;
    if (v->known) {
        memcpy(start->peer_session, v->session, GC_SESSION_BYTES);
        start->ack = v->inbox.shown;
    }
}

enum gc_inbox_item gc_conversation_show(gc_conversation *v, uint64_t *seq, uint64_t *missing,
                                        gc_span *text) {
    return gc_inbox_next(&v->inbox, seq, missing, text);
}

void gc_conversation_shown(gc_conversation *v) {
    if (v->inbox.showing != 0) {
        gc_inbox_shown(&v->inbox);
    }
}

bool gc_conversation_has_fate(const gc_conversation *v) {
    return v->told < gc_conversation_floor(v) || v->late_from < v->late_to;
}

bool gc_conversation_tell(gc_conversation *v, uint64_t *seq, bool *delivered) {
    if (!gc_conversation_has_fate(v)) {
        return false;
    }
    if (v->told == gc_conversation_floor(v)) {
        *seq = v->late_from++;
        *delivered = true;
        return true;
    }
    *seq = v->told++;
    *delivered = *seq < v->lost_from || *seq >= v->lost_to;
    return true;
}

uint64_t gc_conversation_stalled_at(const gc_conversation *v, const gc_outbox *o) {
    uint64_t floor = gc_conversation_floor(v);
    if (floor >= o->next) {
        return GC_NEVER;
    }
    return gc_max_u64(gc_outbox_get(o, floor)->sent_ms, v->progress_ms) + GC_STALLED_MS;
}

void gc_conversation_check(const gc_conversation *v, const gc_outbox *o) {
    uint64_t floor = gc_conversation_floor(v);
    uint64_t bytes = v->ghost_bytes, count = v->ghost_count;
    gc_assert(floor >= o->first && floor <= o->next);
    gc_assert(v->next_send >= floor && v->next_send <= o->next);
    gc_assert(v->told <= floor && v->lost_from <= v->lost_to && v->lost_to <= floor);
    for (uint64_t seq = floor; seq < v->next_send; seq++) {
        bytes += gc_outbox_get(o, seq)->len;
        count++;
    }
    gc_assert(is_started(v) || (bytes == 0 && count == 0));
    gc_assert(bytes == v->flight_bytes && count == v->flight_count);
    gc_assert(v->flight_bytes == 0 || v->flight_bytes <= v->window);
    gc_assert(is_started(v) == v->inbox.started);
    gc_inbox_check(&v->inbox);
}
