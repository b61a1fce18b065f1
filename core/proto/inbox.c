#include "core/proto/inbox.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"

void gc_inbox_init(gc_inbox *in, gc_inbox_store *store) {
    *in = (gc_inbox){.store = store, .base = 1};
}

static uint32_t find(const gc_inbox *in, uint64_t seq) {
    uint32_t at = 0;
    while (at < in->count && in->store->entries[at].seq != seq) {
        at++;
    }
    return at;
}

static void drop(gc_inbox *in, uint32_t at) {
    gc_inbox_entry *e = in->store->entries;
    gc_assert(at < in->count);
    in->held_bytes -= e[at].len;
    in->count--;
    memmove(&e[at], &e[at + 1], (in->count - at) * sizeof e[0]);
    if (in->count == 0) {
        in->end = 0;
    }
}

static void drop_settled(gc_inbox *in) {
    for (uint32_t at = in->count; at > 0; at--) {
        if (in->store->entries[at - 1].seq <= in->shown) {
            in->ack_due = true;
            drop(in, at - 1);
        }
    }
}

/* Closes the holes that messages left which were shown out of their order of arrival. */
static void compact(gc_inbox *in) {
    gc_inbox_store *s = in->store;
    uint32_t end = 0;
    for (uint32_t at = 0; at < in->count; at++) {
        gc_inbox_entry *e = &s->entries[at];
        gc_assert(e->at >= end);
        memmove(s->bytes + end, s->bytes + e->at, e->len);
        e->at = end;
        end += e->len;
    }
    in->end = end;
}

void gc_inbox_begin(gc_inbox *in, uint64_t base) {
    gc_assert(base >= 1 && in->showing == 0);
    in->started = true;
    in->shown = base - 1;
    in->base = base;
    in->plain = false;
    drop_settled(in);
    in->ack_due = false;
}

void gc_inbox_begin_plain(gc_inbox *in, bool anew) {
    gc_inbox_begin(in, anew ? 1 : in->shown + 1);
    in->plain = true;
}

void gc_inbox_resume(gc_inbox *in, uint64_t base) {
    in->started = true;
    drop_settled(in);
    gc_inbox_raise(in, base);
}

/* Makes a gap of the messages of a plain sender that were not shown. */
static void lose(gc_inbox *in) {
    uint64_t last = in->base - 1;
    for (uint32_t at = 0; at < in->count; at++) {
        uint64_t seq = in->store->entries[at].seq;
        last = seq > last ? seq : last;
    }
    if (last > in->shown) {
        in->lost_first = in->lost == 0 ? in->shown + 1 : in->lost_first;
        in->lost += last - in->shown;
        in->shown = last;
    }
    in->plain = false;
}

void gc_inbox_unlink(gc_inbox *in) {
    if (in->showing != 0) {
        gc_inbox_shown(in); /* the user has it: the next START says so */
    }
    if (in->plain) {
        lose(in);
    }
    in->count = in->held_bytes = in->end = 0;
    in->started = in->ack_due = false;
}

void gc_inbox_raise(gc_inbox *in, uint64_t base) {
    if (base > in->base) {
        in->base = base;
    }
}

void gc_inbox_finish(gc_inbox *in) {
    for (uint32_t at = 0; at < in->count; at++) {
        gc_inbox_raise(in, in->store->entries[at].seq);
    }
}

int gc_inbox_put(gc_inbox *in, uint64_t seq, gc_span text) {
    gc_assert(seq >= 1 && seq <= GC_SEQ_MAX);
    if ((in->started && seq <= in->shown) || find(in, seq) < in->count) {
        in->ack_due = true;
        return 0;
    }
    if (in->count == GC_WINDOW_MESSAGES || text.len > GC_WINDOW_BYTES - in->held_bytes) {
        return GC_E_REFUSED;
    }
    if (text.len > GC_WINDOW_BYTES - in->end) {
        compact(in);
    }
    in->store->entries[in->count++] = (gc_inbox_entry){seq, in->end, text.len};
    memcpy(in->store->bytes + in->end, text.data, text.len);
    in->end += text.len;
    in->held_bytes += text.len;
    return 0;
}

/* The entry with the smallest seq; in->count when nothing is held. */
static uint32_t lowest(const gc_inbox *in) {
    uint32_t best = in->count;
    for (uint32_t at = 0; at < in->count; at++) {
        if (best == in->count || in->store->entries[at].seq < in->store->entries[best].seq) {
            best = at;
        }
    }
    return best;
}

/* Returns the end of a gap that can be reported now; shown + 1 or less: there is none. */
static uint64_t gap_end(const gc_inbox *in, uint64_t held) {
    return held < in->base ? held : in->base;
}

static uint64_t lowest_seq(const gc_inbox *in, uint32_t at) {
    return at < in->count ? in->store->entries[at].seq : UINT64_MAX;
}

bool gc_inbox_has_next(const gc_inbox *in) {
    uint64_t held = lowest_seq(in, lowest(in));
    return in->lost > 0 ||
           (in->started && (held == in->shown + 1 || gap_end(in, held) > in->shown + 1));
}

enum gc_inbox_item gc_inbox_next(gc_inbox *in, uint64_t *seq, uint64_t *missing, gc_span *text) {
    if (in->lost > 0) {
        *seq = in->lost_first;
        *missing = in->lost;
        in->lost = 0;
        return GC_INBOX_GAP;
    }
    if (!in->started) {
        return GC_INBOX_NOTHING;
    }
    gc_assert(in->showing == 0);
    uint32_t at = lowest(in);
    uint64_t held = lowest_seq(in, at);
    *seq = in->shown + 1;
    if (held == *seq) {
        const gc_inbox_entry *e = &in->store->entries[at];
        *text = gc_span_of(in->store->bytes + e->at, e->len);
        in->showing = *seq;
        return GC_INBOX_MESSAGE;
    }
    uint64_t end = gap_end(in, held);
    if (end <= *seq) {
        return GC_INBOX_NOTHING;
    }
    *missing = end - *seq;
    in->shown = end - 1;
    in->ack_due = true;
    return GC_INBOX_GAP;
}

void gc_inbox_shown(gc_inbox *in) {
    gc_assert(in->showing == in->shown + 1);
    uint32_t at = find(in, in->showing);
    if (at < in->count) {
        drop(in, at);
    }
    in->shown = in->showing;
    in->showing = 0;
    in->ack_due = true;
}

bool gc_inbox_take_ack(gc_inbox *in) {
    bool due = in->ack_due;
    in->ack_due = false;
    return due;
}

void gc_inbox_check(const gc_inbox *in) {
    uint32_t sum = 0;
    gc_assert(in->count <= GC_WINDOW_MESSAGES && in->end <= GC_WINDOW_BYTES);
    gc_assert(in->showing == 0 || in->showing == in->shown + 1);
    for (uint32_t at = 0; at < in->count; at++) {
        const gc_inbox_entry *e = &in->store->entries[at];
        gc_assert(e->seq >= 1 && (!in->started || e->seq > in->shown));
        gc_assert(e->len > 0 && e->at + e->len <= in->end);
        gc_assert(at == 0 || e->at >= e[-1].at + e[-1].len);
        sum += e->len;
    }
    gc_assert(sum == in->held_bytes);
}
