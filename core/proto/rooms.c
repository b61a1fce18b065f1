#include "core/proto/rooms.h"

#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/base/siphash.h"

void gc_rooms_init(gc_rooms *t, gc_arena *a, uint32_t capacity, const uint8_t key[16]) {
    *t = (gc_rooms){0};
    t->rooms = gc_arena_take(a, capacity, sizeof *t->rooms);
    gc_map_init(&t->map, a, capacity);
    memcpy(t->key, key, sizeof t->key);
}

static uint64_t hash_of(const gc_rooms *t, const uint8_t tag[GC_TAG_BYTES]) {
    return gc_siphash(t->key, gc_span_of(tag, GC_TAG_BYTES));
}

static uint32_t find(const gc_rooms *t, uint64_t hash, const uint8_t tag[GC_TAG_BYTES]) {
    for (uint32_t i = gc_map_first(&t->map, hash); i != GC_MAP_END; i = gc_map_next(&t->map, i)) {
        if (memcmp(t->rooms[i].tag, tag, GC_TAG_BYTES) == 0) {
            return i;
        }
    }
    return GC_ROOM_NONE;
}

static uint32_t make(gc_rooms *t, uint64_t hash, const uint8_t tag[GC_TAG_BYTES]) {
    uint32_t i;
    if (t->free != 0) {
        i = t->free - 1;
        t->free = t->rooms[i].next;
    } else {
        gc_assert(t->touched < t->map.capacity);
        i = t->touched++;
    }
    memcpy(t->rooms[i].tag, tag, GC_TAG_BYTES);
    t->rooms[i].count = 0;
    gc_map_add(&t->map, hash, i);
    return i;
}

uint32_t gc_rooms_join(gc_rooms *t, const uint8_t tag[GC_TAG_BYTES], uint32_t member) {
    uint64_t hash = hash_of(t, tag);
    uint32_t i = find(t, hash, tag);
    if (i == GC_ROOM_NONE) {
        i = make(t, hash, tag);
    } else if (t->rooms[i].count == GC_ROOM_MEMBERS_MAX) {
        return GC_ROOM_NONE;
    }
    gc_room *room = &t->rooms[i];
    room->members[room->count++] = member;
    t->member_count++;
    return i;
}

static uint32_t place_of(const gc_room *room, uint32_t member) {
    uint32_t place = 0;
    while (place < room->count && room->members[place] != member) {
        place++;
    }
    gc_assert(place < room->count);
    return place;
}

void gc_rooms_leave(gc_rooms *t, uint32_t room, uint32_t member) {
    gc_assert(room < t->touched);
    gc_room *r = &t->rooms[room];
    for (uint32_t i = place_of(r, member) + 1; i < r->count; i++) {
        r->members[i - 1] = r->members[i];
    }
    r->count--;
    t->member_count--;
    if (r->count == 0) {
        gc_map_remove(&t->map, hash_of(t, r->tag), room);
        r->next = t->free;
        t->free = room + 1;
    }
}

void gc_rooms_replace(gc_rooms *t, uint32_t room, uint32_t from, uint32_t to) {
    gc_assert(room < t->touched);
    gc_room *r = &t->rooms[room];
    r->members[place_of(r, from)] = to;
}

const gc_room *gc_rooms_at(const gc_rooms *t, uint32_t room) {
    gc_assert(room < t->touched && t->rooms[room].count > 0);
    return &t->rooms[room];
}

uint32_t gc_rooms_count(const gc_rooms *t) {
    return t->map.count;
}
