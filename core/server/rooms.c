#include "core/server/rooms.h"

#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/server/delivery.h"
#include "core/server/liveness.h"

/* The page takes no longer message, and OPEN carries the room's list beside the ICE servers. */
_Static_assert(GC_ROOM_TEXT_BYTES + GC_ICE_BYTES_MAX + 256 <= GC_MESSAGE_BYTES_MAX,
               "a full room's list is one message");

/* GC-JOINED or GC-LEFT about `about`, to members of a room but `about`. The list is the caller's:
 * the room itself may be gone. */
static void push(gc_server_rooms *r, gc_span type, const gc_room *room, uint32_t about) {
    uint32_t told = 0;
    gc_server_text t;
    gc_server_text_moved(&t, type, room->tag, gc__clients_id(r->clients, about));
    for (uint32_t i = 0; i < room->count; i++) {
        if (room->members[i] != about) {
            gc__delivery_announce(r->clients, room->members[i], about, &t);
            told++;
        }
    }
    /* One message becomes one for each other member: a client that goes in and out pays for each.
     */
    gc__liveness_charge(r->clients, about, told);
}

bool gc__room_enter(gc_server_rooms *r, uint32_t n, const uint8_t tag[GC_TAG_BYTES]) {
    gc_connection *c = gc__clients_at(r->clients, n);
    if (c->room != GC_ROOM_NONE) {
        if (memcmp(gc_rooms_at(&r->rooms, c->room)->tag, tag, GC_TAG_BYTES) == 0) {
            return true;
        }
        gc__room_leave(r, n);
    }
    gc_connection_enter(c, gc_rooms_join(&r->rooms, tag, n));
    if (c->room == GC_ROOM_NONE) {
        r->clients->stats.bad_total[GC_REASON_ROOM_FULL]++;
    }
    return c->room != GC_ROOM_NONE;
}

void gc__room_leave(gc_server_rooms *r, uint32_t n) {
    gc_connection *c = gc__clients_at(r->clients, n);
    if (c->room == GC_ROOM_NONE) {
        return;
    }
    gc_room before = *gc_rooms_at(&r->rooms, c->room);
    gc_rooms_leave(&r->rooms, c->room, n);
    gc_connection_enter(c, GC_ROOM_NONE);
    push(r, GC_SPAN("GC-LEFT"), &before, n);
}

void gc__room_hand_over(gc_server_rooms *r, uint32_t n, uint32_t from) {
    uint32_t room = gc__clients_at(r->clients, from)->room;
    gc_connection_hand_over(gc__clients_at(r->clients, n), gc__clients_at(r->clients, from));
    if (room != GC_ROOM_NONE) {
        gc_rooms_replace(&r->rooms, room, from, n);
    }
}

void gc__room_announce(gc_server_rooms *r, uint32_t n) {
    gc_connection *c = gc__clients_at(r->clients, n);
    gc_assert(c->room != GC_ROOM_NONE);
    gc_room now = *gc_rooms_at(&r->rooms, c->room);
    push(r, GC_SPAN("GC-JOINED"), &now, n);
}

gc_span gc__room_text(gc_server_rooms *r, uint32_t n, const uint8_t tag[GC_TAG_BYTES],
                      bool entered) {
    if (!entered) {
        return gc_room_text_full(r->text, tag);
    }
    const gc_room *room = gc_rooms_at(&r->rooms, gc__clients_at(r->clients, n)->room);
    gc_span others[GC_ROOM_MEMBERS_MAX];
    uint32_t count = 0;
    for (uint32_t i = 0; i < room->count; i++) {
        uint32_t member = room->members[i];
        if (member != n && gc__clients_at(r->clients, member)->state == GC_CONNECTION_OPEN) {
            others[count++] = gc__clients_id(r->clients, member);
        }
    }
    return gc_room_text_entered(r->text, tag, others, count);
}

void gc__room_join(gc_server_rooms *r, uint32_t n, gc_span payload) {
    uint8_t tag[GC_TAG_BYTES];
    if (gc_room_tag_read(payload, tag) != 0) {
        gc__delivery_tell_bad(r->clients, n, GC_REASON_BAD_REQUEST);
        return;
    }
    uint32_t before = gc__clients_at(r->clients, n)->room;
    bool entered = gc__room_enter(r, n, tag);
    gc_server_text t;
    gc_server_text_room(&t, gc__room_text(r, n, tag, entered));
    /* A client that asks for the room that it is in gets the answer again, and nobody else hears of
     * it. */
    if (gc__delivery_send_text(r->clients, n, &t) && entered &&
        gc__clients_at(r->clients, n)->room != before) {
        gc__room_announce(r, n);
    }
}
