#include "cli/json_lines.h"
#include "cli/visible.h"
#include "core/wire/json.h"

#include <string.h>

/* --- writing ---------------------------------------------------------------------------------- */

static void begin(gc_writer *w, const char *event) {
    gc_writer_text(w, "{\"event\":\"");
    gc_writer_text(w, event);
    gc_writer_u8(w, '"');
}

static void end(gc_writer *w) {
    gc_writer_text(w, "}\n");
}

static void key(gc_writer *w, const char *name) {
    gc_writer_text(w, ",\"");
    gc_writer_text(w, name);
    gc_writer_text(w, "\":");
}

static void text_member(gc_writer *w, const char *name, gc_span text) {
    key(w, name);
    gc_visible_write_json(w, text);
}

static void word_member(gc_writer *w, const char *name, const char *word) {
    text_member(w, name, gc_span_text(word));
}

static void number_member(gc_writer *w, const char *name, uint64_t number) {
    key(w, name);
    gc_writer_decimal(w, number);
}

static void bool_member(gc_writer *w, const char *name, bool value) {
    key(w, name);
    gc_writer_text(w, value ? "true" : "false");
}

static void reason_member(gc_writer *w, const gc_event *e) {
    if (e->reason != GC_REASON_NONE) {
        word_member(w, "reason", gc_reason_word(e->reason));
    }
}

static void write_peer(gc_writer *w, const gc_event *e) {
    static const char *const states[] = {"connecting", "open", "reconnecting", "away", "closed"};
    static const char *const paths[] = {NULL, "host", "srflx", "prflx", "relay"};
    begin(w, "peer");
    text_member(w, "peer", e->id);
    word_member(w, "state", e->state <= GC_PEER_CLOSED ? states[e->state] : "closed");
    if (e->nick.len > 0) {
        text_member(w, "nick", e->nick);
    }
    if (e->path != GC_PATH_UNKNOWN && e->path <= GC_PATH_RELAY) {
        word_member(w, "path", paths[e->path]);
    }
    bool_member(w, "verified", e->verified);
    reason_member(w, e);
    end(w);
}

/* Events that say something of message `number` and somebody. */
static void write_fate(gc_writer *w, const gc_event *e, const char *event) {
    begin(w, event);
    number_member(w, "id", e->number);
    text_member(w, "to", e->id);
    reason_member(w, e);
    end(w);
}

static void write_message(gc_writer *w, const gc_event *e) {
    begin(w, "message");
    text_member(w, "from", e->id);
    number_member(w, "id", e->number);
    text_member(w, "text", e->text);
    end(w);
}

/* final: nothing is tried any more. */
static void write_error(gc_writer *w, const char *code, const char *text, gc_span more,
                        bool final) {
    begin(w, "error");
    word_member(w, "code", code);
    word_member(w, "text", text);
    if (more.len > 0) {
        text_member(w, "detail", more);
    }
    if (final) {
        bool_member(w, "final", true);
    }
    end(w);
}

static void write_trouble(gc_writer *w, const gc_event *e) {
    if (e->reason != GC_REASON_NONE) {
        write_error(w, gc_reason_word(e->reason), gc_reason_text(e->reason), e->text,
                    e->type == GC_EVENT_FAILED);
    }
}

static void write_gap(gc_writer *w, const gc_event *e) {
    begin(w, "gap");
    text_member(w, "from", e->id);
    number_member(w, "id", e->number);
    number_member(w, "count", e->count);
    reason_member(w, e);
    end(w);
}

void gc_json_lines_event(gc_writer *w, const gc_event *e) {
    switch (e->type) {
    case GC_EVENT_READY:
        begin(w, "ready");
        text_member(w, "id", e->id);
        end(w);
        break;
    case GC_EVENT_PEER:
        write_peer(w, e);
        break;
    case GC_EVENT_MESSAGE:
        write_message(w, e);
        break;
    case GC_EVENT_GAP:
        write_gap(w, e);
        break;
    case GC_EVENT_SENT:
        write_fate(w, e, "sent");
        break;
    case GC_EVENT_DELIVERED:
        write_fate(w, e, "delivered");
        break;
    case GC_EVENT_UNDELIVERED:
        write_fate(w, e, "undelivered");
        break;
    case GC_EVENT_TROUBLE:
    case GC_EVENT_FAILED:
        write_trouble(w, e);
        break;
    default:
        break;
    }
}

void gc_json_lines_joined(gc_writer *w, gc_span room) {
    begin(w, "joined");
    if (room.len > 0) {
        text_member(w, "room", room);
    } else {
        key(w, "room");
        gc_writer_text(w, "null");
    }
    end(w);
}

void gc_json_lines_invite(gc_writer *w, gc_span link) {
    begin(w, "invite");
    text_member(w, "link", link);
    end(w);
}

void gc_json_lines_sent(gc_writer *w, uint64_t number) {
    begin(w, "sent");
    number_member(w, "id", number);
    end(w);
}

void gc_json_lines_error(gc_writer *w, const char *code, const char *text, gc_span more) {
    write_error(w, code, text, more, false);
}

/* --- reading ---------------------------------------------------------------------------------- */

/* Every member counts: a command that says more than we know may mean something else. */
static bool has_members(const gc_json *j, uint32_t count) {
    uint32_t found = 0;
    for (uint32_t at = 1; at < j->count; at = j->tokens[j->tokens[at].next].next) {
        found++;
    }
    return found == count;
}

/* Reads the strings of a SEND to `out`, one after the other. `len` bytes are there. */
static gc_command read_send(const gc_json *j, uint8_t *out, uint32_t len) {
    gc_command command = {.type = GC_COMMAND_BAD};
    uint32_t text, to = 0;
    int32_t receiver = gc_json_get(j, 0, "to");
    if (!has_members(j, receiver >= 0 ? 2 : 1) ||
        gc_json_string(j, gc_json_get(j, 0, "send"), out, len, &text) != 0 ||
        (receiver >= 0 && gc_json_string(j, receiver, out + text, len - text, &to) != 0)) {
        return command;
    }
    command.type = GC_COMMAND_SEND;
    command.text = gc_span_of(out, text);
    command.to = receiver >= 0 ? gc_span_of(out + text, to) : GC_SPAN_NONE;
    return command;
}

gc_command gc_json_lines_command(gc_span line, uint8_t *out) {
    gc_json j;
    gc_command command = {.type = GC_COMMAND_BAD};
    if (gc_json_parse(&j, line) != 0 || j.tokens[0].type != GC_JSON_OBJECT) {
        return command;
    }
    if (gc_json_get(&j, 0, "send") >= 0) {
        return read_send(&j, out, line.len);
    }
    gc_span quit = gc_json_raw(&j, gc_json_get(&j, 0, "quit"));
    if (has_members(&j, 1) && gc_span_equal(quit, GC_SPAN("true"))) {
        command.type = GC_COMMAND_QUIT;
    }
    return command;
}
