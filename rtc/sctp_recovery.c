#include "rtc/sctp_recovery.h"
#include "core/base/number.h"
#include "core/base/timers.h"

void gc_sctp_recovery_begin(gc_sctp_recovery *r) {
    *r = (gc_sctp_recovery){
        .min_rtt_ms = UINT32_MAX,
        .rto_ms = GC_SCTP_RTO_MS_INITIAL,
        .armed_ms = GC_NEVER,
        .newest_rtt_ms = UINT32_MAX,
        .reorder_at_ms = GC_NEVER,
        .quarters = 1,
    };
}

static uint32_t clamped(uint64_t v, uint32_t min, uint32_t max) {
    return v < min ? min : v > max ? max : (uint32_t)v;
}

/* RFC 9260 6.3.1 C2, C3, with thousandths of a millisecond so that small ones are not rounded away.
 */
void gc_sctp_recovery_measured(gc_sctp_recovery *r, uint32_t rtt_ms) {
    uint32_t us = 1000 * (rtt_ms < GC_SCTP_RTO_MS_MAX ? rtt_ms : GC_SCTP_RTO_MS_MAX);
    if (r->srtt_us == 0) {
        r->srtt_us = us > 0 ? us : 1;
        r->rttvar_us = us / 2;
    } else {
        uint32_t apart = us > r->srtt_us ? us - r->srtt_us : r->srtt_us - us;
        r->rttvar_us = r->rttvar_us - r->rttvar_us / 4 + apart / 4;
        uint32_t srtt_us = r->srtt_us - r->srtt_us / 8 + us / 8;
        r->srtt_us = srtt_us > 0 ? srtt_us : 1;
    }
    if (rtt_ms < r->min_rtt_ms) {
        r->min_rtt_ms = rtt_ms;
    }
    uint64_t apart_ms = gc_max_u64(4 * (uint64_t)r->rttvar_us / 1000, GC_SCTP_RTO_MS_MIN);
    r->rto_ms = clamped(r->srtt_us / 1000 + apart_ms, GC_SCTP_RTO_MS_MIN, GC_SCTP_RTO_MS_MAX);
}

/* --- timers ----------------------------------------------------------------------------------- */

static uint64_t timeout_ms(const gc_sctp_recovery *r) {
    uint64_t most = gc_max_u64(r->rto_ms, GC_SCTP_BACKOFF_MS_MAX);
    return r->doubled < 16 ? gc_min_u64((uint64_t)r->rto_ms << r->doubled, most) : most;
}

/* RFC 8985 7.2: two round trips; none is sent where the retransmission time comes first. */
static uint64_t probe_ms(const gc_sctp_recovery *r) {
    return r->srtt_us == 0 ? GC_NEVER : 2 * (uint64_t)r->srtt_us / 1000 + 10;
}

static bool probes(const gc_sctp_recovery *r) {
    return !r->probed && r->doubled == 0 && probe_ms(r) < timeout_ms(r);
}

uint32_t gc_sctp_recovery_answer_ms(const gc_sctp_recovery *r) {
    return (uint32_t)gc_min_u64(probe_ms(r), r->rto_ms);
}

uint64_t gc_sctp_recovery_deadline(const gc_sctp_recovery *r) {
    if (r->armed_ms == GC_NEVER) {
        return GC_NEVER;
    }
    uint64_t at_ms = r->armed_ms + (probes(r) ? probe_ms(r) : timeout_ms(r));
    return gc_min_u64(at_ms, r->reorder_at_ms);
}

void gc_sctp_recovery_sent(gc_sctp_recovery *r, uint64_t now_ms) {
    if (r->armed_ms == GC_NEVER) {
        r->armed_ms = now_ms;
    }
}

static void rearm(gc_sctp_recovery *r, const gc_sctp_out *o, uint64_t now_ms) {
    r->armed_ms = o->flight.first == GC_SCTP_NO_BLOCK ? GC_NEVER : now_ms;
    if (r->armed_ms == GC_NEVER) {
        r->reorder_at_ms = GC_NEVER;
    }
}

bool gc_sctp_recovery_moved(gc_sctp_recovery *r, uint64_t now_ms) {
    r->moved_ms = now_ms;
    if (r->armed_ms == GC_NEVER) {
        return false;
    }
    r->doubled = 0;
    r->probed = true;
    r->armed_ms = now_ms;
    return true;
}

/* --- losses ----------------------------------------------------------------------------------- */

static uint64_t reorder_ms(const gc_sctp_recovery *r) {
    if (r->min_rtt_ms == UINT32_MAX) {
        return GC_SCTP_REORDER_RTT_MS_MIN / 4;
    }
    uint64_t ms = gc_max_u64(r->min_rtt_ms, GC_SCTP_REORDER_RTT_MS_MIN) * r->quarters / 4;
    return gc_min_u64(ms, gc_max_u64(r->srtt_us / 1000, 2 * GC_SCTP_REORDER_RTT_MS_MIN));
}

/* RFC 8985 6.2 step 5: `flight` is in the order of transmission, so the walk ends at the first
 * chunk that may still come. Chunks of which the peer tells nothing are passed over. Returns true
 * when any chunk was lost. */
