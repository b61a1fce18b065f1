/* JSON (RFC 8259), two ways: the relay's one-pass validator and splitter, and a capped token view
 * for messages that we interpret (jsmn after a validity check). Strings are read and written by
 * json_text.h. */
#ifndef GC_WIRE_JSON_H
#define GC_WIRE_JSON_H

#include "core/base/limits.h"
#include "core/wire/json_text.h"

/* --- relay ---------------------------------------------------------------------------------- */

/* The top-level keys of a signaling message, as raw JSON (strings with their quotes), borrowed
 * from the input; data == NULL when the key is absent. Of a repeated key the last counts. Keys are
 * compared after unescaping. */
typedef struct gc_json_message {
    gc_span type;
    gc_span dst;
    gc_span payload;
    bool is_object; /* a valid text that is not an object: nothing else is set */
} gc_json_message;

/* Splits a signaling message into its top-level keys. Validates the whole text (RFC 8259 grammar,
 * UTF-8, depth <= GC_JSON_DEPTH_MAX, nothing after the end) in one pass. Depth counts the objects
 * and arrays around a value, itself included. Returns 0; GC_E_UTF8 when the text is not UTF-8,
 * whatever else is wrong with it (WebSocket close 1007); GC_E_SYNTAX else. After an error all of
 * *out is zero. */
int gc_json_split(gc_span text, gc_json_message *out);

/* --- tokens --------------------------------------------------------------------------------- */

/* A room's list has a token for each member; all else of a message that we interpret needs fewer
 * than 240. */
#define GC_JSON_TOKENS_MAX (240 + GC_ROOM_MEMBERS_MAX)

typedef struct gc_json_token {
    uint32_t at; /* first byte of the value; of strings the quotes are left out */
    uint32_t len;
    uint32_t next; /* index of the next token that is not inside this one */
    uint8_t type;  /* gc_json_type */
} gc_json_token;

/* An object's keys are string tokens, each followed by its value; `next` of a key is its value. */
enum gc_json_type { GC_JSON_OBJECT = 1, GC_JSON_ARRAY, GC_JSON_STRING, GC_JSON_PRIMITIVE };

typedef struct gc_json {
    gc_span text; /* borrowed: must live as long as this is used */
    uint32_t count;
    gc_json_token tokens[GC_JSON_TOKENS_MAX];
} gc_json;

/* Reads a text, borrowed as long as *j is used: validates it as gc_json_split() does, then finds
 * its tokens. Token 0 is the whole value. Wherever a token is asked for below, -1 (nothing found)
 * may be given, so that look-ups can be chained. Returns 0, GC_E_UTF8, GC_E_SYNTAX, or GC_E_TOO_BIG
 * (more than GC_JSON_TOKENS_MAX tokens). */
int gc_json_parse(gc_json *j, gc_span text);
/* Finds the value of a key of an object token. Returns its token; -1 when there is none, or the
 * token is not an object. Keys are compared after unescaping, of a repeated key the last counts. */
int32_t gc_json_get(const gc_json *j, int32_t object, const char *key);
/* Returns the raw bytes of a value in the text (strings with quotes). Empty for -1. */
gc_span gc_json_raw(const gc_json *j, int32_t token);
/* Reads a string value, unescaped to UTF-8 (a lone surrogate becomes U+FFFD), into out.
 * Returns 0, GC_E_ARGUMENT (not a string), GC_E_TOO_BIG (longer than size: out then holds a part).
 * size = the token's len is always enough. *len is set on success only. */
int gc_json_string(const gc_json *j, int32_t token, uint8_t *out, uint32_t size, uint32_t *len);
/* Tells whether a value is a string. */
bool gc_json_is_string(const gc_json *j, int32_t token);
/* Tells whether a value is a string, and, unescaped, this word. */
bool gc_json_is(const gc_json *j, int32_t token, const char *word);
/* Reads a whole number 0..2^53-1, written with digits only. Returns 0 or GC_E_ARGUMENT (anything
 * else, also -0, 1.0 and 1e3). */
int gc_json_number(const gc_json *j, int32_t token, uint64_t *out);

#endif
