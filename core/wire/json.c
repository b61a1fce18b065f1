#include "core/wire/json.h"

#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/limits.h"
#include "core/base/utf8.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#define JSMN_STATIC
#define JSMN_STRICT
#define JSMN_PARENT_LINKS /* without them closing a container is a search: quadratic */
#include "jsmn.h"
#pragma GCC diagnostic pop

/* --- relay ------------------------------------------------------------------------------------ */

typedef struct scanner {
    const uint8_t *p, *end;
    uint64_t objects; /* bit d - 1: the container at depth d is an object, else an array */
    uint32_t depth;
    const uint8_t *value; /* where the current value of depth 1 begins */
    gc_span *wanted;      /* where that value is noted, or NULL; set by each key */
    gc_json_message *out;
} scanner;

_Static_assert(GC_JSON_DEPTH_MAX <= 64, "one bit of scanner.objects for each depth");

static bool in_object(const scanner *s) {
    return s->depth > 0 && (s->objects >> (s->depth - 1) & 1) != 0;
}

static gc_span *wanted_by(gc_json_message *m, gc_span key) {
    return gc__json_string_is(key, "type")      ? &m->type
           : gc__json_string_is(key, "dst")     ? &m->dst
           : gc__json_string_is(key, "payload") ? &m->payload
                                                : NULL;
}

/* A key and its colon. */
static bool scan_key(scanner *s) {
    const uint8_t *start = gc__json_skip_space(s->p, s->end);
    if (start == s->end || *start != '"') {
        return false;
    }
    const uint8_t *p = gc__json_skip_string(start, s->end);
    if (p == NULL) {
        return false;
    }
    if (s->depth == 1) {
        s->wanted = wanted_by(s->out, gc_span_of(start + 1, (uint32_t)(p - start - 2)));
    }
    p = gc__json_skip_space(p, s->end);
    if (p == s->end || *p != ':') {
        return false;
    }
    s->p = p + 1;
    return true;
}

/* From the start of a value to the end of a scalar or of an empty container (*ended), or into a
 * container, to where its first value begins. */
static bool scan_value(scanner *s, bool *ended) {
    s->p = gc__json_skip_space(s->p, s->end);
    if (s->p == s->end) {
        return false;
    }
    if (s->depth == 1) {
        s->value = s->p;
    }
    bool object = *s->p == '{';
    *ended = true;
    if (!object && *s->p != '[') {
        s->p = gc__json_skip_scalar(s->p, s->end);
        return s->p != NULL;
    }
    if (s->depth == GC_JSON_DEPTH_MAX) {
        return false;
    }
    s->p = gc__json_skip_space(s->p + 1, s->end);
    if (s->p < s->end && *s->p == (object ? '}' : ']')) {
        s->p++;
        return true;
    }
    uint64_t bit = (uint64_t)1 << s->depth++;
    s->objects = object ? s->objects | bit : s->objects & ~bit;
    *ended = false;
    return !object || scan_key(s);
}

/* Reads on after a value: closes containers until one has a next value, or the text ends (*done).
 */
static bool scan_after(scanner *s, bool *done) {
    for (;;) {
        if (s->depth == 1 && s->wanted != NULL) {
            *s->wanted = gc_span_of(s->value, (uint32_t)(s->p - s->value));
        }
        s->p = gc__json_skip_space(s->p, s->end);
        if (s->depth == 0) {
            *done = true;
            return s->p == s->end;
        }
        if (s->p == s->end) {
            return false;
        }
        uint8_t c = *s->p++;
        if (c == ',') {
            return !in_object(s) || scan_key(s);
        }
        if (c != (in_object(s) ? '}' : ']')) {
            return false;
        }
        s->depth--;
    }
}

static bool scan(scanner *s) {
    for (bool done = false; !done;) {
        bool ended;
        if (!scan_value(s, &ended) || (ended && !scan_after(s, &done))) {
            return false;
        }
    }
    return true;
}

int gc_json_split(gc_span text, gc_json_message *out) {
    *out = (gc_json_message){0};
    if (text.len == 0) {
        return GC_E_SYNTAX;
    }
    scanner s = {.p = text.data, .end = text.data + text.len, .out = out};
    if (!scan(&s)) {
        *out = (gc_json_message){0};
        return gc_utf8_valid(text) ? GC_E_SYNTAX : GC_E_UTF8;
    }
    gc_assert(s.depth == 0 && s.p == s.end);
    out->is_object = *gc__json_skip_space(text.data, s.end) == '{';
    return 0;
}
/* --- tokens ----------------------------------------------------------------------------------- */

