/* The splitter against a second, recursive checker; against jsmn's tokens; against itself on what a
 * relay would send; and strings that are written, read and compared. */
#include <stdlib.h>
#include <string.h>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/base/writer.h"
#include "core/wire/json.h"
#include "core/wire/json_text.h"

/* --- a checker written from RFC 8259's grammar, byte by byte ---------------------------------- */

typedef struct input {
    const uint8_t *data;
    size_t len, at;
} input;

static int peek(const input *in) {
    return in->at < in->len ? in->data[in->at] : -1;
}

static bool take(input *in, int c) {
    bool is = peek(in) == c;
    in->at += is;
    return is;
}

static void space(input *in) {
    while (take(in, ' ') || take(in, '\t') || take(in, '\n') || take(in, '\r')) {
    }
}

static bool digits(input *in) {
    size_t start = in->at;
    while (peek(in) >= '0' && peek(in) <= '9') {
        in->at++;
    }
    return in->at > start;
}

static bool number(input *in) {
    take(in, '-');
    if (!take(in, '0') && !digits(in)) {
        return false;
    }
    if (take(in, '.') && !digits(in)) {
        return false;
    }
    if (take(in, 'e') || take(in, 'E')) {
        if (!take(in, '+')) {
            take(in, '-');
        }
        return digits(in);
    }
    return true;
}

static bool string(input *in) {
    if (!take(in, '"')) {
        return false;
    }
    while (!take(in, '"')) {
        int c = peek(in);
        if (c < 0x20) { /* the end too */
            return false;
        }
        in->at++;
        if (c == '\\') {
            c = peek(in);
            in->at++;
            if (c < 0 || c == 0 || strchr("\"\\/bfnrtu", c) == NULL) {
                return false;
            }
            for (int i = 0; c == 'u' && i < 4; i++, in->at++) {
                int h = peek(in);
                if (h <= 0 || strchr("0123456789abcdefABCDEF", h) == NULL) {
                    return false;
                }
            }
        }
    }
    return true;
}

static bool word(input *in, const char *text) {
    for (; *text != '\0'; text++) {
        if (!take(in, *text)) {
            return false;
        }
    }
    return true;
}

static bool value(input *in, int depth);

static bool members(input *in, int depth, bool object) {
    space(in);
    if (take(in, object ? '}' : ']')) {
        return true;
    }
    for (;;) {
        space(in);
        if (object && !string(in)) {
            return false;
        }
        space(in);
        if (object && !take(in, ':')) {
            return false;
        }
        if (!value(in, depth)) {
            return false;
        }
        if (!take(in, ',')) {
            return take(in, object ? '}' : ']');
        }
    }
}

static bool value(input *in, int depth) {
    space(in);
    bool good;
    switch (peek(in)) {
    case '{':
    case '[':
        in->at++;
        good = depth < GC_JSON_DEPTH_MAX && members(in, depth + 1, in->data[in->at - 1] == '{');
        break;
    case '"':
        good = string(in);
        break;
    case 't':
        good = word(in, "true");
        break;
    case 'f':
        good = word(in, "false");
        break;
    case 'n':
        good = word(in, "null");
        break;
    default:
        good = number(in);
    }
    space(in);
    return good;
}

/* --- properties ------------------------------------------------------------------------------- */

static bool same_span(gc_span a, gc_span b) {
    return gc_span_equal(a, b) && (a.data == NULL) == (b.data == NULL);
}

static void put_member(gc_writer *w, const char *name, gc_span raw) {
    if (raw.data != NULL) {
        gc_writer_text(w, w->at == 1 ? "\"" : ",\"");
        gc_writer_text(w, name);
        gc_writer_text(w, "\":");
        gc_writer_span(w, raw);
    }
}

