/* The registry of ids: who holds which id, by which token, and who is watching for an absent one.
 * A peer is the identity of a connection, under the connection's own number.
 *
 *   named --gc_registry_add--> registered --gc_registry_remove--> named
 *
 * Tokens are not kept, only a keyed hash of 128 bits: nothing here lets its reader take an id. */
#ifndef GC_PROTO_REGISTRY_H
#define GC_PROTO_REGISTRY_H

#include "core/base/limits.h"
#include "core/base/map.h"
#include "core/base/span.h"

#define GC_IDENTITY_NONE UINT32_MAX

typedef struct gc_identity {
    uint64_t id_hash;
    uint64_t token[2];
    uint64_t takeovers_since_ms;
    uint32_t waiter; /* number + 1 of the connection that waits for this id */
    uint16_t takeovers;
    uint8_t id_len;
    bool registered;
    bool plain;    /* the id needs no escapes inside a JSON string */
    bool watching; /* an absent id: in the map of watches */
    uint8_t id[GC_ID_BYTES_MAX];
} gc_identity;

typedef struct gc_registry {
    gc_identity *entries;
    gc_map ids;
    gc_map watches;
    uint8_t id_key[16];
    uint8_t token_keys[2][16];
} gc_registry;

/* capacity: connections. keys: 48 bytes of entropy. A measuring arena only counts. */
void gc_registry_init(gc_registry *t, gc_arena *a, uint32_t capacity, const uint8_t keys[48]);
gc_identity *gc_registry_at(const gc_registry *t, uint32_t n);
static inline gc_span gc_identity_id(const gc_identity *p) {
    return gc_span_of(p->id, p->id_len);
}

/* Clears a peer and gives it an id (1..128 bytes) and a token. */
void gc_registry_name(gc_registry *t, uint32_t n, gc_span id, gc_span token);
/* The id must be free. */
void gc_registry_add(gc_registry *t, uint32_t n);
void gc_registry_remove(gc_registry *t, uint32_t n);

uint64_t gc_registry_hash(const gc_registry *t, gc_span id);
/* Who holds an id; GC_IDENTITY_NONE when nobody does. */
uint32_t gc_registry_find(const gc_registry *t, uint64_t hash, gc_span id);
/* The same by the keyed hash alone, where the id itself was not kept. */
uint32_t gc_registry_find_hash(const gc_registry *t, uint64_t hash);
bool gc_registry_same_token(const gc_registry *t, uint32_t a, uint32_t b);
/* Counts a take-over of n's id. False when there were GC_TAKEOVERS_MAX in GC_TAKEOVERS_MS: nothing
 * is counted then. */
bool gc_registry_count_takeover(gc_registry *t, uint32_t n, uint64_t now_ms);

/* Hands n, which takes over, the count of take-overs of old's id. */
void gc_registry_inherit_takeovers(gc_registry *t, uint32_t n, uint32_t old);

/* Notes that `waiter` waits for the id of holder, or (GC_IDENTITY_NONE) that nobody does any more.
 */
void gc_registry_set_waiter(gc_registry *t, uint32_t holder, uint32_t waiter);
/* Takes the one that waits for the id of holder; GC_IDENTITY_NONE when nobody does. */
uint32_t gc_registry_take_waiter(gc_registry *t, uint32_t holder);

/* n wants to know when the id of this hash is registered; one watch a peer, the last one counts. */
void gc_registry_watch(gc_registry *t, uint32_t n, uint64_t hash);
bool gc_registry_watches(const gc_registry *t, uint32_t n, uint64_t hash);
/* Takes one watch on this hash; GC_IDENTITY_NONE when there is none. */
uint32_t gc_registry_take_watcher(gc_registry *t, uint64_t hash);

#endif
