#include "core/proto/inbox.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"

void gc_inbox_init(gc_inbox *i, gc_inbox_store *store) {
    *i = (gc_inbox){.store = store, .base = 1};
}

static uint32_t find(const gc_inbox *i, uint64_t seq) {
    uint32_t at = 0;
    while (at < i->count && i->store->entries[at].seq != seq) {
        at++;
    }
    return at;
}

static void drop(gc_inbox *i, uint32_t at) {
    gc_inbox_entry *e = i->store->entries;
    gc_assert(at < i->count);
    i->held_bytes -= e[at].len;
    i->count--;
    memmove(&e[at], &e[at + 1], (i->count - at) * sizeof e[0]);
    if (i->count == 0) {
        i->end = 0;
    }
}

static void drop_settled(gc_inbox *i) {
    for (uint32_t at = i->count; at > 0; at--) {
        if (i->store->entries[at - 1].seq <= i->shown) {
            i->ack_due = true;
            drop(i, at - 1);
        }
    }
}

/* Closes the holes that messages left which were shown out of their order of arrival. */
static void compact(gc_inbox *i) {
    gc_inbox_store *s = i->store;
    uint32_t end = 0;
    for (uint32_t at = 0; at < i->count; at++) {
        gc_inbox_entry *e = &s->entries[at];
        gc_assert(e->at >= end);
        memmove(s->bytes + end, s->bytes + e->at, e->len);
        e->at = end;
        end += e->len;
    }
    i->end = end;
}

void gc_inbox_begin(gc_inbox *i, uint64_t base) {
    gc_assert(base >= 1 && i->showing == 0);
    i->started = true;
    i->shown = base - 1;
    i->base = base;
    i->plain = false;
    drop_settled(i);
    i->ack_due = false;
}

void gc_inbox_begin_plain(gc_inbox *i) {
    gc_inbox_begin(i, i->shown + 1);
    i->plain = true;
}

void gc_inbox_resume(gc_inbox *i, uint64_t base) {
    i->started = true;
    drop_settled(i);
    gc_inbox_raise(i, base);
}

/* What a plain sender sent and was not shown. */
static void lose(gc_inbox *i) {
    uint64_t last = i->base - 1;
    for (uint32_t at = 0; at < i->count; at++) {
        uint64_t seq = i->store->entries[at].seq;
        last = seq > last ? seq : last;
    }
    if (last > i->shown) {
        i->lost_first = i->lost == 0 ? i->shown + 1 : i->lost_first;
        i->lost += last - i->shown;
        i->shown = last;
    }
    i->plain = false;
}

void gc_inbox_unlink(gc_inbox *i) {
    if (i->showing != 0) {
        gc_inbox_shown(i); /* the user has it: the next START says so */
    }
    if (i->plain) {
        lose(i);
    }
    i->count = i->held_bytes = i->end = 0;
    i->started = i->ack_due = false;
}

void gc_inbox_raise(gc_inbox *i, uint64_t base) {
    if (base > i->base) {
        i->base = base;
    }
}

void gc_inbox_finish(gc_inbox *i) {
    for (uint32_t at = 0; at < i->count; at++) {
        gc_inbox_raise(i, i->store->entries[at].seq);
    }
}

int gc_inbox_put(gc_inbox *i, uint64_t seq, gc_span text) {
    gc_assert(seq >= 1 && seq <= GC_SEQ_MAX);
    if ((i->started && seq <= i->shown) || find(i, seq) < i->count) {
        i->ack_due = true;
        return 0;
    }
    if (i->count == GC_WINDOW_MESSAGES || text.len > GC_WINDOW_BYTES - i->held_bytes) {
        return GC_E_REFUSED;
    }
    if (text.len > GC_WINDOW_BYTES - i->end) {
        compact(i);
    }
    i->store->entries[i->count++] = (gc_inbox_entry){seq, i->end, text.len};
    memcpy(i->store->bytes + i->end, text.data, text.len);
    i->end += text.len;
    i->held_bytes += text.len;
    return 0;
}

/* The entry with the smallest seq; i->count when nothing is held. */
static uint32_t lowest(const gc_inbox *i) {
    uint32_t best = i->count;
    for (uint32_t at = 0; at < i->count; at++) {
        if (best == i->count || i->store->entries[at].seq < i->store->entries[best].seq) {
            best = at;
        }
    }
    return best;
}

enum gc_inbox_item gc_inbox_next(gc_inbox *i, uint64_t *seq, uint64_t *missing, gc_span *text) {
    if (i->lost > 0) {
        *seq = i->lost_first;
        *missing = i->lost;
        i->lost = 0;
        return GC_INBOX_GAP;
    }
    if (!i->started) {
        return GC_INBOX_NOTHING;
    }
    gc_assert(i->showing == 0);
    uint32_t at = lowest(i);
    uint64_t held = at < i->count ? i->store->entries[at].seq : UINT64_MAX;
    *seq = i->shown + 1;
    if (held == *seq) {
        const gc_inbox_entry *e = &i->store->entries[at];
        *text = gc_span_of(i->store->bytes + e->at, e->len);
        i->showing = *seq;
        return GC_INBOX_MESSAGE;
    }
    uint64_t end = held < i->base ? held : i->base;
    if (end <= *seq) {
        return GC_INBOX_NOTHING;
    }
    *missing = end - *seq;
    i->shown = end - 1;
    i->ack_due = true;
    return GC_INBOX_GAP;
}

void gc_inbox_shown(gc_inbox *i) {
    gc_assert(i->showing == i->shown + 1);
    uint32_t at = find(i, i->showing);
    if (at < i->count) {
        drop(i, at);
    }
    i->shown = i->showing;
    i->showing = 0;
    i->ack_due = true;
}

void gc_inbox_check(const gc_inbox *i) {
    uint32_t sum = 0;
    gc_assert(i->count <= GC_WINDOW_MESSAGES && i->end <= GC_WINDOW_BYTES);
    gc_assert(i->showing == 0 || i->showing == i->shown + 1);
    for (uint32_t at = 0; at < i->count; at++) {
        const gc_inbox_entry *e = &i->store->entries[at];
        gc_assert(e->seq >= 1 && (!i->started || e->seq > i->shown));
        gc_assert(e->len > 0 && e->at + e->len <= i->end);
        gc_assert(at == 0 || e->at >= e[-1].at + e[-1].len);
        sum += e->len;
    }
    gc_assert(sum == i->held_bytes);
}