/* What the relay makes of a message must be a message with the same parts. */
static void check_relay(const gc_json_message *m, uint32_t len) {
    gc_writer w;
    uint8_t *out = malloc(len + 100);
    gc_writer_init(&w, out, len + 100);
    gc_writer_u8(&w, '{');
    put_member(&w, "type", m->type);
    put_member(&w, "src", GC_SPAN("\"x\""));
    put_member(&w, "dst", m->dst);
    put_member(&w, "payload", m->payload);
    gc_writer_u8(&w, '}');
    gc_json_message again;
    gc_assert(!w.failed && gc_json_split(gc_writer_done(&w), &again) == 0 && again.is_object);
    gc_assert(same_span(again.type, m->type) && same_span(again.dst, m->dst) &&
              same_span(again.payload, m->payload));
    free(out);
}

static void check_token(const gc_json *j, uint32_t i, uint32_t end) {
    const gc_json_token *t = &j->tokens[i];
    gc_assert(t->next > i && t->next <= end && t->at + t->len <= j->text.len);
    gc_span raw = gc_json_raw(j, (int32_t)i);
    gc_json_message unused;
    gc_assert(gc_json_split(raw, &unused) == 0); /* every value is a text of its own */
    uint8_t *out = malloc(t->len + 1);
    uint32_t len = 0, raw_len = 0;
    int error = gc_json_string(j, (int32_t)i, out, t->len, &len);
    gc_assert(error == (t->type == GC_JSON_STRING ? 0 : GC_E_ARGUMENT));
    if (error == 0) {
        gc_assert(gc_utf8_valid(gc_span_of(out, len)));
        gc_assert(gc_json_unescape(raw, out, t->len, &raw_len) == 0 && raw_len == len);
        gc_assert(len == 0 || gc_json_string(j, (int32_t)i, out, len - 1, &len) == GC_E_TOO_BIG);
    }
    uint64_t n;
    gc_assert(gc_json_number(j, (int32_t)i, &n) != 0 || t->type == GC_JSON_PRIMITIVE);
    free(out);
}

static void check_tokens(gc_span text, int split_error, const gc_json_message *m) {
    gc_json *j = malloc(sizeof *j);
    int error = gc_json_parse(j, text);
    gc_assert(error == split_error || (split_error == 0 && error == GC_E_TOO_BIG));
    if (error == 0) {
        for (uint32_t i = 0; i < j->count; i++) {
            check_token(j, i, j->count);
        }
        gc_assert(m->is_object == (j->tokens[0].type == GC_JSON_OBJECT));
        gc_assert(gc_span_equal(gc_json_raw(j, gc_json_get(j, 0, "type")), m->type));
        gc_assert(gc_span_equal(gc_json_raw(j, gc_json_get(j, 0, "dst")), m->dst));
        gc_assert(gc_span_equal(gc_json_raw(j, gc_json_get(j, 0, "payload")), m->payload));
    }
    free(j);
}

static void check_string(gc_span text) {
    uint32_t size = 6 * text.len + 2, len = 0;
    uint8_t *raw = malloc(size), *out = malloc(text.len + 1);
    gc_writer w;
    gc_writer_init(&w, raw, size);
    gc_json_write_string(&w, text);
    gc_assert(!w.failed && gc_json_unescape(gc_writer_done(&w), out, text.len, &len) == 0);
    gc_assert(gc_span_equal(gc_span_of(out, len), text));
    gc_json_message unused;
    gc_assert(gc_json_split(gc_writer_done(&w), &unused) == 0);
    free(raw);
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    gc_span text = gc_span_of(data, (uint32_t)size);
    bool utf8 = gc_utf8_valid(text);
    input in = {data, size, 0};
    bool good = value(&in, 0) && in.at == size;
    gc_json_message m;
    int error = gc_json_split(text, &m);
    gc_assert(error == (!utf8 ? GC_E_UTF8 : good ? 0 : GC_E_SYNTAX));
    check_tokens(text, error, &m);
    if (error == 0 && m.is_object) {
        check_relay(&m, text.len);
    }
    if (utf8) {
        check_string(text);
    }
    uint8_t *out = malloc(size + 1);
    uint32_t len;
    if (gc_json_unescape(text, out, text.len, &len) == 0) {
        gc_assert(error == 0 && gc_utf8_valid(gc_span_of(out, len)));
    }
    free(out);
    return 0;
}
