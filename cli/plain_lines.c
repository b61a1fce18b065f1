#include "cli/plain_lines.h"
#include "cli/visible.h"
#include "cli/wrap.h"
#include "core/base/ascii.h"
#include "core/base/utf8.h"

#include <string.h>

#define TAG_BYTES 8 /* of an id that is shown, and so many more where others begin alike */

/* --- people ----------------------------------------------------------------------------------- */

static int find(const gc_plain_lines *p, gc_span id) {
    for (int i = 0; i < GC_PEERS_MAX; i++) {
        if (p->people[i].known &&
            gc_span_equal(gc_span_of(p->people[i].id, p->people[i].id_len), id)) {
            return i;
        }
    }
    return -1;
}

/* Writes the first `len` bytes of an id. No mark and no blank in it can end the brackets around it,
 * and no byte is part of a character. */
static void write_id(gc_writer *w, gc_span id, uint32_t len) {
    for (uint32_t at = 0; at < id.len && at < len; at++) {
        uint8_t c = id.data[at];
        gc_writer_u8(w, gc_ascii_is_alphanumeric(c) || c == '-' ? c : '_');
    }
}

/* Gives a person that much of the id as a tag, and after it a number from 2 on. */
static void set_tag(gc_plain_lines *p, int i, uint32_t len, uint32_t number) {
    gc_writer w;
    gc_writer_init(&w, p->people[i].tag, sizeof p->people[i].tag);
    write_id(&w, gc_span_of(p->people[i].id, p->people[i].id_len), len);
    if (number > 1) {
        gc_writer_u8(&w, '-');
        gc_writer_decimal(&w, number);
    }
    p->people[i].tag_len = w.at;
    p->people[i].tag_looks = gc_looks_of(gc_span_of(p->people[i].tag, w.at));
}

/* Tells whether the id of somebody else begins with what looks like the tag. */
static bool begins_another(const gc_plain_lines *p, int i) {
    const gc_looks *tag = &p->people[i].tag_looks;
    bool found = false;
    for (int k = 0; k < GC_PEERS_MAX && !found; k++) {
        const gc_looks *id = &p->people[k].id_looks;
        found = k != i && p->people[k].known && id->len >= tag->len &&
                memcmp(id->bytes, tag->bytes, tag->len) == 0;
    }
    return found;
}

/* Tells whether a tag looks like that of one of the first `count` people, like a name, or like the
 * user. */
static bool is_taken(const gc_plain_lines *p, int i, int count) {
    const gc_looks *tag = &p->people[i].tag_looks;
    bool found = gc_looks_equal(tag, &p->own);
    for (int k = 0; k < GC_PEERS_MAX && !found; k++) {
        found = k != i && p->people[k].known &&
                (gc_looks_equal(tag, &p->people[k].looks) ||
                 (k < count && gc_looks_equal(tag, &p->people[k].tag_looks)));
    }
    return found;
}

/* Gives everybody a tag that looks like no other: when somebody comes. The same as tagsOf() in
 * web/looks.js. */
static void tell_apart(gc_plain_lines *p) {
    for (int i = 0; i < GC_PEERS_MAX; i++) {
        if (p->people[i].known) {
            uint32_t len = TAG_BYTES;
            set_tag(p, i, len, 1);
            while (len < p->people[i].id_len && begins_another(p, i)) {
                len += TAG_BYTES;
                set_tag(p, i, len, 1);
            }
            for (uint32_t number = 2; is_taken(p, i, i); number++) {
                set_tag(p, i, len, number);
            }
        }
    }
}

static gc_looks looks_of_id(gc_span id) {
    uint8_t shown[GC_ID_BYTES_MAX];
    gc_writer w;
    gc_writer_init(&w, shown, sizeof shown);
    write_id(&w, id, id.len);
    return gc_looks_of(gc_span_of(shown, w.at));
}

static int place_of(gc_plain_lines *p, gc_span id) {
    int i = find(p, id);
    for (int k = 0; i < 0 && k < GC_PEERS_MAX; k++) {
        if (!p->people[k].known && id.len <= GC_ID_BYTES_MAX) {
            i = k;
            p->people[i].known = true;
            p->people[i].id_len = id.len;
            p->people[i].state = GC_PEER_CONNECTING;
            p->people[i].looks = (gc_looks){0};
            memcpy(p->people[i].id, id.data, id.len);
            p->people[i].id_looks = looks_of_id(id);
            tell_apart(p);
        }
    }
    return i;
}

