/* Who is in which room. A room is a tag and its members, in the order in which they came; it
 * exists while it has members. Members are small numbers of the owner (connection slots). */
#ifndef GC_PROTO_ROOMS_H
#define GC_PROTO_ROOMS_H

#include "core/base/limits.h"
#include "core/base/map.h"

#define GC_ROOM_NONE UINT32_MAX

typedef struct gc_room {
    uint8_t tag[GC_TAG_BYTES];
    uint32_t count; /* 0 = free */
    uint32_t next;  /* free list */
    uint32_t members[GC_ROOM_MEMBERS_MAX];
} gc_room;

typedef struct gc_rooms {
    gc_room *rooms;
    gc_map map;
    uint8_t key[16];
    uint32_t touched;
    uint32_t free; /* room + 1 */
    uint32_t member_count;
} gc_rooms;

/* capacity: members of all rooms together, hence rooms. A measuring arena only counts. */
void gc_rooms_init(gc_rooms *t, gc_arena *a, uint32_t capacity, const uint8_t key[16]);
/* Enters a member that is in no room. Returns the room, or GC_ROOM_NONE when it is full. */
uint32_t gc_rooms_join(gc_rooms *t, const uint8_t tag[GC_TAG_BYTES], uint32_t member);
void gc_rooms_leave(gc_rooms *t, uint32_t room, uint32_t member);
/* The place of `from` goes to `to`: the same person with a new connection. */
void gc_rooms_replace(gc_rooms *t, uint32_t room, uint32_t from, uint32_t to);
/* Borrowed until the next change. */
const gc_room *gc_rooms_at(const gc_rooms *t, uint32_t room);
uint32_t gc_rooms_count(const gc_rooms *t);

#endif