static bool find_lost(gc_sctp_recovery *r, gc_sctp_out *o, uint64_t now_ms) {
    bool lost = false;
    uint32_t block = r->newest_rtt_ms == UINT32_MAX ? GC_SCTP_NO_BLOCK : o->flight.first;
    r->reorder_at_ms = GC_NEVER;
    while (block != GC_SCTP_NO_BLOCK) {
        const gc_sctp_block *b = &o->pool->blocks[block];
        uint32_t next = b->next;
        bool earlier = b->sent_ms < r->newest_ms ||
                       (b->sent_ms == r->newest_ms && gc_sctp_after(r->newest_tsn, b->tsn));
        if (!earlier) {
            break;
        }
        uint64_t at_ms = b->sent_ms + r->newest_rtt_ms + reorder_ms(r);
        if (at_ms > now_ms) {
            r->reorder_at_ms = at_ms;
            break;
        }
        if (!gc_sctp_after(b->tsn, o->told_tsn)) {
            r->lost_bytes += b->sent_ms >= r->moved_ms ? b->len : 0;
            gc_sctp_out_lose(o, block);
            lost = true;
        }
        block = next;
    }
    return lost;
}

/* Returns true when this loss is the first one of its window. */
static bool begin_recovery(gc_sctp_recovery *r, const gc_sctp_out *o) {
    if (r->recovering) {
        return false;
    }
    r->recovering = true;
    r->recover_tsn = o->next_tsn - 1;
    return true;
}

/* RFC 8985 6.2 steps 1, 2: an answer to a retransmission that came sooner than any round trip was
 * meant for the first transmission. */
static void note_newest(gc_sctp_recovery *r, const gc_sctp_acked *a, uint64_t now_ms) {
    uint32_t rtt_ms = clamped(now_ms - a->newest_ms, 0, GC_SCTP_RTO_MS_MAX);
    if (a->newest_tries == 1) {
        gc_sctp_recovery_measured(r, rtt_ms);
    } else if (rtt_ms < r->min_rtt_ms) {
        return;
    }
    bool later = a->newest_ms > r->newest_ms ||
                 (a->newest_ms == r->newest_ms && gc_sctp_after(a->newest_tsn, r->newest_tsn));
    if (later) {
        r->newest_ms = a->newest_ms;
        r->newest_tsn = a->newest_tsn;
        r->newest_rtt_ms = rtt_ms;
    }
}

/* RFC 8985 6.2 step 4: a chunk that came twice was not lost. Wider once for each window of data. */
static void note_reordering(gc_sctp_recovery *r, const gc_sctp_out *o, uint32_t duplicates) {
    bool again = r->persists > 0 && gc_sctp_after(r->widened_tsn, o->acked_tsn);
    if (duplicates > 0 && !again) {
        r->persists = GC_SCTP_REORDER_PERSISTS;
        r->spurious++;
        r->widened_tsn = o->next_tsn - 1;
        r->quarters += r->quarters < GC_SCTP_REORDER_QUARTERS_MAX ? 1 : 0;
    }
}

static void end_recovery(gc_sctp_recovery *r, const gc_sctp_out *o) {
    if (r->recovering && !gc_sctp_after(r->recover_tsn, o->acked_tsn)) {
        r->recovering = false;
        r->persists -= r->persists > 0 ? 1 : 0;
        r->quarters = r->persists > 0 ? r->quarters : 1;
    }
}

bool gc_sctp_recovery_acked(gc_sctp_recovery *r, gc_sctp_out *o, const gc_sctp_acked *a,
                            uint32_t duplicates, uint64_t now_ms) {
    note_reordering(r, o, duplicates);
    if (a->newest_tries > 0) {
        note_newest(r, a, now_ms);
        r->doubled = 0;
        r->probed = false;
        rearm(r, o, now_ms);
    }
    end_recovery(r, o);
    bool lost = find_lost(r, o, now_ms);
    if (lost) {
        rearm(r, o, now_ms);
    }
    return lost && begin_recovery(r, o);
}

/* A chunk that was sent up to then would have been acknowledged by now. */
static uint64_t no_answer_since_ms(const gc_sctp_recovery *r, uint64_t now_ms) {
    uint64_t ms = r->newest_rtt_ms == UINT32_MAX ? 0 : r->newest_rtt_ms + reorder_ms(r);
    return now_ms - gc_min_u64(ms, now_ms);
}

uint32_t gc_sctp_recovery_tick(gc_sctp_recovery *r, gc_sctp_out *o, uint64_t now_ms) {
    if (gc_sctp_recovery_deadline(r) > now_ms) {
        return GC_SCTP_DUE_NOTHING;
    }
    if (r->reorder_at_ms <= now_ms && find_lost(r, o, now_ms)) {
        rearm(r, o, now_ms);
        return begin_recovery(r, o) ? GC_SCTP_DUE_LOSS : GC_SCTP_DUE_NOTHING;
    }
    /* The peer may tell nothing of what was due: then something else may be, or nothing. */
    if (gc_sctp_recovery_deadline(r) > now_ms) {
        return GC_SCTP_DUE_NOTHING;
    }
    if (probes(r)) {
        r->probed = true;
        r->armed_ms = now_ms;
        return GC_SCTP_DUE_PROBE;
    }
    gc_sctp_out_lose_all(o, no_answer_since_ms(r, now_ms));
    r->doubled++;
    r->probed = false;
    r->reorder_at_ms = GC_NEVER;
    rearm(r, o, now_ms);
    r->recovering = false; /* RFC 9260 7.2.3: slow start, in which the window grows */
    return GC_SCTP_DUE_TIMEOUT;
}