static gc_span nick_of(const gc_plain_lines *p, int i) {
    return gc_span_of(p->people[i].nick, p->people[i].nick_len);
}

void gc_plain_lines_own(gc_plain_lines *p, gc_span nick) {
    p->own = gc_looks_of(nick);
}

/* Tells whether a name alone may be taken for somebody else: it looks like that of another one or
 * of the user, or it ends as one that is told apart does. */
static bool needs_id(const gc_plain_lines *p, int i) {
    const gc_looks *looks = &p->people[i].looks;
    bool found =
        looks->len == 0 || looks->bytes[looks->len - 1] == ')' || gc_looks_equal(looks, &p->own);
    for (int k = 0; k < GC_PEERS_MAX && !found; k++) {
        found = k != i && p->people[k].known &&
                (gc_looks_equal(looks, &p->people[k].looks) ||
                 gc_looks_equal(looks, &p->people[k].tag_looks));
    }
    return found;
}

static void write_tag(const gc_plain_lines *p, gc_writer *w, int i, gc_span id) {
    if (i >= 0) {
        gc_writer_bytes(w, p->people[i].tag, p->people[i].tag_len);
    } else {
        write_id(w, id, TAG_BYTES);
    }
}

/* In angle brackets, which no name has in it. */
static void write_name(const gc_plain_lines *p, gc_writer *w, gc_span id) {
    int i = find(p, id);
    bool named = i >= 0 && p->people[i].nick_len > 0;
    gc_writer_u8(w, '<');
    if (named) {
        gc_visible_write(w, nick_of(p, i), NULL);
    } else {
        write_tag(p, w, i, id);
    }
    if (named && needs_id(p, i)) {
        gc_writer_text(w, " (");
        write_tag(p, w, i, id);
        gc_writer_u8(w, ')');
    }
    gc_writer_u8(w, '>');
}

/* --- lines ------------------------------------------------------------------------------------ */

static void line(gc_writer *w, const char *text) {
    gc_writer_text(w, "* ");
    gc_writer_text(w, text);
    gc_writer_u8(w, '\n');
}

static void line_of(const gc_plain_lines *p, gc_writer *w, const gc_event *e, const char *text) {
    gc_writer_text(w, "* ");
    write_name(p, w, e->id);
    gc_writer_text(w, text);
}

static void end(gc_writer *w) {
    gc_writer_text(w, ".\n");
}

static void because(gc_writer *w, const gc_event *e) {
    if (e->reason != GC_REASON_NONE) {
        gc_writer_text(w, ": ");
        gc_writer_text(w, gc_reason_text(e->reason));
        gc_writer_u8(w, '\n');
    } else {
        end(w);
    }
}

/* Marks that look like the brackets around a name: those of the keyboard, of full width, quotation
 * marks, brackets of mathematics and ornaments, and letters. Source: UTS 39, confusables of U+003C
 * and U+003E; Unicode 15, the single angle brackets. */
static bool is_bracket(uint32_t c) {
    static const uint16_t brackets[] = {
        '<',    '>',    0x2c2,  0x2c3,  0x1433, 0x1438, 0x16b2, 0x2039, 0x203a, 0x227a, 0x227b,
        0x2329, 0x232a, 0x276c, 0x276d, 0x276e, 0x276f, 0x2770, 0x2771, 0x27e8, 0x27e9, 0x29fc,
        0x29fd, 0x3008, 0x3009, 0xfe3f, 0xfe40, 0xfe64, 0xfe65, 0xff1c, 0xff1e,
    };
    bool found = c == 0x16f3f || c == 0x1d236 || c == 0x1d237;
    for (size_t i = 0; i < sizeof brackets / sizeof brackets[0] && !found; i++) {
        found = c == brackets[i];
    }
    return found;
}

/* Puts "_" in the place of each bracket of a clean name. Returns its length then. */
static uint32_t without_brackets(uint8_t *name, uint32_t len) {
    uint32_t out = 0;
    for (uint32_t at = 0; at < len;) {
        uint32_t bytes = gc_utf8_sequence(name + at, name + len);
        if (is_bracket(gc_utf8_decode(name + at, bytes))) {
            name[out++] = '_';
        } else {
            memmove(name + out, name + at, bytes);
            out += bytes;
        }
        at += bytes;
    }
    return out;
}

