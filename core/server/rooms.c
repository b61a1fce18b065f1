#include "core/base/assert.h"
#include "core/base/encoding.h"
#include "core/base/mem.h"
#include "core/server/inside.h"
#include "core/wire/websocket.h"

static gc_span tag_text(const uint8_t tag[GC_TAG_BYTES], uint8_t out[2 * GC_TAG_BYTES]) {
    gc_writer w;
    gc_writer_init(&w, out, 2 * GC_TAG_BYTES);
    gc_hex_write(&w, gc_span_of(tag, GC_TAG_BYTES));
    return gc_writer_done(&w);
}

/* GC-JOINED or GC-LEFT about `about`, to members of a room but `about`. The list is the caller's:
 * the room itself may be gone. */
static void push(gc_server *s, gc_span type, const gc_room *room, uint32_t about) {
    uint8_t tag[2 * GC_TAG_BYTES];
    uint8_t id[GC_ID_TEXT_BYTES];
    uint32_t told = 0;
    gc_span parts[] = {
        GC_SPAN("{\"type\":\""),
        type,
        GC_SPAN("\",\"payload\":{\"room\":\""),
        tag_text(room->tag, tag),
        GC_SPAN("\",\"id\":"),
        gc__id_text(gc_identity_id(gc_registry_at(&s->registry, about)), id),
        GC_SPAN("}}"),
    };
    for (uint32_t i = 0; i < room->count; i++) {
        if (room->members[i] != about) {
            gc__delivery_send(s, room->members[i], GC_WS_TEXT, parts, sizeof parts / sizeof *parts);
            told++;
        }
    }
    /* One message becomes up to 15: who walks in and out pays for each. */
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

static void write_members(gc_server *s, gc_writer *w, uint32_t n) {
    const gc_room *room = gc_rooms_at(&s->rooms, gc__connection_at(s, n)->room);
    bool first = true;
    for (uint32_t i = 0; i < room->count; i++) {
        uint32_t member = room->members[i];
        if (member == n || gc__connection_at(s, member)->state != GC_CONNECTION_OPEN) {
            continue;
        }
        if (!first) {
            gc_writer_u8(w, ',');
        }
        first = false;
        gc_json_write_string(w, gc_identity_id(gc_registry_at(&s->registry, member)));
    }
}

gc_span gc__room_text(gc_server *s, uint32_t n, const uint8_t tag[GC_TAG_BYTES], bool entered) {
    gc_writer w;
    gc_writer_init(&w, s->room_text, sizeof s->room_text);
    gc_writer_text(&w, "{\"tag\":\"");
    gc_hex_write(&w, gc_span_of(tag, GC_TAG_BYTES));
    if (entered) {
        gc_writer_text(&w, "\",\"members\":[");
        write_members(s, &w, n);
        gc_writer_text(&w, "]}");
    } else {
        gc_writer_text(&w, "\",\"reason\":\"");
        gc_writer_text(&w, gc_reason_word(GC_REASON_ROOM_FULL));
        gc_writer_text(&w, "\"}");
    }
    gc_assert(!w.failed);
    return gc_writer_done(&w);
}

/* The tag in {"room":TAG}. */
static int read_tag(gc_span payload, uint8_t tag[GC_TAG_BYTES]) {
    gc_json j;
    uint8_t text[2 * GC_TAG_BYTES];
    uint32_t len;
    if (payload.data == NULL || gc_json_parse(&j, payload) != 0 ||
        j.tokens[0].type != GC_JSON_OBJECT) {
        return -1;
    }
    int32_t room = gc_json_get(&j, 0, "room");
    if (room < 0 || gc_json_string(&j, room, text, sizeof text, &len) != 0) {
        return -1;
    }
    return gc_hex_read(gc_span_of(text, len), tag, GC_TAG_BYTES);
}

void gc__room_join(gc_server *s, uint32_t n, gc_span payload) {
    uint8_t tag[GC_TAG_BYTES];
    if (read_tag(payload, tag) != 0) {
        gc__delivery_tell_bad(s, n, GC_REASON_BAD_REQUEST);
        return;
    }
    uint32_t before = gc__connection_at(s, n)->room;
    bool entered = gc__room_enter(s, n, tag);
    gc_span parts[] = {GC_SPAN("{\"type\":\"GC-ROOM\",\"payload\":"),
                       gc__room_text(s, n, tag, entered), GC_SPAN("}")};
    /* Who asks for the room it is in gets the answer again, and nobody else hears of it. */
    if (gc__delivery_send(s, n, GC_WS_TEXT, parts, 3) && entered &&
        gc__connection_at(s, n)->room != before) {
        gc__room_announce(s, n);
    }
}
