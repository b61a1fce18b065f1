#include "core/proto/registry.h"

#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/base/siphash.h"

/* Part of what an idle connection costs: core/proto/connection.c has the sum. */
_Static_assert(sizeof(gc_identity) <= 176, "an idle peer fits into 176 bytes");

void gc_registry_init(gc_registry *t, gc_arena *a, uint32_t capacity, const uint8_t keys[48]) {
    *t = (gc_registry){0};
    t->entries = gc_arena_take(a, capacity, sizeof *t->entries);
    gc_map_init(&t->ids, a, capacity);
    gc_map_init(&t->watches, a, capacity);
    memcpy(t->id_key, keys, 16);
    memcpy(t->token_keys, keys + 16, 32);
}

gc_identity *gc_registry_at(const gc_registry *t, uint32_t n) {
    gc_assert(n < t->ids.capacity);
    return &t->entries[n];
}

static bool is_plain(gc_span id) {
    for (uint32_t i = 0; i < id.len; i++) {
        if (id.data[i] < 0x20 || id.data[i] == '"' || id.data[i] == '\\') {
            return false;
        }
    }
    return true;
}

static void unwatch(gc_registry *t, uint32_t n) {
    gc_identity *p = gc_registry_at(t, n);
    if (p->watching) {
        gc_map_remove(&t->watches, t->watches.hashes[n], n);
        p->watching = false;
    }
}

void gc_registry_name(gc_registry *t, uint32_t n, gc_span id, gc_span token) {
    gc_identity *p = gc_registry_at(t, n);
    gc_assert(!p->registered && !p->watching);
    gc_assert(id.len > 0 && id.len <= GC_ID_BYTES_MAX);
    *p = (gc_identity){.id_len = (uint8_t)id.len, .plain = is_plain(id)};
    memcpy(p->id, id.data, id.len);
    p->id_hash = gc_registry_hash(t, id);
    p->token[0] = gc_siphash(t->token_keys[0], token);
    p->token[1] = gc_siphash(t->token_keys[1], token);
}

void gc_registry_add(gc_registry *t, uint32_t n) {
    gc_identity *p = gc_registry_at(t, n);
    gc_assert(!p->registered &&
              gc_registry_find(t, p->id_hash, gc_identity_id(p)) == GC_IDENTITY_NONE);
    gc_map_add(&t->ids, p->id_hash, n);
    p->registered = true;
}

void gc_registry_remove(gc_registry *t, uint32_t n) {
    gc_identity *p = gc_registry_at(t, n);
    gc_assert(p->registered);
    gc_map_remove(&t->ids, p->id_hash, n);
    p->registered = false;
    unwatch(t, n);
}

uint64_t gc_registry_hash(const gc_registry *t, gc_span id) {
    return gc_siphash(t->id_key, id);
}

uint32_t gc_registry_find(const gc_registry *t, uint64_t hash, gc_span id) {
    for (uint32_t i = gc_map_first(&t->ids, hash); i != GC_MAP_END; i = gc_map_next(&t->ids, i)) {
        if (gc_span_equal(gc_identity_id(&t->entries[i]), id)) {
            return i;
        }
    }
    return GC_IDENTITY_NONE;
}

uint32_t gc_registry_find_hash(const gc_registry *t, uint64_t hash) {
    uint32_t i = gc_map_first(&t->ids, hash);
    return i == GC_MAP_END ? GC_IDENTITY_NONE : i;
}

bool gc_registry_same_token(const gc_registry *t, uint32_t a, uint32_t b) {
    const gc_identity *x = gc_registry_at(t, a);
    const gc_identity *y = gc_registry_at(t, b);
    return ((x->token[0] ^ y->token[0]) | (x->token[1] ^ y->token[1])) == 0;
}

bool gc_registry_count_takeover(gc_registry *t, uint32_t n, uint64_t now_ms) {
    gc_identity *p = gc_registry_at(t, n);
    if (p->takeovers == 0 || now_ms - p->takeovers_since_ms >= GC_TAKEOVERS_MS) {
        p->takeovers_since_ms = now_ms;
        p->takeovers = 0;
    }
    if (p->takeovers == GC_TAKEOVERS_MAX) {
        return false;
    }
    p->takeovers++;
    return true;
}

void gc_registry_inherit_takeovers(gc_registry *t, uint32_t n, uint32_t old) {
    gc_identity *p = gc_registry_at(t, n);
    p->takeovers = gc_registry_at(t, old)->takeovers;
    p->takeovers_since_ms = gc_registry_at(t, old)->takeovers_since_ms;
}

void gc_registry_set_waiter(gc_registry *t, uint32_t holder, uint32_t waiter) {
    gc_registry_at(t, holder)->waiter = waiter == GC_IDENTITY_NONE ? 0 : waiter + 1;
}

uint32_t gc_registry_take_waiter(gc_registry *t, uint32_t holder) {
    uint32_t waiter = gc_registry_at(t, holder)->waiter;
    gc_registry_set_waiter(t, holder, GC_IDENTITY_NONE);
    return waiter == 0 ? GC_IDENTITY_NONE : waiter - 1;
}

void gc_registry_watch(gc_registry *t, uint32_t n, uint64_t hash) {
    unwatch(t, n);
    gc_map_add(&t->watches, hash, n);
    t->entries[n].watching = true;
}

bool gc_registry_watches(const gc_registry *t, uint32_t n, uint64_t hash) {
    return gc_registry_at(t, n)->watching && t->watches.hashes[n] == hash;
}

uint32_t gc_registry_take_watcher(gc_registry *t, uint64_t hash) {
    uint32_t n = gc_map_first(&t->watches, hash);
    if (n == GC_MAP_END) {
        return GC_IDENTITY_NONE;
    }
    unwatch(t, n);
    return n;
}
