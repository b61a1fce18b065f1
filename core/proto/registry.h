/* Registry: who holds which id, by which token, and who watches for an absent one. An identity
 * belongs to a connection and has the connection's own number, n below.
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

/* Starts without ids. Takes the tables for `capacity` connections from the arena, whose memory must
 * be zero and stays the registry's; with a measuring arena it only counts. keys: 48 random bytes
 * that hash ids and tokens, copied. */
void gc_registry_init(gc_registry *t, gc_arena *a, uint32_t capacity, const uint8_t keys[48]);
/* Reads the identity of connection n (below the capacity, asserted), named or not. The pointer is
 * valid as long as the registry; its target changes with each gc_registry_name(). */
gc_identity *gc_registry_at(const gc_registry *t, uint32_t n);
/* Returns the id of an identity, borrowed until it is named anew; empty when it never was. */
static inline gc_span gc_identity_id(const gc_identity *p) {
    return gc_span_of(p->id, p->id_len);
}

/* Clears the identity of n, which is neither registered nor watching (asserted), and gives it an id
 * (1..GC_ID_BYTES_MAX bytes, asserted, copied) and a token, of which a hash is kept. */
void gc_registry_name(gc_registry *t, uint32_t n, gc_span id, gc_span token);
/* Registers n as the holder of its id, which nobody holds (asserted). */
void gc_registry_add(gc_registry *t, uint32_t n);
/* Ends that n, which is registered (asserted), holds its id, and its watch. It stays named. */
void gc_registry_remove(gc_registry *t, uint32_t n);

/* Returns the keyed hash of an id, held or not. */
uint64_t gc_registry_hash(const gc_registry *t, gc_span id);
/* Returns who holds an id; GC_IDENTITY_NONE when nobody does. hash: gc_registry_hash() of the id.
 */
uint32_t gc_registry_find(const gc_registry *t, uint64_t hash, gc_span id);
/* Returns the same by the keyed hash alone, where the id itself was not kept: two ids of one hash
 * are taken for one there. */
uint32_t gc_registry_find_hash(const gc_registry *t, uint64_t hash);
/* Tells whether two named identities came with the same token. Takes the same time for any two. */
bool gc_registry_same_token(const gc_registry *t, uint32_t a, uint32_t b);
/* Counts a take-over of n's id at now_ms. Returns false, and counts nothing, when there were
 * GC_TAKEOVERS_MAX in GC_TAKEOVERS_MS: a client that asks for the id has to wait. */
bool gc_registry_count_takeover(gc_registry *t, uint32_t n, uint64_t now_ms);

/* Hands n, which takes over, the count of take-overs of old's id. */
void gc_registry_inherit_takeovers(gc_registry *t, uint32_t n, uint32_t old);

/* Notes that `waiter` waits for the id of holder, or (GC_IDENTITY_NONE) that nobody does any more.
 */
void gc_registry_set_waiter(gc_registry *t, uint32_t holder, uint32_t waiter);
/* Ends that somebody waits for the id of holder and returns who it was; GC_IDENTITY_NONE when
 * nobody did. */
uint32_t gc_registry_take_waiter(gc_registry *t, uint32_t holder);

/* Notes that n wants to know when the id of this hash is registered. A connection has one watch: a
 * new one replaces it. */
void gc_registry_watch(gc_registry *t, uint32_t n, uint64_t hash);
/* Tells whether n watches for the id of this hash. */
bool gc_registry_watches(const gc_registry *t, uint32_t n, uint64_t hash);
/* Ends one watch on this hash and returns whose it was; GC_IDENTITY_NONE when there is none. */
uint32_t gc_registry_take_watcher(gc_registry *t, uint64_t hash);

#endif
