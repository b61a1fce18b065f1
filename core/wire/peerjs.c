#include "core/wire/peerjs.h"

#include "core/base/ascii.h"
#include "core/base/assert.h"
#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/utf8.h"

/* --- types ------------------------------------------------------------------------------------ */

#define WORD_BYTES_MAX 16

static const struct {
    char word[WORD_BYTES_MAX];
    uint32_t len;
} words[] = {[GC_SIGNAL_OTHER] = {"OTHER", 5},
#define X(name, word) [name] = {word, sizeof(word) - 1},
             GC_SIGNALS(X)
#undef X
};
_Static_assert(sizeof words / sizeof *words == GC_SIGNAL_COUNT, "a word for each type");

gc_signal gc_signal_of(gc_span raw_type) {
    uint8_t word[WORD_BYTES_MAX];
    uint32_t len;
    if (gc_json_unescape(raw_type, word, sizeof word, &len) != 0) {
        return GC_SIGNAL_OTHER; /* no string, or longer than any word */
    }
    for (uint32_t i = GC_SIGNAL_OTHER + 1; i < GC_SIGNAL_COUNT; i++) {
        if (len == words[i].len && memcmp(word, words[i].word, len) == 0) {
            return (gc_signal)i;
        }
    }
    return GC_SIGNAL_OTHER;
}

const char *gc_signal_word(gc_signal type) {
    gc_assert((uint32_t)type < GC_SIGNAL_COUNT);
    return words[type].word;
}

/* --- percent encoding ------------------------------------------------------------------------- */

static bool is_unreserved(uint8_t c) {
    return gc_ascii_is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

void gc_percent_write(gc_writer *w, gc_span bytes) {
    for (uint32_t i = 0; i < bytes.len; i++) {
        uint8_t c = bytes.data[i];
        uint8_t escape[3] = {'%', gc_hex_capital(c >> 4), gc_hex_capital(c)}; /* RFC 3986 2.1 */
        if (is_unreserved(c)) {
            gc_writer_u8(w, c);
        } else {
            gc_writer_bytes(w, escape, sizeof escape);
        }
    }
}

/* literal: a broken escape is kept as it is, as in the URL standard, else it is GC_E_SYNTAX. */
static int decode(gc_span text, bool plus, bool literal, uint8_t *out, uint32_t size,
                  uint32_t *len) {
    uint32_t at = 0;
    for (uint32_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if (c == '%') {
            uint8_t byte;
            if (text.len - i >= 3 && gc_hex_read(gc_span_of(text.data + i + 1, 2), &byte, 1) == 0) {
                c = byte;
                i += 2;
            } else if (!literal) {
                return GC_E_SYNTAX;
            }
        } else if (c == '+' && plus) {
            c = ' ';
        }
        if (at == size) {
            return GC_E_TOO_BIG;
        }
        out[at++] = c;
    }
    *len = at;
    return 0;
}

int gc_percent_read(gc_span text, bool plus, uint8_t *out, uint32_t size, uint32_t *len) {
    return decode(text, plus, false, out, size, len);
}

/* --- query ------------------------------------------------------------------------------------ */

/* The part of text up to the first `sign`, or all; *rest is what follows the sign. */
static gc_span cut(gc_span text, uint8_t sign, gc_span *rest) {
    uint32_t at = gc_span_find(text, 0, sign);
    *rest = at == text.len ? GC_SPAN_NONE : gc_span_from(text, at + 1);
    return gc_span_of(text.data, at);
}

enum { KEY, ID, TOKEN, GC, GCID, ROOM, PARAMETERS };

/* Values as they came; of a repeated parameter the last. data == NULL when it is missing. */
static void find_parameters(gc_span query, gc_span values[PARAMETERS]) {
    static const gc_span names[PARAMETERS] = {
        [KEY] = {(const uint8_t *)"key", 3},     [ID] = {(const uint8_t *)"id", 2},
        [TOKEN] = {(const uint8_t *)"token", 5}, [GC] = {(const uint8_t *)"gc", 2},
        [GCID] = {(const uint8_t *)"gcid", 4},   [ROOM] = {(const uint8_t *)"room", 4},
    };
    while (query.len > 0) {
        gc_span value, pair = cut(query, '&', &query), raw_name = cut(pair, '=', &value);
        uint8_t name[8];
        uint32_t len;
        if (decode(raw_name, true, true, name, sizeof name, &len) != 0) {
            continue;
        }
        for (int i = 0; i < PARAMETERS; i++) {
            if (gc_span_equal(gc_span_of(name, len), names[i])) {
                values[i] = value.data != NULL ? value : gc_span_of("", 0);
            }
        }
    }
}

static int read_text(gc_span value, uint8_t *out, uint32_t size, uint32_t *len) {
    int error = decode(value, true, true, out, size, len);
    if (error == 0 && !gc_utf8_valid(gc_span_of(out, *len))) {
        error = GC_E_UTF8;
    }
    return error;
}

int gc_signal_query_parse(gc_span query, gc_signal_query *out) {
    gc_span values[PARAMETERS] = {{0}};
    find_parameters(query, values);
    memset(out, 0, sizeof *out);
    int error = read_text(values[ID], out->id, sizeof out->id, &out->id_len);
    if (error == 0) {
        error = read_text(values[TOKEN], out->token, sizeof out->token, &out->token_len);
    }
    if (error == 0) {
        error = read_text(values[KEY], out->key, sizeof out->key, &out->key_len);
    }
    out->gc = gc_span_equal(values[GC], GC_SPAN("1"));
    out->has_gcid = gc_base64url_read(values[GCID], out->gcid, GC_SIGN_KEY_BYTES) == 0;
    out->has_room = values[ROOM].data != NULL;
    if (error == 0 && out->has_room) {
        error = gc_hex_read(values[ROOM], out->room, GC_TAG_BYTES);
    }
    if (error != 0) {
        memset(out, 0, sizeof *out);
    }
    return error;
}
