#include "core/proto/server_text.h"

#include "core/base/assert.h"
#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/mem.h"

/* The stock client sends this every 5 s: 10,000 of them are 2,000 messages a second. */
#define HEARTBEAT       "{\"type\":\"HEARTBEAT\"}"
#define HEARTBEAT_BYTES (sizeof HEARTBEAT - 1)
_Static_assert(HEARTBEAT_BYTES == 20, "compared as a whole before anything is parsed");

static void start(gc_server_text *t, gc_span part) {
    t->parts[0] = part;
    t->count = 1;
}

static void add(gc_server_text *t, gc_span part) {
    gc_assert(t->count < GC_SERVER_TEXT_PARTS_MAX);
    t->parts[t->count++] = part;
}

static void start_typed(gc_server_text *t, gc_span type) {
    start(t, GC_SPAN("{\"type\":\""));
    add(t, type);
}

gc_span gc_server_text_span(const char *text) {
    uint32_t len = 0;
    while (text[len] != 0) {
        len++;
    }
    return gc_span_of(text, len);
}

gc_span gc_server_text_id(gc_span id, uint8_t out[GC_ID_TEXT_BYTES]) {
    gc_writer w;
    gc_writer_init(&w, out, GC_ID_TEXT_BYTES);
    gc_json_write_string(&w, id);
    gc_assert(!w.failed);
    return gc_writer_done(&w);
}

void gc_server_text_open(gc_server_text *t, bool gc, const gc_span *ice, uint32_t ice_count,
                         gc_span room) {
    if (!gc) {
        start(t, GC_SPAN("{\"type\":\"OPEN\"}"));
        return;
    }
    start(t, GC_SPAN("{\"type\":\"OPEN\",\"payload\":{\"gc\":1,\"ice\":"));
    for (uint32_t i = 0; i < ice_count; i++) {
        add(t, ice[i]);
    }
    if (ice_count == 0) {
        add(t, GC_SPAN("[]"));
    }
    if (room.len > 0) {
        add(t, GC_SPAN(",\"room\":"));
        add(t, room);
    }
    add(t, GC_SPAN("}}"));
}

void gc_server_text_error(gc_server_text *t, gc_span type, gc_span message, uint32_t reason) {
    start_typed(t, type);
    add(t, GC_SPAN("\",\"payload\":{\"msg\":\""));
    add(t, message);
    if (reason != GC_REASON_NONE) {
        add(t, GC_SPAN("\",\"code\":\""));
        add(t, gc_server_text_span(gc_reason_word(reason)));
    }
    add(t, GC_SPAN("\"}}"));
}

void gc_server_text_expire(gc_server_text *t, gc_span src, gc_span dst) {
    start(t, GC_SPAN("{\"type\":\"EXPIRE\",\"src\":"));
    add(t, src);
    add(t, GC_SPAN(",\"dst\":"));
    add(t, gc_server_text_id(dst, t->id));
    add(t, GC_SPAN("}"));
}

void gc_server_text_about(gc_server_text *t, gc_span type, gc_span id) {
    start_typed(t, type);
    add(t, GC_SPAN("\",\"payload\":{\"id\":"));
    add(t, gc_server_text_id(id, t->id));
    add(t, GC_SPAN("}}"));
}

void gc_server_text_bad(gc_server_text *t, uint32_t reason) {
    start(t, GC_SPAN("{\"type\":\"GC-BAD\",\"payload\":{\"code\":\""));
    add(t, gc_server_text_span(gc_reason_word(reason)));
    add(t, GC_SPAN("\",\"msg\":\""));
    add(t, gc_server_text_span(gc_reason_text(reason)));
    add(t, GC_SPAN("\"}}"));
}

void gc_server_text_moved(gc_server_text *t, gc_span type, const uint8_t tag[GC_TAG_BYTES],
                          gc_span id) {
    gc_writer w;
    gc_writer_init(&w, t->tag, sizeof t->tag);
    gc_hex_write(&w, gc_span_of(tag, GC_TAG_BYTES));
    start_typed(t, type);
    add(t, GC_SPAN("\",\"payload\":{\"room\":\""));
    add(t, gc_writer_done(&w));
    add(t, GC_SPAN("\",\"id\":"));
    add(t, gc_server_text_id(id, t->id));
    add(t, GC_SPAN("}}"));
}

