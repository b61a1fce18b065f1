#include "rtc/sctp_forward.h"
#include "core/base/number.h"
#include "core/base/timers.h"

void gc_sctp_forward_begin(gc_sctp_forward *f, uint32_t acked_tsn) {
    f->point = acked_tsn;
    f->seen = 0;
    f->due = false;
    f->doubled = 0;
    f->again_at_ms = GC_NEVER;
    f->skip_count = 0;
}

/* --- the point -------------------------------------------------------------------------------- */

static gc_sctp_skip *find(gc_sctp_forward *f, const gc_sctp_block *b) {
    bool unordered = (b->flags & GC_SCTP_FLAG_UNORDERED) != 0;
    for (uint32_t i = 0; i < f->skip_count; i++) {
        if (f->skips[i].stream == b->stream && f->skips[i].unordered == unordered) {
            return &f->skips[i];
        }
    }
    return NULL;
}

/* Names the message of a chunk that was given up, the latest of its stream: chunks come here in the
 * order of their numbers. Without interleaving, unordered messages have no number. Returns false
 * when there is no room. */
static bool name(gc_sctp_forward *f, const gc_sctp_out *o, const gc_sctp_block *b) {
    bool unordered = (b->flags & GC_SCTP_FLAG_UNORDERED) != 0;
    if (unordered && !o->interleaves) {
        return true;
    }
    gc_sctp_skip *skip = find(f, b);
    if (skip == NULL && f->skip_count == GC_SCTP_FORWARD_SKIPS_MAX) {
        return false;
    }
    if (skip == NULL) {
        skip = &f->skips[f->skip_count++];
    }
    *skip = (gc_sctp_skip){.stream = b->stream, .unordered = unordered, .number = b->mid};
    return true;
}

/* Returns true when the peer has delivered the whole message of this chunk: no earlier one of its
 * stream is missing. */
static bool was_delivered(gc_sctp_forward *f, const gc_sctp_out *o, uint32_t tsn) {
    const gc_sctp_block *b = gc_sctp_out_chunk(o, tsn);
    const uint8_t whole = GC_SCTP_FLAG_BEGIN | GC_SCTP_FLAG_END;
    return gc_sctp_out_fate(o, tsn) == GC_SCTP_FATE_ACKED && (b->flags & whole) == whole &&
           ((b->flags & GC_SCTP_FLAG_UNORDERED) != 0 || find(f, b) == NULL);
}

/* Returns the last TSN that the peer need not wait for, and collects the names of the messages. */
static uint32_t walk(gc_sctp_forward *f, const gc_sctp_out *o) {
    uint32_t tsn = o->acked_tsn + 1;
    f->skip_count = 0;
    if (tsn == o->next_tsn || !gc_sctp_out_is_given_up(o, tsn)) {
        return o->acked_tsn; /* this one may still come */
    }
    for (; tsn != o->next_tsn && tsn - o->acked_tsn <= GC_SCTP_FORWARD_TSNS_MAX; tsn++) {
        bool passes = gc_sctp_out_is_given_up(o, tsn) ? name(f, o, gc_sctp_out_chunk(o, tsn))
                                                      : was_delivered(f, o, tsn);
        if (!passes) {
            break;
        }
    }
    return tsn - 1;
}

void gc_sctp_forward_step(gc_sctp_forward *f, const gc_sctp_out *o) {
    if (f->seen == o->changes) {
        return;
    }
    uint32_t before = f->point;
    f->seen = o->changes;
    f->point = walk(f, o);
    if (f->point == o->acked_tsn) {
        f->due = false;
        f->again_at_ms = GC_NEVER;
    } else if (gc_sctp_after(f->point, before)) {
        f->due = true;
        f->doubled = 0;
    }
}

/* --- time ------------------------------------------------------------------------------------- */

void gc_sctp_forward_tick(gc_sctp_forward *f, uint64_t now_ms) {
    if (f->again_at_ms <= now_ms) {
        f->due = true;
        f->again_at_ms = GC_NEVER;
        f->doubled++;
    }
}

uint64_t gc_sctp_forward_deadline(const gc_sctp_forward *f) {
    return f->again_at_ms;
}

bool gc_sctp_forward_awaits(const gc_sctp_forward *f) {
    return f->again_at_ms != GC_NEVER;
}

bool gc_sctp_forward_due(const gc_sctp_forward *f) {
    return f->due;
}

static uint64_t pause_ms(const gc_sctp_forward *f, uint32_t timeout_ms) {
    uint64_t most_ms = gc_max_u64(timeout_ms, GC_SCTP_FORWARD_MS_MAX);
    return f->doubled < 16 ? gc_min_u64((uint64_t)timeout_ms << f->doubled, most_ms) : most_ms;
}

/* --- the chunk -------------------------------------------------------------------------------- */

void gc_sctp_forward_write(gc_sctp_forward *f, const gc_sctp_out *o, gc_writer *w, uint64_t now_ms,
                           uint32_t timeout_ms) {
    gc_assert(f->due && gc_sctp_after(f->point, o->acked_tsn) && f->seen == o->changes);
    gc_sctp_forward_chunk_write(w, o->interleaves, f->point, f->skips, f->skip_count);
    f->due = false;
    f->again_at_ms = now_ms + pause_ms(f, timeout_ms);
}
