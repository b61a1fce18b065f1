#include "core/proto/outbox.h"
#include "core/base/assert.h"
#include "core/base/secret.h"

_Static_assert(GC_TEXT_BYTES_MAX <= GC_OUTBOX_BYTES_MAX, "the longest text must fit");

void gc_outbox_init(gc_outbox *o, gc_outbox_store *store) {
    *o = (gc_outbox){.store = store, .first = 1, .next = 1};
    gc_ring_init(&o->ring, store->bytes, GC_OUTBOX_BYTES_MAX);
}

const gc_outbox_entry *gc_outbox_get(const gc_outbox *o, uint64_t seq) {
    gc_assert(seq >= o->first && seq < o->next);
    return &o->store->entries[seq % GC_OUTBOX_MESSAGES_MAX];
}

uint64_t gc_outbox_room_at(const gc_outbox *o, uint32_t len) {
    gc_assert(len > 0 && len <= GC_TEXT_BYTES_MAX);
    uint32_t room = gc_ring_room(&o->ring);
    uint64_t seq = o->first;
    if (o->next - seq == GC_OUTBOX_MESSAGES_MAX) {
        room += gc_outbox_get(o, seq)->len;
        seq++;
    }
    while (room < len) {
        room += gc_outbox_get(o, seq)->len;
        seq++;
    }
    return seq;
}

uint64_t gc_outbox_add(gc_outbox *o, gc_span text, uint64_t now_ms, uint32_t readers) {
    gc_assert(gc_outbox_room_at(o, text.len) <= o->first && readers > 0);
    gc_outbox_entry *e = &o->store->entries[o->next % GC_OUTBOX_MESSAGES_MAX];
    *e = (gc_outbox_entry){
        .sent_ms = now_ms, .at = o->dropped + o->ring.len, .len = text.len, .readers = readers};
    bool put = gc_ring_put(&o->ring, text);
    gc_assert(put);
    return o->next++;
}

uint32_t gc_outbox_copy(const gc_outbox *o, uint64_t seq, uint8_t *out) {
    const gc_outbox_entry *e = gc_outbox_get(o, seq);
    gc_ring_copy(&o->ring, (uint32_t)(e->at - o->dropped), out, e->len);
    return e->len;
}

static void drop_settled(gc_outbox *o) {
    while (o->first < o->next && gc_outbox_get(o, o->first)->readers == 0) {
        uint32_t len = gc_outbox_get(o, o->first)->len;
        gc_ring_drop(&o->ring, len);
        o->dropped += len;
        o->first++;
    }
}

void gc_outbox_settle(gc_outbox *o, uint64_t from, uint64_t to) {
    gc_assert(from >= o->first && to <= o->next);
    for (uint64_t seq = from; seq < to; seq++) {
        gc_outbox_entry *e = &o->store->entries[seq % GC_OUTBOX_MESSAGES_MAX];
        gc_assert(e->readers > 0);
        e->readers--;
    }
    drop_settled(o);
}

void gc_outbox_wipe(gc_outbox *o) {
    gc_bytes_wipe(o->store->bytes, GC_OUTBOX_BYTES_MAX);
    gc_outbox_init(o, o->store);
}

void gc_outbox_check(const gc_outbox *o) {
    uint64_t sum = 0;
    gc_assert(o->first >= 1 && o->first <= o->next);
    gc_assert(o->next - o->first <= GC_OUTBOX_MESSAGES_MAX);
    for (uint64_t seq = o->first; seq < o->next; seq++) {
        const gc_outbox_entry *e = gc_outbox_get(o, seq);
        gc_assert(e->at == o->dropped + sum && e->len > 0);
        gc_assert(e->readers > 0 || seq > o->first);
        sum += e->len;
    }
    gc_assert(sum == o->ring.len);
}
