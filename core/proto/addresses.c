#include "core/proto/addresses.h"

#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/base/siphash.h"

void gc_addresses_init(gc_addresses *t, gc_arena *a, uint32_t capacity, uint32_t per_address_max,
                       const uint8_t key[16]) {
    *t = (gc_addresses){.per_address_max = per_address_max};
    t->entries = gc_arena_take(a, capacity, sizeof *t->entries);
    gc_map_init(&t->map, a, capacity);
    memcpy(t->key, key, sizeof t->key);
}

static uint64_t hash_of(const gc_addresses *t, const uint8_t key[GC_ADDR_SOURCE_BYTES]) {
    return gc_siphash(t->key, gc_span_of(key, GC_ADDR_SOURCE_BYTES));
}

static uint32_t find(const gc_addresses *t, uint64_t hash,
                     const uint8_t key[GC_ADDR_SOURCE_BYTES]) {
    for (uint32_t i = gc_map_first(&t->map, hash); i != GC_MAP_END; i = gc_map_next(&t->map, i)) {
        const gc_address *e = &t->entries[i];
        if (e->family == key[0] && memcmp(e->prefix, key + 1, sizeof e->prefix) == 0) {
            return i;
        }
    }
    return GC_ADDRESS_NONE;
}

static uint32_t make(gc_addresses *t, uint64_t hash, const uint8_t key[GC_ADDR_SOURCE_BYTES]) {
    uint32_t i;
    if (t->free != 0) {
        i = t->free - 1;
        t->free = t->entries[i].next;
    } else {
        gc_assert(t->touched < t->map.capacity);
        i = t->touched++;
    }
    gc_address *e = &t->entries[i];
    *e = (gc_address){.family = key[0]};
    memcpy(e->prefix, key + 1, sizeof e->prefix);
    gc_map_add(&t->map, hash, i);
    return i;
}

uint32_t gc_addresses_add(gc_addresses *t, const gc_addr *from) {
    uint8_t key[GC_ADDR_SOURCE_BYTES];
    gc_addr_source(from, key);
    uint64_t hash = hash_of(t, key);
    uint32_t i = find(t, hash, key);
    if (i == GC_ADDRESS_NONE) {
        i = make(t, hash, key);
    } else if (t->entries[i].count >= t->per_address_max) {
        return GC_ADDRESS_NONE;
    }
    t->entries[i].count++;
    return i;
}

gc_addr gc_addresses_at(const gc_addresses *t, uint32_t entry) {
    gc_assert(entry < t->touched && t->entries[entry].count > 0);
    gc_addr from = {.family = t->entries[entry].family};
    memcpy(from.ip, t->entries[entry].prefix, from.family == 4 ? 4 : 8);
    return from;
}

uint64_t gc_addresses_hash(const gc_addresses *t, uint32_t entry) {
    gc_assert(entry < t->touched && t->entries[entry].count > 0);
    uint8_t key[GC_ADDR_SOURCE_BYTES] = {t->entries[entry].family};
    memcpy(key + 1, t->entries[entry].prefix, sizeof t->entries[entry].prefix);
    return hash_of(t, key);
}

void gc_addresses_remove(gc_addresses *t, uint32_t entry) {
    gc_assert(entry < t->touched && t->entries[entry].count > 0);
    gc_address *e = &t->entries[entry];
    if (--e->count > 0) {
        return;
    }
    uint8_t key[GC_ADDR_SOURCE_BYTES] = {e->family};
    memcpy(key + 1, e->prefix, sizeof e->prefix);
    gc_map_remove(&t->map, hash_of(t, key), entry);
    e->next = t->free;
    t->free = entry + 1;
}
