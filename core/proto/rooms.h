/* Rooms: who is in which room. A room is a tag and its members, in the order in which they came.
 * Members are small numbers of the owner (connection slots), and each is in one room at most.
 *
 *   absent --its first member--> open, 1..GC_ROOM_MEMBERS_MAX members --its last one--> absent */
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

/* Starts without rooms. Takes its tables from the arena, whose memory must be zero and stays t's;
 * with a measuring arena it only counts. capacity: members of all rooms together, hence rooms. key:
 * 16 random bytes that hash tags, copied. */
void gc_rooms_init(gc_rooms *t, gc_arena *a, uint32_t capacity, const uint8_t key[16]);
/* Enters a member, which is in no room, into the room of this tag, as its last one; the room is
 * made if it does not exist. Returns the room's number, which is valid while it has members;
 * GC_ROOM_NONE, with nothing changed, when the room is full. There are never more members than the
 * capacity (asserted). */
uint32_t gc_rooms_join(gc_rooms *t, const uint8_t tag[GC_TAG_BYTES], uint32_t member);
/* Removes a member from the room that it is in (asserted); the others keep their order. The room
 * ends with its last member. */
void gc_rooms_leave(gc_rooms *t, uint32_t room, uint32_t member);
/* Gives the place of `from`, which is in the room (asserted), to `to`, which is in none: the same
 * person with a new connection. */
void gc_rooms_replace(gc_rooms *t, uint32_t room, uint32_t from, uint32_t to);
/* Reads a room that has members (asserted); valid until the next change of any room. */
const gc_room *gc_rooms_at(const gc_rooms *t, uint32_t room);
/* Returns how many rooms have members. */
uint32_t gc_rooms_count(const gc_rooms *t);

#endif