/* jsmn in strict mode wants something after a number or word, so a lone one is our own token. */
static int tokenize(gc_span text, jsmntok_t *tokens) {
    const uint8_t *end = text.data + text.len, *start = gc__json_skip_space(text.data, end);
    if (*start != '{' && *start != '[' && *start != '"') {
        const uint8_t *behind = gc__json_skip_scalar(start, end);
        tokens[0] = (jsmntok_t){.type = JSMN_PRIMITIVE,
                                .start = (int)(start - text.data),
                                .end = (int)(behind - text.data)};
        return 1;
    }
    jsmn_parser parser;
    jsmn_init(&parser);
    return jsmn_parse(&parser, (const char *)text.data, text.len, tokens, GC_JSON_TOKENS_MAX);
}

int gc_json_parse(gc_json *j, gc_span text) {
    _Static_assert(GC_JSON_OBJECT == (int)JSMN_OBJECT && GC_JSON_ARRAY == (int)JSMN_ARRAY &&
                       GC_JSON_STRING == (int)JSMN_STRING &&
                       GC_JSON_PRIMITIVE == (int)JSMN_PRIMITIVE,
                   "our types are jsmn's");
    j->text = text;
    j->count = 0;
    if (text.len > INT32_MAX) { /* jsmn counts in int */
        return GC_E_TOO_BIG;
    }
    gc_json_message unused;
    int error = gc_json_split(text, &unused);
    if (error != 0) {
        return error;
    }
    jsmntok_t tokens[GC_JSON_TOKENS_MAX];
    int count = tokenize(text, tokens);
    if (count == JSMN_ERROR_NOMEM) {
        return GC_E_TOO_BIG;
    }
    gc_assert(count > 0 && count <= GC_JSON_TOKENS_MAX); /* the text is valid */
    j->count = (uint32_t)count;
    for (uint32_t i = j->count; i-- > 0;) { /* from the last: `next` of what is inside is known */
        uint32_t next = i + 1;
        if (tokens[i].type != JSMN_STRING) { /* a key's value is not inside the key */
            while (next < j->count && tokens[next].start < tokens[i].end) {
                next = j->tokens[next].next;
            }
        }
        j->tokens[i] = (gc_json_token){.at = (uint32_t)tokens[i].start,
                                       .len = (uint32_t)(tokens[i].end - tokens[i].start),
                                       .next = next,
                                       .type = (uint8_t)tokens[i].type};
    }
    gc_assert(j->tokens[0].next == j->count);
    return 0;
}

static gc_span inside(const gc_json *j, const gc_json_token *t) {
    return gc_span_of(j->text.data + t->at, t->len);
}

/* NULL when the token is -1 or of another type. */
static const gc_json_token *token_of(const gc_json *j, int32_t token, enum gc_json_type type) {
    gc_assert(token == -1 || (token >= 0 && (uint32_t)token < j->count));
    return token >= 0 && j->tokens[token].type == type ? &j->tokens[token] : NULL;
}

int32_t gc_json_get(const gc_json *j, int32_t object, const char *key) {
    const gc_json_token *o = token_of(j, object, GC_JSON_OBJECT);
    int32_t found = -1;
    if (o != NULL) {
        for (uint32_t i = (uint32_t)object + 1; i < o->next; i = j->tokens[i + 1].next) {
            if (gc__json_string_is(inside(j, &j->tokens[i]), key)) {
                found = (int32_t)(i + 1);
            }
        }
    }
    return found;
}

gc_span gc_json_raw(const gc_json *j, int32_t token) {
    if (token_of(j, token, GC_JSON_STRING) != NULL) {
        return gc_span_of(j->text.data + j->tokens[token].at - 1, j->tokens[token].len + 2);
    }
    return token < 0 ? GC_SPAN_NONE : inside(j, &j->tokens[token]);
}

int gc_json_string(const gc_json *j, int32_t token, uint8_t *out, uint32_t size, uint32_t *len) {
    const gc_json_token *t = token_of(j, token, GC_JSON_STRING);
    return t == NULL ? GC_E_ARGUMENT : gc__json_unescape(inside(j, t), out, size, len);
}

bool gc_json_is_string(const gc_json *j, int32_t token) {
    return token_of(j, token, GC_JSON_STRING) != NULL;
}

bool gc_json_is(const gc_json *j, int32_t token, const char *word) {
    const gc_json_token *t = token_of(j, token, GC_JSON_STRING);
    return t != NULL && gc__json_string_is(inside(j, t), word);
}

int gc_json_number(const gc_json *j, int32_t token, uint64_t *out) {
    const gc_json_token *t = token_of(j, token, GC_JSON_PRIMITIVE);
    if (t == NULL || t->len > 16) { /* 2^53 - 1 has 16 digits */
        return GC_E_ARGUMENT;
    }
    uint64_t v = 0;
    for (uint32_t i = 0; i < t->len; i++) {
        uint8_t c = j->text.data[t->at + i];
        if (c < '0' || c > '9') {
            return GC_E_ARGUMENT;
        }
        v = v * 10 + (c - '0');
    }
    if (v > 9007199254740991) {
        return GC_E_ARGUMENT;
    }
    *out = v;
    return 0;
}
