#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/server/inside.h"
#include "core/wire/websocket.h"

/* The page takes no longer message, and OPEN carries the room's list beside the ICE servers. */
_Static_assert(GC_ROOM_TEXT_BYTES + GC_ICE_BYTES_MAX + 256 <= GC_MESSAGE_BYTES_MAX,
               "a full room's list is one message");

/* GC-JOINED or GC-LEFT about `about`, to members of a room but `about`. The list is the caller's:
 * the room itself may be gone. */
static void push(gc_server *s, gc_span type, const gc_room *room, uint32_t about) {
    uint32_t told = 0;
    gc_server_text t;
    gc_server_text_moved(&t, type, room->tag, gc_identity_id(gc_registry_at(&s->registry, about)));
    for (uint32_t i = 0; i < room->count; i++) {
        if (room->members[i] != about) {
            gc__delivery_send_text(s, room->members[i], &t);
            told++;
        }
    }
    /* One message becomes one for each other member: who walks in and out pays for each. */
    gc__liveness_charge(s, about, told);
}

bool gc__room_enter(gc_server *s, uint32_t n, const uint8_t tag[GC_TAG_BYTES]) {
    gc_connection *c = gc__connection_at(s, n);
    if (c->room != GC_ROOM_NONE) {
        if (memcmp(gc_rooms_at(&s->rooms, c->room)->tag, tag, GC_TAG_BYTES) == 0) {
            return true;
        }
        gc__room_leave(s, n);
    }
    c->room = gc_rooms_join(&s->rooms, tag, n);
    if (c->room == GC_ROOM_NONE) {
        s->stats.bad_total[GC_REASON_ROOM_FULL]++;
    }
    return c->room != GC_ROOM_NONE;
}

void gc__room_leave(gc_server *s, uint32_t n) {
    gc_connection *c = gc__connection_at(s, n);
    if (c->room == GC_ROOM_NONE) {
        return;
    }
    gc_room before = *gc_rooms_at(&s->rooms, c->room);
    gc_rooms_leave(&s->rooms, c->room, n);
    c->room = GC_ROOM_NONE;
    push(s, GC_SPAN("GC-LEFT"), &before, n);
}

void gc__room_announce(gc_server *s, uint32_t n) {
    gc_connection *c = gc__connection_at(s, n);
    gc_assert(c->room != GC_ROOM_NONE);
    gc_room now = *gc_rooms_at(&s->rooms, c->room);
    push(s, GC_SPAN("GC-JOINED"), &now, n);
}

gc_span gc__room_text(gc_server *s, uint32_t n, const uint8_t tag[GC_TAG_BYTES], bool entered) {
    if (!entered) {
        return gc_room_text_full(s->room_text, tag);
    }
    const gc_room *room = gc_rooms_at(&s->rooms, gc__connection_at(s, n)->room);
    gc_span others[GC_ROOM_MEMBERS_MAX];
    uint32_t count = 0;
    for (uint32_t i = 0; i < room->count; i++) {
        uint32_t member = room->members[i];
        if (member != n && gc__connection_at(s, member)->state == GC_CONNECTION_OPEN) {
            others[count++] = gc_identity_id(gc_registry_at(&s->registry, member));
        }
    }
    return gc_room_text_entered(s->room_text, tag, others, count);
}

void gc__room_join(gc_server *s, uint32_t n, gc_span payload) {
    uint8_t tag[GC_TAG_BYTES];
    if (gc_room_tag_read(payload, tag) != 0) {
        gc__delivery_tell_bad(s, n, GC_REASON_BAD_REQUEST);
        return;
    }
    uint32_t before = gc__connection_at(s, n)->room;
    bool entered = gc__room_enter(s, n, tag);
    gc_server_text t;
    gc_server_text_room(&t, gc__room_text(s, n, tag, entered));
    /* Who asks for the room it is in gets the answer again, and nobody else hears of it. */
    if (gc__delivery_send_text(s, n, &t) && entered && gc__connection_at(s, n)->room != before) {
        gc__room_announce(s, n);
    }
}