static void learn(gc_plain_lines *p, const gc_event *e, int i) {
    uint8_t clean[GC_NICK_BYTES_MAX];
    uint32_t len = e->nick.len <= sizeof clean && gc_utf8_valid(e->nick)
                       ? gc_utf8_clean_line(e->nick, clean, GC_PLAIN_LINES_NICK_BYTES)
                       : 0;
    len = without_brackets(clean, len);
    memcpy(p->people[i].nick, clean, len);
    p->people[i].nick_len = len;
    p->people[i].looks = gc_looks_of(nick_of(p, i));
}

static void write_absence(const gc_plain_lines *p, gc_writer *w, const gc_event *e) {
    if (e->state == GC_PEER_AWAY) {
        line_of(p, w, e, " is away. You will be connected when they return.\n");
    } else {
        line_of(p, w, e, " is being reconnected");
        because(w, e);
    }
}

static void write_peer(gc_plain_lines *p, gc_writer *w, const gc_event *e) {
    static const char *const paths[] = {"", " directly", " directly", " directly",
                                        " through a relay"};
    int i = place_of(p, e->id);
    if (i < 0) {
        return;
    }
    uint8_t before = p->people[i].state;
    learn(p, e, i);
    p->people[i].state = (uint8_t)e->state;
    if (e->state == GC_PEER_OPEN && before != GC_PEER_OPEN) {
        line_of(p, w, e, " is connected");
        gc_writer_text(w, e->path <= GC_PATH_RELAY ? paths[e->path] : "");
        gc_writer_text(w, e->verified ? "" : ", not verified");
        end(w);
    } else if (e->state == GC_PEER_CLOSED) {
        line_of(p, w, e, e->reason == GC_REASON_LEFT ? " has left" : " is gone");
        if (e->reason == GC_REASON_LEFT) {
            end(w);
        } else {
            because(w, e);
        }
        p->people[i].known = false;
    } else if (e->state != before && (e->state == GC_PEER_LOST || e->state == GC_PEER_AWAY)) {
        write_absence(p, w, e);
    }
}

static void write_message(const gc_plain_lines *p, gc_writer *w, const gc_event *e) {
    write_name(p, w, e->id);
    gc_writer_u8(w, ' ');
    gc_visible_write(w, e->text, GC_WRAP_INDENT);
    gc_writer_u8(w, '\n');
}

/* why: words of ours before the text. */
static void write_error(gc_writer *w, const char *why, const char *text, gc_span more) {
    gc_writer_text(w, "* ");
    gc_writer_text(w, why);
    gc_writer_text(w, text);
    if (more.len > 0) {
        gc_writer_text(w, " (");
        gc_visible_write(w, more, NULL);
        gc_writer_u8(w, ')');
    }
    gc_writer_u8(w, '\n');
}

static void write_trouble(gc_writer *w, const gc_event *e) {
    if (e->reason != GC_REASON_NONE && e->reason != GC_REASON_ABSENT) { /* said of the person */
        write_error(w, e->type == GC_EVENT_FAILED ? "Given up: " : "", gc_reason_text(e->reason),
                    e->text);
    }
}

void gc_plain_lines_event(gc_plain_lines *p, gc_writer *w, const gc_event *e) {
    switch (e->type) {
    case GC_EVENT_PEER:
        write_peer(p, w, e);
        break;
    case GC_EVENT_MESSAGE:
        write_message(p, w, e);
        break;
    case GC_EVENT_GAP:
        line_of(p, w, e, ": some messages did not arrive.\n");
        break;
    case GC_EVENT_UNDELIVERED:
        line_of(p, w, e, " did not get a message of yours");
        because(w, e);
        break;
    case GC_EVENT_TROUBLE:
    case GC_EVENT_FAILED:
        write_trouble(w, e);
        break;
    default:
        break;
    }
}

void gc_plain_lines_joined(gc_writer *w, gc_span room) {
    if (room.len > 0) {
        gc_writer_text(w, "* You are in the room ");
        gc_visible_write(w, room, NULL);
        end(w);
    } else {
        line(w, "You are in.");
    }
}

void gc_plain_lines_invite(gc_writer *w, gc_span link) {
    gc_writer_text(w, "* Others join by ");
    gc_writer_span(w, link);
    gc_writer_u8(w, '\n');
}

void gc_plain_lines_small(gc_writer *w, uint32_t columns, uint32_t lines) {
    gc_writer_text(w, "* The QR code of this link needs a terminal of ");
    gc_writer_decimal(w, columns);
    gc_writer_text(w, " columns and ");
    gc_writer_decimal(w, lines);
    gc_writer_text(w, " lines.\n");
}

void gc_plain_lines_error(gc_writer *w, const char *text, gc_span more) {
    write_error(w, "", text, more);
}