void gc_server_text_room(gc_server_text *t, gc_span room) {
    start(t, GC_SPAN("{\"type\":\"GC-ROOM\",\"payload\":"));
    add(t, room);
    add(t, GC_SPAN("}"));
}

/* Straight into the array: this is the way of every message that is relayed. */
void gc_server_text_relayed(gc_server_text *t, gc_span src, bool plain, const gc_json_message *m) {
    uint32_t count = 0;
    t->parts[count++] = GC_SPAN("{\"type\":");
    t->parts[count++] = m->type;
    if (plain) {
        t->parts[count++] = GC_SPAN(",\"src\":\"");
        t->parts[count++] = src;
        t->parts[count++] = GC_SPAN("\",\"dst\":");
    } else {
        t->parts[count++] = GC_SPAN(",\"src\":");
        t->parts[count++] = gc_server_text_id(src, t->id);
        t->parts[count++] = GC_SPAN(",\"dst\":");
    }
    t->parts[count++] = m->dst;
    if (m->payload.data != NULL) {
        t->parts[count++] = GC_SPAN(",\"payload\":");
        t->parts[count++] = m->payload;
    }
    t->parts[count++] = GC_SPAN("}");
    t->count = count;
}

static void begin_room(gc_writer *w, uint8_t *out, const uint8_t tag[GC_TAG_BYTES]) {
    gc_writer_init(w, out, GC_ROOM_TEXT_BYTES);
    gc_writer_text(w, "{\"tag\":\"");
    gc_hex_write(w, gc_span_of(tag, GC_TAG_BYTES));
}

gc_span gc_room_text_entered(uint8_t out[GC_ROOM_TEXT_BYTES], const uint8_t tag[GC_TAG_BYTES],
                             const gc_span *others, uint32_t count) {
    gc_writer w;
    begin_room(&w, out, tag);
    gc_writer_text(&w, "\",\"members\":[");
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) {
            gc_writer_u8(&w, ',');
        }
        gc_json_write_string(&w, others[i]);
    }
    gc_writer_text(&w, "]}");
    gc_assert(!w.failed);
    return gc_writer_done(&w);
}

gc_span gc_room_text_full(uint8_t out[GC_ROOM_TEXT_BYTES], const uint8_t tag[GC_TAG_BYTES]) {
    gc_writer w;
    begin_room(&w, out, tag);
    gc_writer_text(&w, "\",\"reason\":\"");
    gc_writer_text(&w, gc_reason_word(GC_REASON_ROOM_FULL));
    gc_writer_text(&w, "\"}");
    gc_assert(!w.failed);
    return gc_writer_done(&w);
}

gc_destination gc_destination_read(gc_span raw, uint8_t out[GC_ID_BYTES_MAX], uint32_t *len) {
    if (raw.data == NULL || gc_span_equal(raw, GC_SPAN("null")) ||
        gc_span_equal(raw, GC_SPAN("\"\"")) || gc_span_equal(raw, GC_SPAN("false")) ||
        gc_span_equal(raw, GC_SPAN("0"))) {
        return GC_DESTINATION_NONE;
    }
    int error = gc_json_unescape(raw, out, GC_ID_BYTES_MAX, len);
    if (error != 0) {
        return error == GC_E_TOO_BIG ? GC_DESTINATION_TOO_LONG : GC_DESTINATION_BAD;
    }
    return GC_DESTINATION_ID;
}

int gc_room_tag_read(gc_span payload, uint8_t tag[GC_TAG_BYTES]) {
    gc_json j;
    uint8_t text[2 * GC_TAG_BYTES];
    uint32_t len;
    if (payload.data == NULL || gc_json_parse(&j, payload) != 0 ||
        j.tokens[0].type != GC_JSON_OBJECT) {
        return GC_E_SYNTAX;
    }
    int32_t room = gc_json_get(&j, 0, "room");
    if (room < 0 || gc_json_string(&j, room, text, sizeof text, &len) != 0) {
        return GC_E_SYNTAX;
    }
    return gc_hex_read(gc_span_of(text, len), tag, GC_TAG_BYTES);
}

bool gc_heartbeat_is(gc_span text) {
    return text.len == HEARTBEAT_BYTES && memcmp(text.data, HEARTBEAT, HEARTBEAT_BYTES) == 0;
}
